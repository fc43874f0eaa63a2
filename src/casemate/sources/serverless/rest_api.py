"""The REST API itself: what holds for all of its methods, its stage, its keys and usage plans.

Source: Serverless Framework documentation, "REST API (API Gateway v1)", "provider.logs.restApi"; READMEs of
serverless-api-gateway-throttling and serverless-api-gateway-caching.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import Entry, Fields, Items, Literal, Reference, Value, text_of
from casemate.sources.serverless import naming
from casemate.sources.serverless.service import PROVIDER
from casemate.sources.serverless.values import (
    Shape,
    entries_of,
    entry_of,
    fields,
    fields_of,
    is_false,
    is_true,
    items_of,
    maps,
    value_of,
)

if TYPE_CHECKING:
    from casemate.model.location import Span
    from casemate.sources.serverless.service import Service

_PLAN = ("Limit", "limit"), ("Offset", "offset"), ("Period", "period")


def api_id(service: Service, at: Span) -> Value:
    """The API's id: the framework's own API, or the one that the provider names."""
    return service.get("apiGateway", "restApiId") or Reference(naming.REST_API, None, at)


def validator_key(service: Service) -> str:
    """The logical id of the one validator of a service."""
    return f"ApiGateway{naming.alphanumeric(service.name)}RequestValidator"


def add_rest_api(service: Service, implied_by: str) -> None:
    """The API, its deployment and stage, unless it exists elsewhere; keys and plans in any case."""
    at = service.provider_at
    if service.entry("apiGateway", "restApiId") is None:
        _api(service, at, implied_by)
        _stage(service, at, implied_by)
    _keys(service, implied_by)
    _plans(service, implied_by)


def _api(service: Service, at: Span, implied_by: str) -> None:
    shape = Shape(at).take("Name", service.entry("apiName"))
    if "Name" not in shape.entries:
        shape.put("Name", f"{service.stage}-{service.name}")
    kind, ids = (
        service.entry("endpointType") or service.entry("apiGateway", "endpointType"),
        service.entry("vpcEndpointIds"),
    )
    endpoint = Shape(at if kind is None else kind.value.at)
    endpoint.put("Types", Items([_upper(kind.value) if kind is not None else Literal("EDGE", at)], at)).take(
        "VpcEndpointIds", ids
    )
    shape.put("EndpointConfiguration", endpoint.fields(), at if kind is None else kind.key_at)
    policy = service.entry("apiGateway", "resourcePolicy") or service.entry("resourcePolicy")
    shape.take("Policy", policy, lambda value: fields(value.at, Version="2012-10-17", Statement=value))
    for native, path in (
        ("MinimumCompressionSize", ("apiGateway", "minimumCompressionSize")), ("BinaryMediaTypes", ("apiGateway",
        "binaryMediaTypes")),
        ("ApiKeySourceType", ("apiGateway", "apiKeySourceType")), ("DisableExecuteApiEndpoint", ("apiGateway",
        "disableDefaultEndpoint")),
        ("SecurityPolicy", ("apiGateway", "endpoint", "securityPolicy")), ("Description", ("apiGateway",
        "description")),
    ):  # fmt: skip
        shape.take(native, service.entry(*path))
    shape.take("DisableExecuteApiEndpoint", service.entry("apiGateway", "endpoint", "disable"))
    service.add("AWS::ApiGateway::RestApi", naming.REST_API, shape, name=PROVIDER, at=at, implied_by=implied_by)


def _upper(value: Value) -> Value:
    known = text_of(value)
    return value if known is None else Literal(known.upper(), value.at)


def _stage(service: Service, at: Span, implied_by: str) -> None:
    api = Reference(naming.REST_API, None, at)
    service.add(
        "AWS::ApiGateway::Deployment",
        naming.DEPLOYMENT,
        fields(at, RestApiId=api),
        name=PROVIDER,
        at=at,
        implied_by=implied_by,
    )
    shape = Shape(at).put("RestApiId", api).put("DeploymentId", Reference(naming.DEPLOYMENT, None, at))
    shape.take("StageName", service.entry("apiGateway", "stage") or service.entry("stage"))
    if "StageName" not in shape.entries:
        shape.put("StageName", service.stage)
    shape.take("TracingEnabled", service.entry("tracing", "apiGateway"))
    logs = service.entry("logs", "restApi")
    settings: list[Value] = []
    if logs is not None and not is_false(logs.value):
        if not is_false(value_of(logs.value, "accessLogging")):
            _access_logs(service, shape, logs, implied_by)
        settings.append(_execution_logs(logs))
    settings.extend(_throttles(service))
    if settings:
        shape.put("MethodSettings", Items(settings, settings[0].at), logs.key_at if logs is not None else None)
    caching = service.custom("apiGatewayCaching")
    if caching is not None and is_true(value_of(caching.value, "enabled")):
        shape.take("CacheClusterEnabled", entry_of(caching.value, "enabled")).take(
            "CacheClusterSize", entry_of(caching.value, "clusterSize")
        )
    service.add("AWS::ApiGateway::Stage", naming.STAGE, shape, name=PROVIDER, at=at, implied_by=implied_by)


def _access_logs(service: Service, shape: Shape, logs: Entry, implied_by: str) -> None:
    at = logs.key_at
    group = (
        Shape(at)
        .put("LogGroupName", f"/aws/api-gateway/{service.name}-{service.stage}")
        .take("RetentionInDays", service.entry("logRetentionInDays"))
    )
    service.add("AWS::Logs::LogGroup", "ApiGatewayLogGroup", group, name=PROVIDER, at=at, implied_by=implied_by)
    target = (
        Shape(logs.value.at)
        .put("DestinationArn", Reference("ApiGatewayLogGroup", "Arn", at))
        .take("Format", entry_of(logs.value, "format"))
    )
    shape.put("AccessLogSetting", target.fields(), at)


def _execution_logs(logs: Entry) -> Value:
    """Levels and full data are on unless they are turned off: what `restApi: true` stands for."""
    at = logs.value.at if isinstance(logs.value, Literal) else logs.key_at
    shape = (
        Shape(at)
        .put("HttpMethod", "*")
        .put("ResourcePath", "/*")
        .put("LoggingLevel", "INFO")
        .put("DataTraceEnabled", Literal(value=True, at=at))
    )
    shape.take("LoggingLevel", entry_of(logs.value, "level")).take(
        "DataTraceEnabled", entry_of(logs.value, "fullExecutionData")
    )
    off = entry_of(logs.value, "executionLogging")
    if off is not None and is_false(off.value):
        shape.put("LoggingLevel", Literal("OFF", off.value.at)).put(
            "DataTraceEnabled", Literal(value=False, at=off.value.at)
        )
    return shape.fields()


def _throttles(service: Service) -> list[Value]:
    """Rate limits of serverless-api-gateway-throttling: for the whole stage and for single events."""
    found: list[Value] = []
    if not service.has_plugin("serverless-api-gateway-throttling"):
        return found
    whole = service.custom("apiGatewayThrottling")
    if whole is not None:
        found.append(_throttle(whole.value, "*", "/*", whole.key_at))
    from casemate.sources.serverless.rest import verb_and_path

    for _, event in service.events("http"):
        own = event.entry("throttling")
        if own is not None and fields_of(own.value) is not None:
            verb, path = verb_and_path(event)
            found.append(_throttle(own.value, "*" if verb == "ANY" else verb, f"/{path}", own.key_at))
    return found


def _throttle(value: Value, verb: str, path: str, at: Span) -> Value:
    shape = Shape(at).put("HttpMethod", verb).put("ResourcePath", path)
    return shape.copy(
        value, ThrottlingRateLimit="maxRequestsPerSecond", ThrottlingBurstLimit="maxConcurrentRequests"
    ).fields()


# -- keys and usage plans
# -----------------------------------------------------------------------------------------------
def _keys(service: Service, implied_by: str) -> None:
    entry = service.entry("apiGateway", "apiKeys") or service.entry("apiKeys")
    number = 0
    for item in items_of(entry.value if entry is not None else None):
        described = fields_of(item)
        planned = (
            []
            if described is None or "name" in described.entries or "value" in described.entries
            else list(described.entries.items())
        )
        groups = [("", [item])] if not planned else [(plan, items_of(listed.value)) for plan, listed in planned]
        for plan, keys in groups:
            for key in keys:
                number += 1
                _key(service, key, plan, number, implied_by)


def _key(service: Service, value: Value, plan: str, number: int, implied_by: str) -> None:
    shape = Shape(value.at).copy(
        value, Name="name", Value="value", Description="description", CustomerId="customerId", Enabled="enabled"
    )
    if fields_of(value) is None:
        shape.put("Name", value)
    if "Enabled" not in shape.entries:
        shape.put("Enabled", Literal(value=True, at=value.at))
    suffix = f"{naming.upper_first(plan)}{number}"
    key = f"ApiGatewayApiKey{suffix}"
    service.add("AWS::ApiGateway::ApiKey", key, shape, name=PROVIDER, at=value.at, implied_by=implied_by)
    usage = Reference(f"ApiGatewayUsagePlan{naming.upper_first(plan)}", None, value.at)
    joins = fields(value.at, KeyId=Reference(key, None, value.at), KeyType="API_KEY", UsagePlanId=usage)
    service.add(
        "AWS::ApiGateway::UsagePlanKey",
        f"ApiGatewayUsagePlanKey{suffix}",
        joins,
        name=PROVIDER,
        at=value.at,
        implied_by=implied_by,
    )


def _plans(service: Service, implied_by: str) -> None:
    keys = service.entry("apiGateway", "apiKeys") or service.entry("apiKeys")
    entry = service.entry("apiGateway", "usagePlan") or service.entry("usagePlan")
    if entry is None and keys is None:
        return
    place = (entry or keys or Entry(service.provider_at, Fields({}, service.provider_at))).key_at
    plans: list[tuple[str, Value | None]] = [("", None if entry is None else entry.value)]
    if entry is not None and isinstance(entry.value, Items):
        plans = [(name, plan.value) for part in maps(entry.value) for name, plan in entries_of(part)]
    for name, plan in plans:
        shape = Shape(place).put("UsagePlanName", f"{service.name}-{service.stage}{name and '-'}{name}")
        stage = fields(place, ApiId=api_id(service, place), Stage=service.stage)
        shape.put("ApiStages", Items([stage], place))
        shape.take("Quota", entry_of(plan, "quota"), lambda value: Shape(value.at).copy(value, **dict(_PLAN)).fields())
        shape.take(
            "Throttle",
            entry_of(plan, "throttle"),
            lambda value: Shape(value.at).copy(value, BurstLimit="burstLimit", RateLimit="rateLimit").fields(),
        )
        key = f"ApiGatewayUsagePlan{naming.upper_first(name)}"
        service.add("AWS::ApiGateway::UsagePlan", key, shape, name=PROVIDER, at=place, implied_by=implied_by)
