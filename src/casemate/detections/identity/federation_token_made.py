"""A long-term key was turned into a session that outlives it.

What it does
------------
Reports GetFederationToken by an IAM user, and the console sign-in of a federated user that comes of it.

Why it matters
--------------
The session stays valid for up to 36 hours after the key is deactivated, and can open the console: the known way to stay after a key was
found.

How to respond
--------------
Deny everything for the user with a policy (deactivating the key is not enough), then look at what the federated user did.

When to allow it
----------------
Old programs that hand out sessions with it; AssumeRole does the same and can be revoked.

References
----------
- https://attack.mitre.org/techniques/T1550/001/
- https://attack.mitre.org/techniques/T1098/001/
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_disable-perms.html
"""

from __future__ import annotations

from casemate.authoring.conditions import DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import MEDIUM


@detection(
    "federation-token-made",
    severity=MEDIUM,
    sources=["aws.cloudtrail"],
    tags=["attack.persistence", "attack.defense-evasion", "attack.t1550.001", "attack.t1098.001"],
)
def detect() -> Pattern:
    made = event.action.is_("GetFederationToken") & event.actor_type.is_("IAMUser", "Root")
    used = event.action.is_("ConsoleLogin") & event.actor_type.is_("FederatedUser")
    return each((made | used) & DONE, by=(event.actor, event.account), every=DAY)


CASES = [
    fires(
        r"""{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "sts.amazonaws.com", "eventName": "GetFederationToken", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"name": "admin", "policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"*\"}]}", "durationSeconds": 129600}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "sts.amazonaws.com", "eventName": "GetSessionToken", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"durationSeconds": 3600}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "sts.amazonaws.com", "eventName": "GetFederationToken", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "errorCode": "AccessDenied", "requestParameters": {"name": "admin"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
