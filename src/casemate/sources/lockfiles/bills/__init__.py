"""Bills of materials that other tools wrote, as packages: CycloneDX (JSON, XML; 1.2 to 1.6) and SPDX 2.3 (JSON).

Everything in them is hostile: the size is bounded before they are parsed, depth and counts while they are walked, and
what has no package URL of a known registry is counted, not guessed.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from casemate.model.dependency import Locked, Package, PackageFile
from casemate.model.diagnostic import Diagnostic
from casemate.model.record import dataclass
from casemate.sources.lockfiles.places import opened
from casemate.sources.syntax.document import whole

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casemate.model.dependency import DependencyScope, Ecosystem
    from casemate.model.location import Span
    from casemate.sources.lockfiles.places import Text

MAX_BILL = 64 * 1024 * 1024
MAX_COMPONENTS = 100_000
MAX_DEPTH = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One component of a bill. `purl`: as written; `requires`: refs of what it needs, None where the bill is silent."""

    ref: str
    name: str
    version: str
    purl: str
    at: Span
    scope: DependencyScope = "runtime"
    licence: str | None = None
    hashed: bool | None = None


@dataclass(frozen=True, slots=True)
class Bill:
    """A bill, read. `function`: the name of the function whose parts it lists, empty for the system's.

    `files`: its packages, one file an ecosystem; `left_out`: components that are no package of a known registry.
    """

    path: str
    function: str
    format: str
    files: tuple[PackageFile, ...] = ()
    left_out: int = 0
    diagnostics: tuple[Diagnostic, ...] = ()
    partial: str | None = None


def read_bill(path: str, data: bytes, function: str = "") -> Bill:
    """A bill of either format. Never raises: what cannot be read is a Diagnostic of level error."""
    if len(data) > MAX_BILL:
        return _failed(path, function, f"larger than {MAX_BILL >> 20} MB")
    start = data[:1_000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"<"):
        from casemate.sources.lockfiles.bills import cyclonedx

        return cyclonedx.read_xml(path, data, function)
    text, notes = opened(path, data)
    if notes:
        return Bill(path, function, "", diagnostics=notes, partial="not UTF-8")
    try:
        body: object = json.loads(text.text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        return _failed(path, function, f"not JSON: {str(error)[:100]}")
    if isinstance(body, dict) and body.get("bomFormat") == "CycloneDX":
        from casemate.sources.lockfiles.bills import cyclonedx

        return cyclonedx.read_json(path, text, body, function)
    if isinstance(body, dict) and str(body.get("spdxVersion", "")).startswith("SPDX-2"):
        from casemate.sources.lockfiles.bills import spdx

        return spdx.read(path, text, body, function)
    return _failed(path, function, "neither CycloneDX nor SPDX 2")


def _failed(path: str, function: str, reason: str) -> Bill:
    note = Diagnostic(
        "bill-unreadable", f"the bill of materials cannot be read: {reason}", whole(path), "error",
        "CycloneDX 1.2 to 1.6 as JSON or XML, or SPDX 2.3 as JSON",
    )  # fmt: skip
    return Bill(path, function, "", diagnostics=(note,), partial=reason)


def assembled(
    path: str,
    function: str,
    format_: str,
    components: Iterable[Component],
    edges: dict[str, tuple[str, ...]],
    roots: Iterable[str],
    locate: dict[str, tuple[Package, str]],
) -> Bill:
    """The bill of its components. `locate`: package URL -> package and version; `roots`: refs of what it is about."""
    listed = list(components)
    packages = {one.ref: locate[one.purl][0] for one in listed if one.purl in locate}
    top = {ref for root in roots for ref in edges.get(root, ())}
    found: dict[Ecosystem, dict[tuple[Package, str], Locked]] = {}
    left_out = 0
    for one in listed:
        if one.purl not in locate:
            left_out += 1
            continue
        package, version = locate[one.purl]
        needs = tuple(packages[ref].name for ref in edges.get(one.ref, ()) if ref in packages)
        found.setdefault(package.ecosystem, {}).setdefault(
            (package, version),
            Locked(
                package=package, spelled=package.name, version=version, at=one.at, scope=one.scope,
                direct=one.ref in top if top else None, licence=one.licence, integrity=one.hashed, requires=needs,
            ),
        )  # fmt: skip
    files = tuple(
        PackageFile(path=path, format=format_, role="bundle", ecosystem=ecosystem, locked=tuple(entries.values()))
        for ecosystem, entries in sorted(found.items())
    )
    notes: list[Diagnostic] = []
    if left_out:
        message = f"{left_out} components of the bill are no packages of a registry that is known: not evaluated"
        notes.append(Diagnostic("bill-components-left-out", message, whole(path), "note"))
    if len(listed) >= MAX_COMPONENTS:
        message = f"more than {MAX_COMPONENTS:,} components; the others are not read"
        notes.append(Diagnostic("bill-too-large", message, whole(path), "error"))
    return Bill(path, function, format_, files, left_out, tuple(notes))


class Finder:
    """Where texts stand in a bill: each search goes on behind the last one, from the top again when that fails."""

    def __init__(self, text: Text) -> None:
        self._text = text
        self._at = 0

    def find(self, wanted: str) -> Span:
        """The place of a text in quotes; the top of the file when it does not stand there as it is."""
        needle = json.dumps(wanted, ensure_ascii=False)
        place = self._text.text.find(needle, self._at)
        if place < 0:
            return self._text.top
        self._at = place + len(needle)
        return self._text.span(place + 1, place + len(needle) - 1)
