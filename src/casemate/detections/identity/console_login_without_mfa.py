"""A user signed in to the console without a second factor.

What it does
------------
Reports successful console sign-ins of IAM users and of root without multi-factor authentication.

Why it matters
--------------
A password alone is guessed, phished or reused; the console gives all of the user's rights at once.

How to respond
--------------
Ask the person; if it was not he, set a new password, end the sessions, and read what was done.

When to allow it
----------------
Accounts for tests without anything of worth in them.

References
----------
- https://attack.mitre.org/techniques/T1078/004/
- https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html
"""

from __future__ import annotations

from casemate.authoring.conditions import DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import MEDIUM


@detection(
    "console-login-without-mfa",
    severity=MEDIUM,
    sources=["aws.cloudtrail"],
    tags=["attack.initial-access", "attack.t1078.004"],
)
def detect() -> Pattern:
    no_factor = event.raw("additionalEventData.MFAUsed").is_("No") & event.actor_type.is_("IAMUser", "Root")
    # A user that signs in over an identity provider has its second factor there, and another type.
    return each(event.action.is_("ConsoleLogin") & no_factor & DONE, by=(event.actor, event.account), every=DAY)


_ORIGIN = "invictus-ir/aws_dataset at 4667aa9 (MIT), minimised"

CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "principalId": "AIDATFQR7NSCYG26CT6RI", "arn": "arn:aws:iam::123837392027:user/stratus-red-team-nmfalu-gfjyeaypjt", "accountId": "123837392027", "userName": "stratus-red-team-nmfalu-gfjyeaypjt"}, "eventTime": "2023-07-10T12:23:15Z", "eventSource": "signin.amazonaws.com", "eventName": "ConsoleLogin", "awsRegion": "us-east-1", "sourceIPAddress": "192.168.10.20", "userAgent": "stratus-red-team_01190e38-873e-4cc4-aede-7ceb7ffc2a4a", "requestParameters": null, "responseElements": {"ConsoleLogin": "Success"}, "additionalEventData": {"LoginTo": "https://console.aws.amazon.com/console/home", "MobileVersion": "No", "MFAUsed": "No"}, "eventID": "70e5932e-9022-4b38-837e-ca10dad94eb7", "readOnly": false, "recipientAccountId": "123837392027"}""",
        origin=_ORIGIN,
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "principalId": "AIDATFQR7NSC5AU2ZV3IE", "arn": "arn:aws:iam::123837392027:user/bert-jan", "accountId": "123837392027", "userName": "bert-jan"}, "eventTime": "2023-07-10T12:27:45Z", "eventSource": "signin.amazonaws.com", "eventName": "ConsoleLogin", "awsRegion": "us-east-1", "sourceIPAddress": "10.8.8.10", "userAgent": "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:102.0) Gecko/20100101 Firefox/102.0", "requestParameters": null, "responseElements": {"ConsoleLogin": "Success"}, "additionalEventData": {"LoginTo": "https://us-east-1.console.aws.amazon.com/vpc/home?region=us-east-1&state=hashArgs%23vpcs%3A&isauthcode=true", "MobileVersion": "No", "MFAIdentifier": "arn:aws:iam::123837392027:mfa/Mobile", "MFAUsed": "Yes"}, "eventID": "8feee4c2-5e27-4857-8475-bfa7e7b6d791", "readOnly": false, "recipientAccountId": "123837392027"}""",
        origin=_ORIGIN,
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "signin.amazonaws.com", "eventName": "ConsoleLogin", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": null, "responseElements": {"ConsoleLogin": "Failure"}, "eventID": "1", "recipientAccountId": "111122223333", "additionalEventData": {"MFAUsed": "No"}}""",
    ),
]
