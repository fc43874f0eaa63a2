"""What stands on the clients of the AWS SDK for .NET: objects, documents, transfers of files, caches of secrets.

Sources: AWS SDK for .NET developer guide, "Using the .NET object persistence model", "Using the .NET document model"
(both ask for the table's description first), "Using the high-level API for multipart uploads" (`TransferUtility`);
aws-secretsmanager-caching-net, README; Powertools for AWS Lambda (.NET), "Parameters", "Idempotency".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.interpret.inlining import TYPE
from casemate.analysis.code.interpret.reading_csharp import document
from casemate.analysis.code.joining import concat, options_of, unknown
from casemate.analysis.code.values import UNKNOWN, Class, Client, Const, Instance, Mapping, Thing, Value

if TYPE_CHECKING:
    from casemate.analysis.code.interpret.applying import Given
    from casemate.analysis.code.interpret.machine import Frame, Machine

_NET = "aws-sdk-net"
_MODEL, _DOCUMENT = "Amazon.DynamoDBv2.DataModel", "Amazon.DynamoDBv2.DocumentModel"
_TRANSFER, _CACHING = "Amazon.S3.Transfer", "Amazon.SecretsManager.Extensions.Caching"
_POWERTOOLS = "AWS.Lambda.Powertools.Parameters.ParametersManager"

OBJECTS: dict[str, tuple[str, str]] = {
    f"{_MODEL}.IDynamoDBContext": ("dynamodb", "context"),
    f"{_MODEL}.DynamoDBContext": ("dynamodb", "context"),
    f"{_DOCUMENT}.Table": ("dynamodb", "table"),
    f"{_DOCUMENT}.ITable": ("dynamodb", "table"),
    f"{_TRANSFER}.ITransferUtility": ("s3", "transfer"),
    f"{_TRANSFER}.TransferUtility": ("s3", "transfer"),
    f"{_CACHING}.ISecretsManagerCache": ("secretsmanager", "cache"),
    f"{_CACHING}.SecretsManagerCache": ("secretsmanager", "cache"),
    f"{_POWERTOOLS}.SsmProvider": ("ssm", "provider"),
    f"{_POWERTOOLS}.SecretsProvider": ("secretsmanager", "provider"),
    f"{_POWERTOOLS}.AppConfigProvider": ("appconfigdata", "provider"),
    f"{_POWERTOOLS}.DynamoDBProvider": ("dynamodb", "provider"),
    "AWS.Lambda.Powertools.Parameters.SimpleSystemsManagement.ISsmProvider": ("ssm", "provider"),
    "AWS.Lambda.Powertools.Parameters.SecretsManager.ISecretsProvider": ("secretsmanager", "provider"),
}
"""Types whose objects call AWS -> the service, and what they are."""
_MADE = {f"{_MODEL}.DynamoDBContext", f"{_TRANSFER}.TransferUtility", f"{_CACHING}.SecretsManagerCache"}
_LOADS = {f"{_DOCUMENT}.Table.{name}" for name in ("LoadTable", "LoadTableAsync", "TryLoadTable")} | {
    f"{_DOCUMENT}.TableBuilder"
}

_CONTEXT = {
    "Load": ("GetItem",), "Save": ("UpdateItem",), "Delete": ("DeleteItem",), "Query": ("Query",), "Scan": ("Scan",),
    "FromQuery": ("Query",), "FromScan": ("Scan",), "CreateBatchWrite": ("BatchWriteItem",),
    "CreateBatchGet": ("BatchGetItem",), "CreateTransactGet": ("TransactGetItems",),
}  # fmt: skip
_DOCUMENTS = {
    "GetItem": ("GetItem",), "PutItem": ("PutItem",), "UpdateItem": ("UpdateItem",), "DeleteItem": ("DeleteItem",),
    "TryPutItem": ("PutItem",), "TryUpdateItem": ("UpdateItem",), "TryDeleteItem": ("DeleteItem",),
    "Query": ("Query",), "Scan": ("Scan",), "CreateBatchWrite": ("BatchWriteItem",),
    "CreateBatchGet": ("BatchGetItem",), "CreateTransactGet": ("TransactGetItems",),
}  # fmt: skip
_CHANGES = {
    "AddSaveItem": "Update", "AddSaveItems": "Update", "AddSaveKey": "Update", "AddDeleteKey": "Delete",
    "AddDeleteItem": "Delete", "AddDeleteItems": "Delete", "AddDocumentToPut": "Put", "AddDocumentToUpdate": "Update",
    "AddKeyToDelete": "Delete", "AddItemToDelete": "Delete", "AddVersionCheck": "ConditionCheck",
    "AddVersionCheckKey": "ConditionCheck",
}  # fmt: skip
"""What is added to a transaction -> what it does there."""
_TRANSFERS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "Upload": (("Upload",), ("Body", "Bucket", "Key")),
    "UploadDirectory": (("Upload",), ("Directory", "Bucket")),
    "Download": (("GetObject",), ("FilePath", "Bucket", "Key")),
    "OpenStream": (("GetObject",), ("Bucket", "Key")),
    "DownloadDirectory": (("ListObjects", "GetObject"), ("Bucket", "Prefix")),
    "AbortMultipartUploads": (("ListMultipartUploads", "AbortMultipartUpload"), ("Bucket",)),
}
_GETS = {"ssm": "GetParameter", "secretsmanager": "GetSecretValue", "dynamodb": "GetItem"}


def make_object(path: str, given: Given) -> Value | None:
    """An object that stands on a client, None for every other call."""
    if path in _MADE:
        service, kind = OBJECTS[path]
        made = Client(_NET, service, kind)
        for one in given.arguments:
            for option in options_of(one):
                if isinstance(option, Client):
                    made.bound.update(option.bound)
                elif kind == "context" and isinstance(option, Mapping):
                    made.bound.update(_setting(option))
        return made
    if path.startswith(f"{_MODEL}.DynamoDBContextBuilder"):
        return Client(_NET, "dynamodb", "context")
    if path in _LOADS:
        names = [one for one in given.arguments if not isinstance(one, (Client, Thing))] or given.arguments[1:2]
        return Client(_NET, "dynamodb", "table", {"TableName": names[0] if names else UNKNOWN, "described": UNKNOWN})
    return None


def _setting(options: Mapping) -> dict[str, Value]:
    """What settings say of the tables' names, and whether their descriptions are asked for."""
    found: dict[str, Value] = {}
    for name in ("OverrideTableName", "TableNamePrefix", "DisableFetchingTableMetadata"):
        value = options.fields.get(name)
        if value is not None:
            found[name] = value
    return found


def call_object(machine: Machine, client: Client, name: str, given: Given, frame: Frame) -> Value:
    """A method of such an object."""
    short = name.removesuffix("Async")
    if client.kind == "context":
        return _context(machine, client, short, given, frame)
    if client.kind == "table":
        return _table(machine, client, short, given, frame)
    if client.kind == "transaction":
        return _transaction(machine, client, short, given, frame)
    if client.kind == "transfer":
        return _transfer(machine, client, short, given, frame)
    if client.kind == "cache":
        operations = ("GetSecretValue", "DescribeSecret") if short.startswith("GetSecret") else ()
        return _noted(machine, client, operations, {"SecretId": given.get(0) or UNKNOWN}, given, frame)
    return _provider(machine, client, short, given, frame)


def _context(machine: Machine, client: Client, name: str, given: Given, frame: Frame) -> Value:
    """The object persistence model: the table is the one of the class."""
    if name in {"WithDynamoDBClient", "ConfigureContext", "Build"}:
        return client
    settings = dict(client.bound)
    for one in (*given.arguments, *given.keywords.values()):
        for option in options_of(one):
            if isinstance(option, Mapping):
                settings.update(_setting(option))
    table = settings.pop("OverrideTableName", None) or _table_of(machine, given, settings.get("TableNamePrefix"))
    plain = settings.pop("DisableFetchingTableMetadata", None)
    settings.pop("TableNamePrefix", None)
    parameters = {**settings, "TableName": table}
    if name == "GetTargetTable":
        return Client(_NET, "dynamodb", "table", parameters)
    if name == "CreateTransactWrite":
        return Client(_NET, "dynamodb", "transaction", parameters)
    operations = _CONTEXT.get(name, ())
    parameters.update(_index_in(given) if operations in {("Query",), ("Scan",)} else {})
    result = _noted(machine, client, operations, parameters, given, frame)
    if operations and not (isinstance(plain, Const) and plain.value is True):
        from casemate.analysis.code.interpret.sdk import note

        note(machine, client, "DescribeTable", {**settings, "TableName": table}, given, frame)
    cls = given.keywords.get(TYPE)
    if name == "Load" and isinstance(cls, Class):
        return document(cls, result.taint) if result.taint else Instance(cls)
    return result


def _index_in(given: Given) -> dict[str, Value]:
    """The index that settings of a query name."""
    for option in (option for one in given.arguments for option in options_of(one)):
        index = option.fields.get("IndexName") if isinstance(option, Mapping) else None
        if index is not None:
            return {"IndexName": index}
    return {}


def _table_of(machine: Machine, given: Given, prefix: Value | None) -> Value:
    """The table of a class: what `[DynamoDBTable("…")]` says, else its own name."""
    value = given.keywords.get(TYPE)
    if value is None:
        value = next((option for one in given.arguments[:1] for option in options_of(one)), None)
    cls = value.cls if isinstance(value, Instance) else value
    if not isinstance(cls, Class):
        return UNKNOWN
    named: Value | None = None
    for path, arguments, _keywords, _module, _at in machine.registrations:
        if path.endswith(("DynamoDBTable", "DynamoDBTableAttribute")) and arguments and arguments[0] is cls:
            named = arguments[1] if len(arguments) > 1 else None
    name = named if named is not None else Const(cls.name)
    return name if prefix is None else concat((prefix, name))


def _table(machine: Machine, client: Client, name: str, given: Given, frame: Frame) -> Value:
    """The document model."""
    from casemate.analysis.code.interpret.sdk import note

    if name in {"Build", "AddHashKey", "AddRangeKey", "AddGlobalSecondaryIndex"}:
        return client
    parameters = {key: value for key, value in client.bound.items() if key != "described"}
    if name == "CreateTransactWrite":
        return Client(_NET, "dynamodb", "transaction", parameters)
    parameters.update(_index_in(given))
    operations = _DOCUMENTS.get(name, ())
    result = _noted(machine, client, operations, parameters, given, frame)
    if operations:
        described = {key: value for key, value in parameters.items() if key != "IndexName"}
        note(machine, client, "DescribeTable", described, given, frame)
    return result


def _transaction(machine: Machine, client: Client, name: str, given: Given, frame: Frame) -> Value:
    change = _CHANGES.get(name)
    if change is None:
        return client
    item, entry = Mapping(), Mapping()
    item.fields["TableName"] = client.bound.get("TableName", UNKNOWN)
    entry.fields[change] = item
    own = {key: value for key, value in client.bound.items() if key != "TableName"}
    _noted(machine, client, ("TransactWriteItems",), {**own, "TransactItems": entry}, given, frame)
    return client


def _transfer(machine: Machine, client: Client, name: str, given: Given, frame: Frame) -> Value:
    from casemate.analysis.code.interpret.sdk_csharp import parameters_of

    operations, places = _TRANSFERS.get(name, ((), ()))
    parameters = dict(client.bound)
    first = next(iter(options_of(given.arguments[0])), None) if given.arguments else None
    if isinstance(first, (Mapping, Instance)):
        parameters.update(parameters_of("s3", first))
    elif name == "Upload" and len(given.arguments) == 2:  # `Upload(filePath, bucketName)`
        parameters["Bucket"] = given.arguments[1]
    else:
        parameters.update(zip(places, given.arguments, strict=False))
    return _noted(machine, client, operations, parameters, given, frame)


def _provider(machine: Machine, client: Client, name: str, given: Given, frame: Frame) -> Value:
    """Parameters of Powertools: one value, or all below a path."""
    if name.startswith("With") or name in {"ForceFetch", "UseClient", "DefaultMaxAge", "UseTable", "DefaultConfigId",
                                           "DefaultApplication", "DefaultEnvironment"}:  # fmt: skip
        if name == "UseTable" and given.arguments:
            client.bound["TableName"] = given.arguments[0]
        return client
    wanted = given.get(0) or UNKNOWN
    if client.service == "appconfigdata":
        return _noted(machine, client, ("StartConfigurationSession", "GetLatestConfiguration"), {}, given, frame)
    if name == "GetMultiple":
        operation = "Query" if client.service == "dynamodb" else "GetParametersByPath"
        return _noted(machine, client, (operation,), {**client.bound, "Path": wanted}, given, frame)
    if name == "Get":
        key = {"ssm": "Name", "secretsmanager": "SecretId"}.get(client.service, "Key")
        return _noted(machine, client, (_GETS[client.service],), {**client.bound, key: wanted}, given, frame)
    return client


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
    return invoke(machine, Client(_NET, client.service), last, last, parameters, given, frame)


__all__ = ["OBJECTS", "call_object", "make_object"]
