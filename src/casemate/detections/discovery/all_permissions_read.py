"""All users, roles and policies were read at once.

What it does
------------
Reports GetAccountAuthorizationDetails, and the simulation of policies, by hand.

Why it matters
--------------
One call gives every principal and every policy: what tools that look for ways up start with.

How to respond
--------------
Ask the caller; if nobody knows of it, revoke the credentials.

When to allow it
----------------
Scanners and auditors: suppress their role.

References
----------
- https://attack.mitre.org/techniques/T1069/003/
- https://attack.mitre.org/techniques/T1087/004/
- https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import MEDIUM


@detection(
    "all-permissions-read",
    severity=MEDIUM,
    sources=["aws.cloudtrail"],
    tags=["attack.discovery", "attack.t1069.003", "attack.t1087.004"],
)
def detect() -> Pattern:
    return each(
        event.action.is_("GetAccountAuthorizationDetails", "SimulatePrincipalPolicy", "SimulateCustomPolicy") & BY_HAND,
        by=(event.actor, event.account),
        every=DAY,
    )


_ORIGIN = "invictus-ir/aws_dataset at 4667aa9 (MIT), minimised"

CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "principalId": "AIDATFQR7NSC5U6Q3TMDR", "arn": "arn:aws:iam::123837392027:user/benjamin", "accountId": "123837392027", "accessKeyId": "AKIATFQR7NSCUXC3DDDP", "userName": "benjamin"}, "eventTime": "2023-07-10T11:43:34Z", "eventSource": "iam.amazonaws.com", "eventName": "GetAccountAuthorizationDetails", "awsRegion": "us-east-1", "sourceIPAddress": "10.248.16.43", "userAgent": "Boto3/1.26.165 Python/3.10.6 Linux/5.19.0-46-generic Botocore/1.29.165", "requestParameters": null, "responseElements": null, "eventID": "7ab75daa-659a-45e4-b43b-ea90a9cf2f6a", "readOnly": true, "recipientAccountId": "123837392027"}""",
        origin=_ORIGIN,
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "principalId": "AIDATFQR7NSC5U6Q3TMDR", "arn": "arn:aws:iam::123837392027:user/benjamin", "accountId": "123837392027", "accessKeyId": "AKIATFQR7NSCUXC3DDDP", "userName": "benjamin"}, "eventTime": "2023-07-10T11:43:33Z", "eventSource": "iam.amazonaws.com", "eventName": "GetAccountSummary", "awsRegion": "us-east-1", "sourceIPAddress": "10.248.16.43", "userAgent": "Boto3/1.26.165 Python/3.10.6 Linux/5.19.0-46-generic Botocore/1.29.165", "requestParameters": null, "responseElements": null, "eventID": "2bc34359-3da6-47f3-aa38-f53989696988", "readOnly": true, "recipientAccountId": "123837392027"}""",
        origin=_ORIGIN,
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "AWSService", "invokedBy": "access-analyzer.amazonaws.com"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "GetAccountAuthorizationDetails", "awsRegion": "eu-west-1", "sourceIPAddress": "access-analyzer.amazonaws.com", "userAgent": "access-analyzer.amazonaws.com", "requestParameters": null, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
