"""A permission that nothing in the code needs.

What it does
------------
Follows the SDK calls of every function that runs as the role, adds what the platform needs for triggers, network, keys
and failure targets, and reports the statements somebody wrote by hand that grant actions which change something and
are never needed. It speaks only when the code of all functions of the role was found and followed everywhere; a call
whose target is chosen at run time keeps it silent. Actions that go together in every hand-written policy (sending to a
queue and asking for its URL), logs and traces are left alone.

Why it matters
--------------
What a function does not need only an attacker in it uses: a function that reads orders and may delete them turns one
injection into a loss of data.

How to fix
----------
Take the actions out; the finding shows the statement as it should be. `casemate access role FUNCTION` writes the whole
role.

When to allow it
----------------
Rights that code outside of the scanned folder uses: a layer that is built elsewhere, a tool that people run with the
function's role.

References
----------
- https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege
- https://docs.aws.amazon.com/lambda/latest/dg/lambda-permissions.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.access.catalogue import level
from casemate.analysis.access.grants import matches, service_wildcards
from casemate.analysis.access.needs.comparing import Unused
from casemate.analysis.access.needs.roles import reached
from casemate.analysis.access.roles.replacing import comparison_of, exact_fix, granted
from casemate.analysis.system import System
from casemate.authoring import LOW, MEDIUM, Outcome, Violation, bad, good, rule
from casemate.model.policy import Role, Statement

_TELEMETRY = ("logs:", "xray:", "cloudwatch:putmetricdata")
_CHANGING = frozenset({"Write", "Permissions management"})
_SHOWN = 5


@rule(
    "unused-permission",
    weakness="unused-permission",
    severity=MEDIUM,
    confidence="medium",
    tags=["cwe-272", "cwe-250", "owasp-sls-06"],
)
def check(role: Role, system: System) -> Iterator[Outcome]:
    written = [one for one in role.statements if one.effect == "Allow" and not one.implied and _names(one)]
    if not written or not system.functions_of(role):
        return
    comparison = comparison_of(role, system)
    if comparison is None or not comparison.complete or comparison.comparison is None:
        return
    unused = {id(one.grant): one for one in comparison.comparison.unused}
    for statement, grant in granted(role, system):
        found = unused.get(id(grant))
        if found is None or statement not in written:
            continue
        names = _unneeded(statement, found)
        if not names:
            continue
        things = reached(grant, tuple(names), system)
        shown = ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
        yield Violation(
            f"{statement.owner} may use {shown}, which no code of {_functions(comparison.needs)} needs",
            statement.at,
            severity=MEDIUM if any(level(name) in _CHANGING for name in names) else LOW,
            resource=statement.owner,
            evidence={
                "statement": statement.origin,
                "needed of it": ", ".join(found.used) or "nothing",
                "reaches": ", ".join(things[:_SHOWN]) or ", ".join(grant.resources[:_SHOWN]),
            },
            fixes=exact_fix(role, statement, system),
            cause=statement.sid or names[0],
        )


def _names(statement: Statement) -> list[str]:
    """The actions and narrow wildcards; whole services are `wildcard-action` and `admin-policy`."""
    return [
        term.text
        for term in statement.actions
        if term.known and term.text != "*" and service_wildcards(term.text) is None
    ]


def _unneeded(statement: Statement, found: Unused) -> list[str]:
    """The patterns of the statement that nothing needs, those that change something first.

    Reading alone is not reported while anything of the statement is needed.
    """
    names = [
        name
        for name in _names(statement)
        if not name.lower().startswith(_TELEMETRY)
        and not any(matches(name, used) for used in found.used)
        and any(matches(name, action) for action in found.actions)
    ]
    changing = [name for name in names if any(level(one) in _CHANGING for one in found.actions if matches(name, one))]
    if changing:
        return changing + [name for name in names if name not in changing]
    return names if not found.used and len(names) == len(_names(statement)) else []


def _functions(needs: tuple[object, ...]) -> str:
    names = [str(getattr(one, "name", "")) for one in needs]
    return ", ".join(names[:3]) + (", …" if len(names) > 3 else "")


_TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    Properties: {{KeySchema: [{{AttributeName: id, KeyType: HASH}}], AttributeDefinitions: [{{AttributeName: id, AttributeType: S}}], BillingMode: PAY_PER_REQUEST}}
  Shop:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.13
      CodeUri: src/
      Environment: {{Variables: {{TABLE: !Ref Orders}}}}
      Policies:
        - Statement:
            - Effect: Allow{mark}
              Action: {actions}
              Resource: !GetAtt Orders.Arn
"""
_CODE = """
import os

import boto3

table = boto3.resource("dynamodb").Table(os.environ["TABLE"])


def handler(event, context):
    return table.{call}
"""
_FOLLOWED = _CODE.format(call='get_item(Key={"id": event["id"]})')
_DYNAMIC = _CODE.format(call="scan()").replace("table.scan()", 'getattr(table, event["what"])()')
_BOTH = "[dynamodb:GetItem, dynamodb:DeleteTable]"

CASES = [
    bad(
        "sam",
        {"template.yaml": _TEMPLATE.format(actions=_BOTH, mark="  # <- here"), "src/app.py": _FOLLOWED},
    ),
    good(
        "sam",
        {"template.yaml": _TEMPLATE.format(actions="[dynamodb:GetItem]", mark=""), "src/app.py": _FOLLOWED},
    ),
    # a few rights to read more are not worth a finding
    good(
        "sam",
        {
            "template.yaml": _TEMPLATE.format(actions="[dynamodb:GetItem, dynamodb:Query]", mark=""),
            "src/app.py": _FOLLOWED,
        },
    ),
    # the code cannot be followed: nobody can say what it needs
    good("sam", {"template.yaml": _TEMPLATE.format(actions=_BOTH, mark=""), "src/app.py": _DYNAMIC}),
    # the code is not there
    good("sam", {"template.yaml": _TEMPLATE.format(actions=_BOTH, mark="")}),
    bad(
        "terraform",
        {
            "main.tf": """
            resource "aws_dynamodb_table" "orders" {
              name     = "orders"
              hash_key = "id"
            }
            resource "aws_lambda_function" "shop" {
              function_name = "shop"
              role          = aws_iam_role.shop.arn
              handler       = "app.handler"
              runtime       = "python3.13"
              filename      = "src/app.zip"
              environment {
                variables = { TABLE = aws_dynamodb_table.orders.name }
              }
            }
            resource "aws_iam_role" "shop" {
              assume_role_policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }] })
            }
            resource "aws_iam_role_policy" "shop" {
              role = aws_iam_role.shop.id
              policy = jsonencode({
                Statement = [
                  { Effect = "Allow", Action = ["dynamodb:GetItem", "dynamodb:DeleteItem"], Resource = aws_dynamodb_table.orders.arn }  # <- here
                ]
              })
            }
            """,
            "src/app.py": _FOLLOWED,
        },
    ),
]
