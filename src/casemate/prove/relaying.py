"""What one function was seen to write, as the event that the next one gets: by the rules of the flows across functions.

The parameters of the recorded call of an SDK are values that are known, so everything that the analysis knows of
channels holds for them: which queue, topic, bus, bucket, table or stream is named, whether the role may write there,
what the filters of the trigger let through, and what things hand on to each other in between. Nothing is delivered
that these would cut. Sources: the same as of `casemate.analysis.flow`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from casemate.analysis.flow.channels import get
from casemate.analysis.flow.deliveries import Deliveries
from casemate.analysis.flow.filters import admits, transformed
from casemate.analysis.flow.payload import segments, select
from casemate.analysis.flow.points import FED, Points
from casemate.prove.entering import standing_for
from casemate.prove.events import Doc, event_for, place
from casemate.prove.observing import own, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from casemate.analysis.code.facts import CodeFacts, Rendered, SdkCall
    from casemate.analysis.flow.deliveries import Delivery
    from casemate.analysis.flow.linking import Links
    from casemate.analysis.system import System
    from casemate.model.function import Function
    from casemate.prove.events import Node, Path
    from casemate.prove.observing import Hit

MAX_DEPTH = 12
MAX_ARRIVALS = 4
_STORED = re.compile(r"stored:(.+):(\d+)((?:\.[^:]*)?)")
_IN_RECORDS = frozenset({"queue", "topic", "bucket", "table", "stream"})
_UNDECLARED = "casemate-default"
_POSITIONS = {"upload_file": ("Filename", "Bucket", "Key"), "upload_fileobj": ("Fileobj", "Bucket", "Key")}
"""Calls of boto3 that take their parameters by position (boto3 reference, "S3 customization reference")."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What the next function meets: `event`, the tree of its event; or `stored`, the text that a read gives back."""

    event: Node = None
    stored: str | None = None


@dataclass(frozen=True, slots=True)
class Between:
    """Two functions of a way: `writer` calls `call`, `reader` gets it. `keys`: of the data, as it comes in there."""

    writer: Function
    entry: CodeFacts
    call: SdkCall
    reader: Function
    reading: CodeFacts
    keys: tuple[str, ...]


def arrivals(hit: Hit, between: Between, system: System, links: Links) -> list[Arrival]:
    """What arrives of one recorded call, nothing where it went elsewhere or was filtered."""
    variables = {one.name: standing_for(one.name) for one in between.writer.environment}
    call = replace(between.call, parameters=parameters_of(hit, between.call, variables), sources=())
    facts = {
        between.writer.id: [replace(between.entry, calls=(call,), returned=None)],
        between.reader.id: [replace(between.reading, calls=())],
    }
    deliveries = Deliveries(system, links, facts)
    points = Points(system, links, deliveries, facts)
    found = list(_triggered(between, system, deliveries, points))
    found += [Arrival(_called_with(one)) for one in deliveries.at(between.reader.id) if one.reaches]
    found += _read(between, links, deliveries)
    return [one for one in found if one.event is not None or one.stored is not None][:MAX_ARRIVALS]


def _triggered(between: Between, system: System, deliveries: Deliveries, points: Points) -> Iterator[Arrival]:
    for trigger in system.triggers_of(between.reader):
        source = points.source(trigger) if trigger.kind in FED else None
        for delivery in deliveries.at(source) if source is not None else ():
            if not delivery.reaches or not admits(trigger, delivery.event, ()):
                continue
            event = transformed(trigger, delivery.event)
            if event is not None:
                yield Arrival(wrapped(trigger.kind, value_of(event)))


def _called_with(delivery: Delivery) -> Node:
    value = value_of(delivery.event)
    return _document(value) if isinstance(value, str) else value


def _read(between: Between, links: Links, deliveries: Deliveries) -> Iterator[Arrival]:
    """What the reader's own call gives back of it."""
    for key in between.keys:
        match = _STORED.fullmatch(key)
        for call in between.reading.calls if match is not None else ():
            assert match is not None  # noqa: S101 - the loop is empty else
            if call.key != f"{match[1]}:{match[2]}":
                continue
            found = get(call.service, call.operation, call.parameters, segments(match[3]))
            if found is None:
                continue
            for source, _ in links.resources(between.reader, found.kind, found.resource, found.action):
                if links.allowed(between.reader, found.action, source) == "no":
                    continue
                for delivery in deliveries.at(source):
                    value = value_of(select(delivery.kept, found.path)) if delivery.reaches else None
                    if value is not None:
                        yield Arrival(stored=value if isinstance(value, str) else json.dumps(value))


# -- parameters
def parameters_of(hit: Hit, call: SdkCall, variables: Mapping[str, str]) -> dict[str, Rendered]:
    """The parameters as they were seen; those that the call does not show (of a table object) as they are known."""
    seen: dict[str, Any] = {}
    names = _POSITIONS.get(_spelled(call), ())
    for name, value in hit.arguments():
        if name.isdigit() and int(name) < len(names):
            seen[names[int(name)]] = value
        elif name.isdigit() or name.startswith("*"):
            for inner in own(value):
                seen.update(inner)
        else:
            seen[name] = value
    made: dict[str, Rendered] = {}
    for name in dict.fromkeys((*call.parameters, *seen)):
        concrete = _concrete(seen[name], variables, 0) if name in seen else None
        made[name] = call.parameters.get(name, {}) if concrete is None else concrete
    return made


def _spelled(call: SdkCall) -> str:
    return call.operation if "_" in call.operation else re.sub(r"(?<!^)(?=[A-Z])", "_", call.operation).lower()


def _concrete(value: Any, variables: Mapping[str, str], depth: int) -> Rendered | None:  # noqa: ANN401 - any JSON
    """A value that was seen, as a payload; None for what a stand-in gave, which is known better without it."""
    if isinstance(value, dict) and depth < MAX_DEPTH:
        if "stub" in value:
            return None
        if isinstance(value.get("map"), dict):
            return {"map": {name: _concrete(one, variables, depth + 1) or {} for name, one in value["map"].items()}}
        if isinstance(value.get("list"), list):
            return {"list": [_concrete(one, variables, depth + 1) or {} for one in value["list"]]}
        value = text_of(value)
    if not isinstance(value, str):
        return None if value is None or isinstance(value, dict) else {"const": value}
    if value == _UNDECLARED:
        return None
    held = [(text, name) for name, text in variables.items() if text in value]
    if not held:
        return {"const": value}
    text, name = max(held)
    if text == value:
        return {"env": name}
    before, _, after = value.partition(text)
    return {"text": [{"const": before}, {"env": name}, {"const": after}]}


# -- events
def value_of(node: Rendered | None, depth: int = 0) -> Any:  # noqa: ANN401 - any JSON
    """A payload that is known, as JSON; None for what is not."""
    if node is None or depth > MAX_DEPTH:
        return None
    if "const" in node:
        return node["const"]
    if "json" in node:
        return json.dumps(value_of(node["json"], depth + 1))
    if "any" in node:
        return next((one for option in node["any"] if (one := value_of(option, depth + 1)) is not None), None)
    if "text" in node:
        return "".join(str(value_of(part, depth + 1) or "") for part in node["text"])
    if "env" in node:
        return standing_for(node["env"])
    if "list" in node:
        items = [*node["list"], *([node["rest"]] if "rest" in node else [])]
        return [value_of(item, depth + 1) for item in items]
    if "map" in node:
        fields = {name: value_of(one, depth + 1) for name, one in node["map"].items()}
        return {name: one for name, one in fields.items() if one is not None}
    return None


def wrapped(kind: str, value: Any) -> Node:  # noqa: ANN401 - any JSON
    """What arrives, in the event that the trigger makes of it; None where nothing is known of it."""
    if value is None or value == {}:
        return None
    tree: dict[str, Node] = {"event": event_for((kind,))}
    if kind == "bus" and isinstance(value, dict):
        value = {**value, "detail": _document(value.get("detail"))}
    if kind == "table" and isinstance(value, dict):
        images = value.get("dynamodb")
        value = {"dynamodb": {name: {key: _typed(one) for key, one in image.items()}
                              for name, image in images.items() if isinstance(image, dict)}
                 if isinstance(images, dict) else {}}  # fmt: skip
    if kind in _IN_RECORDS:
        _fill(tree, ("event", "Records", "0"), tree["event"]["Records"][0], value)
    elif isinstance(value, dict) and kind == "bus":
        _fill(tree, ("event",), tree["event"], value)
    else:
        tree["event"] = value
    return tree["event"]


def _fill(tree: Node, path: Path, known: Node, value: object) -> None:
    """Put a value in the place of what is known there, field by field; a document that is no map stands as it is."""
    if isinstance(known, dict) and isinstance(value, dict) and len(path) < MAX_DEPTH:
        for name, one in value.items():
            _fill(tree, (*path, name), known.get(name), one)
    elif (
        isinstance(known, Doc) and isinstance(value, dict) and "Message" in value
    ):  # a notification inside of a message
        place(tree, path, {"Type": "Notification", "MessageId": "1", **value})
    else:
        place(tree, path, value)


def _document(value: object) -> object:
    """What a text says, where it is JSON."""
    if isinstance(value, str):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def _typed(value: object, depth: int = 0) -> object:
    """A value of an item with its type descriptor (DynamoDB API reference, AttributeValue)."""
    if value is None or depth > MAX_DEPTH:
        return {"NULL": True}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, (int, float)):
        return {"N": str(value)}
    if isinstance(value, list):
        return {"L": [_typed(one, depth + 1) for one in value]}
    if isinstance(value, dict):
        return {"M": {str(key): _typed(one, depth + 1) for key, one in value.items()}}
    return {"S": str(value)}


def shown(texts: Sequence[str]) -> str:
    """`a, b and c`."""
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"
