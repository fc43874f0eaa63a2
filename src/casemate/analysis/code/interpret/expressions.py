"""Walking expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code import ir
from casemate.analysis.code.interpret import guessing, weighing
from casemate.analysis.code.interpret.applying import read_member
from casemate.analysis.code.interpret.calling import call_node
from casemate.analysis.code.interpret.comparing import both, compare, either, negated, truth, verdict_of
from casemate.analysis.code.interpret.machine import MAX_DEPTH, CutOff, Frame, Machine
from casemate.analysis.code.interpret.members import attribute, index, iterate
from casemate.analysis.code.interpret.settling import settled
from casemate.analysis.code.interpret.writing import assign, delete, put, refreshed, spread_into
from casemate.analysis.code.joining import concat, join, options_of, sort_of, taint_of, union, unknown
from casemate.analysis.code.labels import Taint, as_part, merge
from casemate.analysis.code.values import (
    EMPTY,
    NONE,
    UNKNOWN,
    Closure,
    Const,
    Environment,
    Instance,
    Mapping,
    Row,
    Scope,
    Sequence,
    Super,
    Text,
    Thing,
    Union,
    Value,
    Verdict,
)

if TYPE_CHECKING:
    from collections.abc import Callable

from casemate.analysis.code.interpret.building import _alone, formatted, operate, sliced

MAX_ELEMENTS = 40
MAX_NESTING = MAX_DEPTH * 60


def evaluate(machine: Machine, node: ir.Expr, frame: Frame) -> Value:
    """The value of an expression."""
    machine.left -= 1
    if machine.left < 0:
        raise CutOff
    return _EXPRESSIONS[node.__class__](machine, node, frame)


def _const(_machine: Machine, node: ir.Const, _frame: Frame) -> Value:
    return Const(node.value)


def name_value(machine: Machine, name: str, frame: Frame) -> Value:
    """What a name stands for; a name that nobody bound is a built-in or a global of the platform."""
    scope: Scope | None = frame.scope
    while scope is not None:
        found = scope.fields.get(name)
        if found is not None:
            return found
        scope = scope.parent
    if frame.this is not None and name == "this":
        return frame.this
    if machine.language == "csharp":
        found = inherited(machine, name, frame)
        if found is not None:
            return found
    return Thing(name)


def inherited(machine: Machine, name: str, frame: Frame) -> Value | None:
    """What a name means that the class has of a base (C#: members are named without their object)."""
    this: Value | None = None
    scope: Scope | None = frame.scope
    while scope is not None and this is None:
        this = scope.fields.get("this")
        scope = scope.parent
    this = this or frame.this
    if not isinstance(this, Instance) or not this.cls.bases:
        return None
    if name == "super":
        return Super(frame.cls or this.cls, this)
    if name.startswith(("extension ", "switch ", "event ")):
        return None
    known = this.fields.get(name) or this.cls.find(name) or this.cls.library_base()
    return None if known is None else attribute(machine, this, name, frame, (0, 0))


def _name(machine: Machine, node: ir.Name, frame: Frame) -> Value:
    value = name_value(machine, node.id, frame)
    if value.__class__ is Thing and value.path is not None:
        return read_member(machine, value, frame, node.at)
    return value


def _attr(machine: Machine, node: ir.Attr, frame: Frame) -> Value:
    target = evaluate(machine, node.target, frame)
    return attribute(machine, target, node.name, frame, node.at)


def _index(machine: Machine, node: ir.Index, frame: Frame) -> Value:
    target = evaluate(machine, node.target, frame)
    if isinstance(node.key, ir.Slice):
        bounds = [None if one is None else evaluate(machine, one, frame) for one in
                  (node.key.lower, node.key.upper, node.key.step)]  # fmt: skip
        return sliced(target, bounds)
    return index(machine, target, evaluate(machine, node.key, frame), frame, node.at)


def _join(machine: Machine, node: ir.Join, frame: Frame) -> Value:
    parts: list[Value] = []
    specs = node.specs
    for position, part in enumerate(node.parts):
        value = evaluate(machine, part, frame)
        if value.__class__ is Instance and machine.language == "python":
            value = _told(machine, value, frame, part)
        spec = specs[position] if position < len(specs) else ""
        if spec:
            value = formatted(value, spec)
        parts.append(value)
    if len(parts) == 1 and not isinstance(parts[0], Const):
        return Text((parts[0],)) if not taint_of(parts[0]) else _alone(parts[0])
    return concat(parts)


def _told(machine: Machine, value: Value, frame: Frame, node: ir.Expr) -> Value:
    """An object as the text that it says it is."""
    from casemate.analysis.code.interpret.builtins_python import told_as_text

    told = told_as_text(machine, value, frame, node) if isinstance(value, Instance) else None
    return value if told is None else told


def _binary(machine: Machine, node: ir.Binary, frame: Frame) -> Value:
    left = evaluate(machine, node.left, frame)
    right = evaluate(machine, node.right, frame)
    sign = node.operator
    if sign in _COMPARISONS:
        weighing.weighed(machine, (left, right))
        return compare(sign, left, right)
    if sign == "instanceof":
        return unknown(sort="bool")
    if left.__class__ is Instance and machine.language == "python":
        overloaded = _overloaded(machine, sign, left, right, frame, node)
        if overloaded is not None:
            return overloaded
    result = operate(machine, sign, left, right)
    return guessing.binary(left, right, result) if machine.guessing else result


_DUNDERS = {"+": "__add__", "-": "__sub__", "*": "__mul__", "/": "__truediv__", "%": "__mod__", "|": "__or__",
            "&": "__and__", "<<": "__lshift__", ">>": "__rshift__"}  # fmt: skip


def _overloaded(
    machine: Machine, sign: str, left: Value, right: Value, frame: Frame, node: ir.Binary
) -> Value | None:  # fmt: skip
    """An operator that the object's class defines."""
    from casemate.analysis.code.interpret.calling import call

    method = left.cls.find(_DUNDERS.get(sign, "")) if isinstance(left, Instance) else None
    return call(machine, method.bound(left), [right], {}, frame, node) if isinstance(method, Closure) else None


# -- logic
def _unary(machine: Machine, node: ir.Unary, frame: Frame) -> Value:
    value = evaluate(machine, node.value, frame)
    sign = node.operator
    if sign == "not":
        weighing.weighed(machine, (value,))
        return negated(value)
    if sign == "typeof":
        return _typeof(value)
    if sign == "void":
        return NONE
    if sign in {"&", "*"}:
        return value
    if isinstance(value, Const) and isinstance(value.value, (int, float)):
        if sign == "-":
            return Const(-value.value)
        return value if sign == "+" else unknown(sort="int")
    if isinstance(value, Const) and isinstance(value.value, str) and sign == "+" and value.value.isdigit():
        return Const(int(value.value))
    return unknown(sort="int")


def _typeof(value: Value) -> Value:
    sort = sort_of(value)
    known = {"str": "string", "int": "number", "float": "number", "bool": "boolean", "list": "object", "dict": "object"}
    if isinstance(value, Closure):
        return Const("function")
    if sort in known and not (isinstance(value, Thing) and value.taint):
        return Const(known[sort])
    return Thing("typeof", value.taint, made=True) if value.taint else unknown(sort="str")


def guarded(machine: Machine, node: ir.Expr, frame: Frame, verdict: Verdict | None, *, holds: bool) -> Value:
    """The value of an expression that is reached only where a check holds (does not)."""
    if verdict is None:
        return evaluate(machine, node, frame)
    mark = machine.trail.mark()
    before = dict(machine.guards)
    machine.guard(verdict.yes if holds else verdict.no)
    value = settled(machine, evaluate(machine, node, frame))
    if machine.trail.mark() != mark:
        for key in [key for key in machine.guards if key not in before]:
            machine.trail.delete(machine.guards, key)
        for key, bits in before.items():
            if machine.guards.get(key) is not bits:
                machine.trail.set(machine.guards, key, bits)
    return value


def _logical(machine: Machine, node: ir.Logical, frame: Frame) -> Value:
    left = evaluate(machine, node.left, frame)
    sign = node.operator
    if sign == "??":
        if isinstance(left, Const):
            return evaluate(machine, node.right, frame) if left.value is None else left
        if isinstance(left, Union) and any(
            option is NONE or (isinstance(option, Const) and option.value is None) for option in left.options
        ):
            left = union(option for option in left.options if not (isinstance(option, Const) and option.value is None))
        elif not isinstance(left, (Thing, Environment, Verdict)):
            return left
        return join(left, evaluate(machine, node.right, frame))
    known = truth(left)
    if known is not None:
        return evaluate(machine, node.right, frame) if known is (sign == "and") else left
    verdict = verdict_of(left)
    right = guarded(machine, node.right, frame, verdict, holds=sign == "and")
    if sign == "and" and truth(right) is False:
        return right if isinstance(right, Const) else Const(value=False)
    if sign == "and":
        if sort_of(left) == "bool" or verdict is not None or truth(right) is False:
            return (
                both(left, right)
                if sort_of(right) == "bool" or verdict_of(right)
                else join(_falsy(left), right)
                if not verdict
                else _and(left, right)
            )
        return _and(left, right)
    if (sort_of(left) == "bool" or verdict is not None) and (sort_of(right) == "bool" or verdict_of(right)):
        return either(left, right)
    kept = [option for option in options_of(left) if truth(option) is not False]
    return _checked(union((*kept, right)), either(left, right))


def _checked(value: Value, check: Value) -> Value:
    """A value that is also a check."""
    if isinstance(value, Union) and isinstance(check, Verdict) and (check.yes or check.no):
        return Union(value.options, check)
    return value


def _and(left: Value, right: Value) -> Value:
    """`left and right` as a value that is also a check."""
    if truth(right) is True:
        verdict = verdict_of(left)
        if verdict is not None:
            return Verdict(verdict.yes, (), left.taint)
    verdict = verdict_of(left)
    if verdict is not None and not isinstance(right, (Text, Sequence, Mapping)) and not right.taint:
        return both(left, right)
    return _checked(union((right, *([_falsy(left)] if truth(left) is None else []))), both(left, right))


def _falsy(value: Value) -> Value:
    """The value where it is false: empty, so without any data."""
    sort = sort_of(value)
    return EMPTY if sort == "str" else Const(False) if sort == "bool" else NONE


def _conditional(machine: Machine, node: ir.Conditional, frame: Frame) -> Value:
    value = evaluate(machine, node.test, frame)
    known = truth(value)
    verdict = verdict_of(value)
    if known is not None:
        return evaluate(machine, node.then if known else node.otherwise, frame)
    then = guarded(machine, node.then, frame, verdict, holds=True)
    return join(then, guarded(machine, node.otherwise, frame, verdict, holds=False))


# -- containers
def _display(machine: Machine, node: ir.Display, frame: Frame) -> Value:
    items: list[Value] = []
    rest: Value | None = None
    for item in node.items:
        if isinstance(item, ir.Spread):
            row = iterate(machine, evaluate(machine, item.value, frame), frame, item.at)
            if rest is None:
                items.extend(row.items)
                rest = row.rest
            else:
                rest = union((rest, *row.items, *([row.rest] if row.rest else [])))
            continue
        value = evaluate(machine, item, frame)
        if rest is None and len(items) < MAX_ELEMENTS:
            items.append(value)
        else:
            rest = value if rest is None else join(rest, value)
    return Sequence(items, rest, node.kind)


def _record(machine: Machine, node: ir.Record, frame: Frame) -> Value:
    result = Mapping()
    fields = result.fields
    for key_node, value_node in node.entries:
        value = evaluate(machine, value_node, frame)
        if key_node is None:
            spread_into(machine, result, value)
            continue
        key = evaluate(machine, key_node, frame)
        if isinstance(key, Const):
            if machine.guessing:
                guessing.written(machine, result, key.value, value)
            fields[key.value] = value
            refreshed(machine, result, key.value)
            if isinstance(value, Closure) and not value.function.captures_this and frame.module.language != "python":
                fields[key.value] = value.bound(result)
        else:
            put(machine, result, key, value)
    return result


def _comprehension(machine: Machine, node: ir.Comprehension, frame: Frame) -> Value:
    inner = Frame(frame.module, Scope(frame.scope), frame.mark, frame.function, frame.this)
    inner.exits, inner.loops, inner.yields = frame.exits, frame.loops, frame.yields
    frame.captured = True
    found: list[tuple[Value | None, Value]] = []
    exact = _clauses(machine, node, inner, 0, found, exact=True)
    if node.kind == "dict":
        result = Mapping()
        for key, value in found:
            if key is not None:
                put(machine, result, key, value)
        return result
    kind = "list" if node.kind == "generator" else node.kind
    values = [value for _, value in found]
    if exact:
        return Sequence(values, kind=kind)
    return Sequence((), union(values) if values else None, kind)


def _clauses(
    machine: Machine, node: ir.Comprehension, frame: Frame, depth: int, found: list[tuple[Value | None, Value]], *,
    exact: bool
) -> bool:  # fmt: skip
    """The elements of a comprehension; whether exactly these are in it."""
    if depth == len(node.clauses):
        key = None if node.key is None else settled(machine, evaluate(machine, node.key, frame))
        found.append((key, settled(machine, evaluate(machine, node.element, frame))))
        return exact
    clause = node.clauses[depth]
    source = evaluate(machine, clause.iterable, frame)
    row = iterate(machine, source, frame, clause.iterable.at)
    if row.rest is not None or len(row.items) > 16:
        exact = False
        every = [*row.items, *([row.rest] if row.rest is not None else [])]
        row = Row((union(every),))
    for item in row.items:
        assign(machine, clause.target, item, frame, clause.target.at)
        known: bool | None = True
        before = dict(machine.guards)
        for condition in clause.conditions:
            value = evaluate(machine, condition, frame)
            outcome = truth(value)
            if outcome is False:
                known = False
                break
            if outcome is None:
                known = None
                verdict = verdict_of(value)
                if verdict is not None:
                    machine.guard(verdict.yes)
        if known is not False:
            exact = (
                _clauses(machine, node, frame, depth + 1, found, exact=exact and known is True)
                and exact
                and known is True
            )
        for place in [place for place in machine.guards if machine.guards[place] is not before.get(place)]:
            held = before.get(place)
            if held is None:
                machine.trail.delete(machine.guards, place)
            else:
                machine.trail.set(machine.guards, place, held)
    return exact


# -- the rest
def _lambda(machine: Machine, node: ir.Lambda, frame: Frame) -> Value:
    del machine
    frame.captured = True
    receiver = frame.this if node.function.captures_this else None
    return Closure(node.function, frame.module, frame.scope, receiver)


def _await(machine: Machine, node: ir.Await, frame: Frame) -> Value:
    return evaluate(machine, node.value, frame)


def _yield(machine: Machine, node: ir.Yield, frame: Frame) -> Value:
    if node.value is None:
        return UNKNOWN
    if isinstance(node.value, ir.Spread):
        row = iterate(machine, evaluate(machine, node.value.value, frame), frame, node.at)
        values = [*row.items, *([row.rest] if row.rest is not None else [])]
    else:
        values = [evaluate(machine, node.value, frame)]
    if frame.yields is not None and len(frame.yields) < MAX_ELEMENTS:
        frame.yields.extend(values)
    return UNKNOWN


def _assign(machine: Machine, node: ir.AssignExpr, frame: Frame) -> Value:
    value = evaluate(machine, node.value, frame)
    assign(machine, node.target, value, frame, node.at, outward=True)
    return value


_CAST_NUMBERS = frozenset({
    "int", "long", "short", "byte", "double", "float", "boolean", "char", "int8", "int16", "int32", "int64", "uint",
    "uint8", "uint16", "uint32", "uint64", "float32", "float64", "Integer", "Long", "Double",
})  # fmt: skip


def _cast(machine: Machine, node: ir.Cast, frame: Frame) -> Value:
    value = evaluate(machine, node.value, frame)
    if frame.module.language == "csharp":
        from casemate.analysis.code.interpret.reading_csharp import cast

        return cast(machine, node.type, value, frame)
    if frame.module.language in {"go", "java"}:
        if node.type in _CAST_NUMBERS:
            return value if isinstance(value, Const) else unknown(sort="int")
        if isinstance(value, Thing) and value.path is None and node.type[:1].isupper():
            return Thing(node.type, value.taint, made=True)
    return value


def _opaque(machine: Machine, node: ir.Opaque, frame: Frame) -> Value:
    if node.kind == "delete" and node.parts:
        delete(machine, node.parts[0], frame)
        return UNKNOWN
    taint: Taint = ()
    for part in node.parts:
        taint = merge(taint, taint_of(evaluate(machine, part, frame)))
    return unknown(as_part(taint))


def _spread(machine: Machine, node: ir.Spread, frame: Frame) -> Value:
    return evaluate(machine, node.value, frame)


def _slice(_machine: Machine, _node: ir.Slice, _frame: Frame) -> Value:
    return UNKNOWN


_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">=", "in", "not-in", "is", "is-not"})

_EXPRESSIONS: dict[type, Callable[..., Value]] = {
    ir.Const: _const,
    ir.Name: _name,
    ir.Attr: _attr,
    ir.Index: _index,
    ir.Slice: _slice,
    ir.Call: call_node,
    ir.Spread: _spread,
    ir.Unary: _unary,
    ir.Binary: _binary,
    ir.Logical: _logical,
    ir.Conditional: _conditional,
    ir.Join: _join,
    ir.Display: _display,
    ir.Record: _record,
    ir.Comprehension: _comprehension,
    ir.Lambda: _lambda,
    ir.Await: _await,
    ir.Yield: _yield,
    ir.AssignExpr: _assign,
    ir.Cast: _cast,
    ir.Opaque: _opaque,
}
