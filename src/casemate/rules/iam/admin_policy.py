"""An identity that may do everything.

What it does
------------
Reports roles, users and groups with an Allow of all actions on all resources, or with an AWS managed policy that
amounts to it (`AdministratorAccess`, `PowerUserAccess`), unless a condition pins the statement.

Why it matters
--------------
A bug in a function with such a role is a takeover of the account: whoever runs code in it can read every secret,
change every role and delete every backup.

How to fix
----------
List the actions that the code calls and the resources it works with. Start from the calls in the code; `casemate
inventory` shows what the function is connected to.

When to allow it
----------------
A break-glass or deployment role that people reach only through a reviewed, logged process; suppress it there with the
reason.

References
----------
- https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.access import managed
from casemate.analysis.access.roles.replacing import exact_fix
from casemate.analysis.system import System
from casemate.authoring import CRITICAL, HIGH, Outcome, Violation, bad, good, rule
from casemate.model.policy import Role

_ALL = frozenset({"*", "*:*"})


@rule("admin-policy", weakness="over-permissive-iam", severity=HIGH, tags=["cwe-250", "cwe-732", "owasp-sls-06"])
def check(role: Role, system: System) -> Iterator[Outcome]:
    severity = CRITICAL if system.functions_of(role) else HIGH
    for statement in role.statements:
        if statement.effect != "Allow" or statement.conditions:
            continue
        action = next((term for term in statement.actions if term.known and term.text in _ALL), None)
        if action is not None and (role.cloud != "aws" or any(term.is_star for term in statement.resources)):
            yield Violation(
                f"{statement.owner} may do everything on every resource of the account",
                action.at,
                severity=severity,
                resource=statement.owner,
                evidence={"statement": statement.origin},
                cause=statement.sid or "*",
                fixes=exact_fix(role, statement, system),
            )
    for policy in role.managed:
        if policy.term.known and managed.is_admin(policy.term.text):
            name = policy.term.text.rsplit("/", 1)[-1]
            yield Violation(
                f"{policy.owner} has {name}, which allows practically everything",
                policy.term.at,
                severity=severity,
                resource=policy.owner,
                evidence={"managed policy": policy.term.text},
                cause=name,
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
              - AdministratorAccess  # <- here
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
              - S3ReadPolicy: {BucketName: !Ref Bucket}
        Bucket:
          Type: AWS::S3::Bucket
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
            Policies:
              - PolicyName: all
                PolicyDocument:
                  Statement:
                    - Effect: Allow
                      Action: "*"  # <- here
                      Resource: "*"
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
            Policies:
              - PolicyName: none
                PolicyDocument:
                  Statement:
                    - Effect: Deny
                      Action: "*"
                      Resource: "*"
        """,
    ),
]
