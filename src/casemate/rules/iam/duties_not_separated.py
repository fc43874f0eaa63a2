"""One identity that may do what takes two.

What it does
------------
Reports roles, users and groups whose rights together hold two duties that belong to different hands:

- change a function's code, and change or approve its deployment pipeline;
- ask for a change, and approve it;
- write data, and delete the logs, trails or backups of it;
- use a key, and administer it.

Rights are judged as one set over all policies, with denies and the permissions boundary applied. Administrators and
whole-service wildcards are reported by other rules. The configuration adds pairs, and takes some away:

    [rules.duties-not-separated]
    without = ["data-and-backups"]
    pairs = [{name = "pay-and-release", first = ["dynamodb:PutItem"], second = ["states:SendTaskSuccess"]}]

Why it matters
--------------
Whoever takes over the identity, or holds it and errs, needs nobody else: the change approves itself, and what was done
leaves no trace.

How to fix
----------
Split the role in two, or deny one half with a permissions boundary or a service control policy.

When to allow it
----------------
Break-glass roles whose every use raises an alarm.

References
----------
- https://docs.aws.amazon.com/wellarchitected/latest/security-pillar/permissions-management.html
- https://csrc.nist.gov/projects/cprt/catalog#/cprt/framework/version/SP_800_53_5_1_1/home?element=AC-05
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.access.duties import Pair, Together, configured, together, together_by_roles
from casemate.analysis.access.permissions import granted_to
from casemate.analysis.system import System
from casemate.authoring import MEDIUM, Outcome, Violation, bad, good, rule
from casemate.model.location import Span
from casemate.model.policy import Role


@rule("duties-not-separated", weakness="separation-of-duties", severity=MEDIUM, tags=["cwe-250", "cwe-653"])
def check(role: Role, system: System) -> Iterator[Outcome]:
    pairs = configured(system.options("duties-not-separated"))
    if role.cloud != "aws":
        yield from _by_roles(role, system, pairs)
        return
    if not (role.statements or role.managed):
        return
    by_place: dict[Span, list[Together]] = {}
    for found in together(system.grants(role), pairs):
        by_place.setdefault(found.second.at, []).append(found)
    for at, group in by_place.items():  # one statement that is too wide joins many duties, and is one cause
        one = group[0]
        first, second = one.first, one.second
        more = f" (and {len(group) - 1} more such pairs)" if len(group) > 1 else ""
        yield Violation(
            f"{role.name} may both {one.pair.first} ({one.first_action}) and {one.pair.second} ({one.second_action}){more}",
            at,
            resource=role if second.owner == role.name else second.owner,
            evidence={
                "duties": ", ".join(found.pair.name for found in group),
                "first": first.origin,
                "second": second.origin,
            },
            related=((first.at, f"grants {one.first_action}"),) if first.at != second.at else (),
            cause=one.pair.name,
        )


def _by_roles(identity: Role, system: System, pairs: tuple[Pair, ...]) -> Iterator[Outcome]:
    """An identity of Azure or Google, whose rights are its bindings."""
    if identity.kind != "identity" or not system.inventory.bindings:
        return
    for found in together_by_roles(granted_to(identity, system), pairs):
        first, second = found.first.binding, found.second.binding
        yield Violation(
            f"{identity.name} may both {found.pair.first} ({found.first_action}) and {found.pair.second} "
            f"({found.second_action})",
            second.role.at,
            resource=second,
            evidence={"duties": found.pair.name, "first": first.role.text, "second": second.role.text},
            related=((first.role.at, f"grants {found.first_action}"),) if first is not second else (),
            cause=f"{found.pair.name} {identity.name}",
        )


CASES = [
    bad(
        "cloudformation",
        """
        Release:
          Type: AWS::IAM::Role
          Properties:
            AssumeRolePolicyDocument:
              Statement: [{Effect: Allow, Principal: {Service: codebuild.amazonaws.com}, Action: sts:AssumeRole}]
            Policies:
              - PolicyName: code
                PolicyDocument:
                  Statement:
                    - Effect: Allow
                      Action: lambda:UpdateFunctionCode
                      Resource: arn:aws:lambda:eu-west-1:123456789012:function:shop
              - PolicyName: approve
                PolicyDocument:
                  Statement:
                    - Effect: Allow  # <- here
                      Action: codepipeline:PutApprovalResult
                      Resource: arn:aws:codepipeline:eu-west-1:123456789012:shop/*
        """,
    ),
    good(
        "cloudformation",
        """
        Code:
          Type: AWS::IAM::Role
          Properties:
            AssumeRolePolicyDocument:
              Statement: [{Effect: Allow, Principal: {Service: codebuild.amazonaws.com}, Action: sts:AssumeRole}]
            Policies:
              - PolicyName: code
                PolicyDocument:
                  Statement:
                    - Effect: Allow
                      Action: lambda:UpdateFunctionCode
                      Resource: arn:aws:lambda:eu-west-1:123456789012:function:shop
        Approve:
          Type: AWS::IAM::Role
          Properties:
            AssumeRolePolicyDocument:
              Statement: [{Effect: Allow, Principal: {AWS: arn:aws:iam::123456789012:role/people}, Action: sts:AssumeRole}]
            Policies:
              - PolicyName: approve
                PolicyDocument:
                  Statement:
                    - Effect: Allow
                      Action: [codepipeline:PutApprovalResult, lambda:UpdateFunctionCode]
                      Resource: "*"
                    - Effect: Deny
                      Action: lambda:UpdateFunctionCode
                      Resource: "*"
        """,
    ),
    bad(
        "sam",
        """
        Orders:
          Type: AWS::Serverless::Function
          Properties:
            Handler: app.handler
            Runtime: python3.13
            Policies:
              - Statement:
                  - Effect: Allow
                    Action: [dynamodb:PutItem, dynamodb:GetItem]
                    Resource: arn:aws:dynamodb:eu-west-1:123456789012:table/orders
                  - Effect: Allow  # <- here
                    Action: [logs:PutLogEvents, logs:DeleteLogGroup]
                    Resource: "*"
        """,
    ),
    bad(
        "terraform",
        """
        resource "google_service_account" "worker" {
          account_id = "worker"
        }
        resource "google_project_iam_member" "data" {
          project = "shop"
          role    = "roles/datastore.user"
          member  = "serviceAccount:${google_service_account.worker.email}"
        }
        resource "google_project_iam_member" "logs" {
          project = "shop"
          role    = "roles/logging.admin" # <- here
          member  = "serviceAccount:${google_service_account.worker.email}"
        }
        """,
    ),
    good(
        "terraform",
        """
        resource "google_service_account" "worker" {
          account_id = "worker"
        }
        resource "google_project_iam_member" "data" {
          project = "shop"
          role    = "roles/datastore.user"
          member  = "serviceAccount:${google_service_account.worker.email}"
        }
        resource "google_project_iam_member" "logs" {
          project = "shop"
          role    = "roles/logging.logWriter"
          member  = "serviceAccount:${google_service_account.worker.email}"
        }
        """,
    ),
    good(
        "cloudformation",
        """
        Files:
          Type: AWS::IAM::Role
          Properties:
            AssumeRolePolicyDocument:
              Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}]
            Policies:
              - PolicyName: files
                PolicyDocument:
                  Statement:
                    - {Effect: Allow, Action: "*", Resource: arn:aws:s3:::shop-files/*}
                    - {Effect: Allow, Action: "*", Resource: !GetAtt Own.Arn}
        Own:
          Type: AWS::S3::Bucket
        """,
    ),
]
