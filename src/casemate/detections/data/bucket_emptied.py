"""The objects of a bucket are being deleted with all their versions.

What it does
------------
Reports one principal that lists a bucket's versions and then deletes objects there within an hour, by hand. It needs data events for S3.

Why it matters
--------------
Versions are listed by those who want to leave none; a ransom note follows.

How to respond
--------------
Deny s3:DeleteObjectVersion on the bucket at once, revoke the principal's credentials, restore from the other account or region.

When to allow it
----------------
Tools that remove buckets are left out; clean-up jobs: suppress their role.

References
----------
- https://attack.mitre.org/techniques/T1485/
- https://attack.mitre.org/techniques/T1486/
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, in_order
from casemate.authoring.query import event
from casemate.model.finding import CRITICAL


@detection(
    "bucket-emptied",
    severity=CRITICAL,
    sources=["aws.cloudtrail"],
    tags=["attack.impact", "attack.t1485", "attack.t1486"],
)
def detect() -> Pattern:
    return in_order(
        event.action.is_("ListObjectVersions", "GetBucketObjectVersions", "ListBucketVersions", "GetBucketVersioning")
        & DONE
        & BY_HAND,
        event.action.is_("DeleteObjects", "DeleteObject") & DONE & BY_HAND,
        within=HOUR,
        by=(event.actor, event.raw("requestParameters.bucketName")),
        every=HOUR,
    )


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "s3.amazonaws.com", "eventName": "ListObjectVersions", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"bucketName": "reports"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}
{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:01:00Z", "eventSource": "s3.amazonaws.com", "eventName": "DeleteObjects", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"bucketName": "reports", "delete": ""}, "responseElements": null, "eventID": "2", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "s3.amazonaws.com", "eventName": "ListObjectVersions", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"bucketName": "reports"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}
{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:01:00Z", "eventSource": "s3.amazonaws.com", "eventName": "DeleteObjects", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"bucketName": "other", "delete": ""}, "responseElements": null, "eventID": "2", "recipientAccountId": "111122223333"}""",
    ),
]
