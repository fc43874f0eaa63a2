"""`yarn.lock`: version 1, and the YAML of yarn 2 and later ("berry"). Both are read line by line: both are regular."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.model.dependency import Locked, Package, PackageFile
from casemate.sources.lockfiles.digests import digests_of
from casemate.sources.lockfiles.npm_spec import name_and_version, spec
from casemate.sources.lockfiles.places import opened

if TYPE_CHECKING:
    from casemate.model.dependency import SourceKind
    from casemate.model.location import Span
    from casemate.sources.lockfiles.places import Text

_FIELD = re.compile(r'  ("?[^\s":]+"?):?[ \t]+"?([^"\n]*?)"?$')
_INNER = re.compile(r'    ("[^"\n]+"|[^\s:"]+):?[ \t]')
_DEPENDENCIES = ("  dependencies:", "  optionalDependencies:")


def parse(path: str, data: bytes) -> PackageFile:
    """The lock."""
    text, diagnostics = opened(path, data)
    entries = _entries(text)
    locked: list[Locked] = []
    members: list[str] = []
    for keys, at, fields, requires in entries:
        found = _locked(keys, at, fields, requires)
        if isinstance(found, str):
            members.append(found)
        elif found is not None:
            locked.append(found)
    strange = not entries and bool(text.text.strip()) and "yarn" not in text.text and "__metadata" not in text.text
    notes = (
        (text.note("yarn-lock-syntax", "no entry of a yarn.lock was found in it", level="error"),) if strange else ()
    )
    return PackageFile(
        path=path,
        format="yarn.lock",
        role="lock",
        ecosystem="npm",
        locked=tuple(locked),
        members=tuple(member for member in members if member not in {"", "."}),
        diagnostics=(*diagnostics, *notes),
        partial="not a yarn.lock" if strange else None,
    )


Entry = tuple[list[str], "Span", dict[str, str], list[str]]


def _entries(text: Text) -> list[Entry]:
    found: list[Entry] = []
    offset, inside = 0, False
    for line in text.text.split("\n"):
        bare = line.rstrip("\r")
        if bare and not bare[0].isspace() and not bare.startswith("#") and bare.endswith(":"):
            keys = [key.strip() for key in bare[:-1].replace('"', "").split(",")]
            found.append((keys, text.span(offset, offset + len(bare) - 1), {}, []))
            inside = False
        elif found and bare.startswith("    "):
            match = _INNER.match(bare) if inside else None
            if match:
                found[-1][3].append(match[1].strip('"'))
        elif found and bare.startswith("  "):
            inside = bare.startswith(_DEPENDENCIES)
            match = _FIELD.match(bare)
            if match:
                found[-1][2][match[1].strip('"')] = match[2]
        offset += len(line) + 1
    return [entry for entry in found if entry[0] != ["__metadata"]]


def _locked(keys: list[str], at: Span, fields: dict[str, str], requires: list[str]) -> Locked | str | None:
    """The entry; the folder of a workspace for one of the project's own; None for what is no entry."""
    if "version" not in fields:
        return None
    given, wanted = name_and_version(keys[0])
    resolution = fields.get("resolution", "")
    real, source, url = given, _kind("registry"), fields.get("resolved", "")
    if resolution:
        real, reference = name_and_version(resolution)
        if reference.startswith("workspace:"):
            return reference[len("workspace:") :]
        parsed = spec(reference)
        source = parsed.source
        url = reference if source != "registry" else ""
    else:
        parsed = spec(wanted)
        real = parsed.name or given
        source = parsed.source
        if source == "registry" and spec(url).source == "git":
            source = "git"
        url = url or parsed.url
    hashed = "checksum" in fields or "integrity" in fields or "#" in fields.get("resolved", "")
    return Locked(
        package=Package("npm", real),
        spelled=real,
        version=fields["version"] if fields["version"] != "0.0.0-use.local" else "",
        at=at,
        source=source,
        url=url,
        digests=digests_of((fields.get("integrity"),)),
        integrity=hashed if source in {"registry", "url"} and fields.get("conditions") is None else None,
        alias=given if real != given else None,
        requires=tuple(dict.fromkeys(requires)),
    )


def _kind(kind: SourceKind) -> SourceKind:
    return kind
