"""The account was to leave its organisation.

What it does
------------
Reports LeaveOrganization, CloseAccount and the removal of an account from the organisation, also where it was denied.

Why it matters
--------------
Outside of the organisation no service control policy holds, no central trail records and nobody else sees the bill.

How to respond
--------------
If it worked: invite the account again at once. If it was denied: the caller's credentials are in wrong hands; revoke them.

When to allow it
----------------
Accounts that are really handed over: announced, with the actor suppressed for the day.

References
----------
- https://attack.mitre.org/techniques/T1666/
- https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_leave-as-member.html
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import CRITICAL


@detection(
    "organisation-left",
    severity=CRITICAL,
    sources=["aws.cloudtrail"],
    tags=["attack.defense-evasion", "attack.impact", "attack.t1666"],
)
def detect() -> Pattern:
    return each(
        event.action.is_("LeaveOrganization", "RemoveAccountFromOrganization", "CloseAccount", "DeleteOrganization")
        & event.service.is_("organizations"),
        by=(event.actor, event.account),
        every=HOUR,
    )


_ORIGIN = "invictus-ir/aws_dataset at 4667aa9 (MIT), minimised"

CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "AssumedRole", "principalId": "AROATFQR7NSCRI4ZA26CX:aws-go-sdk-1688990515440126480", "arn": "arn:aws:sts::123837392027:assumed-role/stratus-red-team-leave-org-role/aws-go-sdk-1688990515440126480", "accountId": "123837392027", "accessKeyId": "ASIATFQR7NSCVW2R4OHT", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::123837392027:role/stratus-red-team-leave-org-role", "userName": "stratus-red-team-leave-org-role"}, "attributes": {"mfaAuthenticated": "false"}}}, "eventTime": "2023-07-10T12:02:05Z", "eventSource": "organizations.amazonaws.com", "eventName": "LeaveOrganization", "awsRegion": "us-east-1", "sourceIPAddress": "192.168.10.20", "userAgent": "stratus-red-team_7d2a6913-ded3-49c6-a31c-0cdeebcc259c", "errorCode": "AccessDenied", "errorMessage": "User: arn:aws:sts::123837392027:assumed-role/stratus-red-tea", "requestParameters": null, "responseElements": null, "eventID": "be7f89b5-d456-4423-b3e6-0fb0b19bad7c", "readOnly": false, "recipientAccountId": "123837392027"}""",
        origin=_ORIGIN,
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "principalId": "AIDATFQR7NSC5AU2ZV3IE", "arn": "arn:aws:iam::123837392027:user/bert-jan", "accountId": "123837392027", "accessKeyId": "ASIATFQR7NSCS5BLNV76", "userName": "bert-jan", "sessionContext": {"sessionIssuer": {}, "attributes": {"mfaAuthenticated": "true"}}}, "eventTime": "2023-07-10T12:28:21Z", "eventSource": "organizations.amazonaws.com", "eventName": "DescribeOrganization", "awsRegion": "us-east-1", "sourceIPAddress": "10.8.8.10", "userAgent": "AWS Internal", "requestParameters": null, "responseElements": null, "eventID": "5b5575f9-d4ef-4651-86c1-7618d49689f5", "readOnly": true, "recipientAccountId": "123837392027", "sessionCredentialFromConsole": "true"}""",
        origin=_ORIGIN,
    ),
]
