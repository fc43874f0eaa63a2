"""`casemate advisories update`: newer advisory data from a file or an address, checked, compiled, put in place at once.

Taken: an OSV export (a zip of OSV records, as the OSV project publishes one an ecosystem), OSV records one a line (also
gzip), or a snapshot of our own. What an update brings replaces what the user had of *its* ecosystems; others stay.
Refused: what is too large, holds no record, is older than what is in place, or has lost more than half of it.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import tempfile
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from casemate.analysis.supply.compiling import Row, compiled, osv_rows
from casemate.analysis.supply.snapshot import SCHEMA, Snapshot, Source
from casemate.errors import CasemateError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from casemate.model.dependency import Ecosystem, Package

MAX_INPUT = 2 * 1024 * 1024 * 1024
MAX_RECORD = 16 * 1024 * 1024
MAX_UNPACKED = 24 * 1024 * 1024 * 1024
MAX_RECORDS = 3_000_000
TIMEOUT = 60
"""Seconds without a byte from the server."""
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Update:
    """What was put in place. `counts`: ecosystem -> advisories."""

    path: Path
    sha256: str
    date: str
    counts: Mapping[str, int]


def update(origin: str, target: Path, *, sha256: str | None = None, older: bool = False) -> Update:
    """Bring `origin` (a path, or an `https:` address) into `target`. Raises `CasemateError`; then nothing was changed.

    `sha256`: what the input must hash to; `older`: also take data that is older than what is in place.
    """
    with _local(origin) as file:
        digest = _digest(file)
        if sha256 is not None and digest != sha256.strip().lower():
            raise CasemateError(
                f"the data hashes to {digest}, not to {sha256}", hint="fetch it again; nothing was changed"
            )
        rows, dates, sources = _read(file, origin, digest)
    if not rows:
        raise CasemateError("no advisory for a known ecosystem is in it", hint="give an OSV export (a zip of records)")
    before = Snapshot(target) if target.is_file() else None
    if before is not None:
        _check_rollback(before, rows, dates, older=older)
        kept = [name for name in before.ecosystems if name not in dates]
        for name in kept:
            rows.extend(before.rows(cast("Ecosystem", name)))
            known = before.coverage(cast("Ecosystem", name))
            dates[name] = known.date if known else ""
        sources = (*(source for source in before.sources if kept and source.name != sources[0].name), *sources)
    _put(target, compiled(rows, sources, dates))
    counts = {name: entry.advisories for name in dates if (entry := Snapshot(target).coverage(cast("Ecosystem", name)))}
    return Update(target, digest, max(dates.values()), counts)


@contextmanager
def _local(origin: str) -> Iterator[Path]:
    """The input as a file; an address is fetched into a temporary one."""
    if "://" not in origin:
        file = Path(origin)
        try:
            size = file.stat().st_size
        except OSError as error:
            raise CasemateError(f"{origin}: {error.strerror}") from error
        if size > MAX_INPUT:
            raise CasemateError(f"{origin}: larger than {MAX_INPUT >> 30} GB")
        yield file
        return
    if not origin.startswith("https://"):
        raise CasemateError("only https: addresses are fetched", hint="fetch it yourself and give the file")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "input"
        _fetch(origin, file)
        yield file


def _fetch(url: str, file: Path) -> None:
    """Fetch with TLS, verified; redirects only to TLS; bounded in size."""
    from urllib.error import URLError
    from urllib.request import HTTPRedirectHandler, build_opener

    class OnlyTls(HTTPRedirectHandler):
        """Follows no redirect that leaves TLS."""

        def redirect_request(self, *args: Any) -> Any:  # noqa: ANN401 - urllib's own signature
            if not str(args[5]).startswith("https://"):
                raise CasemateError("the server redirects to an address without TLS")
            return super().redirect_request(*args)

    try:
        with build_opener(OnlyTls).open(url, timeout=TIMEOUT) as answer, file.open("wb") as out:
            size = 0
            while chunk := answer.read(_CHUNK):
                size += len(chunk)
                if size > MAX_INPUT:
                    raise CasemateError(f"the answer is larger than {MAX_INPUT >> 30} GB")
                out.write(chunk)
    except (URLError, OSError, ValueError) as error:
        raise CasemateError(f"cannot fetch the data: {error}", hint="or fetch it yourself and give the file") from error


def _digest(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


Read = tuple[list[tuple["Package", Row]], dict[str, str], tuple[Source, ...]]


def _read(file: Path, origin: str, digest: str) -> Read:
    name = origin.rstrip("/").rpartition("/")[2] or origin
    with file.open("rb") as stream:
        head = stream.read(64)
    if head.startswith(b'{"schema":"' + SCHEMA.encode()):
        return _snapshot(file)
    rows: list[tuple[Package, Row]] = []
    dates: dict[str, str] = {}
    records = _zipped(file) if head.startswith(b"PK") else _lines(file, packed=head.startswith(b"\x1f\x8b"))
    for number, record in enumerate(records):
        if number >= MAX_RECORDS:
            raise CasemateError(f"more than {MAX_RECORDS:,} records")
        modified = str(record.get("modified") or "")[:10]
        for package, row in osv_rows(record):
            rows.append((package, row))
            dates[package.ecosystem] = max(dates.get(package.ecosystem, ""), modified)
    licence = "as the OSV sources state it"
    return rows, dates, (Source(name[:200], digest, max(dates.values(), default=""), licence, ""),)


def _snapshot(file: Path) -> Read:
    snapshot = Snapshot(file)
    if not snapshot.is_intact():
        raise CasemateError("the snapshot does not have the hash that it records", hint="fetch it again")
    rows = [row for name in snapshot.ecosystems for row in snapshot.rows(cast("Ecosystem", name))]
    dates = {name: entry.date for name in snapshot.ecosystems if (entry := snapshot.coverage(cast("Ecosystem", name)))}
    return rows, dates, snapshot.sources


def _zipped(file: Path) -> Iterator[Mapping[str, Any]]:
    """The JSON records of a zip; each is bounded, and so is their sum."""
    total = 0
    try:
        with zipfile.ZipFile(file) as archive:
            for member in archive.infolist():
                if not member.filename.endswith(".json") or member.is_dir():
                    continue
                total += member.file_size
                if member.file_size > MAX_RECORD or total > MAX_UNPACKED:
                    raise CasemateError("the archive unpacks to more than is taken")
                with archive.open(member) as stream:
                    yield from _record(stream.read(MAX_RECORD + 1))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise CasemateError(f"the archive cannot be read: {error}") from error


def _lines(file: Path, *, packed: bool) -> Iterator[Mapping[str, Any]]:
    total = 0
    try:
        with gzip.open(file) if packed else file.open("rb") as stream:
            while line := stream.readline(MAX_RECORD + 1):
                total += len(line)
                if len(line) > MAX_RECORD or total > MAX_UNPACKED:
                    raise CasemateError("it holds more than is taken")
                yield from _record(line)
    except (OSError, EOFError) as error:
        raise CasemateError(f"the file cannot be read: {error}") from error


def _record(data: bytes) -> Iterator[Mapping[str, Any]]:
    try:
        record = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise CasemateError(f"a record is not valid JSON: {error}", hint="nothing was changed") from error
    if isinstance(record, dict):
        yield record


def _check_rollback(
    before: Snapshot, rows: list[tuple[Package, Row]], dates: Mapping[str, str], *, older: bool
) -> None:
    counts: dict[str, set[str]] = {}
    for package, row in rows:
        counts.setdefault(package.ecosystem, set()).add(str(row[0]))
    for name, date in dates.items():
        known = before.coverage(cast("Ecosystem", name))
        if known is None or older:
            continue
        if date < known.date:
            hint = "--older takes it all the same"
            raise CasemateError(f"{name}: the data is of {date}, what is in place of {known.date}", hint=hint)
        if len(counts[name]) * 2 < known.advisories:
            message = (
                f"{name}: {len(counts[name]):,} advisories instead of {known.advisories:,}: more than half is gone"
            )
            raise CasemateError(message, hint="--older takes it all the same")


def _put(target: Path, data: bytes) -> None:
    """Write beside the target, then exchange the two: a reader sees the old file or the new one."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".advisories-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise CasemateError(f"cannot write {target}: {error.strerror}") from error
