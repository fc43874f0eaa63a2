"""Schemas that data is checked against: what they leave of it, and what is known of the data once it fits.

A schema is a value of its own: Zod's, Yup's and Joi's are built by calls, a JSON Schema is an object that Ajv,
jsonschema or Powertools read. Checking gives back what fits (a number has no text left), and where the same data is
used afterwards instead, its fields are harmless as far as the schema says.

Sources: Zod documentation, "Defining schemas", "Basic usage"; Joi API, `any.validate`, `string`; Yup README; Ajv,
"Getting started"; jsonschema documentation, `validate`; Powertools for AWS Lambda (Python), "Validation"; JSON Schema
2020-12, "Validation".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from casemate.analysis.code import ir
from casemate.analysis.code.interpret.comparing import verdict_of
from casemate.analysis.code.interpret.patterns import pattern_of
from casemate.analysis.code.interpret.validated import MAIL, fitting, implied
from casemate.analysis.code.joining import known_text, options_of, taint_of, union, unknown
from casemate.analysis.code.values import (
    REST,
    UNKNOWN,
    Closure,
    Const,
    Environment,
    Guards,
    Mapping,
    Partial,
    Sequence,
    Value,
    Verdict,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from casemate.analysis.code.interpret.applying import Given
    from casemate.analysis.code.interpret.machine import Frame, Machine

    Native = Callable[[Machine, Given, Frame], Value | None]

MAX_DEPTH = 8
CLEAN, TEXT, OBJECT, LIST, ANY, ONE_OF, RECORD = "clean", "text", "object", "list", "any", "one-of", "record"


class Schema(Mapping):
    """What data must look like.

    `parts`: of an object by key; `inner`: of a list's elements, or each of several; `pattern`: that a text fits;
    `cured`: kinds of sinks that a text is harmless for; `loose`: an object keeps other keys; `steps`: functions that
    the checked value goes through (`refine` asks, `transform` gives another).
    """

    __slots__ = ("cured", "inner", "kind", "loose", "parts", "pattern", "steps")

    def __init__(
        self, kind: str, *, parts: dict[str, Schema] | None = None, inner: tuple[Schema, ...] = (),
        pattern: str | None = None, cured: int = 0, loose: bool = False, steps: tuple[tuple[str, Value], ...] = (),
    ) -> None:  # fmt: skip
        super().__init__(path="schema")
        self.kind = kind
        self.parts = parts or {}
        self.inner = inner
        self.pattern = pattern
        self.cured = cured
        self.loose = loose
        self.steps = steps

    def but(self, **changes: object) -> Schema:
        """The same schema with something else."""
        made = Schema(self.kind, parts=self.parts, inner=self.inner, pattern=self.pattern, cured=self.cured,
                      loose=self.loose, steps=self.steps)  # fmt: skip
        for name, value in changes.items():
            setattr(made, name, value)
        return made


def _schema(value: Value | None) -> Schema:
    """The schema that a value is; an object of schemas is one of an object (Joi)."""
    for option in options_of(value) if value is not None else ():
        if isinstance(option, Schema):
            return option
        if isinstance(option, Mapping) and option.fields and all(
            isinstance(one, Schema) for one in option.fields.values()
        ):  # fmt: skip
            return _object(option)
    return Schema(CLEAN) if isinstance(value, Const) else Schema(ANY)


def _object(shape: Value | None) -> Schema:
    parts = {}
    for option in options_of(shape) if shape is not None else ():
        if isinstance(option, Mapping):
            parts.update({str(key): _schema(value) for key, value in option.fields.items() if isinstance(key, str)})
    return Schema(OBJECT, parts=parts)


# -- checking
def check(machine: Machine, schema: Schema, raw: Value, frame: Frame, depth: int = 0) -> tuple[Value, Guards]:
    """What the schema leaves of data that fits, and what is known of the data itself then."""
    from casemate.analysis.code.interpret.members import index, iterate

    if depth > MAX_DEPTH:
        return raw, ()
    machine.spend()
    guards: list[tuple[str, int]] = []
    left: Value = raw
    if schema.kind == CLEAN:
        left = unknown(sort="int")
    elif schema.kind == TEXT and not isinstance(raw, Environment):
        taint = taint_of(raw)
        left = unknown(tuple(one.derived(cured=schema.cured) for one in taint) if schema.cured else taint, "str")
        if schema.pattern is not None:
            left = fitting(left, schema.pattern)
    elif schema.kind == OBJECT:
        made = Mapping()
        for key, part in schema.parts.items():
            value, known = check(machine, part, index(machine, raw, Const(key), frame, (0, 0)), frame, depth + 1)
            made.fields[key] = value
            guards.extend(known)
        if schema.loose and taint_of(raw):
            made.fields[REST] = unknown(taint_of(raw))
        left = made
    elif schema.kind in {LIST, RECORD}:
        row = iterate(machine, raw, frame, (0, 0))
        element = union([*row.items, *([row.rest] if row.rest is not None else [])] or [UNKNOWN])
        value, known = check(machine, schema.inner[0] if schema.inner else Schema(ANY), element, frame, depth + 1)
        guards.extend(known)
        left = Sequence((), value)
        if schema.kind == RECORD:
            made = Mapping()
            made.fields[REST] = value
            left = made
    elif schema.kind == ONE_OF and schema.inner:
        found = [check(machine, one, raw, frame, depth + 1) for one in schema.inner]
        left = union([one for one, _ in found])
        guards.extend(_in_all([known for _, known in found]))
    left = _stepped(machine, schema, left, frame)
    guards.extend(implied(raw, left))
    return left, tuple(guards)


def _in_all(several: list[Guards]) -> Guards:
    found = dict(several[0])
    for guards in several[1:]:
        table = dict(guards)
        found = {key: bits & table[key] for key, bits in found.items() if bits & table.get(key, 0)}
    return tuple(found.items())


def _stepped(machine: Machine, schema: Schema, value: Value, frame: Frame) -> Value:
    """`refine` asks a function about the value, `transform` takes what a function makes of it."""
    from casemate.analysis.code.interpret.calling import call
    from casemate.analysis.code.interpret.trail import hardened

    for name, function in schema.steps:
        if not isinstance(function, (Closure, Partial)):
            continue
        answer = call(machine, function, [value], {}, frame, ir.Const(None, (0, 0)))
        if name == "transform":
            value = answer
            continue
        verdict = verdict_of(answer)
        if verdict is not None and verdict.yes:
            value = hardened(value, dict(verdict.yes))
    return value


# -- builders of Zod, Yup and Joi
_CLEANS: Final = frozenset({
    "number", "int", "boolean", "bool", "bigint", "date", "enum", "nativeEnum", "literal", "null", "undefined", "nan",
    "uuid", "uuidv4", "guid", "cuid", "cuid2", "ulid", "nanoid", "int32", "float32", "float64", "uint32", "ipv4",
    "ipv6", "never", "void",
})  # fmt: skip
_FINISHED: Final = frozenset({
    "uuid", "guid", "cuid", "cuid2", "ulid", "nanoid", "datetime", "date", "time", "duration", "ip", "ipv4", "ipv6",
    "cidr", "isoDate", "isoDuration", "alphanum", "hex", "token", "creditCard", "hostname", "jwt",
})  # fmt: skip
"""Methods of a schema of text that leave no text of the data's own."""
_STEPS: Final = {"refine": "refine", "superRefine": "", "transform": "transform", "custom": "", "test": ""}
_PARSES: Final = frozenset({"parse", "parseAsync", "validateSync", "validateAsync", "cast", "assert", "attempt"})
_ASKS: Final = frozenset({"safeParse", "safeParseAsync", "spa"})


def _builder(kind: str) -> Native:
    def build(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
        first = given.arguments[0] if given.arguments else None
        if kind in _CLEANS:
            return Schema(CLEAN)
        if kind in {"string", "base64", "url", "email"}:
            return Schema(TEXT, cured=MAIL if kind == "email" else 0)
        if kind in {"object", "strictObject", "looseObject"}:
            return _object(first).but(loose=kind == "looseObject")
        if kind in {"array", "set"}:
            return Schema(LIST, inner=(_schema(first),) if first is not None else ())
        if kind in {"record", "map"}:
            return Schema(RECORD, inner=(_schema(given.arguments[-1]),) if given.arguments else ())
        if kind in {"union", "discriminatedUnion", "alternatives"}:
            listed = given.arguments[-1] if given.arguments else None
            items = listed.row.items if isinstance(listed, Sequence) else ()
            return Schema(ONE_OF, inner=tuple(_schema(one) for one in items))
        return _schema(first) if kind in {"optional", "nullable", "lazy"} else Schema(ANY)

    return build


def method(machine: Machine, schema: Schema, name: str, given: Given, frame: Frame) -> Value:  # noqa: C901 - one case a method
    """A method of a schema."""
    arguments = given.arguments
    first = arguments[0] if arguments else None
    if name in _PARSES and first is not None:
        left, guards = check(machine, schema, first, frame)
        machine.guard(guards)
        return left
    if name in _ASKS and first is not None:
        left, guards = check(machine, schema, first, frame)
        made = Mapping()
        success = Verdict(guards) if guards else unknown(sort="bool")
        made.fields.update({"success": success, "data": left, "error": UNKNOWN})
        return made
    if name == "validate" and first is not None:  # Joi's gives `{error, value}`, Yup's the value
        left, guards = check(machine, schema, first, frame)
        made = Mapping()
        made.fields.update({"error": Verdict((), guards) if guards else unknown(), "value": left})
        if isinstance(left, Mapping):
            made.fields.update((key, one) for key, one in left.fields.items() if key not in {"error", "value"})
        return made
    if name in {"isValidSync", "isValid"} and first is not None:
        guards = check(machine, schema, first, frame)[1]
        return Verdict(guards) if guards else unknown(sort="bool")
    if name in {"keys", "extend", "merge", "append", "safeExtend", "concat", "shape"} and schema.kind == OBJECT:
        other = _schema(first) if isinstance(first, Schema) else _object(first)
        return schema.but(parts={**schema.parts, **other.parts})
    if name in {"pick", "omit"} and isinstance(first, Mapping):
        named = {str(key) for key in first.fields}
        return schema.but(parts={key: one for key, one in schema.parts.items() if (key in named) is (name == "pick")})
    if name in {"passthrough", "loose", "unknown", "catchall"}:
        return schema.but(loose=True)
    if name in {"or", "and"}:
        return Schema(ONE_OF if name == "or" else ANY, inner=(schema, _schema(first)))
    if name == "array":
        return Schema(LIST, inner=(schema,))
    if name in {"items", "of", "element"} and schema.kind == LIST:
        return schema.but(inner=(_schema(first),))
    if name in _STEPS and _STEPS[name] and first is not None:
        return schema.but(steps=(*schema.steps, (_STEPS[name], first)))
    if name == "pipe" and isinstance(first, Schema):
        return first
    if schema.kind == TEXT:
        if name in {"regex", "matches", "pattern"} and first is not None:
            return schema.but(pattern=pattern_of(first))
        if name == "email":
            return schema.but(cured=schema.cured | MAIL)
        if name in _FINISHED:
            return Schema(CLEAN)
    if name in {"valid", "oneOf", "equal"}:
        return Schema(CLEAN)
    return schema


def called(machine: Machine, schema: Schema, given: Given, frame: Frame) -> Value:
    """`validate(data)` of a function that Ajv compiled: whether the data fits."""
    guards = check(machine, schema, given.arguments[0], frame)[1] if given.arguments else ()
    return Verdict(guards) if guards else unknown(sort="bool")


# -- JSON Schema
_NUMERIC: Final = frozenset({"integer", "number", "boolean", "null"})
_FORMATS: Final = frozenset({"uuid", "date", "date-time", "time", "ipv4", "ipv6", "duration"})


def from_json(value: Value | None, depth: int = 0) -> Schema:
    """The schema that a JSON Schema says."""
    if not isinstance(value, Mapping) or depth > MAX_DEPTH:
        return Schema(ANY)
    fields = value.fields
    if "enum" in fields or "const" in fields:
        return Schema(CLEAN)
    kind = known_text(fields["type"]) if "type" in fields else None
    if kind in _NUMERIC:
        return Schema(CLEAN)
    if kind == "string":
        form = known_text(fields["format"]) if "format" in fields else None
        if form in _FORMATS:
            return Schema(CLEAN)
        pattern = known_text(fields["pattern"]) if "pattern" in fields else None
        return Schema(TEXT, pattern=pattern, cured=MAIL if form == "email" else 0)
    properties = fields.get("properties")
    if isinstance(properties, Mapping):
        parts = {key: from_json(one, depth + 1) for key, one in properties.fields.items() if isinstance(key, str)}
        return Schema(OBJECT, parts=parts, loose=True)
    if kind == "array":
        return Schema(LIST, inner=(from_json(fields.get("items"), depth + 1),))
    return Schema(ANY)


def _compiled(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    return from_json(given.arguments[0]) if given.arguments else None


def _validated(machine: Machine, given: Given, frame: Frame) -> Value | None:
    """`jsonschema.validate(instance, schema)`, which raises for data that does not fit."""
    data = given.keywords.get("instance") or given.keywords.get("event") or next(iter(given.arguments), None)
    schema = given.keywords.get("schema") or next(iter(given.arguments[1:]), None)
    if data is None or not isinstance(schema, Mapping):
        return None
    machine.guard(check(machine, from_json(schema), data, frame)[1])
    return data


def _attempted(machine: Machine, given: Given, frame: Frame) -> Value | None:
    """`Joi.assert(value, schema)`, `Joi.attempt(value, schema)`."""
    if len(given.arguments) < 2:
        return None
    left, guards = check(machine, _schema(given.arguments[1]), given.arguments[0], frame)
    machine.guard(guards)
    return left


_KINDS = (
    *_CLEANS, "string", "base64", "url", "email", "object", "strictObject", "looseObject", "array", "set", "record",
    "map", "union", "discriminatedUnion", "alternatives", "optional", "nullable", "lazy", "any", "unknown", "mixed",
    "tuple", "intersection", "preprocess", "instanceof", "custom",
)  # fmt: skip
_SPACES = (
    "zod.z", "zod", "zod/v4.z", "zod/v4", "zod/v3.z", "zod.z.coerce", "zod.coerce", "zod.z.iso", "zod.iso", "joi",
    "@hapi/joi", "joi.default", "yup", "yup.default",
)  # fmt: skip
JAVASCRIPT: dict[str, Native] = {
    **{f"{space}.{kind}": _builder(kind) for space in _SPACES for kind in _KINDS},
    **{f"{space}.{kind}": _builder("date") for space in ("zod.z.iso", "zod.iso") for kind in ("datetime", "time")},
    **{f"{joi}.{name}": _attempted for joi in ("joi", "@hapi/joi") for name in ("assert", "attempt")},
    **{f"{ajv}.compile": _compiled for ajv in ("ajv", "ajv.Ajv", "ajv.default", "ajv/dist/2020", "ajv/dist/2019")},
}
PYTHON: dict[str, Native] = dict.fromkeys(
    (
        "jsonschema.validate", "aws_lambda_powertools.utilities.validation.validate",
        "aws_lambda_powertools.utilities.validation.validator.validate",
    ), _validated,
)  # fmt: skip
