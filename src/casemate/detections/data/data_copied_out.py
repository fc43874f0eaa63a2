"""Data is copied out of a store by hand.

What it does
------------
Reports exports of tables and database snapshots, replication and transfer tasks, snapshots and images that are copied out of the region or
exported, and databases restored in public, by hand.

Why it matters
--------------
Built-in export copies whole stores in one call, quickly and at the owner's cost.

How to respond
--------------
Stop the task, see where it writes to, delete the copy, revoke the caller's credentials.

When to allow it
----------------
Migrations and reports: announced.

References
----------
- https://attack.mitre.org/techniques/T1537/
- https://attack.mitre.org/techniques/T1530/
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "data-copied-out",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.exfiltration", "attack.collection", "attack.t1537", "attack.t1530"],
)
def detect() -> Pattern:
    copied = event.action.is_(
        "ExportTableToPointInTime", "StartExportTask", "CreateTask", "StartTaskExecution", "PutBucketReplication",
        "CreateReplicationTask", "StartReplicationTask", "CreateStoreImageTask", "CreateInstanceExportTask", "ExportImage",
        "CreateServer", "CreateExportTask", "CreateJob",
    )  # fmt: skip
    store = event.service.is_("dynamodb", "rds", "datasync", "s3", "dms", "ec2", "transfer", "logs")
    return each(copied & store & DONE & BY_HAND, by=(event.actor, event.account), every=DAY)


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "dynamodb.amazonaws.com", "eventName": "ExportTableToPointInTime", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"tableArn": "arn:aws:dynamodb:eu-west-1:111122223333:table/orders", "s3Bucket": "out", "s3BucketOwner": "999988887777"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "s3.amazonaws.com", "eventName": "PutBucketReplication", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"bucketName": "reports", "ReplicationConfiguration": {"Rule": {"Destination": {"Bucket": "arn:aws:s3:::theirs"}}}}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "glue.amazonaws.com", "eventName": "CreateTask", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "dynamodb.amazonaws.com", "eventName": "DescribeExport", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
