"""The mail service is made ready for abuse.

What it does
------------
Reports sending that is switched on, identities that are verified, production access that is asked for and sending policies, by hand.

Why it matters
--------------
Mail from your domain passes every filter; your domain's name is spent on it.

How to respond
--------------
Switch sending off, delete the identities, revoke the caller's credentials.

When to allow it
----------------
The set-up of mail, once.

References
----------
- https://attack.mitre.org/techniques/T1496/
- https://attack.mitre.org/techniques/T1585/
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "mail-service-abused",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.impact", "attack.t1496", "attack.t1585"],
)
def detect() -> Pattern:
    ready = event.action.is_(
        "UpdateAccountSendingEnabled", "PutAccountSendingAttributes", "VerifyEmailIdentity", "VerifyDomainIdentity",
        "CreateEmailIdentity", "PutAccountDetails", "PutIdentityPolicy", "CreateSMTPCredential", "VerifyEmailAddress",
    )  # fmt: skip
    return each(ready & event.service.is_("ses") & DONE & BY_HAND, by=(event.actor, event.account), every=DAY)


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "ses.amazonaws.com", "eventName": "VerifyEmailIdentity", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"emailAddress": "x@example.com"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "ses.amazonaws.com", "eventName": "SendEmail", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
