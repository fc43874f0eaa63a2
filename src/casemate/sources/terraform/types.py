"""Type constraints of variables: only what changes a value, which is `optional(type, default)` and sets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import Absent, Cases, Entry, Fields, Items, Value
from casemate.sources.syntax.hcl_nodes import Call, ListOf, Lit, MapOf, Node
from casemate.sources.terraform import functions

if TYPE_CHECKING:
    from casemate.sources.terraform.expressions import Evaluator, Scope


def conform(value: Value, type_: Node, evaluator: Evaluator, scope: Scope) -> Value:
    """`value` as the type constraint has it.

    Source: Terraform documentation, "Type Constraints", "Optional Object Type Attributes".
    """
    if not isinstance(type_, Call) or not type_.arguments:
        return value
    inner = type_.arguments[0]
    match type_.name, value:
        case _, Cases(cases=cases):
            return Cases([(words, conform(case, type_, evaluator, scope)) for words, case in cases], value.at)
        case "optional", _:
            return conform(value, inner, evaluator, scope)
        case "object", Fields() if isinstance(inner, MapOf):
            return _object(value, inner, evaluator, scope)
        case ("map", Fields(entries=entries)) if isinstance(inner, Call):
            return Fields(
                {
                    key: Entry(entry.key_at, conform(entry.value, inner, evaluator, scope))
                    for key, entry in entries.items()
                },
                value.at,
            )
        case ("list" | "set", Items(items=items)):
            kept = (
                Items([conform(item, inner, evaluator, scope) for item in items], value.at)
                if isinstance(inner, Call)
                else value
            )
            return functions.call("toset", [kept], value.at) if type_.name == "set" else kept
        case "tuple", Items(items=items) if isinstance(inner, ListOf) and len(inner.items) == len(items):
            return Items(
                [conform(item, kind, evaluator, scope) for item, kind in zip(items, inner.items, strict=True)], value.at
            )
        case _:
            return value


def _object(value: Fields, shape: MapOf, evaluator: Evaluator, scope: Scope) -> Fields:
    entries: dict[str, Entry] = {}
    for key, kind in shape.entries:
        name = key.value if isinstance(key, Lit) and isinstance(key.value, str) else ""
        given = value.entries.get(name)
        is_optional = isinstance(kind, Call) and kind.name == "optional"
        if given is not None and not (is_optional and isinstance(given.value, Absent)):
            entries[name] = Entry(given.key_at, conform(given.value, kind, evaluator, scope))
        elif isinstance(kind, Call) and is_optional:
            default = evaluator.evaluate(kind.arguments[1], scope) if len(kind.arguments) > 1 else Absent(value.at)
            entries[name] = Entry(value.at, conform(default, kind, evaluator, scope))
    return Fields(entries, value.at)
