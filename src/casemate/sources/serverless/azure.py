"""A service on Azure, lowered to ARM.

One function app, and a function with its bindings for each function of the service.

Source: README of serverless-azure-functions; Azure Functions documentation, "function.json".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.location import Span
from casemate.model.value import Fields, Items, Literal, Reference, Value, text_of
from casemate.sources.serverless.service import AZURE_SETTINGS, PROVIDER
from casemate.sources.serverless.values import (
    Shape,
    entries_of,
    fields,
    fields_of,
    is_set,
    is_true,
    items_of,
    maps,
    value_of,
)

if TYPE_CHECKING:
    from casemate.sources.serverless.service import Declared, Event, Service

APP = "FunctionApp"
APIM = "ApiManagement"
_TRIGGERS = {
    "http": "httpTrigger", "timer": "timerTrigger", "queue": "queueTrigger", "blob": "blobTrigger",
    "eventHub": "eventHubTrigger",
    "serviceBus": "serviceBusTrigger", "eventGrid": "eventGridTrigger", "cosmosDB": "cosmosDBTrigger",
    "cosmosDb": "cosmosDBTrigger",
}  # fmt: skip
DEFAULT_AUTH_LEVEL = "function"
"""What Azure Functions asks of callers when a trigger says nothing."""


def lower(service: Service) -> None:
    """The app and its functions."""
    if not service.functions:
        return
    at = service.provider_at
    config = Shape(at)
    settings: list[Value] = [
        fields(entry.key_at, name=name, value=entry.value) for name, entry in entries_of(service.get("environment"))
    ]
    for function in service.functions.values():
        settings.extend(
            fields(entry.key_at, name=name, value=entry.value)
            for name, entry in entries_of(function.get("environment"))
        )
    if settings:
        config.put("appSettings", Items(settings, at))
    runtime = service.entry("runtime")
    if runtime is not None:
        config.take("linuxFxVersion" if text_of(service.get("os")) == "linux" else "windowsFxVersion", runtime, _stack)
    _management(service)
    properties = Shape(at).put("siteConfig", config.fields()).take("httpsOnly", service.entry("httpsOnly"))
    site = (
        Shape(at)
        .put("name", f"{service.name}-{service.stage}")
        .take("name", service.entry("functionApp", "name"))
        .put("kind", "functionapp")
    )
    site.take("location", service.entry("region")).put("properties", properties.fields())
    service.add("Microsoft.Web/sites", APP, site, name=PROVIDER, at=at)
    for function in service.functions.values():
        _function(service, function)


def _management(service: Service) -> None:
    """`provider.apim`: an API Management service before the app, with its APIs and what scripts may call them."""
    at = service.provider_at
    if not is_set(service.get("apim")):
        return
    place = service.entry("apim")
    at = place.key_at if place is not None else at
    named = service.get("apim", "name")
    shape = Shape(at).put("name", named if named is not None else f"{service.name}-{service.stage}-apim")
    service.add("Microsoft.ApiManagement/service", APIM, shape, name=text_of(named) or APIM, at=at)
    cors = service.get("apim", "cors")
    for number, api in enumerate(maps(service.get("apim", "apis"))):
        name = text_of(api.get("name")) or f"api {number + 1}"
        key = f"{APIM}/{name}"
        body = Shape(api.at)
        for setting in ("displayName", "protocols", "subscriptionRequired", "path"):
            entry = api.entries.get(setting)
            if entry is not None:
                body.take(setting, entry)
        made = Shape(api.at).put("name", name).put("parent", Reference(APIM, None, api.at))
        service.add(
            "Microsoft.ApiManagement/service/apis", key, made.put("properties", body.fields()), name=name, at=api.at
        )
        if cors is not None:
            policy = fields(
                api.at, parent=Reference(key, None, api.at), properties=fields(cors.at, value=_policy(cors))
            )
            service.add("Microsoft.ApiManagement/service/apis/policies", f"{key}/policy", policy, name=name, at=api.at)


def _policy(cors: Value) -> Literal:
    """`apim.cors` as the policy that the plugin writes, at the place of the origins."""
    origins = [text_of(item) or "" for item in items_of(value_of(cors, "allowedOrigins"))]
    allowed = "true" if is_true(value_of(cors, "allowCredentials")) else "false"
    listed = "".join(f"<origin>{origin}</origin>" for origin in origins)
    methods = "".join(f"<method>{text_of(item)}</method>" for item in items_of(value_of(cors, "allowedMethods")))
    at = (value_of(cors, "allowedOrigins") or cors).at
    text = (
        f'<policies><inbound><cors allow-credentials="{allowed}"><allowed-origins>{listed}</allowed-origins>'
        f"<allowed-methods>{methods}</allowed-methods></cors></inbound></policies>"
    )
    return Literal(text, Span(at.path, at.start_line, at.start_column, at.start_line, at.end_column))


def _stack(value: Value) -> Value:
    """`nodejs18` or `nodejs18.x` as the platform spells it, `node|18`."""
    text = text_of(value)
    if text is None:
        return value
    name = text.rstrip("0123456789.x")
    version = text[len(name) :].removesuffix(".x")
    return Literal(f"{'node' if name.startswith('node') else name}|{version}", value.at)


def _function(service: Service, function: Declared) -> None:
    at = function.at
    events = [event for event in function.events if event.kind in _TRIGGERS]
    bindings = [_binding(event) for event in events]
    bindings.extend(_output(event) for event in events if event.kind == "http")
    config = Shape(at).put("bindings", Items(bindings, at))
    handler = function.entry("handler")
    if handler is not None and isinstance(handler.value, Literal):
        stem, _, name = (text_of(handler.value) or "").rpartition(".")
        suffix = ".py" if (text_of(service.get("runtime")) or "").startswith("python") else ".js"
        config.put("scriptFile", Literal(f"{stem or name}{suffix}", handler.value.at), handler.key_at)
        if stem:
            config.put("entryPoint", Literal(name, handler.value.at), handler.key_at)
    shape = Shape(at).put("name", Reference(APP, "name", at)).put("properties", fields(at, config=config.fields()))
    service.add("Microsoft.Web/sites/functions", function.key, shape, name=function.name, at=at, implied_by=APP)


def _binding(event: Event) -> Value:
    """One trigger; its settings stand below its kind, or beside it in `x-azure-settings`."""
    said = value_of(event.value, event.kind) or event.value
    described = fields_of(value_of(event.value, AZURE_SETTINGS) or said)
    shape = (
        Shape(event.at)
        .put("type", _TRIGGERS.get(event.kind, f"{event.kind}Trigger"))
        .put("direction", "in")
        .put("name", "req" if event.kind == "http" else "item")
    )
    for name, entry in described.entries.items() if described is not None else ():
        if is_set(entry.value):
            shape.take(name, entry)
    own = value_of(event.value, event.kind) if fields_of(event.value) is not None else event.value
    if own is not None and fields_of(own) is None and not is_true(own) and event.kind != "http":
        shape.put({"timer": "schedule", "queue": "queueName", "blob": "path"}.get(event.kind, "name"), own)
    return shape.fields()


def _output(event: Event) -> Fields:
    return fields(event.at, type="http", direction="out", name="res")
