"""Rust: `Cargo.toml` (Cargo book, "Specifying Dependencies") and `Cargo.lock`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from casemate.model.dependency import Locked, Package, PackageFile, Requirement
from casemate.sources.lockfiles.places import load_toml, opened, toml_blocks, toml_items

if TYPE_CHECKING:
    from casemate.model.dependency import DependencyScope, SourceKind

_TABLE = re.compile(r"(?:target\..+\.)?(dependencies|dev-dependencies|build-dependencies)(?:\.([\w-]+))?")
_SCOPES: dict[str, DependencyScope] = {
    "dependencies": "runtime", "dev-dependencies": "development", "build-dependencies": "build",
}  # fmt: skip
_EXACT = re.compile(r"=\s*(\d+\.\d+\.\d+\S*)")


def parse(path: str, data: bytes) -> PackageFile:
    """The manifest or the lock, by its name."""
    text, diagnostics = opened(path, data)
    is_lock = path.endswith(".lock")
    try:
        root = load_toml(text.text)
    except (ValueError, RecursionError) as error:
        note = text.note("toml-syntax", f"not valid TOML: {error}", level="error" if is_lock else "warning")
        return PackageFile(
            path=path, format="Cargo.lock" if is_lock else "Cargo.toml", role="lock" if is_lock else "manifest",
            ecosystem="crates.io", diagnostics=(*diagnostics, note), partial="not valid TOML",
        )  # fmt: skip
    if not is_lock:
        requirements: list[Requirement] = []
        for block in toml_blocks(text):
            table = _TABLE.fullmatch(block.name)
            if table is None:
                continue
            fields = _descend(root, block.name)
            if table[2]:
                version_at = block.key("version")
                requirements.append(_requirement(table[2], fields, block.at, version_at, _SCOPES[table[1]]))
                continue
            for key, at, start, end in block.lines():
                value = fields.get(key) if isinstance(fields, dict) else None
                written = value if isinstance(value, str) else value.get("version") if isinstance(value, dict) else None
                place = text.text.find(f'"{written}"', start, end) if isinstance(written, str) else -1
                version_at = text.span(place + 1, place + 1 + len(str(written))) if place >= 0 else None
                requirements.append(_requirement(key, value, at, version_at, _SCOPES[table[1]]))
        return PackageFile(
            path=path,
            format="Cargo.toml",
            role="manifest",
            ecosystem="crates.io",
            requirements=tuple(requirements),
            diagnostics=diagnostics,
            name=_descend(root, "package").get("name") if isinstance(_descend(root, "package"), dict) else None,
            workspaces=tuple(str(member) for member in (_descend(root, "workspace") or {}).get("members") or ())
            if isinstance(_descend(root, "workspace"), dict)
            else (),
        )
    given = root.get("package")
    tables = [table for table in given if isinstance(table, dict)] if isinstance(given, list) else []
    locked = []
    for entry, item in zip(tables, toml_items(text, "package", len(tables)), strict=True):
        source = str(entry.get("source") or "")
        name = str(entry.get("name") or "")
        if not source or not name:  # the project itself and its members
            continue
        kind: SourceKind = "git" if source.startswith("git+") else "registry"
        requires = [str(one).partition(" ")[0] for one in entry.get("dependencies") or ()]
        locked.append(
            Locked(
                package=Package("crates.io", name),
                spelled=name,
                version=str(entry.get("version") or ""),
                at=(item.key("name") if item else None) or text.top,
                source=kind,
                url=source if kind == "git" else "",
                integrity=_checksum(entry, root, name) if kind == "registry" else None,
                requires=tuple(dict.fromkeys(requires)),
            )
        )
    return PackageFile(
        path=path,
        format="Cargo.lock",
        role="lock",
        ecosystem="crates.io",
        locked=tuple(locked),
        diagnostics=diagnostics,
    )


def _checksum(table: dict[str, Any], root: dict[str, Any], name: str) -> bool:
    """In the entry, or in `[metadata]` of an old lock."""
    metadata = root.get("metadata")
    return bool(table.get("checksum")) or (
        isinstance(metadata, dict) and any(key.startswith(f"checksum {name} ") for key in metadata)
    )


def _descend(root: Any, dotted: str) -> Any:  # noqa: ANN401 - what TOML gives
    for key in re.findall(r"'[^']*'|\"[^\"]*\"|[^.]+", dotted):
        root = root.get(key.strip("'\"")) if isinstance(root, dict) else None
    return root if root is not None else {}


def _requirement(key: str, value: Any, at: Any, version_at: Any, scope: DependencyScope) -> Requirement:  # noqa: ANN401
    fields = value if isinstance(value, dict) else {"version": value}
    name = str(fields.get("package") or key)
    range_ = str(fields.get("version") or "") if not fields.get("workspace") else ""
    exact = _EXACT.fullmatch(range_.strip())
    kind: SourceKind = "git" if fields.get("git") else "path" if fields.get("path") else "registry"
    return Requirement(
        package=Package("crates.io", name),
        spelled=name,
        range="" if range_ == "*" else range_,
        exact=exact[1] if exact else None,
        at=at,
        version_at=version_at,
        scope="optional" if fields.get("optional") is True else scope,
        source=kind,
        url=str(fields.get("git") or fields.get("path") or ""),
        alias=key if name != key else None,
    )
