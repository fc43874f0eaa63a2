"""Packages of Go and Java: which files an import means, and the scope that the files of one package share.

Sources: The Go Programming Language Specification, "Packages" and "Import declarations"; Go Modules Reference, "Module
paths"; The Java Language Specification, chapter 7.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.analysis.code import ir
from casemate.analysis.code.values import ModuleValue, Scope
from casemate.sources.tree import folder_of, inside

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from casemate.analysis.code.interpret.machine import Machine
    from casemate.analysis.code.project import Project
    from casemate.sources.tree import Tree

SHARED = frozenset({"go", "java", "csharp"})
"""Languages whose files see each other's declarations without an import."""
MAX_SIBLINGS = 40
"""Files of one package that are read for one file of it."""
_CLASS = re.compile(rb"\b[A-Z]\w{0,60}")
_MEMBER = re.compile(rb"\.\s{0,3}([A-Z]\w{0,60})")
_DECLARES = re.compile(
    rb"\b(?:class|struct|record|interface|enum)\s{1,20}([A-Za-z_]\w{0,80})|\b(\w{1,80})\s{0,3}(?:<\w{1,40}>)?\(\s{0,40}this\s"
)
_INHERITS = re.compile(rb"\b(?:class|record|struct)\s{1,20}[A-Za-z_][^{;]{0,600}?:([^{;]{1,400})")
_INTERFACE = re.compile(rb"\bI[A-Z]\w{0,80}")
_REFERENCE = re.compile(r"<ProjectReference\s{1,20}Include\s{0,5}=\s{0,5}\"([^\"]{1,200})\"")
MAX_DECLARING = 400_000
"""Bytes of a file in which declarations are looked for."""
MAX_REFERENCES = 20


class Packages:
    """The folders of Go and the files of Java of a tree, by the last part of the name that an import gives."""

    def __init__(self, files: Iterable[str], tree: Tree) -> None:
        self._files = files
        self._tree = tree
        self._declared: dict[str, dict[str, list[str]]] | None = None
        self._projects: tuple[str, ...] = ()
        self._manifests: dict[str, list[str]] = {}
        self._folders: dict[str, list[str]] | None = None
        self._classes: dict[str, list[str]] = {}
        self._inside: dict[str, list[str]] = {}

    def _index(self) -> dict[str, list[str]]:
        if self._folders is None:
            self._folders = {}
            for path in sorted(self._files):
                if not path.endswith((".go", ".java")):
                    continue
                folder = folder_of(path)
                inside = self._inside.setdefault(folder, [])
                if not inside:
                    self._folders.setdefault(folder.rpartition("/")[2], []).append(folder)
                inside.append(path)
                if path.endswith(".java"):
                    self._classes.setdefault(path.rpartition("/")[2][:-5], []).append(path)
        return self._folders

    def go(self, name: str, importer: str, module: tuple[str, str] | None) -> str | None:
        """The first file of the package that an import path names.

        `module`: the path that the nearest `go.mod` gives, and its folder. Without one (code that is built in a GOPATH)
        it is the folder that ends as the path does, unless a library of this path is known.
        """
        folders = self._index()
        parts = name.split("/")
        if module is not None:
            if name != module[0] and not name.startswith(f"{module[0]}/"):
                return None
            inside = name[len(module[0]) :].strip("/")
            folder: str | None = "/".join(part for part in (module[1], inside) if part)
        else:
            if "." not in parts[0] or _is_library(name):
                return None
            folder = max(
                (one for one in folders.get(parts[-1], ()) if f"/{name}".endswith(f"/{one}")),
                key=lambda one: (one.count("/"), _shared(one, importer)), default=None,
            )  # fmt: skip
        found = self._inside.get(folder, ()) if folder is not None else ()
        return next((path for path in found if path.endswith(".go") and path != importer), None)

    def java(self, name: str, importer: str) -> str | None:
        """The file of a class by its full name."""
        self._index()
        parts = name.split(".")
        end = "/".join(parts) + ".java"
        found = [path for path in self._classes.get(parts[-1], ()) if f"/{path}".endswith(f"/{end}")]
        return max(found, key=lambda path: _shared(path, importer), default=None)

    def java_package(self, name: str, importer: str, mentioned: bytes) -> Iterator[str]:
        """The files of a package (`import a.b.*`) whose classes the text mentions."""
        words = {word.decode() for word in _CLASS.findall(mentioned)}
        for word in sorted(words & set(self._classes)):
            path = self.java(f"{name}.{word}", importer)
            if path is not None:
                yield path

    # -- C#
    def declares(self, name: str, path: str) -> bool:
        """Whether a C# file of the same project declares a type of this name: it is meant, not a library's."""
        return any(found != path for found in self._csharp(path).get(name, ()))

    def _csharp(self, path: str) -> dict[str, list[str]]:
        """What the project that a file belongs to declares -> the files.

        Types by name, extension methods as `.Name`, the classes that an interface has as `<IName`.
        """
        if self._declared is None:
            self._declared = {}
            for one in self._tree.paths(_is_project):
                self._manifests.setdefault(folder_of(one), []).append(one)
            self._projects = tuple(sorted(self._manifests, key=len, reverse=True))
        root = self.project_of(path)
        known = self._declared.get(root)
        if known is None:
            known = self._declared[root] = {}
            roots = (root, *self._referenced(root))
            for one in sorted(self._files):
                if one.endswith(".cs") and self.project_of(one) in roots:
                    source = self._tree.head(one, MAX_DECLARING) or b""
                    for match in _DECLARES.finditer(source):
                        name = match[1].decode() if match[1] else f".{match[2].decode()}"
                        known.setdefault(name, []).append(one)
                    bases = {base for match in _INHERITS.finditer(source) for base in _INTERFACE.findall(match[1])}
                    for base in sorted(bases):
                        known.setdefault(f"<{base.decode()}", []).append(one)
        return known

    def project_of(self, path: str) -> str:
        """The folder of the nearest project file, the whole tree without one."""
        return next((one for one in self._projects if not one or path.startswith(f"{one}/")), "")

    def _referenced(self, root: str) -> list[str]:
        """The folders of the projects that a project refers to (MSBuild, "ProjectReference")."""
        found: list[str] = []
        pending = [root]
        while pending and len(found) < MAX_REFERENCES:
            folder = pending.pop()
            for file in self._manifests.get(folder, ()):
                text = (self._tree.head(file, MAX_DECLARING) or b"").decode("utf-8", "replace")
                for reference in _REFERENCE.findall(text)[:MAX_REFERENCES]:
                    path = inside(folder, reference.replace("\\", "/"))
                    if path is not None and folder_of(path) not in (*found, root):
                        found.append(folder_of(path))
                        pending.append(folder_of(path))
        return found

    def _mentioned(self, module: ir.Module) -> list[str]:
        """The C# files that declare what a file names."""
        declared = self._csharp(module.path)
        words = {word.decode() for word in _CLASS.findall(module.source)}
        words |= {f".{word.decode()}" for word in _MEMBER.findall(module.source)}
        words |= {f"<{word.decode()}" for word in _INTERFACE.findall(module.source)}
        found = {path for word in words & set(declared) for path in declared[word] if path != module.path}
        return sorted(found, key=lambda path: (-_shared(path, module.path), path))

    def siblings(self, module: ir.Module) -> list[str]:
        """The other files of a file's package: in Java those whose classes it mentions."""
        if module.language == "csharp":
            return self._mentioned(module)[:MAX_SIBLINGS]
        self._index()
        others = [path for path in self._inside.get(folder_of(module.path), ()) if path != module.path]
        if module.language == "java":
            words = {word.decode() for word in _CLASS.findall(module.source)}
            words |= {f"{word}Impl" for word in words}
            others = [path for path in others if path.endswith(".java") and path.rpartition("/")[2][:-5] in words]
        else:
            others = [path for path in others if path.endswith(".go")]
        return others[:MAX_SIBLINGS]


def _is_project(path: str) -> bool:
    return path.endswith(".csproj")


def _is_library(name: str) -> bool:
    """Whether the models speak of the package."""
    from casemate.analysis.code.libraries import models_of

    return any(callee.startswith(f"{name}.") for callee in models_of("go").callees)


def _shared(path: str, importer: str) -> int:
    """How many folders two paths share from the root on."""
    same = 0
    for one, other in zip(path.split("/"), importer.split("/"), strict=False):
        if one != other:
            break
        same += 1
    return same


def run_file(project: Project, machine: Machine, module: ir.Module) -> ModuleValue:
    """A file run, with the other files of its package: its imports are its own, its declarations the package's."""
    sharp = module.language == "csharp"
    place = ("", "csharp") if sharp else (folder_of(module.path), module.package or "")
    shared = machine.packages.setdefault(place, Scope())
    value = ModuleValue(module, shared, shared.fields)
    machine.modules[module.path] = value
    scope = Scope(shared)
    imports: list[ir.Stmt] = [statement for statement in module.body if isinstance(statement, ir.Import)]
    project.walk(machine, module, scope, imports)
    own = frozenset(scope.fields)
    for path in project.packages.siblings(module):
        other = project.parsed(path)
        if other is not None and (sharp or other.package == module.package):
            project.run(machine, path, module.language)
    project.walk(machine, module, scope, [one for one in module.body if not isinstance(one, ir.Import)])
    for name in [name for name in scope.fields if name not in own]:
        shared.fields[name] = scope.fields.pop(name)
    if module.language == "go":
        begun = [one.function for one in module.body if isinstance(one, ir.FunctionDef) and one.function.name == "init"]
        for function in begun:  # runs before everything else does (Go specification, "Package initialization")
            at = function.at
            project.walk(machine, module, scope, [ir.ExprStmt(ir.Call(ir.Lambda(function, at), [], [], at), at)])
    return value
