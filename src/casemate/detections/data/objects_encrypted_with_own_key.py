"""Objects are encrypted with a key that the account does not have.

What it does
------------
Reports five objects of a bucket that are written or copied with a key of the caller's own (SSE-C) within ten minutes. It needs data events
for S3.

Why it matters
--------------
With such a key AWS keeps no copy of it: whoever holds it asks for money. It needs no more than the right to write.

How to respond
--------------
Deny writes with x-amz-server-side-encryption-customer-algorithm by policy, revoke the credentials, restore the former versions.

When to allow it
----------------
Programs that use SSE-C on purpose: suppress by bucket.

References
----------
- https://attack.mitre.org/techniques/T1486/
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html
"""

from __future__ import annotations

from casemate.authoring.conditions import DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, MINUTE, Pattern, at_least
from casemate.authoring.query import event
from casemate.model.finding import CRITICAL


@detection(
    "objects-encrypted-with-own-key",
    severity=CRITICAL,
    sources=["aws.cloudtrail"],
    tags=["attack.impact", "attack.t1486"],
)
def detect() -> Pattern:
    customer = event.raw("requestParameters.x-amz-server-side-encryption-customer-algorithm").exists()
    applied = event.raw("additionalEventData.SSEApplied").is_("SSE_C")
    return at_least(
        5,
        event.action.is_("CopyObject", "PutObject", "UploadPart", "UploadPartCopy") & (customer | applied) & DONE,
        within=10 * MINUTE,
        by=(event.actor, event.raw("requestParameters.bucketName")),
        every=HOUR,
    )


_RECORD = """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "s3.amazonaws.com", "eventName": "CopyObject", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"bucketName": "reports", "key": "a/#", "x-amz-server-side-encryption-customer-algorithm": "AES256"}, "responseElements": null, "eventID": "#", "recipientAccountId": "111122223333"}"""
_RECORD_2 = """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "s3.amazonaws.com", "eventName": "PutObject", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"bucketName": "reports", "key": "a/#", "x-amz-server-side-encryption": "aws:kms"}, "responseElements": null, "eventID": "#", "recipientAccountId": "111122223333"}"""

CASES = [
    fires(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(5)),
    ),
    quiet(
        "\n".join(_RECORD_2.replace("#", str(number)) for number in range(20)),
    ),
]
