"""A control policy that AWS Organizations does not take.

What it does
------------
Reports service control policies with a `Principal` or `NotPrincipal`, resource control policies that allow, that name
somebody else than everybody as `Principal` or nobody, or that use `NotPrincipal` or `NotAction`, and more policies on
one root, organisational unit or account than the quota allows (ten service control policies, five resource control
policies). Since September 2025 a service control policy may use the rest of the policy language: conditions, resources
and `NotAction` under Allow, `NotResource`, wildcards anywhere in an action.

Why it matters
--------------
AWS refuses the policy or its attachment, so the limit that the file promises is not there, in any account of the
organisation. Whoever reviews the file believes that it is.

How to fix
----------
Exempt principals by a condition on `aws:PrincipalArn` instead of `NotPrincipal`. Write a resource control policy with
`"Effect": "Deny"`, `"Principal": "*"` and `Action`; RCPFullAWSAccess, which cannot be detached, allows the rest. Merge
policies, or attach some of them one level higher.

When to allow it
----------------
A file that is no policy of AWS Organizations by itself but is filled in before it is deployed.

References
----------
- https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html
- https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html
- https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from casemate.analysis.access.control_policies import CONTROL_LIMITS, ControlPolicy, control_policies
from casemate.analysis.system import System
from casemate.authoring import MEDIUM, Outcome, Violation, bad, good, rule
from casemate.model.policy import Statement
from casemate.model.resource import Stack
from casemate.model.value import Value, display

if TYPE_CHECKING:
    from casemate.analysis.access.evaluation.document import PolicyKind

_WORDS = {"scp": "service control policy", "rcp": "resource control policy"}
_MANY = {"scp": "service control policies", "rcp": "resource control policies"}


@rule("control-policy-rejected", weakness="missing-permission", severity=MEDIUM, tags=["cwe-284"])
def check(stack: Stack, system: System) -> Iterator[Outcome]:
    attached: dict[tuple[PolicyKind, str], dict[str, tuple[ControlPolicy, Value]]] = {}
    for policy in control_policies(stack, system.inventory):
        if policy.resource.generated:
            continue
        for statement in policy.statements:
            for what in _refused(policy, statement):
                yield Violation(
                    what,
                    statement.at,
                    resource=policy.resource.name,
                    evidence={"policy": policy.label, "statement": statement.sid or ""},
                    cause=f"{policy.resource.name} {what}",
                )
        if policy.resource.condition is None:
            for target in policy.targets:
                attached.setdefault((policy.kind, display(target)), {})[policy.resource.key] = (policy, target)
    for (kind, holder), policies in attached.items():
        _, most = CONTROL_LIMITS[kind]
        if len(policies) > most:
            last, surplus = list(policies.values())[most]
            yield Violation(
                f"{len(policies)} {_MANY[kind]} are attached to {holder}, and {most} are the most",
                surplus.at,
                resource=last.resource.name,
                evidence={"policies": ", ".join(each.resource.name for each, _ in policies.values())},
                cause=f"{kind} {holder}",
            )


def _refused(policy: ControlPolicy, statement: Statement) -> Iterator[str]:
    """What of a statement the syntax of its kind of policy does not have ("SCP syntax", "RCP syntax")."""
    word = _WORDS[policy.kind]
    if statement.not_principals:
        yield f"A {word} has no NotPrincipal: exempt principals by a condition on aws:PrincipalArn"
    if policy.kind == "scp":
        if statement.principals:
            yield f"A {word} has no Principal: it binds the principals of the accounts that it is attached to"
        return
    if statement.effect == "Allow":
        yield f"A {word} may only deny: RCPFullAWSAccess allows, and no other policy of this kind may"
    if statement.not_actions:
        yield f"A {word} has no NotAction: list the actions that are denied"
    named = [each for each in statement.principals if each.term.known and not each.term.is_star]
    if named:
        yield f"A {word} speaks of everybody: Principal must be *, not {named[0].term.text}; use conditions"
    elif not statement.principals and not statement.not_principals:
        yield f'A {word} needs "Principal": "*" in every statement'


CASES = [
    bad(
        "cloudformation",
        """
        Guard:
          Type: AWS::Organizations::Policy
          Properties:
            Name: guard
            Type: RESOURCE_CONTROL_POLICY
            TargetIds: [r-ab12]
            Content:
              Version: "2012-10-17"
              Statement:
                - Effect: Allow  # <- here
                  Principal: "*"
                  Action: s3:*
                  Resource: "*"
                - Effect: Deny  # <- here
                  Principal: {AWS: arn:aws:iam::111122223333:role/worker}
                  Action: s3:DeleteBucket
                  Resource: "*"
                - Effect: Deny  # <- here
                  Action: s3:DeleteObject
                  Resource: "*"
                - Effect: Deny  # <- here
                  Principal: "*"
                  NotAction: s3:GetObject
                  Resource: "*"
        """,
    ),
    bad(
        "terraform",
        """
        resource "aws_organizations_policy" "guard" {
          name    = "guard"
          content = data.aws_iam_policy_document.guard.minified_json
        }
        data "aws_iam_policy_document" "guard" {
          statement { # <- here
            effect    = "Deny"
            actions   = ["cloudtrail:StopLogging"]
            resources = ["*"]
            not_principals {
              type        = "AWS"
              identifiers = ["arn:aws:iam::111122223333:role/security"]
            }
          }
        }
        """,
    ),
    good(
        "cloudformation",
        """
        Service:
          Type: AWS::Organizations::Policy
          Properties:
            Name: service
            Type: SERVICE_CONTROL_POLICY
            TargetIds: [r-ab12]
            Content:
              Version: "2012-10-17"
              Statement:
                - Effect: Allow
                  NotAction: organizations:*Handshake*
                  NotResource: arn:aws:s3:::audit/*
                  Condition: {StringEquals: {aws:RequestedRegion: eu-west-1}}
        Resource:
          Type: AWS::Organizations::Policy
          Properties:
            Name: resource
            Type: RESOURCE_CONTROL_POLICY
            TargetIds: [r-ab12]
            Content:
              Version: "2012-10-17"
              Statement:
                - Effect: Deny
                  Principal: "*"
                  Action: s3:*
                  NotResource: arn:aws:s3:::public/*
                  Condition: {BoolIfExists: {aws:SecureTransport: "false"}}
                - Effect: Deny
                  Principal: {AWS: "*"}
                  Action: sqs:*
                  Resource: "*"
        Tags:
          Type: AWS::Organizations::Policy
          Properties:
            Name: tags
            Type: TAG_POLICY
            TargetIds: [r-ab12]
            Content: {tags: {owner: {tag_key: {"@@assign": owner}}}}
        """,
    ),
    bad(
        "terraform",
        """
        PADDING
        resource "aws_organizations_policy" "last" {
          name    = "last"
          type    = "RESOURCE_CONTROL_POLICY"
          content = jsonencode({Version = "2012-10-17", Statement = [
            {Effect = "Deny", Principal = "*", Action = "s3:PutBucketPolicy", Resource = "*"}
          ]})
        }
        resource "aws_organizations_policy_attachment" "last" {
          policy_id = aws_organizations_policy.last.id
          target_id = "ou-ab12-abcdefgh" # <- here
        }
        """.replace(
            "PADDING",
            "\n".join(
                f"""
        resource "aws_organizations_policy" "p{number}" {{
          name    = "p{number}"
          type    = "RESOURCE_CONTROL_POLICY"
          content = jsonencode({{Version = "2012-10-17", Statement = [
            {{Effect = "Deny", Principal = "*", Action = "s3:DeleteBucket", Resource = "*"}}
          ]}})
        }}
        resource "aws_organizations_policy_attachment" "p{number}" {{
          policy_id = aws_organizations_policy.p{number}.id
          target_id = "ou-ab12-abcdefgh"
        }}"""
                for number in range(5)
            ),
        ),
    ),
]
