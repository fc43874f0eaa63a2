"""Somebody tries which language models the account may use.

What it does
------------
Reports three different models that one principal calls within an hour, also where it is refused, by hand and outside of functions and
containers.

Why it matters
--------------
Access to models is resold: strangers' prompts at thousands of dollars a day on your bill.

How to respond
--------------
Revoke the key, deny bedrock:* where it is not used, switch the logging of invocations on.

When to allow it
----------------
People who compare models.

References
----------
- https://attack.mitre.org/techniques/T1496/
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, HOUR, Pattern, different
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "models-probed",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.impact", "attack.execution", "attack.t1496"],
)
def detect() -> Pattern:
    call = event.action.is_("InvokeModel", "InvokeModelWithResponseStream", "Converse", "ConverseStream") & BY_HAND
    machine = event.agent.contains("exec-env/AWS_Lambda", "exec-env/AWS_ECS")
    return different(
        3,
        (event.raw("requestParameters.modelId"),),
        call & ~machine,
        within=HOUR,
        by=(event.actor, event.account),
        every=DAY,
    )


_RECORD = """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "bedrock.amazonaws.com", "eventName": "InvokeModel", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "errorCode": "AccessDenied", "requestParameters": {"modelId": "anthropic.model-#"}, "responseElements": null, "eventID": "#", "recipientAccountId": "111122223333"}"""
_RECORD_2 = """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "bedrock.amazonaws.com", "eventName": "InvokeModel", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"modelId": "anthropic.model-1"}, "responseElements": null, "eventID": "#", "recipientAccountId": "111122223333"}"""

CASES = [
    fires(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(3)),
    ),
    quiet(
        "\n".join(_RECORD_2.replace("#", str(number)) for number in range(9)),
    ),
]
