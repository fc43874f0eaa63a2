"""What is left of data once it went through a declared type that is checked: parameters of routes, models, enums.

FastAPI checks what it hands to a route, and Pydantic what it builds a model of: what does not fit is refused. A number,
a member of an enum or one of a few literals leaves nothing of the data; text with a pattern leaves the characters of
the pattern; a model is an object whose fields are what their own types leave.

Sources: FastAPI documentation, "Path Parameters", "Query Parameters and String Validations", "Body - Nested Models";
Pydantic documentation, "Models", "Fields", "Validators", "Types"; Python documentation, "enum"; Powertools for AWS
Lambda (Python), "Parser" (`event_parser`, envelopes).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.analysis.code import ir
from casemate.analysis.code.interpret.comparing import guards_for
from casemate.analysis.code.interpret.machine import Frame
from casemate.analysis.code.interpret.patterns import guards_of
from casemate.analysis.code.joining import taint_of, union, unknown
from casemate.analysis.code.labels import BIT, EVERY
from casemate.analysis.code.values import (
    REST,
    UNKNOWN,
    Class,
    Closure,
    Const,
    Declared,
    Environment,
    Guards,
    Instance,
    Mapping,
    ModuleValue,
    Scope,
    Sequence,
    Text,
    Thing,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from casemate.analysis.code.interpret.applying import Given
    from casemate.analysis.code.interpret.machine import Machine

MAX_DEPTH = 6
MAX_WRITTEN = 2_000
_NUMBERS = frozenset({
    "int", "float", "bool", "complex", "Decimal", "UUID", "UUID1", "UUID3", "UUID4", "UUID5", "date", "datetime",
    "time", "timedelta", "IPv4Address", "IPv6Address", "IPv4Network", "IPv6Network", "IPvAnyAddress", "conint",
    "confloat", "condecimal", "PositiveInt", "NonNegativeInt", "NegativeInt", "NonPositiveInt", "PositiveFloat",
    "NonNegativeFloat", "StrictInt", "StrictFloat", "StrictBool", "FiniteFloat", "AwareDatetime", "NaiveDatetime",
    "PastDate", "FutureDate", "PastDatetime", "FutureDatetime", "ByteSize", "Color", "CountryAlpha2", "ObjectId",
    "PydanticObjectId", "ULID",
})  # fmt: skip
"""Types of which no text is left that does harm: numbers, times, addresses and identifiers of a fixed alphabet."""
_TEXTS = frozenset({"str", "StrictStr", "SecretStr", "bytes", "constr", "HttpUrl", "AnyUrl", "AnyHttpUrl"})
_LISTS = frozenset({"list", "List", "Sequence", "set", "Set", "frozenset", "FrozenSet", "tuple", "Tuple", "Iterable",
                    "Collection", "conlist", "conset"})  # fmt: skip
_ENUMS = frozenset({"enum.Enum", "enum.StrEnum", "enum.IntEnum", "enum.Flag", "enum.IntFlag", "Enum", "StrEnum"})
_MODELS = frozenset({"pydantic.BaseModel", "pydantic.main.BaseModel", "sqlmodel.SQLModel", "ninja.Schema",
                     "pydantic.v1.BaseModel", "aws_lambda_powertools.utilities.parser.BaseModel",
                     "pydantic_settings.BaseSettings", "pydantic.BaseSettings",
                     "pydantic.v1.BaseSettings"})  # fmt: skip
_SETTINGS = frozenset({"pydantic_settings.BaseSettings", "pydantic.BaseSettings", "pydantic.v1.BaseSettings"})
"""Models whose fields are variables of the environment."""
MAIL = BIT["xss"] | BIT["header"] | BIT["log"] | BIT["path"] | BIT["redirect"] | BIT["ssrf"]
"""An address of mail has no space, angle bracket, parenthesis or quote, but a `|`, a `` ` `` and an `'`."""
_PATTERN = re.compile(r"\b(?:pattern|regex)\s{0,4}=\s{0,4}r?(\"|')(.{1,500}?)\1")
_LITERAL = re.compile(r"^(?:\"([^\"]*)\"|'([^']*)'|(-?\d{1,18})|(True|False|None))$")
_BUILDS = frozenset({"model_validate", "model_validate_json", "model_validate_strings", "parse_obj", "parse_raw",
                     "from_orm", "validate"})  # fmt: skip
_DUMPS = frozenset({"model_dump", "dict", "copy", "model_copy"})
_TELLS = frozenset({"model_dump_json", "json"})
_VALIDATORS = frozenset({"field_validator", "validator"})
ENVELOPES = {
    "ApiGatewayEnvelope": ("body",), "ApiGatewayV2Envelope": ("body",), "LambdaFunctionUrlEnvelope": ("body",),
    "EventBridgeEnvelope": ("detail",), "SqsEnvelope": ("Records", "body"),
    "SnsEnvelope": ("Records", "Sns", "Message"),
    "SnsSqsEnvelope": ("Records", "body", "Message"), "KinesisDataStreamEnvelope": ("Records", "kinesis", "data"),
    "DynamoDBStreamEnvelope": ("Records", "dynamodb"),
}  # fmt: skip
"""Where each envelope of Powertools finds what is checked."""


# -- written types
def admitted(
    machine: Machine, written: str, given: Value, scope: Scope, module: ir.Module, depth: int = 0
) -> Value | None:  # fmt: skip
    """What a checked type leaves of `given`; None for a type of which nothing is known here."""
    text = written.strip().strip("\"'").strip()
    if not text or len(text) > MAX_WRITTEN or depth > MAX_DEPTH:
        return None
    several = _apart(text, "|")
    name, arguments = _applied(text) if len(several) == 1 else ("Union", several)
    last = name.rpartition(".")[2]
    if last in {"Optional", "Union"}:
        return _one_of(machine, arguments, given, scope, module, depth)
    if last == "Annotated" and arguments:
        inner = admitted(machine, arguments[0], given, scope, module, depth + 1)
        return None if inner is None else _with_patterns(inner, ", ".join(arguments[1:]))
    if last == "Literal":
        return union([_literal(one) for one in arguments])
    if last in _LISTS:
        element = admitted(machine, arguments[0], given, scope, module, depth + 1) if arguments else given
        return None if element is None else Sequence((), element)
    found = _resolved(name, scope)
    if isinstance(found, Class):
        return _of_class(machine, found, given, depth)
    if isinstance(found, Thing) and found.path and not found.made:
        last = found.path.rpartition(".")[2]
    elif found is not None and not isinstance(found, Thing):
        return None
    if last in _NUMBERS:
        return unknown(sort="int")
    if last == "EmailStr":
        return unknown(tuple(label.derived(cured=MAIL) for label in taint_of(given)), "str")
    if last in _TEXTS:
        return _with_patterns(unknown(taint_of(given), "str"), text)
    meant = alias(name, module) if found is not None or name.isidentifier() else None
    return None if meant is None else admitted(machine, meant, given, scope, module, depth + 1)


def _one_of(
    machine: Machine, types: list[str], given: Value, scope: Scope, module: ir.Module, depth: int
) -> Value | None:  # fmt: skip
    values = [admitted(machine, one, given, scope, module, depth + 1) for one in types if one.strip() != "None"]
    known = [one for one in values if one is not None]
    return union(known) if known and len(known) == len(values) else None


def _apart(text: str, mark: str) -> list[str]:
    """The parts of a type between marks that stand outside of brackets and quotes."""
    parts, start, depth, quote = [], 0, 0, ""
    for place, one in enumerate(text):
        if quote:
            quote = "" if one == quote else quote
        elif one in "\"'":
            quote = one
        elif one in "[(":
            depth += 1
        elif one in "])":
            depth -= 1
        elif one == mark and depth == 0:
            parts.append(text[start:place].strip())
            start = place + 1
    parts.append(text[start:].strip())
    return [part for part in parts if part]


def _applied(text: str) -> tuple[str, list[str]]:
    """`List[int]` as its name and arguments; `constr(pattern="…")` keeps its arguments to itself."""
    head, bracket, rest = text.partition("[")
    if bracket and "(" not in head and text.endswith("]"):
        return head.strip(), _apart(rest[:-1], ",")
    return text.partition("(")[0].strip(), []


def _literal(text: str) -> Value:
    match = _LITERAL.match(text.strip())
    if match is None:
        return unknown(sort="str")  # a member of an enum
    if match[3] is not None:
        return Const(int(match[3]))
    if match[4] is not None:
        return Const({"True": True, "False": False, "None": None}[match[4]])
    return Const(match[1] if match[1] is not None else match[2])


def _with_patterns(value: Value, written: str) -> Value:
    match = _PATTERN.search(written)
    return value if match is None else fitting(value, match[2])


def fitting(value: Value, pattern: str) -> Value:
    """Text that a pattern was checked to fit; Pydantic looks for it anywhere, so that it must be bound."""
    if not isinstance(value, Thing):
        return value
    bits = dict(guards_of(pattern, value.taint, whole=False))
    if not bits:
        return value
    taint = tuple(label.derived(cured=bits.get(label.origin.key, 0)) for label in value.taint)
    return Thing(value.path, taint, made=value.made, receiver=value.receiver, sort=value.sort)


def checked_by(call: ir.Expr | None, value: Value) -> Value:
    """The value after `Query(…, pattern="…")`, `Field(…, pattern="…")`, as a default."""
    if not isinstance(call, ir.Call):
        return value
    for name, given in call.keywords:
        if name in {"pattern", "regex"} and isinstance(given, ir.Const) and isinstance(given.value, str):
            return fitting(value, given.value)
    return value


def _resolved(name: str, scope: Scope | None) -> Value | None:
    """What a name of the program means where a type is written."""
    first, *rest = name.split(".")
    while scope is not None:
        found: Value | None = scope.fields.get(first)
        if found is not None:
            for one in rest:
                if isinstance(found, (ModuleValue, Class)):
                    found = found.fields.get(one)
                elif isinstance(found, Thing) and found.path:
                    found = Thing(f"{found.path}.{one}")
                else:
                    return None
            return found
        scope = scope.parent
    return None


def alias(name: str, module: ir.Module) -> str | None:
    """What a name of the module stands for: `UserId = Annotated[int, Path(ge=1)]`."""
    for statement in module.body:
        if isinstance(statement, ir.Assign) and isinstance(statement.target, ir.Name) and statement.target.id == name:
            start, end = statement.value.at
            text = module.source[start : min(end, start + MAX_WRITTEN)].decode("utf-8", "replace")
            return text if text != name else None
    return None


# -- classes
def bases_of(cls: Class, depth: int = 0) -> Iterator[Value]:
    """Every class that it extends, of the project or of a library."""
    for base in cls.bases:
        yield base
        if isinstance(base, Class) and depth < MAX_DEPTH:
            yield from bases_of(base, depth + 1)


def _extends(cls: Class, names: frozenset[str]) -> bool:
    return any(isinstance(base, Thing) and base.path in names for base in bases_of(cls))


def is_enum(cls: Class) -> bool:
    """Whether the class has a fixed set of members."""
    return _extends(cls, _ENUMS)


def is_model(cls: Class) -> bool:
    """Whether objects of the class are checked when they are made."""
    return _extends(cls, _MODELS)


def member(machine: Machine, cls: Class, given: Value | None = None) -> Value:
    """Some member of an enum: `Kind(text)` raises for every text that is none."""
    made = Instance(cls)
    names = [key for key, value in cls.fields.items() if isinstance(key, str) and not isinstance(value, Closure)]
    made.fields["name"] = union([Const(name) for name in names])
    made.fields["value"] = union([cls.fields[name] for name in names])
    if given is not None:
        machine.guard(guards_for(taint_of(given), EVERY))
    return made


def _of_class(machine: Machine, cls: Class, given: Value, depth: int) -> Value | None:
    if is_enum(cls):
        return member(machine, cls)
    return modelled(machine, cls, given, depth) if is_model(cls) else None


def fields_of(cls: Class, depth: int = 0) -> dict[str, tuple[Declared, Class]]:
    """The declared fields of a class, each with the class that declares it."""
    found: dict[str, tuple[Declared, Class]] = {}
    for base in cls.bases:
        if isinstance(base, Class) and depth < MAX_DEPTH:
            found.update(fields_of(base, depth + 1))
    found.update({name: (one, cls) for name, one in cls.declared.items()})
    return found


def modelled(machine: Machine, cls: Class, given: Value, depth: int = 0) -> Instance:
    """An object of a model, built of data."""
    from casemate.analysis.code.interpret.members import index

    made = Instance(cls)
    source = unknown(given.taint) if isinstance(given, Thing) and given.sort == "str" else given
    for name, (declared, owner) in fields_of(cls).items():
        if declared.type.startswith("ClassVar"):
            continue
        machine.spend()
        frame = Frame(owner.module or next(iter(machine.modules.values())).module, owner.home or Scope(), 0)
        raw = index(machine, source, Const(_key(declared, name)), frame, (0, 0))
        made.fields[name] = checked(machine, cls, name, raw, depth)
        machine.guard(implied(raw, made.fields[name]))
    if _keeps_others(cls) and source.taint:
        made.fields[REST] = unknown(source.taint)
    return made


def _keeps_others(cls: Class) -> bool:
    """Whether a model takes fields that it does not declare: `model_config = ConfigDict(extra="allow")`."""
    declared = fields_of(cls).get("model_config")
    value = declared[0].value if declared is not None else None
    said: list[tuple[object, ir.Expr]] = []
    if isinstance(value, ir.Call):
        said.extend(value.keywords)
    elif isinstance(value, ir.Record):
        said.extend((key.value, one) for key, one in value.entries if isinstance(key, ir.Const))
    return any(name == "extra" and isinstance(one, ir.Const) and one.value == "allow" for name, one in said)


def _key(declared: Declared, name: str) -> str:
    """The name that a field has in the data."""
    if isinstance(declared.value, ir.Call):
        for word, given in declared.value.keywords:
            if word in {"alias", "validation_alias"} and isinstance(given, ir.Const) and isinstance(given.value, str):
                return given.value
    return name


def checked(machine: Machine, cls: Class, name: str, value: Value, depth: int = 0) -> Value:
    """A field of a model, once its type and the validators of the class have looked at it."""
    known = fields_of(cls).get(name)
    if known is None:
        return value
    declared, owner = known
    if owner.home is not None and owner.module is not None:
        left = admitted(machine, declared.type, value, owner.home, owner.module, depth + 1)
        value = value if left is None else left
    value = checked_by(declared.value, value)
    for validator in _validators(cls, name):
        value = _run(machine, validator, cls, value)
    return value


def _validators(cls: Class, name: str) -> list[Closure]:
    """Methods that Pydantic hands a field's value to, and takes its new value from."""
    return [
        value
        for value in cls.fields.values()
        if isinstance(value, Closure) and any(_validates(one, name) for one in value.function.decorators)
    ]


def _validates(decorator: ir.Expr, name: str) -> bool:
    if not isinstance(decorator, ir.Call) or _name(decorator.function) not in _VALIDATORS:
        return False
    return any(isinstance(given, ir.Const) and given.value in {name, "*"} for given in decorator.arguments)


def _name(node: ir.Expr) -> str:
    return node.id if isinstance(node, ir.Name) else node.name if isinstance(node, ir.Attr) else ""


def _run(machine: Machine, validator: Closure, cls: Class, value: Value) -> Value:
    from casemate.analysis.code.interpret.calling import call

    frame = Frame(validator.module, validator.scope, machine.trail.mark())
    return call(machine, validator.bound(cls), [value], {}, frame, ir.Const(None, (0, 0)))


def implied(raw: Value, left: Value) -> Guards:
    """What is known of flat data whose checked form has fewer labels, or more cures."""
    if isinstance(raw, Mapping) or isinstance(left, (Mapping, Sequence)):
        return ()
    kept: dict[str, int] = {}
    for label in taint_of(left):
        kept[label.origin.key] = kept.get(label.origin.key, EVERY) & label.cured
    found = ((label.origin.key, kept.get(label.origin.key, EVERY) & ~label.cured) for label in taint_of(raw))
    return tuple((key, bits) for key, bits in found if bits)


# -- calls
def built(machine: Machine, cls: Class, name: str, arguments: list[Value]) -> Value | None:
    """`Model.model_validate(data)` and its like; None: it is another method."""
    if name not in _BUILDS or not arguments or not is_model(cls) or cls.find(name) is not None:
        return None
    return modelled(machine, cls, arguments[0])


def constructed(
    machine: Machine, cls: Class, arguments: list[Value], keywords: dict[str, Value], frame: Frame
) -> Value | None:
    """`Kind(text)`, `Model(name=…, **data)`; None for a class that checks nothing."""
    from casemate.analysis.code.interpret.members import index

    if is_enum(cls):
        return member(machine, cls, arguments[0] if arguments else None)
    if not is_model(cls) or isinstance(cls.find("__init__"), Closure):
        return None
    made = Instance(cls)
    rest = keywords.get("**")
    for name, (declared, _owner) in fields_of(cls).items():
        if declared.type.startswith("ClassVar"):
            continue
        key = _key(declared, name)
        given = keywords.get(name, keywords.get(key))
        if given is None and rest is not None:
            given = index(machine, rest, Const(key), frame, (0, 0))
        if given is not None:
            made.fields[name] = checked(machine, cls, name, given)
            machine.guard(implied(given, made.fields[name]))
        elif _extends(cls, _SETTINGS) and (key != name or not isinstance(cls.find(name), (Const, Text, Environment))):
            made.fields[name] = Environment(key if key != name else f"{_prefix(cls)}{name}".upper())
        elif isinstance(cls.find(name), Value) and not isinstance(cls.find(name), Closure):
            made.fields[name] = cls.find(name) or UNKNOWN
    made.fields.update({key: value for key, value in keywords.items() if key not in made.fields and key != "**"})
    if rest is not None and _keeps_others(cls):
        made.fields[REST] = rest
    return made


def _prefix(cls: Class) -> str:
    """`model_config = SettingsConfigDict(env_prefix="APP_")` (Pydantic documentation, "Settings management")."""
    settings = cls.find("model_config")
    text = settings.fields.get("env_prefix") if isinstance(settings, Mapping) else None
    return str(text.value) if isinstance(text, Const) else ""


def told(receiver: Instance, name: str) -> Value | None:
    """`model.model_dump()`, `model.model_dump_json()`; None: it is another method."""
    if name not in _DUMPS | _TELLS or receiver.cls.find(name) is not None or not is_model(receiver.cls):
        return None
    made = Mapping()
    made.fields.update((key, value) for key, value in receiver.fields.items() if isinstance(key, str) or key is REST)
    if name in _DUMPS:
        return receiver if "copy" in name else made
    return Thing("json.text", taint_of(made), made=True, receiver=made, sort="str")


def parsed_event(machine: Machine, closure: Closure, event: Value) -> Value | None:
    """The event of a handler that `@event_parser(model=…, envelope=…)` of Powertools checks; None: nothing does."""
    for one in closure.function.decorators:
        if not isinstance(one, ir.Call) or _name(one.function) != "event_parser":
            continue
        keywords = dict(one.keywords)
        model = keywords.get("model")
        named = _resolved(model.id, closure.scope) if isinstance(model, ir.Name) else None
        first = closure.function.parameters[:1]
        if named is None and first and first[0].type:
            named = _resolved(first[0].type.strip("\"' "), closure.scope)
        if not isinstance(named, Class):
            continue
        frame = Frame(closure.module, closure.scope, 0)
        data, listed = _unwrapped(machine, frame, event, _name(keywords.get("envelope") or ir.Const(None, (0, 0))))
        built_ = modelled(machine, named, data)
        return Sequence((), built_) if listed else built_
    return None


def _unwrapped(machine: Machine, frame: Frame, event: Value, envelope: str) -> tuple[Value, bool]:
    """What an envelope takes out of an event, and whether it is one of several."""
    from casemate.analysis.code.interpret.members import index, iterate

    value, listed = event, False
    for key in ENVELOPES.get(envelope, ()):
        value = index(machine, value, Const(key), frame, (0, 0))
        if key == "Records":
            row = iterate(machine, value, frame, (0, 0))
            value, listed = union([*row.items, *([row.rest] if row.rest is not None else ())]), True
    return unknown(taint_of(value)) if ENVELOPES.get(envelope) else value, listed


def _parse(machine: Machine, given: Given, frame: Frame) -> Value | None:
    """`parse(event=…, model=Model, envelope=…)` of Powertools."""
    event = given.keywords.get("event") or next(iter(given.arguments), None)
    model = given.keywords.get("model") or next(iter(given.arguments[1:]), None)
    if event is None or not isinstance(model, Class):
        return None
    envelope = given.keywords.get("envelope")
    name = (envelope.path or "").rpartition(".")[2] if isinstance(envelope, Thing) else ""
    data, listed = _unwrapped(machine, frame, event, name)
    made = modelled(machine, model, data)
    return Sequence((), made) if listed else made


FUNCTIONS: dict[str, Callable[[Machine, Given, Frame], Value | None]] = {
    "aws_lambda_powertools.utilities.parser.parse": _parse,
    "aws_lambda_powertools.utilities.parser.parser.parse": _parse,
}
"""What these give back."""
