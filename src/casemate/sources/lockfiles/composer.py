"""PHP: `composer.lock` (Composer documentation, "The lock file")."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from casemate.model.dependency import Locked, Package, PackageFile
from casemate.sources.lockfiles.names import normalised
from casemate.sources.lockfiles.places import opened

if TYPE_CHECKING:
    from casemate.model.dependency import DependencyScope


def parse(path: str, data: bytes) -> PackageFile:
    """The lock."""
    text, diagnostics = opened(path, data)
    try:
        root = json.loads(text.text)
    except (ValueError, RecursionError) as error:
        note = text.note("json-syntax", f"not valid JSON: {error}", level="error")
        return PackageFile(
            path=path, format="composer.lock", role="lock", ecosystem="Packagist", diagnostics=(*diagnostics, note),
            partial="not valid JSON",
        )  # fmt: skip
    locked = []
    position = 0
    sections: dict[str, DependencyScope] = {"packages": "runtime", "packages-dev": "development"}
    for section, scope in sections.items():
        given = root.get(section) if isinstance(root, dict) else None
        for entry in given if isinstance(given, list) else ():
            if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
                continue
            place = _find(text.text, entry["name"], position)
            position = max(place, position)
            at = text.span(place, place + len(entry["name"])) if place >= 0 else text.top
            locked.append(_locked(entry, scope, at))
    return PackageFile(
        path=path, format="composer.lock", role="lock", ecosystem="Packagist", locked=tuple(locked),
        diagnostics=diagnostics,
    )  # fmt: skip


def _find(text: str, name: str, position: int) -> int:
    """Where the value of `"name": "…"` stands, behind a position; composer escapes the slash or not."""
    for form in (name, name.replace("/", "\\/")):
        place = text.find(f'"name": "{form}"', position)
        if place >= 0:
            return place + len('"name": "')
    return -1


def _locked(entry: dict[str, Any], scope: DependencyScope, at: Any) -> Locked:  # noqa: ANN401 - JSON
    dist = entry.get("dist")
    licence = entry.get("license")
    needs = entry.get("require")
    return Locked(
        package=Package("Packagist", normalised("Packagist", entry["name"])),
        spelled=entry["name"],
        version=str(entry.get("version") or "").removeprefix("v"),
        at=at,
        scope=scope,
        integrity=bool(dist.get("shasum") or dist.get("reference")) if isinstance(dist, dict) else None,
        licence=" OR ".join(str(one) for one in licence) if isinstance(licence, list) and licence else None,
        requires=tuple(needs) if isinstance(needs, dict) else (),
    )
