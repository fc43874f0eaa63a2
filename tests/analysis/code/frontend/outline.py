"""The IR as an outline that a test can quote: one line a statement, blocks in braces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code import ir
from casemate.analysis.code.frontend import lower

if TYPE_CHECKING:
    from collections.abc import Sequence


def lowered(path: str, text: str) -> ir.Module:
    found = lower(path, text.encode())
    assert found is not None
    return found


def outline(path: str, text: str) -> list[str]:
    """The statements of a file that has no errors."""
    found = lowered(path, text)
    assert found.errors == []
    return [statement(each) for each in found.body]


def block(body: Sequence[ir.Stmt]) -> str:
    return "; ".join(statement(each) for each in body)


def statement(node: ir.Stmt) -> str:  # noqa: C901 - one line a node
    match node:
        case ir.Assign(target, value, _, type_):
            return f"{show(target)}{': ' + type_ if type_ else ''} = {show(value)}"
        case ir.ExprStmt(value):
            return show(value)
        case ir.If(test, body, otherwise):
            return f"if {show(test)} {{{block(body)}}}" + (f" else {{{block(otherwise)}}}" if otherwise else "")
        case ir.Loop(target, iterable, test, body, _, _, over, label):
            name = f"{label}: " if label else ""
            if target is None and iterable is None:
                return f"{name}while {show(test)} {{{block(body)}}}"
            return f"{name}for {show(target)} in {over} {show(iterable)} {{{block(body)}}}"
        case ir.Try(body, handlers, _, finish):
            caught = "".join(f" catch {'|'.join(h.types)} {h.name} {{{block(h.body)}}}" for h in handlers)
            return f"try {{{block(body)}}}{caught}" + (f" finally {{{block(finish)}}}" if finish else "")
        case ir.With(items, body):
            return f"with {', '.join(f'{show(c)} as {show(t)}' for c, t in items)} {{{block(body)}}}"
        case ir.Import(name, names):
            return f"import {name} {', '.join(f'{a or name} as {b}' for a, b in names)}".rstrip()
        case ir.Export(name, value, _, module):
            return f"export {name or 'module'} = {show(value)}" + (f" of {module}" if module else "")
        case ir.FunctionDef(function):
            return function_text(function)
        case ir.ClassDef(name, bases, body, _, decorators):
            head = "".join(f"@{show(each)} " for each in decorators)
            return f"{head}class {name}({', '.join(map(show, bases))}) {{{block(body)}}}"
        case ir.Return(value) | ir.Raise(value):
            return f"{type(node).__name__.lower()} {show(value)}"
        case ir.Delete(target):
            return f"del {show(target)}"
        case ir.Jump(kind, _, label):
            return f"{kind} {label or ''}".rstrip()
        case ir.Scoped(names):
            return f"scoped {names}"
    raise AssertionError(node)


def function_text(function: ir.Function) -> str:
    marks = {"plain": "", "rest": "*", "keywords": "**", "named": "!"}
    taken = ", ".join(
        "".join(f"@{show(each_)} " for each_ in each.decorators)
        + marks[each.kind]
        + (each.name or show(each.pattern))
        + (f": {each.type}" if each.type else "")
        + (f" = {show(each.default)}" if each.default else "")
        for each in function.parameters
    )
    flags = "".join(f"{name[3:]} " for name in ("is_async", "is_generator", "is_static") if getattr(function, name))
    head = "".join(f"@{show(each)} " for each in function.decorators)
    owner = f"{function.owner}." if function.owner else ""
    receiver = f"({' '.join(function.receiver)}) " if function.receiver else ""
    arrow = "arrow " if function.captures_this else ""
    return f"{head}{flags}{arrow}def {receiver}{owner}{function.name}({taken}) {{{block(function.body)}}}"


def show(node: ir.Expr | None) -> str:  # noqa: C901 - one line a node
    match node:
        case None:
            return "-"
        case ir.Const(value):
            return repr(value)
        case ir.Name(name):
            return name
        case ir.Attr(target, name):
            return f"{show(target)}.{name}"
        case ir.Index(target, key):
            return f"{show(target)}[{show(key)}]"
        case ir.Slice(lower_, upper, step):
            return ":".join(show(each) for each in (lower_, upper, step))
        case ir.Call(function, arguments, keywords, _, new):
            given = [show(each) for each in arguments] + [f"{name}={show(value)}" for name, value in keywords]
            return f"{'new ' if new else ''}{show(function)}({', '.join(given)})"
        case ir.Spread(value):
            return f"*{show(value)}"
        case ir.Unary(operator, value):
            return f"({operator} {show(value)})"
        case ir.Binary(operator, left, right) | ir.Logical(operator, left, right):
            return f"({show(left)} {operator} {show(right)})"
        case ir.Conditional(test, then, otherwise):
            return f"({show(test)} ? {show(then)} : {show(otherwise)})"
        case ir.Join(parts):
            return "<" + ", ".join(show(p) for p in parts) + ">"
        case ir.Display(_, items):
            return f"[{', '.join(map(show, items))}]"
        case ir.Record(entries):
            return "{" + ", ".join(f"{show(k)}: {show(v)}" if k else f"*{show(v)}" for k, v in entries) + "}"
        case ir.Lambda(function):
            return function_text(function)
        case ir.Await(value):
            return f"await {show(value)}"
        case ir.Yield(value):
            return f"yield {show(value)}"
        case ir.AssignExpr(target, value):
            return f"({show(target)} := {show(value)})"
        case ir.Cast(type_, value):
            return f"({show(value)} as {type_})"
        case ir.Opaque(kind, parts):
            return f"?{kind}({', '.join(map(show, parts))})"
        case _:
            raise AssertionError(node)
