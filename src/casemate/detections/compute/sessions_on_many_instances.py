"""Somebody opened sessions on several instances.

What it does
------------
Reports sessions of Session Manager on three different instances by one principal within half an hour.

Why it matters
--------------
One machine is work; one after the other is somebody who moves on.

How to respond
--------------
Look at the sessions' logs and at what the roles of the instances did.

When to allow it
----------------
Operators during an incident.

References
----------
- https://attack.mitre.org/techniques/T1021/008/
- https://attack.mitre.org/techniques/T1651/
- https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager.html
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, MINUTE, Pattern, different
from casemate.authoring.query import event
from casemate.model.finding import MEDIUM


@detection(
    "sessions-on-many-instances",
    severity=MEDIUM,
    sources=["aws.cloudtrail"],
    tags=["attack.lateral-movement", "attack.execution", "attack.t1021.008", "attack.t1651"],
)
def detect() -> Pattern:
    return different(
        3, (event.raw("requestParameters.target"),), event.action.is_("StartSession") & event.service.is_("ssm") & DONE & BY_HAND,
        within=30 * MINUTE, by=(event.actor, event.account), every=DAY,
    )  # fmt: skip


_RECORD = """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "ssm.amazonaws.com", "eventName": "StartSession", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"target": "i-#"}, "responseElements": null, "eventID": "#", "recipientAccountId": "111122223333"}"""
_RECORD_2 = """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "ssm.amazonaws.com", "eventName": "StartSession", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"target": "i-1"}, "responseElements": null, "eventID": "#", "recipientAccountId": "111122223333"}"""

CASES = [
    fires(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(3)),
    ),
    quiet(
        "\n".join(_RECORD_2.replace("#", str(number)) for number in range(5)),
    ),
]
