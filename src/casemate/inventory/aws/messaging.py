"""Queues, topics, streams, buses and brokers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.inventory.aws import encryption
from casemate.inventory.aws.credentials import credentials
from casemate.inventory.aws.entity import about, attachments
from casemate.inventory.aws.resource_policies import refuses_plain_http, standing
from casemate.inventory.logic import every, negated, some
from casemate.inventory.reading import word
from casemate.model.setting import Defaulted, Setting, convert
from casemate.model.store import Store
from casemate.model.value import Cases, Fields, Items, Value, references

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.inventory.context import Builder, Context
    from casemate.inventory.reading import Props
    from casemate.model.entity import Entity
    from casemate.model.resource import Resource
    from casemate.model.store import Encryption

_DEAD_LETTERS = frozenset({
    "redrivepolicy", "deadletterconfig", "deadletterqueue", "deadletterarn", "deadlettertargetarn", "onfailure",
    "dlqarn",
})  # fmt: skip
"""Properties, in lower case, below which a queue or topic is named as the place for what failed."""


def queue(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::SQS::Queue`.

    A queue that others name as their dead-letter queue needs none itself, so it has no `dead_letter`.
    """
    props = context.props(resource)
    last_resort = "RedriveAllowPolicy" in resource.properties.entries or is_dead_letter(resource, context)
    yield Store(
        **about(resource, context),
        kind="queue",
        service="sqs",
        encryption=_queue_encryption(props, resource.type),
        transit=refuses_plain_http(
            resource, context, ("AWS::SQS::QueuePolicy", "Queues"), ("AWS::SQS::QueueInlinePolicy", "Queue")
        ),
        dead_letter=None
        if last_resort
        else props.present("RedrivePolicy", "SQS drops what is not processed before it expires"),
    )


def _queue_encryption(props: Props, type_: str) -> Setting[Encryption]:
    if props.find("KmsMasterKeyId") is not None:
        return encryption.by_key(props, "KmsMasterKeyId", type_)
    return encryption.by_flag(props, "SqsManagedSseEnabled", "KmsMasterKeyId", type_)


def is_dead_letter(resource: Resource, context: Context) -> bool:
    """Whether another resource of the stack sends what failed to this one."""
    return any(_names_below(other.properties, resource.key, below=False) for other in context.referrers(resource.key))


def _names_below(value: Value, key: str, *, below: bool) -> bool:
    match value:
        case Fields(entries=entries):
            return any(
                _names_below(entry.value, key, below=below or name.lower() in _DEAD_LETTERS)
                for name, entry in entries.items()
            )
        case Items(items=items):
            return any(_names_below(item, key, below=below) for item in items)
        case Cases(cases=cases):
            return any(_names_below(case, key, below=below) for _, case in cases)
        case _:
            return below and any(reference.target == key for reference in references(value))


def topic(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::SNS::Topic`."""
    props = context.props(resource)
    yield Store(
        **about(resource, context),
        kind="topic",
        service="sns",
        encryption=encryption.by_key(props, "KmsMasterKeyId", resource.type),
        transit=refuses_plain_http(
            resource, context, ("AWS::SNS::TopicPolicy", "Topics"), ("AWS::SNS::TopicInlinePolicy", "TopicArn")
        ),
        logging=props.present("DeliveryStatusLogging", "SNS logs no deliveries unless told to"),
        delivers_in_clear=tuple(_subscriptions(resource, context)),
    )


def _subscriptions(resource: Resource, context: Context) -> Iterator[Setting[bool]]:
    """Of each subscription, whether it is over plain HTTP."""
    plain = word("http")
    for section in context.props(resource).sections("Subscription"):
        yield section.read("Protocol", plain, False, "Protocol is required")
    for other in attachments(resource, context, "AWS::SNS::Subscription", "TopicArn"):
        yield context.props(other).read("Protocol", plain, False, "Protocol is required")


def stream(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::Kinesis::Stream`. Its endpoint speaks TLS only."""
    props = context.props(resource)
    yield Store(
        **about(resource, context),
        kind="stream",
        service="kinesis",
        encryption=encryption.by_word(
            props, "StreamEncryption.EncryptionType", "StreamEncryption.KeyId", resource.type
        ),
    )


_DESTINATIONS = (
    "ExtendedS3DestinationConfiguration", "S3DestinationConfiguration", "RedshiftDestinationConfiguration",
    "ElasticsearchDestinationConfiguration", "AmazonopensearchserviceDestinationConfiguration",
    "AmazonOpenSearchServerlessDestinationConfiguration", "SplunkDestinationConfiguration",
    "HttpEndpointDestinationConfiguration",
    "SnowflakeDestinationConfiguration", "IcebergDestinationConfiguration",
)  # fmt: skip


def delivery_stream(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::KinesisFirehose::DeliveryStream`.

    With a stream as its source it keeps nothing of its own, so that there is nothing to encrypt. Source: Firehose
    Developer Guide, "Data protection".
    """
    props = context.props(resource)
    own = props.find("KinesisStreamSourceConfiguration") is None and props.find("MSKSourceConfiguration") is None
    section = "DeliveryStreamEncryptionConfigurationInput"
    destinations = [name for name in _DESTINATIONS if name in resource.properties.entries]
    logs = [
        props.flag(f"{name}.CloudWatchLoggingOptions.Enabled", False, "Firehose logs no errors unless told to")
        for name in destinations
    ]
    yield Store(
        **about(resource, context),
        kind="delivery-stream",
        service="firehose",
        encryption=encryption.by_word(props, f"{section}.KeyType", f"{section}.KeyARN", resource.type) if own else None,
        logging=every(*logs) if logs else None,
    )


def bus(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::Events::EventBus`."""
    props = context.props(resource)
    yield Store(
        **about(resource, context),
        kind="bus",
        service="events",
        encryption=encryption.by_key(props, "KmsKeyIdentifier", resource.type),
        logging=props.present("LogConfig", "EventBridge logs no events unless told to"),
    )
    yield from standing(resource, context, "Policy", "bus")


def kafka(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::MSK::Cluster`.

    Without `ClientAuthentication` anybody who reaches the brokers may use them (MSK Developer Guide, "Authentication").
    """
    props = context.props(resource)
    schemes = ("Sasl.Iam.Enabled", "Sasl.Scram.Enabled", "Tls.Enabled")
    silent = "MSK lets clients in without authentication unless told otherwise"
    asked = [props.flag(f"ClientAuthentication.{scheme}", False, silent) for scheme in schemes]
    open_ = props.flag("ClientAuthentication.Unauthenticated.Enabled", False, silent)
    in_transit = "EncryptionInfo.EncryptionInTransit"
    client = props.read(
        f"{in_transit}.ClientBroker", word("TLS"), True, "AWS::MSK::Cluster ClientBroker: TLS by default"
    )
    public = "BrokerNodeGroupInfo.ConnectivityInfo.PublicAccess.Type"
    log_paths = ("CloudWatchLogs", "Firehose", "S3")
    logs = (
        props.flag(f"LoggingInfo.BrokerLogs.{path}.Enabled", False, "MSK keeps no broker logs unless told to")
        for path in log_paths
    )
    yield Store(
        **about(resource, context),
        kind="stream",
        service="kafka",
        encryption=encryption.by_key(props, "EncryptionInfo.EncryptionAtRest.DataVolumeKMSKeyId", resource.type),
        transit=every(
            client, props.flag(f"{in_transit}.InCluster", True, "AWS::MSK::Cluster InCluster: true by default")
        ),
        authenticated=every(some(*asked), negated(open_)),
        publicly_routable=props.read(
            public, word("SERVICE_PROVIDED_EIPS"), False, "MSK brokers are private by default"
        ),
        logging=some(*logs),
    )


def kafka_serverless(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::MSK::ServerlessCluster`: encrypted and with IAM authentication always."""
    yield Store(
        **about(resource, context),
        kind="stream",
        service="kafka",
        encryption=encryption.always(context.props(resource), resource.type),
        transit=Defaulted("ClientBroker", resource.at, True, "MSK Serverless: TLS only"),
        authenticated=Defaulted("ClientAuthentication", resource.at, True, "MSK Serverless: IAM only"),
        publicly_routable=Defaulted("VpcConfigs", resource.at, False, "MSK Serverless: inside of VPCs only"),
    )


def broker(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::AmazonMQ::Broker`."""
    props = context.props(resource)
    own = "EncryptionOptions.UseAwsOwnedKey"
    default, source = encryption.DEFAULTS[resource.type]
    logs = [
        props.flag(f"Logs.{name}", False, "Amazon MQ keeps no logs unless told to") for name in ("General", "Audit")
    ]
    rabbit = props.read("EngineType", word("RABBITMQ"), False).ever(bool)

    def owner(flag: bool) -> Encryption:  # noqa: FBT001 - the value of the switch
        return default if flag else encryption.key_owner(props.find("EncryptionOptions.KmsKeyId"))

    yield Store(
        **about(resource, context),
        kind="broker",
        service="mq",
        encryption=convert(props.flag(own, True, source), owner),
        publicly_routable=props.flag(
            "PubliclyAccessible", False, "AWS::AmazonMQ::Broker PubliclyAccessible: false by default"
        ),
        logging=logs[0] if rabbit else some(*logs),  # RabbitMQ has no audit log
    )
    yield from credentials(resource, context)


BUILDERS: dict[str, Builder] = {
    "AWS::SQS::Queue": queue,
    "AWS::SNS::Topic": topic,
    "AWS::Kinesis::Stream": stream,
    "AWS::KinesisFirehose::DeliveryStream": delivery_stream,
    "AWS::Events::EventBus": bus,
    "AWS::MSK::Cluster": kafka,
    "AWS::MSK::ServerlessCluster": kafka_serverless,
    "AWS::AmazonMQ::Broker": broker,
}
