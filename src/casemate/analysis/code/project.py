"""The code of a tree: which module an import means, read only through `Tree`, parsed once, bounded.

Sources: The Python Language Reference, "The import system"; Lambda developer guide, "Packaging your layer content";
Node.js
documentation, "Modules: CommonJS modules" and "Modules: Packages"; TypeScript handbook, "Module Resolution" (`paths`).
"""

from __future__ import annotations

import json
from collections import OrderedDict
from typing import TYPE_CHECKING

from casemate.analysis.code import ir
from casemate.analysis.code.django_routes import DjangoRoutes
from casemate.analysis.code.frontend import SUFFIXES, lower
from casemate.analysis.code.interpret.machine import DEAD, Frame
from casemate.analysis.code.interpret.trail import Trail
from casemate.analysis.code.packages import SHARED, Packages, run_file
from casemate.analysis.code.values import UNKNOWN, Cells, ModuleValue, Scope, Value
from casemate.analysis.code.workspaces import Workspaces
from casemate.sources.tree import folder_of, inside

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casemate.analysis.code.interpret.machine import Machine
    from casemate.analysis.code.models import Model
    from casemate.sources.tree import Tree

MAX_MODULES = 120
"""Modules of one unit: real functions import a few dozen files of their own."""
MAX_UNIT = 4_000_000
MAX_KEPT = 48
"""Parsed files that are kept for the next unit."""
_SCRIPTS = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs")
_COMPILED = {".js": (".ts", ".tsx"), ".mjs": (".mts",), ".cjs": (".cts",), ".jsx": (".tsx",)}


class Project:
    """The code files of a tree. `files`: their paths; `extra`: code that stands in a template, by a made-up path."""

    def __init__(self, tree: Tree, files: Iterable[str], extra: dict[str, bytes] | None = None) -> None:
        self.tree = tree
        self.extra = extra or {}
        self.own: tuple[Model, ...] = ()
        self.files = frozenset((*files, *self.extra))
        folders: set[str] = {""}
        for path in self.files:
            folder = folder_of(path)
            while folder and folder not in folders:
                folders.add(folder)
                folder = folder_of(folder)
        self.folders = frozenset(folders)
        self._parsed: OrderedDict[str, ir.Module | None] = OrderedDict()
        self._contents: dict[str, bytes] = {}
        self._layers: dict[str, list[str]] | None = None
        self.packages = Packages(self.files, tree)
        self.workspaces = Workspaces(tree)
        self._modules: dict[str, tuple[str, str] | None] = {}
        self._paths: dict[str, list[tuple[str, str, list[str]]]] = {}
        self.django = DjangoRoutes(self)
        self.consulted: set[str] = set()
        """Code files that the unit of now was told something by without running them."""
        self._majors: dict[tuple[str, str], int | None] = {}

    # -- files
    def content(self, path: str) -> bytes | None:
        """The bytes of a file."""
        known = self._contents.get(path)
        if known is None:
            known = self.extra.get(path)
        return known if known is not None else self.tree.read(path)

    def give(self, path: str, content: bytes) -> None:
        """Content that was read already, for the unit that is looked at now."""
        self._contents[path] = content

    def parsed(self, path: str) -> ir.Module | None:
        """The module of a file, parsed at most once while it is in use."""
        if path in self._parsed:
            self._parsed.move_to_end(path)
            return self._parsed[path]
        source = self.content(path)
        module = None if source is None else lower(path, source)
        self._parsed[path] = module
        while len(self._parsed) > MAX_KEPT:
            self._parsed.popitem(last=False)
        return module

    def major(self, package: str, path: str) -> int | None:
        """The major release of a package of npm that the code of a file uses, by the nearest manifest that names it."""
        folder = folder_of(path)
        key = (package, folder)
        if key not in self._majors:
            self._majors[key] = self.workspaces.major(package, folder)
        return self._majors[key]

    # -- modules
    def load(self, machine: Machine, name: str, importer: ir.Module) -> ModuleValue | None:
        """The module that an import means, run; None if it is none of the project."""
        path = self.locate(name, importer)
        return None if path is None else self.run(machine, path, importer.language)

    def run(self, machine: Machine, path: str, language: str) -> ModuleValue | None:
        """A module, run once a machine: its variables are there then."""
        known = machine.modules.get(path)
        if known is not None:
            return known
        if len(machine.modules) >= MAX_MODULES:
            return None
        if path in self.folders and path not in self.files:
            module: ir.Module | None = ir.Module(path, "python", b"", [])
        else:
            module = self.parsed(path)
        if module is None or machine.bytes_read + len(module.source) > MAX_UNIT:
            return None
        machine.bytes_read += len(module.source)
        if language in SHARED:
            return run_file(self, machine, module)
        scope = Scope()
        fields = scope.fields if language == "python" else Cells()
        value = ModuleValue(module, scope, fields)
        machine.modules[path] = value
        self.walk(machine, module, scope, module.body)
        return value

    def walk(self, machine: Machine, module: ir.Module, scope: Scope, body: list[ir.Stmt]) -> None:
        """Statements of a module, in a state of their own that no branch of an importer undoes."""
        from casemate.analysis.code.interpret.statements import walk

        outer = machine.trail, machine.attempts, machine.stack
        machine.trail, machine.attempts, machine.stack = Trail(), [], []
        frame = Frame(module, scope, 0)
        frame.captured = True
        try:
            while body:  # `return` and `raise` at the top end nothing that matters here
                if walk(machine, body, frame) is not DEAD:
                    break
                body = body[1:] if len(frame.exits) > 8 else []
        finally:
            machine.trail, machine.attempts, machine.stack = outer

    def member(self, machine: Machine, module: ModuleValue, name: str) -> Value:
        """A member of a module: a variable or export, or a module inside of a package."""
        found = module.fields.get(name)
        if found is not None:
            return found
        path = module.module.path
        if module.language == "python":
            folder = folder_of(path) if path.endswith("__init__.py") else path if path in self.folders else None
            if folder is not None:
                inner = self._python_file(folder, [name])
                if inner is not None:
                    loaded = self.run(machine, inner, "python")
                    return loaded if loaded is not None else UNKNOWN
            return UNKNOWN
        whole = module.fields.get("")
        if whole is not None:
            from casemate.analysis.code.interpret.members import attribute

            frame = Frame(module.module, module.scope, 0)
            return attribute(machine, whole, name, frame, (0, 0)) if name != "default" else whole
        return UNKNOWN

    # -- which file
    def locate(self, name: str, importer: ir.Module) -> str | None:
        """The path of the file that an import means, or of the folder of a Python package without `__init__.py`."""
        if importer.language == "python":
            return self._python(name, importer.path)
        if importer.language in {"javascript", "typescript"}:
            return self._script(name, importer.path)
        if importer.language == "go":
            return self.packages.go(name, importer.path, self._go_module(folder_of(importer.path)))
        return self.packages.java(name, importer.path) if importer.language == "java" else None

    def _go_module(self, folder: str) -> tuple[str, str] | None:
        """The module path of the nearest `go.mod`, and its folder."""
        if folder in self._modules:
            return self._modules[folder]
        data = self.tree.head(f"{folder}/go.mod" if folder else "go.mod", 4_096) or b""
        line = next((line for line in data.splitlines() if line.startswith(b"module")), None)
        found: tuple[str, str] | None = None
        if line is not None:
            found = line[6:].partition(b"//")[0].strip().strip(b'"').decode("utf-8", "replace"), folder
        elif folder:
            found = self._go_module(folder_of(folder))
        self._modules[folder] = found
        return found

    def _python(self, name: str, importer: str) -> str | None:
        folder = folder_of(importer)
        dots = len(name) - len(name.lstrip("."))
        parts = [part for part in name.lstrip(".").split(".") if part]
        if dots:
            for _ in range(dots - 1):
                if not folder:
                    return None
                folder = folder_of(folder)
            return self._python_file(folder, parts)
        if not parts or parts[0] in _STANDARD:
            return None
        while True:
            found = self._python_file(folder, parts)
            if found is not None and found != importer:
                return found
            if not folder:
                break
            folder = folder_of(folder)
        return self._layer(parts, importer)

    def _python_file(self, folder: str, parts: list[str]) -> str | None:
        base = "/".join([*([folder] if folder else []), *parts])
        for path in (f"{base}/__init__.py", f"{base}.py"):
            if path in self.files:
                return path
        return base if base in self.folders and parts and self._has_python(base) else None

    def _has_python(self, folder: str) -> bool:
        prefix = f"{folder}/"
        return any(path.startswith(prefix) and path.endswith(".py") for path in self.files)

    def _layer(self, parts: list[str], importer: str) -> str | None:
        """A module of a layer (`…/python/name.py`), the one nearest to the importer."""
        if self._layers is None:
            self._layers = {}
            for path in sorted(self.files):
                if "/python/" in f"/{path}" and path.endswith(".py"):
                    root = f"/{path}".partition("/python/")[2].split("/")[0].removesuffix(".py")
                    self._layers.setdefault(root, []).append(f"/{path}".partition("/python/")[0].lstrip("/"))
        best: tuple[int, str] | None = None
        for base in dict.fromkeys(self._layers.get(parts[0], ())):
            found = self._python_file(f"{base}/python" if base else "python", parts)
            if found is not None:
                shared = len(
                    [1 for one, other in zip(base.split("/"), importer.split("/"), strict=False) if one == other]
                )
                if best is None or shared > best[0]:
                    best = (shared, found)
        return best[1] if best is not None and (best[0] > 0 or "/" not in importer) else None

    def _script(self, name: str, importer: str) -> str | None:
        folder = folder_of(importer)
        if name.startswith((".", "/")):
            base = inside("" if name.startswith("/") else folder, name.lstrip("/") if name.startswith("/") else name)
            return None if base is None else self._script_file(base)
        for prefix, suffix, targets in self._mapped(folder):
            if name.startswith(prefix) and name.endswith(suffix):
                middle = name[len(prefix) : len(name) - len(suffix) if suffix else None]
                for target in targets:
                    found = self._script_file(target.replace("*", middle))
                    if found is not None:
                        return found
        found_there = (self._script_file(path) for path in self.workspaces.files(name))
        return next((path for path in found_there if path is not None and path != importer), None)

    def _script_file(self, base: str) -> str | None:
        if base in self.files and base.endswith(_SCRIPTS):
            return base
        stem, dot, suffix = base.rpartition(".")
        for other in _COMPILED.get(f".{suffix}", ()) if dot else ():
            if f"{stem}{other}" in self.files:
                return f"{stem}{other}"
        for suffix in _SCRIPTS:
            if f"{base}{suffix}" in self.files:
                return f"{base}{suffix}"
        for suffix in _SCRIPTS:
            index = f"{base}/index{suffix}" if base else f"index{suffix}"
            if index in self.files:
                return index
        if base in self.folders and base:
            for main in self.workspaces.main(base):
                if main != base and main.startswith(f"{base}/") and main in self.files:
                    return main
        return None

    def _mapped(self, folder: str) -> list[tuple[str, str, list[str]]]:
        """`paths` of the nearest tsconfig.json, and packages of the workspace: (prefix, suffix, files)."""
        known = self._paths.get(folder)
        if known is not None:
            return known
        found: list[tuple[str, str, list[str]]] = []
        place = folder
        while True:
            for name in ("tsconfig.json", "jsconfig.json"):
                data = self.tree.head(f"{place}/{name}" if place else name, 65_536)
                if data:
                    found = _paths_of(data, place)
            if found or not place:
                break
            place = folder_of(place)
        self._paths[folder] = found
        return found


def _paths_of(data: bytes, folder: str) -> list[tuple[str, str, list[str]]]:
    """`compilerOptions.paths`, with `baseUrl`. Comments and trailing commas make the file one that is not read."""
    try:
        options = json.loads(data.decode("utf-8", "replace")).get("compilerOptions") or {}
    except (ValueError, AttributeError, RecursionError):
        return []
    if not isinstance(options, dict):
        return []
    base = inside(folder, str(options.get("baseUrl") or "."))
    paths = options.get("paths")
    found: list[tuple[str, str, list[str]]] = []
    for pattern, targets in paths.items() if isinstance(paths, dict) and base is not None else ():
        prefix, star, suffix = str(pattern).partition("*")
        places = [inside(base or "", str(target)) for target in targets] if isinstance(targets, list) else []
        if star or pattern:
            found.append((prefix, suffix, [place for place in places if place is not None]))
    if base is not None and options.get("baseUrl"):
        found.append(("", "", [f"{base}/*" if base else "*"]))
    return found


_STANDARD = frozenset({
    "os", "sys", "json", "re", "boto3", "botocore", "logging", "time", "datetime", "typing", "collections",
    "functools", "itertools",
    "base64", "hashlib", "hmac", "random", "string", "uuid", "math", "urllib", "http", "io", "pathlib", "subprocess",
    "traceback",
    "decimal", "asyncio", "contextlib", "dataclasses", "enum", "abc", "copy", "csv", "tempfile", "shutil", "socket",
    "ssl", "struct",
    "threading", "queue", "pickle", "sqlite3", "xml", "html", "configparser", "argparse", "secrets", "zipfile",
    "tarfile", "gzip", "zlib",
    "requests", "urllib3", "aws_xray_sdk", "aws_lambda_powertools", "cfnresponse", "__future__", "operator",
    "warnings", "inspect",
})  # fmt: skip
"""Packages that are never the project's own: not looked for."""


def is_code(path: str) -> bool:
    """Whether a front end reads the file."""
    dot = path.rfind(".")
    return dot >= 0 and path[dot:].lower() in SUFFIXES and not path.endswith(".d.ts")
