"""`package.json`: what an npm project asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.dependency import Package, PackageFile, Requirement
from casemate.model.value import Fields, Items, Literal, text_of
from casemate.sources.lockfiles.npm_spec import spec
from casemate.sources.lockfiles.places import opened
from casemate.sources.syntax.json import parse as parse_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.model.dependency import DependencyScope
    from casemate.model.location import Span

_SECTIONS: tuple[tuple[str, DependencyScope], ...] = (
    ("dependencies", "runtime"), ("optionalDependencies", "optional"), ("peerDependencies", "optional"),
    ("devDependencies", "development"),
)  # fmt: skip


def parse(path: str, data: bytes) -> PackageFile:
    """The manifest."""
    text, diagnostics = opened(path, data)
    document = parse_json(text.text, path)
    root = document.root
    if not isinstance(root, Fields):
        return PackageFile(
            path=path, format="package.json", role="manifest", ecosystem="npm", partial="not a JSON object",
            diagnostics=(*diagnostics, *document.diagnostics),
        )  # fmt: skip
    found: dict[str, Requirement] = {}
    for section, scope in _SECTIONS:
        for one in _requirements(root.get(section), scope):
            found.setdefault(one.alias or one.spelled, one)
    managed = [*_requirements(root.get("resolutions"), "runtime"), *_requirements(root.get("overrides"), "runtime")]
    workspaces = root.get("workspaces")
    if isinstance(workspaces, Fields):
        workspaces = workspaces.get("packages")
    return PackageFile(
        path=path,
        format="package.json",
        role="manifest",
        ecosystem="npm",
        requirements=tuple(found.values()),
        managed=tuple(managed),
        workspaces=tuple(text_of(item) or "" for item in workspaces.items) if isinstance(workspaces, Items) else (),
        diagnostics=diagnostics,
        name=text_of(root.get("name")),
    )


def _requirements(section: object, scope: DependencyScope) -> Iterator[Requirement]:
    if not isinstance(section, Fields):
        return
    for name, entry in section.entries.items():
        if isinstance(entry.value, Literal) and isinstance(entry.value.value, str):
            yield requirement(name, entry.value.value, entry.key_at.to(entry.value.at), entry.value.at, scope)


def requirement(name: str, written: str, at: Span, value_at: Span, scope: DependencyScope) -> Requirement:
    """One `"name": "specification"` pair."""
    found = spec(written)
    inner = value_at._replace(start_column=value_at.start_column + 1, end_column=value_at.end_column - 1)
    real = found.name or name
    return Requirement(
        package=Package("npm", real),
        spelled=real,
        range=found.range or (found.tag or ""),
        exact=found.exact,
        at=at,
        version_at=inner if found.source == "registry" and found.name is None else None,
        scope=scope,
        source=found.source,
        url=found.url,
        alias=name if found.name else None,
    )
