"""Schemas of pydantic models that a handler parses its messages with, through the parser of Powertools.

Only what the code says outright: `@event_parser(model=M, envelope=E)` or `parse(event=…, model=M, envelope=E)`, and
models whose classes stand in the same files. pydantic converts ("Conversion Table" of its documentation: "5" is an
integer), so a schema takes what pydantic would take; what is changed before it is looked at (validators of the mode
`before`, aliases that are computed) is not described at all. The code is read with `ast`, never run.

Sources: pydantic documentation, "Models", "Fields", "Conversion Table"; Powertools for AWS Lambda (Python), "Parser".
"""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from casemate.protect.bodies import UnknownPartError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casemate.protect.bodies import Json
    from casemate.sources.tree import Tree

ENVELOPES: dict[str, tuple[str, ...]] = {
    "SqsEnvelope": ("sqs",),
    "SnsEnvelope": ("sns",),
    "SnsSqsEnvelope": ("sns-in-sqs",),
    "KinesisDataStreamEnvelope": ("kinesis",),
    "KinesisFirehoseEnvelope": ("firehose",),
    "EventBridgeEnvelope": ("eventbridge",),
    "ApiGatewayEnvelope": ("http-v1",),
    "ApiGatewayV2Envelope": ("http-v2",),
    "LambdaFunctionUrlEnvelope": ("function-url",),
    "KafkaEnvelope": ("msk", "kafka"),
}
"""Envelopes of the parser -> the triggers whose body is the model."""
_LARGEST = 2_000_000
_MAX_DEPTH = 30
_TAKEN: dict[str, tuple[str, ...]] = {
    "str": ("string",),
    "int": ("integer", "string", "boolean"),
    "float": ("number", "string", "boolean"),
    "Decimal": ("number", "string", "boolean"),
    "bool": ("boolean", "string", "number"),
    "bytes": ("string",),
    **dict.fromkeys(("datetime", "date", "time", "timedelta"), ("string", "number", "boolean")),
    **dict.fromkeys(("UUID", "UUID1", "UUID3", "UUID4", "UUID5", "EmailStr", "AnyUrl", "HttpUrl", "Path"), ("string",)),
    **dict.fromkeys(
        ("IPv4Address", "IPv6Address", "AnyHttpUrl", "FileUrl", "SecretStr"), ("string", "integer", "boolean")
    ),
    "StrictStr": ("string",),
    "StrictInt": ("integer",),
    "StrictFloat": ("number",),
    "StrictBool": ("boolean",),
    "None": ("null",),
}
"""Type -> the JSON types that pydantic takes for it."""
_LISTS = frozenset({*("list", "List", "Sequence", "Iterable", "set", "Set", "frozenset", "FrozenSet", "deque")})
_TABLES = frozenset({"dict", "Dict", "Mapping", "MutableMapping", "OrderedDict"})
_LIMITS = {
    "ge": "minimum",
    "gt": "exclusiveMinimum",
    "le": "maximum",
    "lt": "exclusiveMaximum",
    "min_length": "minLength",
    "max_length": "maxLength",
}
_BY_BOTH = ("populate_by_name", "allow_population_by_field_name", "validate_by_name")


@dataclass(slots=True)
class _Class:
    """A class of the code: its bases by name, its statements."""

    bases: tuple[str, ...]
    body: list[ast.stmt]


@dataclass(slots=True)
class _Fields:
    """The fields of a model with what it inherits, its settings, and the fields that are changed before."""

    fields: dict[str, ast.AnnAssign] = field(default_factory=dict)
    settings: dict[str, ast.expr] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Models:
    """The classes of a function's files, and which triggers are parsed with which of them."""

    classes: dict[str, _Class | None] = field(default_factory=dict)
    parsed: dict[str, set[str]] = field(default_factory=dict)


def models_of(files: Iterable[str], tree: Tree) -> tuple[dict[str, dict[str, Json]], tuple[str, ...]]:
    """Trigger -> the schema of its body; and why one is left out."""
    models = Models()
    for path in files:
        data = tree.read(path) if path.endswith(".py") else None
        if data is not None and len(data) <= _LARGEST:
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # of escapes in others' strings
                    module = ast.parse(data)
                _read(module, models)
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                continue
    found: dict[str, dict[str, Json]] = {}
    lost: list[str] = []
    for trigger, names in sorted(models.parsed.items()):
        first, *others = sorted(names)
        if others:
            lost.append(f"the model of {trigger} is not used: it is parsed as {first} and as {' and as '.join(others)}")
            continue
        try:
            found[trigger] = _Converter(models).root(first)
        except (UnknownPartError, RecursionError) as error:
            lost.append(f"the model of {trigger} is not used: {error}")
    return found, tuple(lost)


def _read(module: ast.Module, models: Models) -> None:
    for node in ast.walk(module):
        if isinstance(node, ast.ClassDef):
            known = node.name in models.classes
            made = _Class(tuple(_name(base) for base in node.bases), node.body)
            models.classes[node.name] = None if known else made  # two of one name: which is meant is not known
        elif isinstance(node, ast.Call) and _name(node.func) in {"event_parser", "parse"}:
            given = {one.arg: one.value for one in node.keywords if one.arg}
            model, envelope = _name(given.get("model")), _name(given.get("envelope"))
            for trigger in ENVELOPES.get(envelope, ()) if model else ():
                models.parsed.setdefault(trigger, set()).add(model)


def _name(node: ast.expr | None) -> str:
    """The last name of a dotted one; empty for anything else."""
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Call):
        return _name(node.func)
    return node.id if isinstance(node, ast.Name) else ""


class _Converter:
    def __init__(self, models: Models) -> None:
        self._classes = models.classes
        self._definitions: dict[str, Json] = {}

    def root(self, name: str) -> dict[str, Json]:
        reference = self._model(name)
        return {"$ref": reference, "$defs": cast("Json", self._definitions)}

    def _model(self, name: str) -> str:
        if name not in self._definitions:
            self._definitions[name] = {}  # before its parts: it may refer to itself
            self._definitions[name] = self._object(name)
        return f"#/$defs/{name}"

    def _lineage(self, name: str, depth: int = 0) -> list[_Class]:
        """A model with what it inherits, the base first."""
        found = self._classes.get(name)
        if found is None or depth > _MAX_DEPTH:
            raise UnknownPartError(f"the class {name} is not known")
        lineage: list[_Class] = []
        for base in found.bases:
            if base not in {"BaseModel", "Generic", "ABC"}:
                lineage += self._lineage(base, depth + 1)
        if not lineage and "BaseModel" not in found.bases:
            raise UnknownPartError(f"{name} is no model")
        return [*lineage, found]

    def _fields(self, name: str) -> _Fields:
        found = _Fields()
        for one in self._lineage(name):
            for statement in one.body:
                if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                    found.fields[statement.target.id] = statement
                elif isinstance(statement, ast.Assign) and _targets(statement) == ["model_config"]:
                    found.settings.update(_keywords(statement.value))
                elif isinstance(statement, ast.ClassDef) and statement.name == "Config":
                    assigned = (each for each in statement.body if isinstance(each, ast.Assign))
                    found.settings.update({_targets(each)[0]: each.value for each in assigned})
                elif isinstance(statement, ast.FunctionDef):
                    found.changed |= _changed_before(statement)
        if {"alias_generator", "coerce_numbers_to_str"} & found.settings.keys() or "*" in found.changed:
            raise UnknownPartError(f"{name} changes its input before it looks")
        return found

    def _object(self, name: str) -> dict[str, Json]:
        given = self._fields(name)
        properties: dict[str, Json] = {}
        required: list[Json] = []
        loose = any(_is_true(given.settings.get(one)) for one in _BY_BOTH)
        closed = _text(given.settings.get("extra")) == "forbid"
        for attribute, statement in given.fields.items():
            if attribute.startswith("_") or _name(_outer(statement.annotation)) == "ClassVar":
                continue
            options = _keywords(statement.value) if _name(statement.value) == "Field" else {}
            options |= _annotated(statement.annotation)
            alias = options.get("alias")
            written = attribute if alias is None else _text(alias)
            if "validation_alias" in options or written is None or (alias is not None and loose):
                closed = False  # it may stand under another name
                continue
            taken = {} if attribute in given.changed else self._type(statement.annotation, 0)
            stripped = _is_true(given.settings.get("str_strip_whitespace"))
            properties[written] = taken if stripped else _limited(taken, options)
            if _is_required(statement, options):
                required.append(written)
        made: dict[str, Json] = {"type": "object", "properties": properties}
        if required:
            made["required"] = required
        if closed:
            made["additionalProperties"] = False
        return made

    def _type(self, node: ast.expr | None, depth: int) -> dict[str, Json]:
        """What pydantic takes for an annotation; anything where that is not known."""
        if depth > _MAX_DEPTH:
            return {}
        if isinstance(node, ast.Constant):
            if node.value is None:
                return {"type": "null"}
            return self._type(_parsed(node.value), depth + 1) if isinstance(node.value, str) else {}
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return _either([self._type(node.left, depth + 1), self._type(node.right, depth + 1)])
        if isinstance(node, ast.Subscript):
            return self._generic(_name(node.value), node.slice, depth)
        name = _name(node)
        if isinstance(node, ast.Call):
            return {}
        if name in _TAKEN:
            taken = _TAKEN[name]
            return {"type": taken[0] if len(taken) == 1 else [*taken]}
        if name in _LISTS or name in _TABLES:
            return {"type": "array" if name in _LISTS else "object"}
        try:
            return {"$ref": self._model(name)}
        except UnknownPartError:
            self._definitions.pop(name, None)
            return {}

    def _generic(self, name: str, inner: ast.expr, depth: int) -> dict[str, Json]:
        parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
        if name == "Annotated":
            return self._type(parts[0], depth + 1)
        if name == "Optional":
            return _either([self._type(parts[0], depth + 1), {"type": "null"}])
        if name == "Union":
            return _either([self._type(part, depth + 1) for part in parts])
        if name == "Literal":
            values = [part.value for part in parts if isinstance(part, ast.Constant)]
            texts: list[Json] = [value for value in values if isinstance(value, str | int | bool) or value is None]
            texts += [
                bool(value) for value in texts if isinstance(value, int) and value in {0, 1}
            ]  # true is taken for 1
            return {"enum": texts} if len(values) == len(parts) else {}
        if name in _LISTS:
            return {"type": "array", "items": self._type(parts[0], depth + 1)}
        if name in _TABLES and len(parts) == 2:
            return {"type": "object", "additionalProperties": self._type(parts[1], depth + 1)}
        return {"type": "array"} if name in {"tuple", "Tuple"} else {}


def _outer(node: ast.expr) -> ast.expr:
    return node.value if isinstance(node, ast.Subscript) else node


def _parsed(text: str) -> ast.expr | None:
    try:
        return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _either(options: list[dict[str, Json]]) -> dict[str, Json]:
    return {"anyOf": [*options]} if all(options) else {}


def _targets(statement: ast.Assign) -> list[str]:
    return [_name(target) for target in statement.targets] or [""]


def _keywords(node: ast.expr | None) -> dict[str, ast.expr]:
    if isinstance(node, ast.Call):
        found = {one.arg: one.value for one in node.keywords if one.arg}
        return {**found, **({"default": node.args[0]} if node.args else {})}
    if isinstance(node, ast.Dict):
        return {
            text: value for key, value in zip(node.keys, node.values, strict=True) if (text := _text(key)) is not None
        }
    return {}


def _annotated(node: ast.expr) -> dict[str, ast.expr]:
    """The options of `Annotated[T, Field(…)]`."""
    if isinstance(node, ast.Subscript) and _name(node.value) == "Annotated" and isinstance(node.slice, ast.Tuple):
        found: dict[str, ast.expr] = {}
        for part in node.slice.elts[1:]:
            if _name(part) == "Field":
                found |= _keywords(part)
            else:
                found["validation_alias"] = part  # a validator of somebody's: what it does is not known
        return found
    return {}


def _text(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _is_true(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def _is_required(statement: ast.AnnAssign, options: dict[str, ast.expr]) -> bool:
    if statement.value is None:
        return not {"default", "default_factory"} & options.keys()
    if _name(statement.value) != "Field":
        return isinstance(statement.value, ast.Constant) and statement.value.value is Ellipsis
    default = options.get("default")
    ellipsis = isinstance(default, ast.Constant) and default.value is Ellipsis
    return "default_factory" not in options and (default is None or ellipsis)


def _limited(schema: dict[str, Json], options: dict[str, ast.expr]) -> dict[str, Json]:
    """The schema with the limits of its field, as far as they are numbers."""
    found = dict(schema)
    for name, keyword in _LIMITS.items():
        option = options.get(name)
        if isinstance(option, ast.Constant) and isinstance(option.value, int | float) and schema:
            if name in {"min_length", "max_length"} and schema.get("type") != "string":
                continue
            found[keyword] = option.value
    return found


def _changed_before(function: ast.FunctionDef) -> set[str]:
    """The fields that a validator changes before they are looked at; `*`: all of them."""
    found: set[str] = set()
    for decorator in function.decorator_list:
        options = _keywords(decorator)
        early = _text(options.get("mode")) in {"before", "wrap", "plain"} or _is_true(options.get("pre"))
        name = _name(decorator)
        if name in {"model_validator", "root_validator"} and early:
            found.add("*")
        elif name in {"field_validator", "validator"} and early and isinstance(decorator, ast.Call):
            found |= {text for one in decorator.args if (text := _text(one)) is not None}
    return found
