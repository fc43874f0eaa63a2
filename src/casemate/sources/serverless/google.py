"""A service on Google Cloud, lowered to the Terraform google provider's schema (nested blocks as lists of maps).

Source: README of serverless-google-cloudfunctions; Terraform registry, `google_cloudfunctions_function`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import Entry, Fields, Items, Literal, Reference, Value, text_of
from casemate.sources.serverless.values import Shape, entries_of, entry_of, fields, is_true, text_at

if TYPE_CHECKING:
    from casemate.sources.serverless.service import Declared, Event, Service

_FUNCTION = "google_cloudfunctions_function"


def lower(service: Service) -> None:
    """Every function; one whose callers need no account also with the binding that says so."""
    for function in service.functions.values():
        _function(service, function)


def _function(service: Service, function: Declared) -> None:
    at = function.at
    shape = (
        Shape(at).put("name", f"{service.name}-{service.stage}-{function.name}").take("name", function.entry("name"))
    )
    shape.take("entry_point", function.entry("handler")).take("runtime", service.setting(function, "runtime"))
    shape.take("timeout", service.setting(function, "timeout"), _seconds).take(
        "available_memory_mb", service.setting(function, "memorySize")
    )
    shape.take("region", service.entry("region")).take("project", service.entry("project")).take(
        "max_instances", function.entry("maxInstances")
    )
    shape.take("min_instances", function.entry("minInstances")).take(
        "service_account_email", service.setting(function, "serviceAccountEmail")
    )
    shape.take("vpc_connector", service.setting(function, "vpc")).take(
        "ingress_settings", service.setting(function, "ingressSettings")
    )
    shape.take("kms_key_name", service.setting(function, "kmsKeyName")).put("source_directory", ".")
    place = function.entry("environment") or service.entry("environment")
    if place is not None:
        below, above = entries_of(service.get("environment")), entries_of(function.get("environment"))
        shape.put("environment_variables", Fields({**dict(below), **dict(above)}, place.value.at), place.key_at)
    secrets = [_secret(name, entry) for name, entry in entries_of(function.get("secrets"))]
    if secrets:
        shape.put("secret_environment_variables", Items(secrets, at))
    for event in function.events:
        _event(shape, event)
    service.add(_FUNCTION, function.key, shape, name=function.name, at=at)
    opened = service.setting(function, "allowUnauthenticated")
    if opened is not None and is_true(opened.value):
        target = Reference(function.key, "name", opened.value.at)
        binding = fields(opened.value.at, cloud_function=target, role="roles/cloudfunctions.invoker", member="allUsers")
        service.add(
            f"{_FUNCTION}_iam_member",
            f"{function.key}Invoker",
            binding,
            name=function.name,
            at=opened.key_at,
            implied_by=function.key,
        )


def _event(shape: Shape, event: Event) -> None:
    if event.kind == "http":
        shape.put("trigger_http", Literal(value=True, at=event.at), event.at)
        shape.take("https_trigger_security_level", event.entry("securityLevel"))
    elif event.kind == "event":
        trigger = Shape(event.at).copy(event.value, event_type="eventType", resource="resource")
        policy = entry_of(event.value, "failurePolicy", "retry")
        if policy is not None:
            trigger.put(
                "failure_policy",
                Items([fields(policy.value.at, retry=Literal(value=True, at=policy.value.at))], policy.value.at),
            )
        shape.put("event_trigger", Items([trigger.fields()], event.at), event.at)


def _seconds(value: Value) -> Value:
    text = text_of(value)
    digits = (text or "").removesuffix("s")
    return Literal(int(digits), value.at) if digits.isdigit() and len(digits) < 9 else value


def _secret(name: str, entry: Entry) -> Value:
    shape = (
        Shape(entry.key_at)
        .put("key", name)
        .take("secret", entry_of(entry.value, "secret"))
        .copy(entry.value, version="version", project_id="projectId")
    )
    if text_at(entry.value, "secret") is None:
        shape.take("secret", entry)
    return shape.fields()
