"""An instance's start script was changed.

What it does
------------
Reports ModifyInstanceAttribute with user data, by hand.

Why it matters
--------------
The script runs as root at the next start: stop, change, start is a shell with the rights of the instance's role.

How to respond
--------------
Read the script, put the former one back, revoke the caller's credentials, and treat the instance as taken.

When to allow it
----------------
Rarely: instances are replaced rather than changed.

References
----------
- https://attack.mitre.org/techniques/T1059/009/
- https://attack.mitre.org/techniques/T1037/
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "instance-start-script-changed",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.execution", "attack.privilege-escalation", "attack.persistence", "attack.t1059.009", "attack.t1037"],
)
def detect() -> Pattern:
    changed = event.raw("requestParameters.userData").exists() | event.raw("requestParameters.attribute").is_(
        "userData"
    )
    return each(
        event.action.is_("ModifyInstanceAttribute") & changed & BY_HAND, by=(event.actor, event.account), every=HOUR
    )


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "ec2.amazonaws.com", "eventName": "ModifyInstanceAttribute", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"instanceId": "i-1", "userData": "<sensitiveDataRemoved>"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "ec2.amazonaws.com", "eventName": "ModifyInstanceAttribute", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"instanceId": "i-1", "disableApiTermination": {"value": true}}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
