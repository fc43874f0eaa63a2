"""Somebody tries which roles he can assume.

What it does
------------
Reports five different roles within ten minutes that a principal was refused to assume.

Why it matters
--------------
After a key is stolen, the first question is where it leads. Guessing roles is loud, and over in seconds.

How to respond
--------------
Revoke the principal's credentials and see which role it got in the end: the same search without the refusal.

When to allow it
----------------
Tools that walk through the roles of an organisation: suppress their role.

References
----------
- https://attack.mitre.org/techniques/T1078/004/
- https://attack.mitre.org/techniques/T1087/004/
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_SERVICE, DENIED
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, MINUTE, Pattern, different
from casemate.authoring.query import event
from casemate.model.finding import MEDIUM


@detection(
    "roles-tried",
    severity=MEDIUM,
    sources=["aws.cloudtrail"],
    tags=[
        "attack.privilege-escalation",
        "attack.lateral-movement",
        "attack.discovery",
        "attack.t1078.004",
        "attack.t1087.004",
    ],
)
def detect() -> Pattern:
    return different(
        5, (event.raw("requestParameters.roleArn"),), event.action.is_("AssumeRole") & DENIED & ~BY_SERVICE,
        within=10 * MINUTE, by=(event.actor, event.account), every=HOUR,
    )  # fmt: skip


_RECORD = """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "sts.amazonaws.com", "eventName": "AssumeRole", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "errorCode": "AccessDenied", "requestParameters": {"roleArn": "arn:aws:iam::111122223333:role/role-#", "roleSessionName": "x"}, "responseElements": null, "eventID": "#", "recipientAccountId": "111122223333"}"""
_RECORD_2 = """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "sts.amazonaws.com", "eventName": "AssumeRole", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "errorCode": "AccessDenied", "requestParameters": {"roleArn": "arn:aws:iam::111122223333:role/deploy", "roleSessionName": "x"}, "responseElements": null, "eventID": "#", "recipientAccountId": "111122223333"}"""

CASES = [
    fires(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(5)),
    ),
    quiet(
        "\n".join(_RECORD_2.replace("#", str(number)) for number in range(9)),
    ),
]
