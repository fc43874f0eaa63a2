"""Following calls: functions of the project inline, classes, callbacks, natives, and what libraries give back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code import ir
from casemate.analysis.code.class_views import made_view
from casemate.analysis.code.interpret import content_types, guessing, schemas, sdk, validated, weighing
from casemate.analysis.code.interpret.applying import (
    Given,
    apply_cure,
    apply_passes,
    apply_sinks,
    change,
    holds,
    sourced,
)
from casemate.analysis.code.interpret.calling_back import called_back
from casemate.analysis.code.interpret.inheriting import called_super
from casemate.analysis.code.interpret.injecting import made_by
from casemate.analysis.code.interpret.machine import Frame, Machine
from casemate.analysis.code.interpret.members import attribute, iterate
from casemate.analysis.code.interpret.natives import native_function, native_method
from casemate.analysis.code.joining import options_of, sort_of, union, unknown
from casemate.analysis.code.labels import is_stored
from casemate.analysis.code.values import (
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
    Partial,
    Sequence,
    Super,
    Text,
    Thing,
    Union,
    Value,
    Verdict,
)

if TYPE_CHECKING:
    from casemate.analysis.code.interpret.trail import Changes

from casemate.analysis.code.interpret.inlining import _weak, inline, instantiate

_SCRIPTS = frozenset({"javascript", "typescript"})


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
            return called_super(machine, node, frame)
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
    weighing.called(machine, function, receiver, value, (*arguments, *keywords.values()))
    if receiver is not None and isinstance(function, ir.Attr):
        if machine.language == "csharp":
            from casemate.analysis.code.interpret.library_csharp import extended

            extension = extended(receiver, function.name, frame)
            if extension is not None:
                return call(machine, extension, [receiver, *arguments], keywords, frame, node)
        return call_member(machine, receiver, function.name, arguments, keywords, frame, node)
    make = made_by if node.new and isinstance(value, Closure) and machine.language in _SCRIPTS else call
    return make(machine, value, arguments, keywords, frame, node)


def _spread_keywords(machine: Machine, value: Value, keywords: dict[str, Value]) -> None:
    del machine
    for option in options_of(value):
        if isinstance(option, Mapping):
            keywords.update({key: inner for key, inner in option.fields.items() if isinstance(key, str)})
            rest = option.fields.get(REST)
            if rest is not None or option.taint:
                keywords["**"] = rest or unknown(option.taint)
        elif option.taint:
            keywords["**"] = unknown(option.taint)


def call_member(  # noqa: C901 - one case a kind of receiver
    machine: Machine, receiver: Value, name: str, arguments: list[Value], keywords: dict[str, Value], frame: Frame,
    node: ir.Expr
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
        made = _of_class(machine, receiver, name, arguments)
        if made is not None:
            return made
        member_value = attribute(machine, receiver, name, frame, node.at)
        if machine.language == "java" and isinstance(receiver, Instance) and not isinstance(member_value, Closure):
            own = receiver.cls.find(name)  # a record's accessor is called as its field is
            member_value = own.bound(receiver) if isinstance(own, Closure) else member_value
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


def _of_class(machine: Machine, receiver: Value, name: str, arguments: list[Value]) -> Value | None:
    """What a class of the project, or an object of one, has from a library: views, models that check their data."""
    if isinstance(receiver, Class):
        if machine.language == "java" and name == "valueOf" and receiver.find(name) is None:
            return unknown(sort="int")  # a constant of an enum
        made = made_view(receiver, name)
        if made is not None or machine.language != "python":
            return made
        return validated.built(machine, receiver, name, arguments)
    if isinstance(receiver, Instance) and machine.language == "python":
        return validated.told(receiver, name)
    return None


def _each(
    machine: Machine, receiver: Union, name: str, arguments: list[Value], keywords: dict[str, Value], frame: Frame,
    node: ir.Expr
) -> Value:  # fmt: skip
    """The call on each of several receivers, each from the same state."""
    trail = machine.trail
    constants = 0
    results: list[Value] = []
    outcomes: list[Changes] = []
    mark = trail.mark()
    for option in receiver.options:
        if isinstance(option, Const) and option.value is None:
            continue
        results.append(call_member(machine, option, name, arguments, keywords, frame, node))
        outcomes.append(trail.take(mark))
        constants += isinstance(option, Const)
    if any(outcomes):
        trail.settle(outcomes)
    if constants and any(isinstance(one, Verdict) for one in results):  # a default (`get("to", "")`) needs no check
        results = [one for one in results if not isinstance(one, Const)]
    return union(results) if results else UNKNOWN


def _function_method(
    machine: Machine, function: Closure | Partial | Method, name: str, arguments: list[Value], keywords: dict[str,
    Value], frame: Frame, node: ir.Expr
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


def call(  # noqa: C901 - one case a kind of value
    machine: Machine, value: Value, arguments: list[Value], keywords: dict[str, Value], frame: Frame, node: ir.Expr,
    receiver: Value | None = None,
) -> Value:  # fmt: skip
    """The value called."""
    if isinstance(value, Closure):
        own = _declared(machine, value) if machine.models.own else None
        if own is not None:
            return _call_thing(machine, Thing(own), arguments, keywords, frame, node, own.rpartition(".")[2])
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
    if isinstance(value, schemas.Schema):
        return schemas.called(machine, value, Given(receiver, arguments, keywords, node), frame)
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


def _declared(machine: Machine, function: Closure) -> str | None:
    """The name by which the configuration speaks of a function of the project: `lib.read.body` in `src/lib/read.py`."""
    stem = function.module.path.rpartition(".")[0].removesuffix("/__init__").removesuffix("/index")
    path = f".{stem.replace('/', '.')}.{function.function.name}"
    for own in machine.models.own:
        if own.rpartition(".")[2] == function.function.name and "." in own:
            written = own.lstrip("./").replace("/", ".")
            if path.endswith(f".{written}"):
                return own
    return None


# -- libraries
def _call_thing(
    machine: Machine, value: Thing, arguments: list[Value], keywords: dict[str, Value], frame: Frame, node: ir.Expr,
    name: str
) -> Value:  # fmt: skip
    """A call of a library's function or method, known by its name only."""
    given = Given(value.receiver, arguments, keywords, node)
    path = value.path or ""
    if machine.guessing:
        guessing.passed(machine, path, given)
    result = library(machine, value, given, frame, name)
    if machine.guessing or path in machine.models.guessable:
        return guessing.guessable(machine, path, result, given, frame)
    return result


def library(machine: Machine, value: Thing, given: Given, frame: Frame, name: str) -> Value:
    """What the call of a library's function or method gives back, with its sinks reported."""
    path = value.path or ""
    receiver, arguments, keywords, node = given.receiver, given.arguments, given.keywords, given.node
    models = machine.models
    if path in _REMOVES:
        machine.found = {key: found for key, found in machine.found.items() if found.kind != "tmp-reuse"}
    if path in _ANSWERS:
        _answered(machine, arguments, _ANSWERS[path], frame, node)
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
    content_types.said(machine, path, name, given)
    if any(_has_function(one) for one in (*arguments, *keywords.values())):
        machine.registrations.append((path, arguments, keywords, frame.module, node.at))
    for one in names:
        for source in models.sources.get(one, ()):
            suffix = ".".join(str(given_one.value) for given_one in arguments[:1] if isinstance(given_one, Const))
            return sourced(machine, source, f"{path}()", f"{one}.{suffix}" if suffix else one, frame, node.at)
    verdict = _given_back(machine, names, given, frame)
    native = native_function(machine, path, given, frame)
    if native is not None:
        return native if verdict is None or isinstance(native, Environment) else verdict
    called_back(machine, names, given, frame, node)
    for one in names:
        passes = models.passes.get(one)
        if passes:
            result = apply_passes(machine, passes, given, frame)
            verdict = result if verdict is None else verdict
    return verdict if verdict is not None else _handed_on(machine, value, given, frame, name)


_REMOVES = frozenset((
    "os.remove", "os.unlink", "shutil.rmtree", "pathlib.Path.unlink",
    *(f"{module}.{name}{form}" for module in ("fs", "fs.promises", "fs/promises", "fs-extra")
      for name in ("unlink", "rm", "remove", "emptyDir") for form in ("", "Sync")),
))  # fmt: skip
"""What removes a file: a function that does leaves nothing for its next caller."""
_ANSWERS = {"lambda.callback": 1, "lambda.context.succeed": 0, "lambda.context.done": 1}
"""What answers besides `return` -> its argument that is the answer (Lambda developer guide, "Node.js handler")."""


def _answered(machine: Machine, arguments: list[Value], place: int, frame: Frame, node: ir.Expr) -> None:
    """The argument at this place is an answer of the entry."""
    if len(arguments) <= place:
        return
    if machine.weighing.judging:
        machine.weighing.answers.append(arguments[place])
    if machine.responder is not None:
        machine.responder(
            arguments[place], node.arguments[place] if isinstance(node, ir.Call) else None, node.at, frame
        )


def _has_function(value: Value) -> bool:
    """Whether the value is a function, or an options object with one."""
    if isinstance(value, Mapping):
        return any(isinstance(inner, (Closure, Partial)) for inner in value.fields.values())
    return isinstance(value, (Closure, Partial, Class))


def _given_back(machine: Machine, names: list[str], given: Given, frame: Frame) -> Value | None:
    """What cures and makers say of the result; what they say of the arguments is done."""
    models = machine.models
    arguments = given.arguments
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
                    _weak(given.taint(), given.receiver),
                    made=True,
                    receiver=arguments[0] if arguments and makes.type in _WRAPPERS else None,
                )
            break
    return verdict


def _handed_on(machine: Machine, value: Thing, given: Given, frame: Frame, name: str) -> Value:
    """What a call that no model speaks of gives back."""
    path, receiver, node = value.path or "", given.receiver, given.node
    models = machine.models
    owner = path.rpartition(".")[0]
    if name in _CONTENT and isinstance(receiver, Thing) and receiver.taint and is_stored(receiver.taint):
        return unknown(receiver.taint)
    if receiver is not None and receiver.taint and isinstance(receiver, Thing):
        result = native_method(machine, given, name, frame)
        if result is not None:
            return result
    constructed = (isinstance(node, ir.Call) and node.new) or (name[:1].isupper() and not name.isupper())
    if (
        owner in models.types
        and path not in models.callees
        and isinstance(receiver, Thing)
        and receiver.made
        and not receiver.taint
    ):
        return Thing(f"{path}()", made=True)
    taint = _weak(given.taint(), receiver)
    return Thing(path if constructed else f"{path}()", taint, made=True)


_CONTENT = frozenset({"read", "decode", "toString", "transformToString", "transformToByteArray", "text"})
"""Methods of what an SDK gives back that give the content as it is, so that its fields are fields of what was put."""


_EVALUATES = frozenset({"eval", "exec", "builtins.eval", "builtins.exec", "Function", "vm.runInNewContext",
                        "vm.runInThisContext", "__import__", "builtins.__import__", "importlib.import_module",
                        "runpy.run_path"})  # fmt: skip
_WRAPPERS = frozenset({"pathlib.Path", "pathlib.PurePath", "URL"})


def _unknown_method(
    machine: Machine, receiver: Thing, name: str, arguments: list[Value], keywords: dict[str, Value], frame: Frame,
    node: ir.Expr
) -> Value:  # fmt: skip
    given = Given(receiver, arguments, keywords, node)
    if machine.language == "csharp":
        from casemate.analysis.code.interpret.sdk_csharp import unseen

        unseen(machine, name, arguments, frame, node)
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
    called_back(machine, [one], given, frame, node)
    return unknown(_weak(given.taint(), given.receiver))
