"""The code of many functions was fetched.

What it does
------------
Reports one principal that asks for eight different functions (GetFunction gives a link to the code and the variables) within ten minutes.

Why it matters
--------------
Code and environment variables tell how the system works and which secrets lie where; it is the first thing that tools for attacks collect.

How to respond
--------------
Revoke the principal's credentials, and rotate every secret in variables of the functions that the alert counts.

When to allow it
----------------
Inventory and backup tools: suppress their role. Tools that deploy are left out.

References
----------
- https://attack.mitre.org/techniques/T1530/
- https://attack.mitre.org/techniques/T1526/
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, MINUTE, Pattern, different
from casemate.authoring.query import event
from casemate.model.finding import MEDIUM


@detection(
    "functions-code-downloaded",
    severity=MEDIUM,
    sources=["aws.cloudtrail"],
    tags=["attack.collection", "attack.discovery", "attack.t1530", "attack.t1526"],
)
def detect() -> Pattern:
    fetched = event.action.is_("GetFunction") & DONE & BY_HAND & event.raw("sessionCredentialFromConsole").missing()
    return different(8, (event.function,), fetched, within=10 * MINUTE, by=(event.actor, event.account), every=HOUR)


_RECORD = """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "lambda.amazonaws.com", "eventName": "GetFunction20150331v2", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"functionName": "shop-#"}, "responseElements": null, "eventID": "#", "recipientAccountId": "111122223333"}"""
_RECORD_2 = """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "lambda.amazonaws.com", "eventName": "GetFunction20150331v2", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"functionName": "shop-1"}, "responseElements": null, "eventID": "#", "recipientAccountId": "111122223333"}"""

CASES = [
    fires(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(8)),
    ),
    quiet(
        "\n".join(_RECORD_2.replace("#", str(number)) for number in range(20)),
    ),
]
