"""Somebody guesses names of users and roles with malformed policies.

What it does
------------
Reports three or more trust or resource policies that AWS refused for naming a principal that does not exist, within ten minutes.

Why it matters
--------------
The refusal tells which principals of another account exist. It is how targets are listed without a single event in the target's trail.

How to respond
--------------
Find out what the caller does in your account at all, and revoke its credentials.

When to allow it
----------------
Somebody who is writing a policy by hand errs twice, seldom three times.

References
----------
- https://attack.mitre.org/techniques/T1087/004/
- https://attack.mitre.org/techniques/T1589/
- https://github.com/RhinoSecurityLabs/pacu/wiki/Module-Details
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, MINUTE, Pattern, at_least
from casemate.authoring.query import event
from casemate.model.finding import MEDIUM


@detection(
    "principals-guessed",
    severity=MEDIUM,
    sources=["aws.cloudtrail"],
    tags=["attack.reconnaissance", "attack.discovery", "attack.t1087.004", "attack.t1589"],
)
def detect() -> Pattern:
    return at_least(
        3, event.action.is_("UpdateAssumeRolePolicy", "PutBucketPolicy") & event.error.is_("MalformedPolicyDocumentException", "MalformedPolicyDocument", "MalformedPolicy"),
        within=10 * MINUTE, by=(event.actor, event.account), every=DAY,
    )  # fmt: skip


_RECORD = """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "UpdateAssumeRolePolicy", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "errorCode": "MalformedPolicyDocumentException", "requestParameters": {"roleName": "x"}, "responseElements": null, "eventID": "#", "recipientAccountId": "111122223333"}"""

CASES = [
    fires(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(3)),
    ),
    quiet(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(1)),
    ),
]
