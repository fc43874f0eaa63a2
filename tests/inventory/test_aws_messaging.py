from __future__ import annotations

import pytest
from tests.inventory.aws_template import Built, built

from casemate.model.policy import ResourcePolicy
from casemate.model.secret import Secret
from casemate.model.setting import Defaulted, Unresolved
from casemate.model.store import Store
from casemate.model.value import Literal, Unknown


def _built(text: str) -> Built:
    return built(text, "messaging", "resource_policies", "credentials")


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ("{}", "default"),
        ("{SqsManagedSseEnabled: true}", "service"),
        ("{SqsManagedSseEnabled: false}", "none"),
        ("{KmsMasterKeyId: alias/aws/sqs}", "service"),
        ("{KmsMasterKeyId: arn:aws:kms:eu-west-1:111122223333:key/1, SqsManagedSseEnabled: false}", "customer"),
    ],
)
def test_queue_encryption(properties: str, expected: str) -> None:
    queue = _built(f"Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties: {properties}\n").one(Store)
    assert queue.encryption is not None
    assert queue.encryption.value == expected


def test_a_queue_that_collects_what_failed_needs_no_queue_for_that() -> None:
    inventory = _built("""
Resources:
  Work:
    Type: AWS::SQS::Queue
    Properties:
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Failed.Arn, maxReceiveCount: 5}
  Failed: {Type: AWS::SQS::Queue}
  Lost: {Type: AWS::SQS::Queue}
  OfFunction: {Type: AWS::SQS::Queue}
  Mapping:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      DestinationConfig: {OnFailure: {Destination: !GetAtt OfFunction.Arn}}
      EventSourceArn: !GetAtt Lost.Arn
  Declared:
    Type: AWS::SQS::Queue
    Properties: {RedriveAllowPolicy: {redrivePermission: allowAll}}
""")
    found = {
        queue.name: None if queue.dead_letter is None else queue.dead_letter.value for queue in inventory.all(Store)
    }
    assert found == {"Work": True, "Failed": None, "Lost": False, "OfFunction": None, "Declared": None}


def test_one_policy_on_two_queues_is_one_entity_a_queue() -> None:
    inventory = _built("""
Resources:
  A: {Type: AWS::SQS::Queue}
  B: {Type: AWS::SQS::Queue}
  P:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref A, !Ref B]
      PolicyDocument: {Statement: [{Effect: Allow, Principal: "*", Action: "sqs:SendMessage", Resource: "*"}]}
""")
    policies = inventory.all(ResourcePolicy)
    assert [policy.target.target for policy in policies if policy.target] == ["template.yaml#A", "template.yaml#B"]
    assert {policy.subject for policy in policies} == {"queue"}
    assert policies[0].statements[0].at.start_line == 9


def test_topics_and_their_policy_by_a_text_with_pseudo_parameters() -> None:
    inventory = _built("""
Resources:
  T: {Type: AWS::SNS::Topic, Properties: {TopicName: news}}
  P:
    Type: AWS::SNS::TopicPolicy
    Properties:
      Topics: [!Sub "arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:${T.TopicName}"]
      PolicyDocument: '{"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "sns:*", "Resource": "*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}'
""")
    topic = inventory.one(Store)
    assert topic.encryption is not None
    assert isinstance(topic.encryption, Defaulted)
    assert topic.encryption.value == "default"
    assert topic.transit is not None
    assert topic.transit.value is True, "a policy that is JSON text is read too"
    policy = inventory.one(ResourcePolicy)
    assert policy.target is not None
    assert policy.target.target == topic.id


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ("{ShardCount: 1}", "none"),
        ("{StreamEncryption: {EncryptionType: KMS, KeyId: alias/aws/kinesis}}", "service"),
        ("{StreamEncryption: {EncryptionType: KMS, KeyId: !Ref AWS::AccountId}}", "customer"),
        ("{StreamEncryption: {EncryptionType: NONE}}", "none"),
    ],
)
def test_streams(properties: str, expected: str) -> None:
    stream = _built(f"Resources:\n  S:\n    Type: AWS::Kinesis::Stream\n    Properties: {properties}\n").one(Store)
    assert stream.encryption is not None
    assert stream.encryption.value == expected


def test_a_delivery_stream_that_only_passes_on_keeps_nothing() -> None:
    inventory = _built("""
Resources:
  Direct:
    Type: AWS::KinesisFirehose::DeliveryStream
    Properties:
      ExtendedS3DestinationConfiguration: {BucketARN: "arn:aws:s3:::b", CloudWatchLoggingOptions: {Enabled: true}}
  Passing:
    Type: AWS::KinesisFirehose::DeliveryStream
    Properties:
      KinesisStreamSourceConfiguration: {KinesisStreamARN: x, RoleARN: y}
""")
    direct = inventory.one(Store, "Direct")
    assert direct.encryption is not None
    assert direct.encryption.value == "none"
    assert direct.logging is not None
    assert direct.logging.value is True
    assert inventory.one(Store, "Passing").encryption is None


def test_both_forms_of_a_bus_policy() -> None:
    inventory = _built("""
Resources:
  Bus:
    Type: AWS::Events::EventBus
    Properties:
      Name: orders
      Policy: {Statement: [{Effect: Allow, Principal: {AWS: "*"}, Action: "events:PutEvents", Resource: "*"}]}
  Old:
    Type: AWS::Events::EventBusPolicy
    Properties:
      EventBusName: orders
      StatementId: all
      Action: events:PutEvents
      Principal: "*"
      Condition: {Type: StringEquals, Key: "aws:PrincipalOrgID", Value: o-1}
  New:
    Type: AWS::Events::EventBusPolicy
    Properties:
      StatementId: one
      Statement: {Effect: Allow, Principal: {AWS: "111122223333"}, Action: "events:PutEvents", Resource: "*"}
""")
    old, new = inventory.one(ResourcePolicy, "Old"), inventory.one(ResourcePolicy, "New")
    assert old.target is not None
    assert old.target.target == "template.yaml#Bus"
    statement = old.statements[0]
    assert statement.principals[0].is_anyone
    assert [(c.operator, c.key, c.values[0].text) for c in statement.conditions] == [
        ("StringEquals", "aws:PrincipalOrgID", "o-1")
    ]
    assert (statement.at.start_line, statement.at.start_column) == (14, 18)
    assert new.target is not None
    assert new.target.text == "default"
    assert [principal.term.text for principal in new.statements[0].principals] == ["111122223333"]
    assert inventory.one(ResourcePolicy, "Bus").statements[0].principals[0].is_anyone


@pytest.mark.parametrize(
    ("properties", "transit", "authenticated", "routable"),
    [
        ("{ClusterName: k}", True, False, False),
        ("{EncryptionInfo: {EncryptionInTransit: {ClientBroker: TLS_PLAINTEXT}}}", False, False, False),
        ("{EncryptionInfo: {EncryptionInTransit: {InCluster: false}}}", False, False, False),
        ("{ClientAuthentication: {Sasl: {Iam: {Enabled: true}}}}", True, True, False),
        ("{ClientAuthentication: {Tls: {Enabled: true}, Unauthenticated: {Enabled: true}}}", True, False, False),
        (
            "{BrokerNodeGroupInfo: {ConnectivityInfo: {PublicAccess: {Type: SERVICE_PROVIDED_EIPS}}}}",
            True,
            False,
            True,
        ),
    ],
)
def test_kafka(properties: str, transit: bool, authenticated: bool, routable: bool) -> None:  # noqa: FBT001
    cluster = _built(f"Resources:\n  K:\n    Type: AWS::MSK::Cluster\n    Properties: {properties}\n").one(Store)
    assert cluster.transit is not None
    assert cluster.transit.value is transit
    assert cluster.authenticated is not None
    assert cluster.authenticated.value is authenticated
    assert cluster.publicly_routable is not None
    assert cluster.publicly_routable.value is routable


def test_a_broker_and_the_passwords_of_its_users() -> None:
    inventory = _built("""
Parameters:
  Secret: {Type: String, NoEcho: true}
  Public: {Type: String}
Resources:
  B:
    Type: AWS::AmazonMQ::Broker
    Properties:
      EngineType: ACTIVEMQ
      PubliclyAccessible: !Ref Public
      Users:
        - {Username: a, Password: !Ref Secret}
        - {Username: b, Password: written-here}
        - {Username: c, Password: "{{resolve:secretsmanager:mq:SecretString:password}}"}
""")
    broker = inventory.one(Store)
    assert isinstance(broker.publicly_routable, Unresolved)
    assert broker.encryption is not None
    assert broker.encryption.value == "default"
    noecho, literal, dynamic = (secret.value for secret in inventory.all(Secret))
    assert isinstance(noecho, Unknown)
    assert noecho.kind == "secret-parameter"
    assert isinstance(literal, Literal)
    assert literal.at.start_line == 13
    assert isinstance(dynamic, Unknown)
    assert dynamic.kind == "secret-store"
    assert {secret.kind for secret in inventory.all(Secret)} == {"credential"}
