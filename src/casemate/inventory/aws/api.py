"""REST APIs of API Gateway: the API, its methods or its OpenAPI body, its authorisers.

Source: AWS CloudFormation Template Reference, "AWS::ApiGateway::RestApi", "AWS::ApiGateway::Method",
"AWS::ApiGateway::Authorizer".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.inventory.aws.api_stages import (
    NO_STAGE,
    across,
    cache_encrypted,
    for_all_methods,
    guarded,
    minimum_tls,
    protected,
    rest_stages,
    rest_throttled,
    route_throttled,
)
from casemate.inventory.aws.authentication import authentication
from casemate.inventory.aws.cross_origin import cors_headers
from casemate.inventory.aws.embedded import tree
from casemate.inventory.aws.entity import attachments
from casemate.inventory.aws.linking import function_link, identity, linked, means_function
from casemate.inventory.aws.resource_policies import standing
from casemate.inventory.logic import negated, some
from casemate.inventory.openapi import backends_in_clear, operations, schemes
from casemate.inventory.reading import Props, as_text
from casemate.model.api import Api, AuthKind, Authorizer, Route
from casemate.model.entity import Link
from casemate.model.setting import Defaulted, Setting, Unresolved
from casemate.model.value import Absent, Fields, Items, Unknown, display

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from casemate.inventory.context import Builder, Context
    from casemate.inventory.openapi import Operation
    from casemate.model.function import Cors
    from casemate.model.policy import ResourcePolicy
    from casemate.model.resource import Resource
    from casemate.model.value import Value

METHOD_AUTH: dict[str, AuthKind] = {
    "NONE": "none",
    "AWS_IAM": "iam",
    "COGNITO_USER_POOLS": "cognito",
    "CUSTOM": "lambda",
}
_AUTHORIZERS: dict[str, AuthKind] = {"TOKEN": "lambda", "REQUEST": "lambda", "COGNITO_USER_POOLS": "cognito"}
_RESPONSE = ("method.response.header.", "gatewayresponse.header.")
_MAX_DEPTH = 40
"""Path parts that are followed upwards; API Gateway itself allows far fewer."""


def rest_api(resource: Resource, context: Context) -> Iterator[Api | ResourcePolicy | Route | Authorizer]:
    """`AWS::ApiGateway::RestApi`, with its resource policy and what its `Body` describes."""
    props = context.props(resource)
    body = tree(props.find("Body"))
    stages = rest_stages(context, resource.key)

    def missing(name: str) -> Setting[bool]:
        return Unresolved(name, resource.at, NO_STAGE)

    yield Api(
        **identity(resource, context),
        kind="rest",
        private=props.read("EndpointConfiguration.Types", _is_private, False, "endpoints are public unless PRIVATE"),
        throttled=rest_throttled(context, resource.key),
        access_logs=across(
            stages,
            lambda stage: stage.props.present("AccessLogSetting.DestinationArn", "requests are not logged"),
            missing("AccessLogSetting.DestinationArn"),
        ),
        execution_logs=across(
            stages,
            lambda stage: for_all_methods(stage).text("LoggingLevel", "OFF", "execution is not logged"),
            Unresolved("LoggingLevel", resource.at, NO_STAGE),
        ),
        full_payload_logs=across(
            stages,
            lambda stage: for_all_methods(stage).flag("DataTraceEnabled", False, "payloads are not logged"),
            missing("DataTraceEnabled"),
        ),
        tracing=across(
            stages,
            lambda stage: stage.props.flag("TracingEnabled", False, "requests are not traced"),
            missing("TracingEnabled"),
        ),
        waf=protected(resource, stages, context),
        minimum_tls=minimum_tls(context, resource),
        https_only=Defaulted("Protocol", resource.at, True, "API Gateway serves HTTPS only"),
        cache_encrypted=across(stages, cache_encrypted, missing("CacheDataEncrypted")),
        validation=_validation(resource, context, body),
        default_endpoint=negated(props.flag("DisableExecuteApiEndpoint", False, "the default endpoint is on")),
        cors=_api_cors(resource, context, body),
        origins_https=tuple(backends_in_clear(body)),
        implied=resource.implied_by is not None,
    )
    yield from standing(resource, context, "Policy", "api")
    if isinstance(body, Fields):
        whole = Props(body, resource.at)
        if props.find("Policy") is None:
            yield from standing(resource, context, "x-amazon-apigateway-policy", "api", within=whole)
        yield from body_routes(
            resource,
            context,
            body,
            lambda operation: route_throttled(context, resource.key, operation.path, operation.method),
        )
        yield from body_authorizers(resource, context, body)


def _is_private(value: Value) -> bool:
    if isinstance(value, Items):
        return any(_is_private(item) for item in value.items)
    return as_text(value).upper() == "PRIVATE"


def _validation(resource: Resource, context: Context, body: Value | None) -> Setting[bool]:
    """Whether some validator of the API checks bodies or parameters."""
    for validator in attachments(resource, context, "AWS::ApiGateway::RequestValidator", "RestApiId"):
        return _checks(validator, context)
    found = (
        [operation.validated for operation in operations(body) if operation.method != "OPTIONS"]
        if body is not None
        else []
    )
    declared = [setting for setting in found if setting.declared]
    if declared:
        return declared[0]
    if isinstance(body, Unknown):
        return Unresolved("Body", body.at, body.reason)
    return Defaulted("RequestValidatorId", resource.at, False, "no request validator is declared")


def _checks(validator: Resource, context: Context) -> Setting[bool]:
    props = context.props(validator)
    source = "nothing is checked unless asked for"
    return some(
        props.flag("ValidateRequestBody", False, source), props.flag("ValidateRequestParameters", False, source)
    )


def _api_cors(resource: Resource, context: Context, body: Value | None) -> Cors | None:
    """Cross-origin headers on the answers that API Gateway itself gives (errors)."""
    for response in context.referrers(resource.key, "AWS::ApiGateway::GatewayResponse"):
        found = cors_headers(context.props(response), "ResponseParameters", _RESPONSE)
        if found is not None:
            return found
    if body is not None:
        for _, at, described in Props(body, resource.at).items(("x-amazon-apigateway-gateway-responses",)):
            found = cors_headers(Props(described, at), "responseParameters", _RESPONSE)
            if found is not None:
                return found
    return None


# -- the OpenAPI body --------------------------------------------------------------------------------------------------
def body_routes(
    resource: Resource,
    context: Context,
    body: Value,
    throttled: Callable[[Operation], Setting[bool]],
    cors: Cors | None = None,
) -> Iterator[Route]:
    """The routes that the `Body` of a REST or HTTP API describes.

    `throttled`: the limits of an operation, which stand in the stages; `cors`: what holds for all of them.
    """
    rest = resource.type == "AWS::ApiGateway::RestApi"
    name = identity(resource, context)["name"]
    for operation in operations(body):
        function = function_link(operation.target, context)
        yield Route(
            **identity(resource, context, f"{operation.method} {operation.path}", operation.at),
            kind="rest" if rest else "http",
            method=operation.method,
            path=operation.path,
            auth=guarded(operation.auth, context, resource.key),
            api_key=operation.api_key,
            validated=operation.validated,
            throttled=throttled(operation),
            api=Link(name, resource.at, context.id(resource.key)),
            function=function if means_function(function) else None,
            cors=cors or _operation_cors(operation),
        )


def _operation_cors(operation: Operation) -> Cors | None:
    integration = operation.body.section(("x-amazon-apigateway-integration",))
    for _, at, response in integration.items("responses"):
        found = cors_headers(Props(response, at), "responseParameters", _RESPONSE)
        if found is not None:
            return found
    return None


def body_authorizers(resource: Resource, context: Context, body: Value) -> Iterator[Authorizer]:
    """The authorisers that the `Body` of an API describes."""
    rest = resource.type == "AWS::ApiGateway::RestApi"
    for scheme in schemes(body).values():
        if scheme.authorizer is None or scheme.kind is None:
            continue
        props = Props(scheme.authorizer, scheme.at, "x-amazon-apigateway-authorizer")
        function = function_link(props.find("authorizerUri"), context)
        yield Authorizer(
            **identity(resource, context, f"authorizer {scheme.name}", scheme.at),
            kind=scheme.kind,
            api=Link(resource.name, resource.at, context.id(resource.key)),
            cache_seconds=props.number("authorizerResultTtlInSeconds", 300 if rest else 0, "API Gateway's default"),
            identity_sources=_sources(props, "identitySource"),
            function=function if means_function(function) else None,
        )


# -- methods -----------------------------------------------------------------------------------------------------------
def method(resource: Resource, context: Context) -> Iterator[Route]:
    """`AWS::ApiGateway::Method`. Its path is put together over the `Resource`s above it, or stands in `Path`."""
    props = context.props(resource)
    api = linked(props.find("RestApiId"), context)
    declared = context.resource(props.find("RestApiId"))
    key = declared.key if declared is not None and declared.type == "AWS::ApiGateway::RestApi" else None
    path, verb = _path(props, context), _verb(props)
    throttled: Setting[bool] = Unresolved(
        "ThrottlingRateLimit", resource.at, "the API is not declared in what was scanned"
    )
    if key is not None:
        throttled = route_throttled(context, key, path, verb)
    auth = authentication(props, "AuthorizationType", METHOD_AUTH, "none", "methods are open unless a type is set")
    function = function_link(props.find("Integration.Uri"), context)
    yield Route(
        **identity(resource, context),
        kind="rest",
        method=verb,
        path=path,
        auth=guarded(auth, context, key),
        api_key=props.flag("ApiKeyRequired", False, "no API key is asked for"),
        validated=_validated(props, context),
        throttled=throttled,
        api=api,
        function=function if means_function(function) else None,
        cors=next(_method_cors(props), None),
    )


def _verb(props: Props) -> str:
    value = props.find("HttpMethod")
    text = "ANY" if value is None else display(value).upper()
    return "ANY" if text == "*" else text


def _path(props: Props, context: Context) -> str:
    written = props.find("Path")
    if written is not None:
        return display(written)
    parts: list[str] = []
    value = props.find("ResourceId")
    while value is not None and len(parts) < _MAX_DEPTH:
        found = context.resource(value)
        if found is None or found.type != "AWS::ApiGateway::Resource":
            if found is None and not isinstance(value, Absent):
                parts.append(display(value).strip("/"))
            break
        part = found.properties.get("PathPart")
        parts.append("" if part is None else display(part))
        value = found.properties.get("ParentId")
    return "/" + "/".join(part for part in reversed(parts) if part)


def _validated(props: Props, context: Context) -> Setting[bool]:
    given = props.find("RequestValidatorId")
    if given is None:
        return Defaulted("RequestValidatorId", props.at, False, "the method has no request validator")
    validator = context.resource(given)
    if validator is None or validator.type != "AWS::ApiGateway::RequestValidator":
        return Unresolved("RequestValidatorId", given.at, "the validator is not declared in what was scanned")
    return _checks(validator, context)


def _method_cors(props: Props) -> Iterator[Cors]:
    for response in props.sections("Integration.IntegrationResponses"):
        found = cors_headers(response, "ResponseParameters", _RESPONSE)
        if found is not None:
            yield found


# -- authorisers -------------------------------------------------------------------------------------------------------
def authorizer(resource: Resource, context: Context) -> Iterator[Authorizer]:
    """`AWS::ApiGateway::Authorizer`."""
    props = context.props(resource)
    function = function_link(props.find("AuthorizerUri"), context)
    yield Authorizer(
        **identity(resource, context),
        kind=_AUTHORIZERS.get(props.text("Type", "").value or "", "lambda"),
        api=linked(props.find("RestApiId"), context),
        cache_seconds=props.number("AuthorizerResultTtlInSeconds", 300, "API Gateway's default"),
        identity_sources=_sources(props, "IdentitySource"),
        function=function if means_function(function) else None,
    )


def _sources(props: Props, path: str) -> tuple[str, ...]:
    """What decisions are keyed by; a comma separates them where it is one text."""
    return tuple(part.strip() for _, value in props.each(path) for part in display(value).split(",") if part.strip())


BUILDERS: dict[str, Builder] = {
    "AWS::ApiGateway::RestApi": rest_api,
    "AWS::ApiGateway::Method": method,
    "AWS::ApiGateway::Authorizer": authorizer,
}
