"""Advisory records -> the compact snapshot file, for `scripts/build_advisories.py` and `casemate advisories update`.

Only facts are kept: ids, aliases, ranges, listed versions, severity, CWE ids, cured versions, affected functions, date.
A listed version that already lies in a range is left out: asking both still gives the same answer (`Affected.holds`).
Withdrawn records are dropped, and GIT ranges, which no package version can be compared with.
"""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from casemate.analysis.supply.cvss import base_score, severity_of
from casemate.analysis.supply.ordering import ranges
from casemate.analysis.supply.osv import Affected
from casemate.analysis.supply.snapshot import EVENTS, SCHEMA, Source
from casemate.model.dependency import Package, VersionRange
from casemate.sources.lockfiles.names import normalised

if TYPE_CHECKING:
    from casemate.model.dependency import Ecosystem

Row = list[Any]
ECOSYSTEMS: frozenset[str] = frozenset({"PyPI", "npm", "Maven", "Go", "RubyGems", "NuGet", "crates.io", "Packagist"})
_LETTERS = {word: letter for letter, word in EVENTS.items()}
_PER_BUCKET = 64
_CWE = re.compile(r"CWE-\d{1,6}")
_EVERY_VERSION = re.compile(r"<=?\s*99\.999\.9+")
"""How the Node.js security working group writes "every version, also those to come"."""
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{2,80}")


def osv_rows(record: Mapping[str, Any]) -> Iterator[tuple[Package, Row]]:
    """The rows of one OSV record, one for each affected package. Nothing for a withdrawn or malformed one."""
    id_ = record.get("id")
    if record.get("withdrawn") or not isinstance(id_, str) or not _ID.fullmatch(id_):
        return
    merged: dict[Package, list[Mapping[str, Any]]] = {}
    for affected in _maps(record.get("affected")):
        package = _package(affected)
        if package is not None:
            merged.setdefault(package, []).append(affected)
    for package, entries in merged.items():
        yield package, _row(record, package, entries)


def _package(affected: Mapping[str, Any]) -> Package | None:
    given = affected.get("package")
    name, ecosystem = (given, affected.get("ecosystem")) if isinstance(given, str) else (None, None)
    if isinstance(given, Mapping):
        name, ecosystem = given.get("name"), given.get("ecosystem")
    if not isinstance(name, str) or not name or str(ecosystem).partition(":")[0] not in ECOSYSTEMS:
        return None
    known: Ecosystem = str(ecosystem).partition(":")[0]  # type: ignore[assignment]
    return Package(known, normalised(known, name))


def _row(record: Mapping[str, Any], package: Package, entries: list[Mapping[str, Any]]) -> Row:
    score, vector, word = _severity(record, entries)
    found: list[VersionRange] = []
    versions: set[str] = set()
    symbols: list[str] = []
    for entry in entries:
        for range_ in _maps(entry.get("ranges")):
            compiled = _range(range_)
            if compiled is not None:
                found.append(compiled)
        versions.update(version for version in entry.get("versions") or () if isinstance(version, str))
        symbols.extend(_symbols(entry))
    own = record.get("database_specific")
    cwe = record.get("cwe") or (own.get("cwe_ids") if isinstance(own, Mapping) else None) or ()
    id_ = str(record["id"])
    return row(
        package,
        id_=id_,
        aliases=[alias for alias in record.get("aliases") or () if isinstance(alias, str) and _ID.fullmatch(alias)],
        severity=(score, vector, word),
        cwe=[text for text in cwe if isinstance(text, str) and _CWE.fullmatch(text)],
        ranges_=found,
        versions=versions,
        symbols=symbols,
        published=str(record.get("published") or "")[:10],
        malicious=id_.startswith("MAL-") or "CWE-506" in cwe,
    )


def row(  # noqa: PLR0913 - the columns of a row, by name
    package: Package,
    *,
    id_: str,
    aliases: list[str],
    severity: tuple[float | None, str, str],
    cwe: list[str],
    ranges_: list[VersionRange],
    versions: set[str],
    fixed: list[str] | None = None,
    symbols: list[str] | None = None,
    published: str = "",
    malicious: bool = False,
) -> Row:
    """One advisory about one package in the form that `snapshot.Known` reads."""
    score, vector, word = severity
    affected = Affected(package.ecosystem, ranges_, frozenset())
    outside = sorted(version for version in versions if not affected.holds(version))
    cured = [version for range_ in ranges_ for kind, version in range_.events if kind == "fixed"]
    return [
        id_,
        sorted(set(aliases) - {id_}),
        int(severity_of(score, word) or 0),
        score,
        vector,
        sorted(set(cwe)),
        [_packed(range_) for range_ in ranges_],
        outside,
        list(dict.fromkeys([*cured, *(fixed or ())])),
        sorted(set(symbols or ()))[:50],
        published,
        int(malicious),
    ]


def npm_rows(record: Mapping[str, Any]) -> Iterator[tuple[Package, Row]]:
    """The row of a record that states npm ranges as text (`vulnerable_versions`, `patched_versions`)."""
    name, text, id_ = record.get("package"), record.get("vulnerable_versions"), record.get("id")
    if not isinstance(name, str) or not isinstance(text, str) or not isinstance(id_, str):
        return
    text = _EVERY_VERSION.sub("*", text)
    if ranges.intervals(text) is None:
        return
    package = Package("npm", normalised("npm", name))
    vector = str(record.get("cvss_vector") or "")
    score = base_score(vector) if vector else None
    given = record.get("cvss_score")
    if score is None and isinstance(given, int | float):
        score = float(given)
    yield (
        package,
        row(
            package,
            id_=id_,
            aliases=[alias for alias in record.get("aliases") or () if isinstance(alias, str)],
            severity=(score, vector if vector.startswith("CVSS:3") else "", ""),
            cwe=[],
            ranges_=[VersionRange("npm", text=text)],
            versions=set(),
            fixed=_lower_bounds(record.get("patched_versions")),
            published=str(record.get("published") or "")[:10],
        ),
    )


def _lower_bounds(text: object) -> list[str]:
    """The versions from which on a patched range holds: `>=1.2.3` -> 1.2.3."""
    return re.findall(r">=\s*v?([0-9][0-9A-Za-z.+-]*)", text) if isinstance(text, str) else []


def _range(given: Mapping[str, Any]) -> VersionRange | None:
    kind = given.get("type")
    if kind not in {"ECOSYSTEM", "SEMVER"}:
        return None
    events = tuple(
        (name, version)
        for event in _maps(given.get("events"))
        for name, version in event.items()
        if name in _LETTERS and isinstance(version, str) and len(version) <= 200
    )
    return VersionRange(kind, events) if any(name == "introduced" for name, _ in events) else None


def _packed(range_: VersionRange) -> list[Any]:
    if range_.kind == "npm":
        return ["n", range_.text]
    return [range_.kind[0], [[_LETTERS[kind], version] for kind, version in range_.events]]


def _severity(record: Mapping[str, Any], entries: list[Mapping[str, Any]]) -> tuple[float | None, str, str]:
    """The highest computed score with its vector, and the source's own word."""
    best: tuple[float | None, str] = (None, "")
    stated = [*_maps(record.get("severity")), *(one for entry in entries for one in _maps(entry.get("severity")))]
    for entry in stated:
        vector = entry.get("score")
        score = base_score(vector) if isinstance(vector, str) and len(vector) < 200 else None
        if isinstance(vector, str) and (best[0] or -1) < (score if score is not None else -0.5):
            best = (score, vector)
    own = record.get("database_specific")
    word = record.get("severity_label") or (own.get("severity") if isinstance(own, Mapping) else "") or ""
    return best[0], best[1], str(word)


def _symbols(entry: Mapping[str, Any]) -> Iterator[str]:
    """Affected functions: the field of our own inputs, or `imports[].symbols` of the Go database."""
    for text in entry.get("symbols") or ():
        if isinstance(text, str):
            yield text
    specific = entry.get("ecosystem_specific")
    for imported in _maps(specific.get("imports")) if isinstance(specific, Mapping) else ():
        for text in imported.get("symbols") or ():
            if isinstance(text, str):
                yield f"{imported.get('path', '')}.{text}"


def _maps(value: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, Mapping))


def compiled(
    rows: Iterable[tuple[Package, Row]],
    sources: Iterable[Source],
    dates: Mapping[str, str],
    notes: Mapping[str, str] | None = None,
) -> bytes:
    """The bytes of a snapshot file. `dates`, `notes`: for each ecosystem. Equal input gives equal bytes."""
    tables: dict[str, dict[str, list[Row]]] = {}
    for package, one in rows:
        tables.setdefault(package.ecosystem, {}).setdefault(package.name, []).append(one)
    payload: list[bytes] = []
    described: dict[str, Any] = {}
    offset = 0
    for ecosystem in sorted(tables):
        table = tables[ecosystem]
        buckets = max(len(table) // _PER_BUCKET, 1)
        split: list[dict[str, list[Row]]] = [{} for _ in range(buckets)]
        for name in sorted(table):
            entries = sorted(table[name], key=lambda one: (str(one[0]), json.dumps(one)))
            split[zlib.crc32(name.encode("utf-8", "replace")) % buckets][name] = entries
        places = []
        for bucket in split:
            data = zlib.compress(json.dumps(bucket, separators=(",", ":")).encode(), 9)
            places.append([offset, len(data)])
            payload.append(data)
            offset += len(data)
        described[ecosystem] = {
            "packages": len(table),
            "advisories": len({one[0] for entries in table.values() for one in entries}),
            "date": dates.get(ecosystem, ""),
            "note": (notes or {}).get(ecosystem, ""),
            "buckets": places,
        }
    body = b"".join(payload)
    inputs = list(sources)
    header = {
        "schema": SCHEMA,
        "date": max((source.date for source in inputs), default=""),
        "inputs": [asdict(source) for source in inputs],
        "payload_sha256": hashlib.sha256(body).hexdigest(),
        "ecosystems": described,
    }
    return json.dumps(header, separators=(",", ":")).encode() + b"\n" + body
