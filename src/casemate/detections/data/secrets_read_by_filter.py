"""Secrets were read in a batch, by a filter.

What it does
------------
Reports BatchGetSecretValue with filters rather than with the names of secrets, which reads whatever there is.

Why it matters
--------------
A program knows which secrets it needs. A filter that fits all of them is for somebody who does not.

How to respond
--------------
Revoke the principal's credentials; each secret that was read has its own GetSecretValue event: rotate those.

When to allow it
----------------
Programs that find their secrets by tag: suppress their role.

References
----------
- https://attack.mitre.org/techniques/T1555/006/
- https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_BatchGetSecretValue.html
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_SERVICE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "secrets-read-by-filter",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.credential-access", "attack.t1555.006"],
)
def detect() -> Pattern:
    return each(
        event.action.is_("BatchGetSecretValue") & event.raw("requestParameters.filters").exists() & ~BY_SERVICE,
        by=(event.actor, event.account),
        every=HOUR,
    )


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "secretsmanager.amazonaws.com", "eventName": "BatchGetSecretValue", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"filters": [{"key": "tag-key", "values": ["StratusRedTeam"]}]}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "secretsmanager.amazonaws.com", "eventName": "BatchGetSecretValue", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"secretIdList": ["shop/db", "shop/mail"]}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
