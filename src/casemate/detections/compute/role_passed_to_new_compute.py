"""A role was handed to compute that somebody made by hand.

What it does
------------
Reports, by hand, functions, stacks, containers, jobs, notebooks, development endpoints, pipelines and crawlers that are made or changed
with a role of their own, and instance profiles that are exchanged.

Why it matters
--------------
Whoever may pass a role to something that runs his code has that role's rights: the widest way up in AWS.

How to respond
--------------
See which role was passed and what it may do, delete what was made, revoke the role's sessions.

When to allow it
----------------
Developers' own accounts; teams that make such things by hand.

References
----------
- https://attack.mitre.org/techniques/T1548/
- https://attack.mitre.org/techniques/T1648/
- https://rhinosecuritylabs.com/aws/aws-privilege-escalation-methods-mitigation/
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import MEDIUM


@detection(
    "role-passed-to-new-compute",
    severity=MEDIUM,
    sources=["aws.cloudtrail"],
    tags=["attack.privilege-escalation", "attack.execution", "attack.t1548", "attack.t1648"],
)
def detect() -> Pattern:
    request = "requestParameters"
    role = (
        event.raw(f"{request}.role").exists()
        | event.raw(f"{request}.roleArn").exists()
        | event.raw(f"{request}.roleARN").exists()
        | event.raw(f"{request}.serviceRole").exists()
        | event.raw(f"{request}.taskRoleArn").exists()
        | event.raw(f"{request}.executionRoleArn").exists()
        | event.raw(f"{request}.iamInstanceProfile.arn").exists()
        | event.raw(f"{request}.iamInstanceProfile.name").exists()
    )
    made = event.action.is_(
        "CreateFunction", "CreateStack", "UpdateStack", "CreateChangeSet", "RegisterTaskDefinition", "CreateDevEndpoint",
        "CreateJob", "UpdateJob", "CreateCrawler", "CreateNotebookInstance", "CreateTrainingJob", "CreateProcessingJob",
        "CreateStateMachine", "UpdateStateMachine", "CreatePipeline", "RunJobFlow", "CreateEnvironment", "CreateSession",
        "AddRoleToInstanceProfile", "AssociateIamInstanceProfile", "ReplaceIamInstanceProfileAssociation", "RunInstances",
        "CreateComputeEnvironment", "RegisterJobDefinition", "AddRoleToDBInstance", "AddRoleToDBCluster", "CreateApp", "CreateService", "UpdateDevEndpoint",
    )  # fmt: skip
    swapped = event.action.is_(
        "AssociateIamInstanceProfile",
        "ReplaceIamInstanceProfileAssociation",
        "AddRoleToInstanceProfile",
        "UpdateDevEndpoint",
    )
    return each(made & (role | swapped) & DONE & BY_HAND, by=(event.actor, event.account), every=DAY)


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "glue.amazonaws.com", "eventName": "CreateDevEndpoint", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"endpointName": "e", "roleArn": "arn:aws:iam::111122223333:role/glue"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "ec2.amazonaws.com", "eventName": "AssociateIamInstanceProfile", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"AssociateIamInstanceProfileRequest": {"InstanceId": "i-1"}}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "cloudformation.amazonaws.com", "eventName": "CreateStack", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"stackName": "s"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "lambda.amazonaws.com", "eventName": "CreateFunction20150331", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "APN/1.0 HashiCorp/1.0 Terraform/1.6", "requestParameters": {"functionName": "f", "role": "arn:aws:iam::111122223333:role/r"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
