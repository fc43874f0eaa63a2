"""A function got a URL that its template does not declare.

What it does
------------
Reports a function URL that is made or changed for a function of the inventory whose template has none.

Why it matters
--------------
A URL of its own goes around the API with its authoriser, its limits and its firewall. With the auth type NONE and a permission for
everybody it is a back door that no route table shows.

How to respond
--------------
Delete the URL and the permission that opens it, look into the function's log for who used it, revoke the sessions of whoever made it.

When to allow it
----------------
While a URL is tried out before it is declared.

References
----------
- https://attack.mitre.org/techniques/T1133/
- https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event, known
from casemate.model.finding import HIGH


@detection(
    "undeclared-function-url",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.persistence", "attack.t1133", "attack.initial-access"],
    playbook="function-breached",
)
def detect() -> Pattern:
    return each(
        event.action.is_("CreateFunctionUrlConfig", "UpdateFunctionUrlConfig")
        & event.outcome.is_("success")
        & known("functions", event.function)
        & ~known("declared_functions_with_url", event.function),
        by=(event.function,),
        every=DAY,
    )


_KNOWN = {"functions": [["shop-orders-9z8y"], ["shop-hook-1"]], "declared_functions_with_url": [["shop-hook-1"]]}

CASES = [
    fires(
        """{"eventVersion": "1.08", "eventID": "1", "eventTime": "2026-03-01T10:00:00Z", "eventSource": "lambda.amazonaws.com", "eventName": "CreateFunctionUrlConfig", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "requestParameters": {"functionName": "shop-Orders-9Z8Y", "authType": "NONE"}, "recipientAccountId": "111122223333"}""",
        knowledge=_KNOWN,
    ),
    quiet(
        """{"eventVersion": "1.08", "eventID": "1", "eventTime": "2026-03-01T10:00:00Z", "eventSource": "lambda.amazonaws.com", "eventName": "CreateFunctionUrlConfig", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "requestParameters": {"functionName": "shop-hook-1", "authType": "AWS_IAM"}, "recipientAccountId": "111122223333"}""",
        knowledge=_KNOWN,
    ),
    quiet(
        """{"eventVersion": "1.08", "eventID": "1", "eventTime": "2026-03-01T10:00:00Z", "eventSource": "lambda.amazonaws.com", "eventName": "GetFunctionUrlConfig", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "requestParameters": {"functionName": "shop-Orders-9Z8Y"}, "recipientAccountId": "111122223333"}""",
        knowledge=_KNOWN,
    ),
]
