"""Functions and classes as they are declared, with their decorators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code import ir
from casemate.analysis.code.interpret.machine import Frame, Machine
from casemate.analysis.code.joining import options_of, union
from casemate.analysis.code.values import (
    UNKNOWN,
    Class,
    Closure,
    Declared,
    Instance,
    Mapping,
    Partial,
    Scope,
    Thing,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

_MARKS = frozenset(
    {"property", "staticmethod", "classmethod", "abstractmethod", "override", "overload", "cached_property"}
)


_ACCESSORS = frozenset({"setter", "deleter"})
_BATCHES = ("batch.batch_processor", "batch.async_batch_processor")
"""Powertools for AWS Lambda (Python), "Batch processing: decorator"."""
_MARKED = frozenset({"java", "csharp"})


def define_function(machine: Machine, function: ir.Function, frame: Frame, cls: Class | None = None) -> Value:
    """The function bound to its name, as its decorators leave it."""
    frame.captured = True
    value: Value = Closure(function, frame.module, frame.scope, None, cls)
    if function.decorators:
        value = decorated(machine, value, function.decorators, frame)
    if function.name:
        machine.trail.set(frame.scope.fields, function.name, value)
    return value


def decorated(machine: Machine, value: Value, decorators: Sequence[ir.Expr], frame: Frame) -> Value:
    """What decorators make of a function: those of the project are called, those of libraries leave it as it is."""
    from casemate.analysis.code.interpret.calling import call
    from casemate.analysis.code.interpret.expressions import evaluate, name_value

    for node in reversed(decorators):
        if isinstance(node, ir.Name) and node.id in _MARKS:
            continue
        if _registered(machine, node, value, frame):
            continue
        path, arguments, keywords = "", [], {}
        target: Value
        if isinstance(node, ir.Call):
            path = _path(machine, node.function, frame)
            arguments = [evaluate(machine, one, frame) for one in node.arguments if not isinstance(one, ir.Spread)]
            keywords = {name: evaluate(machine, one, frame) for name, one in node.keywords if name}
            target = UNKNOWN
            if not path:
                target = evaluate(machine, node, frame)
        elif isinstance(node, ir.Name):
            target = name_value(machine, node.id, frame)
            path = target.path or "" if isinstance(target, Thing) else ""
        else:
            path = _path(machine, node, frame)
            target = UNKNOWN if path else evaluate(machine, node, frame)
        if path:
            machine.registrations.append((f"@:{path}", [value, *arguments], keywords, frame.module, node.at))
            _batched(machine, path, keywords, frame, node)
            continue
        # An attribute of Java or C# is a note: it changes nothing.
        for option in () if frame.module.language in _MARKED else options_of(target):
            if isinstance(option, (Closure, Partial)) or (isinstance(option, Instance) and option.cls.find("__call__")):
                made = call(machine, option, [value], {}, frame, node)
                if any(isinstance(one, (Closure, Partial, Instance)) for one in options_of(made)):
                    value = made
                break
            if isinstance(option, Class):
                value = call(machine, option, [value], {}, frame, node)
                break
    return value


def _batched(machine: Machine, path: str, keywords: dict[str, Value], frame: Frame, node: ir.Expr) -> None:
    """`@batch_processor(record_handler=…)`: the library calls it with each record, before the function itself."""
    from casemate.analysis.code.interpret.calling import call

    handler = keywords.get("record_handler") if path.endswith(_BATCHES) else None
    if handler is not None:
        call(machine, handler, [UNKNOWN], {}, frame, node)


def _registered(machine: Machine, node: ir.Expr, value: Value, frame: Frame) -> bool:
    """`@run.register` of a function that `functools.singledispatch` wraps: `run` may be this function, too."""
    from casemate.analysis.code.interpret.expressions import name_value

    place = node.function if isinstance(node, ir.Call) else node
    if not isinstance(place, ir.Attr) or place.name != "register" or not isinstance(place.target, ir.Name):
        return False
    known = name_value(machine, place.target.id, frame)
    generic = any(
        "singledispatch" in repr(decorator)
        for option in options_of(known) if isinstance(option, Closure) for decorator in option.function.decorators
    )  # fmt: skip
    if generic:
        machine.trail.set(frame.scope.fields, place.target.id, union([known, value]))
    return generic


def _path(machine: Machine, node: ir.Expr, frame: Frame) -> str:
    """The library name of a decorator, empty for one of the project."""
    from casemate.analysis.code.interpret.expressions import evaluate, name_value

    if isinstance(node, ir.Name):
        value = name_value(machine, node.id, frame)
        return value.path or "" if isinstance(value, Thing) else ""
    if isinstance(node, ir.Attr):
        target = evaluate(machine, node.target, frame)
        if isinstance(target, Thing):
            return f"{target.path or '?'}.{node.name}"
        if isinstance(target, Instance):
            base = target.cls.library_base()
            return f"{base}.{node.name}" if base and target.cls.find(node.name) is None else ""
        if isinstance(target, Mapping):
            return f"?.{node.name}"
    return ""


def define_class(machine: Machine, node: ir.ClassDef, frame: Frame) -> None:
    """The class bound to its name. Its body runs in a scope that methods do not see."""
    from casemate.analysis.code.interpret.expressions import evaluate
    from casemate.analysis.code.interpret.statements import walk

    frame.captured = True
    bases = tuple(option for base in node.bases for option in options_of(evaluate(machine, base, frame)))
    cls = Class(node.name, bases)
    cls.home, cls.module = frame.scope, frame.module
    for one in node.fields:
        cls.declared[one.name] = Declared(one.type, None, tuple(one.decorators))
    inner = Frame(frame.module, Scope(frame.scope), machine.trail.mark(), frame.function, frame.this)
    inner.exits, inner.cls = frame.exits, cls
    inner.scope.fields = cls.fields
    methods: list[ir.Function] = []
    first = Instance(cls)
    python = frame.module.language == "python"
    for statement in node.body:
        if isinstance(statement, ir.FunctionDef):
            methods.append(statement.function)
            continue
        if python:
            _declared(cls, statement)
        if python or not isinstance(statement, ir.Assign):
            walk(machine, [statement], inner)
        elif isinstance(statement.target, ir.Name):
            _first_value(machine, statement, statement.target.id, frame, first)
    for function in methods:
        closure: Value = Closure(function, frame.module, frame.scope, None, cls)
        if function.decorators:
            closure = decorated(machine, closure, function.decorators, frame)
        marks = [one.name for one in function.decorators if isinstance(one, ir.Attr)]
        if marks and marks[0] in _ACCESSORS and function.name in cls.fields:  # `@name.setter`
            machine.accessors = True
            cls.fields[f"{function.name}.{marks[0]}"] = Closure(function, frame.module, frame.scope, None, cls)
            continue
        known = cls.fields.get(function.name)
        if isinstance(known, Closure) and isinstance(closure, Closure) and frame.module.language in _MARKED:
            cls.overloads.setdefault(function.name, [known]).append(closure)
        cls.fields[function.name] = closure
    if python:
        _told_to_bases(machine, cls, node, frame)
    _marked(machine, cls, node, frame)
    machine.trail.set(frame.scope.fields, node.name, cls)


def _declared(cls: Class, statement: ir.Stmt) -> None:
    """Keep the type of a field: `name: str = Field(…)`; and what a model says of itself (`model_config`)."""
    if not isinstance(statement, ir.Assign) or not isinstance(statement.target, ir.Name):
        return
    if statement.target.id == "model_config":
        cls.declared["model_config"] = Declared("ClassVar", statement.value)
    elif statement.type:
        written = None if isinstance(statement.value, ir.Opaque) else statement.value
        cls.declared[statement.target.id] = Declared(statement.type, written)


def _marked(machine: Machine, cls: Class, node: ir.ClassDef, frame: Frame) -> None:
    """The decorators of a class that come from libraries are kept with what they are given."""
    from casemate.analysis.code.interpret.expressions import evaluate

    for decorator in node.decorators:
        value = evaluate(machine, decorator.function if isinstance(decorator, ir.Call) else decorator, frame)
        path = value.path or "" if isinstance(value, Thing) else ""
        if path:
            arguments = (
                [evaluate(machine, one, frame) for one in decorator.arguments] if isinstance(decorator, ir.Call) else []
            )
            machine.registrations.append((f"@:{path}", [cls, *arguments], {}, frame.module, decorator.at))


def _told_to_bases(machine: Machine, cls: Class, node: ir.ClassDef, frame: Frame) -> None:
    """`__init_subclass__` of the bases hears of a new class."""
    from casemate.analysis.code.interpret.calling import call

    for base in cls.bases:
        hook = base.find("__init_subclass__") if isinstance(base, Class) else None
        if isinstance(hook, Closure):
            call(machine, hook.bound(cls), [], {}, frame, ir.Name(node.name, node.at))


def _first_value(machine: Machine, statement: ir.Assign, name: str, frame: Frame, first: Instance) -> None:
    """What each object has in a field at first; `this` in it is an object that has the fields before it."""
    from casemate.analysis.code.interpret.expressions import evaluate

    cls = first.cls
    inner = Frame(frame.module, frame.scope, frame.mark, frame.function, first)
    inner.exits, inner.cls = frame.exits, cls
    made = evaluate(machine, statement.value, inner)
    cls.initial[name] = first.fields[name] = made
    if statement.type:
        cls.types[name] = statement.type
