"""CloudTrail Insights: unusual rates of calls and of errors.

Source: the CloudTrail user guide, "CloudTrail record contents for Insights events".
"""

from __future__ import annotations

from casemate.monitor.events.cloudtrail import folded
from casemate.monitor.events.source import Source, at, text
from casemate.monitor.events.times import iso

INSIGHT = Source(
    name="aws.insight",
    title="CloudTrail Insights",
    recognise=lambda body: "insightDetails" in body and "eventCategory" in body,
    id=lambda body: at(body, "eventID"),
    time=lambda body: iso(at(body, "eventTime")),
    account=lambda body: text(body, "recipientAccountId"),
    fields={
        "region": ("awsRegion",),
        "service": lambda body: text(body, "insightDetails", "eventSource").removesuffix(".amazonaws.com"),
        "action": lambda body: folded(text(body, "insightDetails", "eventName")),
        "error": ("insightDetails", "errorCode"),
        "message": ("insightDetails", "insightType"),
    },
    verbatim={"service": "start", "action": "start"},
    log="CloudTrail Insights, on the trail",
)
