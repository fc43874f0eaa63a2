"""Whether a trigger's filters let a payload through, and whether they leave an attacker any choice.

Patterns of EventBridge, of event source mappings and of pipes share one syntax; SNS filter policies have the same one
for values. Sources: EventBridge user guide, "Amazon EventBridge event patterns"; Lambda developer guide, "Control which
events Lambda sends to your function"; SNS developer guide, "Amazon SNS subscription filter policies"; S3 user guide,
"Configuring event notifications using object key name filtering".

A filter cuts a flow only where that is certain: what is not known passes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.flow.payload import ANY, Path, either, marks_in, select, texts
from casemate.inventory.aws.embedded import tree
from casemate.model.value import Fields, Items, Literal, Text, Value, display, references

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.analysis.code.facts import Rendered
    from casemate.model.trigger import Trigger

_MAX_DEPTH = 20


def find(value: Value | None, *names: str) -> Value | None:
    """A value deep in maps, with JSON texts on the way read."""
    for name in names:
        value = tree(value)
        value = value.get(name) if isinstance(value, Fields) else None
    return value


def _items(value: Value | None) -> tuple[Value, ...]:
    value = tree(value) if value is not None else None
    return tuple(value.items) if isinstance(value, Items) else ()


def admits(trigger: Trigger, event: Rendered, path: Path) -> bool:
    """Whether a payload (as `Put.event`) may start the function, and an attacker may choose what is at `path` in it."""
    if trigger.enabled.always(lambda on: not on):
        return False
    if trigger.kind == "bucket":
        keys = texts(select(event, ("s3", "object", "key")))
        return all(_key_passes(keys, rule) for rule in trigger.filters)
    if trigger.resource.type == "AWS::SNS::Subscription":
        return _subscribed(trigger, event, path)
    patterns = list(_patterns(trigger))
    if trigger.kind == "stream":
        event, path = select(event, ("kinesis",)) or {}, path[1:] if path[:1] == ("kinesis",) else path
    return not patterns or any(passes(one, event) and not _settled(one, path) for one in patterns)


def takes_own_events(trigger: Trigger) -> bool:
    """Whether the pattern of a rule takes only events of named sources that are none of AWS's."""
    sources = [find(pattern, "source") for pattern in _patterns(trigger)]
    listed = [one for source in sources for one in _items(source)]
    return bool(listed) and all(isinstance(one, Literal) and not display(one).startswith("aws.") for one in listed)


def _patterns(trigger: Trigger) -> Iterator[Value]:
    properties = trigger.resource.properties
    pattern = tree(properties.get("EventPattern")) if trigger.resource.type == "AWS::Events::Rule" else None
    if pattern is not None:
        yield pattern
    for names in (("FilterCriteria", "Filters"), ("SourceParameters", "FilterCriteria", "Filters")):
        for one in _items(find(properties, *names)):
            found = tree(find(one, "Pattern"))
            if found is not None:
                yield found


# -- keys of objects
def _key_passes(keys: list[str] | None, rule: str) -> bool:
    """`prefix=uploads/` or `suffix=.jpg` on the key of an object."""
    name, _, wanted = rule.partition("=")
    if keys is None or "${" in wanted:
        return True
    return any(starts(key, wanted) if name == "prefix" else ends(key, wanted) for key in keys)


def starts(text: str, prefix: str) -> bool:
    """Whether a text (`*`: anything) may begin so."""
    head, star, _ = text.partition("*")
    return head.startswith(prefix) or (bool(star) and prefix.startswith(head))


def ends(text: str, suffix: str) -> bool:
    """Whether a text (`*`: anything) may end so."""
    return starts(text[::-1], suffix[::-1])


def may_equal(text: str, other: str) -> bool:
    """Whether two texts (`*`: anything) may be the same: exact where one of them is written out."""
    if "*" in text and "*" in other:
        return starts(text, other.partition("*")[0]) and ends(text, other.rpartition("*")[2])
    pattern, plain = (text, other) if "*" in text else (other, text)
    pieces = pattern.split("*")
    if len(pieces) == 1:
        return pattern == plain
    if not plain.startswith(pieces[0]) or not plain.endswith(pieces[-1]):
        return False
    place = len(pieces[0])
    for piece in pieces[1:-1]:
        place = plain.find(piece, place)
        if place < 0:
            return False
        place += len(piece)
    return place <= len(plain) - len(pieces[-1])


# -- patterns
def passes(pattern: Value, node: Rendered | None, depth: int = 0) -> bool:
    """Whether a payload may match a pattern: every name must, one of its alternatives may."""
    if depth > _MAX_DEPTH or not isinstance(pattern, Fields):
        return True
    for name, entry in pattern.entries.items():
        if name == "source" and depth == 0 and _is_reserved(entry.value):
            return False
        if name == "$or":
            if not any(passes(option, node, depth + 1) for option in _items(entry.value)):
                return False
            continue
        if depth == 0 and node is not None and name not in node.get("map", {name}):
            continue  # what the service adds to the event
        inner = _beneath(node, name)
        if isinstance(entry.value, Fields):
            if inner is None or not passes(entry.value, inner, depth + 1):
                return False
        elif isinstance(entry.value, Items) and not any(_one(option, inner) for option in entry.value.items):
            return False
    return True


def _is_reserved(value: Value) -> bool:
    """Whether only events of AWS itself match: nobody else may put events with such a source (`PutEvents`)."""
    listed = _items(value)
    return bool(listed) and all(isinstance(one, Literal) and display(one).startswith("aws.") for one in listed)


def _beneath(node: Rendered | None, name: str) -> Rendered | None:
    """A field of a payload; an item's type descriptors were taken off, so that they are what they describe."""
    if node is None:
        return None
    found = select(node, (name,))
    if found is None and name in {"S", "N", "B", "BOOL", "NULL", "SS", "NS", "M", "L"}:
        return node
    if found is None and not _is_detailed(node):
        return {}
    return found


def _is_detailed(node: Rendered) -> bool:
    """Whether the fields of a payload are known."""
    if "json" in node:
        return _is_detailed(node["json"])
    if "any" in node:
        return all(_is_detailed(option) for option in node["any"])
    return "map" in node or "list" in node or "const" in node


def _one(option: Value, node: Rendered | None) -> bool:
    if isinstance(option, Fields):
        return _tested(option, node)
    if node is None:
        return False
    found = texts(node)
    if found is None or isinstance(option, Text) or not isinstance(option, Literal):
        return True
    wanted = display(option)
    return any(may_equal(text, wanted) for text in found)


def _tested(test: Fields, node: Rendered | None) -> bool:
    for name, entry in test.entries.items():
        if name == "exists":
            there = isinstance(entry.value, Literal) and entry.value.value is True
            return there == (node is not None)
        if node is None:
            return False
        found = texts(node)
        if found is None:
            return True
        wanted = entry.value
        if name == "anything-but":
            listed = {display(one) for one in (_items(wanted) or (wanted,)) if isinstance(one, Literal)}
            return any(text not in listed for text in found)
        if isinstance(wanted, Literal) and name in {"prefix", "suffix"}:
            compare = starts if name == "prefix" else ends
            return any(compare(text, display(wanted)) for text in found)
        if isinstance(wanted, Literal) and name == "equals-ignore-case":
            return any(may_equal(text.lower(), display(wanted).lower()) for text in found)
        if isinstance(wanted, Literal) and name == "wildcard":
            return any(may_equal(text, display(wanted)) for text in found)
    return True


def _settled(pattern: Value, path: Path) -> bool:
    """Whether the pattern leaves only written-out values at `path`."""
    value: Value | None = pattern
    for name in path:
        if not isinstance(value, Fields) or name == ANY:
            return False
        value = value.get(name)
    if isinstance(value, Fields):
        return any(_settled(entry.value, ()) for name, entry in value.entries.items() if name in {"S", "N", "B"})
    return isinstance(value, Items) and bool(value.items) and all(isinstance(one, Literal) for one in value.items)


# -- topics
def _subscribed(trigger: Trigger, event: Rendered, path: Path) -> bool:
    properties = trigger.resource.properties
    policy = tree(properties.get("FilterPolicy"))
    if not isinstance(policy, Fields):
        return True
    return subscribed(properties, policy, select(event, ("Sns",)) or {}, path[1:] if path[:1] == ("Sns",) else path)


def subscribed(properties: Fields, policy: Fields, message: Rendered, path: Path = ()) -> bool:
    """Whether a notification passes a subscription's filter policy."""
    scope = display(properties.get("FilterPolicyScope") or Literal("MessageAttributes", policy.at))
    if scope == "MessageBody":
        body = select(message, ("Message",))
        inside = path[1:] if path[:1] == ("Message",) else ()
        return passes(policy, body, 1) and not (bool(inside) and _settled(policy, inside))
    attributes = select(message, ("MessageAttributes",))
    for name, entry in policy.entries.items():
        given = select(attributes, (name, "Value"))
        if given is None and attributes is not None and not _is_detailed(attributes):
            given = {}
        if isinstance(entry.value, Items) and not any(_one(option, given) for option in entry.value.items):
            return False
    return True


# -- targets of rules
def transformed(trigger: Trigger, event: Rendered) -> Rendered | None:
    """The event as a rule's target gets it: `Input`, `InputPath` and `InputTransformer` change it."""
    if trigger.resource.type != "AWS::Events::Rule":
        return event
    for target in _items(trigger.resource.properties.get("Targets")):
        if not isinstance(target, Fields) or not _is_target(target, trigger):
            continue
        return aimed(target, event)
    return event


def aimed(target: Fields, event: Rendered) -> Rendered | None:
    """What one target of a rule gets."""
    if target.get("Input") is not None:
        return None
    place = target.get("InputPath")
    if isinstance(place, Literal):
        return select(event, json_path(display(place)) or ())
    transformer = target.get("InputTransformer")
    if isinstance(transformer, Fields):
        paths = tree(transformer.get("InputPathsMap"))
        if isinstance(paths, Fields):
            used = [select(event, json_path(display(one.value)) or ()) for one in paths.entries.values()]
            marks = [mark for one in used for mark in marks_in(one)]
            return {"from": marks} if marks else None
    return event


def _is_target(target: Fields, trigger: Trigger) -> bool:
    arn = target.get("Arn")
    stack = trigger.stack
    return arn is not None and any(f"{stack}#{one.target}" == trigger.function.target for one in references(arn))


def json_path(text: str) -> Path | None:
    """The names in a simple JSON path (`$.detail.items[0].name`), None for anything else."""
    from casemate.analysis.flow.payload import segments

    if not text.startswith("$") or text.startswith("$$") or len(text) > 500:
        return None
    return segments(text[1:])


__all__ = ["admits", "aimed", "either", "find", "json_path", "may_equal", "passes", "subscribed",
           "takes_own_events", "transformed"]  # fmt: skip
