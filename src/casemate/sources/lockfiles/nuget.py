""".NET: `*.csproj` and its like, `Directory.Packages.props`, `packages.config`, `packages.lock.json` (NuGet docs)."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from casemate.model.dependency import Locked, Package, PackageFile, Requirement
from casemate.sources.lockfiles.names import normalised
from casemate.sources.lockfiles.places import ObjectKeys, opened
from casemate.sources.lockfiles.xml import Node
from casemate.sources.lockfiles.xml import parse as parse_xml

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROPERTY = re.compile(r"\$\(([A-Za-z_][\w.-]{0,200})\)")
_EXACT = re.compile(r"\[\s*([^,\[\]()\s]+)\s*\]")


def parse(path: str, data: bytes) -> PackageFile:
    """A project, a file of central versions, or a lock, by its name."""
    last = path.rpartition("/")[2].lower()
    if last.endswith(".lock.json"):
        return _lock(path, data)
    root, diagnostics = parse_xml(path, data)
    if root is None:
        return PackageFile(
            path=path, format="csproj", role="manifest", ecosystem="NuGet", diagnostics=diagnostics,
            partial="not valid XML",
        )  # fmt: skip
    if last == "packages.config":
        locked = tuple(_config(root))
        return PackageFile(
            path=path, format="packages.config", role="lock", ecosystem="NuGet", locked=locked, diagnostics=diagnostics
        )
    properties = {node.tag: node.text.strip() for group in root.walk("PropertyGroup") for node in group.children}
    requirements = tuple(_references(root, "PackageReference", properties))
    central = tuple(_references(root, "PackageVersion", properties))
    return PackageFile(
        path=path,
        format="Directory.Packages.props" if last.endswith(".props") else "csproj",
        role="manifest",
        ecosystem="NuGet",
        requirements=requirements,
        managed=central,
        diagnostics=diagnostics,
    )


def _references(root: Node, tag: str, properties: dict[str, str]) -> Iterator[Requirement]:
    for node in root.walk(tag):
        name = node.attributes.get("Include") or node.attributes.get("Update") or ""
        version = node.attributes.get("VersionOverride") or node.attributes.get("Version") or node.value("Version")
        for _ in range(4):
            version = _PROPERTY.sub(lambda match: properties.get(match[1], match[0]), version)[:200]
        if not name or "$(" in name:
            continue
        known = "" if "$(" in version else version.strip()
        # A bare version is a minimum, and NuGet takes the lowest that fits: it is what is installed.
        bracket = _EXACT.fullmatch(known)
        exact = bracket[1] if bracket else known if known and known[0] not in "[(" and "*" not in known else None
        private = node.attributes.get("PrivateAssets") or node.value("PrivateAssets")
        yield Requirement(
            package=Package("NuGet", normalised("NuGet", name)),
            spelled=name,
            range=known,
            exact=exact,
            at=node.at,
            scope="development" if private.lower() == "all" else "runtime",
        )


def _config(root: Node) -> Iterator[Locked]:
    for node in root.walk("package"):
        name, version = node.attributes.get("id", ""), node.attributes.get("version", "")
        if name and version:
            development = node.attributes.get("developmentDependency") == "true"
            yield Locked(
                package=Package("NuGet", normalised("NuGet", name)),
                spelled=name,
                version=version,
                at=node.at,
                scope="development" if development else "runtime",
            )


def _lock(path: str, data: bytes) -> PackageFile:
    text, diagnostics = opened(path, data)
    try:
        root: Any = json.loads(text.text)
    except (ValueError, RecursionError) as error:
        note = text.note("json-syntax", f"not valid JSON: {error}", level="error")
        return PackageFile(
            path=path, format="packages.lock.json", role="lock", ecosystem="NuGet", diagnostics=(*diagnostics, note),
            partial="not valid JSON",
        )  # fmt: skip
    frameworks = root.get("dependencies") if isinstance(root, dict) else None
    keys = ObjectKeys(text)
    keys.enter("dependencies")
    found: dict[tuple[str, str], Locked] = {}
    for framework, table in frameworks.items() if isinstance(frameworks, dict) else ():
        keys.enter(framework)
        for name, entry in table.items() if isinstance(table, dict) else ():
            if not isinstance(entry, dict):
                continue
            at = keys.find(name)
            if entry.get("type") == "Project" or not isinstance(entry.get("resolved"), str):
                continue
            needs = entry.get("dependencies")
            found.setdefault(
                (name.lower(), entry["resolved"]),
                Locked(
                    package=Package("NuGet", normalised("NuGet", name)),
                    spelled=name,
                    version=entry["resolved"],
                    at=at,
                    direct=entry.get("type") == "Direct",
                    integrity=bool(entry.get("contentHash")),
                    requires=tuple(needs) if isinstance(needs, dict) else (),
                ),
            )
    return PackageFile(
        path=path, format="packages.lock.json", role="lock", ecosystem="NuGet", locked=tuple(found.values()),
        diagnostics=diagnostics,
    )  # fmt: skip
