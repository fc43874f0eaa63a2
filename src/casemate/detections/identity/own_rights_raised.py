"""Somebody gave himself rights.

What it does
------------
Reports a user who attaches a policy to himself or puts himself into a group, and a role session that changes its own role's policies or
trust.

Why it matters
--------------
That nobody may raise his own rights is what permissions rest on; a principal that can is as good as an administrator.

How to respond
--------------
Undo the change, revoke the principal's sessions, and take the right to change IAM away from it.

When to allow it
----------------
Never for functions; administrators should use another role than the one they change.

References
----------
- https://attack.mitre.org/techniques/T1098/003/
- https://attack.mitre.org/techniques/T1548/
- https://rhinosecuritylabs.com/aws/aws-privilege-escalation-methods-mitigation/
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_SERVICE, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "own-rights-raised",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.privilege-escalation", "attack.t1098.003", "attack.t1548"],
)
def detect() -> Pattern:
    user = event.action.is_(
        "AttachUserPolicy", "PutUserPolicy", "AddUserToGroup", "DeleteUserPermissionsBoundary"
    ) & event.raw("requestParameters.userName").same_as(event.raw("userIdentity.userName"))
    role = event.action.is_(
        "AttachRolePolicy",
        "PutRolePolicy",
        "UpdateAssumeRolePolicy",
        "DeleteRolePermissionsBoundary",
        "DetachRolePolicy",
    ) & event.raw("requestParameters.roleName").same_as(event.raw("userIdentity.sessionContext.sessionIssuer.userName"))
    return each((user | role) & DONE & ~BY_SERVICE, by=(event.actor, event.account), every=HOUR)


CASES = [
    fires(
        r"""{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "PutUserPolicy", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"userName": "mallory", "policyName": "p", "policyDocument": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"s3:GetObject\", \"Resource\": \"arn:aws:s3:::reports/*\"}]}"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:orders", "arn": "arn:aws:sts::111122223333:assumed-role/orders/orders", "accountId": "111122223333", "accessKeyId": "ASIAEXAMPLE", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/orders", "userName": "orders"}}}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "AttachRolePolicy", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"roleName": "orders", "policyArn": "arn:aws:iam::111122223333:policy/more"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        r"""{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "PutUserPolicy", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"userName": "backup", "policyName": "p", "policyDocument": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"s3:GetObject\", \"Resource\": \"arn:aws:s3:::reports/*\"}]}"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
