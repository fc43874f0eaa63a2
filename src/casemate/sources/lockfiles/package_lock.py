"""`package-lock.json` and `npm-shrinkwrap.json`, versions 1 to 3 (npm documentation, "package-lock.json")."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from casemate.model.dependency import Locked, Package, PackageFile
from casemate.sources.lockfiles.digests import digests_of
from casemate.sources.lockfiles.npm_spec import spec
from casemate.sources.lockfiles.places import ObjectKeys, opened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.model.dependency import DependencyScope, SourceKind

_MAX_DEPTH = 100
_SECTIONS = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")


def parse(path: str, data: bytes) -> PackageFile:
    """The lock. Version 2 holds both forms; the newer one (`packages`) is read."""
    text, diagnostics = opened(path, data)
    try:
        root = json.loads(text.text)
    except (ValueError, RecursionError) as error:
        note = text.note("json-syntax", f"not valid JSON: {error}", level="error")
        return PackageFile(
            path=path, format="package-lock", role="lock", ecosystem="npm", diagnostics=(*diagnostics, note),
            partial="not valid JSON",
        )  # fmt: skip
    root = root if isinstance(root, dict) else {}
    keys = ObjectKeys(text)
    members: list[str] = []
    packages = root.get("packages")
    if isinstance(packages, dict):
        keys.enter("packages")
        members = [key for key in packages if key and "node_modules/" not in f"{key}/" and not key.startswith("..")]
        locked = list(_packages(packages, keys))
    else:
        keys.enter("dependencies")
        locked = list(_tree(root.get("dependencies"), keys, 0))
    return PackageFile(
        path=path,
        format="package-lock",
        role="lock",
        ecosystem="npm",
        locked=tuple(locked),
        members=tuple(members),
        diagnostics=diagnostics,
        name=root.get("name") if isinstance(root.get("name"), str) else None,
    )


def _packages(packages: dict[str, Any], keys: ObjectKeys) -> Iterator[Locked]:
    """Versions 2 and 3: one flat map from place to entry; `""` and the members of the workspace are the projects."""
    direct: set[str] = set()
    for key, entry in packages.items():
        if "node_modules/" not in key and isinstance(entry, dict):
            for section in _SECTIONS:
                names = entry.get(section)
                direct.update(names if isinstance(names, dict) else ())
    for key, entry in packages.items():
        at = keys.find(key) if key else keys.find("")
        place, found, tail = key.rpartition("node_modules/")
        if not found or not isinstance(entry, dict) or entry.get("link"):
            continue
        real = entry.get("name") if isinstance(entry.get("name"), str) else tail
        source, url = _origin(str(entry.get("resolved") or ""), str(entry.get("version") or ""))
        yield Locked(
            package=Package("npm", str(real)),
            spelled=str(real),
            version=_version(entry),
            at=at,
            scope=_scope(entry),
            direct=tail in direct and (not place or "node_modules/" not in place),
            source=source,
            url=url,
            integrity=_integrity(entry, source),
            digests=digests_of((entry.get("integrity"),)),
            install_script=entry.get("hasInstallScript") is True,
            licence=_licence(entry),
            alias=tail if real != tail else None,
            requires=_requires(entry, ("dependencies", "optionalDependencies", "peerDependencies")),
        )


def _tree(table: object, keys: ObjectKeys, depth: int) -> Iterator[Locked]:
    """Version 1: entries nested as they are installed."""
    if not isinstance(table, dict) or depth > _MAX_DEPTH:
        return
    for name, entry in table.items():
        if not isinstance(entry, dict):
            continue
        at = keys.find(name)
        written = str(entry.get("version") or "")
        parsed = spec(written)
        source, url = _origin(str(entry.get("resolved") or ""), written)
        yield Locked(
            package=Package("npm", parsed.name or name),
            spelled=parsed.name or name,
            version=parsed.exact or ("" if parsed.source != "registry" else written),
            at=at,
            scope=_scope(entry),
            source=source,
            url=url,
            integrity=_integrity(entry, source),
            digests=digests_of((entry.get("integrity"),)),
            alias=name if parsed.name else None,
            requires=_requires(entry, ("requires",)),
        )
        yield from _tree(entry.get("dependencies"), keys, depth + 1)


def _version(entry: dict[str, Any]) -> str:
    found = spec(str(entry.get("version") or ""))
    return found.exact or found.range


def _scope(entry: dict[str, Any]) -> DependencyScope:
    if entry.get("dev") is True or entry.get("devOptional") is True:
        return "development"
    return "optional" if entry.get("optional") is True or entry.get("peer") is True else "runtime"


def _origin(resolved: str, version: str) -> tuple[SourceKind, str]:
    for text in (resolved, version):
        found = spec(text)
        if found.source == "git":
            return "git", text
        if found.source == "path" and text:
            return "path", text
    if not resolved and spec(version).source == "url":
        return "url", version
    if resolved and "/-/" not in resolved and not resolved.partition("?")[0].endswith(".tgz") and "://" in resolved:
        return "url", resolved
    return "registry", resolved


def _integrity(entry: dict[str, Any], source: SourceKind) -> bool | None:
    if source in {"git", "path"} or entry.get("inBundle") is True or entry.get("bundled") is True:
        return None
    return bool(entry.get("integrity"))


def _licence(entry: dict[str, Any]) -> str | None:
    given = entry.get("license")
    if isinstance(given, dict):
        given = given.get("type")
    return given if isinstance(given, str) and given else None


def _requires(entry: dict[str, Any], sections: tuple[str, ...]) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for section in sections:
        given = entry.get(section)
        names.update(dict.fromkeys(given if isinstance(given, dict) else ()))
    return tuple(names)
