"""Somebody got access to a cluster.

What it does
------------
Reports access entries and policies of EKS clusters that are made or changed by hand, and cluster endpoints that are opened to everybody.

Why it matters
--------------
An access entry is a way into every pod and its roles.

How to respond
--------------
Delete the entry, look at the cluster's audit log.

When to allow it
----------------
Cluster teams: through the template.

References
----------
- https://attack.mitre.org/techniques/T1098/006/
- https://attack.mitre.org/techniques/T1098/
- https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "cluster-access-given",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=[
        "attack.persistence",
        "attack.privilege-escalation",
        "attack.lateral-movement",
        "attack.t1098.006",
        "attack.t1098",
    ],
)
def detect() -> Pattern:
    given = event.action.is_(
        "CreateAccessEntry", "UpdateAccessEntry", "AssociateAccessPolicy", "AssociateIdentityProviderConfig"
    )
    opened = event.action.is_("UpdateClusterConfig") & event.raw(
        "requestParameters.resourcesVpcConfig.publicAccessCidrs"
    ).is_("0.0.0.0/0")
    return each(
        (given | opened) & event.service.is_("eks") & DONE & BY_HAND, by=(event.actor, event.account), every=DAY
    )


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "eks.amazonaws.com", "eventName": "CreateAccessEntry", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"name": "c", "principalArn": "arn:aws:iam::111122223333:role/x"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "eks.amazonaws.com", "eventName": "ListAccessEntries", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"name": "c"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
