from __future__ import annotations

import pytest
from tests.inventory.aws_template import Built, built

from casemate.model.network import Network, NetworkRule
from casemate.model.policy import ResourcePolicy
from casemate.model.setting import Defaulted, Unresolved


def _built(text: str) -> Built:
    return built(text, "network", "resource_policies")


def _shape(rule: NetworkRule) -> tuple[object, ...]:
    return (
        rule.direction,
        rule.protocol.value,
        rule.from_port.value,
        rule.to_port.value,
        rule.source.value,
        rule.owner,
    )


GROUP = """
Parameters: {Range: {Type: String}}
Resources:
  Web:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: web
      VpcId: !Ref Net
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0, Description: ssh}
        - {IpProtocol: "-1", FromPort: 0, ToPort: 0, CidrIpv6: "::/0"}
        - {IpProtocol: "17", FromPort: 53, ToPort: 53, CidrIp: !Ref Range}
        - {IpProtocol: tcp, FromPort: 80, ToPort: 80, SourceSecurityGroupId: !GetAtt Balancer.GroupId}
      SecurityGroupEgress:
        - {IpProtocol: icmp, FromPort: -1, ToPort: -1, CidrIp: 10.0.0.0/8}
  Balancer: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: b}}
  Later:
    Type: AWS::EC2::SecurityGroupIngress
    Properties: {GroupId: !GetAtt Web.GroupId, IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0}
  Elsewhere:
    Type: AWS::EC2::SecurityGroupIngress
    Properties: {GroupId: sg-1, IpProtocol: tcp, FromPort: 3389, ToPort: 3389, CidrIp: 0.0.0.0/0}
  Net: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
"""


def test_rules_of_a_security_group_inline_and_separate() -> None:
    group = _built(GROUP).one(Network, "Web")
    assert [_shape(rule) for rule in group.rules] == [
        ("in", "tcp", 22, 22, "0.0.0.0/0", "Web"),
        ("in", "all", None, None, "::/0", "Web"),
        ("in", "udp", 53, 53, None, "Web"),
        ("in", "tcp", 80, 80, "${Balancer.GroupId}", "Web"),
        ("out", "icmp", None, None, "10.0.0.0/8", "Web"),
        ("in", "tcp", 443, 443, "0.0.0.0/0", "Later"),
    ]
    assert group.parent is not None
    assert group.parent.target == "template.yaml#Net"


def test_where_rules_stand() -> None:
    first, _, unknown, linked, _, later = _built(GROUP).one(Network, "Web").rules
    assert (first.at.start_line, first.description) == (10, "ssh")
    assert isinstance(unknown.source, Unresolved)
    assert linked.group is not None
    assert linked.group.target == "template.yaml#Balancer"
    assert (later.at.start_line, later.source.at.start_line) == (17, 19)


def test_a_rule_on_a_group_that_was_not_scanned_is_kept() -> None:
    network = _built(GROUP).one(Network, "Elsewhere")
    assert network.kind == "security-group"
    assert [_shape(rule) for rule in network.rules] == [("in", "tcp", 3389, 3389, "0.0.0.0/0", "Elsewhere")]


def test_a_group_without_egress_rules_lets_everything_out() -> None:
    (rule,) = _built(GROUP).one(Network, "Balancer").rules
    assert _shape(rule) == ("out", "all", None, None, "0.0.0.0/0", "Balancer")
    assert isinstance(rule.source, Defaulted)


def test_the_condition_of_a_rule_is_kept() -> None:
    group = _built("""
Parameters: {Stage: {Type: String}}
Conditions: {Dev: !Equals [!Ref Stage, dev]}
Resources:
  G:
    Type: AWS::EC2::SecurityGroup
    Properties:
      SecurityGroupEgress: []
      SecurityGroupIngress:
        - !If [Dev, {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0}, !Ref "AWS::NoValue"]
""").one(Network)
    assert [(condition, leaf.at.start_line) for condition, leaf in group.rules[0].source.leaves()] == [("if Dev", 10)]


def test_vpcs_subnets_and_flow_logs() -> None:
    inventory = _built("""
Resources:
  Watched: {Type: AWS::EC2::VPC}
  Blind: {Type: AWS::EC2::VPC}
  Log: {Type: AWS::EC2::FlowLog, Properties: {ResourceId: !Ref Watched, ResourceType: VPC}}
  Public: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Watched, MapPublicIpOnLaunch: "true"}}
  Private: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Watched}}
""")
    logs = {network.name: network.flow_logs.value for network in inventory.all(Network) if network.flow_logs}
    assert logs == {"Watched": True, "Blind": False}
    public = {
        network.name: network.public_addresses.value for network in inventory.all(Network) if network.public_addresses
    }
    assert public == {"Public": True, "Private": False}


def test_acls_with_their_entries_in_order() -> None:
    inventory = _built("""
Resources:
  Acl: {Type: AWS::EC2::NetworkAcl, Properties: {VpcId: vpc-1}}
  Rest: {Type: AWS::EC2::NetworkAclEntry, Properties: {NetworkAclId: !Ref Acl, RuleNumber: 200, RuleAction: deny, Protocol: -1, CidrBlock: 0.0.0.0/0}}
  Ssh:
    Type: AWS::EC2::NetworkAclEntry
    Properties:
      NetworkAclId: !Ref Acl
      RuleNumber: 100
      RuleAction: allow
      Protocol: 6
      PortRange: {From: 22, To: 22}
      CidrBlock: 0.0.0.0/0
""")
    acl = inventory.one(Network)
    assert [(rule.owner, rule.allow, rule.protocol.value, rule.from_port.value) for rule in acl.rules] == [
        ("Ssh", True, "tcp", 22),
        ("Rest", False, "all", None),
    ]


def test_an_endpoint_and_its_policy() -> None:
    inventory = _built("""
Resources:
  E:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: !Ref V
      ServiceName: com.amazonaws.eu-west-1.s3
      PolicyDocument: {Statement: [{Effect: Allow, Principal: "*", Action: "*", Resource: "*"}]}
  V: {Type: AWS::EC2::VPC}
""")
    endpoint = inventory.one(Network, "E")
    assert endpoint.parent is not None
    assert endpoint.parent.target == "template.yaml#V"
    policy = inventory.one(ResourcePolicy)
    assert policy.target is not None
    assert (policy.subject, policy.target.target) == ("endpoint", endpoint.id)


@pytest.mark.parametrize(
    ("settings", "public"),
    [
        ("{}", True),
        ("{EndpointPublicAccess: false}", False),
        ("{EndpointPublicAccess: true, PublicAccessCidrs: [192.0.2.0/24]}", False),
        ("{PublicAccessCidrs: [192.0.2.0/24, 0.0.0.0/0]}", True),
        ("{PublicAccessCidrs: [!Ref Range]}", None),
    ],
)
def test_kubernetes_clusters(settings: str, public: bool | None) -> None:  # noqa: FBT001
    text = (
        "Parameters: {Range: {Type: String}}\nResources:\n"
        f"  K: {{Type: AWS::EKS::Cluster, Properties: {{ResourcesVpcConfig: {settings}}}}}\n"
    )
    cluster = _built(text).one(Network)
    assert cluster.public_endpoint is not None
    assert cluster.public_endpoint.value is public
