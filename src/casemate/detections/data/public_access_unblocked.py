"""The lock against public access was taken off.

What it does
------------
Reports DeletePublicAccessBlock and settings of it that are false, for a bucket or the account, snapshots of disks and machine images, by
hand.

Why it matters
--------------
The lock is what makes a wrong policy harmless. It is taken off so that a policy may let everybody in.

How to respond
--------------
Put it back, and look at what was opened in between.

When to allow it
----------------
Buckets for public web content: through the template.

References
----------
- https://attack.mitre.org/techniques/T1562/007/
- https://attack.mitre.org/techniques/T1537/
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "public-access-unblocked",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.defense-evasion", "attack.exfiltration", "attack.t1562.007", "attack.t1537"],
)
def detect() -> Pattern:
    off = event.action.is_(
        "DeleteBucketPublicAccessBlock",
        "DeleteAccountPublicAccessBlock",
        "DeletePublicAccessBlock",
        "DisableSnapshotBlockPublicAccess",
        "DisableImageBlockPublicAccess",
    ) | (
        event.action.is_("PutBucketPublicAccessBlock", "PutAccountPublicAccessBlock", "PutPublicAccessBlock")
        & (
            event.raw("requestParameters.PublicAccessBlockConfiguration.RestrictPublicBuckets").is_(False)
            | event.raw("requestParameters.PublicAccessBlockConfiguration.BlockPublicPolicy").is_(False)
            | event.raw("requestParameters.PublicAccessBlockConfiguration.BlockPublicAcls").is_(False)
        )
    )
    return each(off & DONE & BY_HAND, by=(event.actor, event.account), every=DAY)


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "s3.amazonaws.com", "eventName": "PutBucketPublicAccessBlock", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"bucketName": "reports", "PublicAccessBlockConfiguration": {"RestrictPublicBuckets": false, "BlockPublicPolicy": false, "BlockPublicAcls": false, "IgnorePublicAcls": false}}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "s3.amazonaws.com", "eventName": "DeleteBucketPublicAccessBlock", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"bucketName": "reports"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "s3.amazonaws.com", "eventName": "PutBucketPublicAccessBlock", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"bucketName": "reports", "PublicAccessBlockConfiguration": {"RestrictPublicBuckets": true, "BlockPublicPolicy": true, "BlockPublicAcls": true, "IgnorePublicAcls": true}}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
