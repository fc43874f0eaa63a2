"""AWS found a key of the account in public.

What it does
------------
Reports the policy AWSCompromisedKeyQuarantine, which AWS attaches to a user whose key was found in a public place or in an attacker's
hands.

Why it matters
--------------
If AWS found the key, others did before. The policy only forbids the dearest calls.

How to respond
--------------
Deactivate the key at once, see what it did since it was made (the trail, by accessKeyId), remove it from the code's history.

When to allow it
----------------
Never.

References
----------
- https://attack.mitre.org/techniques/T1552/001/
- https://attack.mitre.org/techniques/T1078/004/
- https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCompromisedKeyQuarantineV2.html
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import CRITICAL


@detection(
    "key-found-by-aws",
    severity=CRITICAL,
    sources=["aws.cloudtrail"],
    tags=["attack.credential-access", "attack.initial-access", "attack.t1552.001", "attack.t1078.004"],
)
def detect() -> Pattern:
    return each(
        event.action.is_("AttachUserPolicy", "PutUserPolicy")
        & event.raw("requestParameters.policyArn").contains("AWSCompromisedKeyQuarantine"),
        by=(event.account, event.raw("requestParameters.userName")),
        every=DAY,
    )


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "AttachUserPolicy", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"userName": "ci", "policyArn": "arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV2"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "DetachUserPolicy", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"userName": "ci", "policyArn": "arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV2"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
