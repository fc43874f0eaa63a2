"""An identity that can give itself more rights.

What it does
------------
Reports roles, users and groups whose rights together open a known escalation path: passing a privileged role to
something they create, changing code that runs with another role, widening their own policies, or becoming another
identity. Rights are judged as one set over all policies, with denies, the permissions boundary, `iam:PassedToService`
and tag conditions applied; grants limited to harmless resources open no path.

Why it matters
--------------
Nothing in the single policies looks dangerous, but whoever takes over the identity can reach the rights of every role
it can pass or change, often an administrator's.

How to fix
----------
Limit `iam:PassRole` to the one role it is for and pin `iam:PassedToService`; limit changes of functions, policies and
stacks to named resources; or add a permissions boundary.

When to allow it
----------------
Deployment pipelines whose role is itself protected like an administrator's.

References
----------
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
- https://pathfinding.cloud
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.access.climbing import Climb, climbs
from casemate.analysis.access.grants import matches, service_wildcards
from casemate.analysis.system import System
from casemate.authoring import CRITICAL, HIGH, Outcome, Violation, bad, good, rule
from casemate.model.policy import Role


@rule("privilege-escalation", weakness="privilege-escalation", severity=HIGH, tags=["cwe-269", "owasp-sls-06"])
def check(role: Role, system: System) -> Iterator[Outcome]:
    if role.cloud != "aws":
        return  # role-binding-escalates speaks of the other clouds
    found = [climb for climb in climbs(role, system) if not _has_another_cause(climb)]
    if not found:
        return
    first = min(found, key=lambda climb: len(climb.grants))
    place = first.grants[0]
    functions = system.functions_of(role)
    exposed = any(system.exposure(function) == "public" for function in functions)
    more = f" (and {len(found) - 1} more way{'' if len(found) == 2 else 's'})" if len(found) > 1 else ""
    yield Violation(
        f"{role.name} can gain the rights of others: {_sentence(first.path.name)}{more}",
        place.at,
        severity=CRITICAL if exposed else HIGH,
        resource=role if place.owner == role.name else place.owner,
        evidence={
            "needs": ", ".join(requirement.action for requirement in first.path.requires),
            "ways": ", ".join(climb.path.id for climb in found[:8]),
            **({"runs in": ", ".join(function.name for function in functions[:4])} if functions else {}),
        },
        related=tuple(
            (grant.at, f"grants {requirement.action}")
            for grant, requirement in zip(first.grants[1:], first.path.requires[1:], strict=True)
        ),
        cause=first.path.id,
    )


def _has_another_cause(climb: Climb) -> bool:
    """Whether the path only follows from what another rule reports.

    Every right comes from one AWS managed policy (managed-policy-too-broad, or a service's own role), or from
    wildcards over whole services other than IAM (wildcard-action). A managed policy that the template itself declares
    is its own owner, and no excuse.
    """
    origins = {(grant.origin, grant.owner) for grant in climb.grants}
    origin, owner = next(iter(origins))
    if len(origins) == 1 and origin.startswith("managed policy") and origin != f"managed policy {owner}":
        return True
    for requirement, grant in zip(climb.path.requires, climb.grants, strict=True):
        if requirement.action.startswith(("iam:", "sts:")):
            return False
        if not all(service_wildcards(pattern) for pattern in grant.actions if matches(pattern, requirement.action)):
            return False
    return True


def _sentence(name: str) -> str:
    return name[:1].lower() + name[1:]


CASES = [
    bad(
        "sam",
        """
        Deployer:
          Type: AWS::Serverless::Function
          Properties:
            Handler: app.handler
            Runtime: python3.13
            Policies:
              - Statement:
                  - Effect: Allow  # <- here
                    Action: iam:PassRole
                    Resource: "*"
              - Statement:
                  - Effect: Allow
                    Action: [lambda:CreateFunction, lambda:InvokeFunction]
                    Resource: "*"
        """,
    ),
    good(
        "sam",
        """
        Deployer:
          Type: AWS::Serverless::Function
          Properties:
            Handler: app.handler
            Runtime: python3.13
            Policies:
              - Statement:
                  - Effect: Allow
                    Action: iam:PassRole
                    Resource: "*"
                    Condition: {StringEquals: {"iam:PassedToService": states.amazonaws.com}}
              - Statement:
                  - Effect: Allow
                    Action: [lambda:CreateFunction, lambda:InvokeFunction]
                    Resource: "*"
        """,
    ),
    good(
        "sam",
        """
        Deployer:
          Type: AWS::Serverless::Function
          Properties:
            Handler: app.handler
            Runtime: python3.13
            Policies:
              - Statement:
                  - Effect: Allow
                    Action: iam:PassRole
                    Resource: !GetAtt Worker.Arn
              - Statement:
                  - Effect: Allow
                    Action: [lambda:CreateFunction, lambda:InvokeFunction]
                    Resource: "*"
        Worker:
          Type: AWS::IAM::Role
          Properties:
            AssumeRolePolicyDocument:
              Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}]
        """,
    ),
    bad(
        "terraform",
        """
        resource "aws_iam_user" "dev" {
          name = "dev"
        }
        resource "aws_iam_policy" "dev" {
          policy = jsonencode({
            Statement = [{  # <- here
              Effect   = "Allow"
              Action   = "iam:CreatePolicyVersion"
              Resource = "*"
            }]
          })
        }
        resource "aws_iam_user_policy_attachment" "dev" {
          user       = aws_iam_user.dev.name
          policy_arn = aws_iam_policy.dev.arn
        }
        """,
    ),
]
