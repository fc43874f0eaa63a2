"""Access to language models was opened, or their logging switched off.

What it does
------------
Reports access to foundation models that is asked for or agreed to, invocation logging that is deleted or set anew, and guardrails that are
deleted, by hand.

Why it matters
--------------
It is what comes before a stolen key is used for models ("LLMjacking").

How to respond
--------------
Deny bedrock:* where it is not used, revoke the caller's credentials, look at InvokeModel since.

When to allow it
----------------
The first set-up of Bedrock.

References
----------
- https://attack.mitre.org/techniques/T1496/
- https://attack.mitre.org/techniques/T1562/008/
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "model-access-opened",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.impact", "attack.defense-evasion", "attack.t1496", "attack.t1562.008"],
)
def detect() -> Pattern:
    opened = event.action.is_(
        "PutUseCaseForModelAccess", "PutFoundationModelEntitlement", "CreateFoundationModelAgreement",
        "DeleteModelInvocationLoggingConfiguration", "PutModelInvocationLoggingConfiguration", "DeleteGuardrail",
        "DeleteKnowledgeBase",
    )  # fmt: skip
    return each(opened & event.service.is_("bedrock") & DONE & BY_HAND, by=(event.actor, event.account), every=DAY)


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "bedrock.amazonaws.com", "eventName": "PutFoundationModelEntitlement", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"modelId": "m"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "bedrock.amazonaws.com", "eventName": "ListFoundationModels", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
