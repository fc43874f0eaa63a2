"""Which trigger an event comes from, by the members that only its platform writes.

Sources: AWS Lambda Developer Guide ("Using other services"), API Gateway "Working with AWS Lambda proxy integrations",
Amplify and AppSync resolver context, Cognito trigger parameters; Azure Functions "custom handlers" (Data and Metadata)
and the trigger pages; CloudEvents 1.0; Google "Cloud Pub/Sub push" and "CloudEvent function".
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_BY_SOURCE = {
    "aws:s3": "s3",
    "aws:sqs": "sqs",
    "aws:sns": "sns",
    "aws:kinesis": "kinesis",
    "aws:dynamodb": "dynamodb-stream",
    "aws:ses": "ses",
    "aws:codecommit": "codecommit",
    "aws:kafka": "msk",
    "SelfManagedKafka": "kafka",
    "aws:mq": "mq-active",
    "aws:amq": "mq-active",
    "aws:rmq": "mq-rabbit",
}
_BY_MEMBERS = (
    ("alexa", ("session", "request", "version")),
    ("lex", ("bot", "sessionId", "inputTranscript")),
    ("lex", ("currentIntent", "bot")),
    ("connect", ("Details", "Name")),
    ("secrets-rotation", ("Step", "SecretId", "ClientRequestToken")),
    ("cloudformation", ("RequestType", "ResponseURL", "StackId")),
    ("config", ("invokingEvent", "configRuleName")),
    ("config", ("invokingEvent", "eventLeftScope")),
    ("codepipeline", ("CodePipeline.job",)),
    ("s3-batch", ("invocationSchemaVersion", "tasks")),
    ("s3-object-lambda", ("getObjectContext", "userRequest")),
    ("cognito", ("triggerSource", "userPoolId")),
    ("cognito-sync", ("datasetName", "identityPoolId")),
    ("appsync-authorizer", ("authorizationToken", "requestContext")),
    ("appsync", ("info", "arguments")),
    ("appsync", ("typeName", "fieldName", "arguments")),
    ("cloudwatch-alarm", ("alarmArn", "alarmData")),
    ("iot", ("clickType", "serialNumber")),
    ("iot", ("deviceInfo", "deviceEvent")),
    ("iot", ("topic", "clientId")),
    ("iot", ("mqttTopic",)),
    ("step-functions", ("TaskToken",)),
    ("step-functions", ("taskToken",)),
    ("step-functions", ("Execution", "StateMachine")),
    ("google-pubsub-push", ("message", "subscription")),
    ("azure-timer", ("schedule", "scheduleStatus")),
    ("azure-timer", ("Schedule", "ScheduleStatus")),
    ("azure-timer", ("isPastDue",)),
    ("azure-timer", ("IsPastDue",)),
    ("azure-timer", ("past_due",)),
    ("azure-queue", ("dequeue_count",)),
    ("azure-queue", ("dequeueCount",)),
    ("azure-queue", ("DequeueCount",)),
    ("azure-service-bus", ("lock_token",)),
    ("azure-service-bus", ("lockToken",)),
    ("azure-service-bus", ("delivery_count",)),
    ("azure-service-bus", ("deliveryCount",)),
    ("azure-event-hub", ("enqueued_time", "sequence_number")),
    ("azure-event-hub", ("enqueuedTimeUtc", "sequenceNumber")),
    ("azure-event-hub", ("EnqueuedTimeUtc", "SequenceNumber")),
    ("azure-blob", ("blobTrigger",)),
    ("azure-blob", ("blob_trigger",)),
    ("azure-blob", ("BlobTrigger",)),
)
_FIRST_MEMBERS = frozenset(names[0] for _, names in _BY_MEMBERS)
_AZURE_METADATA = (
    ("azure-queue", ("DequeueCount", "QueueTrigger", "PopReceipt")),
    ("azure-blob", ("BlobTrigger",)),
    ("azure-service-bus", ("LockToken", "DeliveryCount", "MessageReceiver", "DeliveryCountArray", "LockTokenArray")),
    (
        "azure-event-hub",
        ("PartitionContext", "EnqueuedTimeUtc", "SequenceNumberArray", "SystemPropertiesArray", "Offset"),
    ),
)


def recognise(event: object) -> str:
    """The name of the trigger; `direct` where no platform's mark is found."""
    if isinstance(event, list):
        return _of_list(event)
    if not isinstance(event, dict):
        return "direct"
    records = event.get("Records")
    if isinstance(records, list) and records and isinstance(records[0], dict):
        found = _of_record(records[0])
        if found is not None:
            return found
    if isinstance(event.get("records"), list) and ("deliveryStreamArn" in event or "invocationId" in event):
        return "firehose"
    source = event.get("eventSource")
    if (
        isinstance(source, str)
        and source in _BY_SOURCE
        and ("records" in event or "messages" in event or "rmq" in source)
    ):
        return _BY_SOURCE[source]
    if isinstance(event.get("rmqMessagesByQueue"), dict):
        return "mq-rabbit"
    window = event.get("eventSourceARN")
    if "window" in event and isinstance(window, str):  # of a stream, maybe without records ("Tumbling windows")
        return "kinesis" if ":kinesis:" in window else "dynamodb-stream"
    logs = event.get("awslogs")
    if isinstance(logs, dict) and "data" in logs:
        return "cloudwatch-logs"
    return _of_http(event) or _of_envelope(event) or _of_members(event) or "direct"


def _of_record(record: Mapping[str, object]) -> str | None:
    source = record.get("eventSource") or record.get("EventSource")
    if source == "aws:sqs":
        body = record.get("body")
        if isinstance(body, str) and '"Notification"' in body[:512] and '"TopicArn"' in body:
            return "sns-in-sqs"
    if isinstance(source, str) and source in _BY_SOURCE:
        return _BY_SOURCE[source]
    if isinstance(record.get("cf"), dict):
        return "cloudfront"
    return None


def _of_list(event: list[object]) -> str:
    first = event[0] if event else None
    if not isinstance(first, dict):
        return "direct"
    if "eventType" in first and "subject" in first and ("topic" in first or "dataVersion" in first):
        return "azure-event-grid"
    if "_rid" in first and ("_ts" in first or "_etag" in first):
        return "azure-cosmos-db"
    if "info" in first and "arguments" in first:
        return "appsync"
    if "specversion" in first:
        return _of_envelope(first) or "cloudevent"
    return _of_members(first) or "direct"


def _of_http(event: Mapping[str, object]) -> str | None:
    context = event.get("requestContext")
    kind = event.get("type")
    if kind == "TOKEN" and "methodArn" in event:
        return "authorizer-token"
    if kind == "REQUEST" and ("methodArn" in event or "routeArn" in event):
        return "authorizer-request"
    if isinstance(context, dict):
        if "elb" in context:
            return "alb"
        if "connectionId" in context or str(context.get("eventType")) in {"CONNECT", "MESSAGE", "DISCONNECT"}:
            return "websocket"
        if "serviceNetworkArn" in context:
            return "vpc-lattice"
        if isinstance(context.get("http"), dict):
            host = context.get("domainName")
            return "function-url" if isinstance(host, str) and ".lambda-url." in host else "http-v2"
        if "httpMethod" in event or "httpMethod" in context:
            return "http-v1"
        return None
    if "httpMethod" in event and ("path" in event or "resource" in event):
        return "http-v1"
    return None


def _of_envelope(event: Mapping[str, object]) -> str | None:
    """EventBridge, CloudEvents, Azure's Data and Metadata, Google's data and context, plain HTTP."""
    if "detail-type" in event and "source" in event:
        scheduled = event.get("detail-type") == "Scheduled Event" or event.get("source") == "aws.scheduler"
        return "schedule" if scheduled else "eventbridge"
    if "specversion" in event and "type" in event:
        kind = str(event["type"])
        if kind.startswith("google."):
            return "google-cloudevent"
        return "azure-event-grid" if kind.startswith("Microsoft.") else "cloudevent"
    data, metadata = event.get("Data"), event.get("Metadata")
    if isinstance(data, dict) and isinstance(metadata, dict):
        return _of_azure(data, metadata)
    if "eventType" in event and "subject" in event and ("topic" in event or "dataVersion" in event):
        return "azure-event-grid"
    context = event.get("context")
    if "data" in event and isinstance(context, dict) and ("eventId" in context or "event_id" in context):
        return "google-event"
    if str(event.get("@type", "")).endswith("PubsubMessage"):
        return "google-event"
    if event.get("kind") == "storage#object" and "bucket" in event:
        return "google-event"
    if "method" in event and ("url" in event or "path" in event) and isinstance(event.get("headers"), dict | list):
        return "azure-http" if _is_azure(event) else "http"
    if "_rid" in event and "_ts" in event:
        return "azure-cosmos-db"
    return None


def _is_azure(event: Mapping[str, object]) -> bool:
    headers = event.get("headers")
    names = {str(name).lower() for name in headers} if isinstance(headers, dict) else set()
    url = str(event.get("url", ""))
    return "azurewebsites.net" in url or "x-arr-log-id" in names or ("params" in event and "query" in event)


def _of_azure(data: Mapping[str, object], metadata: Mapping[str, object]) -> str:
    for trigger, names in _AZURE_METADATA:
        if any(name in metadata for name in names):
            return trigger
    for value in data.values():
        if isinstance(value, dict) and {"Url", "Method", "url", "method"} & value.keys():
            return "azure-http"
        if isinstance(value, dict) and {"IsPastDue", "Schedule", "ScheduleStatus"} & value.keys():
            return "azure-timer"
        text = str(value)[:4096]
        if '"_rid"' in text or "'_rid'" in text:
            return "azure-cosmos-db"
        if "eventType" in text and "subject" in text:
            return "azure-event-grid"
    return "azure-function"


def _of_members(event: Mapping[str, object]) -> str | None:
    if not _FIRST_MEMBERS.isdisjoint(event):
        for trigger, names in _BY_MEMBERS:
            if all(name in event for name in names):
                return trigger
    if isinstance(event.get("tasks"), list) and "job" in event:
        return "s3-batch"
    return None
