"""A function's layers were changed by hand.

What it does
------------
Reports UpdateFunctionConfiguration with `layers` by hand.

Why it matters
--------------
A layer is code that runs before the function's own: as an extension it sees every event, every secret in the environment and every answer,
while the function's code stays as it was.

How to respond
--------------
Take the layer out, keep a copy of it as evidence, revoke the caller's credentials, rotate what the function's environment holds.

When to allow it
----------------
Layers of vendors are set by the pipeline; whoever tries one by hand does it in a developer's account.

References
----------
- https://attack.mitre.org/techniques/T1525/
- https://attack.mitre.org/techniques/T1648/
- https://docs.aws.amazon.com/lambda/latest/dg/lambda-extensions.html
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "function-layer-changed",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.persistence", "attack.execution", "attack.t1525", "attack.t1648"],
    playbook="function-breached",
)
def detect() -> Pattern:
    changed = event.action.is_("UpdateFunctionConfiguration") & event.raw("requestParameters.layers").exists()
    return each(changed & DONE & BY_HAND, by=(event.actor, event.account), every=DAY)


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "lambda.amazonaws.com", "eventName": "UpdateFunctionConfiguration20150331v2", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"functionName": "shop-orders", "layers": ["arn:aws:lambda:eu-west-1:999988887777:layer:helper:1"]}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "lambda.amazonaws.com", "eventName": "UpdateFunctionConfiguration20150331v2", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"functionName": "shop-orders", "timeout": 30}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "lambda.amazonaws.com", "eventName": "UpdateFunctionConfiguration20150331v2", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "APN/1.0 HashiCorp/1.0 Terraform/1.6", "requestParameters": {"functionName": "shop-orders", "layers": ["arn:aws:lambda:eu-west-1:111122223333:layer:own:4"]}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
