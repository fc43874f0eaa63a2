"""Objects of declared types in C#: what a cast, a deserialiser or a binder makes of data.

Source: C# language reference, "Type-testing operators and cast expressions"; System.Text.Json and Json.NET, "How to
read JSON as .NET objects": a number of the type is a number, whatever the document says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.joining import unknown
from casemate.analysis.code.values import UNKNOWN, Class, Closure, Const, Instance, Thing, Value

if TYPE_CHECKING:
    from casemate.analysis.code.interpret.machine import Frame, Machine
    from casemate.analysis.code.labels import Taint

NUMBERS = frozenset({
    "int", "long", "short", "byte", "uint", "ulong", "double", "float", "decimal", "bool", "char", "Guid", "DateTime",
    "DateTimeOffset", "TimeSpan", "DateOnly", "TimeOnly", "Int32", "Int64", "Boolean", "Double", "Decimal", "ushort",
})  # fmt: skip
"""Types of which no value is a text that does harm."""


_OWN = frozenset({"responseurl", "requesttype", "stackid", "requestid", "logicalresourceid", "physicalresourceid"})
"""Fields that CloudFormation fills in for a custom resource (AWS CloudFormation, "Custom resource request objects")."""


def bare(written: str | None) -> str:
    """A type without `?` and its namespace."""
    return (written or "").strip().rstrip("?").strip().rpartition(".")[2]


def cast(machine: Machine, type_: str, value: Value, frame: Frame) -> Value:
    """`(Type)value`, `value as Type`, `Deserialize<Type>(value)`."""
    from casemate.analysis.code.interpret.expressions import name_value

    name = bare(type_)
    if name in NUMBERS:
        return value if isinstance(value, Const) else unknown(sort="int")
    if not isinstance(value, Thing) or not value.taint or not name[:1].isupper():
        return value
    found = name_value(machine, name, frame)
    return document(found, value.taint) if isinstance(found, Class) else value


def document(cls: Class, taint: Taint) -> Instance:
    """An object whose fields an attacker fills in, as far as their types let them."""
    made = Instance(cls)
    made.taint = taint
    _fill(cls, made, taint, 0)
    return made


def _fill(cls: Class, made: Instance, taint: Taint, depth: int) -> None:
    from casemate.analysis.code.interpret.inlining import MAX_FIELDS
    from casemate.analysis.code.labels import Label, Origin

    for base in cls.bases:
        if isinstance(base, Class) and depth < 8:
            _fill(base, made, taint, depth + 1)
    constructor = cls.fields.get("constructor")
    typed = dict(cls.types)
    if isinstance(constructor, Closure):
        typed.update({one.name: one.type or "" for one in constructor.function.parameters})
    for name, written in list(typed.items())[:MAX_FIELDS]:
        if name.lower() in _OWN:
            made.fields[name] = UNKNOWN
            continue
        if bare(written) in NUMBERS:
            made.fields[name] = unknown(sort="int")
            continue
        own = tuple(
            Label(Origin(f"{one.origin.key}.{name}", one.origin.what, one.origin.kind), one.trace, cured=one.cured,
                  quoted=one.quoted, form=one.form, sure=one.sure) for one in taint
        )  # fmt: skip
        made.fields[name] = unknown(own, "str" if bare(written) in {"string", "String"} else "")
