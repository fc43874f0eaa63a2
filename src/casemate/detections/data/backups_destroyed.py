"""Backups and stores are deleted in a row.

What it does
------------
Reports four deletions of snapshots, recovery points, backup vaults, databases, tables, file systems or buckets by one principal within half
an hour, by hand.

Why it matters
--------------
First the backups, then the data: then nothing can be restored.

How to respond
--------------
Deny deletion for the principal, revoke its credentials, restore what is left from the other account.

When to allow it
----------------
Cleaning up by hand: suppress the actor for the day. Snapshots that a backup service rotates are left out.

References
----------
- https://attack.mitre.org/techniques/T1490/
- https://attack.mitre.org/techniques/T1485/
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, MINUTE, Pattern, at_least
from casemate.authoring.query import event
from casemate.model.finding import CRITICAL


@detection(
    "backups-destroyed",
    severity=CRITICAL,
    sources=["aws.cloudtrail"],
    tags=["attack.impact", "attack.t1490", "attack.t1485"],
)
def detect() -> Pattern:
    gone = event.action.is_(
        "DeleteDBSnapshot", "DeleteDBClusterSnapshot", "DeleteSnapshot", "DeleteRecoveryPoint", "DeleteBackupVault",
        "DeleteBackupPlan", "DeleteBackupSelection", "DeleteDBInstance", "DeleteDBCluster", "DeleteTable", "DeleteBackup",
        "DeleteFileSystem", "DeleteBucket", "DeleteCluster", "DeleteReplicationGroup", "DeleteDomain", "DeleteSecret",
        "DeleteVolume", "DeleteDBInstanceAutomatedBackup", "DeregisterImage", "DeleteUserPool",
    )  # fmt: skip
    return at_least(4, gone & DONE & BY_HAND, within=30 * MINUTE, by=(event.actor, event.account), every=HOUR)


_RECORD = """{"eventVersion": "1.08", "userIdentity": {"type": "AWSService", "invokedBy": "backup.amazonaws.com"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "ec2.amazonaws.com", "eventName": "DeleteSnapshot", "awsRegion": "eu-west-1", "sourceIPAddress": "backup.amazonaws.com", "userAgent": "backup.amazonaws.com", "requestParameters": {"snapshotId": "s-#"}, "responseElements": null, "eventID": "#", "recipientAccountId": "111122223333"}"""

CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "backup.amazonaws.com", "eventName": "DeleteRecoveryPoint", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"r": 1}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}
{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "backup.amazonaws.com", "eventName": "DeleteBackupVault", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"r": 1}, "responseElements": null, "eventID": "2", "recipientAccountId": "111122223333"}
{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "dynamodb.amazonaws.com", "eventName": "DeleteTable", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"tableName": "orders"}, "responseElements": null, "eventID": "3", "recipientAccountId": "111122223333"}
{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "rds.amazonaws.com", "eventName": "DeleteDBInstance", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"dBInstanceIdentifier": "d"}, "responseElements": null, "eventID": "4", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "backup.amazonaws.com", "eventName": "DeleteRecoveryPoint", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"r": 1}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}
{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "dynamodb.amazonaws.com", "eventName": "DeleteTable", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"tableName": "orders"}, "responseElements": null, "eventID": "3", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(9)),
    ),
]
