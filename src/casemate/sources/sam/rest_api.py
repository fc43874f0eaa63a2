"""`AWS::Serverless::Api` -> API Gateway REST resources.

SAM itself writes one OpenAPI body; here routes are methods (see `rest_routes`), and a preflight route that `Cors`
adds is a `MOCK` method of the same kind. Source: AWS SAM developer guide, "AWS::Serverless::Api".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.record import replace
from casemate.model.value import Entry, Fields, Items, Literal, Reference, Value, display, text_of
from casemate.sources.sam.authorization import Access, imply_authorizers
from casemate.sources.sam.openapi_bodies import operations, with_auth
from casemate.sources.sam.resource_policies import resource_policy
from casemate.sources.sam.rest_routes import IMPLICIT, digest, properties_of
from casemate.sources.sam.writing import elements, entry, fields, map_of, s3_location, tags, value_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casemate.model.location import Span
    from casemate.model.resource import Resource
    from casemate.sources.sam.expansion import Expansion, Route
    from casemate.sources.sam.writing import Content


def expand_rest_apis(expansion: Expansion) -> None:
    """Every API of the type, and the implicit one if some event uses it.

    After all functions: their events are its routes.
    """
    for resource in expansion.of_kind("Api"):
        properties = expansion.properties[resource.key]
        expansion.become(
            resource, "AWS::ApiGateway::RestApi", _rest_api(expansion, resource.key, properties, resource.at)
        )
        _around(expansion, resource, resource.key, properties, resource.at)
    routes = expansion.routes.get(IMPLICIT)
    if routes and IMPLICIT not in expansion.declared:
        cause = implicit_cause(routes)
        properties, at = properties_of(expansion, IMPLICIT), routes[0].at
        expansion.imply(
            IMPLICIT,
            "AWS::ApiGateway::RestApi",
            cause,
            at,
            _rest_api(expansion, IMPLICIT, properties, at),
            name=IMPLICIT,
        )
        _around(expansion, replace(cause, name=IMPLICIT), IMPLICIT, properties, at)


def implicit_cause(routes: Sequence[Route]) -> Resource:
    """The first function that uses an implicit API, with a condition only if each that uses it has one."""
    conditions = dict.fromkeys(route.owner.condition for route in routes)
    words = None if None in conditions else " or ".join(condition for condition in conditions if condition)
    return replace(routes[0].owner, condition=words)


def _rest_api(expansion: Expansion, key: str, properties: Fields, at: Span) -> Fields:
    access = Access("rest", key, map_of(properties, "Auth"))
    body, location = entry(properties, "DefinitionBody"), entry(properties, "DefinitionUri")
    policy = resource_policy(
        access.auth, _served(expansion, key, properties), expansion.routes.get(key, ()), properties, at
    )
    passed = (
        "Name",
        "Description",
        "BinaryMediaTypes",
        "MinimumCompressionSize",
        "ApiKeySourceType",
        "DisableExecuteApiEndpoint",
        "FailOnWarnings",
        "Mode",
        "SecurityPolicy",
        "EndpointAccessMode",
    )
    return fields(
        at,
        {
            **{name: entry(properties, name) for name in passed},
            "Body": None if body is None else Entry(body.key_at, with_auth(body.value, access)),
            "BodyS3Location": None
            if location is None
            else Entry(location.key_at, s3_location(location.value, ("Bucket", "Key", "Version"))),
            "EndpointConfiguration": _endpoint(entry(properties, "EndpointConfiguration")),
            "Policy": policy or entry(properties, "Policy"),
            "Tags": tags(value_of(properties, "Tags")),
        },
    )


def _endpoint(configured: Entry | None) -> Entry | None:
    """`EDGE`, or a map with `Type` and the VPC endpoints, as the native list of types."""
    if configured is None:
        return None
    value = configured.value
    if isinstance(value, Fields) and (kind := value.get("Type")) is not None:
        endpoints = entry(value, "VPCEndpointIds") or entry(value, "VpcEndpointIds")
        native = fields(
            value.at,
            {
                "Types": Items([kind], kind.at),
                "VpcEndpointIds": endpoints,
                "IpAddressType": entry(value, "IpAddressType"),
            },
        )
    else:
        native = fields(value.at, {"Types": Items([value], value.at)})
    return Entry(configured.key_at, native)


def _around(expansion: Expansion, cause: Resource, key: str, properties: Fields, at: Span) -> None:
    """Stage, deployment, authorisers, preflight routes, models, responses, usage plan and domain of one API."""
    stage_name = value_of(properties, "StageName")
    name = text_of(stage_name) or ""
    stage = f"{key}{name}Stage" if not name or name.isalnum() else f"{key}Stage{digest(name)}"
    deployment = f"{key}Deployment"
    api = Reference(key, None, at)
    passed = (
        "CacheClusterEnabled",
        "CacheClusterSize",
        "Variables",
        "MethodSettings",
        "AccessLogSetting",
        "CanarySetting",
        "TracingEnabled",
    )
    expansion.imply(deployment, "AWS::ApiGateway::Deployment", cause, at, fields(at, {"RestApiId": api}))
    expansion.imply(
        stage,
        "AWS::ApiGateway::Stage",
        cause,
        at,
        fields(
            at,
            {
                "RestApiId": api,
                "DeploymentId": Reference(deployment, None, at),
                "StageName": entry(properties, "StageName"),
                **{item: entry(properties, item) for item in passed},
                "Tags": tags(value_of(properties, "Tags")),
            },
        ),
    )
    expansion.referable(key, "Stage", stage)
    expansion.referable(f"{key}Stage", "", stage)  # what SAM calls it where the name is a parameter
    expansion.referable(key, "Deployment", deployment)
    access = Access("rest", key, map_of(properties, "Auth"))
    imply_authorizers(expansion, access, cause, value_of(properties, "DefinitionBody"))
    _preflight(expansion, cause, access, properties)
    for model, item in map_of(properties, "Models").entries.items():
        schema: dict[str, Content] = {
            "RestApiId": api,
            "Name": model,
            "ContentType": "application/json",
            "Schema": item,
        }
        expansion.imply(f"{key}{model}Model", "AWS::ApiGateway::Model", cause, item.key_at, fields(item.key_at, schema))
    for response, item in map_of(properties, "GatewayResponses").entries.items():
        if isinstance(item.value, Fields):
            made = _gateway_response(api, response, item.value)
            expansion.imply(f"{key}{response}Response", "AWS::ApiGateway::GatewayResponse", cause, item.key_at, made)
    _usage_plan(expansion, cause, key, stage, access.auth)
    _domain(expansion, cause, key, stage, properties)


def _preflight(expansion: Expansion, cause: Resource, access: Access, properties: Fields) -> None:
    """The OPTIONS route that `Cors` adds to each path without one."""
    cors = entry(properties, "Cors")
    if cors is None:
        return
    at = cors.key_at
    settings = map_of(properties, "Cors") if isinstance(cors.value, Fields) else fields(at, {"AllowOrigin": cors.value})
    names = {
        "AllowOrigin": "Origin",
        "AllowHeaders": "Headers",
        "AllowMethods": "Methods",
        "AllowCredentials": "Credentials",
        "MaxAge": "Max-Age",
    }
    headers = {
        f"method.response.header.Access-Control-{'' if name == 'MaxAge' else 'Allow-'}{header}": entry(settings, name)
        for name, header in names.items()
    }
    response = fields(at, {"StatusCode": "200", "ResponseParameters": fields(at, headers)})
    integration = fields(at, {"Type": "MOCK", "IntegrationResponses": Items([response], at)})
    preflight = value_of(access.auth, "AddDefaultAuthorizerToCorsPreflight")
    bare = preflight is not None and display(preflight).lower() == "false"
    secured: dict[str, Content] = {"AuthorizationType": Literal("NONE", at)}
    if not bare and access.default() is not None:
        secured = {**access.of_route(None, at)}
    key_required = value_of(access.auth, "AddApiKeyRequiredToCorsPreflight")
    keyless = key_required is not None and display(key_required).lower() == "false"
    secured["ApiKeyRequired"] = None if keyless else entry(access.auth, "ApiKeyRequired")
    number = 0
    for path, method in _served(expansion, access.api, properties, added=True):
        if method == "OPTIONS":
            number += 1
            route = {
                "RestApiId": Reference(access.api, None, at),
                "Path": Literal(path, at),
                "HttpMethod": Literal("OPTIONS", at),
            }
            made = fields(at, {**route, **secured, "Integration": integration})
            expansion.imply(f"{access.api}Preflight{number}", "AWS::ApiGateway::Method", cause, at, made)


def _served(expansion: Expansion, key: str, properties: Fields, *, added: bool = False) -> list[tuple[str, str]]:
    """(path, method) of everything the API answers.

    `added`: only the preflight routes that `Cors` adds, to each path without its own.
    """
    routes = [(route.path, route.method) for route in expansion.routes.get(key, ())]
    known = {(path, method) for path, method in routes}
    routes += [
        (path, method)
        for path, method in (
            (path, method.upper()) for path, method in operations(value_of(properties, "DefinitionBody"))
        )
        if (path, "ANY" if method == "X-AMAZON-APIGATEWAY-ANY-METHOD" else method) not in known
    ]
    if entry(properties, "Cors") is None:
        return [] if added else routes
    answered = {_normal(path) for path, method in routes if method == "OPTIONS"}
    first = {_normal(path): path for path, _ in reversed(routes)}
    preflight = [(path, "OPTIONS") for normal, path in reversed(first.items()) if normal not in answered]
    return preflight if added else [*routes, *preflight]


def _normal(path: str) -> str:
    return path if path == "/" else path.rstrip("/")


def _gateway_response(api: Value, name: str, settings: Fields) -> Fields:
    parameters: dict[str, Entry] = {}
    for kind, prefix in (("Headers", "header"), ("Paths", "path"), ("QueryStrings", "querystring")):
        for key, item in map_of(settings, "ResponseParameters", kind).entries.items():
            parameters[f"gatewayresponse.{prefix}.{key}"] = item
    return fields(
        settings.at,
        {
            "RestApiId": api,
            "ResponseType": name,
            "StatusCode": entry(settings, "StatusCode"),
            "ResponseTemplates": entry(settings, "ResponseTemplates"),
            "ResponseParameters": Fields(parameters, settings.at) if parameters else None,
        },
    )


def _usage_plan(expansion: Expansion, cause: Resource, key: str, stage: str, auth: Fields) -> None:
    plan = entry(auth, "UsagePlan")
    kind = text_of(value_of(auth, "UsagePlan", "CreateUsagePlan"))
    if plan is None or not isinstance(plan.value, Fields) or kind not in {"PER_API", "SHARED"}:
        return
    at, prefix = plan.key_at, "Serverless" if kind == "SHARED" else key
    api, name = Reference(key, None, at), Reference(stage, None, at)
    made = f"{prefix}UsagePlan"
    before = expansion.made.get(made)
    stages = [
        *elements(before.properties.get("ApiStages") if before is not None else None),
        fields(at, {"ApiId": api, "Stage": name}),
    ]
    properties = fields(
        at,
        {
            **{item: entry(plan.value, item) for item in ("UsagePlanName", "Description", "Quota", "Throttle", "Tags")},
            "ApiStages": Items(stages, at),
        },
    )
    if before is not None:
        expansion.made[made] = replace(before, properties=properties)
        return
    expansion.imply(made, "AWS::ApiGateway::UsagePlan", cause, at, properties)
    stage_key = fields(at, {"RestApiId": api, "StageName": name})
    keyed: dict[str, Content] = {"Enabled": True, "StageKeys": Items([stage_key], at)}
    expansion.imply(f"{prefix}ApiKey", "AWS::ApiGateway::ApiKey", cause, at, fields(at, keyed))
    expansion.imply(
        f"{prefix}UsagePlanKey",
        "AWS::ApiGateway::UsagePlanKey",
        cause,
        at,
        fields(
            at,
            {
                "KeyId": Reference(f"{prefix}ApiKey", None, at),
                "KeyType": "API_KEY",
                "UsagePlanId": Reference(made, None, at),
            },
        ),
    )


def _domain(expansion: Expansion, cause: Resource, key: str, stage: str, properties: Fields) -> None:
    domain = entry(properties, "Domain")
    if domain is None or not isinstance(domain.value, Fields):
        return
    at, settings = domain.key_at, domain.value
    endpoint = value_of(settings, "EndpointConfiguration") or Literal("REGIONAL", at)
    edge = isinstance(endpoint, Literal) and endpoint.value == "EDGE"
    made = f"ApiGatewayDomainName{digest(display(settings.get('DomainName') or endpoint))}"
    passed = (
        "DomainName",
        "SecurityPolicy",
        "MutualTlsAuthentication",
        "OwnershipVerificationCertificateArn",
        "EndpointAccessMode",
    )
    expansion.imply(
        made,
        "AWS::ApiGateway::DomainName",
        cause,
        at,
        fields(
            at,
            {
                **{item: entry(settings, item) for item in passed},
                "CertificateArn" if edge else "RegionalCertificateArn": entry(settings, "CertificateArn"),
                "EndpointConfiguration": fields(at, {"Types": Items([endpoint], endpoint.at)}),
            },
        ),
    )
    for number, path in enumerate([*elements(value_of(settings, "BasePath"))] or [None]):
        mapping: dict[str, Content] = {
            "BasePath": path,
            "DomainName": Reference(made, None, at),
            "RestApiId": Reference(key, None, at),
            "Stage": Reference(stage, None, at),
        }
        suffix = (
            "BasePathMapping"
            if path is None
            else f"{''.join(filter(str.isalnum, display(path))) or number}BasePathMapping"
        )
        expansion.imply(f"{key}{suffix}", "AWS::ApiGateway::BasePathMapping", cause, at, fields(at, mapping))
    record_set(expansion, cause, settings, at)


def record_set(expansion: Expansion, cause: Resource, domain: Fields, at: Span) -> None:
    """The DNS records that `Domain.Route53` asks for."""
    route = value_of(domain, "Route53")
    if isinstance(route, Fields):
        zone = entry(route, "HostedZoneId") or entry(route, "HostedZoneName")
        key = f"RecordSetGroup{digest(display(zone.value) if zone is not None else '')}"
        records = Items([fields(at, {"Name": entry(domain, "DomainName"), "Type": "A"})], at)
        zones = {name: entry(route, name) for name in ("HostedZoneId", "HostedZoneName")}
        expansion.imply(key, "AWS::Route53::RecordSetGroup", cause, at, fields(at, {**zones, "RecordSets": records}))
