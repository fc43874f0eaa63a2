"""Whether a function's own code reaches a package, and the weak names in it: `Reach`.

From a handler the imports are followed through the project's files, and from the handler's function the mentions of
functions, over-approximated: a function counts as called when its name stands anywhere in code that may run. So
"not called" is a statement about all of the code that the function loads; where something could not be read, or loads
modules by computed names, it is not made. What *other packages* do with the package is not looked into: `needed` of a
dependency says whether one of the lock asks for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from casemate.analysis.code.bundles import handler_file
from casemate.analysis.code.frontend import language_of
from casemate.analysis.code.inline import inline_code
from casemate.analysis.code.project import Project, is_code
from casemate.analysis.supply.importing import MODULES, Imports, Sources
from casemate.analysis.supply.surface import Surface, surface

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from casemate.analysis.code.inline import Inline
    from casemate.analysis.code.ir import Module
    from casemate.analysis.supply.surface import Unit
    from casemate.model.dependency import Dependency
    from casemate.model.function import Function
    from casemate.model.inventory import Inventory
    from casemate.model.location import Span
    from casemate.sources.tree import Tree

State = Literal["called", "mentioned", "imported", "absent", "unknown"]
"""`called`: a weak name is called; `mentioned`: it stands there otherwise; `imported`: the package is, no weak name;
`absent`: the package is not imported at all; `unknown`: the code cannot be read, or not all of it."""
MAX_MODULES = 200
_DOTTED = re.compile(r"[A-Za-z_]\w{0,60}(?:\.[A-Za-z_]\w{0,60}){1,8}")
_LANGUAGES = {"PyPI": {"python"}, "npm": {"javascript", "typescript"}}
_ORDER: tuple[State, ...] = ("called", "mentioned", "imported", "unknown", "absent")


@dataclass(frozen=True, slots=True)
class Reached:
    """What one function's code does with a package. `at`: the first place; `name`: the weak name or the module.

    `whole`: all of the code that the function loads was read, so that what is not said is not so.
    """

    state: State
    function: str = ""
    at: Span | None = None
    name: str = ""
    whole: bool = False


@dataclass(slots=True)
class _Loaded:
    """The files that a handler loads, with their surfaces, and the units that may run."""

    modules: list[tuple[Module, Surface]]
    live: list[tuple[Module, Unit]]
    whole: bool
    language: str


class Reach:
    """Asked for a dependency; each handler's code is read once, when it is first asked for."""

    def __init__(self, tree: Tree, inventory: Inventory) -> None:
        self._tree = tree
        self._stacks = {stack.path: stack for stack in inventory.stacks}
        self._functions = {function.id: function for function in inventory.functions}
        self._loaded: dict[tuple[str, str], _Loaded | None] = {}
        self._surfaces: dict[str, tuple[Module, Surface] | None] = {}
        self._project: Project | None = None
        self._inline: dict[str, Inline] = {}
        self._answers: dict[tuple[str, str, tuple[str, ...]], Reached] = {}
        self._sources = Sources(tree)
        self._imports: dict[tuple[str, str], Imports] = {}

    def of(self, dependency: Dependency, names: tuple[str, ...]) -> Reached:
        """The most that any function which ships the package does with it."""
        found = [self._asked(id_, dependency, names) for id_ in dependency.functions]
        if not found:
            return Reached("unknown")
        best = min(found, key=lambda one: _ORDER.index(one.state))
        whole = all(one.whole for one in found)
        return Reached(best.state, best.function, best.at, best.name, whole)

    def callers(self, dependency: Dependency, names: tuple[str, ...]) -> frozenset[str]:
        """Ids of the functions that call a weak name, or may: those of which it is not known that they do not."""
        return frozenset(
            id_ for id_ in dependency.functions
            if self._asked(id_, dependency, names).state in {"called", "mentioned", "unknown"}
        )  # fmt: skip

    def _asked(self, id_: str, dependency: Dependency, names: tuple[str, ...]) -> Reached:
        key = (id_, f"{dependency.package.ecosystem}:{dependency.alias or dependency.package.name}", names)
        if key not in self._answers:
            function = self._functions.get(id_)
            loaded = self._code_of(function) if function is not None else None
            if function is None or loaded is None:
                self._answers[key] = Reached("unknown", function.name if function else "")
            elif loaded.language not in _LANGUAGES.get(dependency.package.ecosystem, ()):
                self._answers[key] = Reached("unknown", function.name)
            else:
                self._answers[key] = self._placed(_judged(loaded, function.name, dependency, names))
        return self._answers[key]

    def is_imported_below(self, folder: str, dependency: Dependency) -> bool | None:
        """Whether any source below a folder imports a package, handlers or not; None when that cannot be told."""
        key = (folder, dependency.package.ecosystem)
        if key not in self._imports:
            self._imports[key] = Imports(self._sources, folder, dependency.package.ecosystem)
        return self._imports[key].imports(dependency.alias or dependency.package.name)

    def _placed(self, found: Reached) -> Reached:
        """With the place in the template, for code that stands there."""
        inline = self._inline.get(found.at.path) if found.at is not None else None
        if inline is None or found.at is None:
            return found
        return Reached(found.state, found.function, inline.placed(found.at), found.name, found.whole)

    # -- the code of a function
    def _code_of(self, function: Function) -> _Loaded | None:
        stack = self._stacks.get(function.stack)
        if stack is None:
            return None
        inline = inline_code(function, self._tree)
        project = self._files()
        if inline is not None:
            self._inline[inline.path] = inline
            project.extra[inline.path] = inline.content
            project.files = project.files | {inline.path}
            place = (inline.path, inline.handler)
        else:
            handler = handler_file(function, self._tree, stack)
            if handler is None or not is_code(handler.path):
                return None
            place = (handler.path, handler.function)
        if place not in self._loaded:
            self._loaded[place] = self._load(*place)
        return self._loaded[place]

    def _files(self) -> Project:
        if self._project is None:
            self._project = Project(self._tree, self._tree.paths(is_code))
        return self._project

    def _surface(self, path: str) -> tuple[Module, Surface] | None:
        if path not in self._surfaces:
            module = self._files().parsed(path)
            self._surfaces[path] = None if module is None else (module, surface(module))
        return self._surfaces[path]

    def _load(self, start: str, entry: str) -> _Loaded | None:
        project = self._files()
        modules: dict[str, tuple[Module, Surface]] = {}
        waiting, whole = [start], True
        while waiting:
            path = waiting.pop()
            if path in modules:
                continue
            found = self._surface(path)
            if found is None:
                if path in project.folders:
                    continue  # a package of Python without `__init__.py` runs nothing
                whole = False
                continue
            if len(modules) >= MAX_MODULES:
                whole = False
                break
            modules[path] = found
            module, shown = found
            whole = whole and not shown.dynamic and not shown.partial
            for name, names, _ in shown.imports:
                waiting.extend(_paths(project, module, name, names))
            for text in _dotted_texts(shown) if module.language == "python" else ():
                waiting.extend(_paths(project, module, text, ()))
        if start not in modules:
            return None
        listed = list(modules.values())
        return _Loaded(listed, list(_live(listed, entry)), whole, language_of(start) or "")


def _paths(project: Project, module: Module, name: str, names: tuple[str, ...]) -> Iterator[str]:
    """The project's files that an import loads: the module, in Python its packages, and the names that are modules."""
    found = project.locate(name, module)
    if found is not None:
        yield found
    if module.language != "python":
        return
    parts = name.split(".")
    for end in range(1, len(parts)):
        above = project.locate(".".join(parts[:end]), module) if parts[0] else None
        if above is not None:
            yield above
    for inner in names:
        if inner not in {"", "*"}:
            inside = project.locate(f"{name}{'' if name.endswith('.') else '.'}{inner}", module)
            if inside is not None:
                yield inside


def _dotted_texts(shown: Surface) -> Iterator[str]:
    """Texts that may name a module which a framework loads (`shop.settings`)."""
    for unit in shown.units:
        for text in unit.mentions:
            if "." in text and _DOTTED.fullmatch(text):
                yield text


def _live(modules: list[tuple[Module, Surface]], entry: str) -> Iterator[tuple[Module, Unit]]:
    """The units that may run: the modules' own, the handler, roots, and whatever is mentioned in one that may."""
    last = entry.replace("::", ".").rpartition(".")[2]
    by_name: dict[str, list[tuple[Module, Unit]]] = {}
    waiting: list[tuple[Module, Unit]] = []
    for module, shown in modules:
        for unit in shown.units:
            if unit.name == "" or unit.is_root or unit.name == last or not entry:
                waiting.append((module, unit))
            else:
                by_name.setdefault(unit.name, []).append((module, unit))
    seen: set[int] = set()
    while waiting:
        module, unit = waiting.pop()
        if id(unit) in seen:
            continue
        seen.add(id(unit))
        yield module, unit
        for name in unit.mentions & by_name.keys():
            waiting.extend(by_name.pop(name))


# -- judging
def _judged(loaded: _Loaded, function: str, dependency: Dependency, names: tuple[str, ...]) -> Reached:
    modules = _modules(dependency)
    used = list(_used(loaded, dependency.package.ecosystem, modules))
    imported = next(
        ((module, at, name) for module, shown in loaded.modules for name, _, at in shown.imports
         if _is_of(name, dependency.package.ecosystem, modules)), None,
    )  # fmt: skip
    if names:
        for module, dotted, at in used:
            if any(_is_called(dotted, name, modules, dependency) for name in names):
                return Reached("called", function, module.span(at), dotted.removesuffix("()"), loaded.whole)
        for module, unit in loaded.live if imported else ():
            found = _likeness(unit, names, dependency.package.ecosystem, modules)
            if found is not None:
                return Reached("mentioned", function, module.span(found[1]), f".{found[0]}", loaded.whole)
        handed = any(
            _is_of(name, dependency.package.ecosystem, modules) and _may_hold(name, names)
            for _, shown in loaded.modules for name in shown.escapes
        )  # fmt: skip
        if handed:
            first = imported[0].span(imported[1]) if imported else None
            return Reached("mentioned", function, first, modules[0], whole=False)
    if imported is not None:
        module, place, name = imported
        return Reached("imported", function, module.span(place), name, loaded.whole)
    if not loaded.whole or _is_spelt(loaded, modules):
        return Reached("unknown", function)
    return Reached("absent", function, whole=True)


def _likeness(
    unit: Unit, names: tuple[str, ...], ecosystem: str, modules: tuple[str, ...]
) -> tuple[str, tuple[int, int]] | None:
    """A member that is called like a weak name, of an object of which it is not known what it is.

    It may be what the package gave: a chain (`_(x).template()`), a part of it (`lodash/fp`), an instance. Members of
    other imports are not.
    """
    wanted = {name.removesuffix("()").rpartition(".")[2] for name in names}
    others = {at for dotted, at in unit.uses if not _is_of(dotted, ecosystem, modules)}
    return next((one for one in unit.attributes if one[0] in wanted and one[1] not in others), None)


def _is_spelt(loaded: _Loaded, modules: tuple[str, ...]) -> bool:
    """Whether a text names the package: frameworks load by name what stands in their settings."""
    names = {form for module in modules for form in (module, module.replace("-", "_"))}
    return any(
        text in names or text.partition(".")[0] in names
        for _, shown in loaded.modules for unit in shown.units for text in unit.mentions
    )  # fmt: skip


def _may_hold(escaped: str, names: tuple[str, ...]) -> bool:
    """Whether a weak name can be reached through what was handed on: the module of it, or a module above."""
    return any(name.startswith((escaped, "*.")) or escaped.endswith(name.removesuffix("()")) for name in names)


def _used(loaded: _Loaded, ecosystem: str, modules: tuple[str, ...]) -> Iterator[tuple[Module, str, tuple[int, int]]]:
    for module, unit in loaded.live:
        for dotted, at in unit.uses:
            if _is_of(dotted, ecosystem, modules):
                yield module, dotted, at


def _is_called(dotted: str, name: str, modules: tuple[str, ...], dependency: Dependency) -> bool:
    """Whether a use is the weak name, or a method of a weak class; `package.part.*` stands for all of a module."""
    spelt = _same(dotted, modules, dependency)
    if name.startswith("*."):
        return spelt.removesuffix("()").endswith(name[1:])
    if name.endswith(".*"):
        return spelt.startswith(name[:-1]) or spelt.removesuffix("()") == name[:-2]
    if name.endswith("()"):
        return spelt == name
    bare = spelt.removesuffix("()")
    return bare == name or bare.startswith(f"{name}.")


def _same(dotted: str, modules: tuple[str, ...], dependency: Dependency) -> str:
    """A use, spelt as the table spells it: `lodash/template` as `lodash.template`, an alias as its package."""
    if dependency.package.ecosystem != "npm":
        return dotted
    called = "()" if dotted.endswith("()") else ""
    bare = dotted.removesuffix("()")
    for module in modules:
        if bare == module:
            return f"{dependency.package.name}{called}"
        if bare.startswith((f"{module}/", f"{module}.")):
            rest = bare[len(module) + 1 :].removesuffix(".js").replace("/", ".")
            return f"{dependency.package.name}.{rest}{called}"
    return dotted


def _modules(dependency: Dependency) -> tuple[str, ...]:
    name = dependency.alias or dependency.package.name
    if dependency.package.ecosystem == "PyPI":
        return (*MODULES.get(dependency.package.name, ()), name)
    return (name,)


def _is_of(dotted: str, ecosystem: str, modules: Iterable[str]) -> bool:
    """Whether a module belongs to a package; for PyPI a likeness is enough, since names differ."""
    return _belongs(dotted.removesuffix("()"), ecosystem, tuple(modules))


@lru_cache(maxsize=16_384)
def _belongs(dotted: str, ecosystem: str, modules: tuple[str, ...]) -> bool:
    if dotted.startswith("."):
        return False
    if ecosystem == "npm":
        return any(dotted == module or dotted.startswith((f"{module}/", f"{module}.")) for module in modules)
    top = re.sub(r"[-_.]", "", dotted.partition(".")[0].lower())
    if any(dotted.lower().partition(".")[0] == module for module in modules):
        return True
    plain = re.sub(r"[-_.]", "", modules[-1])
    return len(top) > 2 and (top in plain or plain in re.sub(r"[-_.]", "", dotted.lower()))
