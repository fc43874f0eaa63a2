"""Backups of a store were switched off by hand.

What it does
------------
Reports a database's backup retention of 0, deletion without a last snapshot and with its backups, automated backups that are deleted,
point-in-time recovery and deletion protection that are switched off, by hand.

Why it matters
--------------
It is the last thing that is done before data is deleted.

How to respond
--------------
Switch it on again and take a snapshot.

When to allow it
----------------
Databases for tests.

References
----------
- https://attack.mitre.org/techniques/T1490/
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "backups-switched-off",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.impact", "attack.defense-evasion", "attack.t1490"],
)
def detect() -> Pattern:
    off = (
        (
            event.action.is_("ModifyDBInstance", "ModifyDBCluster")
            & event.raw("requestParameters.backupRetentionPeriod").is_(0)
        )
        | (
            event.action.is_("ModifyDBInstance", "ModifyDBCluster", "UpdateTable")
            & (
                event.raw("requestParameters.deletionProtection").is_(False)
                | event.raw("requestParameters.deletionProtectionEnabled").is_(False)
            )
        )
        | (
            event.action.is_("DeleteDBInstance", "DeleteDBCluster")
            & event.raw("requestParameters.skipFinalSnapshot").is_(True)
            & event.raw("requestParameters.deleteAutomatedBackups").is_(True)
        )
        | (
            event.action.is_("UpdateContinuousBackups")
            & event.raw("requestParameters.pointInTimeRecoverySpecification.pointInTimeRecoveryEnabled").is_(False)
        )
    )
    gone = event.action.is_("DeleteDBInstanceAutomatedBackup", "DeleteDBClusterAutomatedBackup")
    return each((off | gone) & DONE & BY_HAND, by=(event.actor, event.account), every=DAY)


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "rds.amazonaws.com", "eventName": "ModifyDBInstance", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"dBInstanceIdentifier": "d", "backupRetentionPeriod": 0}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "dynamodb.amazonaws.com", "eventName": "UpdateContinuousBackups", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"tableName": "t", "pointInTimeRecoverySpecification": {"pointInTimeRecoveryEnabled": false}}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "rds.amazonaws.com", "eventName": "ModifyDBInstance", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"dBInstanceIdentifier": "d", "backupRetentionPeriod": 14}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
