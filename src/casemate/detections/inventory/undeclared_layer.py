"""A layer was put into a function that its template does not name.

What it does
------------
Reports configuration changes that give a function of the inventory a layer version that the template does not declare for it.

Why it matters
--------------
A layer is code that runs in the function, before its own: it can replace any module that the function imports, and it stays through every
deployment of the code. A layer from a foreign account changes whenever its owner wants.

How to respond
--------------
Set the function's layers back to those of the template, keep the layer's content for analysis, and revoke the sessions of whoever changed
it.

When to allow it
----------------
Extensions that a monitoring vendor installs by itself: declare them in the template, with a version.

References
----------
- https://attack.mitre.org/techniques/T1525/
- https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, each
from casemate.authoring.query import Known, event, known
from casemate.model.finding import HIGH


@detection(
    "undeclared-layer",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.persistence", "attack.t1525", "attack.execution", "attack.t1195.001"],
    playbook="dependency-poisoned",
)
def detect() -> Pattern:
    layers = event.raw("requestParameters.layers")
    declared = Known("declared_layers", (event.function, layers), every=True)
    return each(
        event.action.is_("UpdateFunctionConfiguration", "CreateFunction")
        & known("functions", event.function)
        & event.outcome.is_("success")
        & layers.exists()
        & ~declared,
        by=(event.function, layers),
        every=HOUR,
    )


_KNOWN = {
    "functions": [["shop-orders-9z8y"]],
    "declared_layers": [["shop-orders-9z8y", "arn:aws:lambda:eu-west-1:111122223333:layer:shared:3"]],
}

CASES = [
    fires(
        """{"eventVersion": "1.08", "eventID": "1", "eventTime": "2026-03-01T10:00:00Z", "eventSource": "lambda.amazonaws.com", "eventName": "UpdateFunctionConfiguration20150331v2", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "requestParameters": {"functionName": "shop-Orders-9Z8Y", "layers": ["arn:aws:lambda:eu-west-1:111122223333:layer:shared:3", "arn:aws:lambda:eu-west-1:999999999999:layer:evil:1"]}, "recipientAccountId": "111122223333"}""",
        knowledge=_KNOWN,
    ),
    fires(
        """{"eventVersion": "1.08", "eventID": "1", "eventTime": "2026-03-01T10:00:00Z", "eventSource": "lambda.amazonaws.com", "eventName": "UpdateFunctionConfiguration20150331v2", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "requestParameters": {"functionName": "shop-Orders-9Z8Y", "layers": ["arn:aws:lambda:eu-west-1:999999999999:layer:evil:1"]}, "recipientAccountId": "111122223333"}""",
        knowledge=_KNOWN,
    ),
    quiet(
        """{"eventVersion": "1.08", "eventID": "1", "eventTime": "2026-03-01T10:00:00Z", "eventSource": "lambda.amazonaws.com", "eventName": "UpdateFunctionConfiguration20150331v2", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "requestParameters": {"functionName": "shop-Orders-9Z8Y", "layers": ["arn:aws:lambda:eu-west-1:111122223333:layer:shared:3"]}, "recipientAccountId": "111122223333"}""",
        knowledge=_KNOWN,
    ),
    quiet(
        """{"eventVersion": "1.08", "eventID": "1", "eventTime": "2026-03-01T10:00:00Z", "eventSource": "lambda.amazonaws.com", "eventName": "UpdateFunctionConfiguration20150331v2", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "requestParameters": {"functionName": "shop-Orders-9Z8Y"}, "recipientAccountId": "111122223333"}""",
        knowledge=_KNOWN,
    ),
]
