"""Events that Lambda polls -> `AWS::Lambda::EventSourceMapping`, and what the function's role needs for them.

Source: AWS SAM developer guide, "EventSource" (SQS, Kinesis, DynamoDB, MSK, SelfManagedKafka, MQ, DocumentDB).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import Entry, Fields, Items, Literal, Value, text_of
from casemate.sources.sam.writing import elements, fields, fill, statement, value_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.sources.sam.expansion import Event
    from casemate.sources.sam.writing import Content

_PASSED = (
    "StartingPosition",
    "StartingPositionTimestamp",
    "BatchSize",
    "Enabled",
    "MaximumBatchingWindowInSeconds",
    "MaximumRetryAttempts",
    "BisectBatchOnFunctionError",
    "MaximumRecordAgeInSeconds",
    "ParallelizationFactor",
    "Topics",
    "Queues",
    "SourceAccessConfigurations",
    "TumblingWindowInSeconds",
    "FunctionResponseTypes",
    "FilterCriteria",
    "KmsKeyArn",
    "ScalingConfig",
    "ProvisionedPollerConfig",
    "MetricsConfig",
    "LoggingConfig",
    "DestinationConfig",
)
SOURCES = {
    "SQS": "Queue",
    "Kinesis": "Stream",
    "DynamoDB": "Stream",
    "MSK": "Stream",
    "MQ": "Broker",
    "DocumentDB": "Cluster",
    "SelfManagedKafka": None,
}
"""Type of event -> the property that names its source."""
_MANAGED = {
    "SQS": "AWSLambdaSQSQueueExecutionRole",
    "Kinesis": "AWSLambdaKinesisExecutionRole",
    "DynamoDB": "AWSLambdaDynamoDBExecutionRole",
    "MSK": "AWSLambdaMSKExecutionRole",
}
_NETWORK = (
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeVpcs",
    "ec2:DescribeSubnets",
    "ec2:DescribeSecurityGroups",
)
_KAFKA_SECRETS = frozenset(
    {
        "SASL_SCRAM_256_AUTH",
        "SASL_SCRAM_512_AUTH",
        "BASIC_AUTH",
        "CLIENT_CERTIFICATE_TLS_AUTH",
        "OAUTHBEARER_AUTH",
        "SERVER_ROOT_CA_CERTIFICATE",
    }
)
_KAFKA_CONFIGS = {"MSK": "AmazonManagedKafkaEventSourceConfig", "SelfManagedKafka": "SelfManagedKafkaEventSourceConfig"}


def mapping(event: Event, key: str | None = None) -> None:
    """The event source mapping of one event. `key`: its logical id, where it is not the event's."""
    source = SOURCES[event.type]
    at = event.at
    entries: dict[str, Content] = {
        "FunctionName": event.expansion.invoked(event.owner.key, at),
        "EventSourceArn": event.get(source) if source else None,
        **{name: event.get(name) for name in _PASSED},
    }
    if (servers := event.get("KafkaBootstrapServers")) is not None:
        entries["SelfManagedEventSource"] = fields(at, {"Endpoints": fields(at, {"KafkaBootstrapServers": servers})})
    if event.type in _KAFKA_CONFIGS and (event.get("ConsumerGroupId") or event.get("SchemaRegistryConfig")):
        config = {
            "ConsumerGroupId": event.get("ConsumerGroupId"),
            "SchemaRegistryConfig": event.get("SchemaRegistryConfig"),
        }
        entries[_KAFKA_CONFIGS[event.type]] = fields(at, config)
    if event.type == "DocumentDB":
        names = ("DatabaseName", "CollectionName", "FullDocument")
        entries["DocumentDBEventSourceConfig"] = fields(at, {name: event.get(name) for name in names})
    destination = event.get("DestinationConfig")
    if destination is not None and isinstance(destination.value, Fields):
        entries["DestinationConfig"] = Entry(destination.key_at, _without_type(destination.value))
    event.imply(key or event.key, "AWS::Lambda::EventSourceMapping", fields(at, entries))
    if event.type in _MANAGED:
        event.role.manage(f"service-role/{_MANAGED[event.type]}")
    statements = [*_source_statements(event), *_registry_statements(event)]
    if statements:
        event.role.allow(f"event {event.name}", statements, at)
    failed = event.value("DestinationConfig", "OnFailure")
    if isinstance(failed, Fields):
        statements = list(destination_statements(text_of(failed.get("Type")), failed.get("Destination")))
        if statements:
            event.role.allow(f"event {event.name}", statements, at)


def _without_type(destination: Fields) -> Fields:
    """`Type` is for SAM alone: it says which permission the role needs."""
    failed = destination.get("OnFailure")
    if not isinstance(failed, Fields):
        return destination
    native = Fields({key: item for key, item in failed.entries.items() if key != "Type"}, failed.at)
    return Fields(
        {**destination.entries, "OnFailure": Entry(destination.entries["OnFailure"].key_at, native)}, destination.at
    )


def destination_statements(kind: str | None, target: Value | None) -> Iterator[Fields]:
    """What a role needs to send to a destination of the given `Type`."""
    if target is None:
        return
    at = target.at
    actions = {
        "SQS": "sqs:SendMessage",
        "SNS": "sns:Publish",
        "EventBridge": "events:PutEvents",
        "Lambda": "lambda:InvokeFunction",
    }
    if kind in actions:
        yield statement(at, [actions[kind]], target)
    elif kind in {"S3", "S3Bucket"}:
        yield statement(at, ["s3:PutObject"], fill("${Bucket}/*", at, {"Bucket": target}))
        yield statement(at, ["s3:ListBucket"], target)


def _source_statements(event: Event) -> Iterator[Fields]:
    at = event.at
    access = [
        (text_of(item.get("Type")), item.get("URI"))
        for item in elements(event.value("SourceAccessConfigurations"))
        if isinstance(item, Fields)
    ]
    types = {kind for kind, _ in access}
    if event.type == "MSK":
        secrets = frozenset({"CLIENT_CERTIFICATE_TLS_AUTH"})
    elif event.type == "SelfManagedKafka":
        secrets = _KAFKA_SECRETS
    else:
        secrets = frozenset({"BASIC_AUTH"}) if event.type in {"MQ", "DocumentDB"} else frozenset()
    for kind, uri in access:
        if kind in secrets and uri is not None:
            yield statement(uri.at, ["secretsmanager:GetSecretValue"], uri)
    if event.type == "MQ" and (broker := event.value("Broker")) is not None:
        yield statement(broker.at, ["mq:DescribeBroker"], broker)
    if event.type == "DocumentDB":
        arn = "arn:${AWS::Partition}:rds:${AWS::Region}:${AWS::AccountId}"
        yield statement(at, ["rds:DescribeDBClusterParameters"], fill(f"{arn}:cluster-pg:*", at))
        yield statement(at, ["rds:DescribeDBSubnetGroups"], fill(f"{arn}:subgrp:*", at))
        if (cluster := event.value("Cluster")) is not None:
            yield statement(cluster.at, ["rds:DescribeDBClusters"], cluster)
    if event.type == "DocumentDB" or (
        event.type == "SelfManagedKafka" and {"VPC_SUBNET", "VPC_SECURITY_GROUP"} <= types
    ):
        yield statement(at, _NETWORK, "*")
    if (
        event.type in {"MQ", "DocumentDB", "SelfManagedKafka"}
        and (key := event.value("SecretsManagerKmsKeyId")) is not None
    ):
        key_arn = fill("arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/${Key}", key.at, {"Key": key})
        yield statement(key.at, ["kms:Decrypt"], key_arn)


def _registry_statements(event: Event) -> Iterator[Fields]:
    """For a schema registry of Glue, and the secrets of any registry."""
    if event.type not in _KAFKA_CONFIGS or not isinstance(event.value("SchemaRegistryConfig"), Fields):
        return
    for item in elements(event.value("SchemaRegistryConfig", "AccessConfigs")):
        if isinstance(item, Fields) and (uri := value_of(item, "URI")) is not None:
            yield statement(uri.at, ["secretsmanager:GetSecretValue"], uri)
    registry = event.value("SchemaRegistryConfig", "SchemaRegistryURI")
    text = text_of(registry) or ""  # of an ARN put together from parts, SAM does not find the name
    if registry is not None and text.startswith("arn") and ":registry/" in text:
        yield statement(registry.at, ["glue:GetRegistry"], registry)
        name = Literal(text.rpartition(":registry/")[2], registry.at)
        schemas = fill(
            "arn:${AWS::Partition}:glue:${AWS::Region}:${AWS::AccountId}:schema/${Name}/*", registry.at, {"Name": name}
        )
        yield statement(registry.at, ["glue:GetSchemaVersion"], Items([schemas], registry.at))
