"""Function apps and web apps: `Microsoft.Web/sites`, their slots, and their configuration in child resources.

Sources: Azure documentation, "Microsoft.Web sites" and "Microsoft.Web sites/config" (template reference), "App
settings reference for Azure Functions", "Azure App Service security". What the azurerm provider sends by itself is
from its documentation of `azurerm_linux_function_app`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from casemate.inventory.azure.entity import about, children, last_name, public_access
from casemate.inventory.entity import is_empty
from casemate.inventory.logic import every, fixed, some
from casemate.inventory.reading import Props, as_flag, as_text, word
from casemate.model.entity import Link
from casemate.model.function import Code, Cors, Function, Hosting, Variable
from casemate.model.policy import Role
from casemate.model.setting import Declared, Defaulted, Setting, Unresolved, convert
from casemate.model.value import Absent, Fields, Literal, Text, Unknown, display, references, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from casemate.inventory.context import Builder, Context
    from casemate.model.entity import Entity
    from casemate.model.location import Span
    from casemate.model.resource import Resource
    from casemate.model.value import Value

T = TypeVar("T")
RESPONSE_SECONDS = 230
"""The longest that an HTTP-triggered function may take to respond ("Function app timeout duration")."""
_CONFIG = {
    "Microsoft.Web/sites": "Microsoft.Web/sites/config",
    "Microsoft.Web/sites/slots": "Microsoft.Web/sites/slots/config",
}
_TRACED_BY = ("APPLICATIONINSIGHTS_CONNECTION_STRING", "APPINSIGHTS_INSTRUMENTATIONKEY", "APPINSIGHTS_CONNECTIONSTRING")
_FRAMEWORK_PLACEHOLDER = frozenset({"", "v4.0", "v2.0", "off", "~1"})
"""What exports of every app say, whatever it runs on."""
_HTTPS = "Microsoft.Web/sites httpsOnly: false unless set (only the portal presets it to true)"
_FTPS = "Microsoft.Web/sites/config ftpsState: AllAllowed unless set"
_FTPS_TERRAFORM = "azurerm sets ftps_state to Disabled unless told otherwise"
_ALWAYS_OPEN = frozenset({"any", "0.0.0.0/0", "::/0", "*"})
_NOT_HERE = "Azure has no such setting for an app"


class Site:
    """One app with every place that configures it, the strongest first."""

    def __init__(self, resource: Resource, context: Context) -> None:
        self.resource = resource
        self.context = context
        self.props = context.props(resource)
        self.configs = {last_name(child).lower(): child for child in children(resource, context, *_CONFIG.values())}
        self._places = [self._child("web", "properties"), self.props.section("properties.siteConfig")]
        self.environment = tuple(self._variables())

    def _child(self, name: str, path: str) -> Props:
        child = self.configs.get(name)
        found = self.context.props(child).find(path) if child is not None else None
        return Props(found, self.resource.at, path)

    @property
    def is_function_app(self) -> bool:
        """Whether `kind` says so (web apps are of kind `app`)."""
        return "functionapp" in (text_of(self.resource.properties.get("kind")) or "").lower()

    def config(self, path: str, change: Callable[[Value], T], default: T, source: str) -> Setting[T]:
        """A setting of the app's configuration: the first place that says anything."""
        place = next((place for place in self._places if not is_empty(place.find(path))), self._places[-1])
        return place.read(path, change, default, source)

    def has(self, path: str) -> bool:
        """Whether some place says anything at `path`."""
        return any(
            not is_empty(place.find(path)) and not isinstance(place.find(path), Absent) for place in self._places
        )

    def places(self, path: str) -> Iterator[Props]:
        """The places that say anything at `path`."""
        return (place for place in self._places if not is_empty(place.find(path)))

    def variable(self, *names: str) -> Variable | None:
        """The app setting with one of these names."""
        wanted = {name.lower() for name in names}
        return next((variable for variable in self.environment if variable.name.lower() in wanted), None)

    def _variables(self) -> Iterator[Variable]:
        seen: set[str] = set()
        for name, at, value in (*self._listed(), *self._mapped()):
            if name.lower() not in seen:
                seen.add(name.lower())
                yield Variable(name, _looked_up(value), at)

    def _mapped(self) -> Iterator[tuple[str, Span, Value]]:
        yield from self._child("appsettings", "properties").items()
        for name, at, value in self._child("connectionstrings", "properties").items():
            yield name, at, (value.get("value") or value) if isinstance(value, Fields) else value

    def _listed(self) -> Iterator[tuple[str, Span, Value]]:
        for place in self._places:
            for path, key in (("appSettings", "value"), ("connectionStrings", "connectionString")):
                for entry in place.sections(path):
                    name, value = entry.find("name"), entry.find(key)
                    if name is not None and value is not None:
                        yield display(name), name.at, value

    # -- what decides security
    # --------------------------------------------------------------------------------------------
    def hosting(self) -> Hosting:
        """The host's settings."""
        at, props = self.resource.at, self.props
        return Hosting(
            https_only=props.flag("properties.httpsOnly", False, _HTTPS),
            minimum_tls=self.config(
                "minTlsVersion", _tls, "1.2", "Microsoft.Web/sites/config minTlsVersion: 1.2 unless set"
            ),
            ftps=self._ftps(),
            remote_debugging=self.config(
                "remoteDebuggingEnabled", as_flag, False, "remote debugging is off unless turned on"
            ),
            public_network=public_access(props),
            client_certificates=props.flag(
                "properties.clientCertEnabled", False, "clientCertEnabled: false unless set"
            ),
            ip_restricted=self._ip_restricted(),
            authentication=self.authentication(),
            managed_identity=props.read("identity.type", _is_identity, False, "no identity unless one is asked for"),
            http_logging=self._http_logging(),
            host_names=tuple(self._host_names(at)),
        )

    def _ftps(self) -> Setting[str]:
        legacy = "azurerm_function_app." in self.resource.key or "azurerm_app_service." in self.resource.key
        if self.resource.dialect == "terraform" and not legacy:
            return self.config("ftpsState", as_text, "Disabled", _FTPS_TERRAFORM)
        return self.config("ftpsState", as_text, "AllAllowed", _FTPS)

    def _ip_restricted(self) -> Setting[bool]:
        default = self.config("ipSecurityRestrictionsDefaultAction", word("Deny"), False, "Allow unless set")
        place = next(self.places("ipSecurityRestrictions"), None)
        if place is None:
            return default
        at = place.key_at("ipSecurityRestrictions")
        rules = [
            rule
            for rule in place.sections("ipSecurityRestrictions")
            if (text_of(rule.find("action")) or "Allow").lower() == "allow"
        ]
        ranges = [(text_of(rule.find("ipAddress")) or "").lower() for rule in rules]
        narrow = bool(ranges) and not any(text in _ALWAYS_OPEN for text in ranges)
        return Declared("ipSecurityRestrictions", at, True) if narrow else default

    def authentication(self) -> Setting[bool]:
        """Whether App Service itself demands a login ("Authentication and authorization in Azure App Service")."""
        newer = self._child("authsettingsv2", "properties")
        if not is_empty(newer.value):
            return every(
                newer.flag("platform.enabled", False, "platform.enabled: false unless set"),
                newer.flag("globalValidation.requireAuthentication", True, "requireAuthentication: true unless set"),
                newer.read(
                    "globalValidation.unauthenticatedClientAction",
                    lambda value: as_text(value).lower() not in {"allowanonymous", "0"},
                    True,
                    "unauthenticatedClientAction: RedirectToLoginPage unless set",
                ),
            )
        older = self._child("authsettings", "properties")
        if not is_empty(older.value):
            return older.flag("enabled", False, "authsettings enabled: false unless set")
        inline = [place.flag("siteAuthSettings.enabled", False) for place in self.places("siteAuthSettings.enabled")]
        off = "App Service authentication is off unless turned on"
        return (
            some(*inline, self.config("siteAuthEnabled", as_flag, False, off))
            if inline
            else self.config("siteAuthEnabled", as_flag, False, off)
        )

    def _http_logging(self) -> Setting[bool] | None:
        logs = self._child("logs", "properties.httpLogs")
        if not is_empty(logs.value):
            return some(
                logs.flag("fileSystem.enabled", False),
                logs.flag("azureBlobStorage.enabled", logs.find("azureBlobStorage.sasUrl") is not None),
            )
        if self.has("httpLoggingEnabled"):
            return self.config("httpLoggingEnabled", as_flag, False, "off unless turned on")
        return None

    def _host_names(self, at: Span) -> Iterator[Setting[str]]:
        """Custom names; one that has a certificate by any of its bindings has one.

        Azure's own names share a wildcard certificate.
        """
        states: dict[str, list[Setting[str]]] = {}
        for binding in children(self.resource, self.context, "Microsoft.Web/sites/hostNameBindings"):
            name = display(binding.properties.get("name") or Literal(binding.name, at)).lower()
            if not name.endswith((".azurewebsites.net", ".azurewebsites.us")):
                source = "Microsoft.Web/sites/hostNameBindings sslState: Disabled unless set"
                states.setdefault(name, []).append(
                    self.context.props(binding).text("properties.sslState", "Disabled", source)
                )
        for place in self.props.sections("properties.hostNameSslStates"):
            name = display(place.find("name") or Literal("", at)).lower()
            if name and not name.endswith((".azurewebsites.net", ".azurewebsites.us")):
                states.setdefault(name, []).append(place.text("sslState", "Disabled"))
        for found in states.values():
            yield next(
                (state for state in found if not state.ever(lambda value: value.lower() == "disabled")), found[0]
            )

    def tracing(self) -> Setting[bool]:
        """Application Insights is connected, or failing that, request tracing of the host is on."""
        variable = self.variable(*_TRACED_BY)
        if variable is not None:
            empty = isinstance(variable.value, Literal) and not display(variable.value)
            return Declared(variable.name, variable.at, not empty)
        off = "no app setting connects it to Application Insights"
        return self.config("requestTracingEnabled", as_flag, False, off)

    def runtime(self) -> Setting[str | None]:
        """`node|20`, `python|3.11`, `dotnet-isolated|8.0`, …; None when nothing says it."""
        for path in ("linuxFxVersion", "windowsFxVersion"):
            if self.has(path):
                return convert(
                    self.config(path, as_text, "", ""),
                    lambda text: None if "docker" in text.lower() else text.lower() or None,
                )
        worker = self.variable("FUNCTIONS_WORKER_RUNTIME")
        language = (text_of(worker.value) or "").lower() if worker else ""
        flexible = "properties.functionAppConfig.runtime"
        if self.props.find(f"{flexible}.version") is not None:
            name = (text_of(self.props.find(f"{flexible}.name")) or language).lower()
            return convert(self.props.text(f"{flexible}.version", ""), lambda text: f"{name}|{text}")
        node = self.variable("WEBSITE_NODE_DEFAULT_VERSION")
        if node is not None and language in {"", "node"}:
            return _stated(node, "node")
        for path, name in (
            ("nodeVersion", "node"),
            ("pythonVersion", "python"),
            ("javaVersion", "java"),
            ("powerShellVersion", "powershell"),
        ):
            if (
                self.has(path)
                and (not language or language == name)
                and text_of(self._first(path)) not in _FRAMEWORK_PLACEHOLDER
            ):
                return convert(self.config(path, as_text, "", ""), _versioned(name))
        if (
            self.has("netFrameworkVersion")
            and text_of(self._first("netFrameworkVersion")) not in _FRAMEWORK_PLACEHOLDER
        ):
            prefix = language if language.startswith("dotnet") else "dotnet"
            return convert(self.config("netFrameworkVersion", as_text, "", ""), _versioned(prefix))
        if self.has("phpVersion") and not self.is_function_app:
            return convert(self.config("phpVersion", as_text, "", ""), _versioned("php"))
        return Defaulted("siteConfig", self.resource.at, None, "no version of a language is set")

    def _first(self, path: str) -> Value | None:
        return next((place.find(path) for place in self.places(path)), None)

    def host_version(self) -> Setting[str | None] | None:
        """`FUNCTIONS_EXTENSION_VERSION`."""
        variable = self.variable("FUNCTIONS_EXTENSION_VERSION")
        if variable is None:
            return (
                Defaulted("FUNCTIONS_EXTENSION_VERSION", self.resource.at, None, "not set here")
                if self.is_function_app
                else None
            )
        known = text_of(variable.value)
        at = variable.value.at
        return Declared(variable.name, at, known) if known else Unresolved(variable.name, at, "its value is not known")

    def cors(self) -> Cors | None:
        """Allowed origins, where any are set."""
        place = next(self.places("cors.allowedOrigins"), None)
        if place is None:
            return None
        origins = tuple(
            Props(value, value.at, "cors.allowedOrigins").text((), "") for _, value in place.each("cors.allowedOrigins")
        )
        return Cors(
            place.key_at("cors"),
            origins,
            place.flag("cors.supportCredentials", False, "supportCredentials: false unless set"),
        )

    def concurrency(self) -> Setting[int | None]:
        """The most instances it may scale out to."""
        variable = self.variable("WEBSITE_MAX_DYNAMIC_APPLICATION_SCALE_OUT")
        if variable is not None:
            return Props(variable.value, variable.at, variable.name).number((), None)
        flexible = "properties.functionAppConfig.scaleAndConcurrency.maximumInstanceCount"
        if self.props.find(flexible) is not None:
            return self.props.number(flexible, None)
        source = "functionAppScaleLimit: the plan's own limit unless set"
        return next(
            (place.number("functionAppScaleLimit", None, source) for place in self.places("functionAppScaleLimit")),
            Defaulted("functionAppScaleLimit", self.resource.at, None, source),
        )

    def in_network(self) -> Setting[bool]:
        """Whether its traffic goes through a virtual network."""
        joined = [
            fixed("networkConfig", child.at, True, "")
            for child in children(self.resource, self.context, "Microsoft.Web/sites/networkConfig")
        ]
        if joined:
            return Declared("networkConfig", joined[0].at, True)
        subnet = self.props.present("properties.virtualNetworkSubnetId", "no virtual network is set")
        return (
            subnet
            if not self.has("vnetName")
            else some(subnet, self.config("vnetName", lambda value: bool(as_text(value)), False, ""))
        )


def _tls(value: Value) -> str:
    return as_text(value)


def _is_identity(value: Value) -> bool:
    return as_text(value).lower() not in {"none", ""}


def _versioned(name: str) -> Callable[[str], str | None]:
    return lambda text: f"{name}|{text.strip().lstrip('v~')}" if text.strip() else None


def _stated(variable: Variable, name: str) -> Setting[str | None]:
    text = text_of(variable.value)
    if text is None:
        return Unresolved(variable.name, variable.value.at, "its value is not known")
    return Declared(variable.name, variable.value.at, f"{name}|{text.lstrip('~v')}")


_VAULT_REFERENCE = re.compile(r"\s*@Microsoft\.(KeyVault|AppConfiguration)\(", re.IGNORECASE)


def _looked_up(value: Value) -> Value:
    """A Key Vault reference is not the secret itself."""
    first = value.parts[0] if isinstance(value, Text) else value
    text = text_of(first)
    if text is not None and (match := _VAULT_REFERENCE.match(text)):
        return Unknown(
            f"a reference into {match[1]}, which the platform follows", value.at, "attribute", display(value)
        )
    return value


def site(resource: Resource, context: Context) -> Iterator[Entity]:
    """`Microsoft.Web/sites` and its slots: the app, and its own identity where it has one."""
    found = Site(resource, context)
    at = resource.at
    image = found.config("linuxFxVersion", as_text, "", "") if found.has("linuxFxVersion") else None
    in_container = image is not None and image.ever(lambda text: text.lower().startswith("docker|"))
    identity = _identity(found)
    yield Function(
        **about(resource, context),
        kind="azure-app",
        runtime=found.runtime(),
        code=Code(
            image=convert(image, lambda text: text.partition("|")[2]) if image is not None and in_container else None
        ),
        timeout=Defaulted("functionTimeout", at, RESPONSE_SECONDS, "a response may take 230 seconds"),
        memory=Defaulted("containerSize", at, 1536, "the plan's own size"),
        reserved_concurrency=found.concurrency(),
        environment=found.environment,
        environment_key=Defaulted("encryption", at, None, "app settings are encrypted by the service"),
        tracing=found.tracing(),
        dead_letter=fixed("deadLetter", at, True, f"{_NOT_HERE}: each trigger has its own"),
        in_network=found.in_network(),
        code_signing=fixed("codeSigning", at, True, _NOT_HERE),
        role=identity,
        cors=found.cors(),
        hosting=found.hosting(),
        host_version=found.host_version(),
    )
    if identity is not None and identity.target == f"{context.id(resource.key)}/identity":
        yield Role(**about(resource, context, "identity"), kind="identity", implied=True)


def _identity(found: Site) -> Link | None:
    """A user-assigned identity that is declared here, else the app's own, else None."""
    props, context = found.props, found.context
    for key, at, _ in props.items("identity.userAssignedIdentities"):
        target = key.removeprefix("${").removesuffix("}").partition(".id")[0]
        if target in context.stack.resources:
            return Link(key, at, context.id(target))
    value = props.find("identity.userAssignedIdentities")
    link = context.link(value) if value is not None and any(True for _ in references(value)) else None
    if link is not None:
        return link
    kind = (text_of(props.find("identity.type")) or "").lower()
    if "systemassigned" in kind:
        return Link("system-assigned identity", props.key_at("identity"), f"{context.id(found.resource.key)}/identity")
    return None


BUILDERS: dict[str, Builder] = {"Microsoft.Web/sites": site, "Microsoft.Web/sites/slots": site}
