"""A subnet that gives every machine a public address.

What it does
------------
Reports subnets that assign public addresses by default.

Why it matters
--------------
What is started there, also by mistake or by a scaling group, is reachable from the internet.

How to fix
----------
Set `MapPublicIpOnLaunch: false` and give public addresses only to load balancers and gateways.

When to allow it
----------------
Subnets for load balancers and NAT gateways.

References
----------
- https://docs.aws.amazon.com/vpc/latest/userguide/subnet-public-ip.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Change, Fix, Outcome, bad, good, judge, rule
from casemate.model.network import Network


@rule("subnet-assigns-public-addresses", weakness="open-network", severity=LOW, tags=["cwe-668"], profile="strict")
def check(network: Network, system: System) -> Iterator[Outcome]:
    if network.kind == "subnet":
        change = Change(network.id, "set", ("MapPublicIpOnLaunch",), False)
        fix = Fix("Give public addresses only where asked for", safe=False, changes=(change,))
        yield from judge(
            network.public_addresses,
            bool,
            f"Machines in {network.name} get a public address by default",
            fixes=(fix,) if network.cloud == "aws" else (),
        )


CASES = [
    bad(
        "cloudformation",
        """
        Public:
          Type: AWS::EC2::Subnet
          Properties:
            VpcId: vpc-1
            CidrBlock: 10.0.0.0/24
            MapPublicIpOnLaunch: true  # <- here
        """,
    ),
    good(
        "cloudformation",
        """
        Private:
          Type: AWS::EC2::Subnet
          Properties: {VpcId: vpc-1, CidrBlock: 10.0.0.0/24}
        """,
    ),
]
