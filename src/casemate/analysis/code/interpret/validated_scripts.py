"""Classes whose fields class-validator checks: data transfer objects of NestJS, and of routing-controllers.

The decorators say what fits; they are looked at only where a pipe validates (`ValidationPipe`), in the file itself or
where the application starts.

Sources: class-validator README, "Validation decorators"; NestJS documentation, "Validation", "Pipes".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code import ir
from casemate.analysis.code.interpret.machine import Frame
from casemate.analysis.code.interpret.patterns import pattern_of
from casemate.analysis.code.interpret.validated import MAIL, fields_of, fitting
from casemate.analysis.code.joining import taint_of, unknown
from casemate.analysis.code.values import Class, Const, Declared, Instance, Scope, Sequence, Thing, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.analysis.code.interpret.machine import Machine

MAX_DEPTH = 4
_CLEANS = frozenset({
    "IsInt", "IsNumber", "IsPositive", "IsNegative", "IsDivisibleBy", "Min", "Max", "IsBoolean", "IsDate", "MinDate",
    "MaxDate", "IsUUID", "IsMongoId", "IsNumberString", "IsHexadecimal", "IsOctal", "IsISO8601", "IsDateString",
    "IsAlpha", "IsAlphanumeric", "IsPort", "IsIP", "IsMACAddress", "IsHash", "IsISIN", "IsCreditCard", "IsEnum", "IsIn",
    "Equals", "IsMilitaryTime", "IsLatitude", "IsLongitude", "IsLatLong", "IsSemVer", "IsHexColor", "IsBooleanString",
    "IsISO31661Alpha2", "IsISO31661Alpha3", "IsISO4217CurrencyCode", "IsRFC3339", "IsBase32", "IsFirebasePushId",
})  # fmt: skip
"""Decorators that leave no text of the data's own."""
_TEXTS = frozenset({"IsString", "Length", "MaxLength", "MinLength", "IsUrl", "Contains", "IsBase64", "IsJSON"})


def modelled(machine: Machine, cls: Class, given: Value, depth: int = 0) -> Instance | None:
    """An object of a class, built of data that its decorators check; None for a class that checks nothing."""
    from casemate.analysis.code.interpret.members import index

    fields = fields_of(cls)
    if not any(one.notes for one, _ in fields.values()) or depth > MAX_DEPTH:
        return None
    made = Instance(cls)
    made.taint = ()
    for name, (declared, owner) in fields.items():
        machine.spend()
        module = owner.module or next(iter(machine.modules.values())).module
        frame = Frame(module, owner.home or Scope(), 0)
        raw = index(machine, given, Const(name), frame, (0, 0))
        made.fields[name] = _checked(machine, declared, raw, frame, depth)
    return made


def _checked(machine: Machine, declared: Declared, value: Value, frame: Frame, depth: int) -> Value:
    """A field once its decorators have looked at it."""
    from casemate.analysis.code.interpret.expressions import evaluate

    listed = declared.type.endswith("[]") or declared.type.startswith("Array<")
    names = dict(_named(declared))
    if names.keys() & _CLEANS:
        value = unknown(sort="int")
    elif "ValidateNested" in names and isinstance(inner := _class(declared.type, frame.scope), Class):
        value = modelled(machine, inner, value, depth + 1) or value
    elif "Matches" in names and (call := names["Matches"]) is not None and call.arguments:
        pattern = pattern_of(evaluate(machine, call.arguments[0], frame))
        value = unknown(taint_of(value), "str")
        value = value if pattern is None else fitting(value, pattern)
    elif "IsEmail" in names:
        value = unknown(tuple(label.derived(cured=MAIL) for label in taint_of(value)), "str")
    elif names.keys() & _TEXTS and isinstance(value, Thing):
        value = unknown(value.taint, "str")
    return Sequence((), value) if listed else value


def _named(declared: Declared) -> Iterator[tuple[str, ir.Call | None]]:
    for note in declared.notes:
        target = note.function if isinstance(note, ir.Call) else note
        if isinstance(target, ir.Name):
            yield target.id, note if isinstance(note, ir.Call) else None


def _class(written: str, scope: Scope | None) -> Value | None:
    name = written.removesuffix("[]").removeprefix("Array<").removesuffix(">").partition("|")[0].strip()
    while scope is not None:
        found = scope.fields.get(name)
        if found is not None:
            return found
        scope = scope.parent
    return None
