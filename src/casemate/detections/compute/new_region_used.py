"""Something was made in a region that the account never used.

What it does
------------
Reports the first machine, function, cluster, database, stack or endpoint that is made in a region, in an account whose regions have been
known for a day and twenty such calls.

Why it matters
--------------
In a region that nobody uses nobody looks: mining and footholds are put there.

How to respond
--------------
See what was made and by whom, look at all other regions, deny unused regions by a service control policy.

When to allow it
----------------
The company goes to a new region: once a region.

References
----------
- https://attack.mitre.org/techniques/T1535/
- https://attack.mitre.org/techniques/T1496/
"""

from __future__ import annotations

from casemate.authoring.conditions import DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, FirstSeen, Pattern, Stage
from casemate.authoring.query import event
from casemate.model.finding import MEDIUM


@detection(
    "new-region-used",
    severity=MEDIUM,
    sources=["aws.cloudtrail"],
    tags=["attack.defense-evasion", "attack.impact", "attack.t1535", "attack.t1496"],
)
def detect() -> Pattern:
    made = event.action.is_(
        "RunInstances", "CreateFunction", "CreateCluster", "CreateDBInstance", "CreateStack", "CreateEndpoint", "CreateService",
        "RequestSpotInstances", "CreateNotebookInstance", "CreateInstances", "CreateFleet", "RunJobFlow", "CreateComputeEnvironment",
    )  # fmt: skip
    return FirstSeen(Stage(made & DONE, (event.account,)), (event.region,), every=DAY)


_RECORD = """{"eventVersion": "1.08", "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:ci", "arn": "arn:aws:sts::111122223333:assumed-role/deploy/ci", "accountId": "111122223333", "accessKeyId": "ASIAEXAMPLE", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/deploy", "userName": "deploy"}}}, "eventTime": "2026-03-#T10:00:00Z", "eventSource": "ec2.amazonaws.com", "eventName": "RunInstances", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"instanceType": "t3.small"}, "responseElements": null, "eventID": "#", "recipientAccountId": "111122223333"}"""

CASES = [
    fires(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(10, 31))
        + "\n"
        + """{"eventVersion": "1.08", "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:ci", "arn": "arn:aws:sts::111122223333:assumed-role/deploy/ci", "accountId": "111122223333", "accessKeyId": "ASIAEXAMPLE", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/deploy", "userName": "deploy"}}}, "eventTime": "2026-03-31T11:00:00Z", "eventSource": "ec2.amazonaws.com", "eventName": "RunInstances", "awsRegion": "sa-east-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"instanceType": "t3.small"}, "responseElements": null, "eventID": "x", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(10, 31))
        + "\n"
        + """{"eventVersion": "1.08", "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:ci", "arn": "arn:aws:sts::111122223333:assumed-role/deploy/ci", "accountId": "111122223333", "accessKeyId": "ASIAEXAMPLE", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/deploy", "userName": "deploy"}}}, "eventTime": "2026-03-31T11:00:00Z", "eventSource": "ec2.amazonaws.com", "eventName": "RunInstances", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"instanceType": "t3.small"}, "responseElements": null, "eventID": "x", "recipientAccountId": "111122223333"}""",
    ),
]
