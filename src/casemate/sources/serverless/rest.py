"""`http` events: the REST API with its stage, methods, authorisers, validators, keys and usage plans.

A method carries `Path` beside CloudFormation's own properties, since the framework knows it without walking through
resources. `cors` becomes the headers that the framework gives the answer to the preflight request, on the method
itself. Source: Serverless Framework documentation, "REST API (API Gateway v1)".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import Entry, Fields, Items, Literal, Reference, Value, display, text_of
from casemate.sources.serverless import naming
from casemate.sources.serverless.rest_api import add_rest_api, api_id, validator_key
from casemate.sources.serverless.values import (
    Shape,
    arn,
    entries_of,
    entry_of,
    fields,
    fields_of,
    is_false,
    is_true,
    items_of,
    regional,
    text_at,
    value_of,
)

if TYPE_CHECKING:
    from casemate.model.location import Span
    from casemate.sources.serverless.service import Declared, Event, Service

_HEADER = "method.response.header."
_COGNITO = ":cognito-idp:"
DEFAULT_TTL = 300
"""Seconds for which a decision of an authoriser is reused, unless the event says otherwise."""


def add_rest(service: Service) -> None:
    """Everything for the `http` events of all functions."""
    events = list(service.events("http"))
    if not events:
        return
    add_rest_api(service, implied_by=events[0][0].key)
    for function, event in events:
        verb, path = verb_and_path(event)
        add_path(service, path, function.key, event.at)
        _method(service, function, event, verb, path)
        permission = naming.permission(function.name, "ApiGateway")
        source = regional(event.at, "execute-api", api_id(service, event.at), "/*/*")
        service.permit(function, permission, "apigateway.amazonaws.com", event.at, SourceArn=source)


def verb_and_path(event: Event) -> tuple[str, str]:
    """`GET`, `users/{id}` of both forms of the event."""
    verb, path = event.text("method"), event.text("path")
    written = text_of(event.value)
    if written is not None:
        verb, _, path = written.strip().partition(" ")
    verb = (verb or "any").upper()
    return ("ANY" if verb == "*" else verb), (path or "").strip().strip("/")


def add_path(service: Service, path: str, implied_by: str, at: Span) -> None:
    """The resources of a path, one for each of its parts."""
    walked: list[str] = []
    parent: Value = service.get("apiGateway", "restApiRootResourceId") or Reference(
        naming.REST_API, "RootResourceId", at
    )
    for part in [part for part in path.split("/") if part][:40]:
        walked.append(part)
        key = f"ApiGatewayResource{naming.path_part('/'.join(walked))}"
        properties = fields(at, RestApiId=api_id(service, at), ParentId=parent, PathPart=part)
        service.add(
            "AWS::ApiGateway::Resource", key, properties, name="/" + "/".join(walked), at=at, implied_by=implied_by
        )
        parent = Reference(key, None, at)


def method_shape(service: Service, verb: str, path: str, at: Span) -> Shape:
    """What every method has."""
    shape = Shape(at).put("RestApiId", api_id(service, at)).put("HttpMethod", verb).put("Path", f"/{path}")
    resource: Value = Reference(naming.REST_API, "RootResourceId", at)
    if path:
        resource = Reference(f"ApiGatewayResource{naming.path_part(path)}", None, at)
    return shape.put("ResourceId", resource)


def _method(service: Service, function: Declared, event: Event, verb: str, path: str) -> None:
    shape = method_shape(service, verb, path, event.at)
    _authorize(service, function, event, shape)
    shape.take("ApiKeyRequired", event.entry("private"))
    _validate(service, event, shape)
    shape.put("Integration", _integration(function, event))
    key = naming.method(path, verb)
    if key in service.made:
        key = f"{key}{naming.normalized(function.name)}{event.number}"
    service.add("AWS::ApiGateway::Method", key, shape, name=function.name, at=event.at, implied_by=function.key)


def _integration(function: Declared, event: Event) -> Fields:
    at = event.at
    asked = (
        (event.text("integration") or ("lambda" if is_true(event.get("async")) else "lambda-proxy"))
        .upper()
        .replace("-", "_")
    )
    type_ = {"LAMBDA": "AWS", "LAMBDA_PROXY": "AWS_PROXY"}.get(asked, asked)
    shape = (
        Shape(at)
        .put("Type", type_)
        .put("IntegrationHttpMethod", "POST")
        .put("IntegrationResponses", cors_responses(event.entry("cors")))
    )
    if type_ in {"HTTP", "HTTP_PROXY"}:
        return shape.take("Uri", event.entry("request", "uri")).fields()
    if type_ != "MOCK":
        shape.put("Uri", invocation(function.arn(at), at))
    if is_true(event.get("async")):
        shape.put("RequestParameters", fields(at, **{"integration.request.header.X-Amz-Invocation-Type": "'Event'"}))
    shape.take("TimeoutInMillis", event.entry("timeoutInMillis"))
    return shape.fields()


def invocation(target: Value, at: Span) -> Value:
    """The URI by which API Gateway calls a function."""
    return arn(
        at,
        "apigateway:",
        Reference("AWS::Region", None, at),
        ":lambda:path/2015-03-31/functions/",
        target,
        "/invocations",
    )


# -- authorisers
# --------------------------------------------------------------------------------------------------------
def _authorize(service: Service, function: Declared, event: Event, shape: Shape) -> None:
    entry = event.entry("authorizer")
    if entry is None or is_false(entry.value):
        return
    value, at = entry.value, entry.value.at
    name, type_ = text_of(value), text_at(value, "type")
    described = fields_of(value)
    if (name or type_ or "").upper() == "AWS_IAM":
        shape.put("AuthorizationType", Literal("AWS_IAM", at), entry.key_at)
        return
    if name is None and described is None and not isinstance(value, Reference):
        shape.put("AuthorizationType", value, entry.key_at)
        return
    id_ = value_of(value, "authorizerId")
    if id_ is not None:
        kind = (type_ or "CUSTOM").upper()
        shape.put(
            "AuthorizationType", Literal("CUSTOM" if kind in {"TOKEN", "REQUEST"} else kind, at), entry.key_at
        ).put("AuthorizerId", id_)
        shape.take("AuthorizationScopes", entry_of(value, "scopes"))
        return
    target = value_of(value, "arn") or (value if described is None else None)
    known = text_of(target) or ""
    local = (
        name
        if name is not None and ":" not in name
        else (text_at(value, "name") if value_of(value, "arn") is None else None)
    )
    title = text_at(value, "name") or local or known.rpartition(":")[2].rpartition("-")[2] or "authorizer"
    cognito = (
        (type_ or "").upper() == "COGNITO_USER_POOLS"
        or _COGNITO in known
        or (isinstance(target, Reference) and target.target.startswith("CognitoUserPool"))
    )
    key = f"{naming.normalized(title)}ApiGatewayAuthorizer"
    shape.put("AuthorizationType", Literal("COGNITO_USER_POOLS" if cognito else "CUSTOM", at), entry.key_at)
    shape.put("AuthorizerId", Reference(key, None, at)).take("AuthorizationScopes", entry_of(value, "scopes"))
    made = Shape(at).put("RestApiId", api_id(service, at)).put("Name", title)
    made.copy(
        value,
        IdentitySource="identitySource",
        AuthorizerResultTtlInSeconds="resultTtlInSeconds",
        IdentityValidationExpression="identityValidationExpression",
    )
    if "AuthorizerResultTtlInSeconds" not in made.entries:
        made.put("AuthorizerResultTtlInSeconds", DEFAULT_TTL)
    if "IdentitySource" not in made.entries and (type_ or "").upper() != "REQUEST":
        made.put("IdentitySource", "method.request.header.Authorization")
    if cognito and target is not None:
        made.put("Type", "COGNITO_USER_POOLS").put("ProviderARNs", Items([target], at))
    else:
        called = service.functions.get(local or "")
        made.put("Type", (type_ or "TOKEN").upper())
        made.put("AuthorizerUri", invocation(called.arn(at) if called is not None else target or Literal("", at), at))
        if called is not None:
            source = regional(at, "execute-api", api_id(service, at), "/*/*")
            service.permit(
                called, naming.permission(called.name, "ApiGateway"), "apigateway.amazonaws.com", at, SourceArn=source
            )
    service.add("AWS::ApiGateway::Authorizer", key, made, name=title, at=entry.key_at, implied_by=function.key)


# -- validation and CORS
# ------------------------------------------------------------------------------------------------
def _validate(service: Service, event: Event, shape: Shape) -> None:
    """A schema or a required parameter makes the framework add a validator of body and parameters."""
    schemas = event.entry("request", "schemas") or event.entry("request", "schema")
    parameters = event.entry("request", "parameters")
    required = parameters is not None and (
        fields_of(parameters.value) is None
        or any(
            not is_false(entry.value) and not is_false(value_of(entry.value, "required"))
            for _, kind in entries_of(parameters.value)
            for _, entry in (entries_of(kind.value) if fields_of(kind.value) is not None else (("", kind),))
        )
    )
    place = schemas or (parameters if required else None)
    if place is None:
        return
    key = validator_key(service)
    properties = fields(
        place.key_at, RestApiId=api_id(service, place.key_at), ValidateRequestBody=True, ValidateRequestParameters=True
    )
    service.add(
        "AWS::ApiGateway::RequestValidator", key, properties, name=key, at=place.key_at, implied_by=naming.REST_API
    )
    shape.put("RequestValidatorId", Reference(key, None, place.key_at), place.key_at)
    shape.take("RequestModels", schemas).take("RequestParameters", parameters, _parameters)


def _parameters(value: Value) -> Value:
    """`querystrings: {url: true}` as API Gateway spells it, `method.request.querystring.url`."""
    shape = Shape(value.at)
    for kind, group in entries_of(value):
        for name, entry in entries_of(group.value):
            shape.take(
                f"method.request.{kind.removesuffix('s')}.{name}",
                entry,
                lambda found: value_of(found, "required") or found,
            )
    return shape.fields()


def cors_responses(entry: Entry | None) -> Value | None:
    """`cors` of an `http` event as response headers: `true` stands for every origin."""
    if entry is None or is_false(entry.value):
        return None
    at, value = (entry.value.at if isinstance(entry.value, Literal) else entry.key_at), entry.value
    origin: Value = Literal("'*'", at)
    place = entry.key_at
    described = fields_of(value)
    if described is None and not is_true(value):
        origin = value
    given = entry_of(described, "origins") or entry_of(described, "origin")
    if given is not None:
        origin, place = _origin(given.value), given.key_at
    headers = Shape(at)
    headers.entries[f"{_HEADER}Access-Control-Allow-Origin"] = Entry(place, origin)
    headers.take(f"{_HEADER}Access-Control-Allow-Credentials", entry_of(described, "allowCredentials"))
    methods = entry_of(described, "methods")
    if methods is not None:
        headers.put(
            f"{_HEADER}Access-Control-Allow-Methods",
            ",".join(display(item) for item in items_of(methods.value)),
            methods.key_at,
        )
    response = Shape(at).put("StatusCode", "200").put("ResponseParameters", headers.fields(), place)
    return Items([response.fields()], at)


def _origin(value: Value) -> Value:
    """The one origin that says most of a list: the wildcard, if it is in it."""
    listed = items_of(value)
    if len(listed) == 1 and (known := text_of(listed[0])) is not None:
        listed = [Literal(part.strip(), listed[0].at) for part in known.split(",")]
    if not listed:
        return value
    return next((item for item in listed if text_of(item) == "*"), listed[0])
