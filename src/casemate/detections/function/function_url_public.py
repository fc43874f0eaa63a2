"""A function got a URL without authentication.

What it does
------------
Reports function URLs that are made or changed with `AuthType` NONE.

Why it matters
--------------
The URL is a way from the Internet straight into the function, past gateway, firewall and logs; it is also how a backdoor listens.

How to respond
--------------
Delete the URL or set AWS_IAM, and read the function's log for calls that came that way.

When to allow it
----------------
Webhooks that check a signature themselves: declare the URL in the template, where the scan judges it.

References
----------
- https://attack.mitre.org/techniques/T1190/
- https://attack.mitre.org/techniques/T1648/
- https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
"""

from __future__ import annotations

from casemate.authoring.conditions import DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "function-url-public",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.initial-access", "attack.persistence", "attack.t1190", "attack.t1648"],
)
def detect() -> Pattern:
    made = event.action.is_("CreateFunctionUrlConfig", "UpdateFunctionUrlConfig")
    return each(
        made & event.raw("requestParameters.authType").is_("NONE") & DONE, by=(event.actor, event.account), every=DAY
    )


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "lambda.amazonaws.com", "eventName": "CreateFunctionUrlConfig", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"functionName": "shop-orders", "authType": "NONE"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "lambda.amazonaws.com", "eventName": "CreateFunctionUrlConfig", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"functionName": "shop-orders", "authType": "AWS_IAM"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
