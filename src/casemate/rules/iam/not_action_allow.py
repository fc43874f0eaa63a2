"""A permission for everything but a list.

What it does
------------
Reports Allow statements that use `NotAction`, or `NotResource` on writes, without a condition that pins them.

Why it matters
--------------
`Allow` with `NotAction` grants every action of AWS that is not in the list, those of services that do not exist yet
included. It is nearly always meant to be a Deny.

How to fix
----------
Write what is allowed as `Action`. To forbid something, use a separate `Deny` statement.

When to allow it
----------------
Organisation guard rails (SCPs), which work by subtraction.

References
----------
- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import HIGH, MEDIUM, Outcome, Violation, bad, good, rule
from casemate.model.policy import Role


@rule("not-action-allow", weakness="over-permissive-iam", severity=HIGH, tags=["cwe-732", "owasp-sls-06"])
def check(role: Role, system: System) -> Iterator[Outcome]:
    for statement in role.statements:
        if statement.effect != "Allow" or statement.implied:
            continue
        listed = statement.not_actions or statement.not_resources
        if not listed:
            continue
        what = "action" if statement.not_actions else "resource"
        yield Violation(
            f"{statement.owner} is allowed every {what} except {len(listed)}",
            listed[0].at,
            severity=MEDIUM if statement.conditions or not statement.not_actions else HIGH,
            resource=statement.owner,
            evidence={"statement": statement.origin, "except": ", ".join(term.text for term in listed[:6])},
            cause=statement.sid or listed[0].text,
        )


CASES = [
    bad(
        "cloudformation",
        """
        Role:
          Type: AWS::IAM::Role
          Properties:
            AssumeRolePolicyDocument:
              Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}]
            Policies:
              - PolicyName: nearly-all
                PolicyDocument:
                  Statement:
                    - Effect: Allow
                      NotAction: "iam:*"  # <- here
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
              - PolicyName: guard
                PolicyDocument:
                  Statement:
                    - Effect: Deny
                      NotAction: "s3:GetObject"
                      Resource: "*"
        """,
    ),
]
