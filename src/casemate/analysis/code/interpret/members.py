"""Reading and writing fields, elements and variables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code import ir
from casemate.analysis.code.interpret.applying import assigned_member, read_member
from casemate.analysis.code.values import (
    ITEMS,
    KEYS,
    NONE,
    PART,
    REST,
    UNKNOWN,
    WHOLE,
    Cells,
    Class,
    Client,
    Closure,
    Const,
    Environment,
    Holder,
    Instance,
    Label,
    Mapping,
    Method,
    ModuleValue,
    Origin,
    Row,
    Scope,
    Sequence,
    Shape,
    Super,
    Taint,
    Text,
    Thing,
    Trace,
    Union,
    Value,
    as_part,
    join,
    merge,
    options_of,
    taint_of,
    union,
    unknown,
)

if TYPE_CHECKING:
    from casemate.analysis.code.interpret.machine import Frame, Machine

MAX_PATH = 160
_LENGTHS = frozenset({"length", "size", "byteLength"})


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
    if shape.children:
        return Mapping(shape=shape, key=key, taint=taint)
    if shape.element is not None:
        return Sequence((), from_shape(machine, shape.element, f"{key}[]", frame, at))
    return unknown(taint, shape.sort)


# -- reading
def attribute(machine: Machine, target: Value, name: str, frame: Frame, at: ir.At) -> Value:
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
            return found.bound(target) if isinstance(found, Closure) and _is_class_method(found) else found
        base = target.library_base()
        return Thing(f"{base}.{name}") if base else UNKNOWN
    if isinstance(target, Super):
        return _super_member(target, name)
    if isinstance(target, Client):
        from casemate.analysis.code.interpret.sdk import client_member

        return client_member(target, name)
    if isinstance(target, Union):
        return union(attribute(machine, option, name, frame, at) for option in target.options if not _is_null(option))
    if isinstance(target, Sequence):
        if name in _LENGTHS:
            row = target.row
            return Const(len(row.items)) if row.rest is None else unknown(sort="int")
        return Method(target, name)
    if isinstance(target, Const):
        if name in _LENGTHS and isinstance(target.value, str):
            return Const(len(target.value))
        return UNKNOWN if target.value is None else Method(target, name)
    if name in _LENGTHS:
        return unknown(sort="int")
    if isinstance(target, Closure) and name in {"__name__", "name"}:
        return Const(target.function.name)
    return Method(target, name) if isinstance(target, Text) else unknown(as_part(target.taint))


def _is_null(value: Value) -> bool:
    return isinstance(value, Const) and value.value is None


def _thing_member(machine: Machine, target: Thing, name: str, frame: Frame, at: ir.At) -> Value:
    if target.path is None or len(target.path) > MAX_PATH:
        if name in _LENGTHS and frame.module.language != "python":
            return unknown(sort="int")
        if not target.taint:
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
    member = Thing(path, specialised(target.taint, name, frame, at), made=target.made)
    return read_member(machine, member, frame, at)


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
    base = target.cls.library_base()
    return Thing(f"{base}.{name}", target.taint, made=True) if base else unknown(target.taint)


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
        return found if rest is None else join(found, rest)
    if target.shape is not None:
        child = target.shape.children.get(key) if isinstance(key, str) else None
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
    values = [value for key, value in target.fields.items() if key is not KEYS]
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


def index(machine: Machine, target: Value, key: Value, frame: Frame, at: ir.At) -> Value:
    """`target[key]`."""
    if isinstance(target, Union):
        return union(index(machine, option, key, frame, at) for option in target.options if not _is_null(option))
    if isinstance(key, Union) and isinstance(target, (Mapping, Sequence)):
        return union(index(machine, target, option, frame, at) for option in key.options)
    if isinstance(target, Sequence):
        return element(target, key)
    if isinstance(target, Mapping):
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
        return unknown(sort="str")
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
    if isinstance(target, (Instance, Class, ModuleValue, Client)):
        if isinstance(key, Const) and isinstance(key.value, str):
            if isinstance(target, Instance):
                from casemate.analysis.code.interpret.calling import call

                getter = target.cls.find("__getitem__")
                if isinstance(getter, Closure):
                    return call(machine, getter.bound(target), [key], {}, frame, ir.Const(None, at))
            return attribute(machine, target, key.value, frame, at)
        if isinstance(target, Client):
            machine.unfollowed(frame, at, "the operation of a client is chosen at run time")
        return unknown(taint_of(target))
    return unknown(as_part(target.taint))


def element(target: Sequence, key: Value) -> Value:
    """An element of a sequence."""
    row = target.row
    if isinstance(key, Const) and isinstance(key.value, int):
        place = key.value
        if place < 0 and row.rest is None:
            place += len(row.items)
        if 0 <= place < len(row.items):
            return row.items[place]
        if place < 0:
            return union((*row.items[-1:], row.rest)) if row.rest is not None else UNKNOWN
        return row.rest or UNKNOWN
    every = [*row.items, *([row.rest] if row.rest is not None else [])]
    return union(every) if every else UNKNOWN


def iterate(machine: Machine, value: Value, frame: Frame, at: ir.At, over: str = "values") -> Row:
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
        if over == "items":
            inner = unknown(specialised(value.taint, "[]", frame, at))
            return Row((), Sequence((unknown(value.taint), inner), kind="tuple"))
        path = f"{value.path}[]" if value.path and len(value.path) < MAX_PATH else None
        member = Thing(path, specialised(value.taint, "[]", frame, at), made=value.made)
        return Row((), read_member(machine, member, frame, at) if path else member)
    if isinstance(value, Client):
        from casemate.analysis.code.interpret.sdk import elements_of

        listed = elements_of(value)
        if listed is not None:
            return Row((), listed)
    if isinstance(value, Instance):
        from casemate.analysis.code.interpret.calling import call

        method = value.cls.find("__iter__")
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
    if exact:
        return Row(tuple(names))
    return Row((), union(names))


# -- writing
def assign(machine: Machine, target: ir.Expr, value: Value, frame: Frame, at: ir.At, *, outward: bool = False) -> None:
    """`target = value`. `outward`: a name that an outer function has is that one's (JavaScript without `const`, `let`)."""
    if isinstance(target, ir.Name):
        set_name(machine, target.id, value, frame, at, outward=outward)
    elif isinstance(target, ir.Attr):
        from casemate.analysis.code.interpret.expressions import evaluate

        set_member(
            machine, evaluate(machine, target.target, frame), Const(target.name), value, frame, at, attribute=True
        )
    elif isinstance(target, ir.Index):
        from casemate.analysis.code.interpret.expressions import evaluate

        holder = evaluate(machine, target.target, frame)
        key = UNKNOWN if isinstance(target.key, ir.Slice) else evaluate(machine, target.key, frame)
        set_member(machine, holder, key, value, frame, at)
    elif isinstance(target, ir.Display):
        _unpack(machine, target, value, frame, at)
    elif isinstance(target, ir.Record):
        _destructure(machine, target, value, frame, at)
    elif isinstance(target, ir.Logical):
        from casemate.analysis.code.interpret.expressions import evaluate

        if _may_be_none(value):
            kept = [option for option in options_of(value) if not _is_null(option)]
            value = union((*kept, evaluate(machine, target.right, frame)))
        assign(machine, target.left, value, frame, at, outward=outward)
    elif isinstance(target, (ir.Spread, ir.Unary)):
        assign(machine, target.value, value, frame, at)


def _may_be_none(value: Value) -> bool:
    return any(_is_null(option) or (isinstance(option, Thing) and option.made is False) for option in options_of(value))


def set_name(machine: Machine, name: str, value: Value, frame: Frame, at: ir.At, *, outward: bool = False) -> None:
    """Write a variable."""
    scope = frame.scope
    if name in scope.outer:
        scope = scope.outer[name]
    elif outward and name not in scope.fields and frame.module.language != "python" and scope.parent is not None:
        scope = _owner(scope, name)
    if value.taint:
        value = stepped(value, frame.module, at, f"it is assigned to {name}")
    machine.trail.set(scope.fields, name, value)


def _owner(scope: Scope, name: str) -> Scope:
    """The scope that an assignment without a declaration writes to: the nearest that has the name, else the outermost
    function's (a variable that was declared without a value stands nowhere)."""
    current = scope
    while current.parent is not None:
        if name in current.fields:
            return current
        if current.parent.parent is None and name not in current.parent.fields:
            return current
        current = current.parent
    return current


def stepped(value: Value, module: ir.Module, at: ir.At, words: str) -> Value:
    """The value with one more stop on the way of its labels."""
    if isinstance(value, Thing):
        taint = tuple(label.with_step(module, at, words) for label in value.taint)
        return Thing(value.path, taint, made=value.made, receiver=value.receiver, sort=value.sort)
    if isinstance(value, Text):
        return Text(tuple(stepped(part, module, at, words) if part.taint else part for part in value.parts))
    if isinstance(value, Union):
        return Union(tuple(stepped(one, module, at, words) if one.taint else one for one in value.options))
    return value


def _unpack(machine: Machine, target: ir.Display, value: Value, frame: Frame, at: ir.At) -> None:
    row = iterate(machine, value, frame, at)
    count = len(target.items)
    star = next((place for place, item in enumerate(target.items) if isinstance(item, ir.Spread)), None)
    for place, item in enumerate(target.items):
        if isinstance(item, ir.Spread):
            after = count - place - 1
            if row.rest is None:
                kept = row.items[place : len(row.items) - after] if after else row.items[place:]
                rest: Value = Sequence(kept)
            else:
                rest = Sequence(row.items[place:], row.rest)
            assign(machine, item, rest, frame, at)
            continue
        if star is not None and place > star and row.rest is None:
            from_end = len(row.items) - (count - place)
            one: Value = row.items[from_end] if 0 <= from_end < len(row.items) else UNKNOWN
        else:
            one = row.items[place] if place < len(row.items) else row.rest or UNKNOWN
        if not (isinstance(item, ir.Name) and not item.id):
            assign(machine, item, one, frame, at)


def _destructure(machine: Machine, target: ir.Record, value: Value, frame: Frame, at: ir.At) -> None:
    from casemate.analysis.code.interpret.expressions import evaluate

    taken: set[object] = set()
    for key_node, inner in target.entries:
        if key_node is None:
            rest = Mapping(taint=value.taint)
            for option in options_of(value):
                if isinstance(option, Mapping):
                    spread_into(machine, rest, option)
            for key in taken:
                rest.fields.pop(key, None)
            assign(machine, inner, rest, frame, at)
            continue
        key_value = evaluate(machine, key_node, frame)
        if isinstance(key_value, Const):
            taken.add(key_value.value)
            one = attribute(machine, value, str(key_value.value), frame, inner.at)
        else:
            one = index(machine, value, key_value, frame, inner.at)
        assign(machine, inner, one, frame, inner.at)


def set_member(
    machine: Machine, target: Value, key: Value, value: Value, frame: Frame, at: ir.At, *, attribute: bool = False
) -> None:  # fmt: skip
    """`target.key = value`, `target[key] = value`."""
    if isinstance(target, Union):
        for option in target.options:
            if isinstance(option, (Mapping, Instance, Sequence)):
                _weakly(machine, option, key, value)
            else:
                set_member(machine, option, key, value, frame, at, attribute=attribute)
        return
    if isinstance(target, Mapping):
        if target.shape is not None and isinstance(key, Const) and key.value not in target.fields:
            field(machine, target, key.value, frame, at)
        if target.key == "context" and isinstance(key, Const) and key.value == "res":
            respond_azure(machine, value, frame, at)
        put(machine, target, key, value)
    elif isinstance(target, (Instance, Class, ModuleValue)):
        if isinstance(key, Const) and (attribute or frame.module.language != "python"):
            machine.trail.set(target.fields, key.value, value)
        else:
            setter = target.cls.find("__setitem__") if isinstance(target, Instance) else None
            if isinstance(setter, Closure):
                from casemate.analysis.code.interpret.calling import call

                call(machine, setter.bound(target), [key, value], {}, frame, ir.Const(None, at))
            else:
                _rest(machine, target.fields, value)
    elif isinstance(target, Sequence):
        _set_element(machine, target, key, value)
    elif isinstance(target, Thing) and target.path is not None:
        assigned_member(machine, target, key, value, frame, at, attribute=attribute)
    elif isinstance(target, Closure) and isinstance(key, Const):
        return


def respond_azure(machine: Machine, value: Value, frame: Frame, at: ir.At) -> None:
    """`context.res = …`: the response of a function in Azure's first model."""
    from casemate.analysis.code.interpret.responding import responder

    judge = responder(machine, "lambda")
    if judge is not None:
        judge(value, machine.writing, at, frame)


def _weakly(machine: Machine, target: Holder, key: Value, value: Value) -> None:
    if isinstance(target, Sequence):
        _set_element(machine, target, UNKNOWN, value)
    elif isinstance(key, Const):
        known = target.fields.get(key.value)
        machine.trail.set(target.fields, key.value, value if known is None else join(known, value))
    else:
        _rest(machine, target.fields, value)


def put(machine: Machine, target: Mapping, key: Value, value: Value) -> None:
    """Write a field of a mapping; what is written under an unknown key may be under any."""
    if isinstance(key, Const):
        machine.trail.set(target.fields, key.value, value)
        return
    if isinstance(key, Union) and all(isinstance(option, Const) for option in key.options):
        for option in key.options:
            _weakly(machine, target, option, value)
        return
    known = target.fields.get(KEYS)
    machine.trail.set(target.fields, KEYS, key if known is None else join(known, key))
    _rest(machine, target.fields, value)


def _rest(machine: Machine, fields: Cells, value: Value) -> None:
    known = fields.get(REST)
    machine.trail.set(fields, REST, value if known is None else join(known, value))


def _set_element(machine: Machine, target: Sequence, key: Value, value: Value) -> None:
    row = target.row
    if isinstance(key, Const) and isinstance(key.value, int) and not isinstance(key.value, bool):
        place = key.value + len(row.items) if key.value < 0 and row.rest is None else key.value
        if 0 <= place < len(row.items):
            items = (*row.items[:place], value, *row.items[place + 1 :])
            machine.trail.set(target.fields, ITEMS, Row(items, row.rest))
            return
        if place == len(row.items) and row.rest is None:
            machine.trail.set(target.fields, ITEMS, Row((*row.items, value)))
            return
    items = tuple(join(item, value) for item in row.items)
    machine.trail.set(target.fields, ITEMS, Row(items, value if row.rest is None else join(row.rest, value)))


def spread_into(machine: Machine, target: Mapping, value: Value) -> None:
    """`{**value}`, `{...value}`, `target.update(value)`: later ones win."""
    for option in options_of(value):
        if isinstance(option, Mapping):
            for key, inner in list(option.fields.items()):
                if key is REST:
                    _rest(machine, target.fields, inner)
                elif key is KEYS or isinstance(value, Union):
                    known = target.fields.get(key)
                    machine.trail.set(target.fields, key, inner if known is None else join(known, inner))
                else:
                    machine.trail.set(target.fields, key, inner)
            if option.shape is not None and target.shape is None and not isinstance(value, Union):
                target.shape, target.key = option.shape, option.key
            if option.taint:
                _rest(machine, target.fields, unknown(option.taint))
        elif isinstance(option, Instance):
            for key, inner in list(option.fields.items()):
                machine.trail.set(target.fields, key, inner)
        elif not isinstance(option, Const):
            taint = taint_of(option)
            if taint:
                _rest(machine, target.fields, unknown(taint))
                if target.fields.get(KEYS) is None:
                    machine.trail.set(target.fields, KEYS, unknown(taint, "str"))
            elif isinstance(option, Thing):
                _rest(machine, target.fields, UNKNOWN)


def delete(machine: Machine, target: ir.Expr, frame: Frame) -> None:
    """`del target`."""
    from casemate.analysis.code.interpret.expressions import evaluate

    if isinstance(target, ir.Name):
        machine.trail.delete(frame.scope.fields, target.id)
        return
    if not isinstance(target, (ir.Index, ir.Attr)):
        return
    holder = evaluate(machine, target.target, frame)
    if isinstance(target, ir.Attr):
        key: Value = Const(target.name)
    else:
        key = UNKNOWN if isinstance(target.key, ir.Slice) else evaluate(machine, target.key, frame)
    if isinstance(holder, (Mapping, Instance)) and isinstance(key, Const):
        if isinstance(holder, Mapping) and holder.shape is not None:
            machine.trail.set(holder.fields, key.value, NONE)
        else:
            machine.trail.delete(holder.fields, key.value)
    elif isinstance(holder, Sequence) and isinstance(key, Const) and isinstance(key.value, int):
        row = holder.row
        place = key.value + len(row.items) if key.value < 0 else key.value
        if row.rest is None and 0 <= place < len(row.items):
            machine.trail.set(holder.fields, ITEMS, Row((*row.items[:place], *row.items[place + 1 :])))


__all__ = ["PART", "Environment", "Trace", "merge"]
