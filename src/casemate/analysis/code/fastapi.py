"""What FastAPI's routes say of themselves: that they answer with pages, and that they ask who the caller is.

A dependency that refuses callers (it raises with status 401 or 403) proves who they are, wherever it stands: as a
parameter's default, in its annotation, in the decorator's `dependencies` or in those of the router or application.

Sources: FastAPI documentation, "Dependencies in path operation decorators", "Global Dependencies", "Security - First
Steps", "Custom Response - HTML, Stream, File, others".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.analysis.code import ir
from casemate.analysis.code.joining import options_of
from casemate.analysis.code.values import Class, Closure, Scope, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.analysis.code.entries import Entry

_ASKS = frozenset({"Depends", "Security"})
_WRITTEN = re.compile(r"\b(?:Depends|Security)\(\s{0,8}([A-Za-z_]\w{0,80})\s{0,8}[,)]")
_REFUSES = re.compile(rb"\braise\b.{0,400}?(?:\b40[13]\b|UNAUTHORIZED|FORBIDDEN|NotAuthenticated|AuthError)", re.DOTALL)
_PAGES = frozenset({"HTMLResponse"})
_MOST = 40


def declared_so(entry: Entry, function: Value) -> Entry:
    """The entry with what its decorator and its dependencies say."""
    if not isinstance(function, Closure):
        return entry
    page = any(_name(given) in _PAGES for given in _keyword(function, "response_class")) or any(
        _name(given) in _PAGES for given in _keyword(function, "default_response_class")
    )
    secured = any(_refuses(one, function.scope, set()) for one in _asked(function))
    return entry._replace(page=page, exposure="authenticated" if secured else entry.exposure)


def _keyword(function: Closure, wanted: str) -> Iterator[ir.Expr]:
    """What the decorators of a route, and the application or router that they belong to, are given by this name."""
    for one in function.function.decorators:
        if not isinstance(one, ir.Call):
            continue
        yield from (given for name, given in one.keywords if name == wanted)
        place = one.function.target if isinstance(one.function, ir.Attr) else None
        if isinstance(place, ir.Name):
            for statement in function.module.body:
                if (
                    isinstance(statement, ir.Assign)
                    and isinstance(statement.target, ir.Name)
                    and statement.target.id == place.id
                    and isinstance(statement.value, ir.Call)
                ):
                    yield from (given for name, given in statement.value.keywords if name == wanted)


def _name(node: ir.Expr) -> str:
    return node.id if isinstance(node, ir.Name) else node.name if isinstance(node, ir.Attr) else ""


def _asked(function: Closure) -> Iterator[str]:
    """The names of the dependencies of a route, also those of what it is registered at."""
    yield from _of_parameters(function.function)
    for given in _keyword(function, "dependencies"):
        for item in given.items if isinstance(given, ir.Display) else ():
            yield from _named(item)


def _of_parameters(function: ir.Function) -> Iterator[str]:
    for parameter in function.parameters:
        if parameter.default is not None:
            yield from _named(parameter.default)
        for match in _WRITTEN.finditer((parameter.type or "")[:1_000]):
            yield match[1]


def _named(node: ir.Expr) -> Iterator[str]:
    if not isinstance(node, ir.Call) or not node.arguments:
        return
    if _name(node.function) not in _ASKS:
        return
    target = node.arguments[0]
    if isinstance(target, ir.Call):  # `Depends(RoleChecker("admin"))`
        target = target.function
    if isinstance(target, ir.Name):
        yield target.id


def _refuses(name: str, scope: Scope | None, seen: set[int]) -> bool:
    """Whether the dependency of this name, or one that it depends on, refuses callers."""
    value: Value | None = None
    while scope is not None and value is None:
        value = scope.fields.get(name)
        scope = scope.parent
    for option in options_of(value) if value is not None else ():
        called = option.find("__call__") if isinstance(option, Class) else option
        if not isinstance(called, Closure) or id(called.function) in seen or len(seen) > _MOST:
            continue
        seen.add(id(called.function))
        start, end = called.function.at
        if _REFUSES.search(called.module.source[start : min(end, start + 20_000)]):
            return True
        if any(_refuses(one, called.scope, seen) for one in _of_parameters(called.function)):
            return True
    return False
