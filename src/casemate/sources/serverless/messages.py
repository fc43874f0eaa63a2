"""Events that come from queues, streams, brokers, topics, buckets and user pools.

Source: Serverless Framework documentation, the pages "SQS", "DynamoDB & Kinesis", "MSK", "Kafka", "ActiveMQ",
"RabbitMQ", "SNS", "S3", "Cognito User Pool".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import Entry, Fields, Items, Literal, Reference, Value, display, text_of
from casemate.sources.serverless import naming
from casemate.sources.serverless.declared import overlay
from casemate.sources.serverless.values import (
    Shape,
    arn,
    entries_of,
    entry_of,
    fields,
    fields_of,
    is_true,
    items_of,
    regional,
    value_of,
)

if TYPE_CHECKING:
    from casemate.model.location import Span
    from casemate.sources.serverless.service import Declared, Event, Service

_BROKER_ACCESS = {
    "vpcSubnet": "VPC_SUBNET", "vpcSecurityGroup": "VPC_SECURITY_GROUP", "saslPlainAuth": "BASIC_AUTH",
    "saslScram256Auth": "SASL_SCRAM_256_AUTH",
    "saslScram512Auth": "SASL_SCRAM_512_AUTH", "clientCertificateTlsAuth": "CLIENT_CERTIFICATE_TLS_AUTH",
    "serverRootCaCertificate": "SERVER_ROOT_CA_CERTIFICATE",
}  # fmt: skip
_MAPPING = {
    "BatchSize": "batchSize", "MaximumBatchingWindowInSeconds": "batchWindow",
    "ParallelizationFactor": "parallelizationFactor",
    "StartingPosition": "startingPosition", "Enabled": "enabled", "MaximumRetryAttempts": "maximumRetryAttempts",
    "BisectBatchOnFunctionError": "bisectBatchOnFunctionError",
    "MaximumRecordAgeInSeconds": "maximumRecordAgeInSeconds",
    "TumblingWindowInSeconds": "tumblingWindowInSeconds",
}  # fmt: skip
_KINDS = {"sqs": "SQS", "msk": "MSK", "kafka": "Kafka", "activemq": "ActiveMQ", "rabbitmq": "RabbitMQ"}


def add_messages(service: Service) -> None:
    """Everything for these events of all functions."""
    for function, event in service.events("sqs", "stream", "msk", "kafka", "activemq", "rabbitmq"):
        _mapping(service, function, event)
    for function, event in service.events("sns"):
        _topic(service, function, event)
    for function, event in service.events("s3"):
        _bucket(service, function, event)
    for function, event in service.events("cognitoUserPool"):
        _user_pool(service, function, event)


def source_of(event: Event, name: str = "arn") -> Value | None:
    """What the event comes from: the one value, or its setting `name`."""
    return event.value if isinstance(event.value, Literal) or fields_of(event.value) is None else event.get(name)


def short_name(value: Value | None) -> str:
    """The name in an ARN or reference, for logical ids."""
    if isinstance(value, Reference):
        return value.target
    text = display(value) if value is not None else ""
    words = text.split(":")
    name = words[-1] if len(words) > 5 else text
    if "/stream/" in text or name.startswith("table/"):
        return text.partition("table/")[2].split("/")[0]
    return name.rsplit("/", 1)[-1]


# -- pollers
# ------------------------------------------------------------------------------------------------------------
def _mapping(service: Service, function: Declared, event: Event) -> None:
    shape = Shape(event.at).put("FunctionName", function.arn(event.at))
    source = source_of(event)
    if event.kind == "kafka":
        servers = Shape(event.at).take("KafkaBootstrapServers", event.entry("bootstrapServers")).fields()
        shape.put("SelfManagedEventSource", fields(event.at, Endpoints=servers))
    else:
        shape.put("EventSourceArn", source)
    if event.kind in {"stream", "msk", "kafka"}:
        shape.put("StartingPosition", "TRIM_HORIZON")
    shape.copy(event.value, **_MAPPING)
    if event.kind == "sqs":
        shape.take(
            "ScalingConfig", event.entry("maximumConcurrency"), lambda value: fields(value.at, MaximumConcurrency=value)
        )
    elif event.kind != "stream":
        shape.take("MaximumBatchingWindowInSeconds", event.entry("maximumBatchingWindow"))
    if event.kind in {"msk", "kafka"}:
        shape.take("Topics", event.entry("topic"), lambda value: Items([value], value.at))
    elif event.kind in {"activemq", "rabbitmq"}:
        shape.take("Queues", event.entry("queue"), lambda value: Items([value], value.at))
    shape.take("FunctionResponseTypes", event.entry("functionResponseType"), lambda value: Items([value], value.at))
    shape.take("FilterCriteria", event.entry("filterPatterns"), _filters)
    shape.take("DestinationConfig", event.entry("destinations", "onFailure"), _on_failure)
    access = list(_access(event))
    if access:
        shape.put("SourceAccessConfigurations", Items(access, event.at))
    kind = _KINDS.get(event.kind) or naming.upper_first(
        event.text("type") or ("kinesis" if ":kinesis:" in display(source or event.value) else "dynamodb")
    )
    title = naming.alphanumeric(_title(event, source))
    key = f"{naming.normalized(function.name)}EventSourceMapping{kind}{title}"
    if event.kind == "msk":
        key += naming.alphanumeric(event.text("topic") or "")
    if key in service.made:
        key = f"{key}{event.number}"
    service.add("AWS::Lambda::EventSourceMapping", key, shape, name=function.name, at=event.at, implied_by=function.key)
    if is_true(event.get("consumer")) and source is not None:
        consumer = f"{naming.normalized(function.name)}{title}ConsumerStreamConsumer"
        service.add(
            "AWS::Kinesis::StreamConsumer",
            consumer,
            fields(event.at, StreamARN=source),
            name=function.name,
            at=event.at,
            implied_by=function.key,
        )


def _title(event: Event, source: Value | None) -> str:
    """What names a mapping in its logical id: the stream, queue or topic; of a Kafka cluster its name."""
    if event.kind in {"kafka", "activemq", "rabbitmq"}:
        return event.text("topic" if event.kind == "kafka" else "queue") or ""
    parts = display(source).split("/") if event.kind == "msk" and isinstance(source, Literal) else []
    return parts[1] if len(parts) > 1 else short_name(source)


def _filters(value: Value) -> Value:
    return fields(
        value.at,
        Filters=Items([fields(item.at, Pattern=Literal(display(item), item.at)) for item in items_of(value)], value.at),
    )


def _on_failure(value: Value) -> Value:
    return fields(value.at, OnFailure=fields(value.at, Destination=value_of(value, "arn") or value))


def _access(event: Event) -> list[Value]:
    found: list[Value] = []
    for name, entry in entries_of(event.get("accessConfigurations")):
        kind = _BROKER_ACCESS.get(name, name)
        found.extend(fields(item.at, Type=kind, URI=item) for item in items_of(entry.value))
    for setting, kind in (
        ("basicAuthArn", "BASIC_AUTH"),
        ("saslScram512", "SASL_SCRAM_512_AUTH"),
        ("virtualHost", "VIRTUAL_HOST"),
    ):
        secret = event.get(setting)
        if secret is not None:
            found.append(fields(secret.at, Type=kind, URI=secret))
    return found


# -- topics
# -------------------------------------------------------------------------------------------------------------
def _topic(service: Service, function: Declared, event: Event) -> None:
    at, given = event.at, event.get("arn")
    written = text_of(event.value)
    if written is not None and written.startswith("arn:"):
        given = event.value
    name = event.text("topicName") or (written if given is None else None) or short_name(given)
    topic: Value = given or Reference(f"SNSTopic{naming.alphanumeric(name)}", None, at)
    if given is None:
        shape = (
            Shape(at)
            .put("TopicName", name)
            .copy(event.value, DisplayName="displayName", KmsMasterKeyId="kmsMasterKeyId")
        )
        service.add(
            "AWS::SNS::Topic", f"SNSTopic{naming.alphanumeric(name)}", shape, name=name, at=at, implied_by=function.key
        )
    shape = Shape(at).put("TopicArn", topic).put("Protocol", "lambda").put("Endpoint", function.arn(at))
    shape.copy(event.value, FilterPolicy="filterPolicy", FilterPolicyScope="filterPolicyScope").take(
        "RedrivePolicy", event.entry("redrivePolicy"), _redrive
    )
    key = f"{naming.normalized(function.name)}SnsSubscription{naming.alphanumeric(name)}"
    service.add("AWS::SNS::Subscription", key, shape, name=function.name, at=at, implied_by=function.key)
    source = topic if given is not None else regional(at, "sns", name)
    service.permit(
        function,
        naming.permission(function.name, f"{naming.alphanumeric(name)}SNS"),
        "sns.amazonaws.com",
        at,
        SourceArn=source,
    )


def _redrive(value: Value) -> Value | None:
    target = value_of(value, "deadLetterTargetArn") or value_of(value, "deadLetterTargetImport", "arn")
    named = value_of(value, "deadLetterTargetRef")
    if target is None and named is not None:
        target = Reference(display(named), "Arn", named.at)
    return fields(value.at, deadLetterTargetArn=target) if target is not None else value


# -- buckets
# ------------------------------------------------------------------------------------------------------------
def _bucket(service: Service, function: Declared, event: Event) -> None:
    at = event.at
    bucket = source_of(event, "bucket")
    if bucket is None:
        return
    known = text_of(bucket)
    notice = (
        Shape(at)
        .put("Event", "s3:ObjectCreated:*")
        .take("Event", event.entry("event"))
        .put("Function", function.arn(at))
    )
    rules = [fields(entry.key_at, Name=name, Value=entry.value) for name, entry in entries_of(event.get("rules"))]
    if rules:
        notice.put("Filter", fields(at, S3Key=fields(at, Rules=Items(rules, at))))
    notification = fields(at, LambdaConfigurations=Items([notice.fields()], at))
    configured = service.entry("s3", known) if known is not None else None
    title = naming.alphanumeric(known if known is not None else short_name(bucket))
    source = arn(at, "s3:::", bucket)
    account = Reference("AWS::AccountId", None, at)
    if is_true(event.get("existing")):
        _existing_bucket(service, function, event, bucket, notification)
    else:
        shape = Shape(at).put(
            "BucketName",
            (entry_of(configured.value, "name") or Entry(at, bucket)).value if configured is not None else bucket,
        )
        for name, entry in entries_of(configured.value if configured is not None else None):
            if name != "name":
                shape.take(naming.upper_first(name), entry)
        _notified(
            service,
            f"S3Bucket{title}",
            shape,
            notification,
            name=known or title,
            at=configured.key_at if configured else at,
            implied_by=function.key,
        )
    service.permit(
        function,
        naming.permission(function.name, f"{title}S3"),
        "s3.amazonaws.com",
        at,
        SourceArn=source,
        SourceAccount=account,
    )


def _notified(
    service: Service, key: str, shape: Shape, notification: Fields, *, name: str, at: Span, implied_by: str
) -> None:
    """A bucket with one more notification."""
    known = service.made.get(key)
    before = known.properties.get("NotificationConfiguration") if known is not None else None
    if known is not None:
        for native, entry in known.properties.entries.items():
            shape.entries.setdefault(native, entry)
        service.made.pop(key)
    shape.entries["NotificationConfiguration"] = Entry(at, _and(before, notification))
    service.add("AWS::S3::Bucket", key, shape, name=name, at=at, implied_by=implied_by)


def _and(before: Value | None, notification: Fields) -> Value:
    listed = [*items_of(value_of(before, "LambdaConfigurations")), *items_of(notification.get("LambdaConfigurations"))]
    added = Fields({"LambdaConfigurations": Entry(notification.at, Items(listed, notification.at))}, notification.at)
    return added if before is None else overlay(before, added)


def _existing_bucket(service: Service, function: Declared, event: Event, bucket: Value, notification: Fields) -> None:
    """A bucket that is declared in `resources` gets the notification itself.

    For another one a custom resource of the framework sets it.
    """
    if isinstance(bucket, Reference) and bucket.target in service.template.resources.entries:
        known = service.made.get(bucket.target)
        before = known.properties.get("NotificationConfiguration") if known is not None else None
        service.made.pop(bucket.target, None)
        shape = Shape(event.at)
        shape.entries["NotificationConfiguration"] = Entry(event.at, _and(before, notification))
        at = service.template.resources.entries[bucket.target].key_at
        service.add("AWS::S3::Bucket", bucket.target, shape, name=bucket.target, at=at)
        return
    listed: list[Value] = []
    for notice in items_of(notification.get("LambdaConfigurations")):
        events = value_of(notice, "Event")
        told = (
            Shape(notice.at)
            .put("Events", events and Items([events], events.at))
            .put("LambdaFunctionArn", function.arn(event.at))
        )
        listed.append(told.take("Filter", entry_of(notice, "Filter")).fields())
    told_all = fields(event.at, LambdaFunctionConfigurations=Items(listed, event.at))
    shape = Shape(event.at).put("BucketName", bucket).put("NotificationConfiguration", told_all)
    key = f"{naming.normalized(function.name)}CustomS3{event.number}"
    service.add("Custom::S3BucketNotifications", key, shape, name=function.name, at=event.at, implied_by=function.key)


# -- user pools
# ---------------------------------------------------------------------------------------------------------
def _user_pool(service: Service, function: Declared, event: Event) -> None:
    at, pool = event.at, source_of(event, "pool")
    if pool is None:
        return
    trigger = Shape(at).put(event.text("trigger") or "PreSignUp", function.arn(at)).fields()
    name = display(pool)
    if is_true(event.get("existing")):
        shape = Shape(at).put("UserPoolName", pool).put("FunctionName", function.arn(at)).put("LambdaConfig", trigger)
        service.add(
            "Custom::CognitoUserPool",
            f"{naming.normalized(function.name)}CustomCognitoUserPool{event.number}",
            shape,
            name=function.name,
            at=at,
            implied_by=function.key,
        )
        source: Value = regional(at, "cognito-idp", "userpool/*")
    else:
        key = f"CognitoUserPool{naming.alphanumeric(name)}"
        known = service.made.pop(key, None)
        shape = (
            Shape(at)
            .put("UserPoolName", pool)
            .put(
                "LambdaConfig",
                trigger if known is None else overlay(value_of(known.properties, "LambdaConfig") or trigger, trigger),
            )
        )
        service.add(
            "AWS::Cognito::UserPool",
            key,
            shape,
            name=name,
            at=at if known is None else known.at,
            implied_by=function.key,
        )
        source = Reference(key, "Arn", at)
    word = f"CognitoUserPool{naming.alphanumeric(name)}TriggerSource{naming.alphanumeric(event.text('trigger') or '')}"
    service.permit(function, naming.permission(function.name, word), "cognito-idp.amazonaws.com", at, SourceArn=source)
