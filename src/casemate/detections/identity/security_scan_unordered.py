"""A security scanner read the account.

What it does
------------
Reports calls whose user agent names a scanner of cloud settings (Scout Suite, Prowler, CloudSploit, Steampipe, CloudMapper, PMapper).

Why it matters
--------------
The tools that find weaknesses for their owners find them for anybody with a key that reads.

How to respond
--------------
Ask whether the scan was yours; if not, treat it as a stolen key.

When to allow it
----------------
Your own scans: suppress their role.

References
----------
- https://attack.mitre.org/techniques/T1526/
- https://attack.mitre.org/techniques/T1580/
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import LOW


@detection(
    "security-scan-unordered",
    severity=LOW,
    sources=["aws.cloudtrail"],
    tags=["attack.discovery", "attack.t1526", "attack.t1580"],
)
def detect() -> Pattern:
    return each(
        event.agent.contains(
            "Scout Suite",
            "ScoutSuite",
            "prowler",
            "cloudsploit",
            "steampipe",
            "cloudmapper",
            "principalmapper",
            "cartography",
        ),
        by=(event.actor, event.account),
        every=DAY,
    )


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "ListUsers", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "Boto3/1.34 Prowler/4.0", "requestParameters": null, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "ListUsers", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": null, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
