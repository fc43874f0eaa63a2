"""Front doors: API Management, Application Gateway, Front Door, CDN endpoints; Logic Apps as callable workflows.

Sources: Azure documentation, "Microsoft.ApiManagement service" (template reference), "API Management policies
reference", "TLS policies of Application Gateway" (the predefined policies and their lowest version).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.inventory.azure.entity import about, ancestor, children, link_to
from casemate.inventory.entity import is_empty
from casemate.inventory.logic import fixed, negated
from casemate.inventory.reading import Props, as_text
from casemate.model.api import Api, Route
from casemate.model.function import Cors
from casemate.model.secret import Secret
from casemate.model.setting import Declared, Defaulted, Setting, Unresolved, convert
from casemate.model.value import display, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.inventory.context import Builder, Context
    from casemate.model.api import ApiKind, AuthKind
    from casemate.model.entity import Entity
    from casemate.model.location import Span
    from casemate.model.resource import Resource
    from casemate.model.value import Value

_SERVICE = "Microsoft.ApiManagement/service"
_APIS = f"{_SERVICE}/apis"
_THROTTLE = re.compile(r"<(?:rate-limit|rate-limit-by-key|quota|quota-by-key)\b", re.IGNORECASE)
_CHECKS = re.compile(
    r"<(validate-jwt|validate-azure-ad-token|validate-client-certificate|check-header|authentication-certificate)\b",
    re.IGNORECASE,
)
_VALIDATES = re.compile(r"<(?:validate-content|validate-parameters)\b", re.IGNORECASE)
_WEAK = re.compile(r"\.(?:Tls10|Tls11|Ssl30)$", re.IGNORECASE)
_OLD_POLICIES = frozenset({"appgwsslpolicy20150501", "appgwsslpolicy20170401"})


def service(resource: Resource, context: Context) -> Iterator[Entity]:
    """`Microsoft.ApiManagement/service`."""
    props = context.props(resource)
    policy = _policy(resource, context)
    private = props.read(
        "properties.virtualNetworkType", lambda value: as_text(value).lower() == "internal", False, "None unless set"
    )
    yield _api(
        resource,
        context,
        "azure",
        private=private,
        throttled=_has(policy, _THROTTLE, resource.at, "no limit in its policies"),
        minimum_tls=_service_tls(props),
        https_only=fixed("protocols", resource.at, True, "the gateway serves HTTPS; each API names its protocols"),
        validation=_has(policy, _VALIDATES, resource.at, "no validation in its policies"),
        cors=_cors(policy),
    )


def _service_tls(props: Props) -> Setting[str | None]:
    for key, at, value in props.items("properties.customProperties"):
        if _WEAK.search(key) and (text_of(value) or "").lower() == "true" and "Backend" not in key:
            return Declared("customProperties", at, "1.0")
    return Defaulted("customProperties", props.at, "1.2", "TLS 1.2 unless older protocols are turned on")


def one_api(resource: Resource, context: Context) -> Iterator[Entity]:
    """`Microsoft.ApiManagement/service/apis`: the API and a route for each operation (or one for the whole)."""
    props = context.props(resource)
    protocols = [text_of(value) for _, value in props.each("properties.protocols")]
    at = props.key_at("properties.protocols")
    https: Setting[bool] = fixed("protocols", resource.at, True, "https unless set")
    if protocols:
        https = Declared("protocols", at, "http" not in protocols and "ws" not in protocols)
    policy = _policy(resource, context)
    throttled = _has(policy, _THROTTLE, resource.at, "no limit in its policies")
    yield _api(
        resource,
        context,
        "azure",
        private=fixed("private", resource.at, False, "as its service is"),
        throttled=throttled,
        minimum_tls=Defaulted("tls", resource.at, "1.2", "as its service is"),
        https_only=https,
        validation=_has(policy, _VALIDATES, resource.at, "no validation in its policies"),
        cors=_cors(policy),
    )
    key = props.flag("properties.subscriptionRequired", True, "subscriptionRequired: true unless set")
    auth = _api_auth(props, policy, resource, context)
    operations = list(children(resource, context, f"{_APIS}/operations"))
    for operation in operations or [resource]:
        view = context.props(operation)
        method = text_of(view.find("properties.method")) if operation is not resource else None
        path = (
            text_of(view.find("properties.urlTemplate"))
            if operation is not resource
            else text_of(props.find("properties.path"))
        )
        yield Route(
            **about(operation, context, "route"),
            kind="http",
            method=(method or "ANY").upper(),
            path=f"/{(path or '').lstrip('/')}",
            auth=auth,
            api_key=key,
            validated=_has(policy, _VALIDATES, operation.at, "no validation in its policies"),
            throttled=throttled,
            api=link_to(resource, context, operation.at),
            function=None,
        )


def _api_auth(props: Props, policy: Value | None, resource: Resource, context: Context) -> Setting[AuthKind]:
    """What its policy or that of its service checks; else what `authenticationSettings` says."""
    above = ancestor(resource, context, _SERVICE)
    for found in (policy, _policy(above, context) if above is not None else None):
        if found is not None and _CHECKS.search(display(found)):
            return Declared(
                "policies", found.at, "mtls" if "certificate" in (_CHECKS.search(display(found)) or [""])[0] else "jwt"
            )
    for path in ("oAuth2", "openid"):
        value = props.find(f"properties.authenticationSettings.{path}")
        if value is not None and not is_empty(value):
            return Declared(f"authenticationSettings.{path}", value.at, "oidc")
    asked = props.find("properties.subscriptionRequired")
    if asked is not None and _said(asked) is False:
        return Declared("subscriptionRequired", asked.at, "none")
    return Defaulted("authenticationSettings", resource.at, "none", "no token is checked unless a policy does")


def _said(value: Value) -> bool | None:
    """The boolean that is written, None where it is not known."""
    word = (text_of(value) or "").lower()
    return {"true": True, "false": False}.get(word)


_CORS = re.compile(r"<cors\b([^>]{0,500})>", re.IGNORECASE)
_ORIGIN = re.compile(r"<origin>\s{0,100}([^<]{0,300}?)\s{0,100}</origin>", re.IGNORECASE)
_METHOD = re.compile(r"<method>\s{0,100}([^<]{0,30}?)\s{0,100}</method>", re.IGNORECASE)
_CREDENTIALS = re.compile(r"allow-credentials\s{0,4}=\s{0,4}[\"']true", re.IGNORECASE)


def _cors(policy: Value | None) -> Cors | None:
    """The `cors` policy, of which a wildcard lets any site in ("API Management policy reference: CORS")."""
    text = text_of(policy) if policy is not None else None
    found = _CORS.search(text) if text is not None else None
    if policy is None or text is None or found is None:
        return None
    end = text.lower().find("</cors>", found.end())
    body = text[found.end() : end if end >= 0 else len(text)]
    origins = tuple(
        Declared("policies.cors.allowed-origins", policy.at.line_of(text, found.end() + match.start()), match[1])
        for match in _ORIGIN.finditer(body)
    )
    at = policy.at.line_of(text, found.start())
    methods = tuple(match[1].upper() for match in _METHOD.finditer(body))
    return Cors(at, origins, Declared("policies.cors", at, _CREDENTIALS.search(found[1]) is not None), methods)


def _policy(resource: Resource, context: Context) -> Value | None:
    for child in children(resource, context, f"{resource.type}/policies"):
        return context.props(child).find("properties.value") or context.props(child).find("properties.policyContent")
    return None


def _has(policy: Value | None, pattern: re.Pattern[str], at: Span, source: str) -> Setting[bool]:
    if policy is not None and pattern.search(display(policy)):
        return Declared("policies", policy.at, True)
    return Defaulted("policies", at, False, source)


def _api(  # noqa: PLR0913 - the settings of a front door, each by its name
    resource: Resource,
    context: Context,
    kind: ApiKind,
    *,
    private: Setting[bool],
    throttled: Setting[bool],
    minimum_tls: Setting[str | None],
    https_only: Setting[bool],
    validation: Setting[bool],
    waf: Setting[bool] | None = None,
    cors: Cors | None = None,
) -> Api:
    at = resource.at
    logged = any(
        True
        for _ in children(resource, context, "Microsoft.Insights/diagnosticSettings", f"{resource.type}/diagnostics")
    )
    return Api(
        **about(resource, context),
        kind=kind,
        private=private,
        throttled=throttled,
        access_logs=fixed("diagnostics", at, logged, "no diagnostic setting is declared for it"),
        execution_logs=Defaulted("diagnostics", at, "OFF", "no diagnostic setting is declared for it"),
        full_payload_logs=fixed("diagnostics", at, False, "bodies are not logged unless asked for"),
        tracing=fixed("diagnostics", at, logged, "no diagnostic setting is declared for it"),
        waf=waf or fixed("waf", at, False, "API Management has no firewall of its own"),
        minimum_tls=minimum_tls,
        https_only=https_only,
        cache_encrypted=fixed("cache", at, True, "the cache is encrypted by the service"),
        validation=validation,
        default_endpoint=fixed("endpoint", at, True, "the azure-api.net name is always served"),
        cors=cors,
    )


def named_value(resource: Resource, context: Context) -> Iterator[Entity]:
    """`…/namedValues`: a constant of the policies; `secret` ones are kept encrypted and hidden."""
    props = context.props(resource)
    value = props.find("properties.value")
    if value is not None:
        encrypted = props.flag("properties.secret", False, "secret: false unless set")
        yield Secret(**about(resource, context), kind="parameter", value=value, encrypted=encrypted)


def application_gateway(resource: Resource, context: Context) -> Iterator[Entity]:
    """`Microsoft.Network/applicationGateways`."""
    props = context.props(resource)
    firewall = props.find("properties.firewallPolicy") is not None
    waf = props.flag(
        "properties.webApplicationFirewallConfiguration.enabled", firewall, "no firewall unless one is configured"
    )
    protocols = [
        (text_of(p) or "").lower()
        for listener in props.sections("properties.httpListeners")
        if (p := listener.find("properties.protocol"))
    ]
    at = props.key_at("properties.httpListeners")
    https: Setting[bool] = fixed("httpListeners", resource.at, True, "no listener is written")
    if "http" in protocols and "https" in protocols and resource.dialect == "terraform":
        https = Unresolved("httpListeners", at, "whether plain HTTP is redirected is not read from Terraform")
    elif protocols:
        redirects = not is_empty(props.find("properties.redirectConfigurations"))
        https = Declared("httpListeners", at, "http" not in protocols or redirects)
    yield _api(
        resource,
        context,
        "load-balancer",
        private=fixed("frontend", resource.at, False, "not known to be private"),
        throttled=fixed("throttling", resource.at, False, "no rate limit"),
        minimum_tls=_gateway_tls(props),
        https_only=https,
        validation=fixed("validation", resource.at, False, "a load balancer validates no requests"),
        waf=waf,
    )


def _gateway_tls(props: Props) -> Setting[str | None]:
    path = "properties.sslPolicy"
    if props.find(f"{path}.minProtocolVersion") is not None:
        return convert(
            props.text(f"{path}.minProtocolVersion", ""), lambda text: text.removeprefix("TLSv").replace("_", ".")
        )
    name = props.find(f"{path}.policyName")
    if name is not None:
        old = (text_of(name) or "").lower() in _OLD_POLICIES
        return Declared("sslPolicy.policyName", name.at, "1.0" if old else "1.2")
    return Defaulted("sslPolicy", props.at, "1.2", "AppGwSslPolicy20220101 for API versions since 2023-02")


def cdn_endpoint(resource: Resource, context: Context) -> Iterator[Entity]:
    """`Microsoft.Cdn/profiles/endpoints`."""
    props = context.props(resource)
    plain = props.flag("properties.isHttpAllowed", True, "isHttpAllowed: true unless set")
    waf = not is_empty(props.find("properties.webApplicationFirewallPolicyLink"))
    at = resource.at
    yield _api(
        resource,
        context,
        "cdn",
        private=fixed("private", at, False, "a CDN is public"),
        throttled=fixed("throttling", at, False, "no rate limit"),
        minimum_tls=Defaulted("tls", at, "1.2", "TLS 1.2 unless set"),
        https_only=negated(plain),
        validation=fixed("validation", at, False, "a CDN validates no requests"),
        waf=fixed("waf", at, waf, "a firewall policy link"),
    )


def logic_app(resource: Resource, context: Context) -> Iterator[Entity]:
    """`Microsoft.Logic/workflows`: one that starts by a request has a URL whose signature is its only key."""
    props = context.props(resource)
    for name, at, trigger in props.items("properties.definition.triggers"):
        view = Props(trigger, at)
        if (text_of(view.find("type")) or "").lower() == "request":
            yield Route(
                **about(resource, context, name, at=at),
                kind="http",
                method=(text_of(view.find("inputs.method")) or "POST").upper(),
                path="/",
                auth=Defaulted("accessControl", at, "function-key", "the URL carries a signature (SAS)"),
                api_key=fixed("apiKey", at, False, "the signature is the authentication"),
                validated=Declared("schema", at, not is_empty(view.find("inputs.schema"))),
                throttled=fixed("throttling", at, False, "no rate limit"),
                api=None,
                function=None,
            )


BUILDERS: dict[str, Builder] = {
    _SERVICE: service,
    _APIS: one_api,
    f"{_SERVICE}/namedValues": named_value,
    "Microsoft.Network/applicationGateways": application_gateway,
    "Microsoft.Cdn/profiles/endpoints": cdn_endpoint,
    "Microsoft.Logic/workflows": logic_app,
}
