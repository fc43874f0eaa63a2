"""A function is now fed from a foreign account.

What it does
------------
Reports event source mappings whose queue or stream belongs to an account other than the function's.

Why it matters
--------------
Whoever owns the queue decides what the function works on, and calls it without a trace on your side.

How to respond
--------------
Delete the mapping, and look at the events that came through it in the function's log.

When to allow it
----------------
Systems that span accounts: suppress by the feeding account.

References
----------
- https://attack.mitre.org/techniques/T1648/
- https://attack.mitre.org/techniques/T1546/
- https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-cross-account-example.html
"""

from __future__ import annotations

from casemate.authoring.conditions import DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "function-fed-from-foreign-account",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.execution", "attack.collection", "attack.t1648", "attack.t1546"],
)
def detect() -> Pattern:
    made = event.action.is_("CreateEventSourceMapping", "UpdateEventSourceMapping")
    return each(made & event.foreign.exists() & DONE, by=(event.actor, event.account), every=DAY)


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "lambda.amazonaws.com", "eventName": "CreateEventSourceMapping20150331", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"functionName": "shop-orders", "eventSourceArn": "arn:aws:sqs:eu-west-1:999988887777:commands"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "lambda.amazonaws.com", "eventName": "CreateEventSourceMapping20150331", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"functionName": "shop-orders", "eventSourceArn": "arn:aws:sqs:eu-west-1:111122223333:orders"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
