"""A role that another account can be talked into using.

What it does
------------
Reports roles that trust another AWS account by number, without a condition on `sts:ExternalId`, an organisation or a
source.

Why it matters
--------------
A vendor that works for many customers can be tricked by one of them into using the role of another (the confused
deputy). The external id is what ties the call to you.

How to fix
----------
Add a condition `StringEquals: {sts:ExternalId: …}` with the id that the vendor gave you, or `aws:PrincipalOrgID` when
the account is your own organisation's.

When to allow it
----------------
Accounts of your own organisation, when everybody in them may use the role.

References
----------
- https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, Violation, bad, good, rule
from casemate.model.pattern import late
from casemate.model.policy import Role

_ACCOUNT = late(r"(?:arn:aws[\w-]*:iam::)?(\d{12})(?::root)?")
_PINS = (
    "sts:externalid",
    "aws:principalorgid",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:principalarn",
    "aws:multifactorauthpresent",
    "aws:sourceip",
)


@rule(
    "external-trust-without-id",
    weakness="confused-deputy",
    severity=LOW,
    confidence="medium",
    tags=["cwe-441"],
    profile="strict",
)
def check(role: Role, system: System) -> Iterator[Outcome]:
    for statement in role.trust:
        if statement.effect != "Allow" or any(
            condition.key.lower().startswith(_PINS) for condition in statement.conditions
        ):
            continue
        for principal in statement.principals:
            match = _ACCOUNT.fullmatch(principal.term.text) if principal.type == "AWS" else None
            if match:
                yield Violation(
                    f"Account {match[1]} can assume {role.name} without an external id",
                    principal.term.at,
                    resource=role,
                    cause=match[1],
                )


CASES = [
    bad(
        "cloudformation",
        """
        Vendor:
          Type: AWS::IAM::Role
          Properties:
            AssumeRolePolicyDocument:
              Statement:
                - Effect: Allow
                  Principal:
                    AWS: arn:aws:iam::123456789012:root  # <- here
                  Action: sts:AssumeRole
        """,
    ),
    good(
        "cloudformation",
        """
        Vendor:
          Type: AWS::IAM::Role
          Properties:
            AssumeRolePolicyDocument:
              Statement:
                - Effect: Allow
                  Principal: {AWS: arn:aws:iam::123456789012:root}
                  Action: sts:AssumeRole
                  Condition: {StringEquals: {sts:ExternalId: a1b2c3}}
                - Effect: Allow
                  Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:root"}
                  Action: sts:AssumeRole
        """,
    ),
]
