"""A function's concurrency was set to zero by hand.

What it does
------------
Reports PutFunctionConcurrency with 0, and event source mappings that are disabled, by hand.

Why it matters
--------------
Nothing runs any more: events queue up, expire or are lost, callers get errors. It costs one call and no trace in the function.

How to respond
--------------
Set the concurrency again, replay what the dead-letter queues hold, and revoke the caller's credentials.

When to allow it
----------------
Containing a function in an incident is done in the same way (`casemate respond isolate`).

References
----------
- https://attack.mitre.org/techniques/T1499/
- https://attack.mitre.org/techniques/T1489/
- https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "function-starved",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.impact", "attack.t1499", "attack.t1489"],
)
def detect() -> Pattern:
    zero = event.raw("requestParameters.reservedConcurrentExecutions").is_(0)
    off = event.action.is_("UpdateEventSourceMapping") & event.raw("requestParameters.enabled").is_(False)
    return each(
        ((event.action.is_("PutFunctionConcurrency") & zero) | off) & DONE & BY_HAND,
        by=(event.actor, event.account),
        every=HOUR,
    )


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "lambda.amazonaws.com", "eventName": "PutFunctionConcurrency20171031", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"functionName": "shop-orders", "reservedConcurrentExecutions": 0}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "lambda.amazonaws.com", "eventName": "PutFunctionConcurrency20171031", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"functionName": "shop-orders", "reservedConcurrentExecutions": 50}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
