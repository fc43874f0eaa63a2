"""`pnpm-lock.yaml`, lockfile versions 5 to 9 (pnpm/spec, "lockfile")."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.model.dependency import Locked, Package, PackageFile
from casemate.model.value import Entry, Fields, Literal, Value, text_of
from casemate.sources.lockfiles.digests import digests_of
from casemate.sources.lockfiles.npm_spec import name_and_version
from casemate.sources.lockfiles.places import opened
from casemate.sources.syntax.yaml import documents

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.model.dependency import DependencyScope, SourceKind

_OLD_KEY = re.compile(r"/?(?:([^/@][^/]*(?:\.[^/]+)+(?::\d+)?)/)?((?:@[^/]+/)?[^/@][^/]*)/([^/_(]+)(?:[_(].*)?")
_SECTIONS: tuple[tuple[str, DependencyScope], ...] = (
    ("devDependencies", "development"), ("optionalDependencies", "optional"), ("dependencies", "runtime"),
)  # fmt: skip


def parse(path: str, data: bytes) -> PackageFile:
    """The lock; all documents of the stream."""
    text, diagnostics = opened(path, data)
    locked: list[Locked] = []
    members: list[str] = []
    partial = None
    found = list(diagnostics)
    for document in documents(text.text, path):
        found.extend(one for one in document.diagnostics if one.code != "empty-document")
        if isinstance(document.root, Fields):
            locked.extend(_document(document.root))
            importers = document.root.get("importers")
            members.extend(importers.entries if isinstance(importers, Fields) else ())
        elif document.root is None and text.text.strip():
            partial = "not valid YAML"
    return PackageFile(
        path=path,
        format="pnpm-lock",
        role="lock",
        ecosystem="npm",
        locked=tuple(locked),
        members=tuple(member for member in members if member != "."),
        diagnostics=tuple(found),
        partial=partial,
    )


def _document(root: Fields) -> Iterator[Locked]:
    packages = root.get("packages")
    snapshots = root.get("snapshots")
    if not isinstance(packages, Fields):
        return
    direct = _direct(root)
    table = snapshots if isinstance(snapshots, Fields) else packages
    scopes = _scopes(table, direct)
    for key, entry in packages.entries.items():
        if isinstance(entry.value, Fields):
            found = _locked(key, entry, entry.value, direct, scopes, flagged=not isinstance(snapshots, Fields))
            if found is not None:
                yield found


def _direct(root: Fields) -> dict[str, DependencyScope]:
    """`name@version` that a project asks for -> the strongest scope."""
    importers = root.get("importers")
    projects: list[Value] = [root]
    if isinstance(importers, Fields):
        projects = [entry.value for entry in importers.entries.values()]
    found: dict[str, DependencyScope] = {}
    for section, scope in _SECTIONS:  # the strongest comes last
        for project in projects:
            names = project.get(section) if isinstance(project, Fields) else None
            for name, entry in names.entries.items() if isinstance(names, Fields) else ():
                version = entry.value.get("version") if isinstance(entry.value, Fields) else entry.value
                found[_identity(name, text_of(version) or "")] = scope
    return found


def _identity(name: str, version: str) -> str:
    """What a dependency points to, as `name@version` without peers."""
    bare = version.partition("(")[0]
    if bare.startswith("/"):
        parsed = _key(bare)
        return f"{parsed[0]}@{parsed[1]}" if parsed else bare
    if "@" in bare[1:] and not bare[:1].isdigit():
        return bare
    return f"{name}@{bare.partition('_')[0]}"


def _scopes(table: Fields, direct: dict[str, DependencyScope]) -> dict[str, DependencyScope]:
    """Each `name@version` -> what it is reached for."""
    edges: dict[str, list[str]] = {}
    for key, entry in table.entries.items():
        parsed = _key(key)
        if parsed is None or not isinstance(entry.value, Fields):
            continue
        targets = edges.setdefault(f"{parsed[0]}@{parsed[1]}", [])
        for section in ("dependencies", "optionalDependencies"):
            names = entry.value.get(section)
            if isinstance(names, Fields):
                targets.extend(_identity(name, text_of(one.value) or "") for name, one in names.entries.items())
    found: dict[str, DependencyScope] = {}
    for scope in ("development", "optional", "runtime"):
        waiting = [identity for identity, own in direct.items() if own == scope]
        seen: set[str] = set()
        while waiting:
            identity = waiting.pop()
            if identity not in seen:
                seen.add(identity)
                found[identity] = scope
                waiting.extend(edges.get(identity, ()))
    return found


def _key(key: str) -> tuple[str, str] | None:
    """Name and version of a key of `packages`: `/a/1.0.0_peer`, `/a@1.0.0(peer)`, `a@1.0.0`."""
    bare = key.partition("(")[0]
    if "@" in bare.removeprefix("/")[1:] and not _OLD_KEY.fullmatch(bare):
        name, version = name_and_version(bare.removeprefix("/"))
        return (name, version) if name and version else None
    old = _OLD_KEY.fullmatch(bare)
    return (old[2], old[3]) if old else None


def _locked(
    key: str,
    entry: Entry,
    fields: Fields,
    direct: dict[str, DependencyScope],
    scopes: dict[str, DependencyScope],
    *,
    flagged: bool,
) -> Locked | None:
    parsed = _key(key)
    name = text_of(fields.get("name")) or (parsed[0] if parsed else None)
    version = text_of(fields.get("version")) or (parsed[1] if parsed else "")
    if name is None:
        return None
    identity = f"{parsed[0]}@{parsed[1]}" if parsed else key
    source, url, integrity = _resolution(key, fields.get("resolution"))
    if source in {"git", "url", "path"} and text_of(fields.get("version")) is None:
        version = "" if "/" in version or ":" in version else version
    scope: DependencyScope = scopes.get(identity, "runtime")
    if flagged and _flag(fields, "dev"):
        scope = "development"
    elif flagged and _flag(fields, "optional"):
        scope = "optional"
    requires: list[str] = []
    for section in ("dependencies", "optionalDependencies"):
        names = fields.get(section)
        requires.extend(names.entries if isinstance(names, Fields) else ())
    return Locked(
        package=Package("npm", name),
        spelled=name,
        version=version,
        at=entry.key_at,
        scope=scope,
        direct=identity in direct,
        source=source,
        url=url,
        integrity=integrity,
        digests=_digests(fields.get("resolution")),
        install_script=_flag(fields, "requiresBuild"),
        requires=tuple(dict.fromkeys(requires)),
    )


def _flag(fields: Fields, name: str) -> bool:
    value = fields.get(name)
    return isinstance(value, Literal) and value.value is True


def _digests(value: Value | None) -> tuple[str, ...]:
    return digests_of((text_of(value.get("integrity")) if isinstance(value, Fields) else None,))


def _resolution(key: str, value: Value | None) -> tuple[SourceKind, str, bool | None]:
    fields = value if isinstance(value, Fields) else None
    tarball = text_of(fields.get("tarball")) if fields else None
    if fields and (fields.get("commit") is not None or text_of(fields.get("type")) == "git"):
        return "git", f"{text_of(fields.get('repo')) or ''}#{text_of(fields.get('commit')) or ''}", None
    if fields and (text_of(fields.get("type")) == "directory" or fields.get("directory") is not None):
        return "path", text_of(fields.get("directory")) or "", None
    if tarball and "codeload.github.com" in tarball:
        return "git", tarball, None
    if tarball and tarball.startswith("file:"):
        return "path", tarball, bool(fields and fields.get("integrity"))
    integrity = bool(fields and fields.get("integrity"))
    if tarball and ("@http" in key or key.startswith("http") or "/-/" not in tarball):
        return "url", tarball, integrity
    return "registry", tarball or "", integrity
