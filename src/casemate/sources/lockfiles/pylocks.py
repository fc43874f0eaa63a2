"""The TOML locks of Python: `poetry.lock`, `uv.lock`, `pdm.lock` and `pylock.toml` (PEP 751)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from casemate.model.dependency import Locked, Package, PackageFile
from casemate.sources.lockfiles.digests import digests_of
from casemate.sources.lockfiles.names import normalised
from casemate.sources.lockfiles.pep508 import source_of
from casemate.sources.lockfiles.places import Block, Text, load_toml, opened, toml_items

if TYPE_CHECKING:
    from casemate.model.dependency import DependencyScope, SourceKind

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_DEVELOPMENT = frozenset({"dev", "develop", "development", "test", "tests", "lint", "docs", "doc", "typing", "ci"})


def parse(path: str, data: bytes) -> PackageFile:
    """Any of the four, told apart by its name and its tables."""
    text, diagnostics = opened(path, data)
    last = path.rpartition("/")[2]
    format_ = last if last in {"poetry.lock", "uv.lock", "pdm.lock"} else "pylock.toml"
    try:
        root = load_toml(text.text)
    except (ValueError, RecursionError) as error:
        note = text.note("toml-syntax", f"not valid TOML: {error}", level="error")
        return PackageFile(
            path=path, format=format_, role="lock", ecosystem="PyPI", diagnostics=(*diagnostics, note),
            partial="not valid TOML",
        )  # fmt: skip
    name = "packages" if format_ == "pylock.toml" else "package"
    given = root.get(name)
    tables = [table for table in given if isinstance(table, dict)] if isinstance(given, list) else []
    blocks = toml_items(text, name, len(tables))
    graph = {} if format_ != "uv.lock" else _uv_scopes(tables)
    hashes = _old_poetry_hashes(root)
    locked = []
    for table, block in zip(tables, blocks, strict=True):
        if isinstance(table.get("name"), str) and not _is_own(table):
            locked.append(_locked(text, table, block, format_, graph, hashes))
    members = [
        str(_source(table).get("editable") or _source(table).get("virtual") or "") for table in tables if _is_own(table)
    ]
    return PackageFile(
        path=path,
        format=format_,
        role="lock",
        ecosystem="PyPI",
        locked=tuple(locked),
        members=tuple(dict.fromkeys(member for member in members if member)),
        diagnostics=diagnostics,
    )


def _is_own(table: dict[str, Any]) -> bool:
    """The project itself, or a member of its workspace."""
    source = _source(table)
    return any(key in source for key in ("editable", "virtual")) or isinstance(table.get("directory"), dict)


def _source(table: dict[str, Any]) -> dict[str, Any]:
    source = table.get("source")
    return source if isinstance(source, dict) else {}


def _locked(
    text: Text,
    table: dict[str, Any],
    block: Block | None,
    format_: str,
    graph: dict[str, DependencyScope],
    hashes: set[str],
) -> Locked:
    name = str(table["name"])
    at = (block.key("name") if block else None) or text.top
    kind, url = _origin(table)
    normal = normalised("PyPI", name)
    return Locked(
        package=Package("PyPI", normal),
        spelled=name,
        version=str(table.get("version") or ""),
        at=at,
        scope=graph.get(normal, "runtime") if format_ == "uv.lock" else _scope(table),
        source=kind,
        url=url,
        integrity=_integrity(table, format_, hashes) if kind in {"registry", "url"} else None,
        requires=_requires(table),
        digests=_digests(table),
        marker=str(table.get("marker") or table.get("markers") or ""),
    )


def _origin(table: dict[str, Any]) -> tuple[SourceKind, str]:
    source = _source(table)
    kind = source.get("type")
    url = str(source.get("url") or "")
    if kind == "git" or "git" in source:
        return "git", str(source.get("git") or url)
    if kind == "url" or ("url" in source and "registry" not in source and kind != "legacy"):
        return "url", url
    if kind in {"directory", "file"} or any(key in source for key in ("path", "directory")):
        return "path", str(source.get("path") or source.get("directory") or url)
    if isinstance(table.get("vcs"), dict):
        return "git", str(table["vcs"].get("url") or "")
    if isinstance(table.get("archive"), dict):
        return source_of(str(table["archive"].get("url") or "file")), str(table["archive"].get("url") or "")
    if isinstance(table.get("git"), str):
        return "git", str(table["git"])
    if isinstance(table.get("url"), str):
        return "url", str(table["url"])
    return "registry", str(source.get("registry") or (url if kind == "legacy" else "") or table.get("index") or "")


def _scope(table: dict[str, Any]) -> DependencyScope:
    groups = table.get("groups")
    if isinstance(groups, list):
        names = [str(group) for group in groups]
        if "main" in names or "default" in names:
            return "optional" if table.get("optional") else "runtime"
        return "development" if names and all(name in _DEVELOPMENT for name in names) else "optional"
    if table.get("category") == "dev":
        return "development"
    return "optional" if table.get("optional") is True else "runtime"


def _integrity(table: dict[str, Any], format_: str, hashes: set[str]) -> bool:
    entries = _files(table)
    if not entries:
        return format_ == "poetry.lock" and normalised("PyPI", str(table["name"])) in hashes
    return all(entry.get("hash") or entry.get("hashes") for entry in entries)


def _digests(table: dict[str, Any]) -> tuple[str, ...]:
    found: list[object] = []
    for entry in _files(table):
        found.append(entry.get("hash"))
        hashes = entry.get("hashes")
        if isinstance(hashes, dict):
            found.extend(f"{kind}:{value}" for kind, value in hashes.items())
    return digests_of(found)


def _files(table: dict[str, Any]) -> list[dict[str, Any]]:
    """What may be installed of a package: its wheels and its source."""
    files = [
        table.get("files"),
        table.get("wheels"),
        [table["sdist"]] if isinstance(table.get("sdist"), dict) else None,
    ]
    entries = [entry for group in files if isinstance(group, list) for entry in group if isinstance(entry, dict)]
    if isinstance(table.get("archive"), dict):
        entries.append(table["archive"])
    return entries


def _old_poetry_hashes(root: dict[str, Any]) -> set[str]:
    """Names with hashes in the metadata of a `poetry.lock` before 1.3."""
    metadata = root.get("metadata")
    found: set[str] = set()
    for key in ("files", "hashes"):
        table = metadata.get(key) if isinstance(metadata, dict) else None
        if isinstance(table, dict):
            found.update(normalised("PyPI", name) for name, value in table.items() if value)
    return found


def _requires(table: dict[str, Any]) -> tuple[str, ...]:
    given = table.get("dependencies")
    if isinstance(given, dict):
        names = list(given)
    elif isinstance(given, list):
        names = [str(item.get("name") or "") if isinstance(item, dict) else str(item) for item in given]
    else:
        names = []
    found = (_NAME.match(name) for name in names)
    return tuple(dict.fromkeys(normalised("PyPI", match[0]) for match in found if match))


def _uv_scopes(tables: list[dict[str, Any]]) -> dict[str, DependencyScope]:
    """What each package is reached for, from the members' own dependencies, extras and groups."""
    edges: dict[str, set[str]] = {}
    roots: dict[DependencyScope, set[str]] = {"runtime": set(), "optional": set(), "development": set()}
    for table in tables:
        name = normalised("PyPI", str(table.get("name") or ""))
        edges.setdefault(name, set()).update(_requires(table))
        for key in ("optional-dependencies", "dev-dependencies"):
            groups = table.get(key)
            for group in groups.values() if isinstance(groups, dict) else ():
                names = _requires({"dependencies": group})
                if _is_own(table):
                    roots["optional" if key == "optional-dependencies" else "development"].update(names)
                else:
                    edges[name].update(names)
        if _is_own(table):
            roots["runtime"].update(_requires(table))
    found: dict[str, DependencyScope] = {}
    for scope in ("development", "optional", "runtime"):  # the last one wins: what ships counts most
        waiting, seen = list(roots[scope]), set()
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                found[name] = scope
                waiting.extend(edges.get(name, ()))
    return found
