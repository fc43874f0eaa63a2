"""A permission on every resource, where it could name the ones it needs.

What it does
------------
Reports Allow statements with `Resource: "*"` whose actions support resource-level permissions and write, read data, or pass roles. Actions that
can only be granted on `*` (`ec2:DescribeInstances`, `xray:PutTraceSegments`, …), statements that a condition narrows to resources, and
statements that no person wrote are not reported.

Why it matters
--------------
Whoever takes over the function can then use the action on every table, bucket, queue or secret of the account, not only on those that the
function works with. The blast radius of one bug becomes the account.

How to fix
----------
Name the resources: `!GetAtt Table.Arn`, `aws_dynamodb_table.t.arn`, or a narrow pattern. In SAM, a policy template such as
`DynamoDBCrudPolicy` with the table's name does it.

When to allow it
----------------
Operators' tooling that by design works on all resources of a kind; then pin it by a condition on tags or account.

References
----------
- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
- https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.access.catalogue import needs_star
from casemate.analysis.access.roles.replacing import exact_fix
from casemate.analysis.system import System
from casemate.authoring import MEDIUM, Outcome, Violation, bad, good, rule
from casemate.model.policy import Role, Statement

_NARROWING = (
    "aws:resourcetag/",
    "aws:resourceaccount",
    "aws:resourceorgid",
    "s3:resourceaccount",
    "ecs:cluster",
    "dynamodb:leadingkeys",
    "cloudwatch:namespace",
    "kms:viaservice",
    "iam:passedtoservice",
    "secretsmanager:resourcetag/",
    "ssm:resourcetag/",
    "ec2:resourcetag/",
)


@rule("wildcard-resource", weakness="wildcard-resource", severity=MEDIUM, tags=["cwe-732", "owasp-sls-06"])
def check(role: Role, system: System) -> Iterator[Outcome]:
    for statement in role.statements:
        if statement.effect != "Allow" or statement.implied:
            continue
        star = next((term for term in statement.resources if term.is_star), None)
        actions = [term.text for term in statement.actions if term.known]
        if star is None or not actions or "*" in actions or _is_narrowed(statement) or needs_star(actions):
            continue
        shown = ", ".join(actions[:4]) + (", …" if len(actions) > 4 else "")
        yield Violation(
            f"{statement.owner} may use {shown} on every resource of the account",
            star.at,
            resource=statement.owner,
            evidence={"statement": statement.origin, "actions": ", ".join(actions)},
            cause=statement.sid or shown,
            fixes=exact_fix(role, statement, system),
        )


def _is_narrowed(statement: Statement) -> bool:
    return any(condition.key.lower().startswith(_NARROWING) for condition in statement.conditions)


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
              - Statement:
                  - Effect: Allow
                    Action: [dynamodb:PutItem, dynamodb:GetItem]
                    Resource: "*"  # <- here
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
              - Statement:
                  - Effect: Allow
                    Action: [dynamodb:PutItem, dynamodb:GetItem]
                    Resource: !GetAtt Table.Arn
                  - Effect: Allow
                    Action: [xray:PutTraceSegments, ec2:DescribeInstances]
                    Resource: "*"
        Table:
          Type: AWS::Serverless::SimpleTable
        """,
    ),
]
