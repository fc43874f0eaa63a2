"""The start scripts of several instances were read.

What it does
------------
Reports DescribeInstanceAttribute for `userData` of three different instances by one principal within ten minutes, also where it failed.

Why it matters
--------------
Start scripts hold passwords and keys more often than not.

How to respond
--------------
Revoke the principal's credentials if it is not yours, rotate what the scripts hold, and move it to Secrets Manager.

When to allow it
----------------
Scanners of settings: suppress their role. Terraform is left out.

References
----------
- https://attack.mitre.org/techniques/T1552/005/
- https://attack.mitre.org/techniques/T1580/
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_SERVICE, DEPLOYED
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, MINUTE, Pattern, different
from casemate.authoring.query import event
from casemate.model.finding import MEDIUM


@detection(
    "user-data-read-in-bulk",
    severity=MEDIUM,
    sources=["aws.cloudtrail"],
    tags=["attack.credential-access", "attack.discovery", "attack.t1552.005", "attack.t1580"],
)
def detect() -> Pattern:
    read = event.action.is_("DescribeInstanceAttribute") & event.raw("requestParameters.attribute").is_("userData")
    return different(
        3,
        (event.raw("requestParameters.instanceId"),),
        read & ~DEPLOYED & ~BY_SERVICE,
        within=10 * MINUTE,
        by=(event.actor, event.account),
        every=HOUR,
    )


_RECORD = """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "ec2.amazonaws.com", "eventName": "DescribeInstanceAttribute", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "errorCode": "Client.InvalidInstanceID.NotFound", "requestParameters": {"instanceId": "i-#", "attribute": "userData"}, "responseElements": null, "eventID": "#", "recipientAccountId": "111122223333"}"""
_RECORD_2 = """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "ec2.amazonaws.com", "eventName": "DescribeInstanceAttribute", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"instanceId": "i-#", "attribute": "instanceType"}, "responseElements": null, "eventID": "#", "recipientAccountId": "111122223333"}"""

CASES = [
    fires(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(3)),
    ),
    quiet(
        "\n".join(_RECORD_2.replace("#", str(number)) for number in range(5)),
    ),
]
