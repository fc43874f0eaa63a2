"""Encryption of new disks was switched off.

What it does
------------
Reports DisableEbsEncryptionByDefault.

Why it matters
--------------
A snapshot of a disk that is not encrypted can be shared with anybody.

How to respond
--------------
Switch it on again, look for snapshots that were made since.

When to allow it
----------------
Never by hand.

References
----------
- https://attack.mitre.org/techniques/T1562/
"""

from __future__ import annotations

from casemate.authoring.conditions import DEPLOYED, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import MEDIUM


@detection(
    "disk-encryption-off",
    severity=MEDIUM,
    sources=["aws.cloudtrail"],
    tags=["attack.defense-evasion", "attack.collection", "attack.t1562"],
)
def detect() -> Pattern:
    return each(
        event.action.is_("DisableEbsEncryptionByDefault") & DONE & ~DEPLOYED, by=(event.actor, event.account), every=DAY
    )


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "ec2.amazonaws.com", "eventName": "DisableEbsEncryptionByDefault", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": null, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "ec2.amazonaws.com", "eventName": "GetEbsEncryptionByDefault", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": null, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
