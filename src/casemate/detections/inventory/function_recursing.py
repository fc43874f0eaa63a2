"""A function in a loop runs very often.

What it does
------------
Reports more than 300 invocations in five minutes of a function that, by the inventory, writes to what triggers it, directly or over other
functions. It reads the platform's reports in the function's log, or data events for Lambda.

Why it matters
--------------
A loop doubles itself at the speed of the platform until the account's concurrency is used up: the other functions starve, and the bill is
hundreds of dollars an hour before anybody looks.

How to respond
--------------
Set the function's reserved concurrency to 0, or disable the trigger; delete what is queued; then cut the loop with a prefix, a filter or
a second bucket.

When to allow it
----------------
Functions that really handle so many events: filter the trigger so that the loop is none.

References
----------
- https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
- https://attack.mitre.org/techniques/T1496/
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import MINUTE, Pattern, at_least
from casemate.authoring.query import event, known
from casemate.model.finding import CRITICAL


@detection(
    "function-recursing",
    severity=CRITICAL,
    sources=["aws.lambda", "aws.cloudtrail"],
    tags=["attack.impact", "attack.t1496", "attack.t1499"],
    playbook="resources-exhausted",
)
def detect() -> Pattern:
    return at_least(
        300,
        event.action.is_("Invoke", "platform.report") & known("looping", event.function),
        within=5 * MINUTE,
        by=(event.function,),
    )


_KNOWN = {"looping": [["shop-invoices-1"]]}
_INVOKED = """{"eventVersion": "1.08", "eventID": "%d", "eventTime": "2026-03-01T10:00:%02dZ", "eventSource": "lambda.amazonaws.com", "eventName": "Invoke", "awsRegion": "eu-west-1", "sourceIPAddress": "s3.amazonaws.com", "userAgent": "s3.amazonaws.com", "userIdentity": {"type": "AWSService", "invokedBy": "s3.amazonaws.com"}, "requestParameters": {"functionName": "arn:aws:lambda:eu-west-1:111122223333:function:shop-Invoices-1"}, "recipientAccountId": "111122223333"}"""

CASES = [
    fires("\n".join(_INVOKED % (number, number % 60) for number in range(320)), knowledge=_KNOWN),
    quiet("\n".join(_INVOKED % (number, number % 60) for number in range(200)), knowledge=_KNOWN),
    quiet("\n".join(_INVOKED % (number, number % 60) for number in range(320)), knowledge={"looping": [["other"]]}),
]
