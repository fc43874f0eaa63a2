"""Somebody asks how much mail the account may send.

What it does
------------
Reports two different calls about the quota, state and identities of Simple Email Service by one principal within ten minutes, outside of
the console.

Why it matters
--------------
Stolen keys are sold and used for spam and phishing under your domain's name; the quota is the first thing that is asked.

How to respond
--------------
Revoke the key, and look at which identities were verified or used.

When to allow it
----------------
Programs that send mail ask for the quota alone, if at all.

References
----------
- https://attack.mitre.org/techniques/T1526/
- https://attack.mitre.org/techniques/T1580/
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, MINUTE, Pattern, different
from casemate.authoring.query import event
from casemate.model.finding import MEDIUM


@detection(
    "mail-service-probed",
    severity=MEDIUM,
    sources=["aws.cloudtrail"],
    tags=["attack.discovery", "attack.reconnaissance", "attack.t1526", "attack.t1580"],
)
def detect() -> Pattern:
    asked = event.action.is_(
        "GetSendQuota",
        "GetAccount",
        "GetAccountSendingEnabled",
        "ListIdentities",
        "ListEmailIdentities",
        "GetSendStatistics",
        "GetIdentityVerificationAttributes",
        "ListVerifiedEmailAddresses",
    )
    return different(
        2,
        (event.action,),
        asked & event.service.is_("ses") & BY_HAND & event.raw("sessionCredentialFromConsole").missing(),
        within=10 * MINUTE,
        by=(event.actor, event.account),
        every=DAY,
    )


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "ses.amazonaws.com", "eventName": "GetAccount", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": null, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}
{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "ses.amazonaws.com", "eventName": "ListIdentities", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": null, "responseElements": null, "eventID": "2", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "ses.amazonaws.com", "eventName": "GetSendQuota", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": null, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}
{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "ses.amazonaws.com", "eventName": "GetSendQuota", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": null, "responseElements": null, "eventID": "2", "recipientAccountId": "111122223333"}""",
    ),
]
