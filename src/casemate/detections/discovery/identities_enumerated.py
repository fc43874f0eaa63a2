"""Somebody lists users, roles, groups and policies.

What it does
------------
Reports one principal that makes four different listing calls of IAM (users, roles, groups, policies, keys, factors …) within ten minutes,
outside of the console and of tools that deploy.

Why it matters
--------------
Whoever holds a stolen key looks for the way up; programs have no use for the list of users.

How to respond
--------------
Look at who the principal is; if it is a function's role or a program's key, revoke it.

When to allow it
----------------
Scanners and inventory tools: suppress their role.

References
----------
- https://attack.mitre.org/techniques/T1087/004/
- https://attack.mitre.org/techniques/T1069/003/
- https://github.com/RhinoSecurityLabs/pacu/wiki/Module-Details
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, MINUTE, Pattern, different
from casemate.authoring.query import event
from casemate.model.finding import MEDIUM


@detection(
    "identities-enumerated",
    severity=MEDIUM,
    sources=["aws.cloudtrail"],
    tags=["attack.discovery", "attack.t1087.004", "attack.t1069.003"],
)
def detect() -> Pattern:
    listed = event.action.is_(
        "ListUsers", "ListRoles", "ListGroups", "ListPolicies", "GetAccountSummary", "ListAccessKeys", "ListMFADevices",
        "ListVirtualMFADevices", "GetAccountPasswordPolicy", "ListAttachedUserPolicies", "ListUserPolicies",
        "ListAttachedRolePolicies", "ListRolePolicies", "ListGroupsForUser", "ListSSHPublicKeys", "ListSigningCertificates",
        "ListServiceSpecificCredentials", "ListInstanceProfiles", "ListAccountAliases", "GetCredentialReport", "ListEntitiesForPolicy",
        "ListSAMLProviders", "ListOpenIDConnectProviders", "GetUserPolicy", "GetRolePolicy", "GetPolicyVersion", "GetLoginProfile",
    ) & event.service.is_("iam")  # fmt: skip
    console = event.raw("sessionCredentialFromConsole").exists() | event.agent.contains(
        "Mozilla/", "console.amazonaws.com", "AWS Internal"
    )
    return different(
        4, (event.action,), listed & BY_HAND & ~console, within=10 * MINUTE, by=(event.actor, event.account), every=HOUR
    )


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "ListUsers", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": null, "responseElements": null, "eventID": "ListUsers", "recipientAccountId": "111122223333"}
{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "ListRoles", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": null, "responseElements": null, "eventID": "ListRoles", "recipientAccountId": "111122223333"}
{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "ListGroups", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": null, "responseElements": null, "eventID": "ListGroups", "recipientAccountId": "111122223333"}
{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "ListPolicies", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": null, "responseElements": null, "eventID": "ListPolicies", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "ListUsers", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": null, "responseElements": null, "eventID": "ListUsers", "recipientAccountId": "111122223333"}
{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "ListRoles", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": null, "responseElements": null, "eventID": "ListRoles", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "ListUsers", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "APN/1.0 HashiCorp/1.0 Terraform/1.6", "requestParameters": null, "responseElements": null, "eventID": "ListUsers", "recipientAccountId": "111122223333"}
{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "ListRoles", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "APN/1.0 HashiCorp/1.0 Terraform/1.6", "requestParameters": null, "responseElements": null, "eventID": "ListRoles", "recipientAccountId": "111122223333"}
{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "ListGroups", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "APN/1.0 HashiCorp/1.0 Terraform/1.6", "requestParameters": null, "responseElements": null, "eventID": "ListGroups", "recipientAccountId": "111122223333"}
{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "ListPolicies", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "APN/1.0 HashiCorp/1.0 Terraform/1.6", "requestParameters": null, "responseElements": null, "eventID": "ListPolicies", "recipientAccountId": "111122223333"}""",
    ),
]
