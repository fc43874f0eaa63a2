"""`count`, `for_each` and `dynamic`: how often a block exists, and what its repetition binds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from casemate.model.value import Absent, Cases, Entry, Fields, Items, Literal, Unknown, Value, display
from casemate.sources.terraform.text import without_cases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from casemate.model.location import Span
    from casemate.sources.syntax.hcl_nodes import Block
    from casemate.sources.terraform.expressions import Evaluator, Scope

MAX_INSTANCES = 100
"""More are not unrolled: one stands for all of them."""
META = frozenset({"count", "for_each", "depends_on", "provider"})
"""Arguments of a block that are Terraform's own."""

_OWN_BLOCKS = frozenset({"provisioner", "connection"})
"""Nested blocks that say what to run while applying, not what there is."""
_KEYWORDS = frozenset({"ignore_changes", "replace_triggered_by"})
"""Arguments of `lifecycle` that name arguments and are no values."""


@dataclass(frozen=True, slots=True)
class Instance:
    """One instance of a block.

    `suffix`: of its address (`[0]`, `["a"]`); `bindings`: what `each` and `count` are; `condition`: when it exists.
    """

    suffix: str
    key: Literal | None
    bindings: Mapping[str, Value]
    condition: str | None


def instances(block: Block, evaluator: Evaluator, scope: Scope, words: Callable[[Span], str]) -> list[Instance]:
    """The instances of a resource, data or module block."""
    arguments = block.body.arguments
    if "count" in arguments:
        node = arguments["count"].value
        return _counted(evaluator.evaluate(node, scope), node.at, words)
    if "for_each" in arguments:
        node = arguments["for_each"].value
        return _each(evaluator.evaluate(node, scope), node.at, words)
    return [Instance("", None, {}, None)]


def _counted(value: Value, at: Span, words: Callable[[Span], str]) -> list[Instance]:
    number = _number(value)
    if number is not None:
        if number > MAX_INSTANCES:
            return [_any_count(at, value, f"{number} times")]
        return [
            Instance(
                f"[{place}]", Literal(place, at), {"count": Fields({"index": Entry(at, Literal(place, at))}, at)}, None
            )
            for place in range(number)
        ]
    options = without_cases(value)
    if isinstance(value, Cases) and options is not None and all(_number(option) is not None for _, option in options):
        existing = [condition for condition, option in options if _number(option)]
        if not existing:
            return []
        return [
            _any_count(
                at,
                value,
                None
                if len(existing) == len(options)
                else " or ".join(condition or "otherwise" for condition in existing),
            )
        ]
    return [_any_count(at, value, f"if {words(at)} is not 0")]


def unsettled(block: Block, words: Callable[[Span], str]) -> Instance:
    """The one instance of a block that some deployments repeat 0 times and others not."""
    if "count" not in block.body.arguments:
        at = block.body.arguments["for_each"].value.at
        (found,) = _each(Unknown("for_each depends on the deployment", at, "conditional"), at, words)
        return found
    at = block.body.arguments["count"].value.at
    return _any_count(at, Unknown("count depends on the deployment", at, "conditional"), f"if {words(at)} is not 0")


def _any_count(at: Span, value: Value, condition: str | None) -> Instance:
    kind = value.kind if isinstance(value, Unknown) else "conditional"
    unknown = Unknown("count.index is not known", at, kind, "count.index")
    return Instance("", None, {"count": Fields({"index": Entry(at, unknown)}, at)}, condition)


def _number(value: Value) -> int | None:
    if isinstance(value, Literal) and not isinstance(value.value, bool):
        text = display(value)
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
    return None


def _each(value: Value, at: Span, words: Callable[[Span], str]) -> list[Instance]:
    found: dict[str, Instance] = {}
    options = without_cases(value)
    for condition, option in options or [(None, Unknown("too many alternatives", at, "conditional"))]:
        pairs = list(elements(option)) if isinstance(option, Fields | Items | Absent) else None
        if pairs is None or len(pairs) > MAX_INSTANCES or any(isinstance(key, Unknown | Cases) for key, _ in pairs):
            kind = option.kind if isinstance(option, Unknown) else "attribute"
            source = option.source if isinstance(option, Unknown) else ""
            unknown = {
                name: Entry(
                    at, Unknown(f"each.{name} is not known", at, kind, f"each.{name}" if not source else f"{source}[…]")
                )
                for name in ("key", "value")
            }
            return [Instance("", None, {"each": Fields(unknown, at)}, f"for each of {words(at)}")]
        for key, item in pairs:
            name = display(key)
            each = Fields({"key": Entry(at, key), "value": Entry(at, item)}, at)
            if name not in found:
                found[name] = Instance(f'["{name}"]', Literal(name, key.at), {"each": each}, condition)
    return list(found.values())


def elements(value: Value) -> Iterator[tuple[Value, Value]]:
    """(key, value) of each element of a map or set."""
    match value:
        case Fields(entries=entries):
            for name, entry in entries.items():
                yield Literal(name, entry.key_at), entry.value
        case Items(items=items):
            for item in items:
                if not isinstance(item, Absent):
                    yield item, item
        case _:
            return


# -- bodies ----------------------------------------------------------------------------------------------------
def evaluated_body(block: Block, evaluator: Evaluator, scope: Scope, words: Callable[[Span], str]) -> Fields:
    """The arguments and nested blocks of a block.

    Nested blocks of one kind are an `Items` of `Fields`, `dynamic` ones expanded.
    """
    entries: dict[str, Entry] = {}
    for name, argument in block.body.arguments.items():
        if name not in META and name not in _KEYWORDS:
            entries[name] = Entry(argument.key_at, evaluator.evaluate(argument.value, scope))
    nested: dict[str, tuple[Span, list[Value]]] = {}
    repeated: dict[str, list[tuple[str | None, Value]]] = {}
    for inner in block.body.blocks:
        if inner.type in _OWN_BLOCKS:
            continue
        if inner.type == "dynamic" and inner.labels:
            kind, at = inner.labels[0]
            options = list(_dynamic(kind, inner, evaluator, scope, words))
            repeated[kind] = options
            found = list(_conditional(options))
            if not found:
                continue
        else:
            kind, at = inner.type, inner.type_at
            found = [evaluated_body(inner, evaluator, scope, words)]
        nested.setdefault(kind, (at, []))[1].extend(found)
    for kind, (at, values) in nested.items():
        alone = repeated.get(kind)
        if alone is not None and len(alone) > 1 and len(values) == sum(1 for _ in _conditional(alone)):
            entries[kind] = Entry(at, Cases([(condition or "otherwise", value) for condition, value in alone], at))
        else:
            entries[kind] = Entry(at, Items(values, values[0].at))
    return Fields(entries, block.at)


def _conditional(options: list[tuple[str | None, Value]]) -> Iterator[Value]:
    """The blocks of all options, each under its condition: how they stand among other blocks of their kind."""
    for condition, value in options:
        for body in value.items if isinstance(value, Items) else ():
            yield body if condition is None else Cases([(condition, body)], body.at)


def _dynamic(
    kind: str, block: Block, evaluator: Evaluator, scope: Scope, words: Callable[[Span], str]
) -> Iterator[tuple[str | None, Value]]:
    """(condition, blocks) for each option of the collection.

    No blocks are `Absent`. A collection that is not known is one block under a condition, or an unknown number.
    """
    content = next((inner for inner in block.body.blocks if inner.type == "content"), None)
    each = block.body.arguments.get("for_each")
    if content is None or each is None:
        return
    named = block.body.arguments.get("iterator")
    iterator = words(named.value.at) if named is not None else kind
    collection = evaluator.evaluate(each.value, scope)
    place = each.value.at
    for condition, option in without_cases(collection) or [
        (None, Unknown("too many alternatives", place, "conditional"))
    ]:
        known = isinstance(option, Fields | Items | Absent)
        pairs = list(elements(option))[:MAX_INSTANCES] if known else []
        if not known:
            cause = option.kind if isinstance(option, Unknown) else "attribute"
            unknown = Unknown("an element that is not known", place, cause, f"{kind}.value")
            pairs = [(unknown, unknown)]
        bodies: list[Value] = []
        for key, value in pairs:
            bound = Fields({"key": Entry(each.key_at, key), "value": Entry(each.key_at, value)}, place)
            bodies.append(evaluated_body(content, evaluator, scope.binding({iterator: bound}), words))
        found = Items(bodies, bodies[0].at) if bodies else Absent(place)
        if known:
            yield condition, found
            continue
        written = words(place)
        yield condition or f"for each of {written}", found
        reason = f"whether {written} has elements is not known"
        yield f"no element in {written}", Unknown(reason, place, "conditional", written)
