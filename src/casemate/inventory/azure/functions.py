"""Single functions with their bindings, .NET projects, local settings.

Functions of the Python v2 model, of C# attributes and of the Node v4 model declare their triggers in code: the code
analysis finds those. Sources: Azure documentation, "Azure Functions triggers and bindings" (one page a binding),
"Azure Functions HTTP trigger" (authLevel).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from casemate.inventory.azure.entity import about, link_to, parent
from casemate.inventory.azure.sites import RESPONSE_SECONDS, Site
from casemate.inventory.context import Context
from casemate.inventory.logic import fixed
from casemate.inventory.reading import Props, Unreadable, as_text
from casemate.model.api import Route
from casemate.model.entity import Link
from casemate.model.function import Code, Cors, Function
from casemate.model.secret import Secret
from casemate.model.setting import Cases, Declared, Defaulted, Setting, convert
from casemate.model.trigger import Trigger
from casemate.model.value import Fields, Items, display, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.inventory.context import Builder, World
    from casemate.model.api import AuthKind
    from casemate.model.entity import Entity
    from casemate.model.resource import Resource, Stack
    from casemate.model.trigger import TriggerKind
    from casemate.model.value import Value

_BY_APP = "decided by the function app, not by the function"
_DEFAULT_LEVEL = "Azure Functions HTTP trigger authLevel: function unless set"
_LEVELS: dict[str, AuthKind] = {
    "anonymous": "none",
    "function": "function-key",
    "admin": "admin-key",
    "system": "admin-key",
    "user": "oidc",
}
_UNSAID: AuthKind = "function-key"
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_TRIGGERS: dict[str, TriggerKind] = {
    "queuetrigger": "queue",
    "servicebustrigger": "queue",
    "eventhubtrigger": "stream",
    "blobtrigger": "blob",
    "timertrigger": "timer",
    "cosmosdbtrigger": "document-store",
    "eventgridtrigger": "bus",
    "kafkatrigger": "kafka",
    "rabbitmqtrigger": "message-broker",
    "sqltrigger": "table",
    "iothubtrigger": "iot",
}
_KEEPS_FAILED = frozenset({"queuetrigger", "servicebustrigger", "blobtrigger", "eventgridtrigger"})
"""Triggers whose failed events the service keeps: poison queues, dead-letter queues."""


def function_file(resource: Resource, context: Context) -> Iterator[Entity]:
    """`Casemate::AzureFunction`, one function.json."""
    props = context.props(resource)
    app = app_of(context)
    folder = resource.at.path.rpartition("/")[0]
    uri = Declared(
        "scriptFile", resource.at, folder.removeprefix(f"{context.stack.root}/") if context.stack.root else folder
    )
    handler = (
        props.text("scriptFile", "", "the default file of the language")
        if props.find("scriptFile") is not None
        else None
    )
    yield _function(resource, context, Code(handler=handler, uri=uri), app)
    yield from _bindings(resource, context, props, props, app)


def code_function(resource: Resource, context: Context) -> Iterator[Entity]:
    """`Casemate::AzureCodeFunction`: the same bindings, declared by code that the code analysis finds by itself."""
    app = app_of(context)
    props = context.props(resource)
    yield _function(resource, context, Code(), app)
    yield from _bindings(resource, context, props, props, app)


def declared_function(resource: Resource, context: Context) -> Iterator[Entity]:
    """`Microsoft.Web/sites/functions`: the same bindings in a template, below `config`."""
    above = parent(resource, context)
    app = (above, context) if above is not None else None
    props = context.props(resource)
    inline = next((value for _, _, value in props.items("properties.files")), None)
    script = props.find("properties.config.scriptFile") if inline is None else None
    uri = Declared("scriptFile", script.at, ".") if script is not None else None
    yield _function(resource, context, Code(inline=inline, uri=uri), app)
    yield from _bindings(resource, context, props.section("properties.config"), props, app)


def _function(resource: Resource, context: Context, code: Code, app: tuple[Resource, Context] | None) -> Function:
    at = resource.at
    props = context.props(resource)
    host = props.section("host")
    return Function(
        **about(resource, context),
        kind="azure-function",
        runtime=Defaulted("runtime", at, None, _BY_APP),
        code=code,
        timeout=host.read("functionTimeout", _seconds, *_default_timeout(props)),
        memory=Defaulted("memory", at, 1536, _BY_APP),
        reserved_concurrency=Defaulted("concurrency", at, None, _BY_APP),
        environment=(),
        environment_key=Defaulted("encryption", at, None, _BY_APP),
        tracing=fixed("tracing", at, True, _BY_APP),
        dead_letter=fixed("deadLetter", at, True, "each trigger has its own"),
        in_network=fixed("network", at, False, _BY_APP),
        code_signing=fixed("codeSigning", at, True, "Azure has no such setting"),
        role=None,
        app=link_to(app[0], app[1], at) if app is not None else None,
    )


def _default_timeout(props: Props) -> tuple[int, str]:
    """Seconds, and who says so ("Function app timeout duration")."""
    if any((text_of(binding.find("type")) or "").lower() == "httptrigger" for binding in props.sections("bindings")):
        return RESPONSE_SECONDS, "a response may take 230 seconds"
    return 300, "host.json functionTimeout: 5 minutes on the Consumption plan"


def _seconds(value: Value) -> int:
    """`00:05:00`, `1.00:00:00`, or `-1` for no limit."""
    text = as_text(value)
    match = re.fullmatch(r"(?:(\d+)\.)?(\d+):(\d+):(\d+)", text)
    if text.strip() == "-1":
        return 24 * 3600
    if match is None:
        raise Unreadable(f"not a time span: {text[:20]}")
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def _bindings(
    resource: Resource, context: Context, props: Props, whole: Props, app: tuple[Resource, Context] | None
) -> Iterator[Entity]:
    listed = props.find("bindings")
    function = Link(resource.name, resource.at, context.id(resource.key))
    enabled = convert(whole.flag("disabled", False, "enabled unless disabled"), lambda value: not value)
    for number, item in enumerate(listed.items if isinstance(listed, Items) else ()):
        binding = Props(item, item.at, f"bindings[{number}]")
        type_ = (text_of(binding.find("type")) or "").lower()
        if type_ == "httptrigger":
            yield _route(resource, context, binding, whole, function, app)
        elif type_.endswith("trigger"):
            yield _trigger(resource, context, binding, type_, function, enabled)


def _route(
    resource: Resource,
    context: Context,
    binding: Props,
    whole: Props,
    function: Link,
    app: tuple[Resource, Context] | None,
) -> Route:
    prefix = text_of(whole.find("host.extensions.http.routePrefix"))
    prefix = "api" if prefix is None else prefix.strip("/")
    path = text_of(binding.find("route"))
    path = resource.name.rpartition("/")[2] if path is None else path.strip("/")
    methods = {display(value).upper() for _, value in binding.each("methods")} - {"OPTIONS"}
    if methods and methods <= _READING:
        methods = {"GET"}
    return Route(
        **about(resource, context, "http", at=binding.at),
        kind="azure-http",
        method=methods.pop() if len(methods) == 1 else "ANY",
        path="/" + "/".join(part for part in (prefix, path) if part),
        auth=_authentication(binding, app),
        api_key=fixed("apiKey", binding.at, False, "function keys are the authLevel itself"),
        validated=fixed("validation", binding.at, False, "Azure Functions do not validate input"),
        throttled=fixed("throttling", binding.at, False, "Azure Functions have no rate limit of their own"),
        api=None,
        function=function,
        cors=_cors(whole),
    )


def _cors(whole: Props) -> Cors | None:
    """What host.json lets every answer say (`customHeaders`); the app's own CORS stands on the app."""
    said = {key.lower(): (at, value) for key, at, value in whole.items("host.extensions.http.customHeaders")}
    found = said.get("access-control-allow-origin")
    if found is None:
        return None
    at, value = found
    _, credentials = said.get("access-control-allow-credentials", (at, None))
    name = "host.extensions.http.customHeaders"
    return Cors(
        at,
        (Props(value, value.at, f"{name}.Access-Control-Allow-Origin").text((), ""),),
        fixed("credentials", at, False, "no header allows credentials")
        if credentials is None
        else Props(credentials, credentials.at, f"{name}.Access-Control-Allow-Credentials").flag((), False),
    )


def _authentication(binding: Props, app: tuple[Resource, Context] | None) -> Setting[AuthKind]:
    """The trigger's own level; an anonymous one behind App Service authentication asks for that login."""
    level: Setting[AuthKind] = binding.read("authLevel", _level, _UNSAID, _DEFAULT_LEVEL)
    if app is None or "none" not in level.values():
        return level
    login = Site(*app).authentication()
    if login.always(bool):
        return convert(level, _logged_in)
    if login.ever(bool):
        return Cases(
            level.name, level.at, (("the app demands a login", convert(level, _logged_in)), ("otherwise", level))
        )
    return level


def _logged_in(kind: AuthKind) -> AuthKind:
    return "oidc" if kind == "none" else kind


def _level(value: Value) -> AuthKind:
    text = as_text(value).lower()
    if text not in _LEVELS:
        raise Unreadable(f"not an authLevel: {text[:20]}")
    return _LEVELS[text]


def _trigger(
    resource: Resource, context: Context, binding: Props, type_: str, function: Link, enabled: Setting[bool]
) -> Trigger:
    kind = _TRIGGERS.get(type_, "other")
    if type_ == "servicebustrigger" and binding.find("topicName") is not None:
        kind = "topic"
    names = (
        "queueName",
        "topicName",
        "eventHubName",
        "path",
        "containerName",
        "collectionName",
        "topic",
        "schedule",
        "tableName",
    )
    source = next((value for name in names if (value := binding.find(name)) is not None), None)
    keeps = type_ in _KEEPS_FAILED
    how = "the service keeps failed events (poison or dead-letter queue)" if keeps else "failed events are not kept"
    retries = binding.number("retry.maxRetryCount", None, "the service's own")
    return Trigger(
        **about(resource, context, text_of(binding.find("name")) or type_, at=binding.at),
        kind=kind,
        function=function,
        source=context.link(source),
        dead_letter=fixed("deadLetter", binding.at, keeps, how),
        retries=retries,
        enabled=enabled,
    )


def project(resource: Resource, context: Context) -> Iterator[Entity]:
    """`Casemate::DotnetFunctionApp`: the runtime that a project file asks for."""
    props = context.props(resource)
    at = resource.at
    isolated = (text_of(props.find("OutputType")) or "").lower() == "exe" or any(
        name.lower().startswith("microsoft.azure.functions.worker") for name, _, _ in props.items("packages")
    )
    path = "TargetFramework" if props.find("TargetFramework") is not None else "TargetFrameworks"
    runtime = props.read(path, _framework(isolated=isolated), None, "no TargetFramework")
    yield Function(
        **about(resource, context),
        kind="azure-app",
        runtime=runtime,
        code=Code(uri=Declared("project", at, ".")),
        timeout=Defaulted("functionTimeout", at, RESPONSE_SECONDS, _BY_APP),
        memory=Defaulted("memory", at, 1536, _BY_APP),
        reserved_concurrency=Defaulted("concurrency", at, None, _BY_APP),
        environment=(),
        environment_key=Defaulted("encryption", at, None, _BY_APP),
        tracing=fixed("tracing", at, True, "decided where the app is declared"),
        dead_letter=fixed("deadLetter", at, True, "each trigger has its own"),
        in_network=fixed("network", at, False, "decided where the app is declared"),
        code_signing=fixed("codeSigning", at, True, "Azure has no such setting"),
        role=None,
        host_version=props.text("AzureFunctionsVersion", None, "no AzureFunctionsVersion"),
    )


class _framework:  # noqa: N801 - a conversion with a parameter
    """`net8.0` -> `dotnet|8.0` or `dotnet-isolated|8.0`, `net48` -> `dotnet-framework|4.8`."""

    def __init__(self, *, isolated: bool) -> None:
        self._model = "dotnet-isolated" if isolated else "dotnet"

    def __call__(self, value: Value) -> str | None:
        if isinstance(value, Items):
            raise Unreadable("several target frameworks")
        text = as_text(value).lower().partition("-")[0]
        if match := re.fullmatch(r"net(?:coreapp)?(\d+\.\d+)", text):
            return f"{self._model}|{match[1]}"
        if match := re.fullmatch(r"net(\d)(\d)(\d?)", text):
            return "dotnet-framework|" + ".".join(part for part in match.groups() if part)
        return None


_CREDENTIAL = re.compile(r"AccountKey=|SharedAccessKey=|Password=|Pwd=|[?&]sig=|PRIVATE KEY", re.IGNORECASE)
_NAMED = re.compile(
    r"(?:password|passwd|secret|token|api_?key|access_?key|account_?key|connection_?string)s?$", re.IGNORECASE
)
_HARMLESS = re.compile(
    r"^(?:UseDevelopmentStorage=true.*|<.*>|\{.*\}|\$\{.*|@Microsoft\.KeyVault.*|)$", re.IGNORECASE | re.DOTALL
)


def local_settings(resource: Resource, context: Context) -> Iterator[Entity]:
    """`Casemate::AzureLocalSettings`: each value that holds a credential by its form or its name.

    `IsEncrypted`: encrypted on that machine.
    """
    props = context.props(resource)
    encrypted = props.flag("IsEncrypted", False, "local.settings.json IsEncrypted: false unless set")
    for path in ("Values", "ConnectionStrings"):
        for name, key_at, value in props.items(path):
            text = text_of(value.get("ConnectionString") if isinstance(value, Fields) else value)
            if text is None or _HARMLESS.match(text) or not (_CREDENTIAL.search(text) or _NAMED.search(name)):
                continue
            shared = about(resource, context, name, at=key_at, name=name)
            yield Secret(**shared, kind="credential", value=value, encrypted=encrypted)


# -- which app hosts a function
# -------------------------------------------------------------------------------------------------
_APPS: WeakKeyDictionary[World, list[tuple[Resource, Stack]]] = WeakKeyDictionary()
_CONTEXTS: WeakKeyDictionary[World, dict[str, Context]] = WeakKeyDictionary()


def app_of(context: Context) -> tuple[Resource, Context] | None:
    """The one declared function app that stands beside or around a folder of functions; None for none or several."""
    apps = _APPS.get(context.world)
    if apps is None:
        apps = [
            (resource, stack)
            for stack in context.world.stacks
            for resource in stack.resources.values()
            if resource.type == "Microsoft.Web/sites"
            and "functionapp" in (text_of(resource.properties.get("kind")) or "").lower()
        ]
        _APPS[context.world] = apps
    near = [(resource, stack) for resource, stack in apps if _near(context.stack.root, stack.root)]
    if len(near) != 1:
        return None
    resource, stack = near[0]
    known = _CONTEXTS.setdefault(context.world, {})
    if stack.path not in known:
        known[stack.path] = Context(stack, context.world)
    return resource, known[stack.path]


def _near(functions: str, template: str) -> bool:
    above = functions.rpartition("/")[0]
    return (
        not above
        or f"{template}/".startswith((f"{functions}/", f"{above}/"))
        or f"{functions}/".startswith(f"{template}/")
    )


BUILDERS: dict[str, Builder] = {
    "Casemate::AzureFunction": function_file,
    "Casemate::AzureCodeFunction": code_function,
    "Microsoft.Web/sites/functions": declared_function,
    "Casemate::DotnetFunctionApp": project,
    "Casemate::AzureLocalSettings": local_settings,
}
