"""Functions of AWS: the function itself, its log group, URL, and what happens to failed events; layers.

Source: Serverless Framework documentation, "AWS Lambda functions", "Layers", "Function URLs" of the AWS provider guide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import Entry, Fields, Items, Literal, Reference, Unknown, Value, text_of
from casemate.sources.serverless import naming
from casemate.sources.serverless.roles import role_of
from casemate.sources.serverless.values import (
    Shape,
    entries_of,
    entry_of,
    fields,
    fields_of,
    is_false,
    is_set,
    is_true,
    items_of,
    joined,
    regional,
    text_at,
    texts,
    value_of,
)

if TYPE_CHECKING:
    from casemate.sources.serverless.service import Declared, Service

DEFAULT_TIMEOUT = 6
"""Seconds, unless the service says otherwise; not Lambda's own 3."""
DEFAULT_MEMORY = 1024
"""MiB, unless the service says otherwise; not Lambda's own 128."""
_EDGE_TIMEOUT, _EDGE_MEMORY = 5, 128
_DEFAULT_HEADERS = (
    "Content-Type",
    "X-Amz-Date",
    "Authorization",
    "X-Api-Key",
    "X-Amz-Security-Token",
    "X-Amzn-Trace-Id",
)


def add_functions(service: Service) -> None:
    """Every function of the service with what belongs to it."""
    for function in service.functions.values():
        _log_group(service, function)
        _function(service, function)
        _url(service, function)
        _invoke_config(service, function)
    _layers(service)


def _function(service: Service, function: Declared) -> None:
    at = function.at
    edge = any(event.kind in {"cloudFront", "preExistingCloudFront"} for event in function.events)
    shape = Shape(at)
    metadata = _code(service, function, shape)
    shape.take("FunctionName", function.entry("name"))
    if "FunctionName" not in shape.entries:
        shape.put("FunctionName", f"{service.name}-{service.stage}-{function.name}")
    shape.take("Timeout", service.setting(function, "timeout")).take(
        "MemorySize", service.setting(function, "memorySize")
    )
    for name, value in (
        ("Timeout", _EDGE_TIMEOUT if edge else DEFAULT_TIMEOUT),
        ("MemorySize", _EDGE_MEMORY if edge else DEFAULT_MEMORY),
    ):
        if name not in shape.entries:
            shape.put(name, value)
    shape.put("Role", role_of(service, function))
    shape.take("Architectures", service.setting(function, "architecture"), lambda value: Items([value], value.at))
    shape.take("TracingConfig", _tracing(service, function), _tracing_mode)
    if not edge:
        _environment(service, function, shape)
        _network(service, function, shape)
    key = (
        service.setting(function, "kmsKeyArn")
        or service.setting(function, "awsKmsKeyArn")
        or entry_of(service.section("service"), "awsKmsKeyArn")
    )
    shape.take("KmsKeyArn", key)
    shape.take("DeadLetterConfig", function.entry("onError"), lambda value: fields(value.at, TargetArn=value))
    shape.take("DeadLetterConfig", function.entry("deadLetter"), _dead_letter)
    shape.take("ReservedConcurrentExecutions", function.entry("reservedConcurrency"))
    shape.take("Layers", service.setting(function, "layers"))
    shape.take("FileSystemConfigs", function.entry("fileSystemConfig"), _file_system)
    shape.take("EphemeralStorage", function.entry("ephemeralStorageSize"), lambda value: fields(value.at, Size=value))
    shape.take(
        "SnapStart",
        function.entry("snapStart"),
        lambda value: fields(value.at, ApplyOn="PublishedVersions") if is_true(value) else None,
    )
    shape.take("LoggingConfig", service.setting(function, "logs", above=("logs", "lambda")), _logging)
    shape.take("Description", function.entry("description"))
    shape.take("CodeSigningConfigArn", function.entry("codeSigningConfigArn"))
    tags = {**dict(entries_of(service.get("tags"))), **dict(entries_of(function.get("tags")))}
    if tags:
        shape.put("Tags", Items([fields(entry.key_at, Key=key, Value=entry.value) for key, entry in tags.items()], at))
    service.add("AWS::Lambda::Function", function.key, shape, name=function.name, at=at, metadata=metadata)


def _code(service: Service, function: Declared, shape: Shape) -> Fields | None:
    """Which code runs, and how to find it.

    A folder or archive relative to the service, or an image (with where it is built from, as SAM's metadata says it).
    """
    image = function.entry("image")
    if image is None:
        artifact = function.entry("package", "artifact") or entry_of(service.section("package"), "artifact")
        module = function.entry("module") if service.has_plugin("serverless-python-requirements") else None
        shape.take("Handler", function.entry("handler"))
        shape.take("Code", artifact or module or Entry(function.at, Literal(".", function.at)))
        runtime = service.setting(function, "runtime")
        shape.take("Runtime", runtime)
        if runtime is None:
            reason = "no runtime is set; which one the framework takes depends on its version"
            shape.put("Runtime", Unknown(reason, function.at, "function", "runtime"))
        return None
    uri, metadata = image.value, None
    described = fields_of(uri)
    if described is not None:
        uri = described.get("uri") or described.get("name") or image.value
    name = text_of(uri)
    if name is not None and "/" not in name and "." not in name:
        built = service.get("ecr", "images", name)
        if built is not None:
            uri = value_of(built, "uri") or built
        if fields_of(uri) is not None:
            metadata = Shape(uri.at).copy(uri, DockerContext="path", Dockerfile="file").fields()
            uri = Unknown(
                f"an image built from {text_at(uri, 'path') or 'the service'} at deployment", uri.at, "attribute", name
            )
    shape.put("PackageType", "Image").put("Code", fields(image.key_at, ImageUri=uri), image.key_at)
    if described is not None:
        command = Shape(described.at).copy(
            described, Command="command", EntryPoint="entryPoint", WorkingDirectory="workingDirectory"
        )
        if command.entries:
            shape.put("ImageConfig", command.fields())
    return metadata


def _environment(service: Service, function: Declared, shape: Shape) -> None:
    """The provider's variables below the function's own; each stays where it is written."""
    above, below = function.entry("environment"), service.entry("environment")
    entries = {**dict(entries_of(below.value if below else None)), **dict(entries_of(above.value if above else None))}
    place = above or below
    if place is None:
        return
    unknown = next(
        (entry.value for entry in (above, below) if entry is not None and isinstance(entry.value, Unknown)), None
    )
    variables: Value = Fields(entries, place.value.at) if entries or unknown is None else unknown
    shape.put("Environment", Fields({"Variables": Entry(place.key_at, variables)}, place.value.at), place.key_at)


def _network(service: Service, function: Declared, shape: Shape) -> None:
    own = function.settings.entries.get("vpc")
    if own is not None and (not is_set(own.value) or is_false(own.value)):
        return
    place = function.entry("vpc") or service.entry("vpc")
    if place is None:
        return
    if fields_of(place.value) is None:
        shape.put("VpcConfig", place.value, place.key_at)
        return
    network = Shape(place.value.at)
    for native, name in (("SecurityGroupIds", "securityGroupIds"), ("SubnetIds", "subnetIds")):
        network.take(native, service.setting(function, "vpc", name))
    if len(network.entries) == 2:
        shape.put("VpcConfig", network.fields(), place.key_at)


def _tracing(service: Service, function: Declared) -> Entry | None:
    own = function.entry("tracing")
    if own is not None:
        return own
    above = service.entry("tracing")
    if above is not None and isinstance(above.value, Literal):  # serverless-plugin-tracing: `tracing: true`
        return above
    return service.entry("tracing", "lambda")


def _tracing_mode(value: Value) -> Value:
    mode = value
    if is_true(value):
        mode = Literal("Active", value.at)
    elif is_false(value):
        mode = Literal("PassThrough", value.at)
    return fields(value.at, Mode=mode)


def _dead_letter(value: Value) -> Value | None:
    """`deadLetter` of serverless-plugin-lambda-dead-letter: `targetArn`, or a queue or topic that it makes."""
    target = value_of(value, "targetArn")
    for kind in ("sqs", "sns"):
        name = value_of(value, kind)
        if name is not None and target is None:
            target = regional(value.at, kind, name if fields_of(name) is None else "*")
    return fields(value.at, TargetArn=target) if target is not None else None


def _file_system(value: Value) -> Value:
    return Items([Shape(value.at).copy(value, Arn="arn", LocalMountPath="localMountPath").fields()], value.at)


def _logging(value: Value) -> Value | None:
    shape = Shape(value.at).copy(
        value,
        LogGroup="logGroup",
        LogFormat="logFormat",
        ApplicationLogLevel="applicationLogLevel",
        SystemLogLevel="systemLogLevel",
    )
    return shape.fields() if shape.entries else None


def _log_group(service: Service, function: Declared) -> None:
    if (
        is_true(function.get("disableLogs"))
        or service.setting(function, "logs", "logGroup", above=("logs", "lambda", "logGroup")) is not None
    ):
        return
    retention = service.setting(function, "logRetentionInDays")
    if retention is None and service.has_plugin("serverless-plugin-log-retention"):
        retention = service.custom("logRetentionInDays")
    name = function.get("name") or Literal(f"{service.name}-{service.stage}-{function.name}", function.at)
    shape = (
        Shape(function.at)
        .put("LogGroupName", joined(function.at, "/aws/lambda/", name))
        .take("RetentionInDays", retention)
    )
    key = f"{naming.normalized(function.name)}LogGroup"
    service.add("AWS::Logs::LogGroup", key, shape, name=function.name, at=function.at, implied_by=function.key)


def _url(service: Service, function: Declared) -> None:
    entry = function.entry("url")
    if entry is None or is_false(entry.value):
        return
    at = entry.value.at if isinstance(entry.value, Literal) else entry.key_at
    authorizer = entry_of(entry.value, "authorizer")
    auth: Value = Literal("NONE", at)
    if authorizer is not None:
        known = text_of(authorizer.value)
        auth = (
            Literal("AWS_IAM" if known.lower() == "aws_iam" else "NONE", authorizer.value.at)
            if known is not None
            else authorizer.value
        )
    shape = Shape(at).put("TargetFunctionArn", function.arn(at)).put("AuthType", auth)
    shape.take("Cors", entry_of(entry.value, "cors"), url_cors).take("InvokeMode", entry_of(entry.value, "invokeMode"))
    service.add(
        "AWS::Lambda::Url", f"{function.key}Url", shape, name=function.name, at=entry.key_at, implied_by=function.key
    )
    if text_of(auth) == "NONE":
        permission = fields(
            at,
            FunctionName=function.arn(at),
            Action="lambda:InvokeFunctionUrl",
            Principal="*",
            FunctionUrlAuthType="NONE",
        )
        key = naming.permission(function.name, "FnUrl")
        service.add(
            "AWS::Lambda::Permission", key, permission, name=function.name, at=entry.key_at, implied_by=function.key
        )


def url_cors(value: Value) -> Value | None:
    """`cors` of a function URL or HTTP API: `true` stands for every origin."""
    if is_false(value):
        return None
    if is_true(value):
        return fields(
            value.at,
            AllowOrigins=texts(value.at, "*"),
            AllowHeaders=texts(value.at, *_DEFAULT_HEADERS),
            AllowMethods=texts(value.at, "*"),
        )
    described = fields_of(value)
    if described is None:
        return value
    shape = Shape(value.at)
    for native, name in (
        ("AllowOrigins", "allowedOrigins"), ("AllowHeaders", "allowedHeaders"), ("AllowMethods", "allowedMethods"),
        ("ExposeHeaders", "exposedResponseHeaders"),
    ):  # fmt: skip
        shape.take(native, entry_of(value, name), lambda found: Items(items_of(found), found.at))
    shape.copy(value, AllowCredentials="allowCredentials", MaxAge="maxAge")
    if "allowedOrigins" not in described.entries:
        shape.put("AllowOrigins", texts(value.at, "*"))
    return shape.fields()


def _invoke_config(service: Service, function: Declared) -> None:
    shape = Shape(function.at)
    shape.take("MaximumRetryAttempts", function.entry("maximumRetryAttempts")).take(
        "MaximumEventAgeInSeconds", function.entry("maximumEventAge")
    )
    destinations = function.entry("destinations")
    if destinations is not None:
        targets = Shape(destinations.value.at)
        for native, name in (("OnSuccess", "onSuccess"), ("OnFailure", "onFailure")):
            targets.take(
                native,
                entry_of(destinations.value, name),
                lambda value: fields(value.at, Destination=_destination(service, value)),
            )
        shape.put("DestinationConfig", targets.fields(), destinations.key_at)
    if not shape.entries:
        return
    shape.put("FunctionName", Reference(function.key, None, function.at)).put("Qualifier", "$LATEST")
    key = f"{naming.normalized(function.name)}LambdaEvConf"
    service.add(
        "AWS::Lambda::EventInvokeConfig", key, shape, name=function.name, at=function.at, implied_by=function.key
    )


def _destination(service: Service, value: Value) -> Value:
    name = text_of(value)
    if name is not None and name in service.functions:
        return service.functions[name].arn(value.at)
    return value_of(value, "arn") or value


def _layers(service: Service) -> None:
    for name, entry in entries_of(service.section("layers")):
        key = f"{naming.normalized(name)}LambdaLayer"
        path = entry_of(entry.value, "package", "artifact") or entry_of(entry.value, "path")
        shape = (
            Shape(entry.key_at)
            .take("Content", path)
            .copy(
                entry.value,
                CompatibleRuntimes="compatibleRuntimes",
                Description="description",
                LicenseInfo="licenseInfo",
                LayerName="name",
            )
        )
        service.add("AWS::Lambda::LayerVersion", key, shape, name=name, at=entry.key_at)
        accounts = entry_of(entry.value, "allowedAccounts")
        for account in items_of(accounts.value if accounts is not None else None):
            properties = fields(
                account.at,
                Action="lambda:GetLayerVersion",
                LayerVersionArn=Reference(key, None, account.at),
                Principal=account,
            )
            known = (text_of(account) or "account").replace("*", "Wild")
            permission = f"{naming.normalized(name)}{naming.alphanumeric(known)}LambdaLayerPermission"
            service.add("AWS::Lambda::LayerVersionPermission", permission, properties, name=name, at=account.at)
