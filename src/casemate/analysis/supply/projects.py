"""Package files -> projects: a lock with the manifests it speaks for, or a manifest alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.model.diagnostic import Diagnostic, Input
from casemate.model.record import dataclass, field
from casemate.sources.lockfiles.formats import parser_of, wanted
from casemate.sources.syntax.document import whole
from casemate.sources.tree import MAX_BYTES, folder_of, inside

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casemate.model.dependency import Ecosystem, Index, PackageFile, Requirement
    from casemate.sources.tree import Tree

MAX_FILES = 5_000
"""Package files of one tree that are read: bounds the time on a hostile tree."""
_MAX_INCLUDES = 50
_PREFERRED = ("npm-shrinkwrap.json", "package-lock.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock")
_ALONE = frozenset({"requirements"})
"""Formats of which each file is a project of its own."""


@dataclass(slots=True)
class Project:
    """What is installed together. `folder`: of the lock, or of the manifest; `sums`: hashes that stand elsewhere."""

    ecosystem: Ecosystem
    folder: str
    manifests: list[PackageFile] = field(default_factory=list)
    lock: PackageFile | None = None
    sums: PackageFile | None = None
    managed: dict[str, Requirement] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """The file that names it: its first manifest, else its lock."""
        first = self.manifests[0] if self.manifests else self.lock
        return first.path if first else self.folder

    @property
    def indexes(self) -> tuple[Index, ...]:
        """Every registry that its files name."""
        files = [*self.manifests, *([self.lock] if self.lock else [])]
        return tuple(index for file in files for index in file.indexes)


@dataclass(slots=True)
class Reading:
    """The package files of a tree, an account of each, and what went wrong."""

    files: dict[str, PackageFile] = field(default_factory=dict)
    inputs: list[Input] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)


def read_files(tree: Tree) -> Reading:
    """Every manifest and lock of the tree, and what they include."""
    reading = Reading()
    for path in tree.paths(wanted):
        if len(reading.files) >= MAX_FILES:
            note = f"more than {MAX_FILES:,} manifests and locks; the others are not read"
            reading.diagnostics.append(Diagnostic("too-many-package-files", note, whole(path), "error"))
            break
        _read(tree, path, reading)
    waiting = [file for file in reading.files.values() if file.includes]
    followed = 0
    while waiting and followed < _MAX_INCLUDES * 20:
        file = waiting.pop()
        for include in file.includes[:_MAX_INCLUDES]:
            target = inside(folder_of(file.path), include.path) if "://" not in include.path else None
            if target is not None and target not in reading.files and tree.size(target) is not None:
                followed += 1
                found = _read(tree, target, reading, "requirements.txt")
                if found is not None and found.includes:
                    waiting.append(found)
    return reading


def _read(tree: Tree, path: str, reading: Reading, like: str | None = None) -> PackageFile | None:
    parse = parser_of(like or path)
    data = tree.read(path)
    if parse is None:
        return None
    if data is None:
        if tree.size(path) is not None:
            message = f"larger than {MAX_BYTES // 1024 // 1024} MB; not read"
            reading.inputs.append(Input(path, "dependencies", "failed", message))
            reading.diagnostics.append(Diagnostic("file-too-large", message, whole(path), "error"))
        return None
    try:
        file = parse(path, data)
    except Exception as error:  # noqa: BLE001 - a defect in one parser must not end the run
        message = f"the parser failed: {error!r}"
        reading.inputs.append(Input(path, "dependencies", "failed", message[:200]))
        hint = "this is a defect of Casemate: please report it"
        reading.diagnostics.append(Diagnostic("parser-failed", message[:300], whole(path), "error", hint))
        return None
    if file.role == "manifest" and not (file.requirements or file.managed or file.includes or file.workspaces):
        if file.partial is None and file.format in {"pyproject", "setup.cfg", "Directory.Packages.props", "csproj"}:
            reading.files[path] = file  # configures other things; nothing to account for
            return file
        if file.format == "pom.xml" and file.partial is not None:
            return None
    failed = file.partial is not None and file.role == "lock"
    status = "failed" if failed else "partial" if file.partial else "understood"
    reading.inputs.append(Input(path, file.format, status, file.partial))  # type: ignore[arg-type]
    reading.diagnostics.extend(file.diagnostics)
    reading.files[path] = file
    return file


def projects_of(files: Iterable[PackageFile]) -> list[Project]:
    """The projects, in the order of their files."""
    listed = list(files)
    locks = _locks(listed)
    found: dict[str, Project] = {}
    roots = {(folder_of(file.path), file.ecosystem): file for file in listed if file.workspaces}
    managed = {folder_of(file.path): file for file in listed if file.format == "Directory.Packages.props"}
    by_path = {file.path: file for file in listed}
    for file in listed:
        if file.role != "manifest":
            continue
        folder = folder_of(file.path)
        lock = None if file.format in _ALONE else _lock_of(file, folder, locks, roots)
        key = lock.path if lock else file.path
        project = found.get(key)
        if project is None:
            project = found[key] = Project(file.ecosystem, folder_of(key), lock=lock)
        project.manifests.append(file)
        project.managed.update({one.package.name: one for one in _managed(file, by_path, managed)})
    for (folder, ecosystem), lock in locks.items():
        if lock.path not in found:
            found[lock.path] = Project(ecosystem, folder, lock=lock)
    sums = {folder_of(file.path): file for file in listed if file.format == "go.sum"}
    for project in found.values():
        if project.lock is not None and project.lock.format == "go.mod":
            project.sums = sums.get(project.folder)
    return sorted(found.values(), key=lambda project: project.path)


def _locks(files: list[PackageFile]) -> dict[tuple[str, Ecosystem], PackageFile]:
    """The lock of each folder and ecosystem; of several, the one that the package manager would take."""
    found: dict[tuple[str, Ecosystem], PackageFile] = {}
    for file in files:
        if file.role == "lock" and file.format != "go.sum":
            key = (folder_of(file.path), file.ecosystem)
            known = found.get(key)
            if known is None or _rank(file) < _rank(known):
                found[key] = file
    return found


def _rank(file: PackageFile) -> int:
    name = file.path.rpartition("/")[2]
    return _PREFERRED.index(name) if name in _PREFERRED else 0


def _lock_of(
    file: PackageFile,
    folder: str,
    locks: dict[tuple[str, Ecosystem], PackageFile],
    roots: dict[tuple[str, Ecosystem], PackageFile],
) -> PackageFile | None:
    """The lock beside a manifest, or the one of the workspace that the manifest is a member of."""
    own = locks.get((folder, file.ecosystem))
    if own is not None:
        return own if own.format != "go.mod" else None
    parts = folder.split("/") if folder else []
    for depth in range(len(parts) - 1, -1, -1):
        above = "/".join(parts[:depth])
        relative = "/".join(parts[depth:])
        lock = locks.get((above, file.ecosystem))
        if lock is not None and relative in lock.members:
            return lock
        root = roots.get((above, file.ecosystem))
        if lock is not None and root is not None and any(_is_member(relative, glob) for glob in root.workspaces):
            return lock
    return None


def _is_member(relative: str, glob: str) -> bool:
    pattern = re.escape(glob.removeprefix("./").rstrip("/")[:200]).replace(r"\*\*", ".*").replace(r"\*", "[^/]*")
    return re.fullmatch(pattern, relative) is not None


def _managed(file: PackageFile, by_path: dict[str, PackageFile], central: dict[str, PackageFile]) -> list[Requirement]:
    """Versions that are fixed elsewhere: constraints, Maven parents in the tree, central NuGet versions."""
    found = list(file.managed) if file.ecosystem != "npm" else []
    folder = folder_of(file.path)
    for include in file.includes:
        target = by_path.get(inside(folder, include.path) or "")
        if include.constraint and target is not None:
            found.extend(target.requirements)
    if file.ecosystem == "NuGet":
        parts = folder.split("/") if folder else []
        nearest = next(
            (central["/".join(parts[:n])] for n in range(len(parts), -1, -1) if "/".join(parts[:n]) in central), None
        )
        found.extend(nearest.managed if nearest else ())
    parent, seen = file, 0
    while parent.parent and seen < 10:
        seen += 1
        path = inside(folder_of(parent.path), parent.parent) or ""
        above = by_path.get(path if path.endswith(".xml") else f"{path}/pom.xml".lstrip("/"))
        if above is None:
            break
        known = {one.package for one in found}
        found.extend(one for one in above.managed if one.package not in known)
        parent = above
    return found
