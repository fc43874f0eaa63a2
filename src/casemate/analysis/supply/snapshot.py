"""The compact file of advisories: written by `compiling`, read here, one bucket of packages at a time.

The first line is a JSON header: `schema`, `date` (of the newest input), `inputs` (name, sha256, date, licence, origin),
`payload_sha256`, and for each ecosystem its counts and the (offset, length) of its buckets. A bucket is a
zlib-compressed JSON object: package name -> rows. A package's bucket is `crc32(name) % number of buckets`. So a look-up
reads one bucket, and a snapshot of every ecosystem costs no more than one of a single package.
"""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, Any, cast

from casemate.analysis.supply.osv import Affected
from casemate.errors import CasemateError
from casemate.model.dependency import Advisory, Package, RangeKind, VersionRange
from casemate.model.finding import Severity
from casemate.model.record import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from casemate.analysis.supply.ordering import Interval
    from casemate.model.dependency import Ecosystem

SCHEMA = "casemate-advisories/1"
MAX_HEADER = 8 * 1024 * 1024
MAX_BUCKET = 64 * 1024 * 1024
"""Bytes of one bucket once decompressed: bounds what a broken or hostile file can make us hold."""
_WHOLE = 32
"""Up to so many buckets are read at once."""
EVENTS = {"i": "introduced", "f": "fixed", "l": "last_affected", "m": "limit"}
KINDS: dict[str, RangeKind] = {"E": "ECOSYSTEM", "S": "SEMVER", "n": "npm"}


@dataclass(frozen=True, slots=True)
class Source:
    """What a snapshot was compiled from."""

    name: str
    sha256: str
    date: str
    licence: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a snapshot knows of one ecosystem. `note`: what it is known to lack."""

    packages: int
    advisories: int
    date: str
    note: str = ""


class Known:
    """One advisory about one package, compiled when first asked about a version."""

    __slots__ = ("_advisory", "_affected", "_package", "_row")

    def __init__(self, package: Package, row: list[Any]) -> None:
        self._package = package
        self._row = row
        self._affected: Affected | None = None
        self._advisory: Advisory | None = None

    def affects(self, version: str) -> bool:
        """Whether it speaks of this version."""
        return (self._affected or self._compiled()).holds(version)

    @property
    def intervals(self) -> tuple[Interval, ...]:
        """What its ranges affect (the listed versions are not among them)."""
        return self._compiled().intervals

    @property
    def ranges(self) -> tuple[VersionRange, ...]:
        """The ranges as the source states them."""
        return tuple(_ranges(self._row[6]))

    @property
    def versions(self) -> frozenset[str]:
        """The listed versions that lie in none of the ranges."""
        return frozenset(self._row[7])

    @property
    def is_whole(self) -> bool:
        """Whether every range was understood; one with a version that the ecosystem does not know was not."""
        return self._compiled().is_whole

    def _compiled(self) -> Affected:
        if self._affected is None:
            self._affected = Affected(self._package.ecosystem, _ranges(self._row[6]), frozenset(self._row[7]))
        return self._affected

    def advisory(self) -> Advisory:
        """Its facts."""
        if self._advisory is None:
            self._advisory = self._made()
        return self._advisory

    def _made(self) -> Advisory:
        row = self._row
        return Advisory(
            id=row[0],
            package=self._package,
            aliases=tuple(row[1]),
            severity=Severity(row[2]) if row[2] else None,
            score=row[3],
            vector=row[4] or None,
            cwe=tuple(row[5]),
            fixed=tuple(row[8]),
            symbols=tuple(row[9]),
            published=row[10] or None,
            malicious=bool(row[11]),
        )


def _ranges(rows: list[Any]) -> Iterator[VersionRange]:
    for kind, content in rows:
        if kind == "n":
            yield VersionRange("npm", text=content)
        else:
            yield VersionRange(KINDS[kind], tuple([(EVENTS[event], version) for event, version in content]))


class Snapshot:
    """One advisory file, opened: only its header is in memory, buckets when they are asked for."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with path.open("rb") as file:
                line = file.readline(MAX_HEADER)
            header: Any = json.loads(line)
        except (OSError, ValueError) as error:
            raise _broken(path, error) from error
        if not isinstance(header, dict) or header.get("schema") != SCHEMA:
            message = f"{path.name}: not an advisory file of the schema {SCHEMA}"
            raise CasemateError(message, hint="update it with `casemate advisories update`")
        self._start = len(line)
        self._header = header
        self._buckets: dict[tuple[str, int], dict[str, list[Any]]] = {}
        self._known: dict[Package, tuple[Known, ...]] = {}
        self._whole: dict[str, dict[str, list[Any]]] = {}

    @property
    def date(self) -> str:
        """The ISO date of the newest input."""
        return str(self._header["date"])

    @property
    def sources(self) -> tuple[Source, ...]:
        """What it was compiled from."""
        return tuple(Source(**entry) for entry in self._header["inputs"])

    @property
    def payload_sha256(self) -> str:
        """The hash of everything behind the header."""
        return str(self._header["payload_sha256"])

    def coverage(self, ecosystem: Ecosystem) -> Coverage | None:
        """What is known of an ecosystem, None when nothing is."""
        found = self._header["ecosystems"].get(ecosystem)
        if found is None:
            return None
        return Coverage(found["packages"], found["advisories"], found["date"], found.get("note", ""))

    @property
    def ecosystems(self) -> tuple[str, ...]:
        """Every ecosystem that it has data of."""
        return tuple(self._header["ecosystems"])

    def known(self, package: Package) -> tuple[Known, ...]:
        """Every advisory about a package."""
        found = self._known.get(package)
        if found is None:
            rows = self._rows_of(package)
            if not rows:
                return ()
            found = self._known[package] = tuple([Known(package, row) for row in rows])
        return found

    def matches(self, package: Package, version: str) -> list[Advisory]:
        """The advisories that affect exactly this version."""
        return [known.advisory() for known in self.known(package) if known.affects(version)]

    def packages(self, ecosystem: Ecosystem) -> Iterator[Package]:
        """Every package of an ecosystem, for checks and listings."""
        for number in range(len(self._places(ecosystem))):
            for name in self._read(ecosystem, number):
                yield Package(ecosystem, name)

    def rows(self, ecosystem: Ecosystem) -> Iterator[tuple[Package, list[Any]]]:
        """Everything that is known of an ecosystem, in the form that `compiling.compiled` takes."""
        for number in range(len(self._places(ecosystem))):
            for name, rows in self._read(ecosystem, number).items():
                for row in rows:
                    yield Package(ecosystem, name), row

    def is_intact(self) -> bool:
        """Whether what stands behind the header has the recorded hash."""
        from hashlib import sha256

        digest = sha256()
        with self.path.open("rb") as file:
            file.seek(self._start)
            while chunk := file.read(1 << 20):
                digest.update(chunk)
        return digest.hexdigest() == self.payload_sha256

    def _places(self, ecosystem: str) -> list[list[int]]:
        found = self._header["ecosystems"].get(ecosystem)
        return [] if found is None else cast("list[list[int]]", found["buckets"])

    def _rows_of(self, package: Package) -> list[Any] | None:
        """The rows of a package. A small ecosystem is read whole at once, of a large one only the package's bucket."""
        whole = self._whole.get(package.ecosystem)
        if whole is None:
            places = self._places(package.ecosystem)
            if len(places) > _WHOLE:
                number = zlib.crc32(package.name.encode("utf-8", "replace")) % len(places)
                return self._read(package.ecosystem, number).get(package.name)
            whole = self._whole[package.ecosystem] = {}
            for number in range(len(places)):
                whole.update(self._read(package.ecosystem, number))
        return whole.get(package.name)

    def _read(self, ecosystem: str, number: int) -> dict[str, list[Any]]:
        found = self._buckets.get((ecosystem, number))
        if found is None:
            offset, length = self._places(ecosystem)[number]
            try:
                with self.path.open("rb") as file:
                    file.seek(self._start + offset)
                    data = file.read(length)
                unpacked = zlib.decompressobj().decompress(data, MAX_BUCKET)
                found = json.loads(unpacked)
            except (OSError, ValueError, zlib.error) as error:
                raise _broken(self.path, error) from error
            self._buckets[ecosystem, number] = found
        return found


def _broken(path: Path, error: Exception) -> CasemateError:
    return CasemateError(
        f"{path.name}: the advisory file cannot be read: {error}",
        hint="write it anew with `casemate advisories update`",
    )
