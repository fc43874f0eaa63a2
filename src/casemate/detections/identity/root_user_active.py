"""The root user of the account did something.

What it does
------------
Reports anything that the root user does itself: no AWS service on its behalf, and no sign-out.

Why it matters
--------------
No policy binds the root user. What needs it is rare enough to be planned; anything else is a mistake or an intruder.

How to respond
--------------
Ask who did it. If nobody: recover the root user's mail address, set a new password and factor, delete its access keys.

When to allow it
----------------
The few tasks that only root can do (AWS account management guide, "Tasks that require root user credentials").

References
----------
- https://attack.mitre.org/techniques/T1078/004/
- https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-tasks.html
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_SERVICE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "root-user-active",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.initial-access", "attack.privilege-escalation", "attack.t1078.004"],
)
def detect() -> Pattern:
    root = event.actor_type.is_("Root") & ~event.raw("eventType").is_("AwsServiceEvent")
    doing = ~event.read_only.is_("true") | event.action.is_("ConsoleLogin", "GetCallerIdentity")
    return each(root & doing & ~BY_SERVICE, by=(event.account,), every=DAY)


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "Root", "principalId": "111122223333", "arn": "arn:aws:iam::111122223333:root", "accountId": "111122223333"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "signin.amazonaws.com", "eventName": "ConsoleLogin", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": null, "responseElements": {"ConsoleLogin": "Success"}, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "Root", "principalId": "111122223333", "arn": "arn:aws:iam::111122223333:root", "accountId": "111122223333"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "CreateAccessKey", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": null, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333", "readOnly": false}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "CreateAccessKey", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": null, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "Root", "principalId": "111122223333", "arn": "arn:aws:iam::111122223333:root", "accountId": "111122223333", "invokedBy": "dynamodb.amazonaws.com"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "kms.amazonaws.com", "eventName": "Decrypt", "awsRegion": "eu-west-1", "sourceIPAddress": "dynamodb.amazonaws.com", "userAgent": "aws-cli/2.15.0", "requestParameters": null, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
