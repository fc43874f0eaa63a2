"""A function was invoked from an account that nothing names.

What it does
------------
Reports invocations of a function by an identity of another account that neither the templates' policies nor the configuration name. It
needs data events for Lambda.

Why it matters
--------------
Somebody outside can run the function: a resource policy was opened, or the function's name is enough. He chooses the whole event, so
nothing that the real triggers guarantee holds.

How to respond
--------------
Remove the statement of the function's resource policy that lets the account in, and look at what the function did with those events.

When to allow it
----------------
Partners: name their accounts in the resource policy, or under `[monitor.known] trusted_accounts`.

References
----------
- https://attack.mitre.org/techniques/T1199/
- https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, each
from casemate.authoring.query import event, known
from casemate.model.finding import HIGH


@detection(
    "invoked-from-foreign-account",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.initial-access", "attack.t1199", "attack.execution", "attack.t1648"],
    playbook="function-breached",
)
def detect() -> Pattern:
    caller = event.raw("userIdentity.accountId")
    return each(
        event.action.is_("Invoke")
        & event.service.is_("lambda")
        & event.outcome.is_("success")
        & caller.exists()
        & ~caller.same_as(event.raw("recipientAccountId"))
        & ~caller.is_("anonymous")
        & ~known("trusted_accounts", caller),
        by=(event.function, caller),
        every=HOUR,
    )


_KNOWN = {"trusted_accounts": [["444455556666"]]}

CASES = [
    fires(
        """{"eventVersion": "1.08", "eventID": "1", "eventTime": "2026-03-01T10:00:00Z", "eventSource": "lambda.amazonaws.com", "eventName": "Invoke", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::999999999999:user/mallory", "accountId": "999999999999", "userName": "mallory"}, "requestParameters": {"functionName": "shop-Orders-9Z8Y"}, "recipientAccountId": "111122223333"}""",
        knowledge=_KNOWN,
    ),
    quiet(
        """{"eventVersion": "1.08", "eventID": "1", "eventTime": "2026-03-01T10:00:00Z", "eventSource": "lambda.amazonaws.com", "eventName": "Invoke", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::444455556666:user/mallory", "accountId": "444455556666", "userName": "mallory"}, "requestParameters": {"functionName": "shop-Orders-9Z8Y"}, "recipientAccountId": "111122223333"}""",
        knowledge=_KNOWN,
    ),
    quiet(
        """{"eventVersion": "1.08", "eventID": "1", "eventTime": "2026-03-01T10:00:00Z", "eventSource": "lambda.amazonaws.com", "eventName": "Invoke", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "requestParameters": {"functionName": "shop-Orders-9Z8Y"}, "recipientAccountId": "111122223333"}""",
        knowledge=_KNOWN,
    ),
]
