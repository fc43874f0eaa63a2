from __future__ import annotations

import pytest
from tests.inventory.aws_template import Built, built

from casemate.model.network import Host
from casemate.model.setting import Unresolved
from casemate.model.value import Literal


def _built(text: str) -> Built:
    return built(text, "hosts", "network")


def test_an_instance_its_role_and_its_start_script() -> None:
    host = _built("""
Resources:
  Web:
    Type: AWS::EC2::Instance
    Properties:
      SubnetId: !Ref Public
      IamInstanceProfile: !Ref Profile
      MetadataOptions: {HttpTokens: required}
      BlockDeviceMappings:
        - {DeviceName: /dev/xvda, Ebs: {Encrypted: true}}
        - {DeviceName: /dev/xvdb, VirtualName: ephemeral0}
      UserData:
        Fn::Base64: |
          #!/bin/sh
          echo hello
  Public: {Type: AWS::EC2::Subnet, Properties: {MapPublicIpOnLaunch: true}}
  Profile: {Type: AWS::IAM::InstanceProfile, Properties: {Roles: [!Ref Role]}}
  Role: {Type: AWS::IAM::Role}
""").one(Host)
    assert host.kind == "machine"
    assert isinstance(host.user_data, Literal)
    assert host.role is not None
    assert host.role.target == "template.yaml#Role"
    for setting in (host.public_address, host.metadata_v2, host.disk_encryption):
        assert setting is not None
        assert setting.value is True


@pytest.mark.parametrize(
    ("properties", "public", "tokens", "encrypted"),
    [
        ("{}", None, False, False),
        ("{NetworkInterfaces: [{AssociatePublicIpAddress: true, DeviceIndex: 0}]}", True, False, False),
        ("{NetworkInterfaces: [{AssociatePublicIpAddress: false, DeviceIndex: 0}]}", False, False, False),
        ("{MetadataOptions: {HttpEndpoint: disabled}}", None, True, False),
        ("{BlockDeviceMappings: [{Ebs: {Encrypted: true}}, {Ebs: {VolumeSize: 8}}]}", None, False, False),
        ("{BlockDeviceMappings: [{Ebs: {SnapshotId: snap-1}}]}", None, False, None),
        ("{LaunchTemplate: {LaunchTemplateId: !Ref T, Version: '1'}}", None, True, True),
    ],
)
def test_what_an_instance_says(properties: str, public: bool | None, tokens: bool, encrypted: bool | None) -> None:  # noqa: FBT001
    host = _built(f"""
Resources:
  I: {{Type: AWS::EC2::Instance, Properties: {properties}}}
  T:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        MetadataOptions: {{HttpTokens: required}}
        BlockDeviceMappings: [{{Ebs: {{Encrypted: true}}}}]
""").one(Host, "I")
    assert host.public_address is not None
    assert host.public_address.value is public
    assert host.metadata_v2 is not None
    assert host.metadata_v2.value is tokens
    assert host.disk_encryption is not None
    assert host.disk_encryption.value is encrypted


def test_an_elastic_address_makes_an_instance_public() -> None:
    host = _built("""
Resources:
  I: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1}}
  Address: {Type: AWS::EC2::EIP, Properties: {InstanceId: !Ref I}}
""").one(Host)
    assert host.public_address is not None
    assert (host.public_address.value, host.public_address.at.start_line) == (True, 4)


def test_templates_and_launch_configurations() -> None:
    inventory = _built("""
Resources:
  T:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData: {UserData: abc, IamInstanceProfile: {Arn: !GetAtt P.Arn}}
  C: {Type: AWS::AutoScaling::LaunchConfiguration, Properties: {ImageId: ami-1}}
  P: {Type: AWS::IAM::InstanceProfile, Properties: {Roles: [!Ref R]}}
  R: {Type: AWS::IAM::Role}
""")
    template = inventory.one(Host, "T")
    assert (template.kind, template.public_address) == ("template", None)
    assert template.role is not None
    assert template.role.target == "template.yaml#R"
    assert template.metadata_v2 is not None
    assert template.metadata_v2.value is False
    assert isinstance(inventory.one(Host, "C").public_address, Unresolved)


def test_each_container_of_a_task_is_a_host() -> None:
    inventory = _built("""
Resources:
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      TaskRoleArn: !GetAtt R.Arn
      ContainerDefinitions:
        - Name: app
          Privileged: true
          Environment:
            - {Name: DB_PASSWORD, Value: abc}
            - {Name: MODE, Value: prod}
        - Name: side
  Service:
    Type: AWS::ECS::Service
    Properties:
      TaskDefinition: !Ref Task
      NetworkConfiguration: {AwsvpcConfiguration: {AssignPublicIp: ENABLED}}
  R: {Type: AWS::IAM::Role}
""")
    app, side = inventory.all(Host)
    assert [(variable.name, variable.at.start_line) for variable in app.environment] == [
        ("DB_PASSWORD", 11),
        ("MODE", 12),
    ]
    assert app.privileged is not None
    assert (app.privileged.value, app.privileged.at.start_line) == (True, 9)
    assert side.privileged is not None
    assert (side.privileged.value, side.privileged.at) == (False, side.at)
    assert app.public_address is not None
    assert app.public_address.value is True
    assert {host.role.target for host in (app, side) if host.role} == {"template.yaml#R"}
    assert app.id == "template.yaml#Task"
    assert side.id == "template.yaml#Task/container/side"


def test_jobs_services_and_notebooks() -> None:
    inventory = _built("""
Resources:
  Job:
    Type: AWS::Batch::JobDefinition
    Properties: {ContainerProperties: {Environment: [{Name: A, Value: b}], Privileged: true, JobRoleArn: "arn:aws:iam::111122223333:role/x"}}
  Runner:
    Type: AWS::AppRunner::Service
    Properties: {SourceConfiguration: {ImageRepository: {ImageConfiguration: {RuntimeEnvironmentVariables: [{Name: T, Value: v}]}}}}
  Book: {Type: AWS::SageMaker::NotebookInstance, Properties: {RoleArn: r, RootAccess: Disabled}}
""")
    job, runner, book = (inventory.one(Host, name) for name in ("Job", "Runner", "Book"))
    assert [variable.name for variable in (*job.environment, *runner.environment)] == ["A", "T"]
    assert runner.public_address is not None
    assert runner.public_address.value is True
    assert book.public_address is not None
    assert book.privileged is not None
    assert (book.public_address.value, book.privileged.value) == (True, False)
