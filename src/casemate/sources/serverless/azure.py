"""A service on Azure, lowered to ARM.

One function app, and a function with its bindings for each function of the service.

Source: README of serverless-azure-functions; Azure Functions documentation, "function.json".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import Fields, Items, Literal, Reference, Value, text_of
from casemate.sources.serverless.service import AZURE_SETTINGS, PROVIDER
from casemate.sources.serverless.values import Shape, entries_of, fields, fields_of, is_set, is_true, value_of

if TYPE_CHECKING:
    from casemate.sources.serverless.service import Declared, Event, Service

APP = "FunctionApp"
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
    bindings = [_binding(event) for event in function.events]
    bindings.extend(_output(event) for event in function.events if event.kind == "http")
    config = Shape(at).put("bindings", Items(bindings, at)).take("scriptFile", function.entry("handler"))
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
    if described is None and not is_true(event.value) and event.kind != "http":
        shape.put({"timer": "schedule", "queue": "queueName", "blob": "path"}.get(event.kind, "name"), event.value)
    return shape.fields()


def _output(event: Event) -> Fields:
    return fields(event.at, type="http", direction="out", name="res")
