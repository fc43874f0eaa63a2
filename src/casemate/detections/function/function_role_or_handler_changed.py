"""A function got another role, handler or runtime by hand.

What it does
------------
Reports UpdateFunctionConfiguration with `role`, `handler` or `runtime` by hand.

Why it matters
--------------
Another role gives code that an attacker already controls new rights; another handler starts other code of the same bundle; an old runtime
brings its holes back.

How to respond
--------------
Put back what the template says, revoke the sessions of the role that was given, and see what it did.

When to allow it
----------------
Developers' own accounts.

References
----------
- https://attack.mitre.org/techniques/T1098/
- https://attack.mitre.org/techniques/T1648/
- https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "function-role-or-handler-changed",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.privilege-escalation", "attack.persistence", "attack.t1098", "attack.t1648"],
    playbook="function-breached",
)
def detect() -> Pattern:
    request = (
        event.raw("requestParameters.role").exists()
        | event.raw("requestParameters.handler").exists()
        | event.raw("requestParameters.runtime").exists()
    )
    return each(
        event.action.is_("UpdateFunctionConfiguration") & request & DONE & BY_HAND,
        by=(event.actor, event.account),
        every=DAY,
    )


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "lambda.amazonaws.com", "eventName": "UpdateFunctionConfiguration20150331v2", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"functionName": "shop-orders", "role": "arn:aws:iam::111122223333:role/admin"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "lambda.amazonaws.com", "eventName": "UpdateFunctionConfiguration20150331v2", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"functionName": "shop-orders", "memorySize": 512}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
