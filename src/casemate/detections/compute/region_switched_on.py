"""A region was switched on.

What it does
------------
Reports EnableRegion and EnableOptInRegion.

Why it matters
--------------
In a region that nobody uses nobody looks: no trail's bucket, no GuardDuty, no budget.

How to respond
--------------
Switch it off again, look at what was made there.

When to allow it
----------------
The company goes there: announced.

References
----------
- https://attack.mitre.org/techniques/T1535/
"""

from __future__ import annotations

from casemate.authoring.conditions import DEPLOYED, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import MEDIUM


@detection(
    "region-switched-on",
    severity=MEDIUM,
    sources=["aws.cloudtrail"],
    tags=["attack.defense-evasion", "attack.t1535"],
)
def detect() -> Pattern:
    return each(
        event.action.is_("EnableRegion", "EnableOptInRegion") & DONE & ~DEPLOYED,
        by=(event.actor, event.account),
        every=DAY,
    )


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "account.amazonaws.com", "eventName": "EnableRegion", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"RegionName": "me-south-1"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "account.amazonaws.com", "eventName": "GetRegionOptStatus", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"RegionName": "me-south-1"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
