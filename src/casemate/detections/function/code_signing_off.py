"""Code signing of a function was switched off.

What it does
------------
Reports a code signing configuration that is taken from a function, deleted, or set to warn only.

Why it matters
--------------
Signing is what refuses code that did not come from the build. It is taken away before other code is put in.

How to respond
--------------
Put the configuration back, and compare the code's digest with the build.

When to allow it
----------------
Changes of the signing profile come through the pipeline.

References
----------
- https://attack.mitre.org/techniques/T1553/
- https://attack.mitre.org/techniques/T1562/001/
- https://docs.aws.amazon.com/lambda/latest/dg/configuration-codesigning.html
"""

from __future__ import annotations

from casemate.authoring.conditions import DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "code-signing-off",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.defense-evasion", "attack.t1553", "attack.t1562.001"],
)
def detect() -> Pattern:
    off = event.action.is_("DeleteFunctionCodeSigningConfig", "DeleteCodeSigningConfig") | (
        event.action.is_("UpdateCodeSigningConfig")
        & event.raw("requestParameters.codeSigningPolicies.untrustedArtifactOnDeployment").is_("Warn")
    )
    return each(off & DONE, by=(event.actor, event.account), every=DAY)


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "lambda.amazonaws.com", "eventName": "DeleteFunctionCodeSigningConfig20200630", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"functionName": "shop-orders"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "lambda.amazonaws.com", "eventName": "UpdateCodeSigningConfig20200422", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"codeSigningConfigArn": "arn:aws:lambda:eu-west-1:111122223333:code-signing-config:csc-1", "codeSigningPolicies": {"untrustedArtifactOnDeployment": "Warn"}}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "lambda.amazonaws.com", "eventName": "GetFunctionCodeSigningConfig20200630", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"functionName": "shop-orders"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
