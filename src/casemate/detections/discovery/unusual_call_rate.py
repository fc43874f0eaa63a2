"""CloudTrail sees an unusual rate of calls or errors.

What it does
------------
Reports the start of a CloudTrail Insight: an API that is called, or fails, far more often than in the week before.

Why it matters
--------------
Bursts of reads are collecting, bursts of errors are trying, bursts of writes are destroying.

How to respond
--------------
The insight names the users and agents that did it; look at them.

When to allow it
----------------
Load tests and migrations.

References
----------
- https://attack.mitre.org/techniques/T1580/
- https://attack.mitre.org/techniques/T1499/
- https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-insights-events-with-cloudtrail.html
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import MEDIUM


@detection(
    "unusual-call-rate",
    severity=MEDIUM,
    sources=["aws.insight"],
    tags=[
        "attack.discovery",
        "attack.impact",
        "attack.credential-access",
        "attack.exfiltration",
        "attack.t1580",
        "attack.t1499",
    ],
)
def detect() -> Pattern:
    return each(
        event.raw("insightDetails.state").is_("Start"), by=(event.account, event.service, event.action), every=DAY
    )


CASES = [
    fires(
        """{"eventVersion": "1.09", "eventTime": "2026-03-01T10:00:00Z", "awsRegion": "eu-west-1", "eventID": "i1", "eventType": "AwsCloudTrailInsight", "recipientAccountId": "111122223333", "insightDetails": {"state": "Start", "eventSource": "secretsmanager.amazonaws.com", "eventName": "GetSecretValue", "insightType": "ApiCallRateInsight", "insightContext": {}}, "eventCategory": "Insight"}""",
    ),
    quiet(
        """{"eventVersion": "1.09", "eventTime": "2026-03-01T10:00:00Z", "awsRegion": "eu-west-1", "eventID": "i1", "eventType": "AwsCloudTrailInsight", "recipientAccountId": "111122223333", "insightDetails": {"state": "End", "eventSource": "secretsmanager.amazonaws.com", "eventName": "GetSecretValue", "insightType": "ApiCallRateInsight", "insightContext": {}}, "eventCategory": "Insight"}""",
    ),
]
