"""Commands were sent to instances by hand.

What it does
------------
Reports SendCommand with a document that runs a shell, by hand, and StartAutomationExecution with one.

Why it matters
--------------
Systems Manager runs any command as root, without a port and without a log on the machine.

How to respond
--------------
See the command's text in Systems Manager, its output, and what the instance's role did then.

When to allow it
----------------
Operators who work this way: suppress their role.

References
----------
- https://attack.mitre.org/techniques/T1651/
- https://attack.mitre.org/techniques/T1059/009/
- https://docs.aws.amazon.com/systems-manager/latest/userguide/run-command.html
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import MEDIUM


@detection(
    "command-sent-to-instances",
    severity=MEDIUM,
    sources=["aws.cloudtrail"],
    tags=["attack.execution", "attack.lateral-movement", "attack.t1651", "attack.t1059.009"],
)
def detect() -> Pattern:
    shell = event.raw("requestParameters.documentName").contains(
        "RunShellScript", "RunPowerShellScript", "RunRemoteScript", "RunSaltState", "RunAnsiblePlaybook"
    )
    return each(
        event.action.is_("SendCommand", "StartAutomationExecution", "CreateAssociation") & shell & BY_HAND,
        by=(event.actor, event.account),
        every=DAY,
    )


_ORIGIN = "invictus-ir/aws_dataset at 4667aa9 (MIT), minimised"

CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "principalId": "AIDATFQR7NSC5AU2ZV3IE", "arn": "arn:aws:iam::123837392027:user/bert-jan", "accountId": "123837392027", "accessKeyId": "AKIATFQR7NSC8Q4X20BJ", "userName": "bert-jan"}, "eventTime": "2023-07-10T11:57:16Z", "eventSource": "ssm.amazonaws.com", "eventName": "SendCommand", "awsRegion": "us-east-1", "sourceIPAddress": "192.168.10.20", "userAgent": "stratus-red-team_6a7ec681-49a5-4403-99a2-d3c1229e8063", "requestParameters": {"instanceIds": ["i-0dbc91f429e48eeed"], "documentName": "AWS-RunShellScript", "parameters": "HIDDEN_DUE_TO_SECURITY_REASONS", "interactive": false}, "responseElements": null, "eventID": "99b46479-d5c7-4384-b342-006ece8c36a0", "readOnly": false, "recipientAccountId": "123837392027"}""",
        origin=_ORIGIN,
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "ssm.amazonaws.com", "eventName": "SendCommand", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"documentName": "AWS-RunPatchBaseline"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
