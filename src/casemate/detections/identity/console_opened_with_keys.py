"""Keys were turned into a console session by a program.

What it does
------------
Reports GetSigninToken by a program (curl, Python, Go), once a day for each principal.

Why it matters
--------------
It is how stolen keys become a browser session in which the attacker looks around; tools for attacks have a command for it.

How to respond
--------------
Ask the person; otherwise revoke the role's sessions.

When to allow it
----------------
aws-vault and granted do the same for people who work that way: suppress their roles.

References
----------
- https://attack.mitre.org/techniques/T1550/001/
- https://attack.mitre.org/techniques/T1538/
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_enable-console-custom-url.html
"""

from __future__ import annotations

from casemate.authoring.conditions import DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import LOW


@detection(
    "console-opened-with-keys",
    severity=LOW,
    sources=["aws.cloudtrail"],
    tags=["attack.lateral-movement", "attack.defense-evasion", "attack.t1550.001", "attack.t1538"],
)
def detect() -> Pattern:
    program = event.agent.contains("python", "curl", "Go-http-client", "Boto3", "axios", "okhttp", "node-fetch", "wget")
    return each(event.action.is_("GetSigninToken") & program & DONE, by=(event.actor, event.account), every=DAY)


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:x", "arn": "arn:aws:sts::111122223333:assumed-role/admin/x", "accountId": "111122223333", "accessKeyId": "ASIAEXAMPLE", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/admin", "userName": "admin"}}}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "signin.amazonaws.com", "eventName": "GetSigninToken", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "python-requests/2.28.0", "requestParameters": null, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:x", "arn": "arn:aws:sts::111122223333:assumed-role/admin/x", "accountId": "111122223333", "accessKeyId": "ASIAEXAMPLE", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/admin", "userName": "admin"}}}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "signin.amazonaws.com", "eventName": "GetSigninToken", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "Jersey/2.0 (HttpUrlConnection 1.8)", "requestParameters": null, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
