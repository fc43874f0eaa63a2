"""A console password was set for another user.

What it does
------------
Reports CreateLoginProfile and UpdateLoginProfile for a user other than the caller, by hand.

Why it matters
--------------
A user that only had keys can now sign in to the console; a changed password takes over a person's account with all its rights.

How to respond
--------------
Delete the login profile or set a new password, end the user's sessions, and ask the person.

When to allow it
----------------
Help desks that reset passwords: suppress the alert for their role.

References
----------
- https://attack.mitre.org/techniques/T1098/001/
- https://attack.mitre.org/techniques/T1078/004/
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "password-set-for-another-user",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.persistence", "attack.privilege-escalation", "attack.t1098.001", "attack.t1078.004"],
)
def detect() -> Pattern:
    changed = event.action.is_("CreateLoginProfile", "UpdateLoginProfile")
    name = event.raw("requestParameters.userName")
    other = ~name.same_as(event.actor_name) & ~name.same_as(event.session)
    return each(changed & other & DONE & BY_HAND, by=(event.actor, event.account), every=HOUR)


_ORIGIN = "invictus-ir/aws_dataset at 4667aa9 (MIT), minimised"

CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "principalId": "AIDATFQR7NSC5AU2ZV3IE", "arn": "arn:aws:iam::123837392027:user/bert-jan", "accountId": "123837392027", "accessKeyId": "AKIATFQR7NSC8Q4X20BJ", "userName": "bert-jan"}, "eventTime": "2023-07-10T12:25:04Z", "eventSource": "iam.amazonaws.com", "eventName": "CreateLoginProfile", "awsRegion": "us-east-1", "sourceIPAddress": "192.168.10.20", "userAgent": "stratus-red-team_9f92f988-5ef6-4f8a-800d-c7229febb5fb", "requestParameters": {"passwordResetRequired": false, "userName": "stratus-red-team-login-profile-user"}, "responseElements": null, "eventID": "f0d7bb15-75c8-4770-a500-92d1f71b948c", "readOnly": false, "recipientAccountId": "123837392027"}""",
        origin=_ORIGIN,
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "UpdateLoginProfile", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"userName": "mallory"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "CreateLoginProfile", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "errorCode": "EntityAlreadyExistsException", "requestParameters": {"userName": "backup"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
