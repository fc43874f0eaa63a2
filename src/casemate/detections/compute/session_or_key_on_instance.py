"""A shell on an instance or container was opened by hand.

What it does
------------
Reports Session Manager sessions, SSH keys that are pushed with EC2 Instance Connect, and ECS Exec, by an IAM user or an assumed role, once
a day for each.

Why it matters
--------------
A shell is the way from the cloud's API to the machine: its files, its role's credentials and its network.

How to respond
--------------
Ask the person. Otherwise end the session, revoke the credentials, and look at what the instance's role did.

When to allow it
----------------
Daily work of operators: suppress their role, and see everybody else.

References
----------
- https://attack.mitre.org/techniques/T1021/004/
- https://attack.mitre.org/techniques/T1021/008/
- https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/connect-linux-inst-eic.html
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import LOW


@detection(
    "session-or-key-on-instance",
    severity=LOW,
    sources=["aws.cloudtrail"],
    tags=["attack.lateral-movement", "attack.execution", "attack.t1021.004", "attack.t1021.008"],
)
def detect() -> Pattern:
    shell = event.action.is_("StartSession", "SendSSHPublicKey", "ExecuteCommand", "OpenTunnel") & event.service.is_(
        "ssm", "ec2-instance-connect", "ecs"
    )
    return each(shell & DONE & BY_HAND, by=(event.actor, event.account, event.action), every=DAY)


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "ec2-instance-connect.amazonaws.com", "eventName": "SendSSHPublicKey", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"instanceId": "i-1", "instanceOSUser": "ec2-user"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "ssm.amazonaws.com", "eventName": "StartSession", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"target": "i-1"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "ssm.amazonaws.com", "eventName": "TerminateSession", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"sessionId": "s"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "ssm.amazonaws.com", "eventName": "StartSession", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "errorCode": "TargetNotConnected", "requestParameters": {"target": "i-1"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
