"""`Gemfile.lock` and `gems.locked` (Bundler): sections by indentation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.model.dependency import Index, Locked, Package, PackageFile
from casemate.sources.lockfiles.places import opened

if TYPE_CHECKING:
    from casemate.model.dependency import SourceKind
    from casemate.model.location import Span

_SPEC = re.compile(r"    ([^\s(]+) \(([^)]+)\)")
_NEED = re.compile(r"      ([^\s(]+)")
_REMOTE = re.compile(r"  remote: (\S+)")
_DIRECT = re.compile(r"  ([^\s(!]+)")
_CHECKSUM = re.compile(r"  ([^\s(]+) \(([^)]+)\) sha256=")
_KINDS: dict[str, SourceKind] = {"GEM": "registry", "GIT": "git", "PATH": "path", "PLUGIN SOURCE": "registry"}
_PLATFORM = re.compile(r"-(?:x86|x64|java|jruby|arm|aarch64|universal|mswin|mingw|ruby).*")


def parse(path: str, data: bytes) -> PackageFile:
    """The lock."""
    text, diagnostics = opened(path, data)
    section, remote = "", ""
    specs: list[tuple[str, str, SourceKind, str, Span, list[str]]] = []
    direct: set[str] = set()
    hashed: set[tuple[str, str]] = set()
    has_checksums = False
    indexes: list[Index] = []
    offset = 0
    for line in text.text.split("\n"):
        bare = line.rstrip()
        begin, offset = offset, offset + len(line) + 1
        if bare and not bare[0].isspace():
            section, remote = bare, ""
            has_checksums = has_checksums or bare == "CHECKSUMS"
        elif section in _KINDS:
            found = _REMOTE.fullmatch(bare)
            spec = _SPEC.fullmatch(bare)
            need = _NEED.match(bare)
            if found:
                remote = found[1]
                if section == "GEM":
                    indexes.append(Index(remote, bool(indexes), text.span(begin + 10, begin + 10 + len(remote))))
            elif spec:
                at = text.span(begin + 4, begin + len(bare))
                specs.append((spec[1], _PLATFORM.sub("", spec[2]), _KINDS[section], remote, at, []))
            elif need and specs:
                specs[-1][5].append(need[1])
        elif section == "DEPENDENCIES" and (name := _DIRECT.match(bare)):
            direct.add(name[1])
        elif section == "CHECKSUMS" and (checksum := _CHECKSUM.match(bare)):
            hashed.add((checksum[1], _PLATFORM.sub("", checksum[2])))
    locked: dict[tuple[str, str], Locked] = {}
    for gem, version, kind, url, place, needs in specs:
        integrity = (gem, version) in hashed if has_checksums and kind == "registry" else None
        locked.setdefault(
            (gem, version),
            Locked(
                package=Package("RubyGems", gem),
                spelled=gem,
                version=version,
                at=place,
                direct=gem in direct,
                source=kind,
                url=url if kind != "registry" else "",
                integrity=integrity,
                requires=tuple(needs),
            ),
        )
    return PackageFile(
        path=path,
        format="Gemfile.lock",
        role="lock",
        ecosystem="RubyGems",
        locked=tuple(locked.values()),
        indexes=tuple(indexes),
        diagnostics=diagnostics,
    )
