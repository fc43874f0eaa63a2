"""Load balancers, of the second generation and classic ones, and the functions behind them.

Source: AWS CloudFormation Template Reference, "AWS::ElasticLoadBalancingV2::LoadBalancer",
"AWS::ElasticLoadBalancingV2::Listener", "AWS::ElasticLoadBalancing::LoadBalancer"; Elastic
Load Balancing API reference, "LoadBalancerAttribute".
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from casemate.inventory.aws.api_stages import protected
from casemate.inventory.aws.entity import attachments
from casemate.inventory.aws.linking import function_link, identity, linked, means_function
from casemate.inventory.logic import every
from casemate.inventory.reading import Props, Unreadable, as_flag, as_text, word
from casemate.model.api import Api, AuthKind, Route
from casemate.model.setting import Cases, Declared, Defaulted, Setting, Unresolved
from casemate.model.value import display

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from casemate.inventory.context import Builder, Context
    from casemate.model.entity import Link
    from casemate.model.resource import Resource
    from casemate.model.value import Value

_LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
_RULE = "AWS::ElasticLoadBalancingV2::ListenerRule"
_SECURE = frozenset({"HTTPS", "TLS", "SSL", "TCP", "UDP", "TCP_UDP", "GENEVE", "QUIC", "TCP_QUIC"})
"""Protocols with TLS, or below HTTP, which this is not about."""
_AUTHENTICATING: dict[str, AuthKind] = {
    "authenticate-oidc": "oidc",
    "authenticate-cognito": "cognito",
    "jwt-validation": "jwt",
}


def load_balancer(resource: Resource, context: Context) -> Iterator[Api]:
    """`AWS::ElasticLoadBalancingV2::LoadBalancer` with its listeners."""
    props = context.props(resource)
    listeners = tuple(attachments(resource, context, _LISTENER, "LoadBalancerArn"))
    yield _api(
        resource,
        context,
        private=props.read("Scheme", word("internal"), False, "load balancers face the internet unless internal"),
        access_logs=_attribute(props, "access_logs.s3.enabled"),
        https_only=_https_only(resource, context, listeners),
        minimum_tls=_minimum_tls(resource, context, listeners),
    )


def classic(resource: Resource, context: Context) -> Iterator[Api]:
    """`AWS::ElasticLoadBalancing::LoadBalancer`."""
    props = context.props(resource)
    plain = [
        setting
        for section in props.sections("Listeners")
        for setting in [Props(section.value, resource.at, "Listeners").read("Protocol", _is_secure, True)]
    ]
    yield _api(
        resource,
        context,
        private=props.read("Scheme", word("internal"), False, "load balancers face the internet unless internal"),
        access_logs=props.flag("AccessLoggingPolicy.Enabled", False, "requests are not logged"),
        https_only=every(*plain) if plain else Unresolved("Listeners", resource.at, "no listener is declared"),
        minimum_tls=_classic_tls(props),
    )


def _api(
    resource: Resource,
    context: Context,
    *,
    private: Setting[bool],
    access_logs: Setting[bool],
    https_only: Setting[bool],
    minimum_tls: Setting[str | None],
) -> Api:
    at = resource.at
    return Api(
        **identity(resource, context),
        kind="load-balancer",
        private=private,
        throttled=Defaulted("ThrottlingRateLimit", at, False, "load balancers have no rate limits"),
        access_logs=access_logs,
        execution_logs=Defaulted("LoggingLevel", at, "UNSUPPORTED", "load balancers have access logs only"),
        full_payload_logs=Defaulted("DataTraceEnabled", at, False, "load balancers do not log payloads"),
        tracing=Defaulted("TracingEnabled", at, False, "load balancers do not trace"),
        waf=protected(resource, (), context),
        minimum_tls=minimum_tls,
        https_only=https_only,
        cache_encrypted=Defaulted("CacheDataEncrypted", at, True, "load balancers cache nothing"),
        validation=Defaulted("RequestValidatorId", at, False, "load balancers do not validate requests"),
        default_endpoint=Defaulted(
            "DisableExecuteApiEndpoint", at, True, "the default endpoint cannot be switched off"
        ),
        implied=resource.implied_by is not None,
    )


def _attribute(props: Props, key: str) -> Setting[bool]:
    for attribute in props.sections("LoadBalancerAttributes"):
        name = attribute.find("Key")
        if name is not None and display(name) == key:
            return Props(attribute.value, props.at, key).read("Value", as_flag, False)
    return Defaulted(f"LoadBalancerAttributes.{key}", props.at, False, "off unless the attribute is set")


# -- listeners ---------------------------------------------------------------------------------------------------------
def _is_secure(value: Value) -> bool:
    text = as_text(value).upper()
    if text not in _SECURE and text != "HTTP":
        message = f"protocol {text[:20]} is not known"
        raise Unreadable(message)
    return text != "HTTP"


def _https_only(resource: Resource, context: Context, listeners: Sequence[Resource]) -> Setting[bool]:
    """Each listener speaks TLS, or redirects to one that does."""
    found: list[Setting[bool]] = []
    for listener in listeners:
        props = context.props(listener)
        if not _redirects(props):
            found.append(props.read("Protocol", _is_secure, True, "network load balancers work below HTTP"))
    if found:
        return every(*found)
    if listeners:
        return Declared("DefaultActions", listeners[0].at, True)
    return Unresolved("Protocol", resource.at, "no listener of this load balancer is declared in what was scanned")


def _redirects(listener: Props) -> bool:
    actions = list(listener.sections("DefaultActions"))
    return bool(actions) and all(
        action.text("Type", "").value == "redirect"
        and (action.text("RedirectConfig.Protocol", "#{protocol}").value or "").upper() in {"HTTPS", "TLS"}
        for action in actions
    )


def _minimum_tls(resource: Resource, context: Context, listeners: Sequence[Resource]) -> Setting[str | None]:
    found: list[tuple[str, Setting[str | None]]] = []
    for listener in listeners:
        props = context.props(listener)
        if props.text("Protocol", "").ever(lambda text: text.upper() in {"HTTPS", "TLS"}):
            source = "the API's default, ELBSecurityPolicy-2016-08, takes TLS 1.0"
            found.append((f"at listener {listener.name}", props.text("SslPolicy", "ELBSecurityPolicy-2016-08", source)))
    if not found:
        return Defaulted("SslPolicy", resource.at, None, "no listener with TLS is declared")
    return found[0][1] if len(found) == 1 else Cases("SslPolicy", found[0][1].at, tuple(found))


def _classic_tls(props: Props) -> Setting[str | None]:
    for policy in props.sections("Policies"):
        for attribute in policy.sections("Attributes"):
            name = attribute.find("Name")
            if name is not None and display(name) == "Reference-Security-Policy":
                return Props(attribute.value, props.at, "Policies.Attributes").text("Value", None)
    return Defaulted("Policies", props.at, None, "no security policy is declared")


# -- functions as targets ----------------------------------------------------------------------------------------------
def listener(resource: Resource, context: Context) -> Iterator[Api | Route]:
    """A listener whose default actions lead to a function; one whose balancer was not scanned stands for it."""
    balancer = linked(resource.properties.get("LoadBalancerArn"), context)
    if balancer is None or balancer.target is None:
        yield _of_another(resource, context)
    yield from _routes(resource, context, "DefaultActions", resource)


def _of_another(resource: Resource, context: Context) -> Api:
    """What a listener says of a balancer that is declared elsewhere: how it speaks, and nothing else."""
    at, elsewhere = resource.at, "declared where the load balancer is"
    made = _api(
        resource,
        context,
        private=Unresolved("Scheme", at, elsewhere),
        access_logs=Defaulted("access_logs.s3.enabled", at, True, elsewhere),
        https_only=_https_only(resource, context, (resource,)),
        minimum_tls=_minimum_tls(resource, context, (resource,)),
    )
    return replace(
        made,
        **identity(resource, context, "balancer"),
        waf=Defaulted("WebACLAssociation", at, True, elsewhere),
    )


def listener_rule(resource: Resource, context: Context) -> Iterator[Route]:
    """A listener rule whose actions lead to a function."""
    yield from _routes(resource, context, "Actions", context.resource(resource.properties.get("ListenerArn")))


def _routes(resource: Resource, context: Context, path: str, owner: Resource | None) -> Iterator[Route]:
    props = context.props(resource)
    balancer = None if owner is None else linked(owner.properties.get("LoadBalancerArn"), context)
    for number, function in enumerate(_functions(props, path, context)):
        yield Route(
            **identity(resource, context, "" if number == 0 else f"target-{number}"),
            kind="load-balancer",
            method="ANY",
            path=_pattern(props),
            auth=_auth(props, path, owner, context),
            api_key=Defaulted("ApiKeyRequired", resource.at, False, "load balancers know no API keys"),
            validated=Defaulted("RequestValidatorId", resource.at, False, "load balancers do not validate requests"),
            throttled=Defaulted("ThrottlingRateLimit", resource.at, False, "load balancers have no rate limits"),
            api=balancer,
            function=function,
        )


def _functions(props: Props, path: str, context: Context) -> Iterator[Link]:
    for action in props.sections(path):
        targets = [action.find("TargetGroupArn")]
        targets += [group.find("TargetGroupArn") for group in action.sections("ForwardConfig.TargetGroups")]
        for group in dict.fromkeys(found.key for target in targets if (found := context.resource(target)) is not None):
            for target in context.props(context.stack.resources[group]).sections("Targets"):
                function = function_link(target.find("Id"), context)
                if means_function(function):
                    yield function


def _pattern(props: Props) -> str:
    for condition in props.sections("Conditions"):
        field = condition.find("Field")
        if field is not None and display(field) == "path-pattern":
            values = [*condition.each("Values"), *condition.each("PathPatternConfig.Values")]
            return ", ".join(display(value) for _, value in values) or "/*"
    return "/*"


def _auth(props: Props, path: str, owner: Resource | None, context: Context) -> Setting[AuthKind]:
    for action in props.sections(path):
        kind = action.find("Type")
        found = None if kind is None else _AUTHENTICATING.get(display(kind))
        if found is not None and kind is not None:
            return Declared(f"{path}.Type", kind.at, found)
    if owner is not None:
        mode = context.props(owner).text("MutualAuthentication.Mode", "off")
        if mode.always(lambda text: text == "verify"):
            return Declared("MutualAuthentication.Mode", mode.at, "mtls")
    return Defaulted(f"{path}.Type", props.at, "none", "no action authenticates callers")


BUILDERS: dict[str, Builder] = {
    "AWS::ElasticLoadBalancingV2::LoadBalancer": load_balancer,
    "AWS::ElasticLoadBalancing::LoadBalancer": classic,
    _LISTENER: listener,
    _RULE: listener_rule,
}
