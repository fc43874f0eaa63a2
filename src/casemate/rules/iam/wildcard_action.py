"""A permission for every action of a service.

What it does
------------
Reports Allow statements with `service:*`, and with partial wildcards that reach permission-changing actions on all
resources (`iam:*Policy`). Read-only wildcards such as `s3:Get*` are fine. For logs, metrics and traces a wildcard is
reported only on all resources.

Why it matters
--------------
`dynamodb:*` includes deleting the table, `s3:*` includes making the bucket public, `lambda:*` includes replacing
code. A function that only reads and writes items needs none of that, an attacker who runs code in it gets all of it.

How to fix
----------
Name the actions that the code calls. Data access seldom needs more than four or five.

When to allow it
----------------
Operators' roles that manage the whole service, on named resources.

References
----------
- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.access.grants import includes_permissions_management, is_unlimited, service_wildcards
from casemate.analysis.access.roles.replacing import exact_fix
from casemate.analysis.system import System
from casemate.authoring import HIGH, LOW, MEDIUM, Outcome, Violation, bad, good, rule
from casemate.model.finding import Severity
from casemate.model.policy import Role, Statement

_ALL = frozenset({"*", "*:*"})
_OBSERVING = frozenset({"logs", "xray", "cloudwatch", "execute-api"})
_TAKEOVER = frozenset(
    {"iam", "sts", "kms", "secretsmanager", "lambda", "cloudformation", "ssm", "organizations", "s3", "ec2"}
)


@rule("wildcard-action", weakness="over-permissive-iam", severity=MEDIUM, tags=["cwe-732", "owasp-sls-06"])
def check(role: Role, system: System) -> Iterator[Outcome]:
    for statement in role.statements:
        if statement.effect != "Allow" or statement.implied:
            continue
        unlimited = any(term.known and is_unlimited(term.text) for term in statement.resources)
        everywhere = role.cloud != "aws" or any(term.is_star for term in statement.resources)
        admin = everywhere and not statement.conditions  # admin-policy tells it
        wild = [
            term
            for term in statement.actions
            if term.known and (not admin if term.text in _ALL else _is_wild(term.text, unlimited=unlimited))
        ]
        if not wild:
            continue
        names = [term.text for term in wild]
        shown = _everything(statement) if _ALL & set(names) else _shown(names)
        yield Violation(
            f"{statement.owner} may use {shown}",
            wild[0].at,
            severity=_severity(names, statement, unlimited=unlimited),
            resource=statement.owner,
            evidence={
                "statement": statement.origin,
                "resources": ", ".join(term.text for term in statement.resources[:5]),
            },
            related=tuple((term.at, "also a wildcard") for term in wild[1:]),
            cause=statement.sid or names[0],
            fixes=exact_fix(role, statement, system),
        )


def _everything(statement: Statement) -> str:
    """Every action, and on what: not everywhere, or it would be admin-policy's."""
    resources = [term.text for term in statement.resources]
    return f"every action on {_listed(resources)}" if resources and "*" not in resources else "every action"


def _shown(names: list[str]) -> str:
    """The wildcards in words: `every action of sqs`, `every action that s3:Put* stands for`."""
    whole = [name.partition(":")[0] for name in names if name.endswith(":*")]
    part = [name for name in names if not name.endswith(":*")]
    words = [f"every action of {_listed(whole)}"] if whole else []
    words += [f"every action that {_listed(part)} {'stands' if len(part) == 1 else 'stand'} for"] if part else []
    return " and ".join(words)


def _listed(names: list[str]) -> str:
    return ", ".join(names[:4]) + (", …" if len(names) > 4 else "")


def _is_wild(pattern: str, *, unlimited: bool) -> bool:
    service = service_wildcards(pattern)
    if service is not None:
        return unlimited if service in _OBSERVING else service != "*"
    return unlimited and includes_permissions_management(pattern)


def _severity(names: list[str], statement: Statement, *, unlimited: bool) -> Severity:
    services = {name.partition(":")[0].lower() for name in names}
    if services <= _OBSERVING or statement.conditions:
        return LOW
    return HIGH if unlimited and services & _TAKEOVER else MEDIUM


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
                    Action:
                      - sqs:SendMessage
                      - dynamodb:*  # <- here
                    Resource: !GetAtt Table.Arn
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
                    Action: [dynamodb:GetItem, dynamodb:Query, "s3:Get*"]
                    Resource: !GetAtt Table.Arn
                  - Effect: Deny
                    Action: "iam:*"
                    Resource: "*"
                  - Effect: Allow
                    Action: "logs:*"
                    Resource: "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/hello:*"
        Table:
          Type: AWS::Serverless::SimpleTable
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
                    Action: "*"  # <- here
                    Resource: !GetAtt Files.Arn
        Files: {Type: AWS::S3::Bucket}
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
                    Action: "*"  # of admin-policy
                    Resource: "*"
        """,
    ),
]
