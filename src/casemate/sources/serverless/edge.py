"""`alb` and `cloudFront` events: a rule of a load balancer's listener, a distribution that runs functions at the edge.

Source: Serverless Framework documentation, "Application Load Balancer", "CloudFront".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import Entry, Fields, Items, Literal, Reference, Value, display, text_of
from casemate.sources.serverless import naming
from casemate.sources.serverless.messages import short_name
from casemate.sources.serverless.service import PROVIDER
from casemate.sources.serverless.values import (
    Shape,
    entries_of,
    fields,
    fields_of,
    is_true,
    items_of,
    text_at,
    value_of,
)

if TYPE_CHECKING:
    from casemate.sources.serverless.service import Declared, Event, Service

_OIDC = {
    "AuthorizationEndpoint": "authorizationEndpoint", "ClientId": "clientId", "ClientSecret": "clientSecret",
    "Issuer": "issuer",
    "TokenEndpoint": "tokenEndpoint", "UserInfoEndpoint": "userInfoEndpoint",
    "OnUnauthenticatedRequest": "onUnauthenticatedRequest",
}  # fmt: skip
_COGNITO = {
    "UserPoolArn": "userPoolArn", "UserPoolClientId": "userPoolClientId", "UserPoolDomain": "userPoolDomain",
    "OnUnauthenticatedRequest": "onUnauthenticatedRequest",
}  # fmt: skip


def add_edge(service: Service) -> None:
    """Everything for these events of all functions."""
    for function, event in service.events("alb"):
        _load_balancer(service, function, event)
    _distribution(service)


# -- load balancers
# -----------------------------------------------------------------------------------------------------
def _load_balancer(service: Service, function: Declared, event: Event) -> None:
    at = event.at
    base = naming.normalized(function.name)
    multi = "MultiValue" if is_true(event.get("multiValueHeaders")) else ""
    listener = event.get("listenerArn")
    words = display(listener).split("/") if isinstance(listener, Literal) else []
    group = f"{base}Alb{multi}TargetGroup{words[-2] if len(words) > 2 else short_name(listener)}"
    targets = Items([fields(at, Id=function.arn(at))], at)
    service.add(
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        group,
        fields(at, TargetType="lambda", Targets=targets),
        name=function.name,
        at=at,
        implied_by=function.key,
    )
    actions = [_authentication(service, name) for name in items_of(event.get("authorizer"))]
    actions.append(fields(at, Type="forward", TargetGroupArn=Reference(group, None, at)))
    conditions = list(_conditions(event))
    shape = Shape(at).put("ListenerArn", listener).take("Priority", event.entry("priority"))
    shape.put("Conditions", Items(conditions, at)).put(
        "Actions", Items([action for action in actions if action is not None], at)
    )
    key = f"{base}AlbListenerRule{event.text('priority') or event.number}"
    service.add(
        "AWS::ElasticLoadBalancingV2::ListenerRule", key, shape, name=function.name, at=at, implied_by=function.key
    )
    source = Reference(group, None, at)
    service.permit(
        function, naming.permission(function.name, "Alb"), "elasticloadbalancing.amazonaws.com", at, SourceArn=source
    )


def _authentication(service: Service, name: Value) -> Value | None:
    described = service.get("alb", "authorizers", display(name))
    if described is None:
        return None
    cognito = text_at(described, "type") == "cognito"
    config = (
        Shape(described.at)
        .put("OnUnauthenticatedRequest", "deny")
        .copy(described, **(_COGNITO if cognito else _OIDC))
        .fields()
    )
    if cognito:
        return fields(name.at, Type="authenticate-cognito", AuthenticateCognitoConfig=config)
    return fields(name.at, Type="authenticate-oidc", AuthenticateOidcConfig=config)


def _conditions(event: Event) -> list[Value]:
    found: list[Value] = []
    for name, field, config in (
        ("path", "path-pattern", "PathPatternConfig"), ("host", "host-header", "HostHeaderConfig"), ("method",
        "http-request-method", "HttpRequestMethodConfig"),
        ("ip", "source-ip", "SourceIpConfig"),
    ):  # fmt: skip
        entry = event.entry("conditions", name)
        if entry is not None:
            values = Items(items_of(entry.value), entry.value.at)
            found.append(fields(entry.key_at, Field=field, **{config: fields(entry.value.at, Values=values)}))
    return found


# -- distributions
# ------------------------------------------------------------------------------------------------------
def _distribution(service: Service) -> None:
    """One distribution for all `cloudFront` events; the behaviour without a path pattern is the default one."""
    events = list(service.events("cloudFront"))
    if not events:
        return
    at = events[0][1].at
    origins: dict[str, Value] = {}
    behaviours: dict[str, Fields] = {}
    for function, event in events:
        origin = _origin(event)
        id_ = text_at(origin, "Id") or "origin"
        origins.setdefault(id_, origin)
        pattern = event.text("pathPattern") or ""
        association = (
            Shape(event.at).put("EventType", event.get("eventType")).put("LambdaFunctionARN", function.arn(event.at))
        )
        association.take("IncludeBody", event.entry("includeBody"))
        known = behaviours.get(pattern)
        listed = [*items_of(value_of(known, "LambdaFunctionAssociations")), association.fields()]
        shape = Shape(event.at).put("ViewerProtocolPolicy", "allow-all").put("TargetOriginId", id_)
        for source in (known, event.get("behavior")):
            for name, entry in entries_of(source):
                shape.entries[name] = entry
        shape.put("LambdaFunctionAssociations", Items(listed, event.at))
        if pattern:
            shape.put("PathPattern", pattern)
        behaviours[pattern] = shape.fields()
    default = behaviours.pop("", None)
    if default is None:
        first = next(iter(behaviours.values()))
        default = Fields(
            {
                name: entry
                for name, entry in first.entries.items()
                if name not in {"PathPattern", "LambdaFunctionAssociations"}
            },
            first.at,
        )
    config = (
        Shape(at)
        .put("Enabled", Literal(value=True, at=at))
        .put("Origins", Items(list(origins.values()), at))
        .put("DefaultCacheBehavior", default)
    )
    if behaviours:
        config.put("CacheBehaviors", Items(list(behaviours.values()), at))
    for name, entry in entries_of(service.get("cloudFront")):
        if name in {"viewerCertificate", "logging", "webACLId", "ViewerCertificate", "Logging", "WebACLId"}:
            config.take(naming.upper_first(name), entry)
    properties = fields(at, DistributionConfig=config.fields())
    service.add(
        "AWS::CloudFront::Distribution",
        "CloudFrontDistribution",
        properties,
        name=PROVIDER,
        at=at,
        implied_by=events[0][0].key,
    )


def _origin(event: Event) -> Value:
    entry = event.entry("origin") or Entry(event.at, Literal("", event.at))
    written = text_of(entry.value)
    if written is None:
        described = fields_of(entry.value)
        domain = text_at(described, "DomainName") or "origin"
        shape = Shape(entry.value.at).put("Id", domain)
        for name, inner in entries_of(described):
            shape.entries.setdefault(name, inner)
        return shape.fields()
    at = entry.value.at
    scheme, _, rest = written.partition("://")
    domain = rest.split("/", 1)[0]
    shape = Shape(at).put("Id", f"{scheme}/{domain}").put("DomainName", domain)
    if scheme == "s3":
        return shape.put("S3OriginConfig", Fields({}, at)).fields()
    return shape.put("CustomOriginConfig", fields(at, OriginProtocolPolicy="match-viewer")).fields()
