"""A language model was called with a user's key.

What it does
------------
Reports InvokeModel and Converse of Bedrock by an IAM user rather than a role, once a day for each user.

Why it matters
--------------
Programs call models with a role. A user's key that calls them is what is sold ("LLMjacking").

How to respond
--------------
Ask the user; otherwise deactivate the key, and look at the bill.

When to allow it
----------------
People who try models with their own key.

References
----------
- https://attack.mitre.org/techniques/T1496/
- https://docs.aws.amazon.com/bedrock/latest/userguide/logging-using-cloudtrail.html
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import MEDIUM


@detection(
    "model-called-with-long-term-key",
    severity=MEDIUM,
    sources=["aws.cloudtrail"],
    tags=["attack.impact", "attack.execution", "attack.t1496"],
)
def detect() -> Pattern:
    call = event.action.is_("InvokeModel", "InvokeModelWithResponseStream", "Converse", "ConverseStream", "InvokeAgent")
    return each(
        call & event.service.is_("bedrock") & event.actor_type.is_("IAMUser", "Root"),
        by=(event.actor, event.account),
        every=DAY,
    )


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "bedrock.amazonaws.com", "eventName": "InvokeModel", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"modelId": "anthropic.claude-v2"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:chat", "arn": "arn:aws:sts::111122223333:assumed-role/chat/chat", "accountId": "111122223333", "accessKeyId": "ASIAEXAMPLE", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/chat", "userName": "chat"}}}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "bedrock.amazonaws.com", "eventName": "InvokeModel", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "Boto3/1.34 exec-env/AWS_Lambda_python3.12", "requestParameters": {"modelId": "anthropic.claude-v2"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
