"""A permission on every resource, where it could name the ones it needs.

What it does
------------
Reports Allow statements on `*`, or on an ARN that fixes no resource (`arn:aws:dynamodb:*:*:table/*`, `arn:aws:s3:::*`), whose actions support
resource-level permissions and write, read data, or pass roles. Actions that can only be granted on `*` (`ec2:DescribeInstances`,
`xray:PutTraceSegments`, …), log groups and network interfaces of every function, statements that a condition narrows to resources, and statements
that no person wrote are not reported.

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

import re
from collections.abc import Iterator

from casemate.analysis.access.catalogue import needs_star
from casemate.analysis.access.grants import is_unlimited
from casemate.analysis.access.roles.replacing import exact_fix
from casemate.analysis.system import System
from casemate.authoring import MEDIUM, Outcome, Violation, bad, good, rule
from casemate.model.policy import Role, Statement, Term

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


_SHARED = frozenset({"logs", "ec2", "xray", "cloudwatch", "execute-api", "apigateway"})
"""Services whose ARNs end in a wildcard as their documentation has it: the logs and interfaces of whatever runs."""
_INTERFACES = frozenset({
    "ec2:createnetworkinterface", "ec2:deletenetworkinterface", "ec2:describenetworkinterfaces",
    "ec2:assignprivateipaddresses", "ec2:unassignprivateipaddresses", "ec2:describesubnets", "ec2:describevpcs",
    "ec2:describesecuritygroups",
})  # fmt: skip
"""What a function inside of a VPC needs on interfaces that do not exist yet, as AWS's own policy has it on `*`
(AWSLambdaVPCAccessExecutionRole)."""
_OF_THE_CLOUD = re.compile(r":(?:foundation-model|inference-profile)/")
"""Models of Bedrock belong to nobody's account."""
_TEMPLATE = "SAM policy template"
_REFERENCE = re.compile(r"\$\{[^{}]*\}")


@rule("wildcard-resource", weakness="wildcard-resource", severity=MEDIUM, tags=["cwe-732", "owasp-sls-06"])
def check(role: Role, system: System) -> Iterator[Outcome]:
    for statement in role.statements:
        template = statement.origin.startswith(_TEMPLATE)
        if statement.effect != "Allow" or (statement.implied and not template):
            continue
        star = next((term for term in statement.resources if term.is_star and not template), None)
        star = star or next((term for term in statement.resources if _fixes_nothing(term)), None)
        actions = [term.text for term in statement.actions if term.known and term.text.lower() not in _INTERFACES]
        if star is None or not actions or "*" in actions or _is_narrowed(statement) or needs_star(actions):
            continue
        if _names_what_is_made(star, actions, statement):
            continue
        shown = ", ".join(actions[:4]) + (", …" if len(actions) > 4 else "")
        yield Violation(
            f"{statement.owner} may use {shown} on {'every resource of the account' if star.is_star else star.text}",
            star.at,
            resource=statement.owner,
            evidence={"statement": statement.origin, "actions": ", ".join(actions)},
            cause=statement.sid or shown,
            fixes=exact_fix(role, statement, system),
        )


def _fixes_nothing(term: Term) -> bool:
    """Whether an ARN names a service and at most a type of resource; region and account may be written out."""
    text = _REFERENCE.sub("x", term.text)
    service = _service(term)
    if not service or service in _SHARED or term.targets or _OF_THE_CLOUD.search(text):
        return False
    return is_unlimited(text)


def _names_what_is_made(wide: Term, actions: list[str], statement: Statement) -> bool:
    """Whether the wide ARN is that of the thing to be made, whose name nobody knows yet, and the source is pinned.

    `rds:CreateDBSnapshot` on one database and `snapshot:*`: both have to be allowed, so the database is what counts.
    """
    if wide.is_star or not all(action.partition(":")[2].startswith(_MAKING) for action in actions):
        return False
    service = _service(wide)
    return any(
        term is not wide and not term.is_star and not _fixes_nothing(term) and _service(term) == service
        for term in statement.resources
    )


_MAKING = ("Create", "Copy", "Restore", "Submit", "Start", "Run")


def _service(term: Term) -> str:
    text = _REFERENCE.sub("x", term.text)
    return text.split(":", 3)[2] if text.startswith("arn:") and text.count(":") > 3 else ""


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
                    Resource: !Sub "arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/*"  # <- here
        """,
    ),
    bad(
        "sam",
        """
        Hello:
          Type: AWS::Serverless::Function
          Properties:
            Handler: app.handler
            Runtime: python3.13
            Policies:
              - DynamoDBCrudPolicy: {TableName: "*"}  # <- here
              - DynamoDBReadPolicy: {TableName: !Ref Table}
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
              - SQSSendMessagePolicy: {QueueName: !GetAtt Queue.QueueName}
              - VPCAccessPolicy: {}
              - Statement:
                  - Effect: Allow
                    Action: [dynamodb:PutItem]
                    Resource: !Sub "arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/shop-*"
                  - Effect: Allow
                    Action: [logs:CreateLogStream, logs:PutLogEvents]
                    Resource: arn:aws:logs:*:*:*
                  - Effect: Allow
                    Action: s3:GetObject
                    Resource: arn:aws:s3:::shop-data/*
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
                    Action: [ec2:CreateNetworkInterface, ec2:DescribeNetworkInterfaces, ec2:DeleteNetworkInterface]
                    Resource: "*"
        """,
    ),
    good(
        "sam",
        """
        Snap:
          Type: AWS::Serverless::Function
          Properties:
            Handler: app.handler
            Runtime: python3.13
            Policies:
              - Statement:
                  - Effect: Allow
                    Action: rds:CreateDBSnapshot
                    Resource:
                      - arn:aws:rds:eu-west-1:123456789012:db:shop
                      - arn:aws:rds:eu-west-1:123456789012:snapshot:*
        """,
    ),
    bad(
        "sam",
        """
        Snap:
          Type: AWS::Serverless::Function
          Properties:
            Handler: app.handler
            Runtime: python3.13
            Policies:
              - Statement:
                  - Effect: Allow
                    Action: rds:CreateDBSnapshot
                    Resource:
                      - arn:aws:rds:eu-west-1:123456789012:db:*  # <- here
                      - arn:aws:rds:eu-west-1:123456789012:snapshot:*
        """,
    ),
]
