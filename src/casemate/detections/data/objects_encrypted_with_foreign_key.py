"""Data is encrypted with a key of a foreign account.

What it does
------------
Reports objects and default encryption of buckets that use a key of KMS in an account other than the caller's and the bucket's.

Why it matters
--------------
Whoever owns the key decides who reads the data; it is then sold back.

How to respond
--------------
Deny the foreign account's keys by policy, revoke the credentials, restore the former versions.

When to allow it
----------------
Keys of your own security account: suppress by that account.

References
----------
- https://attack.mitre.org/techniques/T1486/
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import CRITICAL


@detection(
    "objects-encrypted-with-foreign-key",
    severity=CRITICAL,
    sources=["aws.cloudtrail"],
    tags=["attack.impact", "attack.t1486"],
)
def detect() -> Pattern:
    written = event.action.is_("CopyObject", "PutObject", "PutBucketEncryption", "CreateMultipartUpload")
    key = (
        event.raw("requestParameters.x-amz-server-side-encryption-aws-kms-key-id").exists()
        | event.raw("requestParameters.ServerSideEncryptionConfiguration").exists()
        | event.raw("requestParameters.kmsKeyId").exists()
    )
    return each(written & key & event.foreign.exists() & DONE & BY_HAND, by=(event.actor, event.account), every=HOUR)


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "s3.amazonaws.com", "eventName": "CopyObject", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"bucketName": "reports", "key": "a", "x-amz-server-side-encryption": "aws:kms", "x-amz-server-side-encryption-aws-kms-key-id": "arn:aws:kms:us-east-1:999999999999:key/a"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "s3.amazonaws.com", "eventName": "CopyObject", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"bucketName": "reports", "key": "a", "x-amz-server-side-encryption": "aws:kms", "x-amz-server-side-encryption-aws-kms-key-id": "arn:aws:kms:us-east-1:111122223333:key/a"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
