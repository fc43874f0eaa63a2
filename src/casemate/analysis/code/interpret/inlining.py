"""Functions and classes of the project, followed with their arguments."""

from __future__ import annotations

from casemate.analysis.code import ir
from casemate.analysis.code.interpret.applying import (
    Given,
)
from casemate.analysis.code.interpret.comparing import truth
from casemate.analysis.code.interpret.machine import MAX_DEPTH, NEXT, Exit, Frame, Machine
from casemate.analysis.code.interpret.writing import assign, stepped
from casemate.analysis.code.joining import key_of, options_of, taint_of, union, unknown
from casemate.analysis.code.labels import Taint, merge
from casemate.analysis.code.values import (
    NONE,
    REST,
    UNKNOWN,
    Class,
    Closure,
    Const,
    Guards,
    Instance,
    Mapping,
    Scope,
    Sequence,
    Text,
    Thing,
    Value,
    Verdict,
)

TYPE = "type argument"
"""The keyword under which a front end hands the type argument of a generic call on (C#)."""
MAX_MEMO = 4_000
MAX_FIELDS = 200
MAX_REPEATS = 1
"""How often a function may stand in the stack besides itself."""


def _weak(taint: Taint, receiver: Value | None) -> Taint:
    """The labels of what a call gives back that is only supposed to hand its arguments on.

    Secrets are not: what is opened with a password does not contain it.
    """
    taint = tuple(label for label in taint if label.origin.kind != "secret")
    weak = tuple(label.derived(sure=False, form=3) if label.sure or label.form != 3 else label for label in taint)
    return (
        merge(tuple(label.derived(form=3) for label in receiver.taint), weak)
        if receiver is not None and receiver.taint
        else weak
    )


# -- classes
def instantiate(
    machine: Machine, cls: Class, arguments: list[Value], keywords: dict[str, Value], frame: Frame, node: ir.Expr
) -> Value:
    """A new object of a class of the project."""
    from casemate.analysis.code.interpret.calling import call

    if cls.bases and frame.module.language == "python":
        from casemate.analysis.code.interpret.validated import constructed

        made = constructed(machine, cls, arguments, keywords, frame)
        if made is not None:
            return made
    instance = Instance(cls)
    constructor = cls.find("__init__" if frame.module.language == "python" else "constructor")
    for name, value in _initial(cls):
        instance.fields[name] = _own(value, instance)
    if isinstance(constructor, Closure):
        call(machine, constructor.bound(instance), arguments, keywords, frame, node)
        if keywords and frame.module.language == "csharp":  # `new T(…) { Name = value }`
            taken = {parameter.name for parameter in constructor.function.parameters}
            instance.fields.update({name: value for name, value in keywords.items() if name not in taken})
        return instance
    declared = declared_fields(cls)
    for name, value in zip(declared, arguments, strict=False):
        instance.fields[name] = value
    for name, value in keywords.items():
        instance.fields[name] = value
    extra = arguments[len(declared) :]
    if extra and not isinstance(constructor, Closure):
        taint: Taint = ()
        for value in extra:
            taint = merge(taint, taint_of(value))
        instance.taint = taint
    after = cls.find("__post_init__")
    if isinstance(after, Closure):
        call(machine, after.bound(instance), [], {}, frame, node)
    return instance


def _own(value: Value, instance: Instance, depth: int = 0) -> Value:
    """A field's value, its functions (`go = () => this.client`) bound to the object itself, not to the first one."""
    if isinstance(value, Closure):
        known = value.receiver
        return value.bound(instance) if isinstance(known, Instance) and known.cls in _line(instance.cls) else value
    if isinstance(value, Mapping) and depth < 3 and any(isinstance(one, Closure) for one in value.fields.values()):
        made = Mapping(taint=value.taint)
        made.fields.update({key: _own(one, instance, depth + 1) for key, one in value.fields.items()})
        return made
    return value


def _line(cls: Class, depth: int = 0) -> list[Class]:
    """A class and those it extends."""
    found = [cls]
    for base in cls.bases:
        if isinstance(base, Class) and depth < 8:
            found.extend(_line(base, depth + 1))
    return found


def _initial(cls: Class, depth: int = 0) -> list[tuple[object, Value]]:
    """The fields that a class of JavaScript gives each object."""
    found: list[tuple[object, Value]] = []
    for base in cls.bases:
        if isinstance(base, Class) and depth < 8:
            found.extend(_initial(base, depth + 1))
    found.extend(cls.initial.items())
    return found


def declared_fields(cls: Class, depth: int = 0) -> list[str]:
    """The fields of a dataclass in order, those of the bases first."""
    found: list[str] = []
    for base in cls.bases:
        if isinstance(base, Class) and depth < 8:
            found.extend(declared_fields(base, depth + 1))
    found.extend(name for name, value in cls.fields.items() if isinstance(name, str) and not isinstance(value, Closure))
    return list(dict.fromkeys(found))


# -- functions of the project
def inline(
    machine: Machine, closure: Closure, arguments: list[Value], keywords: dict[str, Value], frame: Frame, node: ir.Expr
) -> Value:
    """Walk the function with these arguments."""
    from casemate.analysis.code.interpret.statements import leave, walk

    if closure.cls is not None and closure.cls.overloads:
        closure = _overload(closure, closure.cls, len(arguments) + len(keywords.keys() - {TYPE}))
    function = closure.function
    repeats = sum(1 for one in machine.stack if one.function is function)
    if repeats > MAX_REPEATS or machine.depth >= MAX_DEPTH:
        machine.unfollowed(frame, node.at, "recursion" if repeats > MAX_REPEATS else "calls nested too deep")
        return unknown(_weak(Given(closure.receiver, arguments, keywords, node).taint(), closure.receiver))
    memo_key = _memo_key(machine, closure, arguments, keywords)
    if memo_key is not None:
        known = machine.memo.get(memo_key)
        if known is not None:
            return known
    machine.walked.add(id(function))
    scope = Scope(closure.scope)
    trail = machine.trail
    mark = trail.mark()
    inner = Frame(closure.module, scope, mark, function, closure.receiver)
    inner.cls = closure.cls
    if not function.captures_this and closure.module.language != "python" and closure.receiver is not None:
        scope.fields["this"] = closure.receiver
    if function.is_generator:
        inner.yields = []
    _bind(machine, closure, arguments, keywords, inner, frame, node)
    machine.stack.append(inner)
    machine.depth += 1
    missed = len(machine.not_followed)
    try:
        if walk(machine, function.body, inner) is NEXT:
            leave(machine, inner, NONE)
    finally:
        machine.depth -= 1
        machine.stack.pop()
    value = _result(machine, inner)
    if inner.yields is not None:
        straight = sum(isinstance(one, ir.ExprStmt) and isinstance(one.value, ir.Yield) for one in function.body)
        if straight == len(inner.yields):  # each is given once, in order
            value = Sequence(inner.yields)
        else:
            value = Sequence((), union(inner.yields) if inner.yields else None)
    unchanged = trail.mark() == mark and missed == len(machine.not_followed)
    if memo_key is not None and unchanged and _flat(value) and len(machine.memo) < MAX_MEMO:
        machine.memo[memo_key] = value
    return value


def _overload(closure: Closure, cls: Class, count: int) -> Closure:
    """Of several methods of one name the one that takes as many arguments as there are."""
    for one in cls.overloads.get(closure.function.name, ()):
        parameters = one.function.parameters
        least = sum(1 for parameter in parameters if parameter.default is None and parameter.kind == "plain")
        most = 99 if any(parameter.kind == "rest" for parameter in parameters) else len(parameters)
        if least <= count <= most:
            return one if closure.receiver is None else one.bound(closure.receiver)
    return closure


def _flat(value: Value) -> bool:
    return all(isinstance(option, (Const, Text, Thing, Verdict)) for option in options_of(value))


def _memo_key(machine: Machine, closure: Closure, arguments: list[Value], keywords: dict[str, Value]) -> object | None:
    """A function of the module level that is given plain values gives the same again, if it changed nothing."""
    if closure.scope.parent is not None or closure.receiver is not None:
        return None
    for value in (*arguments, *keywords.values()):
        if not _flat(value):
            return None
    named = tuple((name, key_of(value)) for name, value in keywords.items())
    guards = tuple((key, value.value) for key, value in machine.guards.items())  # type: ignore[attr-defined]
    return (id(closure.function), tuple(key_of(value) for value in arguments), named, guards)


def _result(machine: Machine, inner: Frame) -> Value:
    """What the function gave back, in a state that stands for all of its exits."""
    trail = machine.trail
    exits = inner.exits
    if not exits:
        from casemate.analysis.code.values import NEVER

        trail.undo(inner.mark)
        return NEVER
    if len(exits) == 1 and exits[0].length == trail.mark():
        return exits[0].value
    trail.undo(inner.mark)
    trail.settle([one.changes for one in exits])
    return _answered(list(exits), union(one.value for one in exits))


def _answered(exits: list[Exit], value: Value) -> Value:
    """A function that says yes or no in different states is a check: what holds in all states with that answer."""
    if len(exits) < 2:
        return value
    yes: list[dict[object, Value]] = []
    no: list[dict[object, Value]] = []
    for one in exits:
        known = truth(one.value)
        guards = dict(one.guards)
        if isinstance(one.value, Verdict):
            for table, extra in ((yes, one.value.yes), (no, one.value.no)):
                both = dict(guards)
                for key, bits in extra:
                    before = both.get(key)
                    both[key] = Const(bits | (int(before.value or 0) if isinstance(before, Const) else 0))
                table.append(both)
            continue
        if known is not False:
            yes.append(guards)
        if known is not True:
            no.append(guards)
    if not yes or not no or not all(isinstance(o, (Verdict, Const)) for one in exits for o in options_of(one.value)):
        return value
    holds_, fails = _all(yes), _all(no)
    return Verdict(holds_, fails) if holds_ or fails else value


def _all(states: list[dict[object, Value]]) -> Guards:
    found: list[tuple[str, int]] = []
    for key, first in states[0].items():
        bits = int(first.value or 0) if isinstance(first, Const) else 0
        for state in states[1:]:
            other = state.get(key)
            bits &= int(other.value or 0) if isinstance(other, Const) else 0
        if bits:
            found.append((str(key), bits))
    return tuple(found)


def _bind(  # noqa: C901 - one case a kind of parameter
    machine: Machine, closure: Closure, arguments: list[Value], keywords: dict[str, Value], inner: Frame, frame: Frame,
    node: ir.Expr
) -> None:  # fmt: skip
    """Parameters take their arguments."""
    from casemate.analysis.code.interpret.expressions import evaluate

    function = closure.function
    fields = inner.scope.fields
    words = f"it is passed to {function.name or 'a function'}"
    step = node.at != (0, 0)  # a platform's own call stands nowhere
    given = [stepped(one, frame.module, node.at, words) if one.taint and step else one for one in arguments]
    if closure.receiver is not None and closure.module.language == "python" and not function.is_static:
        given.insert(0, closure.receiver)
    place = 0
    used: set[str] = set()
    for parameter in function.parameters:
        name = parameter.name
        value: Value
        if parameter.kind == "rest":
            value = Sequence(given[place:], kind="tuple" if closure.module.language == "python" else "list")
            place = len(given)
        elif parameter.kind == "keywords":
            mapping = Mapping()
            for key, one in keywords.items():
                if key not in used:
                    mapping.fields[REST if key == "**" else key] = one
            value = mapping
        elif name in keywords:
            value = keywords[name]
            used.add(name)
            value = stepped(value, frame.module, node.at, words) if value.taint and step else value
        elif place < len(given) and parameter.kind == "plain":
            value = given[place]
            place += 1
            if (
                parameter.default is not None
                and isinstance(value, Const)
                and value.value is None
                and closure.module.language != "python"
            ):
                value = evaluate(machine, parameter.default, inner)
        elif "**" in keywords and closure.module.language == "python":
            value = keywords["**"]
        elif parameter.default is not None:
            value = evaluate(machine, parameter.default, inner)
        else:
            value = NONE if closure.module.language != "python" else UNKNOWN
        if parameter.pattern is not None:
            assign(machine, parameter.pattern, value, inner, node.at)
        else:
            fields[name] = typed(value, parameter.type, closure)


def typed(value: Value, type_: str | None, closure: Closure) -> Value:
    """A parameter of which nothing is known but its declared type."""
    if type_ is None or not isinstance(value, Thing) or value.path is not None or value.taint:
        return value
    name = type_.strip().strip("\"'").lstrip("*&")
    if name.endswith(">"):  # `Repository<User>` is a repository
        name = name.partition("<")[0]
    name, dot, member = name.partition(".")
    if not name.isidentifier():
        return value
    scope: Scope | None = closure.scope
    while scope is not None:
        found = scope.fields.get(name)
        if found is not None:
            if dot:
                outside = isinstance(found, Thing) and found.path and member.replace(".", "").isidentifier()
                return Thing(f"{found.path}.{member}", made=True) if outside and isinstance(found, Thing) else value
            if isinstance(found, Class):
                return Instance(found)
            if isinstance(found, Thing) and found.path and not found.made:
                return Thing(found.path, made=True)
            return value
        scope = scope.parent
    return value
