"""One file of a package: its units with their calls, and what an expression is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from casemate.analysis.code import ir
from casemate.analysis.supply.surface import Reading, parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from casemate.analysis.code.ir import At, Module

_MAX_NODES = 60_000
_MAX_LOOKED = 3_000
_DEPTH = 8


class Called(NamedTuple):
    """A call: its name as `surface` tells names (`os.system`, `.connect` for a method of something unknown)."""

    name: str
    node: ir.Call


class Body:
    """A function's code, or what a module does when it is imported (`when` is `import`).

    `assigned`: variable -> what is put into it here; `loops`: loops that nothing ends.
    """

    def __init__(self, name: str, when: str) -> None:
        self.name = name
        self.when = when
        self.calls: list[Called] = []
        self.assigned: dict[str, list[object]] = {}
        self.loops: list[ir.Loop] = []
        self.nodes: list[object] = []


class Code:
    """A file, taken apart. `texts`: every literal, for what gives itself away wherever it stands."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self._names = Reading(module)
        self.bodies: list[Body] = [Body("", "import")]
        self.texts: list[tuple[str, At]] = []
        self.blobs = 0
        self._seen = 0
        self._walk(module.body, self.bodies[0])

    def name(self, function: object) -> str:
        """The name of what is called."""
        if isinstance(function, ir.Call):
            function = function.function if isinstance(function.function, ir.Name) else function
        dotted = self._names.dotted(function)
        if dotted is not None:
            return dotted.removeprefix("node:")
        if isinstance(function, ir.Name):
            return function.id
        if isinstance(function, ir.Attr):
            inner = function.target
            path = [function.name]
            while isinstance(inner, ir.Attr):
                path.append(inner.name)
                inner = inner.target
            if isinstance(inner, ir.Name):
                return ".".join([inner.id, *reversed(path)])
            return f".{function.name}"
        return ""

    # -- expressions
    def made_of(self, expression: object, body: Body) -> Iterator[object]:
        """Every node of an expression, and of what its variables were given in this body or at import."""
        waiting: list[tuple[object, int]] = [(expression, 0)]
        seen: set[str] = set()
        looked = 0
        while waiting:
            node, depth = waiting.pop()
            looked += 1
            if looked > _MAX_LOOKED:
                return
            if isinstance(node, list | tuple):
                waiting.extend((one, depth) for one in node)
                continue
            if node is None or isinstance(node, str | bytes | int | float | bool | ir.Function):
                continue
            yield node
            if isinstance(node, ir.Name):
                if node.id not in seen and depth < _DEPTH:
                    seen.add(node.id)
                    for source in (body, self.bodies[0]):
                        waiting.extend((one, depth + 1) for one in source.assigned.get(node.id, ()))
                continue
            waiting.extend((one, depth) for one in parts(node))  # type: ignore[arg-type]

    def calls_in(self, expression: object, body: Body, names: frozenset[str]) -> bool:
        """Whether a call of one of these is part of an expression."""
        return any(
            isinstance(node, ir.Call) and self.name(node.function) in names for node in self.made_of(expression, body)
        )

    def any_text(self, expression: object, body: Body, holds: Callable[[str], bool]) -> bool:
        """Whether a literal in an expression is such a one."""
        for node in self.made_of(expression, body):
            if isinstance(node, ir.Const):
                text = node.value.decode("latin-1") if isinstance(node.value, bytes) else node.value
                if isinstance(text, str) and holds(text):
                    return True
        return False

    # -- the walk
    def _walk(self, statements: object, body: Body) -> None:
        waiting: list[object] = [statements]
        while waiting:
            node = waiting.pop()
            self._seen += 1
            if self._seen > _MAX_NODES:
                return
            if isinstance(node, list | tuple):
                waiting.extend(reversed(node))
            elif isinstance(node, ir.FunctionDef):
                self._function(node.function, node.function.name, body)
            elif isinstance(node, ir.Lambda):
                # A function without a name that stands in a call runs at once, or soon: its code is the caller's.
                waiting.append(node.function.body)
            elif isinstance(node, ir.ClassDef):
                for statement in node.body:
                    if isinstance(statement, ir.FunctionDef):
                        self._function(statement.function, f"{node.name}.{statement.function.name}", body)
                    else:
                        waiting.append(statement)
            elif isinstance(node, ir.If) and _is_main_guard(node.test):
                main = Body("__main__", "main")
                self.bodies.append(main)
                self._walk(node.body, main)
                waiting.append(node.otherwise)
            elif isinstance(node, ir.Import) or node is None or isinstance(node, str | bytes | int | float | bool):
                continue
            else:
                self._node(node, body)
                waiting.extend(reversed(list(parts(node))))  # type: ignore[arg-type]

    def _function(self, function: ir.Function, name: str, outer: Body) -> None:
        own = Body(name, "call")
        self.bodies.append(own)
        for parameter in function.parameters:
            self._walk([parameter.default], outer)
        self._walk([function.decorators], outer)
        self._walk(function.body, own)

    def _node(self, node: object, body: Body) -> None:  # noqa: C901 - one case a kind of node
        if isinstance(node, ir.Call):
            body.calls.append(Called(self.name(node.function), node))
        elif isinstance(node, ir.Assign):
            for target in node.target.items if isinstance(node.target, ir.Display) else [node.target]:
                if isinstance(target, ir.Name):
                    body.assigned.setdefault(target.id, []).append(node.value)
        elif isinstance(node, ir.AssignExpr) and isinstance(node.target, ir.Name):
            body.assigned.setdefault(node.target.id, []).append(node.value)
        elif isinstance(node, ir.With):
            for context, name in node.items:
                if isinstance(name, ir.Name):
                    body.assigned.setdefault(name.id, []).append(context)
        elif isinstance(node, ir.Loop):
            for item in node.target.items if isinstance(node.target, ir.Display) else [node.target]:
                if isinstance(item, ir.Name):
                    body.assigned.setdefault(item.id, []).append(node.iterable)
            if _is_endless(node):
                body.loops.append(node)
        elif isinstance(node, ir.Const) and isinstance(node.value, str):
            self.texts.append((node.value, node.at))


def _is_main_guard(test: object) -> bool:
    """`if __name__ == "__main__"`, `if (require.main === module)`: code that an import does not run."""
    if not isinstance(test, ir.Binary) or test.operator != "==":
        return False
    sides = (test.left, test.right)
    if any(isinstance(side, ir.Name) and side.id == "__name__" for side in sides):
        return True
    return any(isinstance(side, ir.Attr) and side.name == "main" for side in sides)


def _is_endless(loop: ir.Loop) -> bool:
    """A loop whose test is always true, or a count up to infinity, and that nothing leaves."""
    test = loop.test
    if loop.target is not None:
        return False
    always = test is None or (isinstance(test, ir.Const) and test.value in (True, 1))
    infinite = isinstance(test, ir.Binary) and any(
        isinstance(side, ir.Name) and side.id == "Infinity" for side in (test.left, test.right)
    )
    if not (always or infinite):
        return False
    waiting: list[object] = [loop.body]
    looked = 0
    while waiting:
        node = waiting.pop()
        looked += 1
        if looked > _MAX_LOOKED:
            return False
        if isinstance(node, list | tuple):
            waiting.extend(node)
        elif isinstance(node, ir.Return | ir.Raise | ir.Await | ir.Yield | ir.Try) or (
            isinstance(node, ir.Jump) and node.kind == "break"
        ):
            return False
        elif (
            not isinstance(node, ir.Function | ir.FunctionDef | ir.ClassDef)
            and node is not None
            and not isinstance(node, str | bytes | int | float | bool)
        ):
            waiting.extend(parts(node))  # type: ignore[arg-type]
    return True
