"""Pipenv: `Pipfile` (TOML) and `Pipfile.lock` (JSON)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from casemate.model.dependency import Index, Locked, Package, PackageFile, Requirement
from casemate.sources.lockfiles.digests import digests_of
from casemate.sources.lockfiles.names import normalised
from casemate.sources.lockfiles.pep508 import exact, source_of
from casemate.sources.lockfiles.places import ObjectKeys, load_toml, opened, toml_blocks

if TYPE_CHECKING:
    from casemate.model.dependency import DependencyScope


def parse(path: str, data: bytes) -> PackageFile:
    """The manifest or the lock, by its name."""
    return _lock(path, data) if path.endswith(".lock") else _manifest(path, data)


def _manifest(path: str, data: bytes) -> PackageFile:
    text, diagnostics = opened(path, data)
    try:
        root = load_toml(text.text)
    except (ValueError, RecursionError) as error:
        note = text.note("toml-syntax", f"not valid TOML: {error}")
        return PackageFile(
            path=path, format="Pipfile", role="manifest", ecosystem="PyPI", diagnostics=(*diagnostics, note),
            partial="not valid TOML",
        )  # fmt: skip
    found: list[Requirement] = []
    blocks = toml_blocks(text)
    for block in blocks:
        if block.name not in {"packages", "dev-packages"}:
            continue
        table = root.get(block.name)
        for key, at, start, end in block.lines():
            value = table.get(key) if isinstance(table, dict) else None
            fields = value if isinstance(value, dict) else {"version": value}
            version = str(fields.get("version") or "")
            range_ = "" if version == "*" else version
            url = str(fields.get("git") or fields.get("file") or fields.get("path") or "")
            found.append(
                Requirement(
                    package=Package("PyPI", normalised("PyPI", key)),
                    spelled=key,
                    range=range_,
                    exact=exact(range_),
                    at=at,
                    version_at=text.span(start + 1, end - 1) if isinstance(value, str) else None,
                    scope="runtime" if block.name == "packages" else "development",
                    source="git" if fields.get("git") else source_of(url),
                    url=url,
                    marker=str(fields.get("markers") or ""),
                    index=fields.get("index") if isinstance(fields.get("index"), str) else None,
                )
            )
    places = [block for block in blocks if block.name == "source"]
    given = root.get("source")
    sources = [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []
    indexes = []
    for number, source in enumerate(sources):
        at_ = places[number].key("url") if number < len(places) else None
        # Pipenv asks only the first source unless a package names another (since 2022.3.23)
        indexes.append(
            Index(
                str(source.get("url") or ""), number > 0, at_ or text.top, str(source.get("name") or ""), explicit=True
            )
        )
    return PackageFile(
        path=path,
        format="Pipfile",
        role="manifest",
        ecosystem="PyPI",
        requirements=tuple(found),
        indexes=tuple(indexes),
        diagnostics=diagnostics,
    )


def _lock(path: str, data: bytes) -> PackageFile:
    text, diagnostics = opened(path, data)
    try:
        root = json.loads(text.text)
    except (ValueError, RecursionError) as error:
        note = text.note("json-syntax", f"not valid JSON: {error}", level="error")
        return PackageFile(
            path=path, format="Pipfile.lock", role="lock", ecosystem="PyPI", diagnostics=(*diagnostics, note),
            partial="not valid JSON",
        )  # fmt: skip
    keys = ObjectKeys(text)
    locked = []
    scopes: dict[str, DependencyScope] = {"default": "runtime", "develop": "development"}
    for section, scope in scopes.items():
        table = root.get(section) if isinstance(root, dict) else None
        if not isinstance(table, dict):
            continue
        keys.enter(section)
        for name, entry in table.items():
            if isinstance(entry, dict):
                locked.append(_entry(name, entry, scope, keys))
    return PackageFile(
        path=path, format="Pipfile.lock", role="lock", ecosystem="PyPI", locked=tuple(locked), diagnostics=diagnostics
    )


def _entry(name: str, entry: dict[str, Any], scope: DependencyScope, keys: ObjectKeys) -> Locked:
    url = str(entry.get("git") or entry.get("file") or entry.get("path") or "")
    return Locked(
        package=Package("PyPI", normalised("PyPI", name)),
        spelled=name,
        version=str(entry.get("version") or "").lstrip("="),
        at=keys.find(name),
        scope=scope,
        source="git" if entry.get("git") else source_of(url),
        url=url,
        integrity=bool(entry.get("hashes")) if not url else None,
        digests=digests_of(entry["hashes"] if isinstance(entry.get("hashes"), list) else ()),
        marker=str(entry.get("markers") or ""),
    )
