"""The Amazon States Language: what states call, which failures nobody catches, which waits never end.

Source: Step Functions Developer Guide, "Using Amazon States Language to define Step Functions workflows" and "Service
integration patterns".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.inventory.aws.embedded import tree
from casemate.inventory.aws.linking import function_link, linked
from casemate.model.record import dataclass, field
from casemate.model.value import Cases, Entry, Fields, Items, Literal, Reference, Text, Value, display

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from casemate.inventory.context import Context
    from casemate.model.entity import Link
    from casemate.model.location import Span

MAX_STATES = 5_000
"""States that are looked at; a definition of 1 MiB, the service's limit, holds fewer."""
MAX_NESTING = 50

_TOKEN = re.compile(r"\$\{([A-Za-z0-9_]+)\}")
_WAITS = (".sync", ".waitForTaskToken")
_LIMITS = ("TimeoutSeconds", "TimeoutSecondsPath", "HeartbeatSeconds", "HeartbeatSecondsPath")
_TARGETS = frozenset({
    "FunctionName", "StateMachineArn", "QueueUrl", "TopicArn", "TableName", "EventBusName", "Bucket", "BucketName",
    "Cluster", "TaskDefinition", "JobDefinition", "JobQueue", "JobName", "ProjectName", "ActivityArn", "StreamName",
    "DeliveryStreamName", "SecretId", "ApiEndpoint", "ConnectionArn", "CrawlerName", "TargetArn", "ResourceArn",
    "FileSystemId", "DBInstanceIdentifier",
})  # fmt: skip
"""Parameters of service integrations that name what is called."""


@dataclass(slots=True)
class States:
    """What was found. `uncaught`, `endless`: (state, place of its name)."""

    invokes: list[Link] = field(default_factory=list)
    uncaught: list[tuple[str, Span]] = field(default_factory=list)
    endless: list[tuple[str, Span]] = field(default_factory=list)
    seen: int = 0


def definition(value: Value | None, substitutions: Mapping[str, Value]) -> Value | None:
    """The definition as a map, with `DefinitionSubstitutions` put in; None when it is not known or not JSON."""
    if value is None:
        return None
    parsed = tree(_substituted(value, substitutions) if substitutions else value)
    return parsed if isinstance(parsed, Fields | Cases) else None


def _substituted(value: Value, table: Mapping[str, Value]) -> Value:
    match value:
        case Literal(value=str(text)) if "${" in text:
            parts = list(_pieces(text, value.at, table))
            return parts[0] if len(parts) == 1 else Text(parts, value.at)
        case Text(parts=parts_):
            return Text([piece for part in parts_ for piece in _flat(_substituted(part, table))], value.at)
        case Fields(entries=entries):
            filled = {key: Entry(entry.key_at, _substituted(entry.value, table)) for key, entry in entries.items()}
            return Fields(filled, value.at)
        case Items(items=items):
            return Items([_substituted(item, table) for item in items], value.at)
        case Cases(cases=cases):
            return Cases([(words, _substituted(case, table)) for words, case in cases], value.at)
        case _:
            return value


def _flat(value: Value) -> tuple[Value, ...]:
    return tuple(value.parts) if isinstance(value, Text) else (value,)


def _pieces(text: str, at: Span, table: Mapping[str, Value]) -> Iterator[Value]:
    last = 0
    for match in _TOKEN.finditer(text):
        given = table.get(match[1])
        if given is None:
            continue
        if match.start() > last:
            yield Literal(text[last : match.start()], at)
        yield from _flat(Literal(display(given), at) if isinstance(given, Literal) else given)
        last = match.end()
    if last < len(text) or not text:
        yield Literal(text[last:], at)


def examine(machine: Value | None, context: Context) -> States:
    """Everything about the states of a definition, over all of its cases, nested states included."""
    found = States()
    for _, option in machine.options() if machine is not None else ():
        if isinstance(option, Fields):
            bounded = option.get("TimeoutSeconds") is not None
            _walk(option, context, found, caught=False, bounded=bounded, depth=0)
    found.invokes = list({(link.text, link.target): link for link in found.invokes}.values())
    return found


def _walk(machine: Fields, context: Context, found: States, *, caught: bool, bounded: bool, depth: int) -> None:
    states = machine.get("States")
    if not isinstance(states, Fields) or depth > MAX_NESTING:
        return
    for name, entry in states.entries.items():
        state = entry.value
        found.seen += 1
        if found.seen > MAX_STATES:
            return
        if not isinstance(state, Fields):
            continue
        covered = caught or isinstance(state.get("Catch"), Items)
        kind = display(state.get("Type") or Literal("", state.at))
        if kind == "Task":
            _task(name, entry, state, context, found, caught=covered, bounded=bounded)
        for inner in _inner(state):
            limited = bounded or state.get("TimeoutSeconds") is not None
            _walk(inner, context, found, caught=covered, bounded=limited, depth=depth + 1)


def _inner(state: Fields) -> Iterator[Fields]:
    """The machines inside of a `Parallel` or `Map` state."""
    branches = state.get("Branches")
    for branch in branches.items if isinstance(branches, Items) else ():
        if isinstance(branch, Fields):
            yield branch
    for key in ("ItemProcessor", "Iterator"):
        processor = state.get(key)
        if isinstance(processor, Fields):
            yield processor


def _task(
    name: str, entry: Entry, state: Fields, context: Context, found: States, *, caught: bool, bounded: bool
) -> None:
    if not caught:
        found.uncaught.append((name, entry.key_at))
    resource = state.get("Resource")
    text = display(resource) if resource is not None else ""
    if not bounded and _waits(resource, text, context) and not any(state.get(limit) is not None for limit in _LIMITS):
        found.endless.append((name, entry.key_at))
    if resource is not None and ":::" not in text:
        _link(resource, context, found, function=":activity:" not in text)
    for key in ("Parameters", "Arguments"):
        _targets(state.get(key), context, found, 0)


def _waits(resource: Value | None, text: str, context: Context) -> bool:
    """Whether the task waits for a job, a token, or a worker of an activity: up to a year unless a timeout is set."""
    if any(mark in text for mark in _WAITS) or ":activity:" in text:
        return True
    declared = context.resource(resource)
    return declared is not None and declared.type == "AWS::StepFunctions::Activity"


def _targets(value: Value | None, context: Context, found: States, depth: int) -> None:
    if depth > MAX_NESTING:
        return
    match value:
        case Fields(entries=entries):
            for key, entry in entries.items():
                if key in _TARGETS and isinstance(entry.value, Literal | Text | Reference | Cases):
                    _link(entry.value, context, found, function=key == "FunctionName")
                else:
                    _targets(entry.value, context, found, depth + 1)
        case Items(items=items):
            for item in items:
                _targets(item, context, found, depth + 1)
        case _:
            return


def _link(value: Value, context: Context, found: States, *, function: bool) -> None:
    """What is called, one link a case. Paths (`$.name`) are data of the run, not names."""
    for _, option in value.options():
        text = display(option)
        if text.startswith(("$.", "{%")) or not text:
            continue
        link = function_link(option, context) if function else None
        if link is None or link.target is None:
            link = linked(option, context)
        if link is not None:
            found.invokes.append(link)
