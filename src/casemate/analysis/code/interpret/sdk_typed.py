"""The SDKs of AWS for Go and Java, versions 1 and 2: clients, requests, and the calls that are made with them.

In these languages the package says which service it is, and an object of a type stands for the parameters. Sources:
AWS SDK for Go v2 and v1 developer guides, pkg.go.dev of `service/*`, `feature/s3/manager`; AWS SDK for Java 2.x
developer guide ("Builders", "Use the DynamoDB Enhanced Client"), AWS SDK for Java 1.x developer guide and reference.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.analysis.code.interpret.sdk_tables import SERVICES, pascal
from casemate.analysis.code.joining import options_of, taint_of, unknown
from casemate.analysis.code.values import UNKNOWN, Client, Closure, Const, Instance, Mapping, Sequence, Text, Value

if TYPE_CHECKING:
    from collections.abc import Mapping as Map

    from casemate.analysis.code.interpret.applying import Given
    from casemate.analysis.code.interpret.machine import Frame, Machine

GO, JAVA = "aws-sdk-go", "aws-sdk-java"
SDKS = frozenset({GO, JAVA})
ROOTS = ("github.com/aws/aws-sdk-go", "software.amazon.awssdk.", "com.amazonaws.services.", "software.amazon.lambda.",
         "com.amazonaws.secretsmanager.caching.")  # fmt: skip

_GO = re.compile(
    r"^github\.com/aws/aws-sdk-go(?:-v2)?/(?:service|feature)/(\w+)((?:/\w+){0,3})\.(\w+)(?:\.(\w+))?(?:\(\))?$"
)
_GO_POINTERS = re.compile(r"^github\.com/aws/aws-sdk-go(?:-v2)?/aws\.(?:To)?[A-Z]\w*$")
_JAVA = re.compile(
    r"^(?:software\.amazon\.awssdk\.services|com\.amazonaws\.services)\.(\w+)((?:\.[a-z]\w*){0,3})\.([A-Z]\w*)(?:\.(\w+))?$"
)
_SUFFIX = re.compile(r"(?:Pages)?(?:WithContext)?$|Paginator$")
_OWN_NAMES = {
    "dynamodbv2": "dynamodb", "simpleemail": "ses", "simpleemailv2": "sesv2", "simplesystemsmanagement": "ssm",
    "securitytoken": "sts", "identitymanagement": "iam", "cognitoidentityprovider": "cognito-idp",
    "cognitoidp": "cognito-idp", "cognitoidentity": "cognito-identity", "rdsdata": "rds-data",
    "rdsdataservice": "rds-data", "iotdataplane": "iot-data", "costexplorer": "ce", "elasticsearchservice": "es",
    "elasticloadbalancingv2": "elbv2", "elasticloadbalancing": "elb", "bedrockagentruntime": "bedrock-agent-runtime",
    "redshiftdata": "redshift-data", "timestreamwrite": "timestream-write", "timestreamquery": "timestream-query",
    "databasemigrationservice": "dms", "elasticmapreduce": "emr", "applicationautoscaling": "application-autoscaling",
    "sagemakerruntime": "sagemaker-runtime", "schedulerservice": "scheduler", "kinesisfirehose": "firehose",
}  # fmt: skip
"""Packages whose name is neither boto3's nor in `SERVICES`."""
_LOWER = frozenset({
    "stepfunctions", "ecs", "logs", "codebuild", "batch", "ecr", "bedrock-runtime", "iot-data", "appsync", "apigateway",
    "codepipeline", "rds-data", "codecommit", "iot", "mq", "xray",
})  # fmt: skip
"""Services whose API writes its parameters in lower camel case."""
POSITIONS: dict[tuple[str, str], tuple[str, ...]] = {
    ("s3", "GetObject"): ("Bucket", "Key"), ("s3", "PutObject"): ("Bucket", "Key", "Body"),
    ("s3", "DeleteObject"): ("Bucket", "Key"), ("s3", "HeadObject"): ("Bucket", "Key"),
    ("s3", "ListObjects"): ("Bucket", "Prefix"), ("s3", "ListObjectsV2"): ("Bucket", "Prefix"),
    ("s3", "CopyObject"): ("CopySource", "*", "Bucket", "Key"), ("s3", "DeleteBucket"): ("Bucket",),
    ("s3", "CreateBucket"): ("Bucket",), ("sqs", "SendMessage"): ("QueueUrl", "MessageBody"),
    ("sqs", "ReceiveMessage"): ("QueueUrl",), ("sqs", "DeleteMessage"): ("QueueUrl", "ReceiptHandle"),
    ("sqs", "GetQueueUrl"): ("QueueName",), ("sqs", "SendMessageBatch"): ("QueueUrl", "Entries"),
    ("sns", "Publish"): ("TopicArn", "Message", "Subject"), ("dynamodb", "GetItem"): ("TableName", "Key"),
    ("dynamodb", "PutItem"): ("TableName", "Item"), ("dynamodb", "DeleteItem"): ("TableName", "Key"),
    ("dynamodb", "UpdateItem"): ("TableName", "Key", "AttributeUpdates"), ("dynamodb", "Scan"): ("TableName",),
    ("dynamodb", "Query"): ("TableName",), ("dynamodb", "DescribeTable"): ("TableName",),
    ("kinesis", "PutRecord"): ("StreamName", "Data", "PartitionKey"),
}  # fmt: skip
"""Short forms of the first Java SDK and constructors of its requests -> what each argument is."""
_S3_NAMES = {
    "GetObjectAsString": "GetObject", "GetObjectAsBytes": "GetObject", "GetObjectMetadata": "HeadObject",
    "DoesObjectExist": "HeadObject", "DoesBucketExistV2": "HeadBucket", "ListNextBatchOfObjects": "ListObjects",
    "GeneratePresignedUrl": "GetObject", "Upload": "PutObject", "UploadFile": "PutObject",
    "UploadWithIterator": "PutObject", "UploadObject": "PutObject", "Download": "GetObject",
    "DownloadFile": "GetObject", "DownloadObject": "GetObject",
}  # fmt: skip
_NO_CALL = frozenset({"Options", "Close", "close", "shutdown", "getClass", "hashCode", "toString", "equals",
    "HasMorePages", "serviceName", "serviceClientConfiguration", "utilities", "setRegion", "setEndpoint"})  # fmt: skip
_HANDLES = frozenset({"waiter", "getWaiters"})


def service_named(package: str) -> str:
    """A service as boto3 names it, from the name of its package in Go or Java."""
    lower = package.lower()
    return _OWN_NAMES.get(lower) or SERVICES.get(lower, lower)


# -- what a call of the library makes
def call_typed(machine: Machine, path: str, given: Given, frame: Frame) -> Value | None:
    """A client or request, or what the call of an object that is known by its type only gives back; else None."""
    if path.startswith("github.com/"):
        return _go(machine, path, given, frame)
    from casemate.analysis.code.interpret.sdk_java import call_java_library

    made = call_java_library(machine, path, given, frame)
    return _java(machine, path, given, frame) if made is None else made


def _go(machine: Machine, path: str, given: Given, frame: Frame) -> Value | None:
    if _GO_POINTERS.match(path) and len(given.arguments) == 1:
        return given.arguments[0]
    match = _GO.match(path)
    if match is None:
        return None
    package, inner, name, method = match[1], match[2], match[3], match[4]
    service = service_named(package)
    if "/service/" not in path and not inner.endswith("manager"):
        return None  # `feature/dynamodb/attributevalue` calls nothing
    if method is not None:
        return _called(machine, Client(GO, service), method, given, frame) if _is_go_client(name) else None
    if name in {"New", "NewFromConfig", "NewUploader", "NewDownloader", "NewPresignClient", "NewUploaderWithClient",
                "NewDownloaderWithClient"}:  # fmt: skip
        return Client(GO, service, "presign" if "Presign" in name else "client")
    if name.startswith("New") and name.endswith("Paginator") and len(given.arguments) > 1:
        _note(machine, Client(GO, service), name[3:-9], _parameters(service, given.arguments[1]), given, frame)
        return None
    return None


def _is_go_client(name: str) -> bool:
    """`Client` (v2), `DynamoDB` (v1: as the service), `DynamoDBAPI` (its interface), the managers of S3."""
    return name in {"Client", "Uploader", "Downloader", "PresignClient"} or name.endswith("API") or not name.endswith(
        ("Input", "Output", "Request", "Paginator", "Waiter", "Builder", "Exception", "Config", "Options")
    )  # fmt: skip


def _java(machine: Machine, path: str, given: Given, frame: Frame) -> Value | None:
    match = _JAVA.match(path)
    if match is None or path.startswith("com.amazonaws.services.lambda.runtime"):
        return None
    service, inner, name, method = service_named(match[1]), match[2], match[3], match[4]
    if inner.endswith(".model"):
        if method in {None, "builder"} and not name.endswith(("Response", "Result", "Exception")):
            return _request(service, name.removesuffix("Request"), given, whole=name.endswith("Request"))
        return None
    if inner == ".document" and name == "DynamoDB" and method is None:
        return Client(JAVA, "dynamodb", "document")
    if inner not in {"", ".presigner", ".transfer"} or name.endswith(("Exception", "Waiter")):
        return None
    if method in {"builder", "standard", "create", "defaultClient", "build"} or method is None:
        builds = method in {"builder", "standard"} or (method is None and name.endswith("Builder"))
        return Client(JAVA, service, "builder" if builds else "client")
    return _called(machine, Client(JAVA, service), method, given, frame)


def _request(service: str, operation: str, given: Given, *, whole: bool = True) -> Client:
    """A request, or (`whole` is False) something that stands in one."""
    made = Client(JAVA, service, "request" if whole else "part", operation=operation)
    made.bound.update(_placed(service, operation, given.arguments) if whole else {})
    return made


# -- calls
def call_typed_client(machine: Machine, client: Client, name: str, given: Given, frame: Frame) -> Value:
    """A method of a client, builder, request or table."""
    if client.kind in {"request", "part"}:
        return _built(machine, client, name, given, frame)
    if client.kind == "builder":
        return Client(JAVA, client.service) if name == "build" else client
    if client.sdk == JAVA and client.kind != "client":
        from casemate.analysis.code.interpret.sdk_java import call_java

        return call_java(machine, client, name, given, frame)
    return _called(machine, client, name, given, frame)


def _built(machine: Machine, request: Client, name: str, given: Given, frame: Frame) -> Value:
    """A setter of a request or of its builder: `bucket(x)`, `withBucket(x)`, `setBucket(x)`."""
    if name in {"build", "toBuilder", "clone"} or not given.arguments:
        return as_fields(request) if request.kind == "part" and name == "build" else request
    bare = name[4:] if name.startswith("with") and name[4:5].isupper() else name
    bare = bare[3:] if bare.startswith("set") and bare[3:4].isupper() else bare
    values = [_inside(machine, one, request, bare, given, frame) for one in given.arguments]
    request.bound[spelled(request.service, bare)] = values[0] if len(values) == 1 else Sequence(values)
    return request


def _inside(machine: Machine, value: Value, request: Client, name: str, given: Given, frame: Frame) -> Value:
    """What a setter is given: something with fields of its own, or the function that fills one in."""
    if isinstance(value, Client) and value.kind in {"request", "part"}:
        return as_fields(value)
    if isinstance(value, Closure):
        from casemate.analysis.code.interpret.calling import call

        made = Client(JAVA, request.service, "part", operation=pascal(name))
        call(machine, value, [made], {}, frame, given.node)
        return as_fields(made)
    return value


def as_fields(request: Client) -> Mapping:
    """A request that stands in another one."""
    made = Mapping()
    made.fields.update(request.bound)
    return made


def spelled(service: str, name: str) -> str:
    """A parameter as the API writes it. S3's first Java SDK says `BucketName`."""
    if service in _LOWER:
        return name[:1].lower() + name[1:]
    name = pascal(name)
    return "Bucket" if (service, name) == ("s3", "BucketName") else name


def _called(machine: Machine, client: Client, name: str, given: Given, frame: Frame) -> Value:
    from casemate.analysis.code.interpret.sdk import invoke

    if name in _HANDLES:
        return client
    if name in _NO_CALL or (name.startswith(("get", "set")) and name[3:] in {"Region", "Endpoint", "ServiceName"}):
        return UNKNOWN
    operation = pascal(name)
    if client.sdk == GO:
        operation = _SUFFIX.sub("", operation) or operation
        if client.kind == "presign":
            operation = operation.removeprefix("Presign")
    operation = operation.removesuffix("Paginator")
    if client.sdk == JAVA and client.service == "s3" and name == "copyObject":
        parameters = copied({**client.bound, **_given(machine, client, operation, given, frame)})
        return invoke(machine, client, name, operation, parameters, given, frame)
    signed = client.sdk == JAVA and client.service == "s3" and operation.startswith("Presign")
    if signed:
        operation = operation.removeprefix("Presign")
    if client.service == "s3":
        operation = _S3_NAMES.get(operation, operation)
    parameters = dict(client.bound)
    parameters.update(_given(machine, client, operation, given, frame))
    if signed:  # `GetObjectPresignRequest` holds the request that is signed
        inner = parameters.pop(f"{operation}Request", None)
        parameters = _parameters(client.service, inner) if inner is not None else parameters
    return invoke(machine, client, name, operation, parameters, given, frame)


def _given(machine: Machine, client: Client, operation: str, given: Given, frame: Frame) -> dict[str, Value]:
    """The parameters of a call, however they are given."""
    service = client.service
    for one in given.arguments:
        for option in options_of(one):
            if isinstance(option, Client) and option.kind == "request":
                return {spelled(service, key): inner for key, inner in option.bound.items()}
            if isinstance(option, Closure) and client.sdk == JAVA:  # `getObject(b -> b.bucket(x))`
                from casemate.analysis.code.interpret.calling import call

                request = Client(JAVA, service, "request", operation=operation)
                call(machine, option, [request], {}, frame, given.node)
                return dict(request.bound)
            if isinstance(option, (Mapping, Instance)) and client.sdk == GO:
                return _parameters(service, option)
    if client.sdk == JAVA:
        return _placed(service, operation, given.arguments)
    taint = given.taint()
    return {"*": unknown(taint)} if given.arguments else {}


def _placed(service: str, operation: str, arguments: list[Value]) -> dict[str, Value]:
    """Arguments by their places; what is not described may be any parameter."""
    names = POSITIONS.get((service, operation))
    if names is None:
        plain = all(isinstance(one, (Const, Text)) for one in arguments)
        return {} if plain and not any(taint_of(one) for one in arguments) else {"*": UNKNOWN}
    return {name: value for name, value in zip(names, arguments, strict=False) if name != "*"}


def copied(fields: dict[str, Value]) -> dict[str, Value]:
    """The parameters of a copy, where the SDK spells out the two places (`sourceBucket`, `destinationKey`)."""
    found = {{"DestinationBucket": "Bucket", "DestinationKey": "Key"}.get(name, name): value
             for name, value in fields.items()}  # fmt: skip
    source = {new: found.pop(old) for old, new in (("SourceBucket", "Bucket"), ("SourceKey", "Key")) if old in found}
    if source:
        made = Mapping()
        made.fields.update(source)
        found["CopySource"] = made
    return found


def _parameters(service: str, value: Value) -> dict[str, Value]:
    """The fields of a Go struct, as the API writes them."""
    found: dict[str, Value] = {}
    for option in options_of(value):
        fields: Map[object, Value] = option.fields if isinstance(option, (Mapping, Instance)) else {}
        for key, inner in fields.items():
            found[spelled(service, key) if isinstance(key, str) else "*"] = inner
        if not isinstance(option, (Mapping, Instance)):
            found["*"] = unknown(taint_of(option))
    return found


def _note(
    machine: Machine, client: Client, operation: str, parameters: dict[str, Value], given: Given, frame: Frame
) -> None:
    from casemate.analysis.code.interpret.sdk import invoke

    invoke(machine, client, operation, operation, parameters, given, frame)
