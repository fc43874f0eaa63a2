"""A role that anybody can assume.

What it does
------------
Reports trust policies that let everybody in: `Principal: *` without a condition that pins the caller, or a wildcard
federated provider.

Why it matters
--------------
Any AWS customer can take the role, and with it everything it may do.

How to fix
----------
Name the service, account or identity provider that may assume the role, and pin it by `aws:SourceArn`,
`sts:ExternalId` or the provider's subject.

When to allow it
----------------
Never.

References
----------
- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System, is_public
from casemate.authoring import CRITICAL, Outcome, Violation, bad, good, rule
from casemate.model.policy import Role


@rule("trust-policy-open", weakness="public-access", severity=CRITICAL, tags=["cwe-284", "owasp-sls-06"])
def check(role: Role, system: System) -> Iterator[Outcome]:
    for statement in role.trust:
        if is_public(statement) and not any(
            condition.key.lower() == "sts:externalid" for condition in statement.conditions
        ):
            principal = next((entry for entry in statement.principals if entry.is_anyone), None)
            yield Violation(
                f"Anybody with an AWS account can assume {role.name}",
                principal.term.at if principal else statement.at,
                resource=role,
                evidence={"conditions": ", ".join(condition.key for condition in statement.conditions) or "none"},
            )


CASES = [
    bad(
        "cloudformation",
        """
        Role:
          Type: AWS::IAM::Role
          Properties:
            AssumeRolePolicyDocument:
              Statement:
                - Effect: Allow
                  Principal:
                    AWS: "*"  # <- here
                  Action: sts:AssumeRole
        """,
    ),
    good(
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
                - Effect: Allow
                  Principal: {AWS: "*"}
                  Action: sts:AssumeRole
                  Condition: {StringEquals: {"aws:PrincipalOrgID": o-abcdefghij}}
        """,
    ),
]
