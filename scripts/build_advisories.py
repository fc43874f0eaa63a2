"""Compile the advisory snapshot that ships in `src/casemate/analysis/supply/data`.

    build_advisories.py FOLDER src/casemate/analysis/supply/data/advisories.dat

FOLDER holds the inputs named in `INPUTS`: one JSON record a line, gzip. No clock and no network. The recorded hash is
that of the unpacked input. With `--check` nothing is written: exit 1 when the recorded hashes are not those of the
inputs, when what the file says differs from what the inputs give, or when a version that an input lists is not found
again (the round trip).
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casemate.analysis.supply.compiling import Row, compiled, npm_rows, osv_rows
from casemate.analysis.supply.snapshot import Snapshot, Source
from casemate.model.dependency import Ecosystem, Package
from casemate.sources.lockfiles.names import normalised


@dataclass(frozen=True)
class Input:
    """One input file. `date`: of its data (README of the inputs)."""

    file: str
    ecosystem: Ecosystem
    date: str
    licence: str
    origin: str


INPUTS = (
    Input(
        "pypi.jsonl.gz",
        "PyPI",
        "2024-10-10",
        "CC-BY-4.0, the PyPA advisory database contributors",
        "https://github.com/pypa/advisory-database commit 3ccb612573e2511ab5cad7dafecd838605c80cda",
    ),
    Input(
        "npm.jsonl.gz",
        "npm",
        "2026-08-22",
        "CC-BY-4.0 (github/advisory-database); Apache-2.0 (RetireJS/retire.js)",
        "https://github.com/github/advisory-database (57 records, newest 2024-10); "
        "https://github.com/RetireJS/retire.js commit fd8df0d6f1da46d4bc0446321395fcf708619e07",
    ),
    Input(
        "npm-2019.jsonl.gz",
        "npm",
        "2020-04-30",
        "MIT",
        "https://github.com/nodejs/security-wg commit f1288d0d672396dcdc5c62b3cfcef46688097833",
    ),
)
NOTES = {"npm": "a small part of the npm advisories only; bring an OSV export for all (`casemate advisories update`)"}


def main() -> int:
    """Compile, or check what was compiled."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    data = build(args.folder)
    if args.check:
        return check(args.folder, args.output, data)
    args.output.write_bytes(data)
    print(f"{args.output}: {len(data):,} bytes")
    return 0


def build(folder: Path) -> bytes:
    """The bytes of the snapshot."""
    rows: list[tuple[Package, Row]] = []
    sources = []
    dates: dict[str, str] = {}
    for entry in INPUTS:
        raw = (folder / entry.file).read_bytes()
        content = gzip.decompress(raw)
        sources.append(Source(entry.file, hashlib.sha256(content).hexdigest(), entry.date, entry.licence, entry.origin))
        dates[entry.ecosystem] = max(dates.get(entry.ecosystem, ""), entry.date)
        for record in records(content):
            rows.extend(rows_of(record))
    return compiled(rows, sources, dates, NOTES)


def records(content: bytes) -> Iterator[Mapping[str, Any]]:
    """One record a line."""
    for line in content.splitlines():
        yield json.loads(line)


def rows_of(record: Mapping[str, Any]) -> Iterator[tuple[Package, Row]]:
    """By the shape of the record."""
    return npm_rows(record) if "vulnerable_versions" in record else osv_rows(record)


def check(folder: Path, output: Path, fresh: bytes) -> int:
    """The shipped file against its inputs."""
    snapshot = Snapshot(output)
    again = output.with_name(output.name + ".check")
    try:
        again.write_bytes(fresh)
        wanted = Snapshot(again)
        problems = [] if snapshot.sources == wanted.sources else ["recorded inputs differ"]
        for ecosystem in ("PyPI", "npm"):
            names = set(wanted.packages(ecosystem))
            problems += [
                f"{package} differs" for package in names if facts(snapshot, package) != facts(wanted, package)
            ]
            problems += ["packages differ"] if names != set(snapshot.packages(ecosystem)) else []
    finally:
        again.unlink(missing_ok=True)
    listed, missed = round_trip(folder, snapshot)
    print(f"{listed:,} listed versions, {len(missed)} not found again")
    problems += missed[:10]
    print("\n".join(problems) or "in agreement with its inputs")
    return 1 if problems else 0


def facts(snapshot: Snapshot, package: Package) -> list[Any]:
    """What a snapshot says of a package, without regard to how it is compressed."""
    return [(known.advisory(), known.ranges, known.versions) for known in snapshot.known(package)]


def round_trip(folder: Path, snapshot: Snapshot) -> tuple[int, list[str]]:
    """How many versions the inputs list, and which of them the snapshot does not call affected."""
    count, missed = 0, []
    for entry in INPUTS:
        for record in records(gzip.decompress((folder / entry.file).read_bytes())):
            for affected in record.get("affected", ()) if not record.get("withdrawn") else ():
                package = Package(affected["ecosystem"], normalised(affected["ecosystem"], affected["package"]))
                known = [one for one in snapshot.known(package) if one.advisory().id == record["id"]]
                for version in affected.get("versions") or ():
                    count += 1
                    if not any(one.affects(version) for one in known):
                        missed.append(f"{record['id']} {package.name} {version}")
    return count, missed


if __name__ == "__main__":
    sys.exit(main())
