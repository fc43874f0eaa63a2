"""The AWS SDK for .NET: clients, requests, and the calls that are made with them.

Source: AWS SDK for .NET API reference, `Amazon.*`: a client is called `Amazon<Service>Client`, its methods are the
operations with `Async` behind them, requests are objects of properties; Amazon S3 writes some of its names in a way of
its own (`BucketName`, `GetObjectMetadata`). AWS SDK for .NET developer guide, "Using Amazon DynamoDB NoSQL databases"
(document and object persistence model), "TransferUtility"; Powertools for AWS Lambda (.NET), "Parameters".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.analysis.code.facts import CREDENTIALS
from casemate.analysis.code.interpret.applying import Given
from casemate.analysis.code.interpret.sdk_azure_net import call_net, make_net, typed_net
from casemate.analysis.code.interpret.sdk_csharp_objects import OBJECTS, call_object, make_object
from casemate.analysis.code.interpret.sdk_tables import pascal
from casemate.analysis.code.interpret.sdk_typed import POSITIONS, copied, service_named, spelled
from casemate.analysis.code.joining import known_text, options_of, taint_of, unknown
from casemate.analysis.code.values import (
    UNKNOWN,
    Client,
    Const,
    Environment,
    Instance,
    Mapping,
    Text,
    Thing,
    Value,
)

if TYPE_CHECKING:
    from casemate.analysis.code import ir
    from casemate.analysis.code.interpret.machine import Frame, Machine

CSHARP = "aws-sdk-net"

_CLIENT = re.compile(r"^(?:[\w.]+\.)?I?Amazon([A-Z]\w*?)(?:Client)?(?:\.(\w+))?$")
_NO_CLIENT = re.compile(r"(?:Exception|Request|Response|Config|Factory|Utility|Util|Event|Extensions|Builder)$")
_NAMES = {
    "simplenotificationservice": "sns", "keymanagementservice": "kms", "identitymanagementservice": "iam",
    "securitytokenservice": "sts", "simpleemailservice": "ses", "simpleemailservicev2": "sesv2",
    "simplesystemsmanagement": "ssm", "dynamodb": "dynamodb", "kinesisfirehose": "firehose",
    "appconfigdata": "appconfigdata", "ecr": "ecr", "bedrockagentruntime": "bedrock-agent-runtime",
    "apigatewaymanagementapi": "apigatewaymanagementapi", "iotdata": "iot-data", "dynamodbstreams": "dynamodbstreams",
    "cloudwatchlogs": "logs", "elasticloadbalancingv2": "elbv2", "rdsdataservice": "rds-data",
    "bedrockruntime": "bedrock-runtime", "bedrockagent": "bedrock-agent", "costexplorer": "ce",
    "locationservice": "location", "sagemakerruntime": "sagemaker-runtime", "apigateway": "apigateway",
    "lexruntimev2": "lexv2-runtime", "personalizeruntime": "personalize-runtime", "opensearchservice": "opensearch",
    "schedulerservice": "scheduler", "accessanalyzer": "accessanalyzer", "translate": "translate",
}  # fmt: skip
"""What stands between `Amazon` and `Client` -> the service as boto3 names it, where `service_named` does not know."""
_S3_NAMES = {
    "GetObjectMetadata": "HeadObject", "PutBucket": "CreateBucket", "ListVersions": "ListObjectVersions",
    "InitiateMultipartUpload": "CreateMultipartUpload", "CopyPart": "UploadPartCopy", "GetObjectStream": "GetObject",
    "UploadObjectFromStream": "PutObject", "UploadObjectFromFilePath": "PutObject", "DownloadToFilePath": "GetObject",
    "GetAllObjectKeys": "ListObjects", "DoesS3BucketExist": "HeadBucket", "DoesS3BucketExistV2": "HeadBucket",
    "GetACL": "GetObjectAcl", "PutACL": "PutObjectAcl", "MakeObjectPublic": "PutObjectAcl", "Deletes": "DeleteObjects",
    "GetBucketPolicy": "GetBucketPolicy", "EnsureBucketExists": "CreateBucket",
}  # fmt: skip
"""Methods of S3 that are not called as the operation is."""
_S3_FIELDS = {
    "BucketName": "Bucket", "CannedACL": "ACL",
    "TagSet": "Tagging", "DestinationObjectKey": "Key",
}  # fmt: skip
_PLACES: dict[tuple[str, str], tuple[str, ...]] = {
    **POSITIONS,
    ("s3", "CopyObject"): ("SourceBucket", "SourceKey", "Bucket", "Key"),
    ("s3", "GetObject"): ("Bucket", "Key", "VersionId"), ("s3", "DeleteObject"): ("Bucket", "Key", "VersionId"),
    ("s3", "ListObjectsV2"): ("Bucket",), ("s3", "HeadBucket"): ("Bucket",), ("s3", "PutObject"): ("Bucket", "Key"),
    ("dynamodb", "BatchGetItem"): ("RequestItems",), ("dynamodb", "BatchWriteItem"): ("RequestItems",),
    ("dynamodb", "DeleteTable"): ("TableName",), ("sqs", "DeleteMessageBatch"): ("QueueUrl", "Entries"),
    ("sqs", "ChangeMessageVisibility"): ("QueueUrl", "ReceiptHandle", "VisibilityTimeout"),
    ("sqs", "PurgeQueue"): ("QueueUrl",), ("sqs", "GetQueueAttributes"): ("QueueUrl", "AttributeNames"),
    ("sqs", "CreateQueue"): ("QueueName",), ("sns", "CreateTopic"): ("Name",),
    ("kms", "Encrypt"): ("KeyId", "Plaintext"), ("ses", "SendEmail"): ("Source", "Destination", "Message"),
}  # fmt: skip
"""Arguments of the short forms, and of constructors of requests, by place."""
_ENTRIES = re.compile(
    r"^(?:\w*Request(?:Entry)?|AttributeValue|KeysAndAttributes|TransactWriteItem|TransactGetItem|Put|Update|Delete|Get"
    r"|ConditionCheck|KeyVersion|S3Object|S3Location|Image|Video|Document|DocumentLocation|NotificationChannel"
    r"|OutputConfig|Target|FlexibleTimeWindow|Destination|Message|Body|Content|EmailContent|Media|Tag"
    r"|MessageAttributeValue|QueryExecutionContext|ResultConfiguration|GuardrailConfiguration|ImageSource"
    r"|RetrieveAndGenerateConfiguration|KnowledgeBaseRetrieveAndGenerateConfiguration|KnowledgeBaseQuery|Record"
    r"|NetworkConfiguration|AwsVpcConfiguration|TaskOverride|ContainerOverride|SqlParameter|Field"
    r"|ParameterizedStatement|(?:DynamoDB)?(?:Operation|Context|Load|Save|Delete|Query|Scan|FromQuery|FromScan|BatchWrite"
    r"|BatchGet|TransactWrite|TransactGet|GetTargetTable|QueryOperation|ScanOperation|PutItemOperation)Config)$"
)
"""Types of `Amazon.*.Model` that parameters are made of."""
_OWN = re.compile(r"(?:Basic|Session|Anonymous|StoredProfile)?AWSCredentials$")
_NO_CALL = frozenset({"Dispose", "Equals", "GetHashCode", "GetType", "ToString", "DetermineServiceOperationEndPoint"})


def service_of(name: str) -> str:
    """The service as boto3 names it, from what stands between `Amazon` and `Client`."""
    lower = name.lower()
    found = _NAMES.get(lower)
    if found is not None:
        return found
    return service_named(lower)


def call_csharp(machine: Machine, path: str, given: Given, frame: Frame) -> Value | None:
    """A client, a request, or what the call of an object gives that is known by its type only; else None."""
    name = path.rpartition(".")[2]
    new = getattr(given.node, "new", False)
    if new and _ENTRIES.match(name) and (path == name or path.startswith("Amazon.")):
        return _request(name, given)
    made = make_object(path, given) or make_net(path, given)
    if made is not None:
        return made
    if path.startswith(("Azure.", "Microsoft.Azure.Cosmos.")):
        found = typed_net(path) if isinstance(given.receiver, Thing) and given.receiver.made else None
        return None if found is None else call_net(machine, found[0], found[1], given, frame)
    owner, _, method = path.rpartition(".")
    typed = OBJECTS.get(owner.removesuffix("()"))
    if typed is not None and given.receiver is not None:
        return call_object(machine, Client(CSHARP, typed[0], typed[1]), method, given, frame)
    match = _CLIENT.match(path)
    if match is None or _NO_CLIENT.search(path.removesuffix(f".{match[2]}") if match[2] else path):
        if name.startswith("DoesS3BucketExist") and given.arguments:  # `AmazonS3Util.DoesS3BucketExistV2Async(s3, b)`
            rest = Given(given.receiver, given.arguments[1:], given.keywords, given.node)
            return call_csharp_client(machine, Client(CSHARP, "s3"), name, rest, frame)
        return None
    client = Client(CSHARP, service_of(match[1]))
    if match[2] is not None:
        return call_csharp_client(machine, client, match[2], given, frame) if given.receiver is not None else None
    if not new:
        return None
    if _has_own(given):
        client.bound[CREDENTIALS] = UNKNOWN
    return client


def _has_own(given: Given) -> bool:
    """Whether a client is made with an access key of its own."""
    first = given.arguments[0] if given.arguments else None
    for option in options_of(first) if first is not None else ():
        if isinstance(option, Thing) and option.path and _OWN.search(option.path.removesuffix("()")):
            return True
        if isinstance(option, (Const, Text, Environment)) and len(given.arguments) > 1:
            return not (isinstance(option, Const) and option.value is None)
    return False


_SHORT = frozenset(f"{operation}Async" for _, operation in _PLACES)


class Asked(Mapping):
    """A request of the SDK: whoever is given it calls AWS."""

    __slots__ = ()


def unseen(machine: Machine, name: str, arguments: list[Value], frame: Frame, node: ir.Expr) -> None:
    """A request, or a short form of a call, goes to something of which nothing is known: what it is cannot be told."""
    if any(isinstance(one, Asked) for one in arguments) or (arguments and name in _SHORT):
        machine.unfollowed(frame, node.at, "the client that a request of the SDK is given to is not known")


def _request(name: str, given: Given) -> Mapping:
    """An object of `Amazon.*.Model`: its properties, and what its constructor is given by place."""
    made = Asked() if name.endswith("Request") else Mapping()
    operation = name.removesuffix("Request")
    names = next((found for (_, one), found in _PLACES.items() if one == operation), ())
    if name == "AttributeValue":
        names = ("S",)
    for place, value in zip(names, given.arguments, strict=False):
        made.fields["BucketName" if place == "Bucket" else place] = value
    made.fields.update(given.keywords)
    return made


def call_csharp_client(machine: Machine, client: Client, name: str, given: Given, frame: Frame) -> Value:
    """A method of a client, or of one of the objects that stand on clients."""
    from casemate.analysis.code.interpret.sdk_calls import PRESIGNED, invoke

    if client.kind != "client":
        return call_object(machine, client, name, given, frame)
    operation = pascal(name.removesuffix("Async"))
    if operation in _NO_CALL:
        return UNKNOWN
    service = client.service
    signed = operation.lower() == "getpresignedurl" and service == "s3"
    if service == "s3":
        operation = _S3_NAMES.get(operation, operation)
    parameters = {**client.bound, **_given(service, operation, given)}
    if signed:
        verb = parameters.pop("Verb", UNKNOWN)
        text = known_text(verb) or (verb.path if isinstance(verb, Thing) and verb.path else "")
        last = text.rpartition(".")[2].upper()
        operation = {"PUT": "PutObject", "DELETE": "DeleteObject", "HEAD": "HeadObject"}.get(last, "GetObject")
        parameters.update(PRESIGNED)
    return invoke(machine, client, name, operation, parameters, given, frame)


def _given(service: str, operation: str, given: Given) -> dict[str, Value]:
    """The parameters of a call: the properties of its request, else its arguments by place."""
    tables = (service, operation) in {("dynamodb", "BatchGetItem"), ("dynamodb", "BatchWriteItem")}
    for one in given.arguments[:1]:
        found: dict[str, Value] = {}
        plain = False
        for option in options_of(one):
            if isinstance(option, (Mapping, Instance)) and (not tables or "RequestItems" in option.fields):
                found.update(parameters_of(service, option))
            elif isinstance(option, Thing) and option.path is None:
                found["*"] = unknown(taint_of(option))
            else:
                plain = True
        if found and not plain:
            return found
    names = _PLACES.get((service, operation), ())
    placed = dict(zip(names, given.arguments, strict=False))
    placed.update({pascal(name): value for name, value in given.keywords.items() if " " not in name})
    if not names and given.arguments:
        placed["*"] = unknown(given.taint())
    return _renamed(service, placed)


def parameters_of(service: str, value: Mapping | Instance) -> dict[str, Value]:
    """The properties of a request, as the API writes them."""
    found = {key: inner for key, inner in value.fields.items() if isinstance(key, str)}
    if any(not isinstance(key, str) for key in value.fields):
        found["*"] = unknown(taint_of(value))
    return _renamed(service, found)


def _renamed(service: str, fields: dict[str, Value]) -> dict[str, Value]:
    if service != "s3":
        return {spelled(service, name): value for name, value in fields.items()}
    found = {_S3_FIELDS.get(name, name): value for name, value in fields.items()}
    found = copied(found)
    objects = found.pop("Objects", None)
    if objects is not None:
        inner = Mapping()
        inner.fields["Objects"] = objects
        found["Delete"] = inner
    return found
