"""What holds for an API as a whole, but stands elsewhere: its stages, usage plans, web ACLs and domain names.

Source: AWS CloudFormation Template Reference, "AWS::ApiGateway::Stage", "AWS::ApiGateway::Deployment StageDescription",
"AWS::ApiGatewayV2::Stage".
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from casemate.inventory.aws.entity import attachments
from casemate.inventory.logic import every, negated, some
from casemate.inventory.reading import Props
from casemate.model.record import dataclass
from casemate.model.setting import Cases, Declared, Defaulted, Setting, Unresolved, convert
from casemate.model.value import Unknown, display

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from casemate.inventory.context import Context
    from casemate.model.api import AuthKind
    from casemate.model.resource import Resource
    from casemate.model.value import Value

T = TypeVar("T")

NO_STAGE = "no stage of this API is declared in what was scanned"
_ASSOCIATIONS = ("AWS::WAFv2::WebACLAssociation", "AWS::WAFRegional::WebACLAssociation")
_DOMAINS = ("AWS::ApiGateway::DomainName", "AWS::ApiGateway::DomainNameV2", "AWS::ApiGatewayV2::DomainName")
_ANYTHING = frozenset({"", "*", "/*"})


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage. `props`: its settings, which for a deployment with a `StageName` stand in `StageDescription`."""

    name: str
    resource: Resource
    props: Props


@lru_cache(maxsize=256)
def rest_stages(context: Context, api: str) -> tuple[Stage, ...]:
    """The stages of a REST API, by the API's key."""
    resource = context.stack.resources[api]
    stages = [
        Stage(_stage_name(found), found, context.props(found))
        for found in attachments(resource, context, "AWS::ApiGateway::Stage", "RestApiId")
    ]
    if not stages:
        stages.extend(
            Stage(_stage_name(found), found, context.props(found).section("StageDescription"))
            for found in attachments(resource, context, "AWS::ApiGateway::Deployment", "RestApiId")
            if "StageName" in found.properties.entries
        )
    return tuple(stages)


@lru_cache(maxsize=256)
def stages_v2(context: Context, api: str) -> tuple[Stage, ...]:
    """The stages of an HTTP or WebSocket API, by the API's key."""
    resource = context.stack.resources[api]
    return tuple(
        Stage(_stage_name(found), found, context.props(found))
        for found in attachments(resource, context, "AWS::ApiGatewayV2::Stage", "ApiId")
    )


def _stage_name(resource: Resource) -> str:
    value = resource.properties.get("StageName")
    return resource.name if value is None else display(value)


def across(stages: Sequence[Stage], read: Callable[[Stage], Setting[T]], missing: Setting[T]) -> Setting[T]:
    """One setting for all stages; where there are several, each is a case of its own."""
    if not stages:
        return missing
    settings = [read(stage) for stage in stages]
    if len(settings) == 1:
        return settings[0]
    named = tuple((f"in stage {stage.name}", setting) for stage, setting in zip(stages, settings, strict=True))
    return Cases(settings[0].name, settings[0].at, named)


# -- method settings of a REST stage -----------------------------------------------------------------------------------
def method_settings(stage: Stage) -> Iterator[tuple[str, str, Props]]:
    """(path, method, settings) of each entry of `MethodSettings`; absent settings are located at the stage's name."""
    for section in stage.props.sections("MethodSettings"):
        path, method = section.find("ResourcePath"), section.find("HttpMethod")
        words = "" if path is None else display(path).replace("~1", "/"), "" if method is None else display(method)
        yield words[0], words[1].upper(), Props(section.value, stage.props.at, "MethodSettings")


def for_all_methods(stage: Stage) -> Props:
    """The settings that hold for every method."""
    whole = stage.props.find("MethodSettings")
    if isinstance(whole, Unknown):
        return Props(whole, stage.props.at, "MethodSettings")
    for path, method, settings in method_settings(stage):
        if path in _ANYTHING and method in _ANYTHING:
            return settings
    if stage.resource.type == "AWS::ApiGateway::Deployment":
        return stage.props
    return Props(None, stage.props.at, "MethodSettings")


def limits(settings: Props) -> Setting[bool]:
    """Whether a rate or burst limit is set."""
    source = "the account's limit, which all APIs share"
    return some(settings.present("ThrottlingRateLimit", source), settings.present("ThrottlingBurstLimit", source))


@lru_cache(maxsize=256)
def rest_throttled(context: Context, api: str) -> Setting[bool]:
    """Whether calls of a REST API are limited, by its stages or by a usage plan."""
    resource = context.stack.resources[api]
    missing: Setting[bool] = Unresolved("ThrottlingRateLimit", resource.at, NO_STAGE)
    found = across(rest_stages(context, api), lambda stage: limits(for_all_methods(stage)), missing)
    if not found.always(bool):
        for plan in context.referrers(api, "AWS::ApiGateway::UsagePlan"):
            limited = context.props(plan).present("Throttle")
            if limited.declared:
                return limited
    return found


def route_throttled(context: Context, api: str, path: str, method: str) -> Setting[bool]:
    """Whether calls of one method of a REST API are limited."""
    for stage in rest_stages(context, api):
        for at_path, at_method, settings in method_settings(stage):
            if at_path.strip("/") == path.strip("/") and at_path not in _ANYTHING and at_method in {"*", method}:
                found = limits(settings)
                if found.declared:
                    return found
    return rest_throttled(context, api)


def cache_encrypted(stage: Stage) -> Setting[bool]:
    """Whether responses that the stage caches are encrypted; true where it caches nothing."""
    settings = for_all_methods(stage)
    cluster = stage.props.flag("CacheClusterEnabled", False, "no cache")
    caching = settings.flag("CachingEnabled", False, "methods are not cached")
    encrypted = settings.flag("CacheDataEncrypted", False, "caches are not encrypted unless asked for")
    return some(encrypted, negated(cluster), negated(caching))


# -- web ACL, domain names ---------------------------------------------------------------------------------------------
def protected(resource: Resource, stages: Sequence[Stage], context: Context) -> Setting[bool]:
    """Whether a web ACL is attached to the thing or one of its stages."""
    for key in (resource.key, *(stage.resource.key for stage in stages)):
        for association in context.referrers(key, *_ASSOCIATIONS):
            return Declared("WebACLAssociation", association.at, True)
    if resource.dialect == "openapi":  # the document says nothing of what is attached where it is deployed
        return Unresolved("WebACLAssociation", resource.at, "declared where the document is deployed")
    return Defaulted("WebACLAssociation", resource.at, False, "no web ACL is attached")


@lru_cache(maxsize=256)
def domains(context: Context, api: str) -> tuple[Resource, ...]:
    """The custom domain names of an API."""
    resource = context.stack.resources[api]
    found: dict[str, Resource] = {}
    for type_, path in (
        ("AWS::ApiGateway::BasePathMapping", "RestApiId"),
        ("AWS::ApiGateway::BasePathMappingV2", "RestApiId"),
        ("AWS::ApiGatewayV2::ApiMapping", "ApiId"),
    ):
        for mapping in attachments(resource, context, type_, path):
            for name in ("DomainName", "DomainNameArn"):
                value = mapping.properties.get(name)
                domain = context.resource(value) or _same_name(value, context)
                if domain is not None:
                    found[domain.key] = domain
    return tuple(found.values())


def _same_name(value: Value | None, context: Context) -> Resource | None:
    """The domain name that a mapping names by the name itself: Terraform gives that for a reference to it."""
    if value is None or not display(value):
        return None
    for domain in context.of_type(*_DOMAINS):
        name = domain.properties.get("DomainName")
        if name is not None and display(name) == display(value):
            return domain
    return None


def minimum_tls(context: Context, api: Resource) -> Setting[str | None]:
    """The security policy of the API's domain names, or of its own endpoint where it declares one."""
    settings: list[tuple[str, Setting[str | None]]] = []
    for domain in domains(context, api.key):
        props = context.props(domain)
        words = f"for domain {domain.name}"
        if domain.type.startswith("AWS::ApiGatewayV2::"):
            source = "the only policy that there is"
            settings.append((words, props.text("DomainNameConfigurations.SecurityPolicy", "TLS_1_2", source)))
        else:
            settings.append((words, props.text("SecurityPolicy", None, "API Gateway's choice")))
    if not settings:
        return context.props(api).text("SecurityPolicy", None, "the execute-api endpoint has the service's own policy")
    return settings[0][1] if len(settings) == 1 else Cases(settings[0][1].name, settings[0][1].at, tuple(settings))


def guarded(auth: Setting[AuthKind], context: Context, api: str | None) -> Setting[AuthKind]:
    """A route's authentication, with client certificates (mutual TLS) where they are the only way in.

    That is: each domain name asks for one, and the default endpoint is off.
    """
    resource = context.stack.resources.get(api) if api is not None else None
    if resource is None or not auth.ever(lambda kind: kind == "none"):
        return auth
    names = domains(context, resource.key)
    if not names or not context.props(resource).flag("DisableExecuteApiEndpoint", False).always(bool):
        return auth
    asked = every(*(context.props(domain).present("MutualTlsAuthentication.TruststoreUri") for domain in names))
    if not asked.always(bool):
        return auth
    return convert(auth, lambda kind: "mtls" if kind == "none" else kind)
