"""A resource policy that lets everybody in.

What it does
------------
Reports policies on functions, layers, buckets, queues, topics, tables, streams, buses, registries, secrets, keys,
APIs, vaults and file systems that allow `Principal: *` without a condition that pins who, from where or through what.
Conditions that only narrow the action, or that are negated, do not count; conditions on account, organisation, source
ARN, VPC endpoint or an address range do. A rest API's own policy and VPC endpoint policies are judged elsewhere.

Why it matters
--------------
Anybody with an AWS account, or anybody at all, can use the resource: read the bucket, fill the queue, publish to the
topic, invoke the function.

How to fix
----------
Name the accounts, roles or services that need it, or add a condition on `aws:SourceArn`, `aws:SourceAccount`,
`aws:PrincipalOrgID` or `aws:SourceVpce`.

When to allow it
----------------
Public web content, served through a distribution with origin access control instead where possible.

References
----------
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
- https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System, is_public
from casemate.authoring import CRITICAL, HIGH, MEDIUM, Outcome, Violation, bad, good, rule
from casemate.model.finding import Severity
from casemate.model.policy import PolicySubject, ResourcePolicy, Statement
from casemate.model.store import Store

_SEVERITY: dict[PolicySubject, Severity] = {
    "secret": CRITICAL, "key": CRITICAL, "table": CRITICAL, "function": HIGH, "bucket": HIGH, "queue": HIGH, "topic": HIGH, "bus": HIGH,
    "stream": HIGH, "registry": HIGH, "layer": MEDIUM, "file-system": MEDIUM,
}  # fmt: skip
_ELSEWHERE: frozenset[PolicySubject] = frozenset({"api", "endpoint"})


@rule("resource-policy-public", weakness="public-access", severity=HIGH, tags=["cwe-732", "cwe-284", "owasp-sls-02"])
def check(policy: ResourcePolicy, system: System) -> Iterator[Outcome]:
    if policy.subject in _ELSEWHERE or _is_in_network(policy, system):
        return
    for statement in policy.statements:
        if not is_public(statement) or _is_for_url(statement):
            continue
        principal = next((entry for entry in statement.principals if entry.is_anyone), None)
        actions = ", ".join(term.text for term in (statement.actions or statement.not_actions)[:4])
        target = system.target(policy.target)
        yield Violation(
            f"Everybody may use {actions or 'every action'} on the {policy.subject} {target.name if target else policy.name}",
            principal.term.at if principal else statement.at,
            severity=_SEVERITY.get(policy.subject, HIGH),
            evidence={
                "conditions": ", ".join(f"{entry.operator} {entry.key}" for entry in statement.conditions) or "none"
            },
            cause=statement.sid or actions,
        )


def _is_in_network(policy: ResourcePolicy, system: System) -> bool:
    """Whether it is the policy of a search domain inside of a VPC, which has no address on the internet.

    There an open policy leaves the choice to the security groups. Source: OpenSearch Developer Guide, "Launching your
    domains within a VPC", "About access policies on VPC domains".
    """
    target = system.target(policy.target)
    if not isinstance(target, Store) or target.kind != "search-domain" or target.publicly_routable is None:
        return False
    return target.publicly_routable.always(lambda routable: not routable)


def _is_for_url(statement: Statement) -> bool:
    """Whether it only lets callers through a function URL, whose own setting is the cause (function-url-without-auth)."""
    return any(
        condition.key.lower() in {"lambda:functionurlauthtype", "lambda:invokedviafunctionurl"}
        for condition in statement.conditions
    )


CASES = [
    bad(
        "cloudformation",
        """
        Queue:
          Type: AWS::SQS::Queue
        Policy:
          Type: AWS::SQS::QueuePolicy
          Properties:
            Queues: [!Ref Queue]
            PolicyDocument:
              Statement:
                - Effect: Allow
                  Principal: "*"  # <- here
                  Action: sqs:SendMessage
                  Resource: !GetAtt Queue.Arn
        """,
    ),
    good(
        "cloudformation",
        """
        Queue:
          Type: AWS::SQS::Queue
        Policy:
          Type: AWS::SQS::QueuePolicy
          Properties:
            Queues: [!Ref Queue]
            PolicyDocument:
              Statement:
                - Effect: Allow
                  Principal: "*"
                  Action: sqs:SendMessage
                  Resource: !GetAtt Queue.Arn
                  Condition: {ArnEquals: {aws:SourceArn: !Ref Topic}}
                - Effect: Deny
                  Principal: "*"
                  Action: sqs:*
                  Resource: !GetAtt Queue.Arn
                  Condition: {Bool: {aws:SecureTransport: false}}
        Topic:
          Type: AWS::SNS::Topic
        """,
    ),
    bad(
        "cloudformation",
        """
        Hello:
          Type: AWS::Lambda::Function
          Properties: {Handler: app.handler, Runtime: python3.13, Role: !GetAtt Role.Arn}
        Anyone:
          Type: AWS::Lambda::Permission
          Properties:
            FunctionName: !Ref Hello
            Action: lambda:InvokeFunction
            Principal: "*"  # <- here
        """,
    ),
    bad(
        "terraform",
        """
        resource "aws_s3_bucket" "files" {
          bucket = "acme-files"
        }
        resource "aws_s3_bucket_policy" "files" {
          bucket = aws_s3_bucket.files.id
          policy = jsonencode({
            Version = "2012-10-17"
            Statement = [{
              Effect    = "Allow"
              Principal = "*" # <- here
              Action    = "s3:GetObject"
              Resource  = "${aws_s3_bucket.files.arn}/*"
            }]
          })
        }
        """,
    ),
    good(
        "cloudformation",
        """
        Search:
          Type: AWS::OpenSearchService::Domain
          Properties:
            VPCOptions: {SubnetIds: [subnet-1], SecurityGroupIds: [sg-1]}
            AccessPolicies:
              Statement: [{Effect: Allow, Principal: {AWS: "*"}, Action: es:ESHttp*, Resource: "*"}]
        """,
    ),
    bad(
        "cloudformation",
        """
        Search:
          Type: AWS::OpenSearchService::Domain
          Properties:
            AccessPolicies:
              Statement:
                - Effect: Allow
                  Principal: {AWS: "*"}  # <- here
                  Action: es:ESHttp*
                  Resource: "*"
        """,
    ),
]
