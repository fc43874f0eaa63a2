"""Plain HTTP that is open to the internet.

What it does
------------
Reports inbound rules that let everybody reach port 80, except those of a load balancer that faces the internet, which
is there for that. HTTPS (port 443) is what public servers are for.

Why it matters
--------------
What is sent there can be read and changed on its way; and it shows which machines are public without a balancer.

How to fix
----------
Serve HTTPS only; put a load balancer or distribution with a web application firewall in front and open the port to
it alone.

When to allow it
----------------
Public web servers that redirect to HTTPS.

References
----------
- https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, Violation, bad, good, rule
from casemate.model.network import Network
from casemate.model.value import references

_ANYWHERE = frozenset({"0.0.0.0/0", "::/0", "*", "internet"})
_PLAIN = 80


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
        if port == _PLAIN and entry.source.ever(lambda source: source.lower() in _ANYWHERE):
            if _is_of_public_balancer(network, system):
                return
            yield Violation(
                f"Everybody on the internet can reach port {port} of {entry.owner}",
                entry.source.at,
                resource=entry.owner,
                cause=f"in {port}",
            )


def _is_of_public_balancer(network: Network, system: System) -> bool:
    return any(
        f"{api.stack}#{reference.target}" == network.id
        for api in system.inventory.apis
        if api.kind == "load-balancer" and not api.private.ever(bool)
        for reference in references(api.resource.properties)
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
                FromPort: 80
                ToPort: 80
                CidrIp: 0.0.0.0/0  # <- here
              - IpProtocol: tcp
                FromPort: 443
                ToPort: 443
                CidrIp: 0.0.0.0/0
        """,
    ),
    good(
        "cloudformation",
        """
        Web:
          Type: AWS::EC2::SecurityGroup
          Properties:
            GroupDescription: web
            SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: 10.0.0.0/8}]
        """,
    ),
    good(
        "terraform",
        """
        resource "aws_security_group" "front" {
          ingress {
            from_port   = 80
            to_port     = 80
            protocol    = "tcp"
            cidr_blocks = ["0.0.0.0/0"]
          }
        }
        resource "aws_lb" "front" {
          load_balancer_type = "application"
          security_groups    = [aws_security_group.front.id]
        }
        """,
    ),
]
