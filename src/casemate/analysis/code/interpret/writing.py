"""Writing variables, fields and elements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code import ir
from casemate.analysis.code.interpret import guessing
from casemate.analysis.code.interpret.applying import assigned_member
from casemate.analysis.code.joining import join, options_of, taint_of, union, unknown
from casemate.analysis.code.labels import Label, Origin, Trace
from casemate.analysis.code.values import (
    FRESH,
    ITEMS,
    KEYS,
    NONE,
    REST,
    UNKNOWN,
    Cells,
    Class,
    Closure,
    Const,
    Holder,
    Instance,
    Mapping,
    ModuleValue,
    Row,
    Scope,
    Sequence,
    Text,
    Thing,
    Union,
    Value,
)

if TYPE_CHECKING:
    from casemate.analysis.code.interpret.machine import Frame, Machine

from casemate.analysis.code.interpret.members import _is_null, attribute, field, index, iterate
from casemate.analysis.code.interpret.settling import settled


# -- writing
def assign(machine: Machine, target: ir.Expr, value: Value, frame: Frame, at: ir.At, *, outward: bool = False) -> None:
    """`target = value`.

    `outward`: a name that an outer function has is that one's (JavaScript without `const` or `let`).
    """
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
        holder = _document(machine, target.target, holder, key, frame, at)
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


def _document(machine: Machine, node: ir.Expr, holder: Value, key: Value, frame: Frame, at: ir.At) -> Value:
    """An unknown document in a variable becomes a mapping with its labels when one of its fields is written."""
    loose = (
        isinstance(holder, Thing)
        and holder.sort in {"", "dict"}
        and (holder.path is None or holder.path.endswith("()"))
    )
    if not loose or not holder.taint or not isinstance(node, ir.Name) or not isinstance(key, Const):
        return holder
    document = Mapping(taint=holder.taint)
    set_name(machine, node.id, document, frame, at, outward=True)
    return document


def _may_be_none(value: Value) -> bool:
    return any(_is_null(option) or (isinstance(option, Thing) and option.made is False) for option in options_of(value))


def set_name(machine: Machine, name: str, value: Value, frame: Frame, at: ir.At, *, outward: bool = False) -> None:
    """Write a variable."""
    scope = frame.scope
    if name in scope.outer:
        scope = scope.outer[name]
    elif outward and name not in scope.fields and frame.module.language != "python" and scope.parent is not None:
        scope = _owner(scope, name)
    if machine.guessing:
        guessing.becomes(machine, name, value, frame)
    if value.taint:
        if machine.guards:
            value = settled(machine, value)
        value = stepped(value, frame.module, at, f"it is assigned to {name}")
    machine.trail.set(scope.fields, name, value)


def _owner(scope: Scope, name: str) -> Scope:
    """The scope that an assignment without a declaration writes to: the nearest that has the name.

    Else it is the outermost function's: a variable that was declared without a value stands nowhere.
    """
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
    if frame.module.language == "go" and isinstance(value, Thing):
        row = Row((value, *(_second(item, frame) for item in target.items[1:])))
    else:
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


def _second(item: ir.Expr, frame: Frame) -> Value:
    """What a call of a Go library gives back after its value: an error, by the name that it is given."""
    if isinstance(item, ir.Name) and item.id.lower().startswith("err"):
        label = Label(
            Origin("exception", "an exception's text", "error"), Trace(frame.module, item.at, "a call gives an error")
        )
        return Thing("exception.error", (label,), made=True)
    return UNKNOWN


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


def set_member(  # noqa: C901 - one case a kind of value
    machine: Machine, target: Value, key: Value, value: Value, frame: Frame, at: ir.At, *, attribute: bool = False
) -> None:  # fmt: skip
    """`target.key = value`, `target[key] = value`."""
    if machine.guessing:
        guessing.written(machine, target, key.value if isinstance(key, Const) else None, value)
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
            accessor = None
            if machine.accessors and isinstance(target, Instance):
                accessor = target.cls.find(f"{key.value!s}.setter")
            if isinstance(accessor, Closure):
                from casemate.analysis.code.interpret.calling import call

                call(machine, accessor.bound(target), [value], {}, frame, ir.Const(None, at))
                return
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
        refreshed(machine, target, key.value)
        return
    if isinstance(key, Union) and all(isinstance(option, Const) for option in key.options):
        for option in key.options:
            _weakly(machine, target, option, value)
        return
    known = target.fields.get(KEYS)
    machine.trail.set(target.fields, KEYS, key if known is None else join(known, key))
    _rest(machine, target.fields, value)


_BETWEEN = "\0"


def is_fresh(fields: Cells, key: object) -> bool:
    """Whether a known key was surely written after all that may stand under any key."""
    written = fields.get(FRESH)
    return written is not None and all(
        isinstance(one, Const) and str(key) in str(one.value).split(_BETWEEN) for one in options_of(written)
    )


def refreshed(machine: Machine, target: Mapping, key: object) -> None:
    """A known key was written: what may stand under any key is older (`{...body, role: "user"}`)."""
    if REST not in target.fields or not isinstance(key, str) or is_fresh(target.fields, key):
        return
    known = target.fields.get(FRESH)
    names = str(known.value) if isinstance(known, Const) else ""
    machine.trail.set(target.fields, FRESH, Const(f"{names}{_BETWEEN}{key}"))


def _rest(machine: Machine, fields: Cells, value: Value) -> None:
    machine.trail.delete(fields, FRESH)
    known = fields.get(REST)
    machine.trail.set(fields, REST, value if known is None else join(known, value))


def _set_element(machine: Machine, target: Sequence, key: Value, value: Value) -> None:
    row = target.row
    if isinstance(key, Const) and isinstance(key.value, int):
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


def spread_into(machine: Machine, target: Mapping, value: Value) -> None:  # noqa: C901 - one case a kind of value
    """`{**value}`, `{...value}`, `target.update(value)`: later ones win."""
    for option in options_of(value):
        if isinstance(option, Mapping):
            older = [*((option.fields[REST],) if REST in option.fields else ()),
                     *((unknown(option.taint),) if option.taint else ())]  # fmt: skip
            for inner in older:
                _rest(machine, target.fields, inner)
            for key, inner in list(option.fields.items()):
                if key is REST or key is FRESH:
                    continue
                if key is KEYS or isinstance(value, Union):
                    known = target.fields.get(key)
                    machine.trail.set(target.fields, key, inner if known is None else join(known, inner))
                    continue
                machine.trail.set(target.fields, key, inner)
                if REST not in option.fields or is_fresh(option.fields, key):
                    refreshed(machine, target, key)
            if option.shape is not None and target.shape is None and not isinstance(value, Union):
                target.shape, target.key = option.shape, option.key
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
    dropped = holder.cls.find("__delitem__") if isinstance(holder, Instance) and isinstance(target, ir.Index) else None
    if isinstance(dropped, Closure) and isinstance(holder, Instance):
        from casemate.analysis.code.interpret.calling import call

        call(machine, dropped.bound(holder), [key], {}, frame, target)
    elif isinstance(holder, (Mapping, Instance)) and isinstance(key, Const):
        if isinstance(holder, Mapping) and holder.shape is not None:
            machine.trail.set(holder.fields, key.value, NONE)
        else:
            machine.trail.delete(holder.fields, key.value)
    elif isinstance(holder, Sequence) and isinstance(key, Const) and isinstance(key.value, int):
        row = holder.row
        place = key.value + len(row.items) if key.value < 0 else key.value
        if row.rest is None and 0 <= place < len(row.items):
            machine.trail.set(holder.fields, ITEMS, Row((*row.items[:place], *row.items[place + 1 :])))
