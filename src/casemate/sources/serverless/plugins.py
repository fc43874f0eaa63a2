"""What plugins change about security: web ACLs, custom domains, service proxies, and which plugins are known at all.

Source: the READMEs of serverless-associate-waf, serverless-domain-manager and serverless-apigateway-service-proxy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import Items, Literal, Reference, Text, Value, display, text_of
from casemate.sources.serverless import naming
from casemate.sources.serverless.rest import add_path, cors_responses, method_shape
from casemate.sources.serverless.rest_api import add_rest_api
from casemate.sources.serverless.service import PROVIDER
from casemate.sources.serverless.values import (
    Shape,
    arn,
    entries_of,
    entry_of,
    fields,
    fields_of,
    is_false,
    joined,
    maps,
    text_at,
    value_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.model.location import Span
    from casemate.sources.serverless.service import Service

_TARGETS = ("topicName", "queueName", "streamName", "tableName", "bucket", "eventBusName")
_KNOWN = frozenset({
    "serverless-iam-roles-per-function", "serverless-plugin-tracing", "serverless-api-gateway-throttling",
    "serverless-api-gateway-caching",
    "serverless-associate-waf", "serverless-plugin-log-retention", "serverless-step-functions",
    "serverless-domain-manager",
    "serverless-apigateway-service-proxy", "serverless-pseudo-parameters", "serverless-plugin-lambda-dead-letter",
    "serverless-python-requirements",
    "serverless-google-cloudfunctions", "serverless-azure-functions", "serverless-appsync-plugin",
})  # fmt: skip
"""Plugins whose effect is built."""
_HARMLESS = frozenset({
    "serverless-offline", "serverless-webpack", "serverless-esbuild", "serverless-bundle",
    "serverless-plugin-typescript", "serverless-dotenv-plugin",
    "serverless-plugin-warmup", "serverless-prune-plugin", "serverless-plugin-canary-deployments",
    "serverless-plugin-split-stacks",
    "serverless-plugin-include-dependencies", "serverless-dynamodb-local", "serverless-dynamodb",
    "serverless-offline-sns", "serverless-offline-sqs",
    "serverless-s3-local", "serverless-localstack", "serverless-plugin-common-excludes",
    "serverless-package-python-functions", "serverless-wsgi",
    "serverless-plugin-datadog", "serverless-better-credentials", "serverless-export-env",
    "serverless-deployment-bucket", "serverless-finch",
    "serverless-s3-sync", "serverless-rust", "serverless-go-plugin", "serverless-plugin-optimize",
    "serverless-plugin-scripts", "serverless-scriptable-plugin",
    "serverless-hooks-plugin", "serverless-stack-output", "serverless-cloudformation-changesets",
    "serverless-webpack-prisma", "serverless-tag-cloud-watch-logs",
    "serverless-plugin-git-variables", "serverless-jetpack", "serverless-layers",
    "serverless-openapi-documenter",
})  # fmt: skip
"""Plugins that build, package, test or name, and change nothing that is judged here."""


def unknown_plugins(service: Service) -> tuple[str, ...]:
    """Plugins that may change what is deployed in ways that are not known."""
    return tuple(sorted(name for name in service.plugins if name not in _KNOWN and name not in _HARMLESS))


def add_plugins(service: Service) -> None:
    """The resources of the plugins in use."""
    _service_proxies(service)
    _web_acl(service)
    for number, entry in enumerate(_domains(service)):
        _domain(service, entry, number)


# -- serverless-associate-waf
# -------------------------------------------------------------------------------------------
def _web_acl(service: Service) -> None:
    entry = service.custom("associateWaf")
    if entry is None or not service.has_plugin("serverless-associate-waf"):
        return
    at = entry.key_at
    name = value_of(entry.value, "name") or Literal("", at)
    stage = arn(
        at,
        "apigateway:",
        Reference("AWS::Region", None, at),
        "::/restapis/",
        Reference(naming.REST_API, None, at),
        "/stages/",
        Reference(naming.STAGE, None, at),
    )
    acl = joined(
        at,
        "arn:",
        Reference("AWS::Partition", None, at),
        ":wafv2:",
        Reference("AWS::Region", None, at),
        ":*:regional/webacl/",
        name,
    )
    service.add(
        "AWS::WAFv2::WebACLAssociation",
        "AssociateWaf",
        fields(at, ResourceArn=stage, WebACLArn=acl),
        name=PROVIDER,
        at=at,
    )


# -- serverless-domain-manager
# ------------------------------------------------------------------------------------------
def _domains(service: Service) -> Iterator[tuple[Span, Value]]:
    if not service.has_plugin("serverless-domain-manager", "serverless-plugin-custom-domain"):
        return
    for key in ("customDomain", "customDomains"):
        entry = service.custom(key)
        for part in maps(entry.value if entry is not None else None):
            inner = [value for name, value in part.entries.items() if name in {"rest", "http", "websocket"}]
            for found in inner:
                yield found.key_at, found.value
            if not inner and entry is not None:
                yield (entry.key_at if key == "customDomain" else part.at), part


def _domain(service: Service, place: tuple[Span, Value], number: int) -> None:
    at, value = place
    name = value_of(value, "domainName")
    if name is None or is_false(value_of(value, "enabled")):
        return
    policy = entry_of(value, "securityPolicy")
    words = (text_at(value, "endpointType") or "edge").upper()
    shape = Shape(at).put("DomainName", name)
    shape.put("SecurityPolicy", Literal("TLS_1_2", at)).take("SecurityPolicy", policy, _upper)
    shape.put("EndpointConfiguration", fields(at, Types=Items([Literal(words, at)], at)))
    key = f"CustomDomain{number}"
    service.add("AWS::ApiGateway::DomainName", key, shape, name=display(name), at=at)
    domain = Reference(key, None, at)
    if naming.HTTP_API in service.made and naming.REST_API not in service.made:
        mapping = fields(at, DomainName=domain, ApiId=Reference(naming.HTTP_API, None, at), Stage="$default")
        service.add(
            "AWS::ApiGatewayV2::ApiMapping", f"{key}Mapping", mapping, name=display(name), at=at, implied_by=key
        )
        return
    mapping = fields(at, DomainName=domain, RestApiId=Reference(naming.REST_API, None, at), Stage=service.stage)
    service.add("AWS::ApiGateway::BasePathMapping", f"{key}Mapping", mapping, name=display(name), at=at, implied_by=key)


def _upper(value: Value) -> Value:
    known = text_of(value)
    return value if known is None else Literal(known.upper(), value.at)


# -- serverless-apigateway-service-proxy (and version 4, which has it built in)
# -------------------------------------------
def _service_proxies(service: Service) -> None:
    """Methods that lead to a service of AWS instead of a function."""
    entry = service.custom("apiGatewayServiceProxies")
    for part in maps(entry.value if entry is not None else None):
        for kind, proxy in entries_of(part):
            described = fields_of(proxy.value)
            if described is None:
                continue
            at = proxy.key_at
            verb = (text_at(described, "method") or "post").upper()
            path = (text_at(described, "path") or "").strip("/")
            add_rest_api(service, implied_by=naming.REST_API)
            add_path(service, path, naming.REST_API, at)
            shape = method_shape(service, verb, path, at)
            shape.take("AuthorizationType", entry_of(described, "authorizationType")).take(
                "AuthorizerId", entry_of(described, "authorizerId"), _id
            )
            shape.take("AuthorizationScopes", entry_of(described, "authorizationScopes")).take(
                "ApiKeyRequired", entry_of(described, "private")
            )
            target = next((found for name in _TARGETS if (found := value_of(described, name)) is not None), None)
            uri = arn(
                at,
                "apigateway:",
                Reference("AWS::Region", None, at),
                f":{kind}:",
                target if isinstance(target, Literal | Reference | Text) else "",
            )
            answers = cors_responses(entry_of(described, "cors"))
            shape.put(
                "Integration",
                fields(at, Type="AWS", IntegrationHttpMethod="POST", Uri=uri, IntegrationResponses=answers),
            )
            service.add("AWS::ApiGateway::Method", naming.method(path, verb), shape, name=f"{verb} /{path}", at=at)


def _id(value: Value) -> Value:
    known = text_of(value)
    return value if known is None else Reference(known, None, value.at)
