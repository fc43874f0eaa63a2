"""A copy of an application for the sandbox: its files by the `Tree` only, sinks changed so that they tell."""

from __future__ import annotations

import os
import posixpath
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from casemate.prove.sites import applied, edits, tree_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from casemate.model.flow import Flow
    from casemate.sources.tree import Tree

MAX_FILES = 3_000
MAX_BYTES = 80_000_000
SCRIPTS = (".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx")


@dataclass(slots=True)
class Staged:
    """`folder`: the copy, laid out as the tree is; `slots`: argument names of each site; `needs`: real folders."""

    folder: Path
    slots: dict[int, tuple[str, ...]] = field(default_factory=dict)
    needs: tuple[str, ...] = ()

    def remove(self) -> None:
        """Delete the copy."""
        shutil.rmtree(self.folder, ignore_errors=True)


def base_of(paths: Iterable[str]) -> str:
    """The innermost folder that holds all of these files; an empty text is the tree's root."""
    folders = [path.rpartition("/")[0] for path in paths]
    return posixpath.commonpath(folders) if folders and all(folders) else ""


_MANIFESTS = ("package.json", "requirements.txt", "pyproject.toml", "Pipfile", "host.json", "setup.py")


def _project(tree: Tree, folder: str) -> str:
    """The nearest folder from there upwards that holds a manifest; the folder itself when none does."""
    above = folder
    while True:
        if any(tree.size(f"{above}/{name}".lstrip("/")) is not None for name in _MANIFESTS):
            return above
        if not above:
            return folder
        above = above.rpartition("/")[0]


def stage(tree: Tree, files: Sequence[str], flows: Sequence[tuple[int, Flow]]) -> Staged:
    """Copy what lies beside `files`. `flows`: with the numbers of their sites.

    Scripts in the form of modules, and those with types, are written as the older form that a hook can be put into.
    """
    base = _project(tree, base_of(files))
    staged = Staged(Path(tempfile.mkdtemp(prefix="casemate-code-")))
    staged.folder.chmod(0o755)  # who runs it inside may be somebody else
    sinks: dict[str, list[tuple[int, Flow]]] = {}
    for number, flow in flows:
        sinks.setdefault(flow.at.path, []).append((number, flow))
    total = 0
    inner = f"{base}/" if base else ""
    beside = (path for path in tree.paths(lambda path: path.startswith(inner)) if path not in files)
    for count, path in enumerate((*files, *beside)):
        data = tree.read(path) if count < MAX_FILES else None
        if data is None or total + len(data) > MAX_BYTES or ".." in path.split("/"):
            continue
        total += len(data)
        target = staged.folder / path
        _make(target.parent, staged.folder)
        target.write_bytes(_changed(path, data, sinks.get(path, ()), staged))
        target.chmod(0o644)
    _packages(tree, base, staged)
    return staged


def _make(folder: Path, top: Path) -> None:
    """Make a folder that everybody may read, whatever the mask of the user."""
    folder.mkdir(parents=True, exist_ok=True)
    while folder != top:
        folder.chmod(0o755)
        folder = folder.parent


def _changed(path: str, data: bytes, sinks: Iterable[tuple[int, Flow]], staged: Staged) -> bytes:
    script = path.endswith(SCRIPTS)
    wanted = [(number, flow.kind, flow.at) for number, flow in sinks]
    if not wanted and not script:
        return data
    if not path.endswith(".py") and not script:
        return data
    root = tree_of(path, data)
    found = edits(root, data, wanted)
    staged.slots.update(found.slots)
    if not script:
        return applied(data, found.insertions)
    from casemate.prove.scripts import as_script

    more, cuts = as_script(root, data, typed=path.endswith((".ts", ".mts", ".cts", ".tsx")))
    return applied(data, (*found.insertions, *more), cuts)


def _packages(tree: Tree, base: str, staged: Staged) -> None:
    """Installed packages stay where they are: the copy points to them."""
    root = getattr(tree, "root", None)
    if not isinstance(root, Path):
        return
    needs = []
    parts = base.split("/") if base else []
    for count in range(len(parts) + 1):
        folder = "/".join(parts[:count])
        real = (root / folder / "node_modules").resolve()
        if real.is_dir() and real.is_relative_to(root):
            link = staged.folder / folder / "node_modules"
            _make(link.parent, staged.folder)
            if not os.path.lexists(link):
                link.symlink_to(real)
                needs.append(str(real))
    staged.needs = tuple(needs)
