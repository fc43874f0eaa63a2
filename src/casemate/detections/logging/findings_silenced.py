"""Findings of the account's detectors were silenced.

What it does
------------
Reports suppression filters and trusted address lists of GuardDuty, findings that are archived in bulk, destinations that are deleted, and
rules or standards of Security Hub and Config that are taken away, by hand.

Why it matters
--------------
The service goes on and says nothing: a trusted address makes the attacker's machine one of yours.

How to respond
--------------
Read the filter or the list, delete it, and look at the findings that it held back.

When to allow it
----------------
Security teams do this every day: suppress their role, and be told of everybody else.

References
----------
- https://attack.mitre.org/techniques/T1562/001/
- https://attack.mitre.org/techniques/T1562/006/
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "findings-silenced",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.defense-evasion", "attack.t1562.001", "attack.t1562.006"],
)
def detect() -> Pattern:
    silenced = event.action.is_(
        "CreateFilter", "UpdateFilter", "CreateIPSet", "UpdateIPSet", "CreateTrustedEntitySet", "ArchiveFindings",
        "DeletePublishingDestination", "BatchDisableStandards", "UpdateFindings", "DeleteInsight", "DeleteActionTarget", "CreateFindingsFilter", "UpdateFindingsFilter",
        "UpdateStandardsControl", "CreateAutomationRule", "DeleteConfigRule", "DeleteOrganizationConfigRule",
    )  # fmt: skip
    watching = event.service.is_("guardduty", "securityhub", "config", "macie2")
    return each(silenced & watching & DONE & BY_HAND, by=(event.actor, event.account), every=DAY)


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "guardduty.amazonaws.com", "eventName": "CreateIPSet", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"detectorId": "d", "name": "office", "location": "s3://b/ips.txt", "activate": true}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "wafv2.amazonaws.com", "eventName": "CreateIPSet", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"name": "office"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "guardduty.amazonaws.com", "eventName": "ListFilters", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"detectorId": "d"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
