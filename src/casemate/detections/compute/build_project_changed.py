"""A build project was changed or run otherwise, by hand.

What it does
------------
Reports build projects that are made or changed, builds that start with another source, script, role or image than the project's, and source
credentials that are put in, by hand.

Why it matters
--------------
A build runs any command with the rights of the pipeline's role, which may deploy everything.

How to respond
--------------
See the build's script and log, put the project back, rotate what its role could read.

When to allow it
----------------
People who set up pipelines by hand.

References
----------
- https://attack.mitre.org/techniques/T1648/
- https://attack.mitre.org/techniques/T1195/002/
- https://attack.mitre.org/techniques/T1059/009/
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "build-project-changed",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=[
        "attack.execution",
        "attack.persistence",
        "attack.privilege-escalation",
        "attack.t1648",
        "attack.t1195.002",
        "attack.t1059.009",
    ],
)
def detect() -> Pattern:
    project = event.action.is_(
        "CreateProject", "UpdateProject", "ImportSourceCredentials", "UpdateWebhook", "UpdateProjectVisibility"
    )
    request = "requestParameters"
    other = event.action.is_("StartBuild", "StartBuildBatch") & (
        event.raw(f"{request}.buildspecOverride").exists()
        | event.raw(f"{request}.sourceLocationOverride").exists()
        | event.raw(f"{request}.serviceRoleOverride").exists()
        | event.raw(f"{request}.imageOverride").exists()
    )
    pipeline = event.service.is_("codepipeline") & event.action.is_("UpdatePipeline", "CreatePipeline")
    return each(
        ((project | other) & event.service.is_("codebuild") | pipeline) & DONE & BY_HAND,
        by=(event.actor, event.account),
        every=DAY,
    )


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "codebuild.amazonaws.com", "eventName": "UpdateProject", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"name": "shop"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "codebuild.amazonaws.com", "eventName": "StartBuild", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"projectName": "shop", "buildspecOverride": "version: 0.2"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "codebuild.amazonaws.com", "eventName": "StartBuild", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"projectName": "shop"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
