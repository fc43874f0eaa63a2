"""A principal is refused many different things.

What it does
------------
Reports ten different API calls that were denied to one principal within ten minutes.

Why it matters
--------------
A program asks for what it needs, and soon stops when it may not. Whoever tries out what a stolen key can do is refused one thing after
another.

How to respond
--------------
Look at the calls that were allowed between the refusals; revoke the credentials if their owner knows nothing of it.

When to allow it
----------------
People who find their way through the console with few rights; it is left out where CloudTrail says so.

References
----------
- https://attack.mitre.org/techniques/T1580/
- https://attack.mitre.org/techniques/T1069/003/
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_SERVICE, DENIED, DEPLOYED
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, MINUTE, Pattern, different
from casemate.authoring.query import event
from casemate.model.finding import MEDIUM


@detection(
    "many-calls-denied",
    severity=MEDIUM,
    sources=["aws.cloudtrail"],
    tags=["attack.discovery", "attack.t1580", "attack.t1069.003"],
)
def detect() -> Pattern:
    denied = DENIED & ~BY_SERVICE & event.raw("sessionCredentialFromConsole").missing() & ~DEPLOYED
    return different(
        10, (event.service, event.action), denied, within=10 * MINUTE, by=(event.actor, event.account), every=HOUR
    )


_RECORD = """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "List#", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "errorCode": "AccessDenied", "requestParameters": null, "responseElements": null, "eventID": "#", "recipientAccountId": "111122223333"}"""
_RECORD_2 = """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "s3.amazonaws.com", "eventName": "GetObject", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "errorCode": "AccessDenied", "requestParameters": null, "responseElements": null, "eventID": "#", "recipientAccountId": "111122223333"}"""
_RECORD_3 = """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "List#", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": null, "responseElements": null, "eventID": "#", "recipientAccountId": "111122223333"}"""

CASES = [
    fires(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(10)),
    ),
    quiet(
        "\n".join(_RECORD_2.replace("#", str(number)) for number in range(30)),
    ),
    quiet(
        "\n".join(_RECORD_3.replace("#", str(number)) for number in range(10)),
    ),
]
