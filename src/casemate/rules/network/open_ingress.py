"""A port that is open to the internet.

What it does
------------
Reports inbound rules of security groups, network security groups, network ACLs and firewalls that allow everybody
(`0.0.0.0/0`, `::/0`, `*`, `Internet`) to reach administration ports, databases, caches, or all ports. Ports 80 and
443 are what public web servers are for and are not reported here. A network ACL that lets everything in is how AWS
makes them, with the security groups as the filter, and no finding; one that opens a single sensitive port is.

Why it matters
--------------
Everything on the internet scans these ports all day. Behind them stands at best a password.

How to fix
----------
Allow the security group or address range that needs it; reach machines through Session Manager, a bastion service or
IAP.

When to allow it
----------------
A public service on an unusual port that is meant for everybody; suppress it with the reason.

References
----------
- https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import CRITICAL, HIGH, MEDIUM, Outcome, Violation, bad, good, rule, unresolved
from casemate.authoring.outcome import Undecidable
from casemate.model.finding import Severity
from casemate.model.network import Network, NetworkRule
from casemate.model.setting import Unresolved

_ANYWHERE = frozenset(
    {
        "0.0.0.0/0",
        "::/0",
        "*",
        "internet",
        "any",
        "0.0.0.0",
        "<nw>/0",
        "/0",
        "0000:0000:0000:0000:0000:0000:0000:0000/0",
    }
)
_WEB = frozenset({80, 443})
_SENSITIVE: dict[int, str] = {
    20: "FTP", 21: "FTP", 22: "SSH", 23: "Telnet", 25: "SMTP", 135: "RPC", 137: "NetBIOS", 139: "NetBIOS", 389: "LDAP", 445: "SMB", 636: "LDAPS",
    873: "rsync", 1433: "SQL Server", 1521: "Oracle", 2049: "NFS", 2375: "Docker", 2376: "Docker", 2379: "etcd", 3306: "MySQL", 3389: "RDP",
    4333: "mSQL", 5432: "PostgreSQL", 5439: "Redshift", 5601: "Kibana", 5672: "AMQP", 5900: "VNC", 5984: "CouchDB", 5985: "WinRM", 5986: "WinRM",
    6379: "Redis", 6443: "Kubernetes", 7001: "Cassandra", 8086: "InfluxDB", 8182: "Neptune", 9042: "Cassandra", 9092: "Kafka", 9200: "OpenSearch",
    9300: "OpenSearch", 10250: "kubelet", 11211: "memcached", 15672: "RabbitMQ", 27017: "MongoDB", 27018: "MongoDB", 50070: "HDFS",
}  # fmt: skip
_ALL_PORTS = 1024
"""A range of at least this many ports is as good as all."""


@rule("open-ingress", weakness="open-network", severity=HIGH, tags=["cwe-284", "cwe-668"])
def check(network: Network, system: System) -> Iterator[Outcome]:
    for entry in network.rules:
        if entry.direction != "in" or not entry.allow or entry.group is not None:
            continue
        open_leaf = next(
            (
                leaf
                for _, leaf in entry.source.leaves()
                if not isinstance(leaf, Unresolved) and leaf.value.lower() in _ANYWHERE
            ),
            None,
        )
        if open_leaf is None:
            yield from (Undecidable(leaf) for _, leaf in entry.source.leaves() if isinstance(leaf, Unresolved))
            continue
        judged = _judge(entry, network)
        if judged is None:
            continue
        what, severity = judged
        yield Violation(
            f"Everybody on the internet can reach {what} of {entry.owner}",
            open_leaf.at,
            severity=severity,
            resource=entry.owner,
            evidence={"source": open_leaf.value, "ports": _ports(entry)},
            cause=f"in {_ports(entry)} {open_leaf.value}",
        )


def _judge(entry: NetworkRule, network: Network) -> tuple[str, Severity] | None:
    protocol = entry.protocol.value or ""
    portless = network.cloud == "aws" and protocol.lower() in {"all", "-1"}  # elsewhere ports count for any protocol
    first, last = entry.from_port.value, entry.to_port.value
    if protocol.lower() in {"icmp", "icmpv6", "58", "1"}:
        return None
    if portless or first is None or last is None or last - first >= _ALL_PORTS:
        if isinstance(entry.from_port, Unresolved):
            return None
        return None if network.kind == "acl" else ("all ports", CRITICAL)
    hit = sorted(port for port in _SENSITIVE if first <= port <= last)
    if hit:
        return f"{_SENSITIVE[hit[0]]} (port {hit[0]})", MEDIUM if network.kind == "acl" else HIGH
    if first == last and first in _WEB:
        return None
    return (f"port {first}" if first == last else f"ports {first} to {last}"), MEDIUM


def _ports(entry: NetworkRule) -> str:
    first, last = entry.from_port.value, entry.to_port.value
    return "all" if first is None or last is None else str(first) if first == last else f"{first}-{last}"


CASES = [
    bad(
        "cloudformation",
        """
        Web:
          Type: AWS::EC2::SecurityGroup
          Properties:
            GroupDescription: web
            SecurityGroupIngress:
              - {IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0}
              - {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0}  # <- here
              - IpProtocol: "-1"
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
            SecurityGroupIngress:
              - {IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0}
              - {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 10.0.0.0/8}
              - {IpProtocol: tcp, FromPort: 3306, ToPort: 3306, SourceSecurityGroupId: !Ref App}
        App:
          Type: AWS::EC2::SecurityGroup
          Properties: {GroupDescription: app}
        """,
    ),
    unresolved(
        "cloudformation",
        """
        Parameters:
          Range: {Type: String}
        Resources:
          Web:
            Type: AWS::EC2::SecurityGroup
            Properties:
              GroupDescription: web
              SecurityGroupIngress:
                - {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: !Ref Range}
        """,
    ),
    bad(
        "terraform",
        """
        resource "azurerm_network_security_rule" "in" {
          name                        = "in"
          network_security_group_name = "web"
          resource_group_name         = "web"
          priority                    = 100
          direction                   = "Inbound"
          access                      = "Allow"
          protocol                    = "*"
          source_port_range           = "*"
          destination_port_range      = "*"
          source_address_prefix       = "Internet"  # <- here
          destination_address_prefix  = "*"
        }
        """,
    ),
    good(
        "terraform",
        """
        resource "azurerm_network_security_rule" "in" {
          name                        = "in"
          network_security_group_name = "web"
          resource_group_name         = "web"
          priority                    = 100
          direction                   = "Inbound"
          access                      = "Allow"
          protocol                    = "*"
          source_port_range           = "*"
          destination_port_range      = "443"
          source_address_prefix       = "Internet"
          destination_address_prefix  = "*"
        }
        """,
    ),
    good(
        "cloudformation",
        """
        Entry:
          Type: AWS::EC2::NetworkAclEntry
          Properties:
            {NetworkAclId: acl-1, RuleNumber: 100, Protocol: -1, RuleAction: allow, CidrBlock: 0.0.0.0/0}
        """,
    ),
    bad(
        "cloudformation",
        """
        Entry:
          Type: AWS::EC2::NetworkAclEntry
          Properties:
            NetworkAclId: acl-1
            RuleNumber: 100
            Protocol: 6
            PortRange: {From: 3389, To: 3389}
            RuleAction: allow
            CidrBlock: 0.0.0.0/0  # <- here
        """,
    ),
]
