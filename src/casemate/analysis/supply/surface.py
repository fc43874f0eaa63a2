"""What one file of code says of other modules: what it imports, and which names of theirs it uses in which function.

No data flow: names are followed from the import to where they stand. What would make that unsound is told: `escapes`
(a module that is handed on as a value, so anything of it may be used) and `dynamic` (an import by a computed name, code
made at run time).
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from typing import TYPE_CHECKING

from casemate.analysis.code import ir

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _typeshed import DataclassInstance

    from casemate.analysis.code.ir import At

_MAX_NODES = 400_000
_NAME = 80
"""Characters: a longer text is nobody's name."""
_LOADERS = frozenset({"require", "import", "__import__", "importlib.import_module", "import_module"})
_EVALUATORS = frozenset({"eval", "exec", "Function", "compile"})
_PLAIN_DECORATORS = frozenset(
    {"property", "staticmethod", "classmethod", "cached_property", "dataclass", "lru_cache", "cache"}
)


@dataclass(slots=True)
class Unit:
    """A function (`name`), or what a module does when it is imported (`""`).

    `mentions`: every name, attribute and text in it; `uses`: dotted names of other modules, with where; `is_root`:
    called by a framework, so that no mention is needed.
    """

    name: str
    mentions: set[str] = field(default_factory=set)
    uses: list[tuple[str, At]] = field(default_factory=list)
    attributes: list[tuple[str, At]] = field(default_factory=list)
    is_root: bool = False


@dataclass(slots=True)
class Surface:
    """A file. `imports`: modules as written, names they are asked for; `escapes`: dotted names handed on as values."""

    units: list[Unit]
    imports: list[tuple[str, tuple[str, ...], At]]
    escapes: set[str]
    dynamic: bool
    partial: bool


def surface(module: ir.Module) -> Surface:
    """The surface of a parsed file."""
    return Reading(module).result


def parts(node: DataclassInstance) -> Iterator[object]:
    """What a node of the IR consists of."""
    return (getattr(node, name) for name in _names(type(node)))


@cache
def _names(kind: type[DataclassInstance]) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind) if one.name != "at")


class Reading:
    """One walk over the IR with a stack of its own: nested code costs no recursion."""

    def __init__(self, module: ir.Module) -> None:
        self._local: dict[str, str] = {}
        self.result = Surface([Unit("")], [], set(), dynamic=False, partial=bool(module.errors))
        self._imports(module.body)
        self._nodes = 0
        stack: list[tuple[object, Unit, bool]] = [(statement, self.result.units[0], False) for statement in module.body]
        while stack:
            node, unit, is_target = stack.pop()
            self._nodes += 1
            if self._nodes > _MAX_NODES:
                self.result.partial = True
                return
            stack.extend(self._node(node, unit, is_target=is_target))

    def _imports(self, body: list[ir.Stmt]) -> None:
        """Every import, wherever it stands, before anything else: a function may use what is imported below it."""
        stack: list[object] = list(body)
        seen = 0
        while stack:
            node = stack.pop()
            seen += 1
            if seen > _MAX_NODES:
                return
            if isinstance(node, ir.Import):
                self._import(node)
            elif isinstance(node, ir.Export) and node.module is not None:
                self.result.imports.append((node.module, (node.name,), node.at))
                self.result.escapes.add(node.module)
            elif isinstance(node, list | tuple):
                stack.extend(node)
            elif isinstance(node, ir.Assign) and isinstance(node.target, ir.Name):
                loaded = self._loaded(node.value)
                if loaded:
                    self._bind(node.target.id, loaded)
                    self.result.imports.append((loaded, (), node.at))
                else:
                    stack.append(node.value)
            elif is_dataclass(node) and not isinstance(node, type):
                stack.extend(parts(node))

    def _import(self, node: ir.Import) -> None:
        self.result.imports.append((node.module, tuple(name for name, _ in node.names), node.at))
        for name, local in node.names:
            if name == "*":
                self.result.escapes.add(node.module)
            elif name in {"", "default"}:
                self._bind(local, node.module)
            else:
                self._bind(local, f"{node.module}.{name}")

    def _bind(self, local: str, whole: str) -> None:
        """A name that an import binds; one that two imports bind may be either, so both are handed on."""
        known = self._local.setdefault(local, whole)
        if known != whole:
            self.result.escapes.update((known, whole))

    def _loaded(self, node: object) -> str | None:
        """The module of `require("x")`, `import_module("x")`, awaited or not."""
        if isinstance(node, ir.Await):
            node = node.value
        if isinstance(node, ir.Call) and len(node.arguments) == 1 and _plain(node.function) in _LOADERS:
            argument = node.arguments[0]
            if isinstance(argument, ir.Const) and isinstance(argument.value, str):
                return argument.value
        return None

    def dotted(self, node: object) -> str | None:
        """The full name of `alias.a.b`, when `alias` is an import."""
        parts: list[str] = []
        while isinstance(node, ir.Attr):
            parts.append(node.name)
            node = node.target
        root = self._local.get(node.id) if isinstance(node, ir.Name) else self._loaded(node)
        return None if root is None else ".".join([root, *reversed(parts)])

    def _node(self, node: object, unit: Unit, *, is_target: bool) -> Iterator[tuple[object, Unit, bool]]:
        if isinstance(node, ir.FunctionDef) or (isinstance(node, ir.Lambda) and node.function.name):
            yield from self._function(node.function, unit)
        elif isinstance(node, ir.ClassDef):
            yield from self._class(node, unit)
        elif isinstance(node, ir.Attr):
            yield from self._attribute(node, unit)
        elif isinstance(node, ir.Name):
            unit.mentions.add(node.id)
            whole = self._local.get(node.id)
            if whole is not None and not is_target:
                unit.uses.append((whole, node.at))
                self.result.escapes.add(whole)
        elif isinstance(node, ir.Const):
            if isinstance(node.value, str) and len(node.value) < _NAME:
                unit.mentions.add(node.value)
        elif isinstance(node, ir.Call):
            yield from self._call(node, unit)
        elif isinstance(node, ir.Assign):
            yield from self._assign(node, unit)
        elif isinstance(node, list | tuple):
            yield from ((item, unit, False) for item in node)
        elif is_dataclass(node) and not isinstance(node, type | ir.Import):
            yield from ((part, unit, False) for part in parts(node))

    def _assign(self, node: ir.Assign, unit: Unit) -> Iterator[tuple[object, Unit, bool]]:
        whole = self._local.get(node.value.id) if isinstance(node.value, ir.Name) else None
        if isinstance(node.target, ir.Name) and isinstance(node.value, ir.Lambda) and not node.value.function.name:
            yield from self._function(node.value.function, unit, node.target.id)
        elif whole is not None and isinstance(node.target, ir.Record):  # `const {template} = _`
            for key, _ in node.target.entries:
                if isinstance(key, ir.Const) and isinstance(key.value, str):
                    unit.uses.append((f"{whole}.{key.value}", node.at))
                else:
                    self.result.escapes.add(whole)
        else:
            yield node.value, unit, False
        yield node.target, unit, True

    def _attribute(self, node: ir.Attr, unit: Unit) -> Iterator[tuple[object, Unit, bool]]:
        unit.mentions.add(node.name)
        unit.attributes.append((node.name, node.at))
        dotted = self.dotted(node)
        if dotted is None:
            yield node.target, unit, False
            return
        unit.uses.append((dotted, node.at))
        inner: object = node
        while isinstance(inner, ir.Attr):
            unit.mentions.add(inner.name)
            inner = inner.target
        if isinstance(inner, ir.Name):
            unit.mentions.add(inner.id)

    def _call(self, node: ir.Call, unit: Unit) -> Iterator[tuple[object, Unit, bool]]:
        plain = _plain(node.function)
        if plain in _LOADERS and node.arguments:
            loaded = self._loaded(node)
            if loaded is None:
                self.result.dynamic = True
            else:
                self.result.imports.append((loaded, (), node.at))
        elif plain in _EVALUATORS and not self._local.get(plain):
            self.result.dynamic = self.result.dynamic or plain != "compile"
        dotted = self.dotted(node.function)
        if dotted is not None:
            unit.uses.append((f"{dotted}()", node.at))
            if isinstance(node.function, ir.Name):
                unit.mentions.add(node.function.id)
                unit.uses.append((dotted, node.at))
            else:
                yield node.function, unit, False
        else:
            yield node.function, unit, False
        yield from ((argument, unit, False) for argument in node.arguments)
        yield from ((value, unit, False) for _, value in node.keywords)

    def _function(self, function: ir.Function, unit: Unit, name: str = "") -> Iterator[tuple[object, Unit, bool]]:
        """A function with a name is a unit of its own; decorators and defaults are evaluated where it stands."""
        decorated = [
            one for one in function.decorators if (_plain(one) or "?").rpartition(".")[2] not in _PLAIN_DECORATORS
        ]
        dunder = function.name.startswith("__") and function.name.endswith("__")
        own = Unit(name or function.name, is_root=bool(decorated) or dunder)
        self.result.units.append(own)
        yield from ((one, unit, False) for one in function.decorators)
        for parameter in function.parameters:
            yield parameter.default, unit, False
        yield function.body, own, False

    def _class(self, node: ir.ClassDef, unit: Unit) -> Iterator[tuple[object, Unit, bool]]:
        """Methods of a class with bases, or that is decorated, may be called by whoever knows the base."""
        first = len(self.result.units)
        yield from ((one, unit, False) for one in (*node.bases, *node.decorators))
        for statement in node.body:
            if isinstance(statement, ir.FunctionDef):
                yield from self._function(statement.function, unit)
            else:
                yield statement, unit, False
        if node.bases or node.decorators:
            for own in self.result.units[first:]:
                own.is_root = True


def _plain(node: object) -> str | None:
    parts: list[str] = []
    if isinstance(node, ir.Call):
        node = node.function
    while isinstance(node, ir.Attr):
        parts.append(node.name)
        node = node.target
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ir.Name) else None
