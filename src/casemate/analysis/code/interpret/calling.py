"""Following calls: functions of the project inline, classes, callbacks, natives, and what libraries give back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code import ir
from casemate.analysis.code.interpret import sdk
from casemate.analysis.code.interpret.applying import (
    Given,
    apply_cure,
    apply_passes,
    apply_sinks,
    change,
    holds,
    sourced,
)
from casemate.analysis.code.interpret.comparing import truth
from casemate.analysis.code.interpret.machine import MAX_DEPTH, NEXT, Exit, Frame, Machine
from casemate.analysis.code.interpret.members import assign, attribute, bind, iterate, spread_into, stepped
from casemate.analysis.code.interpret.natives import native_function, native_method
from casemate.analysis.code.values import (
    NONE,
    REST,
    UNKNOWN,
    Class,
    Client,
    Closure,
    Const,
    Guards,
    Instance,
    Label,
    Mapping,
    Method,
    ModuleValue,
    Origin,
    Partial,
    Scope,
    Sequence,
    Super,
    Taint,
    Text,
    Thing,
    Trace,
    Union,
    Value,
    Verdict,
    key_of,
    merge,
    options_of,
    sort_of,
    taint_of,
    union,
    unknown,
)

if TYPE_CHECKING:
    from casemate.analysis.code.interpret.trail import Changes

MAX_REPEATS = 1
"""How often a function may stand in the stack besides itself."""


# -- from the node to the call
def call_node(machine: Machine, node: ir.Call, frame: Frame) -> Value:
    """The value of a call."""
    from casemate.analysis.code.interpret.expressions import evaluate, name_value

    function = node.function
    receiver: Value | None = None
    value: Value = UNKNOWN
    if isinstance(function, ir.Attr):
        receiver = evaluate(machine, function.target, frame)
    elif isinstance(function, ir.Name):
        if function.id == "super":
            return _super(machine, node, frame)
        value = name_value(machine, function.id, frame)
    else:
        value = evaluate(machine, function, frame)
    arguments: list[Value] = []
    rest: Value | None = None
    for argument in node.arguments:
        if isinstance(argument, ir.Spread):
            row = iterate(machine, evaluate(machine, argument.value, frame), frame, argument.at)
            arguments.extend(row.items)
            rest = row.rest or rest
        else:
            arguments.append(evaluate(machine, argument, frame))
    if rest is not None:
        arguments.extend([rest] * 4)
    keywords: dict[str, Value] = {}
    for name, given in node.keywords:
        argument_value = evaluate(machine, given, frame)
        if name:
            keywords[name] = argument_value
        else:
            _spread_keywords(machine, argument_value, keywords)
    if receiver is not None and isinstance(function, ir.Attr):
        return call_member(machine, receiver, function.name, arguments, keywords, frame, node)
    return call(machine, value, arguments, keywords, frame, node)


def _spread_keywords(machine: Machine, value: Value, keywords: dict[str, Value]) -> None:
    del machine
    for option in options_of(value):
        if isinstance(option, Mapping):
            for key, inner in option.fields.items():
                if isinstance(key, str):
                    keywords[key] = inner
            rest = option.fields.get(REST)
            if rest is not None or option.taint:
                keywords["**"] = rest or unknown(option.taint)
        elif option.taint:
            keywords["**"] = unknown(option.taint)


def _super(machine: Machine, node: ir.Call, frame: Frame) -> Value:
    from casemate.analysis.code.interpret.expressions import evaluate, name_value

    own = "self" if frame.module.language == "python" else "this"
    receiver = name_value(machine, own, frame)
    cls = frame.cls
    if cls is None:
        return UNKNOWN
    if frame.module.language == "python":
        return Super(cls, receiver)
    arguments = [evaluate(machine, argument, frame) for argument in node.arguments]
    for base in cls.bases:
        constructor = base.find("constructor") if isinstance(base, Class) else None
        if isinstance(constructor, Closure):
            call(machine, constructor.bound(receiver), arguments, {}, frame, node)
    return receiver


def call_member(
    machine: Machine, receiver: Value, name: str, arguments: list[Value], keywords: dict[str, Value], frame: Frame, node: ir.Expr
) -> Value:  # fmt: skip
    """`receiver.name(arguments)`."""
    if isinstance(receiver, Union):
        return _each(machine, receiver, name, arguments, keywords, frame, node)
    if isinstance(receiver, Thing):
        if receiver.path is not None:
            written = machine.extras.get(f"{receiver.path}.{name}")
            if written is not None:
                return call(machine, written, arguments, keywords, frame, node)
            member = Thing(f"{receiver.path}.{name}", receiver.taint, made=receiver.made, receiver=receiver)
            return _call_thing(machine, member, arguments, keywords, frame, node, name)
        return _unknown_method(machine, receiver, name, arguments, keywords, frame, node)
    if isinstance(receiver, Client):
        return sdk.call_client(machine, receiver, name, Given(receiver, arguments, keywords, node), frame)
    if isinstance(receiver, (Instance, ModuleValue, Class, Super)):
        member_value = attribute(machine, receiver, name, frame, node.at)
        if isinstance(receiver, Instance) and member_value is UNKNOWN:
            return unknown(Given(receiver, arguments, keywords, node).taint())
        return call(machine, member_value, arguments, keywords, frame, node, receiver=receiver)
    if isinstance(receiver, Mapping):
        found = receiver.fields.get(name)
        if found is not None and (frame.module.language != "python" or isinstance(found, Closure)):
            return call(machine, found, arguments, keywords, frame, node, receiver=receiver)
    if isinstance(receiver, (Closure, Partial, Method)):
        return _function_method(machine, receiver, name, arguments, keywords, frame, node)
    given = Given(receiver, arguments, keywords, node)
    sort = sort_of(receiver)
    names = [f"{sort}.{name}"] if sort else []
    if not isinstance(receiver, (Const, Text, Sequence)):
        names.append(f"*.{name}")
    apply_sinks(machine, names, given, frame, node.at)
    result = native_method(machine, given, name, frame)
    if result is not None:
        return result
    return _default(machine, given, name, frame, node, known=bool(sort))


def _each(
    machine: Machine, receiver: Union, name: str, arguments: list[Value], keywords: dict[str, Value], frame: Frame, node: ir.Expr
) -> Value:  # fmt: skip
    """The call on each of several receivers, each from the same state."""
    trail = machine.trail
    results: list[Value] = []
    outcomes: list[Changes] = []
    mark = trail.mark()
    for option in receiver.options:
        if isinstance(option, Const) and option.value is None:
            continue
        results.append(call_member(machine, option, name, arguments, keywords, frame, node))
        outcomes.append(trail.take(mark))
    if any(outcomes):
        trail.settle(outcomes)
    return union(results) if results else UNKNOWN


def _function_method(
    machine: Machine, function: Closure | Partial | Method, name: str, arguments: list[Value], keywords: dict[str, Value], frame: Frame, node: ir.Expr
) -> Value:  # fmt: skip
    """`f.call(this, …)`, `f.apply(this, […])`, `f.bind(this, …)`."""
    if name == "call":
        target = function.bound(arguments[0]) if isinstance(function, Closure) and arguments else function
        return call(machine, target, arguments[1:], keywords, frame, node)
    if name == "apply" and len(arguments) > 1:
        row = iterate(machine, arguments[1], frame, node.at)
        spread = [*row.items, *([row.rest] * 3 if row.rest is not None else [])]
        return call(machine, function, spread, keywords, frame, node)
    if name == "bind":
        target = function.bound(arguments[0]) if isinstance(function, Closure) and arguments else function
        return Partial(target, tuple(arguments[1:]), keywords) if len(arguments) > 1 else target
    if name in {"delay", "apply_async", "submit", "promise", "__call__"}:
        return call(machine, function, arguments, keywords, frame, node)
    machine.registrations.append((f"function.{name}", arguments, keywords, frame.module, node.at))
    return unknown(Given(function, arguments, keywords, node).taint())


def call(
    machine: Machine, value: Value, arguments: list[Value], keywords: dict[str, Value], frame: Frame, node: ir.Expr,
    receiver: Value | None = None,
) -> Value:  # fmt: skip
    """The value called."""
    if isinstance(value, Closure):
        return inline(machine, value, arguments, keywords, frame, node)
    if isinstance(value, Class):
        return instantiate(machine, value, arguments, keywords, frame, node)
    if isinstance(value, Thing):
        if value.path is not None:
            return _call_thing(machine, value, arguments, keywords, frame, node, value.path.rpartition(".")[2])
        return _default(machine, Given(value, arguments, keywords, node), "", frame, node, known=False)
    if isinstance(value, Partial):
        return call(
            machine, value.function, [*value.arguments, *arguments], {**value.keywords, **keywords}, frame, node
        )
    if isinstance(value, Method):
        return call_member(machine, value.receiver, value.name, arguments, keywords, frame, node)
    if isinstance(value, Union):
        trail = machine.trail
        mark = trail.mark()
        results: list[Value] = []
        outcomes: list[Changes] = []
        for option in value.options:
            if isinstance(option, Const):
                continue
            results.append(call(machine, option, arguments, keywords, frame, node, receiver))
            outcomes.append(trail.take(mark))
        if any(outcomes):
            trail.settle(outcomes)
        return union(results) if results else UNKNOWN
    if isinstance(value, Instance):
        member = value.cls.find("__call__")
        if isinstance(member, Closure):
            return inline(machine, member.bound(value), arguments, keywords, frame, node)
    return unknown(Given(receiver, arguments, keywords, node).taint())


# -- libraries
def _call_thing(
    machine: Machine, value: Thing, arguments: list[Value], keywords: dict[str, Value], frame: Frame, node: ir.Expr, name: str
) -> Value:  # fmt: skip
    """A call of a library's function or method, known by its name only."""
    path = value.path or ""
    receiver = value.receiver
    given = Given(receiver, arguments, keywords, node)
    models = machine.models
    made = sdk.call_library(machine, path, given, frame)
    if made is not None:
        return made
    if path in _EVALUATES and not all(isinstance(one, Const) for one in arguments[:1]):
        machine.unfollowed(frame, node.at, f"{path} runs code that is not known")
    names = [path]
    owner = path.rpartition(".")[0]
    if (
        path not in models.callees
        and owner not in models.types
        and f"*.{name}" in models.callees
        and receiver is not None
    ):
        names.append(f"*.{name}")
    apply_sinks(machine, names, given, frame, node.at)
    if any(isinstance(one, (Closure, Partial)) for one in arguments) or any(
        isinstance(one, (Closure, Partial)) for one in keywords.values()
    ):
        machine.registrations.append((path, arguments, keywords, frame.module, node.at))
    for one in names:
        for source in models.sources.get(one, ()):
            suffix = ".".join(str(given_one.value) for given_one in arguments[:1] if isinstance(given_one, Const))
            return sourced(machine, source, f"{path}()", f"{one}.{suffix}" if suffix else one, frame, node.at)
    verdict: Value | None = None
    for one in names:
        for cure in models.cures.get(one, ()):
            if all(holds(test, given) for test in cure.when):
                result = apply_cure(machine, cure, given)
                verdict = result if verdict is None else verdict
        for makes in models.makes.get(one, ()):
            if not all(holds(test, given) for test in makes.when):
                continue
            if makes.target != "return":
                change(machine, makes.target, given, frame, path=makes.type)
                break
            if verdict is None:
                verdict = Thing(
                    makes.type,
                    _weak(given.taint(), receiver),
                    made=True,
                    receiver=arguments[0] if arguments and makes.type in _WRAPPERS else None,
                )
            break
    native = native_function(machine, path, given, frame)
    if native is not None:
        return native if verdict is None else verdict
    _callbacks(machine, names, given, frame, node)
    for one in names:
        passes = models.passes.get(one)
        if passes:
            result = apply_passes(machine, passes, given, frame)
            if verdict is None:
                verdict = result
    if verdict is not None:
        return verdict
    if receiver is not None and receiver.taint and isinstance(receiver, Thing):
        result = native_method(machine, given, name, frame)
        if result is not None:
            return result
    constructed = (isinstance(node, ir.Call) and node.new) or (name[:1].isupper() and not name.isupper())
    if owner in models.types and path not in models.callees and receiver is not None and not receiver.taint:
        return Thing(f"{path}()", made=True)
    taint = _weak(given.taint(), receiver)
    return Thing(path if constructed else f"{path}()", taint, made=True)


_EVALUATES = frozenset({"eval", "exec", "builtins.eval", "builtins.exec", "Function", "vm.runInNewContext", "vm.runInThisContext",
                        "__import__", "builtins.__import__", "importlib.import_module", "runpy.run_path"})  # fmt: skip
_WRAPPERS = frozenset({"pathlib.Path", "pathlib.PurePath", "URL"})


def _weak(taint: Taint, receiver: Value | None) -> Taint:
    """The labels of what a call gives back that is only supposed to hand its arguments on."""
    weak = tuple(label.derived(sure=False, form=3) if label.sure or label.form != 3 else label for label in taint)
    return (
        merge(tuple(label.derived(form=3) for label in receiver.taint), weak)
        if receiver is not None and receiver.taint
        else weak
    )


def _callbacks(machine: Machine, names: list[str], given: Given, frame: Frame, node: ir.Expr) -> None:
    """Functions that were given to a library are called."""
    for one in names:
        models = machine.models.calls.get(one)
        if not models:
            continue
        for model in models:
            function = given.get(model.callback)
            if function is None:
                continue
            values: list[Value] = []
            for which in model.values:
                source = None if which is None else given.get(which)
                if source is None:
                    values.append(UNKNOWN)
                else:
                    row = iterate(machine, source, frame, node.at)
                    values.append(union([*row.items, *([row.rest] if row.rest is not None else [])] or [UNKNOWN]))
            call(machine, function, values, {}, frame, node)
        return
    _unknown_callbacks(machine, given, frame, node)


def _unknown_callbacks(machine: Machine, given: Given, frame: Frame, node: ir.Expr) -> None:
    """A function that goes into a call that is not known is called with whatever else goes in."""
    if machine.depth > MAX_DEPTH // 2:
        return
    functions = [one for one in (*given.arguments, *given.keywords.values()) if isinstance(one, (Closure, Partial))]
    for place, one in enumerate(given.arguments):
        if isinstance(one, Method) and isinstance(one.receiver, Client):  # `submit(client.get_object, Bucket=…)`
            call(machine, one, list(given.arguments[place + 1 :]), dict(given.keywords), frame, node)
    if not functions:
        return
    taint = _weak(given.taint(), given.receiver)
    for function in functions:
        count = len(function.function.parameters) if isinstance(function, Closure) else 2
        trail = machine.trail
        mark = trail.mark()
        values: list[Value] = [unknown(taint)] * count
        if isinstance(function, Closure) and count and function.function.parameters[0].name in _ERRORS:
            values[0] = _error(frame, function)
        call(machine, function, values, {}, frame, node)
        changes = trail.take(mark)
        trail.settle([{}, changes])


_ERRORS = frozenset({"err", "error", "e", "_err", "_error"})


def _error(frame: Frame, function: Closure) -> Value:
    """The error that a callback is given first (Node.js documentation, "Errors", Error-first callbacks)."""
    del frame
    trace = Trace(function.module, function.function.at, "an error is given to the callback")
    return Thing("exception.Error", (Label(Origin("exception", "an exception's text", "error"), trace),), made=True)


def _unknown_method(
    machine: Machine, receiver: Thing, name: str, arguments: list[Value], keywords: dict[str, Value], frame: Frame, node: ir.Expr
) -> Value:  # fmt: skip
    given = Given(receiver, arguments, keywords, node)
    names = [f"{receiver.sort}.{name}"] if receiver.sort else [f"*.{name}"]
    apply_sinks(machine, names, given, frame, node.at)
    native = native_method(machine, given, name, frame)
    if native is not None:
        return native
    return _default(machine, given, name, frame, node, known=bool(receiver.sort))


def _default(machine: Machine, given: Given, name: str, frame: Frame, node: ir.Expr, *, known: bool) -> Value:
    """An unknown method or function: what goes in may come out."""
    one = f"*.{name}"
    models = machine.models
    if name and not known and one in models.callees:
        for source in models.sources.get(one, ()):
            return sourced(machine, source, f"{one}()", one, frame, node.at)
        for cure in models.cures.get(one, ()):
            result = apply_cure(machine, cure, given)
            if result is not None:
                return result
        for makes in models.makes.get(one, ()):
            if makes.target == "return" and all(holds(test, given) for test in makes.when):
                return Thing(makes.type, given.taint(), made=True)
        passes = models.passes.get(one)
        if passes:
            passed = apply_passes(machine, passes, given, frame)
            if passed is not None:
                return passed
    _callbacks(machine, [one], given, frame, node)
    return unknown(_weak(given.taint(), given.receiver))


# -- classes
def instantiate(
    machine: Machine, cls: Class, arguments: list[Value], keywords: dict[str, Value], frame: Frame, node: ir.Expr
) -> Value:
    """A new object of a class of the project."""
    instance = Instance(cls)
    constructor = cls.find("__init__" if frame.module.language == "python" else "constructor")
    for name, value in _initial(cls):
        instance.fields[name] = value
    if isinstance(constructor, Closure):
        call(machine, constructor.bound(instance), arguments, keywords, frame, node)
        return instance
    declared = _declared(cls)
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


def _initial(cls: Class, depth: int = 0) -> list[tuple[object, Value]]:
    """The fields that a class of JavaScript gives each object."""
    found: list[tuple[object, Value]] = []
    for base in cls.bases:
        if isinstance(base, Class) and depth < 8:
            found.extend(_initial(base, depth + 1))
    found.extend(cls.initial.items())
    return found


def _declared(cls: Class, depth: int = 0) -> list[str]:
    """The fields of a dataclass in order, those of the bases first."""
    found: list[str] = []
    for base in cls.bases:
        if isinstance(base, Class) and depth < 8:
            found.extend(_declared(base, depth + 1))
    found.extend(name for name, value in cls.fields.items() if isinstance(name, str) and not isinstance(value, Closure))
    return list(dict.fromkeys(found))


# -- functions of the project
def inline(
    machine: Machine, closure: Closure, arguments: list[Value], keywords: dict[str, Value], frame: Frame, node: ir.Expr
) -> Value:
    """Walk the function with these arguments."""
    from casemate.analysis.code.interpret.statements import leave, walk

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
        value = Sequence((), union(inner.yields) if inner.yields else None)
    if memo_key is not None and trail.mark() == mark and missed == len(machine.not_followed) and _flat(value):
        if len(machine.memo) < 4000:
            machine.memo[memo_key] = value
    return value


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
    return _answered([one for one in exits], union(one.value for one in exits))


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


def _bind(
    machine: Machine, closure: Closure, arguments: list[Value], keywords: dict[str, Value], inner: Frame, frame: Frame, node: ir.Expr
) -> None:  # fmt: skip
    """Parameters take their arguments."""
    from casemate.analysis.code.interpret.expressions import evaluate

    function = closure.function
    fields = inner.scope.fields
    words = f"it is passed to {function.name or 'a function'}"
    given = [stepped(one, frame.module, node.at, words) if one.taint else one for one in arguments]
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
            value = stepped(value, frame.module, node.at, words) if value.taint else value
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
    name = type_.strip().strip("\"'")
    if not name.isidentifier():
        return value
    scope: Scope | None = closure.scope
    while scope is not None:
        found = scope.fields.get(name)
        if found is not None:
            if isinstance(found, Class):
                return Instance(found)
            if isinstance(found, Thing) and found.path and not found.made:
                return Thing(found.path, made=True)
            return value
        scope = scope.parent
    return value


__all__ = ["bind", "call", "call_member", "call_node", "inline", "instantiate", "spread_into"]
