"""A role may now be assumed from a foreign account.

What it does
------------
Reports CreateRole and UpdateAssumeRolePolicy whose trust policy names an account other than the role's, or everybody.

Why it matters
--------------
The other account comes back whenever it wants, with no credential of yours; the keys that were stolen first may be rotated meanwhile.

How to respond
--------------
Put the former trust policy back, revoke the role's sessions, and search for AssumeRole from the account that the alert names.

When to allow it
----------------
Vendors that ask for a role: they should also ask for an external id. Suppress by role name, not by actor.

References
----------
- https://attack.mitre.org/techniques/T1098/
- https://attack.mitre.org/techniques/T1199/
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-user_externalid.html
"""

from __future__ import annotations

from casemate.authoring.conditions import DEPLOYED, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "role-opened-to-foreign-account",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.persistence", "attack.initial-access", "attack.t1098", "attack.t1199"],
)
def detect() -> Pattern:
    return each(
        event.action.is_("UpdateAssumeRolePolicy", "CreateRole") & event.foreign.exists() & DONE & ~DEPLOYED,
        by=(event.actor, event.account, event.foreign),
        every=DAY,
    )


_ORIGIN = "invictus-ir/aws_dataset at 4667aa9 (MIT), minimised"

CASES = [
    fires(
        r"""{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "principalId": "AIDATFQR7NSC5AU2ZV3IE", "arn": "arn:aws:iam::123837392027:user/bert-jan", "accountId": "123837392027", "accessKeyId": "AKIATFQR7NSC8Q4X20BJ", "userName": "bert-jan"}, "eventTime": "2023-07-10T12:24:11Z", "eventSource": "iam.amazonaws.com", "eventName": "UpdateAssumeRolePolicy", "awsRegion": "us-east-1", "sourceIPAddress": "192.168.10.20", "userAgent": "stratus-red-team_8f96a106-8714-4a09-b482-2592e8964fb0", "requestParameters": {"roleName": "stratus-red-team-backdoor-r-role", "policyDocument": "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\n      \"Effect\": \"Allow\",\n      \"Principal\": {\n        \"Service\": \"ec2.amazonaws.com\"\n      },\n      \"Action\": \"sts:AssumeRole\"\n    },\n    {\n      \"Effect\": \"Allow\",\n      \"Principal\": {\n        \"AWS\": \"arn:aws:iam::193672423079:root\"\n      },\n      \"Action\": \"sts:AssumeRole\"\n    }\n  ]\n}"}, "responseElements": null, "eventID": "d96d75c7-e715-44ff-9735-9dc51afbd774", "readOnly": false, "recipientAccountId": "123837392027"}""",
        origin=_ORIGIN,
    ),
    quiet(
        r"""{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "principalId": "AIDATFQR7NSC5AU2ZV3IE", "arn": "arn:aws:iam::123837392027:user/bert-jan", "accountId": "123837392027", "accessKeyId": "AKIATFQR7NSC8Q4X20BJ", "userName": "bert-jan"}, "eventTime": "2023-07-10T12:28:24Z", "eventSource": "iam.amazonaws.com", "eventName": "UpdateAssumeRolePolicy", "awsRegion": "us-east-1", "sourceIPAddress": "192.168.10.20", "userAgent": "stratus-red-team_ab44e842-2a25-45ad-a141-42e46aab0f86", "requestParameters": {"policyDocument": "{\"Statement\":[{\"Action\":\"sts:AssumeRole\",\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"ec2.amazonaws.com\"},\"Sid\":\"\"}],\"Version\":\"2012-10-17\"}", "roleName": "stratus-red-team-backdoor-r-role"}, "responseElements": null, "eventID": "059cf0ed-af91-40a6-9c89-a8a4fb81dc65", "readOnly": false, "recipientAccountId": "123837392027"}""",
        origin=_ORIGIN,
    ),
    quiet(
        r"""{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "CreateRole", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"roleName": "r", "assumeRolePolicyDocument": "{\"Statement\": [{\"Effect\": \"Allow\", \"Principal\": {\"AWS\": \"arn:aws:iam::111122223333:root\"}, \"Action\": \"sts:AssumeRole\"}]}"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
