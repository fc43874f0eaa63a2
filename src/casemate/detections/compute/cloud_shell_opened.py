"""A shell was opened in the console.

What it does
------------
Reports a new environment or session of CloudShell, once a day for each person.

Why it matters
--------------
It gives whoever has the console a machine with the session's credentials, inside of AWS's addresses, where rules about addresses do not see
it.

How to respond
--------------
Ask the person; otherwise end the sessions and look at what was called from the shell.

When to allow it
----------------
Where people work with it: suppress their role, or deny cloudshell:* to those who do not.

References
----------
- https://attack.mitre.org/techniques/T1059/009/
"""

from __future__ import annotations

from casemate.authoring.conditions import DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import LOW


@detection(
    "cloud-shell-opened",
    severity=LOW,
    sources=["aws.cloudtrail"],
    tags=["attack.execution", "attack.t1059.009"],
)
def detect() -> Pattern:
    return each(
        event.action.is_("CreateEnvironment", "CreateSession", "StartEnvironment")
        & event.service.is_("cloudshell")
        & DONE,
        by=(event.actor, event.account),
        every=DAY,
    )


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:alice", "arn": "arn:aws:sts::111122223333:assumed-role/admin/alice", "accountId": "111122223333", "accessKeyId": "ASIAEXAMPLE", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/admin", "userName": "admin"}}}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "cloudshell.amazonaws.com", "eventName": "CreateSession", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"environmentId": "e"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:alice", "arn": "arn:aws:sts::111122223333:assumed-role/admin/alice", "accountId": "111122223333", "accessKeyId": "ASIAEXAMPLE", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/admin", "userName": "admin"}}}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "cloudshell.amazonaws.com", "eventName": "GetEnvironmentStatus", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"environmentId": "e"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
