"""A user was made and given credentials or rights at once.

What it does
------------
Reports CreateUser followed within an hour by an access key, a password, a group or a policy for the same user, by hand.

Why it matters
--------------
An own user is the plainest backdoor: it needs no stolen credential and survives every rotation.

How to respond
--------------
Delete the user, revoke the maker's credentials, and search for calls by the user.

When to allow it
----------------
Where people make users by hand; users for people belong in IAM Identity Center, those for programs are roles.

References
----------
- https://attack.mitre.org/techniques/T1136/003/
- https://attack.mitre.org/techniques/T1098/001/
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, in_order
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "user-made-and-armed",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.persistence", "attack.t1136.003", "attack.t1098.001"],
)
def detect() -> Pattern:
    name = event.raw("requestParameters.userName")
    armed = event.action.is_(
        "CreateAccessKey", "CreateLoginProfile", "AttachUserPolicy", "PutUserPolicy", "AddUserToGroup"
    )
    return in_order(
        event.action.is_("CreateUser") & DONE & BY_HAND,
        armed & DONE & BY_HAND,
        within=HOUR,
        by=(event.account, name),
        every=HOUR,
    )


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "CreateUser", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"userName": "backup"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}
{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:09Z", "eventSource": "iam.amazonaws.com", "eventName": "CreateAccessKey", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"userName": "backup"}, "responseElements": null, "eventID": "2", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "CreateUser", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"userName": "backup"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}
{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:09Z", "eventSource": "iam.amazonaws.com", "eventName": "CreateAccessKey", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"userName": "mallory"}, "responseElements": null, "eventID": "2", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "CreateUser", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "Terraform/1.6", "requestParameters": {"userName": "b"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}
{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:09Z", "eventSource": "iam.amazonaws.com", "eventName": "CreateAccessKey", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "Terraform/1.6", "requestParameters": {"userName": "b"}, "responseElements": null, "eventID": "2", "recipientAccountId": "111122223333"}""",
    ),
]
