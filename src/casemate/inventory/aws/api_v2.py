"""HTTP and WebSocket APIs of API Gateway.

Source: AWS CloudFormation Template Reference, "AWS::ApiGatewayV2::Api" and its kin; API Gateway developer guide,
"Choose between REST APIs and HTTP APIs", "Controlling and managing access to WebSocket APIs" (only `$connect` can be
authorised).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.inventory.aws.api import body_authorizers, body_routes
from casemate.inventory.aws.api_stages import NO_STAGE, across, guarded, limits, minimum_tls, protected, stages_v2
from casemate.inventory.aws.authentication import authentication
from casemate.inventory.aws.cross_origin import cors_block
from casemate.inventory.aws.embedded import tree
from casemate.inventory.aws.entity import attachments
from casemate.inventory.aws.linking import function_link, identity, linked, means_function
from casemate.inventory.logic import negated
from casemate.inventory.openapi import backends_in_clear
from casemate.inventory.reading import Props
from casemate.model.api import Api, AuthKind, Authorizer, Route
from casemate.model.entity import Link
from casemate.model.setting import Defaulted, Setting, Unresolved
from casemate.model.value import Fields, display

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.inventory.aws.api_stages import Stage
    from casemate.inventory.context import Builder, Context
    from casemate.inventory.openapi import Operation
    from casemate.model.function import Cors
    from casemate.model.resource import Resource
    from casemate.model.value import Value

ROUTE_AUTH: dict[str, AuthKind] = {"NONE": "none", "JWT": "jwt", "CUSTOM": "lambda", "AWS_IAM": "iam"}
_OPEN = "routes are open unless an authorization type is set"


def api(resource: Resource, context: Context) -> Iterator[Api | Route | Authorizer]:
    """`AWS::ApiGatewayV2::Api`, with what its `Body` describes and the route of a quick create."""
    props = context.props(resource)
    websocket = is_websocket(resource, context)
    stages = stages_v2(context, resource.key)
    quick = props.find("Target") is not None
    body = tree(props.find("Body"))
    cors = _cors(props, body)

    def missing(name: str) -> Setting[bool]:
        if quick:
            return Defaulted(name, resource.at, False, "a quick create makes the stage $default without settings")
        return Unresolved(name, resource.at, NO_STAGE)

    yield Api(
        **identity(resource, context),
        kind="websocket" if websocket else "http",
        private=Defaulted("EndpointConfiguration.Types", resource.at, False, "these APIs have public endpoints only"),
        throttled=across(stages, _stage_limits, missing("DefaultRouteSettings.ThrottlingRateLimit")),
        access_logs=across(
            stages,
            lambda stage: stage.props.present("AccessLogSettings.DestinationArn", "requests are not logged"),
            missing("AccessLogSettings.DestinationArn"),
        ),
        execution_logs=_execution_logs(resource, stages, websocket=websocket),
        full_payload_logs=across(
            stages,
            lambda stage: stage.props.flag("DefaultRouteSettings.DataTraceEnabled", False, "payloads are not logged"),
            missing("DefaultRouteSettings.DataTraceEnabled"),
        ),
        tracing=Defaulted("TracingEnabled", resource.at, False, "these APIs cannot be traced"),
        waf=protected(resource, stages, context),
        minimum_tls=minimum_tls(context, resource),
        https_only=Defaulted("Protocol", resource.at, True, "API Gateway serves TLS only"),
        cache_encrypted=Defaulted("CacheDataEncrypted", resource.at, True, "these APIs cache nothing"),
        validation=Defaulted("RequestValidatorId", resource.at, False, "these APIs do not validate requests"),
        default_endpoint=negated(props.flag("DisableExecuteApiEndpoint", False, "the default endpoint is on")),
        cors=cors,
        origins_https=tuple(backends_in_clear(body)),
        implied=resource.implied_by is not None,
    )
    if isinstance(body, Fields):

        def throttled(operation: Operation) -> Setting[bool]:
            key = "$default" if operation.path == "/$default" else f"{operation.method} {operation.path}"
            return _throttled(context, resource.key, key, resource)

        yield from body_routes(resource, context, body, throttled, cors)
        yield from body_authorizers(resource, context, body)
    if quick:
        yield _quick_route(resource, context, props)


def _cors(props: Props, body: Value | None) -> Cors | None:
    """`CorsConfiguration`, else the `x-amazon-apigateway-cors` of a description."""
    found = cors_block(props, "CorsConfiguration")
    if found is not None or not isinstance(body, Fields):
        return found
    names = ("allowOrigins", "allowCredentials", "allowMethods")
    return cors_block(Props(body, props.at), "x-amazon-apigateway-cors", names)


def is_websocket(resource: Resource, context: Context) -> bool:
    """Whether an API speaks WebSocket."""
    return context.props(resource).text("ProtocolType", "HTTP").ever(lambda text: text.upper() == "WEBSOCKET")


def _stage_limits(stage: Stage) -> Setting[bool]:
    return limits(stage.props.section("DefaultRouteSettings"))


def _execution_logs(resource: Resource, stages: tuple[Stage, ...], *, websocket: bool) -> Setting[str]:
    name = "DefaultRouteSettings.LoggingLevel"
    if not websocket:
        return Defaulted(name, resource.at, "UNSUPPORTED", "HTTP APIs have access logs only")
    missing: Setting[str] = Unresolved(name, resource.at, NO_STAGE)
    return across(stages, lambda stage: stage.props.text(name, "OFF", "execution is not logged"), missing)


def _quick_route(resource: Resource, context: Context, props: Props) -> Route:
    key = props.find("RouteKey")
    verb, path = split_key("$default" if key is None else display(key))
    target = function_link(props.find("Target"), context)
    open_: Setting[AuthKind] = Defaulted(
        "AuthorizationType", resource.at, "none", "the route of a quick create is open"
    )
    return Route(
        **identity(resource, context, "route"),
        kind="http",
        method=verb,
        path=path,
        auth=guarded(open_, context, resource.key),
        api_key=Defaulted("ApiKeyRequired", resource.at, False, "HTTP APIs know no API keys"),
        validated=Defaulted("RequestValidatorId", resource.at, False, "HTTP APIs do not validate requests"),
        throttled=_throttled(context, resource.key, "$default", resource),
        api=Link(resource.name, resource.at, context.id(resource.key)),
        function=target if means_function(target) else None,
    )


def split_key(key: str) -> tuple[str, str]:
    """A route key, `GET /users` or `$default`, as method and path."""
    verb, space, path = key.partition(" ")
    return (verb.upper(), path.strip()) if space else ("ANY", key)


# -- routes ------------------------------------------------------------------------------------------------------------
def route(resource: Resource, context: Context) -> Iterator[Route]:
    """`AWS::ApiGatewayV2::Route`."""
    props = context.props(resource)
    declared = context.resource(props.find("ApiId"))
    api_key = declared.key if declared is not None and declared.type == "AWS::ApiGatewayV2::Api" else None
    websocket = declared is not None and api_key is not None and is_websocket(declared, context)
    key = props.find("RouteKey")
    text = "$default" if key is None else display(key)
    verb, path = split_key(text)
    auth = authentication(props, "AuthorizationType", ROUTE_AUTH, "none", _OPEN)
    if websocket and declared is not None and text != "$connect":
        auth = _connection_auth(declared, context)
    function = function_link(_integration_uri(props, context), context)
    yield Route(
        **identity(resource, context),
        kind="websocket" if websocket or text in {"$connect", "$disconnect"} else "http",
        method=verb,
        path=path,
        auth=guarded(auth, context, api_key),
        api_key=props.flag("ApiKeyRequired", False, "no API key is asked for"),
        validated=Defaulted("RequestValidatorId", resource.at, False, "these APIs do not validate requests"),
        throttled=_throttled(context, api_key, text, resource),
        api=linked(props.find("ApiId"), context),
        function=function if means_function(function) else None,
        cors=None if declared is None or websocket else _api_cors(declared, context),
    )


def _api_cors(declared: Resource, context: Context) -> Cors | None:
    props = context.props(declared)
    return _cors(props, tree(props.find("Body")))


def _connection_auth(declared: Resource, context: Context) -> Setting[AuthKind]:
    """How a WebSocket API authenticates: when a client connects. All its routes share that one setting."""
    for other in attachments(declared, context, "AWS::ApiGatewayV2::Route", "ApiId"):
        key = other.properties.get("RouteKey")
        if key is not None and display(key) == "$connect":
            return authentication(context.props(other), "AuthorizationType", ROUTE_AUTH, "none", _OPEN)
    return Defaulted("AuthorizationType", declared.at, "none", "without a route $connect, everybody may connect")


def _integration_uri(props: Props, context: Context) -> Value | None:
    integration = context.resource(props.find("Target"))
    return None if integration is None else integration.properties.get("IntegrationUri")


def _throttled(context: Context, api_key: str | None, route_key: str, resource: Resource) -> Setting[bool]:
    """Limits of this route in `RouteSettings`, else of all routes of the stage."""
    if api_key is None:
        reason = "the API is not declared in what was scanned"
        return Unresolved("DefaultRouteSettings.ThrottlingRateLimit", resource.at, reason)

    def read(stage: Stage) -> Setting[bool]:
        own = limits(Props(stage.props.find(("RouteSettings", route_key)), stage.props.at, "RouteSettings"))
        return own if own.declared else _stage_limits(stage)

    missing: Setting[bool] = Unresolved("DefaultRouteSettings.ThrottlingRateLimit", resource.at, NO_STAGE)
    return across(stages_v2(context, api_key), read, missing)


def authorizer(resource: Resource, context: Context) -> Iterator[Authorizer]:
    """`AWS::ApiGatewayV2::Authorizer`."""
    props = context.props(resource)
    function = function_link(props.find("AuthorizerUri"), context)
    jwt = props.text("AuthorizerType", "").ever(lambda text: text.upper() == "JWT")
    source = "API Gateway's default: decisions are not reused"
    yield Authorizer(
        **identity(resource, context),
        kind="jwt" if jwt else "lambda",
        api=linked(props.find("ApiId"), context),
        cache_seconds=props.number("AuthorizerResultTtlInSeconds", 0, source),
        identity_sources=tuple(display(value) for _, value in props.each("IdentitySource")),
        function=function if means_function(function) else None,
    )


BUILDERS: dict[str, Builder] = {
    "AWS::ApiGatewayV2::Api": api,
    "AWS::ApiGatewayV2::Route": route,
    "AWS::ApiGatewayV2::Authorizer": authorizer,
}
