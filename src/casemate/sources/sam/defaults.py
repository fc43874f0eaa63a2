"""The `Globals` section of SAM: which properties it may hold, and how they are merged into each resource.

Source: AWS SAM developer guide, "Globals section of the AWS SAM template": maps are merged deeply, lists are
concatenated (what Globals holds comes first), anything else in the resource replaces what Globals holds.
"""

from __future__ import annotations

from casemate.model.value import Entry, Fields, Items, Literal, Value, display

PREFIX = "AWS::Serverless::"

SUPPORTED: dict[str, frozenset[str]] = {
    "Function": frozenset(
        {
            "Handler",
            "Runtime",
            "CodeUri",
            "DeadLetterQueue",
            "Description",
            "MemorySize",
            "Timeout",
            "VpcConfig",
            "Environment",
            "Tags",
            "PropagateTags",
            "Tracing",
            "KmsKeyArn",
            "AutoPublishAlias",
            "AutoPublishAliasAllProperties",
            "Layers",
            "DeploymentPreference",
            "RolePath",
            "PermissionsBoundary",
            "ReservedConcurrentExecutions",
            "ProvisionedConcurrencyConfig",
            "AssumeRolePolicyDocument",
            "EventInvokeConfig",
            "FileSystemConfigs",
            "CodeSigningConfigArn",
            "Architectures",
            "SnapStart",
            "EphemeralStorage",
            "FunctionUrlConfig",
            "RuntimeManagementConfig",
            "LoggingConfig",
            "RecursiveLoop",
            "SourceKMSKeyArn",
            "TenancyConfig",
            "DurableConfig",
            "CapacityProviderConfig",
            "FunctionScalingConfig",
            "PublishToLatestPublished",
            "VersionDeletionPolicy",
        }
    ),
    "Api": frozenset(
        {
            "Auth",
            "Name",
            "DefinitionUri",
            "CacheClusterEnabled",
            "CacheClusterSize",
            "MergeDefinitions",
            "Variables",
            "EndpointConfiguration",
            "MethodSettings",
            "BinaryMediaTypes",
            "MinimumCompressionSize",
            "Cors",
            "GatewayResponses",
            "AccessLogSetting",
            "CanarySetting",
            "TracingEnabled",
            "OpenApiVersion",
            "Domain",
            "AlwaysDeploy",
            "PropagateTags",
            "SecurityPolicy",
            "EndpointAccessMode",
        }
    ),
    "HttpApi": frozenset(
        {
            "Auth",
            "AccessLogSettings",
            "StageVariables",
            "Tags",
            "CorsConfiguration",
            "DefaultRouteSettings",
            "Domain",
            "RouteSettings",
            "FailOnWarnings",
            "PropagateTags",
        }
    ),
    "SimpleTable": frozenset({"SSESpecification"}),
    "StateMachine": frozenset({"PropagateTags"}),
    "LayerVersion": frozenset({"PublishLambdaVersion"}),
    "CapacityProvider": frozenset(
        {
            "VpcConfig",
            "OperatorRole",
            "Tags",
            "InstanceRequirements",
            "ScalingConfig",
            "KmsKeyArn",
            "PropagateTags",
            "LoggingConfig",
            "ManagedResourceTags",
        }
    ),
    "NetworkConnector": frozenset({"OperatorRole", "Tags", "PropagateTags"}),
    "WebSocketApi": frozenset(
        {
            "AccessLogSettings",
            "ApiKeySelectionExpression",
            "DefaultRouteSettings",
            "DisableExecuteApiEndpoint",
            "DisableSchemaValidation",
            "Domain",
            "FailOnWarnings",
            "IpAddressType",
            "PropagateTags",
            "RouteSelectionExpression",
            "RouteSettings",
            "StageVariables",
            "Tags",
        }
    ),
}
"""Section of `Globals` -> the properties that SAM takes from it; it refuses a template with any other."""

_REPLACED = frozenset({"Architectures"})
"""Lists that the resource replaces instead of extending."""


def merged(type_: str, own: Fields, globals_: Fields | None, ignored: Value | None = None) -> Fields:
    """The properties of one SAM resource with its section of `Globals`.

    `ignored`: its attribute `IgnoreGlobals` (`*` or a list of names).
    """
    kind = type_.removeprefix(PREFIX)
    section = globals_.get(kind) if globals_ is not None else None
    supported = SUPPORTED.get(kind)
    if not isinstance(section, Fields) or supported is None:
        return own
    left_out = {display(item) for item in ignored.items} if isinstance(ignored, Items) else set()
    if isinstance(ignored, Literal) and ignored.value == "*":
        return own
    taken = {key: entry for key, entry in section.entries.items() if key in supported and key not in left_out}
    return _maps(Fields(taken, section.at), own) if taken else own


def _maps(shared: Fields, own: Fields) -> Fields:
    entries: dict[str, Entry] = dict(shared.entries)
    for key, entry in own.entries.items():
        before = entries.get(key)
        entries[key] = entry if before is None else Entry(entry.key_at, _values(key, before.value, entry.value))
    return Fields(entries, own.at)


def _values(key: str, shared: Value, own: Value) -> Value:
    match shared, own:
        case Fields(), Fields():
            return _maps(shared, own)
        case Items(items=before), Items(items=after) if key not in _REPLACED:
            return Items([*before, *after], own.at)
        case _:
            return own
