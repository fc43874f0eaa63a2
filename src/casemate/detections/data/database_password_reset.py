"""A database's master password was set by hand.

What it does
------------
Reports ModifyDBInstance and ModifyDBCluster with a new master password, and databases that become publicly accessible, by hand.

Why it matters
--------------
The new password opens the whole database to its setter, and locks the programs out.

How to respond
--------------
Set it again through Secrets Manager, look at the database's own log, revoke the caller's credentials.

When to allow it
----------------
Operators who reset a lost password.

References
----------
- https://attack.mitre.org/techniques/T1098/
- https://attack.mitre.org/techniques/T1555/
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "database-password-reset",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.credential-access", "attack.persistence", "attack.t1098", "attack.t1555"],
)
def detect() -> Pattern:
    reset = event.raw("requestParameters.masterUserPassword").exists() | event.raw(
        "requestParameters.publiclyAccessible"
    ).is_(True)
    return each(
        event.action.is_("ModifyDBInstance", "ModifyDBCluster", "ModifyCluster") & reset & DONE & BY_HAND,
        by=(event.actor, event.account),
        every=DAY,
    )


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "rds.amazonaws.com", "eventName": "ModifyDBInstance", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"dBInstanceIdentifier": "d", "masterUserPassword": "****"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "rds.amazonaws.com", "eventName": "ModifyDBInstance", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"dBInstanceIdentifier": "d", "dBInstanceClass": "db.t3.small"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
