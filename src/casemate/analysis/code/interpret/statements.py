"""Walking statements, with branches undone and joined, loops to a small fixpoint, and exceptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code import ir
from casemate.analysis.code.interpret import guessing, weighing
from casemate.analysis.code.interpret.comparing import asked, truth, verdict_of
from casemate.analysis.code.interpret.declaring import define_class, define_function
from casemate.analysis.code.interpret.expressions import evaluate
from casemate.analysis.code.interpret.injecting import left
from casemate.analysis.code.interpret.loading import export, import_names
from casemate.analysis.code.interpret.machine import DEAD, NEXT, Attempt, Exit, Frame, Loop, Machine
from casemate.analysis.code.interpret.members import iterate
from casemate.analysis.code.interpret.settling import settled
from casemate.analysis.code.interpret.trail import GuardCells
from casemate.analysis.code.interpret.writing import assign, delete
from casemate.analysis.code.joining import union
from casemate.analysis.code.labels import Label, Origin, Taint, Trace, merge
from casemate.analysis.code.values import NEVER, NONE, Instance, Sequence, Thing, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from casemate.analysis.code.interpret.trail import Changes

MAX_UNROLLED = 10
MAX_RAISED = 6


def walk(machine: Machine, body: list[ir.Stmt], frame: Frame) -> int:
    """The statements in order; `DEAD` when control does not reach their end."""
    table = _STATEMENTS
    for statement in body:
        if table[statement.__class__](machine, statement, frame):
            return DEAD
    return NEXT


def _assign(machine: Machine, node: ir.Assign, frame: Frame) -> int:
    value = evaluate(machine, node.value, frame)
    if node.type and machine.language == "go" and isinstance(node.value, ir.Opaque):
        from casemate.analysis.code.interpret.library_go import declared

        value = declared(machine, node.type, value, frame)
    machine.writing = node.value
    assign(machine, node.target, value, frame, node.at, outward=not node.declares)
    return NEXT


def _expression(machine: Machine, node: ir.ExprStmt, frame: Frame) -> int:
    value = evaluate(machine, node.value, frame)
    return DEAD if value is NEVER else NEXT


def _delete(machine: Machine, node: ir.Delete, frame: Frame) -> int:
    delete(machine, node.target, frame)
    return NEXT


def _return(machine: Machine, node: ir.Return, frame: Frame) -> int:
    value = NONE if node.value is None else evaluate(machine, node.value, frame)
    if machine.guards and value.taint:
        value = settled(machine, value)
    if machine.guessing and frame.function is not None:
        guessing.becomes(machine, frame.function.name, value, frame)
    if machine.responder is not None and len(machine.stack) == 1:
        machine.responder(value, node.value, node.at, frame)
    leave(machine, frame, value)
    return DEAD


def leave(machine: Machine, frame: Frame, value: Value) -> None:
    """The function gives back `value` in the state of now."""
    without = None if frame.captured or frame.function is None else frame.scope.fields
    trail = machine.trail
    frame.exits.append(Exit(value, trail.snapshot(frame.mark, without), trail.mark(), dict(machine.guards)))


def _raise(machine: Machine, node: ir.Raise, frame: Frame) -> int:
    value = None if node.value is None else evaluate(machine, node.value, frame)
    if machine.attempts:
        attempt = machine.attempts[-1]
        if len(attempt.raised) < MAX_RAISED:
            attempt.raised.append(machine.trail.snapshot(attempt.mark))
        if value is not None:
            attempt.values.append(value)
    return DEAD


# -- branches
def _if(machine: Machine, node: ir.If, frame: Frame) -> int:
    value = evaluate(machine, node.test, frame)
    weighing.weighed(machine, (value,))
    known = truth(value)
    verdict = asked(value)
    trail = machine.trail
    if known is not None:
        if verdict is not None:
            machine.guard(verdict.yes if known else verdict.no)
        return walk(machine, node.body if known else node.otherwise, frame)
    mark = trail.mark()
    outcomes: list[Changes] = []
    if verdict is not None and verdict.yes:
        machine.guard(verdict.yes)
    if walk(machine, node.body, frame) is NEXT:
        outcomes.append(trail.take(mark))
    else:
        trail.undo(mark)
    if verdict is not None and verdict.no:
        machine.guard(verdict.no)
    if not node.otherwise or walk(machine, node.otherwise, frame) is NEXT:
        if not outcomes:
            return NEXT  # the state is that of this branch already
        outcomes.append(trail.take(mark))
    else:
        trail.undo(mark)
    if not outcomes:
        return DEAD
    trail.settle(outcomes)
    return NEXT


# -- loops
def _loop(machine: Machine, node: ir.Loop, frame: Frame) -> int:
    trail = machine.trail
    loop = Loop(trail.mark(), None)
    frame.loops.append(loop)
    try:
        alive = _counted(machine, node, frame, loop) if node.target is not None else _tested(machine, node, frame, loop)
    finally:
        frame.loops.pop()
    if alive and node.otherwise:
        alive = walk(machine, node.otherwise, frame) is NEXT
    if not loop.breaks:
        return NEXT if alive else DEAD
    outcomes = [*loop.breaks]
    if alive:
        outcomes.append(trail.take(loop.mark))
    else:
        trail.undo(loop.mark)
    trail.settle(outcomes)
    return NEXT


def _turn(machine: Machine, node: ir.Loop, frame: Frame, loop: Loop) -> bool:
    """One walk of the body; whether there is a next turn. `continue`s join at its end."""
    trail = machine.trail
    loop.turn = trail.mark()
    loop.continues = []
    alive = walk(machine, node.body, frame) is NEXT
    if not loop.continues:
        if not alive:
            trail.undo(loop.turn)
        return alive
    outcomes = [*loop.continues]
    if alive:
        outcomes.append(trail.take(loop.turn))
    else:
        trail.undo(loop.turn)
    trail.settle(outcomes)
    return True


def _counted(machine: Machine, node: ir.Loop, frame: Frame, loop: Loop) -> bool:
    """`for target in iterable`: few known elements one by one, else any of them, twice."""
    assert node.target is not None  # noqa: S101 - that is what makes it counted
    assert node.iterable is not None  # noqa: S101 - as above
    source = evaluate(machine, node.iterable, frame)
    row = iterate(machine, source, frame, node.iterable.at, over=node.over)
    if row.rest is None and len(row.items) <= MAX_UNROLLED:
        for item in row.items:
            assign(machine, node.target, item, frame, node.target.at)
            if not _turn(machine, node, frame, loop):
                return False
        return True
    elements = list(row.items) if row.rest is None else [*row.items, row.rest]
    element = union(elements)

    def enter() -> None:
        assign(machine, node.target, element, frame, node.at)  # type: ignore[arg-type]  # set, see above

    _fixpoint(machine, node, frame, loop, enter)
    return True


def _tested(machine: Machine, node: ir.Loop, frame: Frame, loop: Loop) -> bool:
    """`while test`: turns whose test is known are walked one by one, then any number of them."""
    endless = node.test is None or (isinstance(node.test, ir.Const) and bool(node.test.value))
    if not endless and node.test is not None:
        for _ in range(MAX_UNROLLED):
            known = truth(evaluate(machine, node.test, frame))
            if known is None:
                break
            if not known:
                return True
            if not _turn(machine, node, frame, loop):
                return False

    def enter() -> None:
        if node.test is not None and not endless:
            verdict = verdict_of(evaluate(machine, node.test, frame))
            if verdict is not None:
                machine.guard(verdict.yes)

    _fixpoint(machine, node, frame, loop, enter)
    return not endless


def _fixpoint(machine: Machine, node: ir.Loop, frame: Frame, loop: Loop, enter: Callable[[], None]) -> None:
    """The body until the state stays the same, at most twice: containers and labels do not grow after that."""
    trail = machine.trail
    for _ in range(2):
        mark = trail.mark()
        enter()
        _turn(machine, node, frame, loop)
        changes = trail.take(mark)
        if not changes or not trail.settle([{}, changes], widen=True):
            return


def _jump(machine: Machine, node: ir.Jump, frame: Frame) -> int:
    if frame.loops:
        loop = frame.loops[-1]
        if node.kind == "break":
            loop.breaks.append(machine.trail.snapshot(loop.mark))
        else:
            loop.continues.append(machine.trail.snapshot(loop.turn))
    return DEAD


# -- exceptions
def _try(machine: Machine, node: ir.Try, frame: Frame) -> int:  # noqa: C901 - the parts of one statement
    trail = machine.trail
    attempt = Attempt(trail.mark())
    machine.attempts.append(attempt)
    try:
        alive = walk(machine, node.body, frame) is NEXT
    finally:
        machine.attempts.pop()
    outcomes: list[Changes] = []
    if node.handlers:
        middle = trail.held(attempt.mark)
        before = trail.take(attempt.mark)
        starts = [middle, *attempt.raised]
        if alive:
            if node.otherwise:
                trail.settle([before])
                alive = walk(machine, node.otherwise, frame) is NEXT
                before = trail.take(attempt.mark)
            if alive:
                outcomes.append(before)
        for handler in node.handlers:
            trail.settle(starts)
            if handler.name:
                trail.set(frame.scope.fields, handler.name, _caught(attempt, handler, frame, node))
            if walk(machine, handler.body, frame) is NEXT:
                outcomes.append(trail.take(attempt.mark))
            else:
                trail.undo(attempt.mark)
        if outcomes:
            trail.settle(outcomes)
    else:
        if node.finish and any(cells.__class__ is GuardCells for cells, _, _ in trail.log[attempt.mark :]):
            _finished_early(machine, node, frame, attempt)
        if alive and node.otherwise:
            alive = walk(machine, node.otherwise, frame) is NEXT
        if alive:
            outcomes.append({})
    if not outcomes:
        if node.finish:
            mark = trail.mark()
            walk(machine, node.finish, frame)
            trail.undo(mark)
        return DEAD
    return walk(machine, node.finish, frame) if node.finish else NEXT


def _finished_early(machine: Machine, node: ir.Try, frame: Frame, attempt: Attempt) -> None:
    """`finally` also runs where something was raised, and what the body has checked by then need not hold."""
    trail = machine.trail
    middle = trail.held(attempt.mark)
    after = trail.take(attempt.mark)
    trail.settle([middle])
    walk(machine, node.finish, frame)
    trail.undo(attempt.mark)
    trail.settle([after])


def _caught(attempt: Attempt, handler: ir.Handler, frame: Frame, node: ir.Try) -> Value:
    """The exception: what was raised, and something of the library whose text tells how the system is made."""
    at = handler.body[0].at if handler.body and hasattr(handler.body[0], "at") else node.at
    label = Label(
        Origin("exception", "an exception's text", "error"), Trace(frame.module, at, "an exception is caught")
    )
    kind = handler.types[0] if len(handler.types) == 1 else "Exception"
    taint: Taint = (label,)
    for value in attempt.values[:4]:
        taint = merge(value.taint, taint)
    return union((*attempt.values[:4], Thing(f"exception.{kind}", taint, made=True)))


def _with(machine: Machine, node: ir.With, frame: Frame) -> int:
    leaving: list[tuple[Instance, ir.Expr]] = []
    for context, target in node.items:
        value = evaluate(machine, context, frame)
        entered = _entered(machine, value, frame, context)
        if target is not None:
            assign(machine, target, entered, frame, context.at)
        if isinstance(value, Instance):
            leaving.append((value, context))
    outcome = walk(machine, node.body, frame)
    for value, context in reversed(leaving):
        left(machine, value, frame, context)
    return outcome


def _entered(machine: Machine, value: Value, frame: Frame, context: ir.Expr) -> Value:
    """What `__enter__` gives: of a class of the project what it returns, of a library's object the object."""
    from casemate.analysis.code.interpret.calling import call

    if isinstance(value, Instance):
        method = value.cls.find("__enter__") or value.cls.find("__aenter__")
        if method is not None:
            from casemate.analysis.code.interpret.members import bind

            return call(machine, bind(method, value), [], {}, frame, context)
    if isinstance(value, Sequence) and isinstance(context, ir.Call):  # a generator that `contextmanager` wraps
        row = value.row
        return union([*row.items, *([row.rest] if row.rest is not None else [])]) if row.items or row.rest else value
    return value


# -- declarations
def _function(machine: Machine, node: ir.FunctionDef, frame: Frame) -> int:
    define_function(machine, node.function, frame)
    return NEXT


def _class(machine: Machine, node: ir.ClassDef, frame: Frame) -> int:
    define_class(machine, node, frame)
    return NEXT


def _scoped(_machine: Machine, node: ir.Scoped, frame: Frame) -> int:
    """`global`, `nonlocal`: the nearest outer function that has the name, else the module."""
    for name in node.names:
        scope = frame.scope.parent
        while scope is not None and scope.parent is not None and name not in scope.fields:
            scope = scope.parent
        if scope is not None:
            frame.scope.outer[name] = scope
    return NEXT


def _import(machine: Machine, node: ir.Import, frame: Frame) -> int:
    import_names(machine, node, frame)
    return NEXT


def _export(machine: Machine, node: ir.Export, frame: Frame) -> int:
    export(machine, node, frame)
    return NEXT


_STATEMENTS: dict[type, Callable[..., int]] = {
    ir.Assign: _assign,
    ir.ExprStmt: _expression,
    ir.Delete: _delete,
    ir.Return: _return,
    ir.Raise: _raise,
    ir.If: _if,
    ir.Loop: _loop,
    ir.Jump: _jump,
    ir.Try: _try,
    ir.With: _with,
    ir.Import: _import,
    ir.Export: _export,
    ir.Scoped: _scoped,
    ir.FunctionDef: _function,
    ir.ClassDef: _class,
}
