"""A service control policy or a permissions boundary was taken away.

What it does
------------
Reports service control policies that are detached, deleted or switched off as a type, and boundaries that are removed, by hand.

Why it matters
--------------
Guard rails are what still holds when a principal has too many rights. Whoever removes one has a use for it.

How to respond
--------------
Attach the policy again, and look at what the actor did next.

When to allow it
----------------
Changes to the organisation's policies are made by its pipeline.

References
----------
- https://attack.mitre.org/techniques/T1562/001/
- https://attack.mitre.org/techniques/T1484/
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "guard-rail-removed",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.defense-evasion", "attack.privilege-escalation", "attack.t1562.001", "attack.t1484"],
)
def detect() -> Pattern:
    removed = event.action.is_(
        "DetachPolicy", "DeletePolicy", "DisablePolicyType", "DeleteUserPermissionsBoundary", "DeleteRolePermissionsBoundary",
        "DeletePermissionsBoundaryFromPermissionSet", "DeregisterDelegatedAdministrator", "DisableAWSServiceAccess",
    ) & event.service.is_("organizations", "iam", "sso")  # fmt: skip
    policy = event.action.is_("DeletePolicy") & event.service.is_("iam")
    return each(removed & ~policy & DONE & BY_HAND, by=(event.actor, event.account), every=DAY)


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "organizations.amazonaws.com", "eventName": "DetachPolicy", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"policyId": "p-1", "targetId": "111122223333"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "DeleteRolePermissionsBoundary", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"roleName": "orders"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "DeletePolicy", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"policyArn": "arn:aws:iam::111122223333:policy/old"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
