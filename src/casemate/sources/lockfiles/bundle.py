"""What lies in a packed bundle (zip, wheel, jar): the packages that are really deployed, by their own metadata.

Only names in the archive's directory are looked at, and small metadata members read: nothing is unpacked to a disk,
nothing runs. Sources: "Core metadata specifications" (`*.dist-info/METADATA`), npm's `package.json`, Maven's
`META-INF/maven/*/*/pom.properties`.
"""

from __future__ import annotations

import json
import re
import zipfile
import zlib
from io import BytesIO
from typing import TYPE_CHECKING

from casemate.model.dependency import Locked, Package, PackageFile
from casemate.model.diagnostic import Diagnostic
from casemate.model.pattern import late
from casemate.sources.lockfiles.names import normalised
from casemate.sources.syntax.document import whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.model.dependency import Ecosystem

MAX_MEMBERS = 200_000
MAX_METADATA = 256 * 1024
"""Bytes of one metadata member that are read."""
MAX_PACKAGES = 5_000
_WANTED = late(
    r"(?:^|/)(?:[^/]+\.dist-info/METADATA|[^/]+\.egg-info/PKG-INFO|node_modules/(?:@[^/]+/)?[^/]+/package\.json"
    r"|META-INF/maven/[^/]+/[^/]+/pom\.properties)$"
)
_HEADER = late(r"^(Name|Version|License-Expression|License):[ \t]*(.*?)\r?$", re.MULTILINE)
_PROPERTY = late(r"^(groupId|artifactId|version)[ \t]*=[ \t]*(.*?)\r?$", re.MULTILINE)
_SCRIPTS = ("preinstall", "install", "postinstall")


def members(path: str, data: bytes) -> tuple[PackageFile, ...]:
    """The packages of an archive, a file an ecosystem; none for an archive without any. Never raises."""
    found: dict[Ecosystem, list[Locked]] = {}
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            for member in archive.infolist()[:MAX_MEMBERS]:
                if _WANTED.search(member.filename) is None:
                    continue
                with archive.open(member) as stream:
                    text = stream.read(MAX_METADATA).decode("utf-8", "replace")
                for one in _packages(path, member.filename, text):
                    listed = found.setdefault(one.package.ecosystem, [])
                    if len(listed) < MAX_PACKAGES:
                        listed.append(one)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError, ValueError) as error:
        note = Diagnostic(
            "bundle-unreadable", f"the archive cannot be read: {str(error)[:100]}", whole(path), "warning"
        )
        return (
            PackageFile(
                path=path, format="bundle", role="bundle", ecosystem="PyPI", diagnostics=(note,), partial="not readable"
            ),
        )
    return tuple(
        PackageFile(path=path, format="bundle", role="bundle", ecosystem=ecosystem, locked=tuple(listed))
        for ecosystem, listed in sorted(found.items())
    )


def _packages(path: str, member: str, text: str) -> Iterator[Locked]:
    if member.endswith("package.json"):
        yield from _npm(path, text)
    elif member.endswith("pom.properties"):
        fields = dict(_PROPERTY.findall(text))
        if {"groupId", "artifactId", "version"} <= fields.keys():
            yield _locked(path, "Maven", f"{fields['groupId']}:{fields['artifactId']}", fields["version"])
    else:
        head = dict(reversed(_HEADER.findall(text.partition("\n\n")[0])))
        if head.get("Name") and head.get("Version"):
            licence = head.get("License-Expression") or head.get("License") or ""
            yield _locked(path, "PyPI", head["Name"], head["Version"], licence[:200])


def _npm(path: str, text: str) -> Iterator[Locked]:
    try:
        root = json.loads(text)
    except (ValueError, RecursionError):
        return
    if not isinstance(root, dict) or not isinstance(root.get("name"), str) or not isinstance(root.get("version"), str):
        return
    scripts = root.get("scripts")
    licence = root.get("license")
    needs = root.get("dependencies")
    yield _locked(
        path,
        "npm",
        root["name"],
        root["version"],
        licence if isinstance(licence, str) else "",
        script=isinstance(scripts, dict) and any(name in scripts for name in _SCRIPTS),
        requires=tuple(needs) if isinstance(needs, dict) else (),
    )


def _locked(
    path: str,
    ecosystem: Ecosystem,
    name: str,
    version: str,
    licence: str = "",
    *,
    script: bool = False,
    requires: tuple[str, ...] = (),
) -> Locked:
    return Locked(
        package=Package(ecosystem, normalised(ecosystem, name[:300])),
        spelled=name[:300],
        version=version[:200],
        at=whole(path),
        licence=licence or None,
        install_script=script,
        requires=requires,
    )
