"""One role for several functions.

What it does
------------
Reports a role that several functions run as, when it grants more than writing logs. The default role of a
serverless.yml with statements of its own is such a role; per-function roles are not.

Why it matters
--------------
Each function gets what any of them needs: the one that only reads can delete, and a bug in the least careful of them
reaches the data of all. It also hides which function needs what.

How to fix
----------
Give each function its own role. SAM does so by itself when `Role` is left out; in serverless.yml use per-function
roles (`provider.iam.role.mode: perFunction`, or the serverless-iam-roles-per-function plugin).

When to allow it
----------------
Functions that are one unit, with the same code and the same data.

References
----------
- https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
- https://www.serverless.com/framework/docs/providers/aws/guide/iam
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from casemate.analysis.access import managed
from casemate.analysis.access.permissions import granted_to
from casemate.analysis.system import System
from casemate.authoring import MEDIUM, Outcome, Violation, bad, good, rule
from casemate.model.policy import Role

_LOGGING = (
    "logs:",
    "xray:",
    "ec2:createnetworkinterface",
    "ec2:describenetworkinterfaces",
    "ec2:deletenetworkinterface",
)
_SHOWN = 5


@rule("shared-role", weakness="shared-role", severity=MEDIUM, tags=["cwe-250", "owasp-sls-06"])
def check(role: Role, system: System) -> Iterator[Outcome]:
    functions = system.functions_of(role)
    if len(functions) < 2 or not (_grants_more_than_logging(role) or _is_bound(role, system)):
        return
    names = ", ".join(function.name for function in functions[:_SHOWN]) + (", …" if len(functions) > _SHOWN else "")
    yield Violation(
        f"{len(functions)} functions share the role {role.name}, so each may do what any of them needs",
        role.at,
        resource=role,
        evidence={"functions": names},
        related=tuple((function.at, f"function {function.name}") for function in functions[:20]),
    )


def _grants_more_than_logging(role: Role) -> bool:
    for statement in role.statements:
        logs_only = statement.actions and all(term.text.lower().startswith(_LOGGING) for term in statement.actions)
        if statement.effect == "Allow" and not statement.implied and not logs_only:
            return True
    return any(not _is_basic(policy.term.text) for policy in role.managed)


_PLATFORM = re.compile(
    r"^(?:roles/(?:logging|monitoring|cloudtrace|errorreporting|cloudprofiler)\.\w+|roles/(?:run|cloudfunctions)\.invoker|roles/artifactregistry\.reader"
    r"|roles/eventarc\.eventReceiver|AcrPull|Monitoring Metrics Publisher)$",
    re.IGNORECASE,
)
"""Roles of Azure and Google that only let the platform run the function, or let it log, measure and trace."""


def _is_bound(role: Role, system: System) -> bool:
    """Whether an identity of Azure or Google has a role that is for its functions' own work."""
    return role.cloud != "aws" and any(
        _PLATFORM.match(granted.binding.role.text.rsplit(".azure.com/", 1)[-1]) is None
        for granted in granted_to(role, system)
    )


def _is_basic(name: str) -> bool:
    """Whether a managed policy only lets the platform run the function: logs, traces, network interfaces, polling."""
    return any(word in name for word in ("XRay", "Xray", "BasicExecution", "VPCAccess")) or (
        managed.breadth(name) == "narrow" and "Execution" in name
    )


CASES = [
    bad(
        "cloudformation",
        """
        Role:  # <- here
          Type: AWS::IAM::Role
          Properties:
            AssumeRolePolicyDocument:
              Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}]
            Policies:
              - PolicyName: data
                PolicyDocument:
                  Statement: [{Effect: Allow, Action: dynamodb:PutItem, Resource: !GetAtt Table.Arn}]
        Table:
          Type: AWS::DynamoDB::Table
        Read:
          Type: AWS::Lambda::Function
          Properties: {Handler: app.read, Runtime: python3.13, Role: !GetAtt Role.Arn}
        Write:
          Type: AWS::Lambda::Function
          Properties: {Handler: app.write, Runtime: python3.13, Role: !GetAtt Role.Arn}
        """,
    ),
    good(
        "cloudformation",
        """
        Role:
          Type: AWS::IAM::Role
          Properties:
            AssumeRolePolicyDocument:
              Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}]
            ManagedPolicyArns: ["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"]
        Read:
          Type: AWS::Lambda::Function
          Properties: {Handler: app.read, Runtime: python3.13, Role: !GetAtt Role.Arn}
        Write:
          Type: AWS::Lambda::Function
          Properties: {Handler: app.write, Runtime: python3.13, Role: !GetAtt Role.Arn}
        """,
    ),
    bad(
        "serverless",
        """
        service: shop
        provider:
          name: aws
          runtime: nodejs22.x
          iamRoleStatements:  # <- here
            - Effect: Allow
              Action: dynamodb:PutItem
              Resource: arn:aws:dynamodb:eu-west-1:123456789012:table/orders
        functions:
          read: {handler: app.read}
          write: {handler: app.write}
        """,
    ),
    good(
        "serverless",
        """
        service: shop
        provider:
          name: aws
          runtime: nodejs22.x
        functions:
          read: {handler: app.read}
          write: {handler: app.write}
        """,
    ),
]
