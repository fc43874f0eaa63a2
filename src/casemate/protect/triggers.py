"""What starts a function, as the guard names it: the trigger shapes that its events can have.

Sources: API Gateway developer guide, "Set up Lambda proxy integrations" (payload formats); Lambda developer guide, the
page of each event source; SNS developer guide, "Message delivery" (a topic's message in a queue); EventBridge user
guide, "Input transformation" (a constant or changed input looks like a direct call).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from casemate.model.value import Fields, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.analysis.system import System
    from casemate.model.api import Route
    from casemate.model.function import Function
    from casemate.model.trigger import Trigger

_ROUTES: dict[str, tuple[str, ...]] = {
    "rest": ("http-v1",),
    "http": ("http-v2",),
    "websocket": ("websocket",),
    "graphql": ("appsync",),
    "events": ("appsync",),
    "function-url": ("function-url",),
    "azure-http": ("azure-http",),
    "google-http": ("http",),
    "load-balancer": ("alb",),
}
_TRIGGERS: dict[str, tuple[str, ...]] = {
    "bucket": ("s3",),
    "queue": ("sqs",),
    "topic": ("sns",),
    "bus": ("eventbridge",),
    "schedule": ("schedule", "eventbridge"),
    "stream": ("kinesis",),
    "table": ("dynamodb-stream",),
    "kafka": ("msk", "kafka"),
    "message-broker": ("mq-active", "mq-rabbit"),
    "user-pool": ("cognito",),
    "mail": ("ses",),
    "logs": ("cloudwatch-logs",),
    "alarm": ("cloudwatch-alarm",),
    "config": ("config",),
    "pipeline": ("codepipeline",),
    "alexa": ("alexa",),
    "custom-resource": ("cloudformation",),
}
_AZURE: dict[str, tuple[str, ...]] = {
    "queue": ("azure-queue", "azure-service-bus"),
    "topic": ("azure-service-bus", "azure-event-grid"),
    "bus": ("azure-event-grid", "azure-service-bus"),
    "stream": ("azure-event-hub",),
    "table": ("azure-cosmos-db",),
    "document-store": ("azure-cosmos-db",),
    "blob": ("azure-blob",),
    "bucket": ("azure-blob",),
    "timer": ("azure-timer",),
    "schedule": ("azure-timer",),
    "http": ("azure-http",),
    "kafka": ("kafka",),
}
_INPUTS = frozenset({"Input", "InputPath", "InputTransformer"})


@dataclass(frozen=True, slots=True)
class Shapes:
    """`names`: the triggers of the guard, sorted; `reasons`: why there may be others (empty: there are none)."""

    names: tuple[str, ...]
    reasons: tuple[str, ...]


def shapes_of(function: Function, system: System) -> Shapes:
    """The shapes of everything that the inventory knows to start the function."""
    names: set[str] = set()
    reasons: list[str] = []
    for route in system.routes_of(function):
        names.update(_of_route(route, system))
    for trigger in system.triggers_of(function):
        found, reason = _of_trigger(trigger, function, system)
        names.update(found)
        if reason is not None:
            reasons.append(reason)
    for authorizer in system.inventory.authorizers:
        if authorizer.function is not None and authorizer.function.target == function.id:
            names.update(("authorizer-token", "authorizer-request", "appsync-authorizer"))
    reasons += _callers(function, system)
    if not names and not reasons:
        reasons.append("nothing in the scanned files starts it")
    return Shapes(tuple(sorted(names)), tuple(dict.fromkeys(reasons)))


def _of_route(route: Route, system: System) -> tuple[str, ...]:
    """An HTTP API's integration may ask for the older payload format."""
    if route.kind == "http":
        version = _version(route, system)
        return ("http-v1", "http-v2") if version is None else ("http-v1",) if version.startswith("1") else ("http-v2",)
    return _ROUTES.get(route.kind, ("http",))


def _version(route: Route, system: System) -> str | None:
    stack = system.stack_of(route)
    versions = set()
    for resource in stack.resources.values() if stack is not None else ():
        if resource.type == "AWS::ApiGatewayV2::Integration":
            value = resource.properties.get("PayloadFormatVersion")
            versions.add(str(value.value) if isinstance(value, Literal) else "?")
    if not versions:
        return "2.0"  # SAM's and the console's own
    return next(iter(versions)) if len(versions) == 1 and "?" not in versions else None


def _of_trigger(trigger: Trigger, function: Function, system: System) -> tuple[tuple[str, ...], str | None]:
    where = f"{trigger.at.path}:{trigger.at.start_line}"
    table = _AZURE if function.cloud == "azure" else _TRIGGERS
    if function.cloud == "google":
        return ("google-cloudevent", "google-event", "google-pubsub-push"), None
    names = table.get(trigger.kind)
    if names is None:
        return (), f"{where}: events of the kind {trigger.kind} look like a direct call"
    if trigger.kind == "queue" and function.cloud == "aws" and _is_subscribed(trigger, system):
        names = ("sqs", "sns-in-sqs")
    if trigger.kind in {"schedule", "bus", "alarm"} and _changes_input(trigger):
        return names, f"{where}: its input is written in the template and looks like a direct call"
    return names, None


def _is_subscribed(trigger: Trigger, system: System) -> bool:
    """Whether topics may write into the queue: some subscription of the stack is for queues."""
    stack = system.stack_of(trigger)
    return any(
        isinstance(protocol := resource.properties.get("Protocol"), Literal) and protocol.value == "sqs"
        for resource in (stack.resources.values() if stack is not None else ())
        if resource.type == "AWS::SNS::Subscription"
    )


def _changes_input(trigger: Trigger) -> bool:
    pending = [trigger.resource.properties]
    while pending:
        for name, entry in pending.pop().entries.items():
            if name in _INPUTS:
                return True
            values = getattr(entry.value, "items", [entry.value])
            pending += [one for one in values if isinstance(one, Fields)]
    return False


def _callers(function: Function, system: System) -> Iterator[str]:
    """Who may call it directly: functions and state machines of the system, and others by its own policy."""
    for edge in system.inventory.edges_to(function.id, "invokes"):
        yield f"{edge.at.path}:{edge.at.start_line}: it is called directly"
    for policy in system.policies_of(function):
        for statement in policy.statements:
            services = [one for one in statement.principals if one.type == "Service"]
            if statement.effect == "Allow" and len(services) < len(statement.principals):
                yield f"{policy.at.path}:{policy.at.start_line}: its policy lets others call it"
