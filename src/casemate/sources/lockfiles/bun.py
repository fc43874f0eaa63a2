"""`bun.lock`: JSON with comments (Bun documentation, "Lockfile"). The binary `bun.lockb` is not read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.dependency import Locked, Package, PackageFile
from casemate.model.value import Fields, Items, Value, text_of
from casemate.sources.lockfiles.digests import digests_of
from casemate.sources.lockfiles.npm_spec import name_and_version, spec
from casemate.sources.lockfiles.places import opened
from casemate.sources.syntax.json import parse as parse_json

if TYPE_CHECKING:
    from casemate.model.dependency import DependencyScope
    from casemate.model.location import Span

_SECTIONS: tuple[tuple[str, DependencyScope], ...] = (
    ("devDependencies", "development"), ("optionalDependencies", "optional"), ("dependencies", "runtime"),
)  # fmt: skip


def parse(path: str, data: bytes) -> PackageFile:
    """The lock."""
    text, diagnostics = opened(path, data)
    document = parse_json(text.text, path)
    root = document.root
    packages = root.get("packages") if isinstance(root, Fields) else None
    workspaces = root.get("workspaces") if isinstance(root, Fields) else None
    direct = _direct(workspaces)
    locked = []
    if isinstance(packages, Fields):
        scopes = _scopes(packages, direct)
        for key, entry in packages.entries.items():
            found = _locked(key, entry.value, entry.key_at, direct, scopes)
            if found is not None:
                locked.append(found)
    members = list(workspaces.entries) if isinstance(workspaces, Fields) else []
    return PackageFile(
        path=path,
        format="bun.lock",
        role="lock",
        ecosystem="npm",
        locked=tuple(locked),
        members=tuple(member for member in members if member),
        diagnostics=(*diagnostics, *document.diagnostics),
        partial=None if isinstance(root, Fields) else "not a JSON object",
    )


def _direct(workspaces: Value | None) -> dict[str, DependencyScope]:
    found: dict[str, DependencyScope] = {}
    if isinstance(workspaces, Fields):
        for section, scope in _SECTIONS:
            for entry in workspaces.entries.values():
                names = entry.value.get(section) if isinstance(entry.value, Fields) else None
                found.update(dict.fromkeys(names.entries if isinstance(names, Fields) else (), scope))
    return found


def _requires(value: Value) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for item in value.items if isinstance(value, Items) else ():
        if isinstance(item, Fields):
            for section in ("dependencies", "optionalDependencies"):
                names = item.get(section)
                found.update(dict.fromkeys(names.entries if isinstance(names, Fields) else ()))
    return tuple(found)


def _scopes(packages: Fields, direct: dict[str, DependencyScope]) -> dict[str, DependencyScope]:
    """Each name -> what it is reached for."""
    edges: dict[str, list[str]] = {}
    for key, entry in packages.entries.items():
        edges.setdefault(_installed(key), []).extend(_requires(entry.value))
    found: dict[str, DependencyScope] = {}
    for _, scope in _SECTIONS:
        waiting, seen = [name for name, own in direct.items() if own == scope], set[str]()
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                found[name] = scope
                waiting.extend(edges.get(name, ()))
    return found


def _installed(key: str) -> str:
    """The name that a key ends in: `a/@b/c` -> `@b/c`."""
    parts = key.split("/")
    return "/".join(parts[-2:]) if len(parts) > 1 and parts[-2].startswith("@") else parts[-1]


def _locked(
    key: str, value: Value, at: Span, direct: dict[str, DependencyScope], scopes: dict[str, DependencyScope]
) -> Locked | None:
    if not isinstance(value, Items) or not value.items:
        return None
    real, reference = name_and_version(text_of(value.items[0]) or "")
    if not real or reference.startswith("workspace:"):
        return None
    parsed = spec(reference)
    installed = _installed(key)
    last = text_of(value.items[-1]) or ""
    return Locked(
        package=Package("npm", real),
        spelled=real,
        version=parsed.exact or parsed.range,
        at=at,
        scope=scopes.get(installed, "runtime"),
        direct=key in direct,
        source=parsed.source,
        url=parsed.url or (text_of(value.items[1]) or "" if len(value.items) > 1 else ""),
        digests=digests_of((last,)),
        integrity=last.startswith("sha") if parsed.source in {"registry", "url"} else None,
        alias=installed if installed != real else None,
        requires=_requires(value),
    )
