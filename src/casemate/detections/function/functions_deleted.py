"""Several functions were deleted by hand.

What it does
------------
Reports five functions that one principal deletes within ten minutes, outside of a stack's removal.

Why it matters
--------------
Functions are deleted one by one by people who clean up, and all at once by people who destroy.

How to respond
--------------
Deploy the system again, revoke the principal's credentials, and look for what else it deleted (tables, buckets, logs).

When to allow it
----------------
Cleaning up a developer's account.

References
----------
- https://attack.mitre.org/techniques/T1485/
- https://attack.mitre.org/techniques/T1489/
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, MINUTE, Pattern, different
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "functions-deleted",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.impact", "attack.t1485", "attack.t1489"],
)
def detect() -> Pattern:
    return different(
        5,
        (event.function,),
        event.action.is_("DeleteFunction") & DONE & BY_HAND,
        within=10 * MINUTE,
        by=(event.actor, event.account),
        every=HOUR,
    )


_RECORD = """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "lambda.amazonaws.com", "eventName": "DeleteFunction20150331", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"functionName": "shop-#"}, "responseElements": null, "eventID": "#", "recipientAccountId": "111122223333"}"""
_RECORD_2 = """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "lambda.amazonaws.com", "eventName": "DeleteFunction20150331", "awsRegion": "eu-west-1", "sourceIPAddress": "cloudformation.amazonaws.com", "userAgent": "cloudformation.amazonaws.com", "requestParameters": {"functionName": "shop-#"}, "responseElements": null, "eventID": "#", "recipientAccountId": "111122223333"}"""

CASES = [
    fires(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(5)),
    ),
    quiet(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(2)),
    ),
    quiet(
        "\n".join(_RECORD_2.replace("#", str(number)) for number in range(9)),
    ),
]
