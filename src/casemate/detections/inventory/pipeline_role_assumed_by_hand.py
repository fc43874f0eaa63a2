"""The pipeline's role was assumed by somebody other than the pipeline.

What it does
------------
Reports successful `AssumeRole` calls for a role that the delivery pipelines of the inventory assume with their identity provider's token.

Why it matters
--------------
The pipeline's role may replace any function. A pipeline that signs in with OIDC calls `AssumeRoleWithWebIdentity`; whoever calls
`AssumeRole` for the same role is a person or a machine that the trust policy should not let in, and all that he changes looks like a
deployment.

How to respond
--------------
Revoke the role's sessions, remove the principal from the role's trust policy, and check every deployment since.

When to allow it
----------------
Pipelines that begin with a key and then assume the role: let them use OIDC.

References
----------
- https://attack.mitre.org/techniques/T1078/004/
- https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, each
from casemate.authoring.query import event, known
from casemate.model.finding import HIGH


@detection(
    "pipeline-role-assumed-by-hand",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.privilege-escalation", "attack.t1078.004", "attack.lateral-movement"],
    playbook="function-breached",
)
def detect() -> Pattern:
    role = event.raw("requestParameters.roleArn")
    return each(
        event.action.is_("AssumeRole")
        & event.outcome.is_("success")
        & known("pipeline_roles", role)
        & ~event.via.exists()
        & ~event.actor_type.is_("AWSService"),
        by=(event.actor, role),
        every=HOUR,
    )


_KNOWN = {"pipeline_roles": [["arn:aws:iam::111122223333:role/deploy"]]}

CASES = [
    fires(
        """{"eventVersion": "1.08", "eventID": "1", "eventTime": "2026-03-01T10:00:00Z", "eventSource": "sts.amazonaws.com", "eventName": "AssumeRole", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "requestParameters": {"roleArn": "arn:aws:iam::111122223333:role/deploy", "roleSessionName": "x"}, "recipientAccountId": "111122223333"}""",
        knowledge=_KNOWN,
    ),
    quiet(
        """{"eventVersion": "1.08", "eventID": "1", "eventTime": "2026-03-01T10:00:00Z", "eventSource": "sts.amazonaws.com", "eventName": "AssumeRole", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "requestParameters": {"roleArn": "arn:aws:iam::111122223333:role/other", "roleSessionName": "x"}, "recipientAccountId": "111122223333"}""",
        knowledge=_KNOWN,
    ),
    quiet(
        """{"eventVersion": "1.08", "eventID": "1", "eventTime": "2026-03-01T10:00:00Z", "eventSource": "sts.amazonaws.com", "eventName": "AssumeRoleWithWebIdentity", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "requestParameters": {"roleArn": "arn:aws:iam::111122223333:role/deploy", "roleSessionName": "x"}, "recipientAccountId": "111122223333"}""",
        knowledge=_KNOWN,
    ),
]
