"""Packages of JavaScript that stand in the tree itself: by the name in their `package.json`, wherever they are.

Sources: Node.js documentation, "Modules: Packages" (`main`, `exports`, subpath patterns); npm documentation,
"workspaces"; what is built (`dist/index.js`) is looked for where it is built from.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from casemate.sources.tree import folder_of, inside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.sources.tree import Tree

MAX_MANIFEST = 262_144
MAX_PACKAGES = 2_000
_RELEASE = re.compile(r"[\^~>=v\s]{0,4}(\d{1,4})(?:\.|$|\s)")
"""The least release that a range of npm allows, where the range begins with it."""
_BUILT = ("dist", "build", "lib", "out", "cjs", "esm")
_CONDITIONS = ("source", "import", "require", "node", "default", "module", "types")


class Workspaces:
    """The packages of a tree. Nothing is read before the first import that may mean one."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._manifests: dict[str, tuple[str, dict[str, object]]] | None = None

    def files(self, name: str) -> Iterator[str]:
        """Paths that an import by name may mean, without regard to suffixes, the likeliest first."""
        parts = name.split("/")
        count = 2 if name.startswith("@") else 1
        package, rest = "/".join(parts[:count]), "/".join(parts[count:])
        found = self._packages().get(package)
        if found is not None:
            folder, manifest = found
            yield from _entries(folder, manifest, rest)

    def main(self, folder: str) -> Iterator[str]:
        """What an import of a folder means, where its manifest says so."""
        manifest = self._manifest(f"{folder}/package.json" if folder else "package.json")
        if manifest is not None:
            yield from _entries(folder, manifest, "")

    def major(self, package: str, folder: str) -> int | None:
        """The major release of a dependency, by the nearest manifest upwards that names it; None: it is not said."""
        while True:
            manifest = self._manifest(f"{folder}/package.json" if folder else "package.json") or {}
            for section in ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies"):
                listed = manifest.get(section)
                written = listed.get(package) if isinstance(listed, dict) else None
                if isinstance(written, str):
                    found = _RELEASE.match(written)
                    return int(found[1]) if found is not None else None
            if not folder:
                return None
            folder = folder_of(folder)

    def _packages(self) -> dict[str, tuple[str, dict[str, object]]]:
        if self._manifests is None:
            self._manifests = {}
            for path in self._tree.paths(_is_manifest):
                manifest = self._manifest(path)
                name = manifest.get("name") if manifest is not None else None
                if manifest is not None and isinstance(name, str) and len(self._manifests) < MAX_PACKAGES:
                    self._manifests.setdefault(name, (folder_of(path), manifest))
        return self._manifests

    def _manifest(self, path: str) -> dict[str, object] | None:
        data = self._tree.head(path, MAX_MANIFEST)
        if not data:
            return None
        try:
            found = json.loads(data.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            return None
        return found if isinstance(found, dict) else None


def _is_manifest(path: str) -> bool:
    return path.endswith("package.json") and "node_modules/" not in path and path.rpartition("/")[2] == "package.json"


def _entries(folder: str, manifest: dict[str, object], rest: str) -> Iterator[str]:
    """Places in a package: what `exports` says, `main`, and where these are built from."""
    named = _exported(manifest.get("exports"), rest)
    if not rest:
        named += [value for key in ("source", "module", "main") if isinstance(value := manifest.get(key), str)]
    else:
        named.append(rest)
    for one in [*named, *([] if rest else ["index"])]:
        for place in (one, *_sources(one)):
            path = inside(folder, place.removeprefix("./"))
            if path is not None:
                yield path
    if not rest:
        yield f"{folder}/src/index" if folder else "src/index"


def _sources(path: str) -> Iterator[str]:
    """`src/x.js` for `dist/x.js`, and `x.js` itself."""
    parts = path.removeprefix("./").split("/")
    if parts[0] in _BUILT and len(parts) > 1:
        yield "/".join(["src", *parts[1:]])
        yield "/".join(parts[1:])


def _exported(exports: object, rest: str) -> list[str]:
    """The targets of `exports` for a subpath."""
    wanted = f"./{rest}" if rest else "."
    if isinstance(exports, str):
        return [exports] if not rest else []
    if not isinstance(exports, dict):
        return []
    if not any(isinstance(key, str) and key.startswith(".") for key in exports):
        return _targets(exports, 0) if not rest else []
    if wanted in exports:
        return _targets(exports[wanted], 0)
    for key, value in exports.items():
        head, star, tail = str(key).partition("*")
        if star and wanted.startswith(head) and wanted.endswith(tail) and len(wanted) >= len(head) + len(tail):
            middle = wanted[len(head) : len(wanted) - len(tail)]
            return [target.replace("*", middle) for target in _targets(value, 0)]
    return []


def _targets(value: object, depth: int) -> list[str]:
    """The files that conditions lead to."""
    if isinstance(value, str):
        return [value]
    if not isinstance(value, dict) or depth > len(_CONDITIONS):
        return []
    return [target for key in _CONDITIONS if key in value for target in _targets(value[key], depth + 1)]
