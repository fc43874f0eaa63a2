"""CycloneDX bills, 1.2 to 1.6, as JSON or XML (ECMA-424): components with package URLs, and what needs what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from casemate.sources.lockfiles import xml
from casemate.sources.lockfiles.bills import MAX_COMPONENTS, MAX_DEPTH, Bill, Component, Finder, assembled
from casemate.sources.lockfiles.bills.purls import package_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from casemate.model.dependency import DependencyScope
    from casemate.sources.lockfiles.places import Text
    from casemate.sources.lockfiles.xml import Node

_SCOPES: dict[str, DependencyScope] = {"required": "runtime", "optional": "optional", "excluded": "development"}


def read_json(path: str, text: Text, body: Mapping[str, Any], function: str) -> Bill:
    """A bill that is JSON."""
    finder = Finder(text)
    listed: list[Component] = []
    for entry in _nested(body.get("components")):
        if len(listed) >= MAX_COMPONENTS:
            break
        purl = _word(entry.get("purl"))
        listed.append(
            Component(
                ref=_word(entry.get("bom-ref")) or purl, name=_word(entry.get("name")),
                version=_word(entry.get("version")), purl=purl, at=finder.find(purl or _word(entry.get("name"))),
                scope=_SCOPES.get(_word(entry.get("scope")), "runtime"), licence=_licence(entry.get("licenses")),
                hashed=True if _maps(entry.get("hashes")) else None,
            )
        )  # fmt: skip
    edges = {
        _word(one.get("ref")): tuple(ref for ref in one.get("dependsOn") or () if isinstance(ref, str))
        for one in _maps(body.get("dependencies")) if isinstance(one.get("dependsOn") or [], list)
    }  # fmt: skip
    metadata = body.get("metadata")
    subject = metadata.get("component") if isinstance(metadata, dict) else None
    roots = [_word(subject.get("bom-ref"))] if isinstance(subject, dict) else []
    return _bill(path, function, f"CycloneDX {_word(body.get('specVersion'))[:8]} JSON", listed, edges, roots)


def read_xml(path: str, data: bytes, function: str) -> Bill:
    """A bill that is XML."""
    from casemate.sources.lockfiles.bills import _failed

    root, notes = xml.parse(path, data)
    if root is None or root.tag != "bom":
        return _failed(path, function, notes[0].message if notes else "not CycloneDX")
    listed: list[Component] = []
    for node in _components(root):
        if len(listed) >= MAX_COMPONENTS:
            break
        purl_node = node.child("purl")
        purl = node.value("purl")
        at = purl_node.text_at if purl_node is not None and purl_node.text_at else node.at
        group = node.value("group")
        licence = next((found for one in node.find("licenses", "license") for found in (
            one.value("id"), one.value("name")) if found), None) or next(
                (one.text.strip() for one in node.find("licenses", "expression")), None)  # fmt: skip
        listed.append(
            Component(
                ref=node.attributes.get("bom-ref") or purl, name=f"{group}/{node.value('name')}".lstrip("/"),
                version=node.value("version"), purl=purl, at=at, licence=(licence or "")[:200] or None,
                scope=_SCOPES.get(node.value("scope"), "runtime"),
                hashed=True if next(node.find("hashes", "hash"), None) else None,
            )
        )  # fmt: skip
    edges: dict[str, tuple[str, ...]] = {}
    for node in root.find("dependencies", "dependency"):
        edges[node.attributes.get("ref", "")] = tuple(one.attributes.get("ref", "") for one in node.find("dependency"))
    roots = [one.attributes.get("bom-ref", "") for one in root.find("metadata", "component")]
    return _bill(path, function, "CycloneDX XML", listed, edges, roots)


def _bill(
    path: str, function: str, format_: str, listed: list[Component], edges: dict[str, tuple[str, ...]], roots: list[str]
) -> Bill:
    """Without a subject of its own, what nothing else needs is what is asked for."""
    if not any(root in edges for root in roots) and edges:
        needed = {ref for needs in edges.values() for ref in needs}
        edges = {**edges, "": tuple(one.ref for one in listed if one.ref not in needed)}
        roots = [""]
    locate = {one.purl: found for one in listed if (found := package_of(one.purl)) is not None}
    return assembled(path, function, format_, listed, edges, roots, locate)


def _nested(value: object) -> Iterator[dict[str, Any]]:
    waiting: list[tuple[dict[str, Any], int]] = [(one, 0) for one in reversed(_maps(value))]
    while waiting:
        entry, depth = waiting.pop()
        yield entry
        if depth < MAX_DEPTH:
            waiting.extend((one, depth + 1) for one in reversed(_maps(entry.get("components"))))


def _components(root: Node) -> Iterator[Node]:
    waiting = list(reversed(list(root.find("components", "component"))))
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(list(node.find("components", "component"))))


def _licence(value: object) -> str | None:
    for entry in _maps(value):
        if isinstance(entry.get("expression"), str):
            return str(entry["expression"])[:500]
        licence = entry.get("license")
        if isinstance(licence, dict):
            found = _word(licence.get("id")) or _word(licence.get("name"))
            if found:
                return found[:200]
    return None


def _maps(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""
