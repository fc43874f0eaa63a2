"""A ready-made policy that grants a whole service.

What it does
------------
Reports AWS managed policies that allow every action of a service on all resources (`AmazonS3FullAccess`,
`AmazonDynamoDBFullAccess`, …) or many writes over many services, and SAM's `…FullAccessPolicy` templates. What each
managed policy grants is read from its own text, not from its name. Narrow service-role policies are not reported.

Why it matters
--------------
Managed policies are written for people who administer a service. On a function they turn a bug in one handler into
access to every bucket or table of the account.

How to fix
----------
Replace it by statements with the actions that the code calls on the resources it works with; in SAM, use a policy
template for the one resource (`S3ReadPolicy`, `DynamoDBCrudPolicy`).

When to allow it
----------------
A short-lived prototype in an account of its own.

References
----------
- https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html
- https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-templates.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.access import managed
from casemate.analysis.access.grants import matches
from casemate.analysis.system import System
from casemate.authoring import HIGH, MEDIUM, Outcome, Violation, bad, good, rule, unresolved
from casemate.authoring.outcome import Undecidable
from casemate.model.policy import Role
from casemate.model.setting import Unresolved

_WORDS = {"full-service": "every action of its service on every resource", "broad": "many changes on every resource"}


@rule("managed-policy-too-broad", weakness="over-permissive-iam", severity=MEDIUM, tags=["cwe-732", "owasp-sls-06"])
def check(role: Role, system: System) -> Iterator[Outcome]:
    for policy in role.managed:
        if not policy.term.known:
            yield Undecidable(
                Unresolved("ManagedPolicyArns", policy.term.at, f"the managed policy {policy.term.text} is not known")
            )
            continue
        words = _WORDS.get(managed.breadth(policy.term.text) or "")
        if words is not None and not _is_for_a_service(role):
            name = policy.term.text.rsplit("/", 1)[-1]
            hands_out = _hands_out_rights(policy.term.text)
            yield Violation(
                f"{policy.owner} has {name}, which allows {words}"
                + (", and to give itself every right" if hands_out else ""),
                policy.term.at,
                severity=HIGH if hands_out else None,
                resource=policy.owner,
                evidence={
                    "managed policy": policy.term.text,
                    "read from": f"AWS managed policies of {managed.edition()}",
                },
                cause=name,
            )
    for statement in role.statements:
        if "SAM policy template" in statement.origin and "FullAccess" in statement.origin:
            template = next(word for word in statement.origin.replace("'", " ").split() if "FullAccess" in word)
            yield Violation(
                f"{statement.owner} uses {template}, which also allows to delete and to change permissions",
                statement.at,
                resource=statement.owner,
                evidence={"statement": statement.origin},
                cause=template,
            )


def _hands_out_rights(name: str) -> bool:
    """Whether a policy alone makes its holder an administrator: it changes policies of any identity."""
    return any(
        statement.effect == "Allow"
        and "*" in statement.resources
        and not statement.conditions
        and any(matches(pattern, action) for pattern in statement.actions for action in _RIGHTS)
        for statement in managed.managed_policy(name) or ()
    )


_RIGHTS = ("iam:AttachRolePolicy", "iam:PutRolePolicy", "iam:AttachUserPolicy", "iam:PutUserPolicy")
_RUNS_CODE = (
    "lambda.", "edgelambda.", "ec2.", "ecs-tasks.", "states.", "codebuild.", "apprunner", "tasks.apprunner.", "sagemaker.", "glue.",
    "pods.eks.", "batch-jobs.", "emr", "elasticmapreduce.", "codepipeline.", "cloudformation.", "appsync.", "apigateway.", "bedrock.",
)  # fmt: skip
"""Services that run or forward what a customer's code or caller asks."""


def _is_for_a_service(role: Role) -> bool:
    """Whether only control planes of AWS can take the role (an EKS cluster, Config, Batch): their ready-made policies are meant for it."""
    principals = [principal for statement in role.trust for principal in statement.principals]
    return bool(principals) and all(
        principal.type == "Service" and not principal.term.text.lower().startswith(_RUNS_CODE)
        for principal in principals
    )


CASES = [
    bad(
        "sam",
        """
        Hello:
          Type: AWS::Serverless::Function
          Properties:
            Handler: app.handler
            Runtime: python3.13
            Policies:
              - AmazonDynamoDBFullAccess  # <- here
              - AWSLambdaBasicExecutionRole
        """,
    ),
    good(
        "sam",
        """
        Hello:
          Type: AWS::Serverless::Function
          Properties:
            Handler: app.handler
            Runtime: python3.13
            Policies:
              - AWSLambdaBasicExecutionRole
              - AWSXRayDaemonWriteAccess
              - AWSLambdaVPCAccessExecutionRole
              - DynamoDBCrudPolicy: {TableName: !Ref Table}
        Table:
          Type: AWS::Serverless::SimpleTable
        """,
    ),
    bad(
        "cloudformation",
        """
        Role:
          Type: AWS::IAM::Role
          Properties:
            AssumeRolePolicyDocument:
              Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}]
            ManagedPolicyArns:
              - !Sub "arn:${AWS::Partition}:iam::aws:policy/AmazonS3FullAccess"  # <- here
        """,
    ),
    unresolved(
        "cloudformation",
        """
        Parameters:
          Policy: {Type: String}
        Resources:
          Role:
            Type: AWS::IAM::Role
            Properties:
              AssumeRolePolicyDocument:
                Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}]
              ManagedPolicyArns: [!Ref Policy]
        """,
    ),
]
