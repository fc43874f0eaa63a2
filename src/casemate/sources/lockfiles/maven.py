"""Maven: `pom.xml` (POM reference): dependencies, dependencyManagement, properties, profiles, parent.

What stands only in a parent that is not in the tree, or in an imported bill of materials, is not known: such a version
stays open.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.model.dependency import Index, Package, PackageFile, Requirement
from casemate.sources.lockfiles.xml import Node
from casemate.sources.lockfiles.xml import parse as parse_xml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.model.dependency import DependencyScope

_PROPERTY = re.compile(r"\$\{([^${}\s]{1,200})\}")
_SCOPES: dict[str, DependencyScope] = {"test": "development", "provided": "development", "system": "development"}


def parse(path: str, data: bytes) -> PackageFile:
    """The manifest. A bare version is what Maven installs, unless something nearer asks for another."""
    root, diagnostics = parse_xml(path, data)
    if root is None or root.tag != "project":
        return PackageFile(
            path=path, format="pom.xml", role="manifest", ecosystem="Maven", diagnostics=diagnostics,
            partial="not a Maven project",
        )  # fmt: skip
    properties = _properties(root)
    managed = {one.package: one for one in _dependencies(root, ("dependencyManagement", "dependencies"), properties)}
    requirements = []
    for one in _dependencies(root, ("dependencies",), properties):
        manager = managed.get(one.package)
        requirements.append(_managed(one, manager) if not one.range and manager else one)
    for profile in root.find("profiles", "profile"):
        requirements.extend(_dependencies(profile, ("dependencies",), properties))
    for plugin in root.find("build", "plugins", "plugin"):
        requirements.extend(_plugin(plugin, properties))
    parent = root.child("parent")
    indexes = [
        Index(url.text.strip(), extra=True, at=url.text_at or url.at, name=repository.value("id"))
        for repository in root.find("repositories", "repository")
        if (url := repository.child("url")) is not None
    ]
    return PackageFile(
        path=path,
        format="pom.xml",
        role="manifest",
        ecosystem="Maven",
        requirements=tuple(requirements),
        managed=tuple(managed.values()),
        indexes=tuple(indexes),
        workspaces=tuple(module.text.strip() for module in root.find("modules", "module")),
        diagnostics=diagnostics,
        name=root.value("artifactId") or None,
        parent=(parent.value("relativePath") or "../pom.xml") if parent else None,
    )


def _properties(root: Node) -> dict[str, str]:
    found = {node.tag: node.text.strip() for holder in root.find("properties") for node in holder.children}
    parent = root.child("parent")
    for name in ("version", "groupId", "artifactId"):
        own = root.value(name) or (parent.value(name) if parent else "")
        for prefix in ("project.", "pom.", ""):
            found.setdefault(f"{prefix}{name}", own)
        if parent:
            found.setdefault(f"project.parent.{name}", parent.value(name))
    return found


def _dependencies(root: Node, along: tuple[str, ...], properties: dict[str, str]) -> Iterator[Requirement]:
    for node in root.find(*along, "dependency"):
        one = _requirement(node, properties, _SCOPES.get(node.value("scope"), "runtime"))
        if one is not None:
            yield one


def _plugin(node: Node, properties: dict[str, str]) -> Iterator[Requirement]:
    one = _requirement(node, properties, "build", group="org.apache.maven.plugins")
    if one is not None:
        yield one


def _requirement(node: Node, properties: dict[str, str], scope: DependencyScope, group: str = "") -> Requirement | None:
    group = _filled(node.value("groupId"), properties) or group
    artifact = _filled(node.value("artifactId"), properties)
    if not group or not artifact:
        return None
    version_node = node.child("version")
    written = version_node.text.strip() if version_node else ""
    version = _filled(written, properties)
    known = version if "${" not in version else ""
    name = f"{group}:{artifact}"
    place = node.child("artifactId")
    is_import = node.value("scope") == "import"
    return Requirement(
        package=Package("Maven", name),
        spelled=name,
        range=known,
        exact=known if known and known[0] not in "[(" and not is_import else None,
        at=(place.text_at if place else None) or node.at,
        version_at=version_node.text_at if version_node and written == version else None,
        scope="optional" if node.value("optional") == "true" else "build" if is_import else scope,
        source="path" if node.value("scope") == "system" else "registry",
    )


def _filled(text: str, properties: dict[str, str]) -> str:
    """Properties replaced, some levels deep; what is not known stays."""
    for _ in range(8):
        filled = _PROPERTY.sub(lambda match: properties.get(match[1], match[0]), text)[:500]
        if filled == text:
            break
        text = filled
    return text


def _managed(one: Requirement, manager: Requirement) -> Requirement:
    from dataclasses import replace

    return replace(one, range=manager.range, exact=manager.exact, version_at=manager.version_at)
