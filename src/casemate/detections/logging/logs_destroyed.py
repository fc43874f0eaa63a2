"""Logs in CloudWatch were deleted by hand.

What it does
------------
Reports log groups or streams that are deleted, a retention of three days or less, and subscriptions and metric filters that are taken away,
by hand.

Why it matters
--------------
A function's log is often the only record of what it was asked; the subscription is how events get here.

How to respond
--------------
What was exported or subscribed before is still there. Protect log groups against deletion, and revoke the caller's credentials.

When to allow it
----------------
Cleaning up after experiments.

References
----------
- https://attack.mitre.org/techniques/T1070/
- https://attack.mitre.org/techniques/T1562/008/
- https://attack.mitre.org/techniques/T1485/
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "logs-destroyed",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.defense-evasion", "attack.t1070", "attack.t1562.008", "attack.t1485"],
)
def detect() -> Pattern:
    gone = event.action.is_(
        "DeleteLogGroup", "DeleteLogStream", "DeleteSubscriptionFilter", "DeleteMetricFilter", "DeleteDestination"
    )
    short = event.action.is_("PutRetentionPolicy") & event.raw("requestParameters.retentionInDays").under(4)
    return each(
        (gone | short) & event.service.is_("logs") & DONE & BY_HAND, by=(event.actor, event.account), every=HOUR
    )


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "logs.amazonaws.com", "eventName": "DeleteLogGroup", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"logGroupName": "/aws/lambda/shop-orders"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "logs.amazonaws.com", "eventName": "PutRetentionPolicy", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"logGroupName": "/aws/lambda/shop-orders", "retentionInDays": 1}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "logs.amazonaws.com", "eventName": "PutRetentionPolicy", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"logGroupName": "/aws/lambda/shop-orders", "retentionInDays": 365}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "logs.amazonaws.com", "eventName": "DeleteLogGroup", "awsRegion": "eu-west-1", "sourceIPAddress": "cloudformation.amazonaws.com", "userAgent": "cloudformation.amazonaws.com", "requestParameters": {"logGroupName": "g"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
