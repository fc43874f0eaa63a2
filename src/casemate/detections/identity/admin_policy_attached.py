"""A policy with the rights of an administrator was attached.

What it does
------------
Reports that AdministratorAccess, IAMFullAccess, PowerUserAccess or a policy called so was attached to a user, group or role.

Why it matters
--------------
Whoever can attach such a policy has the whole account. It is the last step of most escalations and the first of many backdoors.

How to respond
--------------
Find out who holds the policy now and who attached it, detach it, revoke the sessions of both, and read what they did since.

When to allow it
----------------
The first set-up of an account and break-glass procedures; suppress the alert for the actor that does it.

References
----------
- https://attack.mitre.org/techniques/T1098/003/
- https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_job-functions.html
"""

from __future__ import annotations

from casemate.authoring.conditions import DEPLOYED, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "admin-policy-attached",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.privilege-escalation", "attack.persistence", "attack.t1098.003"],
)
def detect() -> Pattern:
    attached = event.action.is_(
        "AttachUserPolicy", "AttachRolePolicy", "AttachGroupPolicy", "PutUserPermissionsBoundary"
    )
    strong = event.raw("requestParameters.policyArn").ends(
        ":policy/AdministratorAccess",
        ":policy/IAMFullAccess",
        ":policy/PowerUserAccess",
        ":policy/job-function/SystemAdministrator",
    )
    return each(attached & strong & DONE & ~DEPLOYED, by=(event.actor, event.account), every=HOUR)


_ORIGIN = "invictus-ir/aws_dataset at 4667aa9 (MIT), minimised"

CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "principalId": "AIDATFQR7NSC5AU2ZV3IE", "arn": "arn:aws:iam::123837392027:user/bert-jan", "accountId": "123837392027", "accessKeyId": "AKIATFQR7NSC8Q4X20BJ", "userName": "bert-jan"}, "eventTime": "2023-07-10T12:24:49Z", "eventSource": "iam.amazonaws.com", "eventName": "AttachUserPolicy", "awsRegion": "us-east-1", "sourceIPAddress": "192.168.10.20", "userAgent": "stratus-red-team_e1bd4d05-8971-4500-b6af-3e05539b163c", "requestParameters": {"userName": "malicious-iam-user", "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}, "responseElements": null, "eventID": "f4923a37-92d5-4dfd-9786-6caef2b5f33c", "readOnly": false, "recipientAccountId": "123837392027"}""",
        origin=_ORIGIN,
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "AttachUserPolicy", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"userName": "backup", "policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "AttachRolePolicy", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "errorCode": "AccessDenied", "requestParameters": {"roleName": "x", "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
