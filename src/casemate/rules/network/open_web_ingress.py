"""A web port that is open to the internet.

What it does
------------
Reports inbound rules that let everybody reach ports 80 and 443.

Why it matters
--------------
It is what a public web server needs; an inventory of these openings shows which machines are public at all.

How to fix
----------
Put a load balancer or distribution with a web application firewall in front and open the port to it alone.

When to allow it
----------------
Public web servers and load balancers.

References
----------
- https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, Violation, bad, good, rule
from casemate.model.network import Network

_ANYWHERE = frozenset({"0.0.0.0/0", "::/0", "*", "internet"})
_WEB = frozenset({80, 443})


@rule("open-web-ingress", weakness="open-network", severity=LOW, tags=["cwe-284"], profile="strict")
def check(network: Network, system: System) -> Iterator[Outcome]:
    for entry in network.rules:
        if (
            entry.direction != "in"
            or not entry.allow
            or entry.group is not None
            or entry.from_port.value != entry.to_port.value
        ):
            continue
        port = entry.from_port.value
        if port in _WEB and entry.source.ever(lambda source: source.lower() in _ANYWHERE):
            yield Violation(
                f"Everybody on the internet can reach port {port} of {entry.owner}",
                entry.source.at,
                resource=entry.owner,
                cause=f"in {port}",
            )


CASES = [
    bad(
        "cloudformation",
        """
        Web:
          Type: AWS::EC2::SecurityGroup
          Properties:
            GroupDescription: web
            SecurityGroupIngress:
              - IpProtocol: tcp
                FromPort: 443
                ToPort: 443
                CidrIp: 0.0.0.0/0  # <- here
        """,
    ),
    good(
        "cloudformation",
        """
        Web:
          Type: AWS::EC2::SecurityGroup
          Properties:
            GroupDescription: web
            SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/8}]
        """,
    ),
]
