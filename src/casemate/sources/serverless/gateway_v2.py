"""`httpApi` and `websocket` events: HTTP and websocket APIs with stage, authorisers, routes and integrations.

Source: Serverless Framework documentation, "HTTP API (API Gateway v2)" and "Websocket".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import Entry, Items, Literal, Reference, Value, text_of
from casemate.sources.serverless import naming
from casemate.sources.serverless.functions import url_cors
from casemate.sources.serverless.rest import invocation
from casemate.sources.serverless.service import PROVIDER
from casemate.sources.serverless.values import (
    Shape,
    entries_of,
    entry_of,
    fields,
    fields_of,
    is_false,
    items_of,
    joined,
    regional,
    text_at,
    value_of,
)

if TYPE_CHECKING:
    from casemate.model.location import Span
    from casemate.sources.serverless.service import Declared, Event, Service

_STAGE = "HttpApiStage"
_SOCKET_STAGE = "WebsocketsDeploymentStage"
_SOCKET_IDENTITY = "route.request.header.Auth"


# -- HTTP APIs
# ----------------------------------------------------------------------------------------------------------
def add_http_api(service: Service) -> None:
    """Everything for the `httpApi` events of all functions."""
    events = list(service.events("httpApi"))
    if not events:
        return
    first = events[0][0].key
    if service.entry("httpApi", "id") is None:
        _http_api(service, first)
        _authorizers(service, first)
    for function, event in events:
        _route(service, function, event)
        integration = (
            Shape(event.at)
            .put("ApiId", _http_id(service, event.at))
            .put("IntegrationType", "AWS_PROXY")
            .put("IntegrationUri", function.arn(event.at))
        )
        integration.take(
            "PayloadFormatVersion", function.entry("httpApi", "payload") or service.entry("httpApi", "payload")
        )
        integration.take("TimeoutInMillis", event.entry("timeout"))
        key = f"HttpApiIntegration{naming.normalized(function.name)}"
        service.add(
            "AWS::ApiGatewayV2::Integration", key, integration, name=function.name, at=event.at, implied_by=function.key
        )
        source = regional(event.at, "execute-api", _http_id(service, event.at), "/*")
        service.permit(
            function,
            naming.permission(function.name, "HttpApi"),
            "apigateway.amazonaws.com",
            event.at,
            SourceArn=source,
        )


def _http_id(service: Service, at: Span) -> Value:
    return service.get("httpApi", "id") or Reference(naming.HTTP_API, None, at)


def _http_api(service: Service, implied_by: str) -> None:
    at = service.provider_at
    shape = (
        Shape(at)
        .put("ProtocolType", "HTTP")
        .put("Name", f"{service.stage}-{service.name}")
        .take("Name", service.entry("httpApi", "name"))
    )
    shape.take("CorsConfiguration", service.entry("httpApi", "cors"), url_cors)
    shape.take("DisableExecuteApiEndpoint", service.entry("httpApi", "disableDefaultEndpoint"))
    service.add("AWS::ApiGatewayV2::Api", naming.HTTP_API, shape, name=PROVIDER, at=at, implied_by=implied_by)
    stage = (
        Shape(at)
        .put("ApiId", Reference(naming.HTTP_API, None, at))
        .put("StageName", "$default")
        .put("AutoDeploy", Literal(value=True, at=at))
    )
    logs = service.entry("logs", "httpApi")
    if logs is not None and not is_false(logs.value):
        _access_logs(
            service, stage, logs, "HttpApiLogGroup", f"/aws/http-api/{service.name}-{service.stage}", implied_by
        )
    service.add("AWS::ApiGatewayV2::Stage", _STAGE, stage, name=PROVIDER, at=at, implied_by=implied_by)


def _access_logs(service: Service, stage: Shape, logs: Entry, key: str, name: str, implied_by: str) -> None:
    group = Shape(logs.key_at).put("LogGroupName", name).take("RetentionInDays", service.entry("logRetentionInDays"))
    service.add("AWS::Logs::LogGroup", key, group, name=PROVIDER, at=logs.key_at, implied_by=implied_by)
    target = (
        Shape(logs.value.at)
        .put("DestinationArn", Reference(key, "Arn", logs.key_at))
        .put("Format", "$context.requestId")
    )
    stage.put("AccessLogSettings", target.take("Format", entry_of(logs.value, "format")).fields(), logs.key_at)


def _authorizers(service: Service, implied_by: str) -> None:
    for name, entry in entries_of(service.get("httpApi", "authorizers")):
        at = entry.key_at
        shape = Shape(at).put("ApiId", _http_id(service, at)).put("Name", name)
        shape.take(
            "IdentitySource", entry_of(entry.value, "identitySource"), lambda value: Items(items_of(value), value.at)
        )
        if (text_at(entry.value, "type") or "jwt").lower() == "request":
            called = service.functions.get(text_at(entry.value, "functionName") or "")
            target = called.arn(at) if called is not None else value_of(entry.value, "functionArn") or Literal("", at)
            shape.put("AuthorizerType", "REQUEST").put("AuthorizerUri", invocation(target, at))
            shape.copy(
                entry.value,
                AuthorizerResultTtlInSeconds="resultTtlInSeconds",
                EnableSimpleResponses="enableSimpleResponses",
            )
            shape.put("AuthorizerPayloadFormatVersion", "2.0").copy(
                entry.value, AuthorizerPayloadFormatVersion="payloadVersion"
            )
            if called is not None:
                key = f"{naming.normalized(name)}LambdaAuthorizerPermissionHttpApi"
                service.permit(
                    called,
                    key,
                    "apigateway.amazonaws.com",
                    at,
                    SourceArn=regional(at, "execute-api", _http_id(service, at), "/*"),
                )
        else:
            token = Shape(entry.value.at).take("Issuer", entry_of(entry.value, "issuerUrl"))
            token.take("Audience", entry_of(entry.value, "audience"), lambda value: Items(items_of(value), value.at))
            shape.put("AuthorizerType", "JWT").put("JwtConfiguration", token.fields(), at)
        key = f"HttpApiAuthorizer{naming.normalized(name)}"
        service.add("AWS::ApiGatewayV2::Authorizer", key, shape, name=name, at=at, implied_by=implied_by)


def _route(service: Service, function: Declared, event: Event) -> None:
    at = event.at
    written = text_of(event.value)
    verb, path = event.text("method") or "*", event.text("path") or "*"
    if written is not None and written.strip() != "*":
        verb, _, path = written.strip().partition(" ")
    route = "$default" if path.strip() in {"*", ""} else f"{'ANY' if verb == '*' else verb.upper()} {path.strip()}"
    integration = Reference(f"HttpApiIntegration{naming.normalized(function.name)}", None, at)
    shape = (
        Shape(at)
        .put("ApiId", _http_id(service, at))
        .put("RouteKey", route)
        .put("Target", joined(at, "integrations/", integration))
    )
    entry = event.entry("authorizer")
    if entry is not None and not is_false(entry.value):
        name, kind = text_of(entry.value) or text_at(entry.value, "name"), (text_at(entry.value, "type") or "").lower()
        configured = service.get("httpApi", "authorizers", name) if name is not None else None
        kind = kind or (text_at(configured, "type") or "jwt").lower()
        place = entry.value.at
        if kind == "aws_iam" or (name or "").lower() == "aws_iam":
            shape.put("AuthorizationType", Literal("AWS_IAM", place), entry.key_at)
        elif fields_of(entry.value) is None and name is None:
            shape.put("AuthorizationType", entry.value, entry.key_at)
        else:
            shape.put("AuthorizationType", Literal("CUSTOM" if kind == "request" else "JWT", place), entry.key_at)
            id_ = value_of(entry.value, "id") or Reference(
                f"HttpApiAuthorizer{naming.normalized(name or '')}", None, place
            )
            shape.put("AuthorizerId", id_).take("AuthorizationScopes", entry_of(entry.value, "scopes"))
    key = "HttpApiRouteDefault" if route == "$default" else f"HttpApiRoute{naming.path_part(route)}"
    if key in service.made:
        key = f"{key}{naming.normalized(function.name)}{event.number}"
    service.add("AWS::ApiGatewayV2::Route", key, shape, name=function.name, at=at, implied_by=function.key)


# -- websocket APIs
# -----------------------------------------------------------------------------------------------------
def add_websockets(service: Service) -> None:
    """Everything for the `websocket` events of all functions."""
    events = list(service.events("websocket"))
    if not events:
        return
    first = events[0][0].key
    if service.entry("apiGateway", "websocketApiId") is None:
        _websocket_api(service, first)
    for function, event in events:
        at = event.at
        route = text_of(event.value) or event.text("route") or "$default"
        key = f"{naming.normalized(function.name)}WebsocketsIntegration"
        integration = fields(
            at,
            ApiId=_socket_id(service, at),
            IntegrationType="AWS_PROXY",
            IntegrationUri=invocation(function.arn(at), at),
        )
        service.add(
            "AWS::ApiGatewayV2::Integration", key, integration, name=function.name, at=at, implied_by=function.key
        )
        shape = Shape(at).put("ApiId", _socket_id(service, at)).put("RouteKey", route).put("AuthorizationType", "NONE")
        shape.put("Target", joined(at, "integrations/", Reference(key, None, at)))
        _authorize_socket(service, function, event, shape)
        service.add(
            "AWS::ApiGatewayV2::Route",
            naming.websocket_route(route),
            shape,
            name=function.name,
            at=at,
            implied_by=function.key,
        )
        source = regional(at, "execute-api", _socket_id(service, at), "/*")
        service.permit(
            function, naming.permission(function.name, "Websockets"), "apigateway.amazonaws.com", at, SourceArn=source
        )


def _socket_id(service: Service, at: Span) -> Value:
    return service.get("apiGateway", "websocketApiId") or Reference(naming.WEBSOCKETS, None, at)


def _websocket_api(service: Service, implied_by: str) -> None:
    at = service.provider_at
    shape = (
        Shape(at)
        .put("ProtocolType", "WEBSOCKET")
        .put("Name", f"{service.stage}-{service.name}-websockets")
        .take("Name", service.entry("websocketsApiName"))
    )
    shape.put("RouteSelectionExpression", "$request.body.action").take(
        "RouteSelectionExpression", service.entry("websocketsApiRouteSelectionExpression")
    )
    shape.take("DisableExecuteApiEndpoint", service.entry("apiGateway", "websocketDisableDefaultEndpoint"))
    service.add("AWS::ApiGatewayV2::Api", naming.WEBSOCKETS, shape, name=PROVIDER, at=at, implied_by=implied_by)
    stage = Shape(at).put("ApiId", Reference(naming.WEBSOCKETS, None, at)).put("StageName", service.stage)
    logs = service.entry("logs", "websocket")
    if logs is not None and not is_false(logs.value):
        if not is_false(value_of(logs.value, "accessLogging")):
            _access_logs(
                service, stage, logs, "WebsocketsLogGroup", f"/aws/websocket/{service.name}-{service.stage}", implied_by
            )
        place = logs.value.at if isinstance(logs.value, Literal) else logs.key_at
        settings = Shape(place).put("LoggingLevel", "INFO").put("DataTraceEnabled", Literal(value=True, at=place))
        settings.copy(logs.value, LoggingLevel="level", DataTraceEnabled="fullExecutionData")
        if is_false(value_of(logs.value, "executionLogging")):
            settings.put("LoggingLevel", "OFF").put("DataTraceEnabled", Literal(value=False, at=place))
        stage.put("DefaultRouteSettings", settings.fields(), logs.key_at)
    service.add("AWS::ApiGatewayV2::Stage", _SOCKET_STAGE, stage, name=PROVIDER, at=at, implied_by=implied_by)


def _authorize_socket(service: Service, function: Declared, event: Event, shape: Shape) -> None:
    entry = event.entry("authorizer")
    if entry is None or is_false(entry.value):
        return
    at, value = entry.value.at, entry.value
    written = text_of(value)
    if (written or text_at(value, "type") or "").upper() == "AWS_IAM":
        shape.put("AuthorizationType", Literal("AWS_IAM", at), entry.key_at)
        return
    target = value_of(value, "arn") or (value if fields_of(value) is None else None)
    name = text_at(value, "name") or (written or text_of(target) or "authorizer").rpartition(":")[2]
    called = service.functions.get(name) if value_of(value, "arn") is None else None
    key = f"{naming.normalized(name)}WebsocketsAuthorizer"
    shape.put("AuthorizationType", Literal("CUSTOM", at), entry.key_at).put("AuthorizerId", Reference(key, None, at))
    made = Shape(at).put("ApiId", _socket_id(service, at)).put("Name", name).put("AuthorizerType", "REQUEST")
    made.put("AuthorizerUri", invocation(called.arn(at) if called is not None else target or Literal("", at), at))
    made.put("IdentitySource", Items([Literal(_SOCKET_IDENTITY, at)], at)).take(
        "IdentitySource", entry_of(value, "identitySource")
    )
    service.add("AWS::ApiGatewayV2::Authorizer", key, made, name=name, at=entry.key_at, implied_by=function.key)
    if called is not None:
        source = regional(at, "execute-api", _socket_id(service, at), "/*")
        service.permit(
            called, naming.permission(called.name, "Websockets"), "apigateway.amazonaws.com", at, SourceArn=source
        )
