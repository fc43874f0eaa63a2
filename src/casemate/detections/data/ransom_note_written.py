"""An object is called like a ransom note.

What it does
------------
Reports objects whose key speaks of ransom, recovery or decryption in the way that notes do. It needs data events for S3.

Why it matters
--------------
The note is written when the data is gone or encrypted.

How to respond
--------------
Stop all writing to the bucket, keep the versions, and treat it as a ransom case.

When to allow it
----------------
Files that are called so for another reason.

References
----------
- https://attack.mitre.org/techniques/T1486/
- https://attack.mitre.org/techniques/T1491/
"""

from __future__ import annotations

from casemate.authoring.conditions import DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import CRITICAL


@detection(
    "ransom-note-written",
    severity=CRITICAL,
    sources=["aws.cloudtrail"],
    tags=["attack.impact", "attack.t1486", "attack.t1491"],
)
def detect() -> Pattern:
    note = event.raw("requestParameters.key").contains(
        "ransom", "files-deleted", "files_deleted", "how-to-decrypt", "how_to_decrypt", "how-to-recover", "how_to_recover", "how-to-restore",
        "how_to_restore", "decrypt-instructions", "decrypt_instructions", "recover-your-", "recover_your_", "your-files-are", "your_files_are",
        "warning-readme", "readme-decrypt", "all-your-files", "all_your_files", "restore-my-files", "restore_my_files",
    )  # fmt: skip
    return each(event.action.is_("PutObject") & note & DONE, by=(event.actor, event.account), every=HOUR)


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "s3.amazonaws.com", "eventName": "PutObject", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"bucketName": "reports", "key": "FILES-DELETED.txt"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "s3.amazonaws.com", "eventName": "PutObject", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"bucketName": "reports", "key": "reports/2026/recovery-plan.pdf"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
