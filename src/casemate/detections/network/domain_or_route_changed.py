"""Where a name leads was changed by hand.

What it does
------------
Reports domains that are transferred or unlocked, name servers and DNSSEC that are changed, and API mappings and distributions that get
another origin, by hand.

Why it matters
--------------
Who decides where your name leads reads your users' requests, and gets certificates for it.

How to respond
--------------
Put the records back, lock the domain, and look for certificates that were issued in between.

When to allow it
----------------
Moves of domains: announced.

References
----------
- https://attack.mitre.org/techniques/T1565/
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "domain-or-route-changed",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.impact", "attack.collection", "attack.t1565"],
)
def detect() -> Pattern:
    changed = event.action.is_(
        "TransferDomainToAnotherAwsAccount", "DisableDomainTransferLock", "UpdateDomainNameservers", "DeleteDomain",
        "DisableHostedZoneDNSSEC", "DisassociateDelegationSignerFromDomain", "RetrieveDomainAuthCode",
        "DeactivateKeySigningKey", "DeleteHostedZone",
    )  # fmt: skip
    return each(changed & DONE & BY_HAND, by=(event.actor, event.account), every=DAY)


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "route53domains.amazonaws.com", "eventName": "DisableDomainTransferLock", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"domainName": "example.com"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "route53.amazonaws.com", "eventName": "ListHostedZones", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
