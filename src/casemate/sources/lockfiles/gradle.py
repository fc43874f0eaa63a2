"""Gradle: `gradle.lockfile` (Gradle manual, "Locking versions") and the version catalogue `libs.versions.toml`.

A build script is a program: it is not read. Without a lock file nothing is known of it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from casemate.model.dependency import Locked, Package, PackageFile, Requirement
from casemate.sources.lockfiles.places import load_toml, opened, toml_blocks

if TYPE_CHECKING:
    from casemate.model.dependency import DependencyScope

_LINE = re.compile(r"([^:=\s#]+:[^:=\s]+):([^:=\s]+)=(\S*)")
_TESTS = re.compile(r"(?i)test|checkstyle|detekt|ktlint|pmd|spotbugs|jacoco|annotationprocessor|kapt|classpath$")


def parse(path: str, data: bytes) -> PackageFile:
    """A lock file or a version catalogue, by its name."""
    return _catalogue(path, data) if path.endswith(".toml") else _lock(path, data)


def _lock(path: str, data: bytes) -> PackageFile:
    text, diagnostics = opened(path, data)
    build = path.rpartition("/")[2].startswith("buildscript")
    locked = []
    offset = 0
    for line in text.text.split("\n"):
        found = _LINE.match(line.rstrip())
        if found:
            locked.append(
                Locked(
                    package=Package("Maven", found[1]),
                    spelled=found[1],
                    version=found[2],
                    at=text.span(offset, offset + found.end(2)),
                    scope="build" if build else _scope(found[3].split(",")),
                )
            )
        offset += len(line) + 1
    return PackageFile(
        path=path,
        format="gradle.lockfile",
        role="lock",
        ecosystem="Maven",
        locked=tuple(locked),
        diagnostics=diagnostics,
    )


def _scope(configurations: list[str]) -> DependencyScope:
    """Runtime when any configuration of the product itself holds it."""
    if any(
        one == "runtimeClasspath" or (one.endswith(("RuntimeClasspath", "runtimeClasspath")) and not _is_test(one))
        for one in configurations
    ):
        return "runtime"
    return "development" if configurations and all(_is_test(one) for one in configurations) else "runtime"


def _is_test(configuration: str) -> bool:
    return _TESTS.search(configuration.removesuffix("Classpath")) is not None


def _catalogue(path: str, data: bytes) -> PackageFile:
    text, diagnostics = opened(path, data)
    try:
        root = load_toml(text.text)
    except (ValueError, RecursionError) as error:
        note = text.note("toml-syntax", f"not valid TOML: {error}")
        return PackageFile(
            path=path, format="libs.versions.toml", role="manifest", ecosystem="Maven",
            diagnostics=(*diagnostics, note), partial="not valid TOML",
        )  # fmt: skip
    versions = root.get("versions")
    libraries = root.get("libraries")
    found = []
    for block in toml_blocks(text):
        if block.name != "libraries" or not isinstance(libraries, dict):
            continue
        for key, at, _, _ in block.lines():
            name, version = _library(libraries.get(key), versions if isinstance(versions, dict) else {})
            if name:
                exact = version if version and version[0] not in "[(" and "+" not in version else None
                found.append(
                    Requirement(package=Package("Maven", name), spelled=name, range=version, exact=exact, at=at)
                )
    return PackageFile(
        path=path, format="libs.versions.toml", role="manifest", ecosystem="Maven", requirements=tuple(found),
        diagnostics=diagnostics,
    )  # fmt: skip


def _library(entry: Any, versions: dict[str, Any]) -> tuple[str, str]:  # noqa: ANN401 - what TOML gives
    if isinstance(entry, str):
        group, _, rest = entry.partition(":")
        artifact, _, version = rest.partition(":")
        return f"{group}:{artifact}", version
    if not isinstance(entry, dict):
        return "", ""
    name = entry.get("module") or (f"{entry['group']}:{entry['name']}" if "group" in entry and "name" in entry else "")
    version = entry.get("version", "")
    if isinstance(version, dict) and isinstance(version.get("ref"), str):
        version = versions.get(version["ref"], "")
    if isinstance(version, dict):
        version = next((str(version[key]) for key in ("strictly", "require", "prefer") if key in version), "")
    return str(name), str(version)
