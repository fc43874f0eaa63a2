"""A VPC endpoint that lets everything through.

What it does
------------
Reports VPC endpoints whose policy allows every principal every action on every resource, when it is written out.

Why it matters
--------------
A function taken over can copy data through the endpoint into a bucket of the attacker's account.

How to fix
----------
Limit the policy to your own accounts and resources (`aws:ResourceOrgID`, named buckets).

When to allow it
----------------
Endpoints in networks without confidential data.

References
----------
- https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, Violation, bad, good, rule
from casemate.model.policy import ResourcePolicy


@rule("endpoint-policy-open", weakness="open-network", severity=LOW, tags=["cwe-284"], profile="strict")
def check(policy: ResourcePolicy, system: System) -> Iterator[Outcome]:
    if policy.subject != "endpoint":
        return
    for statement in policy.statements:
        if (
            statement.effect == "Allow"
            and not statement.conditions
            and any(term.is_star for term in statement.resources)
            and any(term.is_star for term in statement.actions)
        ):
            yield Violation(f"The endpoint {policy.name} lets everything through", statement.at)


CASES = [
    bad(
        "cloudformation",
        """
        Endpoint:
          Type: AWS::EC2::VPCEndpoint
          Properties:
            VpcId: vpc-1
            ServiceName: com.amazonaws.eu-west-1.s3
            PolicyDocument:
              Statement:
                - {Effect: Allow, Principal: "*", Action: "*", Resource: "*"}  # <- here
        """,
    ),
    good(
        "cloudformation",
        """
        Endpoint:
          Type: AWS::EC2::VPCEndpoint
          Properties:
            VpcId: vpc-1
            ServiceName: com.amazonaws.eu-west-1.s3
            PolicyDocument:
              Statement:
                - {Effect: Allow, Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::acme-files/*"}
        """,
    ),
]
