"""A key of KMS is to be destroyed.

What it does
------------
Reports keys that are scheduled for deletion or disabled, and imported key material that is deleted, by hand.

Why it matters
--------------
What the key encrypts (tables, queues, secrets, variables of functions) is lost with it; until then nothing that uses it works.

How to respond
--------------
Cancel the deletion within its waiting time, enable the key, revoke the caller's credentials.

When to allow it
----------------
Keys that a stack's removal schedules are left out.

References
----------
- https://attack.mitre.org/techniques/T1485/
- https://attack.mitre.org/techniques/T1486/
- https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import CRITICAL


@detection(
    "key-destroyed",
    severity=CRITICAL,
    sources=["aws.cloudtrail"],
    tags=["attack.impact", "attack.t1485", "attack.t1486"],
)
def detect() -> Pattern:
    return each(
        event.action.is_(
            "ScheduleKeyDeletion",
            "DisableKey",
            "DeleteImportedKeyMaterial",
            "DeleteCustomKeyStore",
            "DisconnectCustomKeyStore",
        )
        & event.service.is_("kms")
        & DONE
        & BY_HAND,
        by=(event.actor, event.account),
        every=HOUR,
    )


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "kms.amazonaws.com", "eventName": "ScheduleKeyDeletion", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"keyId": "k", "pendingWindowInDays": 7}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "kms.amazonaws.com", "eventName": "CancelKeyDeletion", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"keyId": "k"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "kms.amazonaws.com", "eventName": "ScheduleKeyDeletion", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "APN/1.0 HashiCorp/1.0 Terraform/1.6", "requestParameters": {"keyId": "k"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
