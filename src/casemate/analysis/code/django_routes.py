"""What the routes of a Django project let through to a view: converters, and patterns with named groups.

A route stands in another file than the view that it leads to, so that the `urls.py` of the project are looked at for
the view's name. Where several routes lead to it, a parameter is as free as the freest of them leaves it.

Sources: Django documentation, "URL dispatcher" (path converters, using regular expressions), "Class-based views".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from casemate.analysis.code import ir
from casemate.analysis.code.frontend import lower

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.analysis.code.project import Project

MAX_FILES = 200
MAX_NESTED = 20
_PATHS = frozenset({"path", "re_path", "url"})
_CONVERTER = re.compile(r"<(?:([A-Za-z_]\w{0,40}):)?([A-Za-z_]\w{0,80})>")
_GROUP = re.compile(r"\(\?P<([A-Za-z_]\w{0,80})>")
_PATTERNS = {"int": r"^[0-9]+$", "slug": r"^[-a-zA-Z0-9_]+$", "uuid": r"^[0-9a-f-]+$"}
"""The converters of Django that leave something out that does harm; `str` and `path` are anything."""


class Route(NamedTuple):
    """A route: its file, the view's name, and by parameter the pattern that it fits (None: anything)."""

    path: str
    view: str
    parameters: dict[str, str | None]


class DjangoRoutes:
    """The routes of a project by the name of their view, read when the first view asks."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._routes: dict[str, list[Route]] | None = None
        self.files: tuple[str, ...] = ()

    def parameters(self, view: str, path: str) -> dict[str, str | None]:
        """By parameter of a file's view the pattern that what it is given fits; None, or not there: anything.

        Of views of one name in several projects of a tree, the routes nearest to the file are meant.
        """
        routes = self._all().get(view, [])
        nearest = max((_shared(route.path, path) for route in routes), default=0)
        found: dict[str, str | None] = {}
        for route in routes:
            if _shared(route.path, path) < nearest:
                continue
            for name, pattern in route.parameters.items():
                found[name] = pattern if found.get(name, pattern) == pattern else None
        return found

    def _all(self) -> dict[str, list[Route]]:
        if self._routes is None:
            self._routes = {}
            self.files = tuple(
                sorted(path for path in self._project.files if path.rpartition("/")[2] == "urls.py")[:MAX_FILES]
            )
            for path in self.files:
                source = self._project.content(path)
                module = None if source is None else lower(path, source)
                for route in _routes(module) if module is not None else ():
                    self._routes.setdefault(route.view, []).append(route)
        return self._routes


def _shared(one: str, other: str) -> int:
    """How many folders two paths have in common."""
    count = 0
    for left, right in zip(one.split("/")[:-1], other.split("/")[:-1], strict=False):
        if left != right:
            break
        count += 1
    return count


def _routes(module: ir.Module) -> Iterator[Route]:
    """The routes that a module writes out in its lists."""
    for statement in module.body:
        if isinstance(statement, ir.Assign):
            yield from _listed(module.path, statement.value, 0)


def _listed(path: str, node: ir.Expr, depth: int) -> Iterator[Route]:
    if isinstance(node, ir.Display):
        for item in node.items if depth < MAX_NESTED else ():
            yield from _listed(path, item, depth + 1)
    elif isinstance(node, ir.Binary) and depth < MAX_NESTED:  # `urlpatterns = [...] + static(…)`
        yield from _listed(path, node.left, depth + 1)
        yield from _listed(path, node.right, depth + 1)
    elif isinstance(node, ir.Call) and _name(node.function) in _PATHS and len(node.arguments) > 1:
        written, view = node.arguments[0], _view(node.arguments[1])
        if isinstance(written, ir.Const) and isinstance(written.value, str) and view:
            yield Route(path, view, _parameters(written.value, _name(node.function)))


def _name(node: ir.Expr) -> str:
    return node.id if isinstance(node, ir.Name) else node.name if isinstance(node, ir.Attr) else ""


def _view(node: ir.Expr) -> str:
    """`views.show`, `ShowView.as_view()`, `login_required(show)`."""
    for _ in range(4):
        if not isinstance(node, ir.Call):
            return _name(node)
        inner = node.function
        if isinstance(inner, ir.Attr) and inner.name == "as_view":
            return _name(inner.target)
        if not node.arguments:
            return ""
        node = node.arguments[0]
    return ""


def _parameters(route: str, function: str) -> dict[str, str | None]:
    if function == "path":
        return {match[2]: _PATTERNS.get(match[1] or "") for match in _CONVERTER.finditer(route)}
    return {match[1]: _group(route, match.end()) for match in _GROUP.finditer(route)}


def _group(route: str, start: int) -> str | None:
    """The pattern of a group, up to its own closing bracket."""
    depth, place, inside = 1, start, False
    while place < len(route):
        one = route[place]
        if one == "\\":
            place += 2
            continue
        if one in "[]":
            inside = one == "["
        elif not inside and one in "()":
            depth += 1 if one == "(" else -1
            if not depth:
                return f"^{route[start:place]}$"
        place += 1
    return None
