"""`AWS::Serverless::Function` -> the Lambda function, its role, alias, URL and destinations, and what its events imply.

Source: AWS SAM developer guide, "AWS::Serverless::Function" and "Generated CloudFormation resources".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import Cases, Entry, Fields, Literal, Reference, Value, text_of
from casemate.sources.sam.events import expand_events
from casemate.sources.sam.mappings import destination_statements
from casemate.sources.sam.roles import RoleDraft, role_of
from casemate.sources.sam.writing import each_case, entry, fields, map_of, s3_location, statement, tags, trust, value_of

if TYPE_CHECKING:
    from casemate.model.location import Span
    from casemate.model.resource import Resource
    from casemate.sources.sam.expansion import Expansion
    from casemate.sources.sam.writing import Content

_PASSED = (
    "FunctionName",
    "Handler",
    "Runtime",
    "Description",
    "MemorySize",
    "Timeout",
    "VpcConfig",
    "Environment",
    "KmsKeyArn",
    "ReservedConcurrentExecutions",
    "Layers",
    "FileSystemConfigs",
    "ImageConfig",
    "PackageType",
    "Architectures",
    "SnapStart",
    "EphemeralStorage",
    "CodeSigningConfigArn",
    "RuntimeManagementConfig",
    "LoggingConfig",
    "TenancyConfig",
    "RecursiveLoop",
    "DurableConfig",
    "FunctionScalingConfig",
    "PublishToLatestPublished",
)
"""Properties that keep their name."""
_DEAD_LETTERS = {"SQS": "sqs:SendMessage", "SNS": "sns:Publish"}
_FUNCTION = "AWS::Lambda::Function"


def expand_functions(expansion: Expansion) -> None:
    """Every function of the type."""
    for resource in expansion.of_kind("Function"):
        _function(expansion, resource, expansion.properties[resource.key])


def _function(expansion: Expansion, resource: Resource, properties: Fields) -> None:
    role_value, role_condition = role_of(resource, properties, "Role")
    role = RoleDraft(resource, properties, trust("lambda.amazonaws.com", resource.at))
    durable = entry(properties, "DurableConfig") is not None
    role.manage(
        "service-role/" + ("AWSLambdaBasicDurableExecutionRolePolicy" if durable else "AWSLambdaBasicExecutionRole")
    )
    tracing = entry(properties, "Tracing")
    if tracing is not None and _traces(tracing.value):
        role.manage("AWSXrayWriteOnlyAccess")
    if entry(properties, "VpcConfig") is not None:
        role.manage("service-role/AWSLambdaVPCAccessExecutionRole")
    expansion.become(
        resource,
        _FUNCTION,
        fields(
            resource.at,
            {
                **{name: entry(properties, name) for name in _PASSED},
                "Code": _code(resource, properties),
                "Role": Entry(_key_at(properties, "Role", resource), role_value),
                "TracingConfig": None
                if tracing is None
                else Entry(tracing.key_at, fields(tracing.value.at, {"Mode": tracing})),
                "DeadLetterConfig": _dead_letters(properties, role),
                "CapacityProviderConfig": _capacity(entry(properties, "CapacityProviderConfig")),
                "Tags": tags(value_of(properties, "Tags")),
            },
        ),
    )
    _alias(expansion, resource, properties)
    _url(expansion, resource, properties)
    _invocations(expansion, resource, properties, role)
    expand_events(expansion, resource, properties, role)
    if role_condition is not None:
        at = _key_at(properties, "Policies", resource)
        expansion.imply(role.key, "AWS::IAM::Role", resource, at, role.properties(), condition=role_condition or None)


def _key_at(properties: Fields, name: str, resource: Resource) -> Span:
    found = properties.entries.get(name)
    return resource.at if found is None else found.key_at


def _traces(value: Value) -> bool:
    """Whether tracing is on in some case: SAM adds the permission unless `Disabled` is written out."""
    return any(text_of(case) != "Disabled" for _, case in value.options())


def _code(resource: Resource, properties: Fields) -> Entry | None:
    """`InlineCode`, `CodeUri` or `ImageUri` as `Code`: a local folder stays text.

    As `aws cloudformation package` takes it.
    """
    inline, uri, image = entry(properties, "InlineCode"), entry(properties, "CodeUri"), entry(properties, "ImageUri")
    if text_of(value_of(properties, "PackageType")) == "Image":
        if image is not None:
            return Entry(image.key_at, fields(image.value.at, {"ImageUri": image}))
        context = entry(resource.metadata, "DockerContext") if resource.metadata is not None else None
        return context or uri
    if inline is not None:
        return Entry(inline.key_at, fields(inline.value.at, {"ZipFile": inline}))
    if uri is not None:
        return Entry(
            uri.key_at, each_case(uri.value, lambda value: s3_location(value, ("S3Bucket", "S3Key", "S3ObjectVersion")))
        )
    return None if image is None else Entry(image.key_at, fields(image.value.at, {"ImageUri": image}))


def _dead_letters(properties: Fields, role: RoleDraft) -> Entry | None:
    queue = entry(properties, "DeadLetterQueue")
    if queue is None or not isinstance(queue.value, Fields):
        return queue
    target = entry(queue.value, "TargetArn")
    action = _DEAD_LETTERS.get(text_of(queue.value.get("Type")) or "")
    if target is not None and action is not None:
        role.allow("DeadLetterQueue", [statement(queue.key_at, [action], target.value)], queue.key_at)
    return Entry(queue.key_at, fields(queue.value.at, {"TargetArn": target}))


def _capacity(config: Entry | None) -> Entry | None:
    if config is None or not isinstance(config.value, Fields):
        return config
    inner = {("CapacityProviderArn" if key == "Arn" else key): item for key, item in config.value.entries.items()}
    return Entry(
        config.key_at,
        fields(config.value.at, {"LambdaManagedInstancesCapacityProviderConfig": Fields(inner, config.value.at)}),
    )


def _alias(expansion: Expansion, resource: Resource, properties: Fields) -> None:
    alias = entry(properties, "AutoPublishAlias")
    if alias is None or isinstance(alias.value, Cases):
        return
    at = alias.key_at
    name = text_of(alias.value)
    version = f"{resource.key}Version"
    key = f"{resource.key}Alias{(name or '').replace('-', 'D').replace('_', 'U')}"
    expansion.imply(
        version, "AWS::Lambda::Version", resource, at, fields(at, {"FunctionName": Reference(resource.key, None, at)})
    )
    expansion.imply(
        key,
        "AWS::Lambda::Alias",
        resource,
        at,
        fields(
            at,
            {
                "Name": alias,
                "FunctionName": Reference(resource.key, None, at),
                "FunctionVersion": Reference(version, "Version", at),
                "ProvisionedConcurrencyConfig": entry(properties, "ProvisionedConcurrencyConfig"),
            },
        ),
    )
    expansion.aliases[resource.key] = key
    expansion.referable(resource.key, "Alias", key)
    expansion.referable(resource.key, "Version", version)


def _url(expansion: Expansion, resource: Resource, properties: Fields) -> None:
    """The function's URL; with `AuthType: NONE` SAM adds the two permissions that make it public."""
    url = entry(properties, "FunctionUrlConfig")
    if url is None or not isinstance(url.value, Fields):
        return
    at = url.key_at
    expansion.imply(
        f"{resource.key}Url",
        "AWS::Lambda::Url",
        resource,
        at,
        fields(
            at,
            {
                "TargetFunctionArn": expansion.invoked(resource.key, at),
                **{name: entry(url.value, name) for name in ("AuthType", "Cors", "InvokeMode")},
            },
        ),
    )
    auth = url.value.get("AuthType")
    if not isinstance(auth, Literal) or auth.value != "NONE":
        return
    shared: dict[str, Content] = {"FunctionName": expansion.invoked(resource.key, at), "Principal": "*"}
    public: dict[str, Content] = {**shared, "Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": auth}
    expansion.imply(f"{resource.key}UrlPublicPermissions", "AWS::Lambda::Permission", resource, at, fields(at, public))
    through: dict[str, Content] = {**shared, "Action": "lambda:InvokeFunction", "InvokedViaFunctionUrl": True}
    expansion.imply(
        f"{resource.key}URLInvokeAllowPublicAccess", "AWS::Lambda::Permission", resource, at, fields(at, through)
    )


def _invocations(expansion: Expansion, resource: Resource, properties: Fields, role: RoleDraft) -> None:
    """`EventInvokeConfig`, with the destinations that SAM makes where only their type is given."""
    config = entry(properties, "EventInvokeConfig")
    if config is None or not isinstance(config.value, Fields):
        return
    at = config.key_at
    key = f"{resource.key}EventInvokeConfig"
    destinations: dict[str, Entry] = {}
    for name, item in map_of(config.value, "DestinationConfig").entries.items():
        if not isinstance(item.value, Fields):
            continue
        kind = text_of(item.value.get("Type"))
        target = value_of(item.value, "Destination")
        if target is None and kind in {"SQS", "SNS"}:
            suffix, type_ = ("Queue", "AWS::SQS::Queue") if kind == "SQS" else ("Topic", "AWS::SNS::Topic")
            made = f"{key}{name}{suffix}"
            expansion.imply(made, type_, resource, item.key_at, fields(item.key_at, {}))
            expansion.referable(resource.key, f"Destination{suffix}", made)
            target = Reference(made, "Arn" if kind == "SQS" else None, item.key_at)
        statements = list(destination_statements(kind, target))
        if statements:
            role.allow(f"EventInvokeConfig {name}", statements, item.key_at)
        destinations[name] = Entry(item.key_at, fields(item.value.at, {"Destination": target}))
    alias = value_of(properties, "AutoPublishAlias")
    expansion.imply(
        key,
        "AWS::Lambda::EventInvokeConfig",
        resource,
        at,
        fields(
            at,
            {
                "FunctionName": Reference(resource.key, None, at),
                "Qualifier": alias or "$LATEST",
                "DestinationConfig": Entry(_destination_key(config), Fields(destinations, at))
                if destinations
                else None,
                **{name: entry(config.value, name) for name in ("MaximumEventAgeInSeconds", "MaximumRetryAttempts")},
            },
        ),
    )


def _destination_key(config: Entry) -> Span:
    found = entry(config.value, "DestinationConfig") if isinstance(config.value, Fields) else None
    return config.key_at if found is None else found.key_at
