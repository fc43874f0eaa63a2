"""`AWS::Serverless::HttpApi`, and the `HttpApi` events of functions -> API Gateway v2 resources.

SAM itself writes one OpenAPI body; here each route is an `AWS::ApiGatewayV2::Route` with its integration. Source: AWS
SAM developer guide, "AWS::Serverless::HttpApi", "HttpApi" (EventSource).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.record import replace
from casemate.model.value import Entry, Fields, Items, Literal, Reference, Unknown, Value, display, text_of
from casemate.sources.sam.authorization import Access, imply_authorizers
from casemate.sources.sam.expansion import Route
from casemate.sources.sam.openapi_bodies import with_auth
from casemate.sources.sam.rest_api import implicit_cause, record_set
from casemate.sources.sam.rest_routes import digest, is_described, permitted_path, properties_of
from casemate.sources.sam.writing import elements, entry, fields, fill, is_true, map_of, s3_location, value_of

if TYPE_CHECKING:
    from casemate.model.location import Span
    from casemate.model.resource import Resource
    from casemate.sources.sam.expansion import Event, Expansion

IMPLICIT = "ServerlessHttpApi"
"""The API of events that name none."""
_TYPE = "AWS::Serverless::HttpApi"
_DEFAULT = "$default"
_EXECUTE = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*"


def http_event(event: Event) -> None:
    """One `HttpApi` event."""
    expansion, at = event.expansion, event.at
    given = event.value("ApiId")
    api = IMPLICIT if given is None else event.declared("ApiId")
    path = event.value("Path") or Literal(_DEFAULT, at)
    method = event.value("Method") or Literal("ANY", at)
    verb = display(method).upper() if isinstance(method, Literal) else "*"
    verb = "ANY" if verb in {"ANY", "X-AMAZON-APIGATEWAY-ANY-METHOD", "*"} else verb
    if api is not None and (given is None or expansion.declared[api].type == _TYPE):
        expansion.routes.setdefault(api, []).append(
            Route(display(path), verb, event.owner, at, event.get("RouteSettings"))
        )
        body = value_of(properties_of(expansion, api, _TYPE), "DefinitionBody")
        if not is_described(event, body, path, Literal(verb, at)):
            _route(event, api, path, method, verb)
    target = {"Api": Reference(api, None, at) if api is not None else given or Unknown("no API", at), "Path": path}
    everything = display(path) in {_DEFAULT, f"/{_DEFAULT}"}
    pattern = "/*" if everything else f"/{'*' if verb == 'ANY' else verb}{permitted_path(path)}"
    expansion.permit(
        f"{event.key}Permission",
        event.owner,
        at,
        "apigateway.amazonaws.com",
        SourceArn=fill(_EXECUTE + pattern, at, target),
    )


def _route(event: Event, api: str, path: Value, method: Value, verb: str) -> None:
    expansion, at = event.expansion, event.at
    properties = properties_of(expansion, api, _TYPE)
    access = Access("http", api, map_of(properties, "Auth"))
    integration = f"{event.key}Integration"
    event.imply(
        integration,
        "AWS::ApiGatewayV2::Integration",
        fields(
            at,
            {
                "ApiId": Reference(api, None, at),
                "IntegrationType": "AWS_PROXY",
                "IntegrationUri": event.target,
                "PayloadFormatVersion": event.get("PayloadFormatVersion") or "2.0",
                "TimeoutInMillis": event.get("TimeoutInMillis"),
            },
        ),
    )
    if display(path) == _DEFAULT and verb == "ANY":
        route: Value = Literal(_DEFAULT, path.at)
    else:
        route = fill(
            "${Method} ${Path}",
            path.at,
            {"Method": Literal(verb, at) if isinstance(method, Literal) else method, "Path": path},
        )
    secured = access.of_route(event.value("Auth"), at)
    if verb == "OPTIONS" and event.get("Auth", "Authorizer") is None:  # SAM leaves preflight requests open
        secured = {}
    event.imply(
        f"{event.key}Route",
        "AWS::ApiGatewayV2::Route",
        fields(
            at,
            {
                "ApiId": Reference(api, None, at),
                "RouteKey": route,
                **secured,
                "Target": fill("integrations/${Integration}", at, {"Integration": Reference(integration, None, at)}),
            },
        ),
    )


def expand_http_apis(expansion: Expansion) -> None:
    """Every API of the type, and the implicit one if some event uses it.

    After all functions: their events are its routes.
    """
    for resource in expansion.of_kind("HttpApi"):
        properties = expansion.properties[resource.key]
        expansion.become(resource, "AWS::ApiGatewayV2::Api", _api(resource.key, properties, resource.at))
        _around(expansion, resource, resource.key, properties, resource.at)
    routes = expansion.routes.get(IMPLICIT)
    if routes and IMPLICIT not in expansion.declared:
        cause = implicit_cause(routes)
        properties, at = properties_of(expansion, IMPLICIT, _TYPE), routes[0].at
        expansion.imply(IMPLICIT, "AWS::ApiGatewayV2::Api", cause, at, _api(IMPLICIT, properties, at), name=IMPLICIT)
        _around(expansion, replace(cause, name=IMPLICIT), IMPLICIT, properties, at)


def _api(key: str, properties: Fields, at: Span) -> Fields:
    body, location = entry(properties, "DefinitionBody"), entry(properties, "DefinitionUri")
    access = Access("http", key, map_of(properties, "Auth"))
    return fields(
        at,
        {
            "Name": entry(properties, "Name") or entry(properties, "Title"),
            "Description": entry(properties, "Description"),
            "ProtocolType": "HTTP",
            "FailOnWarnings": entry(properties, "FailOnWarnings"),
            "DisableExecuteApiEndpoint": entry(properties, "DisableExecuteApiEndpoint"),
            "CorsConfiguration": _cors(entry(properties, "CorsConfiguration")),
            "Tags": entry(properties, "Tags"),
            "Body": None if body is None else Entry(body.key_at, with_auth(body.value, access)),
            "BodyS3Location": None
            if location is None
            else Entry(location.key_at, s3_location(location.value, ("Bucket", "Key", "Version"))),
        },
    )


def _cors(cors: Entry | None) -> Entry | None:
    """`true` stands for every origin."""
    if cors is None or isinstance(cors.value, Fields):
        return cors
    if isinstance(cors.value, Literal):
        if not is_true(cors.value):
            return None
        return Entry(
            cors.key_at, fields(cors.value.at, {"AllowOrigins": Items([Literal("*", cors.value.at)], cors.value.at)})
        )
    return Entry(cors.key_at, fields(cors.value.at, {"AllowOrigins": cors.value}))


def _around(expansion: Expansion, cause: Resource, key: str, properties: Fields, at: Span) -> None:
    """Stage, authorisers and domain of one API."""
    written = entry(properties, "StageName")
    name = text_of(written.value) if written is not None else _DEFAULT
    if name == _DEFAULT:
        stage = f"{key}ApiGatewayDefaultStage"
    elif name is None or name.isalnum():
        stage = f"{key}{name or ''}Stage"
    else:
        stage = f"{key}Stage{digest(name)}"
    expansion.imply(
        stage,
        "AWS::ApiGatewayV2::Stage",
        cause,
        at,
        fields(
            at,
            {
                "ApiId": Reference(key, None, at),
                "StageName": written or _DEFAULT,
                "AutoDeploy": True,
                "AccessLogSettings": entry(properties, "AccessLogSettings"),
                "DefaultRouteSettings": entry(properties, "DefaultRouteSettings"),
                "RouteSettings": _route_settings(expansion, key, entry(properties, "RouteSettings"), at),
                "StageVariables": entry(properties, "StageVariables"),
                "Tags": entry(properties, "Tags"),
            },
        ),
    )
    expansion.referable(key, "Stage", stage)
    expansion.referable(f"{key}Stage", "", stage)  # what SAM calls it where the name is a parameter
    imply_authorizers(
        expansion, Access("http", key, map_of(properties, "Auth")), cause, value_of(properties, "DefinitionBody")
    )
    domain = entry(properties, "Domain")
    if domain is not None and isinstance(domain.value, Fields):
        _domain(expansion, cause, key, stage, domain)


def _route_settings(expansion: Expansion, key: str, own: Entry | None, at: Span) -> Entry | None:
    """The API's own, and those that events give for their route."""
    added = {
        _DEFAULT if route.path == _DEFAULT else f"{route.method} {route.path}": Entry(route.at, route.settings.value)
        for route in expansion.routes.get(key, ())
        if route.settings is not None
    }
    if not added:
        return own
    before = own.value.entries if own is not None and isinstance(own.value, Fields) else {}
    return Entry(own.key_at if own is not None else at, Fields({**before, **added}, at))


def _domain(expansion: Expansion, cause: Resource, key: str, stage: str, domain: Entry) -> None:
    at = domain.key_at
    settings = domain.value if isinstance(domain.value, Fields) else Fields({}, at)
    made = f"ApiGatewayDomainNameV2{digest(display(settings.get('DomainName') or Literal('', at)))}"
    names = ("CertificateArn", "SecurityPolicy", "OwnershipVerificationCertificateArn")
    configuration = fields(
        settings.at,
        {
            **{name: entry(settings, name) for name in names},
            "EndpointType": entry(settings, "EndpointConfiguration") or "REGIONAL",
        },
    )
    expansion.imply(
        made,
        "AWS::ApiGatewayV2::DomainName",
        cause,
        at,
        fields(
            at,
            {
                "DomainName": entry(settings, "DomainName"),
                "DomainNameConfigurations": Items([configuration], settings.at),
                "MutualTlsAuthentication": entry(settings, "MutualTlsAuthentication"),
            },
        ),
    )
    for number, path in enumerate([*elements(value_of(settings, "BasePath"))] or [None]):
        suffix = "ApiMapping" if path is None else f"{''.join(filter(str.isalnum, display(path))) or number}ApiMapping"
        expansion.imply(
            f"{key}{suffix}",
            "AWS::ApiGatewayV2::ApiMapping",
            cause,
            at,
            fields(
                at,
                {
                    "ApiId": Reference(key, None, at),
                    "DomainName": Reference(made, None, at),
                    "Stage": Reference(stage, None, at),
                    "ApiMappingKey": path,
                },
            ),
        )
    record_set(expansion, cause, settings, at)
