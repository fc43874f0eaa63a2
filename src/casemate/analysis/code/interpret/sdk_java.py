"""Libraries for Java that stand on the clients of AWS: DynamoDB's objects and documents, transfers, caches, parameters.

Sources: AWS SDK for Java 2.x developer guide, "Use the DynamoDB Enhanced Client API", "Transfer files with the Amazon
S3 Transfer Manager"; AWS SDK for Java 1.x, "DynamoDB document API", "DynamoDBMapper"; aws-secretsmanager-caching-java,
README; Powertools for AWS Lambda (Java), "Parameters", "Idempotency".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.analysis.code.joining import known_text, options_of, unknown
from casemate.analysis.code.values import UNKNOWN, Client, Closure, Const, Mapping, Thing, Value

if TYPE_CHECKING:
    from casemate.analysis.code.interpret.applying import Given
    from casemate.analysis.code.interpret.machine import Frame, Machine

_JAVA = "aws-sdk-java"
_ENHANCED = "software.amazon.awssdk.enhanced.dynamodb."
_TRANSFER = "software.amazon.awssdk.transfer.s3."
_CACHING = "com.amazonaws.secretsmanager.caching.SecretCache"
_POWERTOOLS = re.compile(
    r"^software\.amazon\.lambda\.powertools\.(parameters|idempotency)\.(?:[a-z]\w*\.){0,4}(\w+)(?:\.(\w+))?$"
)
_MAPPER = "com.amazonaws.services.dynamodbv2.datamodeling.DynamoDBMapper"
_TABLE = {
    "getItem": "GetItem", "putItem": "PutItem", "deleteItem": "DeleteItem", "updateItem": "UpdateItem",
    "query": "Query", "scan": "Scan", "describe": "DescribeTable", "describeTable": "DescribeTable",
    "createTable": "CreateTable", "deleteTable": "DeleteTable", "delete": "DeleteTable", "getItemOutcome": "GetItem",
    "putItemWithResponse": "PutItem", "updateItemWithResponse": "UpdateItem", "deleteItemWithResponse": "DeleteItem",
    "getItemWithResponse": "GetItem",
}  # fmt: skip
_MANY = {
    "batchGetItem": "BatchGetItem", "batchWriteItem": "BatchWriteItem", "transactGetItems": "TransactGetItems",
    "transactGetItemsWithResponse": "TransactGetItems",
}  # fmt: skip
_ADDS = {
    "addPutItem": "Put", "addUpdateItem": "Update", "addDeleteItem": "Delete", "addConditionCheck": "ConditionCheck",
    "addGetItem": "Get",
}  # fmt: skip
_MAPPED = {
    "load": ("GetItem",), "save": ("UpdateItem", "PutItem"), "delete": ("DeleteItem",), "query": ("Query",),
    "queryPage": ("Query",), "scan": ("Scan",), "scanPage": ("Scan",), "count": ("Query",), "parallelScan": ("Scan",),
    "batchLoad": ("BatchGetItem",), "batchSave": ("BatchWriteItem",), "batchDelete": ("BatchWriteItem",),
    "batchWrite": ("BatchWriteItem",),
}  # fmt: skip
_TRANSFERS = {
    "uploadFile": ("Upload",), "upload": ("Upload",), "uploadDirectory": ("Upload",), "downloadFile": ("GetObject",),
    "download": ("GetObject",), "downloadDirectory": ("ListObjectsV2", "GetObject"),
    "copy": ("HeadObject", "CopyObject"),
}  # fmt: skip
_PROVIDERS = {
    "SSMProvider": "ssm", "SSM": "ssm", "SecretsProvider": "secretsmanager", "Secrets": "secretsmanager",
    "DynamoDbProvider": "dynamodb", "AppConfigProvider": "appconfigdata",
}  # fmt: skip
_ASKS = {"getSsmProvider": "ssm", "getSecretsProvider": "secretsmanager", "getDynamoDbProvider": "dynamodb",
         "getAppConfigProvider": "appconfigdata"}  # fmt: skip
_IDEMPOTENT = ("GetItem", "PutItem", "UpdateItem", "DeleteItem")


_IN_MODEL = re.compile(
    rb"\b(?:[A-Z]\w{0,80}Request(?:Entry)?|AttributeValue|TransactWriteItem|TransactGetItem|Put|Update|Delete|Get"
    rb"|ConditionCheck|ObjectIdentifier|KeysAndAttributes|WriteRequest|MessageAttributeValue|S3Object|Image|Document"
    rb"|FlexibleTimeWindow|Target|Destination|Message|Body|Content|WriteBatch|ReadBatch)\b"
)
_ENHANCED_MODEL = ("EnhancedRequest", "WriteBatch", "ReadBatch")
_PLAIN = ("DbClient", "DbAsyncClient", "DbClientBuilder")
"""Clients of DynamoDB itself."""
_CLIENTS = re.compile(
    rb"\b(?:[A-Z]\w{0,60}(?:Client|AsyncClient|ClientBuilder|Presigner|TransferManager)|Amazon[A-Z]\w{0,60}"
    rb"|AWS[A-Z]\w{0,60}|DynamoDb\w{1,40}|DynamoDBMapper\w{0,20}|DynamoDB)\b"
)


def classes_of(package: str, source: bytes) -> list[str]:
    """The classes of a package of the SDK, imported as a whole, that a file mentions, as far as their names tell."""
    if ".lambda.runtime" in package:
        return []
    if package.endswith(".model"):
        found = sorted({word.decode() for word in _IN_MODEL.findall(source)})
        own = package.startswith(_ENHANCED)
        return [word for word in found if (word.endswith(_ENHANCED_MODEL)) == own]
    words = {word.decode() for word in _CLIENTS.findall(source)}
    last = package.rpartition(".")[2].lower()
    if package.startswith("com.amazonaws.services."):
        return sorted(word for word in words if word.startswith(("Amazon", "AWS", "DynamoDBMapper", "DynamoDB")))
    if package.startswith(_ENHANCED.rstrip(".")):
        return sorted(word for word in words if word.startswith("DynamoDb") and not word.endswith(_PLAIN))
    return sorted(word for word in words if word.lower().startswith(last))


def call_java_library(machine: Machine, path: str, given: Given, frame: Frame) -> Value | None:
    """An object of one of these libraries, or what the call of one that is known by its type gives back; else None."""
    if path.startswith(_ENHANCED):
        return _enhanced(machine, path, given, frame)
    if path.startswith(_TRANSFER):
        owner, _, name = path.removeprefix(_TRANSFER).rpartition(".")
        if owner == "S3TransferManager" and name in {"create", "builder"}:
            return Client(_JAVA, "s3", "transfer")
        if owner == "S3TransferManager":
            return call_java(machine, Client(_JAVA, "s3", "transfer"), name, given, frame)
        if name == "builder" and owner.endswith("Request"):
            return Client(_JAVA, "s3", "request", operation=owner.rpartition(".")[2])
        return None
    if path.startswith(_CACHING):
        name = path.removeprefix(_CACHING).lstrip(".")
        cache = Client(_JAVA, "secretsmanager", "cache")
        return cache if not name else call_java(machine, cache, name, given, frame) if given.receiver else None
    if path.startswith(_MAPPER):
        name = path.removeprefix(_MAPPER).lstrip(".")
        mapper = Client(_JAVA, "dynamodb", "mapper")
        return mapper if not name else call_java(machine, mapper, name, given, frame) if given.receiver else None
    match = _POWERTOOLS.match(path)
    return None if match is None else _powertools(machine, match, given, frame)


def _powertools(machine: Machine, match: re.Match[str], given: Given, frame: Frame) -> Value | None:
    owner, method = match[2], match[3]
    if match[1] == "idempotency":
        return Client(_JAVA, "dynamodb", "idempotency") if owner == "DynamoDBPersistenceStore" else None
    if owner == "ParamManager":
        service = _ASKS.get(method or "")
        if service is None and method == "getProvider" and given.arguments:
            named = given.arguments[0]
            last = (
                named.path.removesuffix(".class").rpartition(".")[2] if isinstance(named, Thing) and named.path else ""
            )
            service = _PROVIDERS.get(last)
        return None if service is None else Client(_JAVA, service, "provider")
    service = _PROVIDERS.get(owner)
    if service is None:
        return None
    provider = Client(_JAVA, service, "provider")
    if method in {None, "builder", "create", "get"} and given.receiver is None:
        return provider
    if method in {"builder", "create"}:
        return provider
    return call_java(machine, provider, method or "", given, frame)


def _enhanced(machine: Machine, path: str, given: Given, frame: Frame) -> Value | None:
    name, _, method = path.removeprefix(_ENHANCED).partition(".")
    if name.startswith("DynamoDbEnhanced"):
        client = Client(_JAVA, "dynamodb", "document")
        return (
            client if method in {"", "create", "builder", "build"} else call_java(machine, client, method, given, frame)
        )
    if name in {"DynamoDbTable", "DynamoDbAsyncTable"} and method:
        return call_java(machine, Client(_JAVA, "dynamodb", "Table"), method, given, frame)
    if name in {"DynamoDbIndex", "DynamoDbAsyncIndex"} and method:
        return call_java(machine, Client(_JAVA, "dynamodb", "Table", {"IndexName": UNKNOWN}), method, given, frame)
    owner, _, last = path.rpartition(".")
    if last == "builder" and owner.endswith(("TransactWriteItemsEnhancedRequest", "TransactGetItemsEnhancedRequest")):
        return Client(_JAVA, "dynamodb", "changes")
    if owner.endswith("WriteBatch") and last == "builder":
        return Client(_JAVA, "dynamodb", "batch")
    if last == "builder" and owner.endswith(("ReadBatch", "BatchWriteItemEnhancedRequest",
                                             "BatchGetItemEnhancedRequest")):  # fmt: skip
        return Client(_JAVA, "dynamodb", "batch")
    return None


def call_java(machine: Machine, client: Client, name: str, given: Given, frame: Frame) -> Value:
    """A method of one of these objects."""
    if client.kind == "changes":
        return _added(client, name, given)
    if client.kind == "batch":
        return _batch(client, name, given)
    if client.kind == "mapper":
        return _noted(machine, client, _MAPPED.get(name, ()), {"TableName": UNKNOWN}, given, frame)
    if client.kind == "cache":
        operations = ("DescribeSecret", "GetSecretValue") if name.startswith("getSecret") else ()
        return _noted(machine, client, operations, {"SecretId": _first(given)}, given, frame)
    method = {"document": _document, "Table": _table, "transfer": _transfer, "idempotency": _idempotency}.get(
        client.kind, _provider
    )
    return method(machine, client, name, given, frame)


def _batch(client: Client, name: str, given: Given) -> Client:
    """What is read or written at once: its tables."""
    if name == "mappedTableResource" and given.arguments:
        client.bound["RequestItems"] = _keyed(_table_name(given.arguments[0]))
    if name in {"writeBatches", "readBatches", "addWriteBatch", "addReadBatch"}:
        for option in (option for one in given.arguments for option in options_of(one)):
            if isinstance(option, Client):
                _merged(client, option)
    return client


def _idempotency(machine: Machine, client: Client, name: str, given: Given, frame: Frame) -> Value:
    if name.startswith(("with", "tableName")) and "able" in name:
        client.bound["TableName"] = _first(given)
    if name == "build":
        return _noted(machine, client, _IDEMPOTENT, dict(client.bound), given, frame)
    return client


def _document(machine: Machine, client: Client, name: str, given: Given, frame: Frame) -> Value:
    if name in {"getTable", "table"}:
        return Client(_JAVA, "dynamodb", "Table", {"TableName": given.arguments[0]} if given.arguments else {})
    if name in {"transactWriteItems", "transactWriteItemsWithResponse"} or name in _MANY:
        operation = _MANY.get(name, "TransactWriteItems")
        changes = Client(_JAVA, "dynamodb", "batch" if name.startswith("batch") else "changes")
        for one in given.arguments:
            for option in options_of(one):
                if isinstance(option, Client):
                    changes.bound.update(option.bound)
                elif isinstance(option, Closure):
                    from casemate.analysis.code.interpret.calling import call

                    call(machine, option, [changes], {}, frame, given.node)
        return _noted(machine, client, (operation,), dict(changes.bound), given, frame)
    return client


def _added(client: Client, name: str, given: Given) -> Value:
    """`addPutItem(table, item)`: one more change."""
    from casemate.analysis.code.values import Sequence

    change = _ADDS.get(name)
    if change is not None and given.arguments:
        inner, entry = Mapping(), Mapping()
        inner.fields["TableName"] = _table_name(given.arguments[0])
        entry.fields[change] = inner
        known = client.bound.get("TransactItems")
        items = known.row.items if isinstance(known, Sequence) else ()
        client.bound["TransactItems"] = Sequence([*items, entry])
    return client


def _merged(batch: Client, other: Client) -> None:
    """The tables of another batch, too."""
    known, more = batch.bound.get("RequestItems"), other.bound.get("RequestItems")
    if isinstance(known, Mapping) and isinstance(more, Mapping):
        known.fields.update(more.fields)
    elif more is not None:
        batch.bound["RequestItems"] = more


def _table_name(value: Value) -> Value:
    for option in options_of(value):
        if isinstance(option, Client):
            return option.bound.get("TableName", UNKNOWN)
    return UNKNOWN


def _keyed(name: Value) -> Mapping:
    """`{table: …}`."""
    from casemate.analysis.code.values import KEYS

    made = Mapping()
    text = known_text(name)
    if text is not None:
        made.fields[text] = UNKNOWN
    else:
        made.fields[KEYS] = name
    return made


def _table(machine: Machine, client: Client, name: str, given: Given, frame: Frame) -> Value:
    if name in {"index", "getIndex"}:
        return Client(_JAVA, "dynamodb", "Table", {**client.bound, "IndexName": _first(given)})
    operation = _TABLE.get(name)
    if operation is None:
        return client.bound.get("TableName", UNKNOWN) if name in {"tableName", "getTableName"} else UNKNOWN
    place = "Item" if operation == "PutItem" else "Key"
    extra = {place: unknown(given.taint())} if given.arguments else {}
    from casemate.analysis.code.interpret.sdk import invoke

    return invoke(machine, client, name, operation, {**client.bound, **extra}, given, frame)


def _transfer(machine: Machine, client: Client, name: str, given: Given, frame: Frame) -> Value:
    if name in {"s3Client", "build", "executor", "close"}:
        return client
    from casemate.analysis.code.interpret.calling import call

    parameters: dict[str, Value] = {}
    for one in given.arguments:
        for option in options_of(one):
            request = option
            if isinstance(option, Closure):
                request = Client(_JAVA, "s3", "request")
                call(machine, option, [request], {}, frame, given.node)
            if isinstance(request, Client):
                parameters.update(request.bound)
    for key in [key for key in parameters if key.endswith("ObjectRequest")]:
        inner = parameters.pop(key)
        if isinstance(inner, Mapping):
            parameters.update({name: one for name, one in inner.fields.items() if isinstance(name, str)})
    return _noted(machine, client, _TRANSFERS.get(name, ()), parameters, given, frame)


def _provider(machine: Machine, client: Client, name: str, given: Given, frame: Frame) -> Value:
    """Parameters of Powertools: one value, or all below a path."""
    wanted = _first(given)
    if client.service == "appconfigdata" and name == "get":
        return _noted(machine, client, ("StartConfigurationSession", "GetLatestConfiguration"), {}, given, frame)
    if name == "getMultiple":
        operation = "Query" if client.service == "dynamodb" else "GetParametersByPath"
        return _noted(machine, client, (operation,), {**client.bound, "Path": wanted}, given, frame)
    if name == "get":
        operation, key = {"ssm": ("GetParameter", "Name"), "secretsmanager": ("GetSecretValue", "SecretId")}.get(
            client.service, ("GetItem", "Key")
        )
        return _noted(machine, client, (operation,), {**client.bound, key: wanted}, given, frame)
    if name == "withTable" and given.arguments:
        client.bound["TableName"] = wanted
    return client


def _first(given: Given) -> Value:
    return given.arguments[0] if given.arguments else Const(None)


def _noted(
    machine: Machine, client: Client, operations: tuple[str, ...], parameters: dict[str, Value], given: Given,
    frame: Frame,
) -> Value:  # fmt: skip
    from casemate.analysis.code.interpret.sdk import invoke, note

    if not operations:
        return unknown(given.taint())
    *before, last = operations
    for one in before:
        note(machine, client, one, parameters, given, frame)
    return invoke(machine, Client(_JAVA, client.service), last, last, parameters, given, frame)
