"""A condition that no request fulfils.

What it does
------------
Reports conditions in identity, trust, resource and control policies that cannot hold: an operator or key that does not
exist, a key that no request for the statement's actions carries, an operator that reads another type than the key has,
a wildcard under `StringEquals` (which compares it character by character), and conditions that contradict each other.
Negated operators, `IfExists` and wildcards in actions are given the benefit of the doubt.

Why it matters
--------------
An Allow grants nothing, so the code fails and somebody widens the policy until it works. A Deny protects nothing, and
nobody notices.

How to fix
----------
Use the key and operator from the action's row in the Service Authorization Reference: `StringLike` for patterns,
`ArnLike` for ARNs, `IpAddress` for addresses.

When to allow it
----------------
Keys newer than the catalogue that is built in.

References
----------
- https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.access.control_policies import control_policies
from casemate.analysis.access.linting import flaws
from casemate.analysis.system import System
from casemate.authoring import LOW, MEDIUM, Outcome, Violation, bad, good, rule
from casemate.model.policy import ResourcePolicy, Role, Statement
from casemate.model.resource import Stack


@rule("condition-never-holds", weakness="missing-permission", severity=LOW, tags=["cwe-1023"], profile="strict")
def check(subject: Role | ResourcePolicy | Stack, system: System) -> Iterator[Outcome]:
    if not isinstance(subject, Stack) and subject.cloud != "aws":
        return
    for statement in _statements(subject, system):
        if statement.implied or not statement.conditions:
            continue
        for flaw in flaws(statement):
            yield Violation(
                flaw.text,
                flaw.at,
                severity=MEDIUM if statement.effect == "Deny" else LOW,
                resource=statement.owner,
                evidence={"statement": statement.origin, "effect": statement.effect},
                cause=flaw.cause,
            )


def _statements(subject: Role | ResourcePolicy | Stack, system: System) -> Iterator[Statement]:
    if isinstance(subject, Stack):
        for policy in control_policies(subject, system.inventory):
            yield from policy.statements
        return
    if isinstance(subject, Role):
        yield from subject.trust
    yield from subject.statements


CASES = [
    bad(
        "cloudformation",
        """
        Guard:
          Type: AWS::Organizations::Policy
          Properties:
            Name: guard
            Type: SERVICE_CONTROL_POLICY
            Content:
              Version: "2012-10-17"
              Statement:
                - Effect: Deny
                  Action: s3:DeleteObject
                  Resource: "*"
                  Condition:
                    StringEquals:
                      aws:PrincipalArn: "arn:aws:iam::*:role/worker"  # <- here
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
                    Action: s3:GetObject
                    Resource: arn:aws:s3:::shop/*
                    Condition:
                      StringLike:
                        s3:prefix: "home/*"  # <- here
                  - Effect: Allow
                    Action: s3:ListBucket
                    Resource: arn:aws:s3:::shop
                    Condition:
                      StringEquals:
                        s3:prefix: "home/*"  # <- here
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
                    Action: s3:ListBucket
                    Resource: arn:aws:s3:::shop
                    Condition:
                      StringLike: {s3:prefix: "home/*"}
                      Bool: {aws:SecureTransport: "true"}
                      ArnLike: {aws:PrincipalArn: "arn:aws:iam::*:role/shop-*"}
                      StringEquals: {aws:ResourceTag/team: shop, "aws:PrincipalOrgID": o-abcdefghij}
                      ForAnyValue:StringEquals: {aws:CalledVia: [athena.amazonaws.com]}
                  - Effect: Allow
                    Action: ["dynamodb:GetItem", "dynamodb:Query"]
                    Resource: "*"
                    Condition:
                      ForAllValues:StringEquals: {"dynamodb:LeadingKeys": ["${cognito-identity.amazonaws.com:sub}"]}
                  - Effect: Allow
                    Action: iam:PassRole
                    Resource: "*"
                    Condition: {StringEquals: {"iam:PassedToService": lambda.amazonaws.com}}
                  - Effect: Deny
                    Action: "s3:*"
                    Resource: "*"
                    Condition: {StringNotEquals: {"aws:RequestedRegion": [eu-west-1]}}
        """,
    ),
    bad(
        "cloudformation",
        """
        Role:
          Type: AWS::IAM::Role
          Properties:
            AssumeRolePolicyDocument:
              Statement:
                - Effect: Allow
                  Principal: {Service: lambda.amazonaws.com}
                  Action: sts:AssumeRole
            Policies:
              - PolicyName: guard
                PolicyDocument:
                  Statement:
                    - Effect: Deny
                      Action: "*"
                      Resource: "*"
                      Condition:
                        StringEqual:
                          aws:RequestedRegion: us-east-1  # <- here
                    - Effect: Deny
                      Action: "*"
                      Resource: "*"
                      Condition:
                        Bool:
                          aws:SecureTransprt: "false"  # <- here
                    - Effect: Deny
                      Action: "*"
                      Resource: "*"
                      Condition:
                        NumericEquals:
                          aws:PrincipalAccount: "123456789012"  # <- here
                    - Effect: Allow
                      Action: sqs:SendMessage
                      Resource: "*"
                      Condition:
                        StringEquals:
                          aws:RequestedRegion: eu-west-1
                        StringEqualsIfExists:
                          aws:RequestedRegion: eu-north-1
        """,
    ),
    bad(
        "terraform",
        """
        resource "aws_sqs_queue" "orders" {
          name = "orders"
        }
        resource "aws_sqs_queue_policy" "orders" {
          queue_url = aws_sqs_queue.orders.id
          policy = jsonencode({
            Version = "2012-10-17"
            Statement = [{
              Effect    = "Allow"
              Principal = { Service = "sns.amazonaws.com" }
              Action    = "sqs:SendMessage"
              Resource  = aws_sqs_queue.orders.arn
              Condition = {
                StringEquals = { "aws:SourceArn" = "arn:aws:sns:eu-west-1:123456789012:orders-*" } # <- here
              }
            }]
          })
        }
        """,
    ),
]
