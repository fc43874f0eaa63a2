"""`pyproject.toml`: dependencies (PEP 621), groups (PEP 735), build (PEP 518), tables of Poetry, PDM and uv."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from casemate.model.dependency import Index, Package, PackageFile, Requirement
from casemate.sources.lockfiles.names import normalised
from casemate.sources.lockfiles.pep508 import requirement, source_of
from casemate.sources.lockfiles.places import Block, Text, array_end, load_toml, opened, quoted, toml_blocks
from casemate.sources.lockfiles.poetry_range import specifier

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.model.dependency import DependencyScope, SourceKind

_BUILD = frozenset({"build-system"})


def parse(path: str, data: bytes) -> PackageFile:
    """A project file; one without any dependency table gives an empty manifest."""
    text, diagnostics = opened(path, data)
    try:
        root = load_toml(text.text)
    except (ValueError, RecursionError) as error:
        note = text.note("toml-syntax", f"not valid TOML: {error}")
        return PackageFile(
            path=path, format="pyproject", role="manifest", ecosystem="PyPI", diagnostics=(*diagnostics, note),
            partial="not valid TOML",
        )  # fmt: skip
    blocks = toml_blocks(text)
    found: list[Requirement] = []
    for block in blocks:
        found.extend(_standard(text, block))
        found.extend(_poetry(text, block, root))
    sources = _sources(root)
    found = [_sourced(one, sources) for one in found]
    project = _table(root, "project")
    poetry = _table(root, "tool", "poetry")
    return PackageFile(
        path=path,
        format="pyproject",
        role="manifest",
        ecosystem="PyPI",
        requirements=tuple(found),
        indexes=tuple(_indexes(text, root, blocks)),
        diagnostics=diagnostics,
        workspaces=tuple(
            one for one in _table(root, "tool", "uv", "workspace").get("members") or () if isinstance(one, str)
        ),
        name=str(project.get("name") or poetry.get("name") or "") or None,
    )


def _table(root: Any, *keys: str) -> dict[str, Any]:  # noqa: ANN401 - what TOML gives
    for key in keys:
        root = root.get(key) if isinstance(root, dict) else None
    return root if isinstance(root, dict) else {}


def _standard(text: Text, block: Block) -> Iterator[Requirement]:
    """Arrays of PEP 508 strings."""
    for key, _, start, _ in block.lines():
        scope = _scope(block.name, key)
        if scope is None or text.text[start : start + 1] != "[":
            continue
        for written, begin, _ in quoted(text, start, array_end(text.text, start)):
            found = requirement(text, written, begin, scope)
            if found is not None:
                yield found


def _scope(block: str, key: str) -> DependencyScope | None:
    """What an array of requirements is for, None when it is no such array."""
    if block == "project" and key == "dependencies":
        return "runtime"
    if block == "project.optional-dependencies":
        return "optional"
    if block == "build-system" and key == "requires":
        return "build"
    if block in {"dependency-groups", "tool.pdm.dev-dependencies"} or (
        block == "tool.uv" and key == "dev-dependencies"
    ):
        return "development"
    if block.startswith("tool.hatch.envs.") and key in {"dependencies", "extra-dependencies"}:
        return "development"
    return None


def _poetry(text: Text, block: Block, root: dict[str, Any]) -> Iterator[Requirement]:
    """`name = "^1.2"` or `name = {version = …, git = …}` of Poetry's tables."""
    scope = _poetry_scope(block.name)
    if scope is None:
        return
    table = _table(root, *block.name.split("."))
    for key, at, start, end in block.lines():
        value = table.get(key)
        if key.lower() == "python" or value is None:
            continue
        for entry in value if isinstance(value, list) else [value]:
            fields = entry if isinstance(entry, dict) else {"version": entry}
            url = str(fields.get("git") or fields.get("url") or fields.get("path") or "")
            kind: SourceKind = "git" if fields.get("git") else "url" if fields.get("url") else source_of(url)
            written = str(fields.get("version") or "")
            range_ = specifier(written)
            place = re.search(re.escape(written), text.text[start:end]) if written else None
            exact = range_[2:] if range_.startswith("==") and "," not in range_ and "*" not in range_ else None
            yield Requirement(
                package=Package("PyPI", normalised("PyPI", key)),
                spelled=key,
                range=range_,
                exact=exact,
                at=at,
                version_at=text.span(start + place.start(), start + place.end()) if place else None,
                scope="optional" if fields.get("optional") else scope,
                source=kind,
                url=url,
                marker=str(fields.get("markers") or ""),
                index=fields.get("source") if isinstance(fields.get("source"), str) else None,
            )


def _poetry_scope(name: str) -> DependencyScope | None:
    if name == "tool.poetry.dependencies":
        return "runtime"
    if name == "tool.poetry.dev-dependencies" or re.fullmatch(r"tool\.poetry\.group\.[^.]+\.dependencies", name):
        return "runtime" if name == "tool.poetry.group.main.dependencies" else "development"
    return None


def _sources(root: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The table of uv: where packages come from, by normalised name."""
    found = {}
    for name, value in _table(root, "tool", "uv", "sources").items():
        entry = value[0] if isinstance(value, list) and value else value
        if isinstance(entry, dict):
            found[normalised("PyPI", name)] = entry
    return found


def _sourced(one: Requirement, sources: dict[str, dict[str, Any]]) -> Requirement:
    from dataclasses import replace

    entry = sources.get(one.package.name)
    if entry is None:
        return one
    index = entry.get("index")
    if isinstance(index, str):
        return replace(one, index=index)
    kind: SourceKind = "git" if "git" in entry else "url" if "url" in entry else "path"
    return replace(one, source=kind, url=str(entry.get("git") or entry.get("url") or entry.get("path") or ""))


def _indexes(text: Text, root: dict[str, Any], blocks: list[Block]) -> Iterator[Index]:
    """Registries of uv, PDM and Poetry. One that is bound to packages by name is explicit."""
    for name, keys in (
        ("tool.uv.index", ("tool", "uv")),
        ("tool.poetry.source", ("tool", "poetry")),
        ("tool.pdm.source", ("tool", "pdm")),
    ):
        given = _table(root, *keys).get(name.rpartition(".")[2])
        entries = [entry for entry in given if isinstance(entry, dict)] if isinstance(given, list) else []
        places = [block for block in blocks if block.name == name]
        for number, entry in enumerate(entries):
            at = places[number].key("url") if number < len(places) else None
            explicit = bool(entry.get("explicit")) or entry.get("priority") == "explicit"
            main = bool(entry.get("default")) or entry.get("priority") in {"default", "primary"}
            yield Index(
                str(entry.get("url") or ""), not main, at or text.top, str(entry.get("name") or ""), explicit=explicit
            )
    for block in blocks:
        if block.name in {"tool.uv", "tool.uv.pip"}:
            for key, at, start, end in block.lines():
                if key in {"extra-index-url", "index-url"}:
                    for url, _, _ in quoted(
                        text, start, array_end(text.text, start) if text.text[start] == "[" else end
                    ):
                        yield Index(url, key == "extra-index-url", at)
