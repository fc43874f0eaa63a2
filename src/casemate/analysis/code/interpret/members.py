"""Reading and writing fields, elements and variables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.analysis.code import ir
from casemate.analysis.code.interpret.applying import read_member
from casemate.analysis.code.joining import join, options_of, taint_of, union, unknown
from casemate.analysis.code.labels import TRACEBACK, WHOLE, Label, Origin, Taint, Trace, as_part
from casemate.analysis.code.values import (
    FRESH,
    KEYS,
    NONE,
    REST,
    UNKNOWN,
    Class,
    Client,
    Closure,
    Const,
    Environment,
    Instance,
    Mapping,
    Method,
    ModuleValue,
    Row,
    Sequence,
    Shape,
    Super,
    Text,
    Thing,
    Union,
    Value,
)

if TYPE_CHECKING:
    from casemate.analysis.code.interpret.machine import Frame, Machine


MAX_PATH = 160
_PLACES = {"Key": 0, "Value": 1, **{f"Item{number + 1}": number for number in range(7)}}
_LENGTHS = frozenset({"length", "size", "byteLength", "Length", "Count"})


def specialised(taint: Taint, name: str, frame: Frame, at: ir.At) -> Taint:
    """The labels of a member of data: an origin of its own, so that a check of one member says nothing of another."""
    if not taint:
        return taint
    found = []
    for label in taint:
        if label.form == WHOLE and len(label.origin.key) < MAX_PATH:
            origin = Origin(f"{label.origin.key}.{name}", label.origin.what, label.origin.kind)
            found.append(
                Label(origin, label.trace, cured=label.cured, quoted=label.quoted, form=WHOLE, sure=label.sure)
            )
        else:
            found.append(label)
    del frame, at
    return tuple(found)


def from_shape(machine: Machine, shape: Shape, key: str, frame: Frame, at: ir.At) -> Value:
    """What an input has at `key`."""
    taint: Taint = ()
    if shape.what is not None:
        taint = machine.source(frame, at, Origin(key, shape.what, shape.kind))
        if shape.kind == "identity" and machine.weighing.identity is None:
            machine.weighing.identity = (frame.module, at, taint[0])
    if shape.children:
        return Mapping(shape=shape, key=key, taint=taint)
    if shape.element is not None:
        return Sequence((), from_shape(machine, shape.element, f"{key}[]", frame, at))
    return unknown(taint, shape.sort) if shape.path is None else Thing(shape.path, taint, made=True, sort=shape.sort)


# -- reading
def attribute(machine: Machine, target: Value, name: str, frame: Frame, at: ir.At) -> Value:  # noqa: C901 - one case a kind of value
    """`target.name`."""
    if isinstance(target, Thing):
        return _thing_member(machine, target, name, frame, at)
    if isinstance(target, Mapping):
        if frame.module.language != "python" or name in target.fields:
            return field(machine, target, name, frame, at)
        return unknown(specialised(target.taint, name, frame, at))
    if isinstance(target, Instance):
        return _instance_member(machine, target, name, frame, at)
    if isinstance(target, ModuleValue):
        return machine.project.member(machine, target, name)
    if isinstance(target, Class):
        found = target.find(name)
        if found is not None:
            if isinstance(found, Closure) and found.function.is_static and _is_property(found):
                from casemate.analysis.code.interpret.calling import call

                return call(machine, found, [], {}, frame, ir.Const(None, at))
            return found.bound(target) if isinstance(found, Closure) and _is_class_method(found) else found
        if frame.module.language in {"java", "csharp"} and name in target.initial:  # a static field
            return target.initial[name]
        base = target.library_base()
        return Thing(f"{base}.{name}") if base else UNKNOWN
    if isinstance(target, Super):
        return _super_member(target, name)
    if isinstance(target, Client):
        from casemate.analysis.code.interpret.sdk import client_member

        return client_member(target, name, machine, frame, at)
    if isinstance(target, Union):
        return union(attribute(machine, option, name, frame, at) for option in target.options if not _is_null(option))
    if isinstance(target, Sequence):
        if name in _LENGTHS:
            row = target.row
            return Const(len(row.items)) if row.rest is None else unknown(sort="int")
        if target.kind == "tuple" and name in _PLACES:  # C#: `pair.Key`, `tuple.Item1`
            return element(target, Const(_PLACES[name]))
        return Method(target, name)
    if isinstance(target, Const):
        if name in _LENGTHS and isinstance(target.value, str):
            return Const(len(target.value))
        return UNKNOWN if target.value is None else Method(target, name)
    if name in _LENGTHS:
        return unknown(sort="int")
    if isinstance(target, Environment) and name == "value" and machine.language == "python":
        return target  # of a member of an enum
    if isinstance(target, Closure) and name in {"__name__", "name"}:
        return Const(target.function.name)
    if isinstance(target, Closure) and name == "prototype":
        from casemate.analysis.code.interpret.injecting import prototype_of

        return prototype_of(machine, target)
    return Method(target, name) if isinstance(target, Text) else unknown(as_part(target.taint))


def _is_null(value: Value) -> bool:
    return isinstance(value, Const) and value.value is None


def _thing_member(machine: Machine, target: Thing, name: str, frame: Frame, at: ir.At) -> Value:
    if target.path is None or len(target.path) > MAX_PATH:
        if name in _LENGTHS and frame.module.language != "python":
            return unknown(sort="int")
        if not target.taint or name == "ResponseURL":  # of CloudFormation, in the event of a custom resource
            return UNKNOWN
        return unknown(specialised(target.taint, name, frame, at))
    path = f"{target.path}.{name}"
    written = machine.extras.get(path)
    if written is not None:
        return written
    if path == "process.env":
        return Thing("os.environ")
    if target.path == "os.environ":
        return Environment(name)
    if name == "stack" and frame.module.language != "python":
        return _stack(target, frame, at)
    if name in {"name", "constructor"} and target.path.startswith("exception.") and frame.module.language != "python":
        return UNKNOWN  # the class of an error: what the program or its libraries call it
    member = Thing(path, specialised(target.taint, name, frame, at), made=target.made)
    return read_member(machine, member, frame, at)


_ERRORS = re.compile(r"^(?:exception\..*|(?:\w*\.)?\w*(?:[Ee]rr|[Ee]rror|[Ee]xception))(?:\(\))?$")


def _stack(target: Thing, frame: Frame, at: ir.At) -> Value:
    """`error.stack`: files, lines and versions, whatever the error is about."""
    if not _ERRORS.match(target.path or "") and not any(label.origin.kind == "error" for label in target.taint):
        return unknown(specialised(target.taint, "stack", frame, at))
    others = tuple(label for label in target.taint if label.origin.kind != "error")
    trace = Trace(frame.module, at, f"{TRACEBACK} is read")
    return unknown((*others, Label(Origin("exception.stack", TRACEBACK, "error"), trace)), "str")


def bind(member: Value, receiver: Value) -> Value:
    """A member of a class, seen from an instance."""
    if isinstance(member, Closure) and member.receiver is None and not member.function.is_static:
        return member.bound(receiver)
    return member


def _is_class_method(closure: Closure) -> bool:
    return any(isinstance(one, ir.Name) and one.id == "classmethod" for one in closure.function.decorators)


_PROPERTIES = frozenset({"property", "cached_property"})


def _is_property(closure: Closure) -> bool:
    for one in closure.function.decorators:
        name = one.id if isinstance(one, ir.Name) else one.name if isinstance(one, ir.Attr) else ""
        if name in _PROPERTIES:
            return True
    return False


def _instance_member(machine: Machine, target: Instance, name: str, frame: Frame, at: ir.At) -> Value:
    found = target.fields.get(name)
    if found is not None:
        return found
    member = target.cls.find(name)
    if isinstance(member, Closure):
        if _is_property(member):
            from casemate.analysis.code.interpret.calling import call

            return call(machine, member.bound(target), [], {}, frame, ir.Const(None, at))
        if _is_class_method(member):
            return member.bound(target.cls)
        return bind(member, target)
    if member is not None:
        return member
    if name == "__class__":
        return target.cls
    rest = target.fields.get(REST)
    if rest is not None:
        return rest
    fallback = target.cls.find("__getattr__") if name[:2] != "__" else None
    if isinstance(fallback, Closure) and all(one.function is not fallback.function for one in machine.stack):
        from casemate.analysis.code.interpret.calling import call

        return call(machine, bind(fallback, target), [Const(name)], {}, frame, ir.Const(None, at))
    base = target.cls.library_base()
    if not base:
        return unknown(target.taint)
    return read_member(machine, Thing(f"{base}.{name}", target.taint, made=True), frame, at)


def _super_member(target: Super, name: str) -> Value:
    for base in target.cls.bases:
        if isinstance(base, Class):
            found = base.find(name)
            if found is not None:
                return bind(found, target.receiver)
        elif isinstance(base, Thing) and base.path:
            return Thing(f"{base.path}.{name}", made=True)
    return UNKNOWN


def field(
    machine: Machine, target: Mapping, key: object, frame: Frame, at: ir.At, missing: Value | None = None
) -> Value:
    """What a mapping has under a known key."""
    found = target.fields.get(key)
    rest = target.fields.get(REST)
    if found is not None:
        if rest is not None:
            from casemate.analysis.code.interpret.writing import is_fresh

            return found if is_fresh(target.fields, key) else join(found, rest)
        return found
    if target.shape is not None:
        child = target.shape.children.get(key) if isinstance(key, str) else None
        if child is None and isinstance(key, str) and key.startswith("custom:"):
            child = target.shape.children.get("custom:*")
        child = child or target.shape.children.get("*")
        if child is not None:
            value = from_shape(machine, child, f"{target.key}.{key}", frame, at)
            target.fields[key] = value  # no write: it was there all the time
            return value
        return NONE if missing is NONE else UNKNOWN
    if rest is not None:
        return rest
    if target.taint:
        return unknown(specialised(target.taint, str(key), frame, at))
    if missing is not None:
        return missing
    return UNKNOWN if frame.module.language == "python" else NONE


def any_field(machine: Machine, target: Mapping, frame: Frame, at: ir.At) -> Value:
    """What a mapping may have under a key that is not known."""
    values = [value for key, value in target.fields.items() if key is not KEYS and key is not FRESH]
    if target.shape is not None and "*" in target.shape.children:
        values.append(from_shape(machine, target.shape.children["*"], f"{target.key}.*", frame, at))
    if target.taint:
        values.append(unknown(target.taint))
    return union(values) if values else UNKNOWN


def keys_of(target: Mapping) -> list[Value]:
    """Every key of a mapping that may be there."""
    found: list[Value] = [Const(key) for key in target.fields if isinstance(key, (str, int, float, bytes))]
    if KEYS in target.fields:
        found.append(target.fields[KEYS])
    return found


def index(machine: Machine, target: Value, key: Value, frame: Frame, at: ir.At) -> Value:  # noqa: C901 - one case a kind of value
    """`target[key]`."""
    if isinstance(target, Union):
        return union(index(machine, option, key, frame, at) for option in target.options if not _is_null(option))
    if isinstance(key, Union) and isinstance(target, (Mapping, Sequence)):
        return union(index(machine, target, option, frame, at) for option in key.options)
    if isinstance(target, Sequence):
        return element(target, key)
    if isinstance(target, Class) and machine.language == "python" and target.find("__class_getitem__") is None:
        return target  # `Repository[User]` is a repository
    if isinstance(target, Mapping):
        if target.path is not None and isinstance(key, Const) and key.value not in target.fields:
            made = _made_key(machine, target, key, frame)
            if made is not None:
                return made
        if (
            machine.language == "go"
            and key.taint
            and target.fields
            and all(isinstance(one, Const) and one.value is True for one in target.fields.values())
        ):  # `allowed[name]` of a map of booleans
            from casemate.analysis.code.interpret.comparing import contains

            return contains(target, key)
        return (
            field(machine, target, key.value, frame, at)
            if isinstance(key, Const)
            else any_field(machine, target, frame, at)
        )
    if isinstance(target, Const) and isinstance(target.value, (str, bytes)):
        if (
            isinstance(key, Const)
            and isinstance(key.value, int)
            and -len(target.value) <= key.value < len(target.value)
        ):
            return Const(target.value[key.value])
        return unknown(tuple(label for label in key.taint if label.origin.kind == "random"), "str")
    if isinstance(target, Thing):
        if target.path == "os.environ":
            return (
                Environment(key.value) if isinstance(key, Const) and isinstance(key.value, str) else unknown(sort="str")
            )
        name = str(key.value) if isinstance(key, Const) else "*"
        if frame.module.language != "python" and isinstance(key, Const) and isinstance(key.value, str):
            return attribute(machine, target, name, frame, at)
        if target.path is not None:
            member = Thing(f"{target.path}[]", specialised(target.taint, name, frame, at), made=target.made)
            return read_member(machine, member, frame, at)
        if target.taint:
            if target.sort == "str":
                return unknown(as_part(target.taint), "str")
            return unknown(specialised(target.taint, name, frame, at))
        return UNKNOWN
    if isinstance(target, Instance) and isinstance(key, Const) and isinstance(key.value, int) and target.cls.bases:
        from casemate.analysis.code.interpret.objects_python import fields_in_order

        items = fields_in_order(target)
        if items is not None:
            return element(Sequence(items, kind="tuple"), key)
    if isinstance(target, (Instance, Class, ModuleValue, Client)):
        if isinstance(key, Const) and isinstance(key.value, str):
            if isinstance(target, Instance):
                from casemate.analysis.code.interpret.calling import call

                getter = target.cls.find("__getitem__")
                if isinstance(getter, Closure):
                    return call(machine, getter.bound(target), [key], {}, frame, ir.Const(None, at))
            return attribute(machine, target, key.value, frame, at)
        several = options_of(key)
        if (
            isinstance(target, Client)
            and len(several) > 1
            and all(isinstance(one, Const) and isinstance(one.value, str) for one in several)
        ):
            return union([attribute(machine, target, str(one.value), frame, at) for one in several
                          if isinstance(one, Const)])  # fmt: skip
        if isinstance(target, Client):
            machine.unfollowed(frame, at, "the operation of a client is chosen at run time")
        return unknown(taint_of(target))
    return unknown(as_part(target.taint))


def _made_key(machine: Machine, target: Mapping, key: Const, frame: Frame) -> Value | None:
    """What is made when a key is asked for: a section of a `configparser`, an element of a `defaultdict`."""
    if target.path == "configparser":
        from casemate.analysis.code.interpret.mappings import config_section

        return config_section(target, key)
    from casemate.analysis.code.interpret.objects_python import missing

    return missing(machine, target, key, frame)


def element(target: Sequence, key: Value) -> Value:
    """An element of a sequence."""
    row = target.row
    if isinstance(key, Const) and isinstance(key.value, int):
        place = int(key.value)
        if place < 0 and row.rest is None:
            place += len(row.items)
        if 0 <= place < len(row.items):
            return row.items[place]
        if place < 0:
            return union((*row.items[-1:], row.rest)) if row.rest is not None else UNKNOWN
        return row.rest or UNKNOWN
    every = [*row.items, *([row.rest] if row.rest is not None else [])]
    return union(every) if every else UNKNOWN


def iterate(machine: Machine, value: Value, frame: Frame, at: ir.At, over: str = "values") -> Row:  # noqa: C901 - one case a kind of value
    """The elements that a loop over the value meets."""
    if isinstance(value, Sequence):
        if over == "keys":
            return Row((), unknown(sort="int"))
        if over == "items":
            row = value.row
            pairs = tuple(Sequence((Const(place), item), kind="tuple") for place, item in enumerate(row.items))
            return Row(pairs, None if row.rest is None else Sequence((unknown(sort="int"), row.rest), kind="tuple"))
        return value.row
    if isinstance(value, Mapping):
        return _iterate_mapping(machine, value, frame, at, over)
    if isinstance(value, Const) and isinstance(value.value, str) and len(value.value) <= 16:
        return Row(tuple(Const(one) for one in value.value))
    if isinstance(value, Union):
        rows = [iterate(machine, option, frame, at, over) for option in value.options if not _is_null(option)]
        every = [item for row in rows for item in (*row.items, *([row.rest] if row.rest is not None else []))]
        return Row((), union(every) if every else None)
    if isinstance(value, Thing):
        path = f"{value.path}[]" if value.path and len(value.path) < MAX_PATH else None
        member: Value = Thing(path, specialised(value.taint, "[]", frame, at), made=value.made)
        if path:
            member = read_member(machine, Thing(path, member.taint, made=value.made), frame, at)
        if over == "items":
            return Row((), Sequence((unknown(value.taint), member), kind="tuple"))
        return Row((), member)
    if isinstance(value, Client):
        from casemate.analysis.code.interpret.sdk import elements_of

        listed = elements_of(value)
        if listed is not None:
            return Row((), listed)
    if isinstance(value, Instance):
        from casemate.analysis.code.interpret.calling import call

        method = value.cls.find("__iter__")
        if frame.module.language == "python" and value.cls.bases:
            from casemate.analysis.code.interpret.objects_python import fields_in_order

            items = fields_in_order(value)
            if items is not None:
                return Row(tuple(items))
        if isinstance(method, Closure):
            return iterate(
                machine, call(machine, method.bound(value), [], {}, frame, ir.Const(None, at)), frame, at, over
            )
    return Row((), unknown(as_part(taint_of(value))))


def _iterate_mapping(machine: Machine, value: Mapping, frame: Frame, at: ir.At, over: str) -> Row:
    keys = keys_of(value)
    names: list[Value] = list(keys)
    if value.shape is not None or value.taint or REST in value.fields:
        names.append(unknown(value.taint, "str"))
    exact = value.shape is None and not value.taint and REST not in value.fields
    if over == "items":
        pairs: list[Value] = [
            Sequence((key, field(machine, value, key.value, frame, at)), kind="tuple")
            for key in keys
            if isinstance(key, Const)
        ]
        if exact:
            return Row(tuple(pairs))
        pairs.append(Sequence((union(names), any_field(machine, value, frame, at)), kind="tuple"))
        return Row((), union(pairs))
    if frame.module.language == "csharp" and over == "values":  # its elements are pairs
        return _iterate_mapping(machine, value, frame, at, "items")
    if exact:
        return Row(tuple(names))
    return Row((), union(names))
