"""Chains of branches that several languages need: the cases of a `switch`, with fall-through written out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.ir import Binary, Const, Display, Expr, If, Jump, Logical, Loop, Raise, Return, Stmt

if TYPE_CHECKING:
    from casemate.analysis.code.ir import At

_MAX_FALL = 30
"""Bodies that one case may fall into: more is data, not a program that a person wrote."""


def chained(subject: Expr, cases: list[tuple[Expr | None, list[Stmt], At]], label: str) -> list[Stmt]:
    """The cases as a chain; a test of None is the default, wherever it stands."""
    bodies = [_body(cases, index, label) for index in range(len(cases))]
    result: list[Stmt] = []
    into = result
    tests: list[Expr] = []
    otherwise: list[Stmt] = []
    for index, (test, statements, at) in enumerate(cases):
        if test is None:
            otherwise = bodies[index]
            if not statements:
                tests = []  # cases that fall into the default are the default
            continue
        tests.append(test)
        if not statements and index + 1 < len(cases):
            if cases[index + 1][0] is None:
                tests = []
            continue
        branch = If(_test(subject, tests), bodies[index], [], at)
        tests = []
        into.append(branch)
        into = branch.otherwise
    into.extend(otherwise)
    return result


def _test(subject: Expr, tests: list[Expr]) -> Expr:
    at = (tests[0].at[0], tests[-1].at[1])
    if isinstance(subject, Const) and subject.value is True:
        result = tests[0]
        for test in tests[1:_MAX_FALL]:
            result = Logical("or", result, test, at)
        return result
    if len(tests) == 1:
        return Binary("==", subject, tests[0], at)
    return Binary("in", subject, Display("list", tests, at), at)


def _body(cases: list[tuple[Expr | None, list[Stmt], At]], index: int, label: str) -> list[Stmt]:
    body: list[Stmt] = []
    for _, statements, _ in cases[index : index + _MAX_FALL]:
        if statements and isinstance(statements[-1], Jump) and statements[-1].label == label:
            body.extend(statements[:-1])
            return body
        body.extend(statements)
        if _leaves(statements, label):
            return body
    return body


def _leaves(statements: list[Stmt], label: str) -> bool:
    """Whether what stands behind is never reached from here."""
    if not statements:
        return False
    last = statements[-1]
    if isinstance(last, (Return, Raise, Jump)):
        return True
    return isinstance(last, If) and _leaves(last.body, label) and _leaves(last.otherwise, label)


def jumps_to(statements: list[Stmt], label: str) -> bool:
    """Whether a jump to `label` is left in the statements."""
    stack: list[list[Stmt]] = [statements]
    while stack:
        for statement in stack.pop():
            if isinstance(statement, Jump):
                if statement.label == label:
                    return True
            elif isinstance(statement, If):
                stack += [statement.body, statement.otherwise]
            elif isinstance(statement, Loop):
                stack.append(statement.body)
            else:
                for name in ("body", "otherwise", "finish"):
                    found = getattr(statement, name, None)
                    if isinstance(found, list):
                        stack.append(found)
                stack += [handler.body for handler in getattr(statement, "handlers", [])]
    return False


def once(chain: list[Stmt], label: str, at: At) -> list[Stmt]:
    """The chain, in a loop that runs once when something still breaks out of it."""
    if not jumps_to(chain, label):
        return chain
    return [Loop(None, None, None, [*chain, Jump("break", at)], [], at, label=label)]
