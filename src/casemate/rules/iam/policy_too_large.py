"""A policy that is larger than the cloud takes.

What it does
------------
Reports managed policies of more than 6,144 characters, roles whose inline policies have more than 10,240 together
(users 2,048, groups 5,120), trust policies above 2,048, and resource policies above the limit of their service (queues
8,192 bytes, buckets, functions, tables and secrets 20,480, keys 32,768, …), and control policies of the organisation
above theirs (service control policies 10,240, resource control policies 5,120). White space does not count, save in a
control policy that is written as text, which AWS counts as it is; references count as one character: what is reported
is too large whatever they become.

Why it matters
--------------
The deployment fails, usually in production where names are longer. The usual way out, wildcards instead of names, is
how a narrow policy becomes a broad one; a control policy that is not there limits nobody.

How to fix
----------
Split a managed policy in two (a role takes ten), group resources under a common prefix, or grant by tag. Write a
control policy without white space (`jsonencode`, `minified_json`, an object instead of text).

When to allow it
----------------
Trust policies where the quota of the account was raised.

References
----------
- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
- https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html
- https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.access.control_policies import CONTROL_LIMITS, control_policies
from casemate.analysis.access.linting import (
    GROUP_LIMIT,
    MANAGED_LIMIT,
    RESOURCE_LIMITS,
    ROLE_LIMIT,
    TRUST_LIMIT,
    USER_LIMIT,
    least_size,
)
from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, Violation, bad, good, rule
from casemate.model.location import Span
from casemate.model.policy import ResourcePolicy, Role, Statement
from casemate.model.resource import Stack

_INLINE = {"role": ROLE_LIMIT, "user": USER_LIMIT, "group": GROUP_LIMIT}
_MANAGED = "managed policy"


@rule("policy-too-large", weakness="missing-permission", severity=LOW, tags=["cwe-1284"], profile="strict")
def check(subject: Role | ResourcePolicy | Stack, system: System) -> Iterator[Outcome]:
    if isinstance(subject, Stack):
        yield from _of_organisation(subject, system)
        return
    if subject.cloud != "aws":
        return
    if isinstance(subject, ResourcePolicy):
        limit, page = RESOURCE_LIMITS.get(subject.subject, (0, ""))
        size = least_size(_always(subject.statements))
        if limit and size > limit:
            yield _violation(f"The policy on the {subject.subject} {subject.name}", size, limit, subject.at, page)
        return
    documents: dict[tuple[str, str], list[Statement]] = {}
    for statement in _always(subject.statements):
        documents.setdefault((statement.owner, statement.origin), []).append(statement)
    inline = 0
    for (owner, origin), statements in documents.items():
        size = least_size(tuple(statements))
        if not origin.startswith(_MANAGED):
            inline += size
        elif size > MANAGED_LIMIT:
            yield _violation(f"The managed policy {owner}", size, MANAGED_LIMIT, statements[0].at, "", owner)
    limit = _INLINE.get(subject.kind, 0)
    if limit and inline > limit:
        yield _violation(f"The inline policies of {subject.name} together", inline, limit, subject.at, "")
    size = least_size(_always(subject.trust))
    if size > TRUST_LIMIT:
        yield _violation(f"The trust policy of {subject.name}", size, TRUST_LIMIT, subject.trust[0].at, "")


def _of_organisation(stack: Stack, system: System) -> Iterator[Outcome]:
    for policy in control_policies(stack, system.inventory):
        limit, _ = CONTROL_LIMITS[policy.kind]
        size = max(least_size(_always(policy.statements)), policy.text_size)
        if size > limit:
            page = "AWS Organizations User Guide, Quotas and service limits"
            yield _violation(f"The {policy.label}", size, limit, policy.resource.at, page, policy.resource.name)


def _always(statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """Without those that exist only under a condition: they may never stand side by side."""
    return tuple(statement for statement in statements if statement.condition is None)


def _violation(what: str, size: int, limit: int, at: Span, page: str, owner: str | None = None) -> Violation:
    return Violation(
        f"{what} has at least {size:,} characters, and {limit:,} are the most",
        at,
        resource=owner,
        evidence={"source": page or "IAM User Guide, IAM and AWS STS quotas"},
        cause=what,
    )


def _large(count: int, indent: int) -> str:
    """That many queues as lines of YAML."""
    lines = (f'"arn:aws:sqs:eu-west-1:123456789012:orders-of-the-shop-{number:04}",' for number in range(count))
    return ("\n" + " " * indent).join(lines)


CASES = [
    bad(
        "cloudformation",
        f"""
        Wide:
          Type: AWS::IAM::ManagedPolicy
          Properties:
            PolicyDocument:
              Version: "2012-10-17"
              Statement:
                - Effect: Allow  # <- here
                  Action: sqs:SendMessage
                  Resource: [
                    {_large(110, 20)}
                    ]
        """,
    ),
    good(
        "cloudformation",
        f"""
        Wide:
          Type: AWS::IAM::ManagedPolicy
          Properties:
            PolicyDocument:
              Version: "2012-10-17"
              Statement:
                - Effect: Allow
                  Action: sqs:SendMessage
                  Resource: [
                    {_large(90, 20)}
                    ]
        Role:
          Type: AWS::IAM::Role
          Properties:
            AssumeRolePolicyDocument:
              Statement: [{{Effect: Allow, Principal: {{Service: lambda.amazonaws.com}}, Action: sts:AssumeRole}}]
            Policies:
              - PolicyName: wide
                PolicyDocument:
                  Statement:
                    - Effect: Allow
                      Action: sqs:SendMessage
                      Resource: [
                        {_large(160, 24)}
                        ]
        """,
    ),
    bad(
        "cloudformation",
        f"""
        Role:  # <- here
          Type: AWS::IAM::Role
          Properties:
            AssumeRolePolicyDocument:
              Statement: [{{Effect: Allow, Principal: {{Service: lambda.amazonaws.com}}, Action: sts:AssumeRole}}]
            Policies:
              - PolicyName: one
                PolicyDocument:
                  Statement:
                    - Effect: Allow
                      Action: sqs:SendMessage
                      Resource: [
                        {_large(100, 24)}
                        ]
              - PolicyName: two
                PolicyDocument:
                  Statement:
                    - Effect: Allow
                      Action: sqs:ReceiveMessage
                      Resource: [
                        {_large(100, 24)}
                        ]
        """,
    ),
    bad(
        "terraform",
        """
        resource "aws_organizations_policy" "guard" { # <- here
          name    = "guard"
          type    = "RESOURCE_CONTROL_POLICY"
          content = <<EOF
        { "Version": "2012-10-17", "Statement": [
          SPACE{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"} ] }
        EOF
        }
        """.replace("SPACE", " " * 5_120),
    ),
    good(
        "terraform",
        f"""
        resource "aws_organizations_policy" "guard" {{
          name    = "guard"
          content = jsonencode({{
            Version   = "2012-10-17"
            Statement = [{{
              Effect = "Deny"
              Action = "sqs:DeleteQueue"
              Resource = [
                {_large(110, 16)}
              ]
            }}]
          }})
        }}
        """,
    ),
    bad(
        "cloudformation",
        f"""
        Guard:  # <- here
          Type: AWS::Organizations::Policy
          Properties:
            Name: guard
            Type: SERVICE_CONTROL_POLICY
            Content:
              Version: "2012-10-17"
              Statement:
                - Effect: Deny
                  Action: sqs:DeleteQueue
                  Resource: [
                    {_large(180, 20)}
                    ]
        """,
    ),
]
