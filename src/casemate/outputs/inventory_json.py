"""`casemate-inventory/1`: the inventory for machines.

Written from the dataclasses themselves, so that a field added to the model is in the document without another line
here. A secret never is: what a template writes into a variable that names a secret is told by its kind, what it
writes into a secret too, scripts are only measured, and every other string is masked by its shape.
"""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, TypeGuard

from casemate.analysis.secrets.judging import literal_secret, names_a_secret
from casemate.analysis.system import System
from casemate.model.entity import Entity, Link
from casemate.model.function import Function, Variable
from casemate.model.location import Span
from casemate.model.policy import Term
from casemate.model.resource import Resource
from casemate.model.setting import Cases, Declared, Defaulted, Setting, Unresolved
from casemate.model.value import Cases as ValueCases
from casemate.model.value import Fields, Items, Literal, Reference, Text, Unknown, Value, display
from casemate.outputs.document import document
from casemate.outputs.ordering import ordered_diagnostics, ordered_inputs
from casemate_guard.redact import mask

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from casemate.model.inventory import Edge, Inventory
    from casemate.outputs.document import Json

SCHEMA = "casemate-inventory/1"
_IDENTITY = frozenset(field.name for field in fields(Entity))
_DEEPEST = 24
"""Nesting of values beyond which nothing is told: far more than any model type has."""


def render_inventory(inventory: Inventory) -> str:
    """The document, one entity a line. Equal inventories give equal bytes."""
    system = System(inventory, date.min)  # nothing that is asked here depends on the day
    return document(
        {
            "schema": SCHEMA,
            "stacks": [
                {
                    "name": stack.name,
                    "path": stack.path,
                    "root": stack.root,
                    "dialect": stack.dialect,
                    "resources": len(stack.resources),
                }
                for stack in inventory.stacks
            ],
            "entities": [_entity(entity, system) for entity in inventory.entities()],
            "edges": [_edge(edge) for edge in inventory.edges],
            "inputs": [
                {"path": item.path, "kind": item.kind, "status": item.status, "reason": _text(item.reason)}
                for item in ordered_inputs(inventory.inputs)
            ],
            "diagnostics": [
                {
                    "code": item.code,
                    "level": item.level,
                    "message": _text(item.message),
                    "hint": _text(item.hint),
                    "location": _location(item.at),
                }
                for item in ordered_diagnostics(inventory.diagnostics)
            ],
        }
    )


def _entity(entity: Entity, system: System) -> Json:
    names = [name for name in _fields(type(entity)) if name not in _IDENTITY]
    told: dict[str, Json] = {
        "id": entity.id,
        "kind": _kebab(type(entity).__name__),
        "name": entity.name,
        "stack": entity.stack,
        "cloud": entity.cloud,
        "location": _location(entity.at),
        "resource": _resource(entity.resource),
    }
    if isinstance(entity, Function):
        told["exposure"] = system.exposure(entity)
    told["settings"] = {name: _told(name, getattr(entity, name), 0) for name in names}
    return told


def _edge(edge: Edge) -> Json:
    return {
        "source": edge.source,
        "kind": edge.kind,
        "target": edge.target,
        "label": _text(edge.label),
        "location": _location(edge.at),
    }


def _resource(resource: Resource) -> Json:
    return {
        "type": resource.type,
        "dialect": resource.dialect,
        "condition": _text(resource.condition),
        "implied_by": resource.implied_by,
    }


def _location(span: Span) -> Json:
    return {
        "path": span.path,
        "start_line": span.start_line,
        "start_column": span.start_column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }


# -- fields ------------------------------------------------------------------------------------------------------------
def _told(name: str, item: object, depth: int) -> Json:
    """One field of the model, called `name`."""
    if depth > _DEEPEST:
        return None
    match item:
        case None | bool() | int() | float():
            return item
        case str():
            return _text(item)
        case Span():
            return _location(item)
        case tuple() if _is_pair(item):
            return {"name": _text(item[0])} | _named(name, item[0], item[1], depth)
        case tuple() | list():
            return [_told(name, part, depth + 1) for part in item]
        case _:
            return _thing(name, item, depth)


def _thing(name: str, item: object, depth: int) -> Json:
    match item:
        case Setting():
            return _setting(name, item, depth)
        case Variable():
            return {"name": item.name, **_value(item.name, item.value), "location": _location(item.at)}
        case Value():
            # a script, a definition, or what a template writes into a secret
            return _value(name, item, shown=False) | {"location": _location(item.at)}
        case Resource():
            return _resource(item)
        case Link(text=text, target=target, at=at):
            return {"text": _text(text), "target": target, "location": _location(at)}
        case Term() if name == "static_keys":
            return {
                "text": item.text if item.text.startswith("${") else "[redacted:credential]",
                "location": _location(item.at),
            }
        case _ if is_dataclass(item) and not isinstance(item, type):
            return _dataclass(item, depth)
        case _:
            return _text(str(item))


def _dataclass(item: DataclassInstance, depth: int) -> Json:
    told: dict[str, Json] = {}
    for name in _fields(type(item)):
        key = "location" if name == "at" else name
        told[key] = _told(name, getattr(item, name), depth + 1)
    return told


def _is_pair(item: tuple[object, ...]) -> TypeGuard[tuple[str, object]]:
    """Whether it is one of the model's (name, thing) pairs and no list of two."""
    return (
        not isinstance(item, Span)
        and len(item) == 2
        and isinstance(item[0], str)
        and isinstance(item[1], Setting | Value | Span)
    )


def _named(field: str, name: str, item: object, depth: int) -> dict[str, Json]:
    if isinstance(item, Value):
        return _value(name, item) | {"location": _location(item.at)}
    if isinstance(item, Setting):
        return _setting(field, item, depth)
    return {"location": _told(name, item, depth)}


def _setting(name: str, setting: Setting[object], depth: int) -> dict[str, Json]:
    """`{"value"}`, `{"default", "source"}`, `{"cases"}` or `{"unresolved"}`, with the setting's own name and place."""
    place: dict[str, Json] = {"setting": setting.name, "location": _location(setting.at)}
    match setting:
        case Declared(value=value):
            hidden = isinstance(value, str) and names_a_secret(name)
            return {"value": "[redacted:value]" if hidden else _told(name, value, depth + 1)} | place
        case Defaulted(value=value, source=source):
            return {"default": _told(name, value, depth + 1), "source": source} | place
        case Cases(cases=cases) if depth < _DEEPEST:
            told: list[Json] = [{"when": _text(words)} | _setting(name, case, depth + 1) for words, case in cases]
            return {"cases": told} | place
        case Unresolved(reason=reason):
            return {"unresolved": _text(reason)} | place
        case _:
            return {"unresolved": "nested too deeply"} | place


def _value(name: str, value: Value, *, shown: bool = True, depth: int = 0) -> dict[str, Json]:
    """What is written, by kind.

    Short texts that look like no secret are told; scripts, maps and lists are only measured.
    """
    match value:
        case Literal(value=scalar):
            told: dict[str, Json] = {"kind": "literal"}
            if not shown:
                return told | ({"length": len(scalar)} if isinstance(scalar, str) and name != "value" else {})
            kind = literal_secret(name, value)
            if kind is not None or (names_a_secret(name) and isinstance(scalar, str)):
                return told | {"redacted": kind or "value of a variable that names a secret"}
            if isinstance(scalar, str) and (len(scalar) > 200 or "\n" in scalar):
                return told | {"length": len(scalar)}
            return told | {"value": _text(scalar) if isinstance(scalar, str) else scalar}
        case Reference():
            return {"kind": "reference", "text": display(value)}
        case Text():
            references: list[Json] = [display(part) for part in value.parts if isinstance(part, Reference)]
            return {"kind": "text", "references": references}
        case Unknown(reason=reason, kind=kind):
            return {"kind": "unresolved", "reason": _text(reason), "of": kind}
        case ValueCases(cases=cases) if depth < _DEEPEST:
            told_cases: list[Json] = [
                {"when": _text(words)} | _value(name, case, shown=shown, depth=depth + 1) for words, case in cases
            ]
            return {"kind": "cases", "cases": told_cases}
        case Items(items=items):
            return {"kind": "list", "length": len(items)}
        case Fields(entries=entries):
            return {"kind": "map", "length": len(entries)}
        case _:
            return {"kind": type(value).__name__.lower()}


def _fields(kind: type[DataclassInstance]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def _kebab(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()


@lru_cache(maxsize=8192)
def _mask(text: str) -> str:
    return mask(text)


def _text(text: str | None) -> str | None:
    return None if text is None else _mask(text)
