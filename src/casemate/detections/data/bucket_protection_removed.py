"""What keeps a bucket's objects from being lost was switched off.

What it does
------------
Reports versioning or the factor for deletion that is switched off, and encryption, access logging and replication that are taken off, by
hand.

Why it matters
--------------
It is done before objects are deleted or encrypted for ransom, so that there is nothing to go back to.

How to respond
--------------
Switch it on again, deny deletion by policy, and copy the bucket elsewhere.

When to allow it
----------------
Changes of storage cost: through the template.

References
----------
- https://attack.mitre.org/techniques/T1490/
- https://attack.mitre.org/techniques/T1562/008/
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "bucket-protection-removed",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.impact", "attack.defense-evasion", "attack.t1490", "attack.t1562.008"],
)
def detect() -> Pattern:
    off = event.action.is_("DeleteBucketEncryption", "DeleteBucketReplication") | (
        event.action.is_("PutBucketVersioning")
        & (
            event.raw("requestParameters.VersioningConfiguration.Status").is_("Suspended", "Disabled")
            | event.raw("requestParameters.VersioningConfiguration.MfaDelete").is_("Disabled")
        )
    )
    unlogged = (
        event.action.is_("PutBucketLogging")
        & event.raw("requestParameters.BucketLoggingStatus.LoggingEnabled").missing()
    )
    return each((off | unlogged) & DONE & BY_HAND, by=(event.actor, event.account), every=HOUR)


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "s3.amazonaws.com", "eventName": "PutBucketVersioning", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"bucketName": "reports", "VersioningConfiguration": {"Status": "Suspended"}}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "s3.amazonaws.com", "eventName": "PutBucketLogging", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"bucketName": "reports", "BucketLoggingStatus": {"xmlns": "http://s3.amazonaws.com/doc/2006-03-01/"}}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "s3.amazonaws.com", "eventName": "PutBucketVersioning", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"bucketName": "reports", "VersioningConfiguration": {"Status": "Enabled"}}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
