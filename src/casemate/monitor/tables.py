"""`[monitor.tables.NAME]`: the user's own tables: what an address is, who owns an account, which names are known.

    [monitor.tables.asn]
    file = "GeoLite2-ASN.mmdb"                 # MaxMind DB (extra `geo`), .csv with a head, or .json
    lookup = "address"                         # the field of an alert that is looked up
    columns = { asn = "autonomous_system_number", network = "autonomous_system_organization" }

    [monitor.tables.offices]
    file = "offices.csv"                       # network,site
    key = "network"                            # the first column, where nothing is said
    lookup = "address"

What is found is written into the alert, with the table's version (the date of a MaxMind file, else a digest). In Sigma
rules `%offices%` stands for the values of the key column (`|expand`, `|cidr|expand`); detections ask
`known("table:offices", …)`. Files are looked at every few seconds and read again when they have changed; one that
cannot be read then leaves the old one in place.

Networks are found by the longest prefix; `known("table:offices", event.address)` holds of every address in one of them.
A table without rows has no networks. Paths are relative to the configuration file.
"""

from __future__ import annotations

import csv
import io
import json
import logging
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from casemate.errors import ConfigurationError, MissingExtraError
from casemate.monitor.alerting import masked
from casemate.monitor.knowledge import Knowledge, fold, networks, relation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from casemate.model.alert import Alert

MAX_FILE = 512_000_000
MAX_ROWS = 2_000_000
_KEYS = frozenset({"file", "key", "lookup", "columns"})
_MAXMIND = {
    "asn": "autonomous_system_number",
    "as": "autonomous_system_organization",
    "country": "country.iso_code",
    "city": "city.names.en",
}
"""Alert field -> path in GeoLite2 and GeoIP2 databases ("GeoIP2 City and Country", "ASN" at dev.maxmind.com)."""
_LISTED = 100_000
"""Values that a placeholder may stand for; a rule with more would be slow to compile and slower to match."""
Row = dict[str, object]
_log = logging.getLogger(__name__)


class _Lookup(Protocol):
    def get(self, value: str) -> Row | None:
        """The row of a value."""


@dataclass(slots=True)
class _Texts:
    """Rows by folded text."""

    rows: dict[str, Row]

    def get(self, value: str) -> Row | None:
        return self.rows.get(fold(value))


@dataclass(slots=True)
class _Networks:
    """Rows by network: prefix length -> network as a number -> row."""

    by_length: dict[tuple[int, int], dict[int, Row]]

    def get(self, value: str) -> Row | None:
        try:
            address = ip_address(value)
        except ValueError:
            return None
        number, bits = int(address), address.max_prefixlen
        for (version, length), rows in self.by_length.items():  # longest first
            if version == address.version and (row := rows.get(number >> (bits - length))) is not None:
                return row
        return None


class _Reader(Protocol):
    """What is used of `maxminddb.Reader`."""

    def get(self, ip_address: str) -> object: ...


@dataclass(slots=True)
class _MaxMind:
    reader: _Reader

    def get(self, value: str) -> Row | None:
        try:
            found = self.reader.get(value)
        except ValueError:
            return None
        return found if isinstance(found, dict) else None


@dataclass(frozen=True, slots=True)
class Table:
    """One table. `columns`: field of the alert -> path in a row. `listed`: the values of the key column."""

    name: str
    path: Path
    rows: _Lookup
    version: str
    lookup: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    listed: tuple[str, ...] = ()
    stamp: tuple[int, int, int] = (0, 0, 0)
    key: str | None = None

    def said(self, value: str) -> dict[str, str]:
        """What the table says of a value, by the alert's names."""
        row = self.rows.get(value)
        if row is None:
            return {}
        told = {name: _deep(row, path) for name, path in self.columns.items()}
        return {name: masked(text) for name, text in told.items() if text}


@dataclass(slots=True)
class Tables:
    """All tables. `asked`: detection -> the tables that its condition asks, for the versions in its alerts."""

    tables: tuple[Table, ...] = ()
    asked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def enriched(self, alert: Alert) -> Alert:
        """The alert with what the tables say of it, and which versions said so."""
        added: dict[str, str] = {}
        used = {}
        asked = self.asked.get(alert.rule, ())
        for table in self.tables:
            value = alert.about.get(table.lookup) or alert.group.get(table.lookup) if table.lookup else None
            said = table.said(value) if value else {}
            added |= said
            if said or table.name in asked:
                used[table.name] = table.version
        if not used:
            return alert
        versions = ", ".join(f"{name} {version}" for name, version in sorted(used.items()))
        return replace(alert, about={**alert.about, **added, "tables": versions})

    def knowledge(self) -> Knowledge:
        """The key columns as relations `table:NAME`; where they are networks, of all addresses in them."""
        return Knowledge(
            {f"table:{one.name}": relation((value,) for value in one.listed) for one in self.tables},
            {f"table:{one.name}": networks(one.listed) for one in self.tables if isinstance(one.rows, _Networks)},
        )

    def placeholders(self) -> dict[str, tuple[str, ...]]:
        """What `%NAME%` stands for; wildcards of rules are plain signs here."""
        escaped = str.maketrans({"\\": "\\\\", "*": "\\*", "?": "\\?"})
        return {
            one.name: tuple(value.translate(escaped) for value in one.listed)
            for one in self.tables
            if 0 < len(one.listed) <= _LISTED
        }

    def changed(self) -> bool:
        """Whether a file is another by now."""
        return any(_stamp(one.path) not in {one.stamp, None} for one in self.tables)

    def again(self) -> Tables:
        """The tables with those files read anew that have changed; one that cannot be read stays as it was."""
        found = []
        for one in self.tables:
            stamp = _stamp(one.path)
            if stamp is None or stamp == one.stamp:
                found.append(one)
                continue
            try:
                found.append(_opened(one.name, one.path, one.key, one.lookup, one.columns))
                _log.info("table %s is read again: %s", one.name, found[-1].version)
            except ConfigurationError as error:
                _log.warning("table %s stays as it was: %s", one.name, error.message)
                found.append(replace(one, stamp=stamp))
        return Tables(tuple(found), self.asked)


def tables(rows: Mapping[str, object], folder: Path) -> Tables:
    """The tables of the configuration. Raises `ConfigurationError`, `MissingExtraError`."""
    return Tables(tuple(_table(name, row, folder) for name, row in sorted(rows.items())))


def _table(name: str, row: object, folder: Path) -> Table:
    place = f"[monitor.tables.{name}]"
    if not isinstance(row, dict) or not isinstance(row.get("file"), str):
        raise ConfigurationError(f"{place}: file is required", hint='file = "offices.csv"')
    unknown = row.keys() - _KEYS
    if unknown:
        raise ConfigurationError(
            f"{place}: unknown key {min(unknown)!r}", hint=f"known keys: {', '.join(sorted(_KEYS))}"
        )
    given = row.get("columns", {})
    columns = {str(one): str(one) for one in given} if isinstance(given, list) else given
    if not isinstance(columns, dict):
        raise ConfigurationError(f"{place}: columns is a list of names, or a table of name = column")
    lookup = row.get("lookup")
    return _opened(
        name,
        folder / str(row["file"]),
        None if row.get("key") is None else str(row["key"]),
        None if lookup is None else str(lookup),
        {str(one): str(path) for one, path in columns.items()},
    )


def _opened(name: str, path: Path, key: str | None, lookup: str | None, columns: Mapping[str, str]) -> Table:
    stamp = _stamp(path)
    if stamp is None:
        raise ConfigurationError(f"[monitor.tables.{name}]: {path} cannot be read", hint="give the path of a file")
    if stamp[1] > MAX_FILE:
        raise ConfigurationError(f"{path} is larger than {MAX_FILE // 1_000_000} MB")
    if path.suffix == ".mmdb":
        return _maxmind(name, path, lookup, columns or _MAXMIND, stamp)
    data = path.read_bytes()
    rows = _csv(data, path) if path.suffix == ".csv" else _json(data, path)
    first = next(iter(rows[0]), "value") if rows else "value"
    named = key or first
    seen = dict.fromkeys(column for row in rows[:1000] for column in row if column)
    told = columns or {column: column for column in seen if column != named}
    keyed = {text: row for row in rows if (text := _deep(row, named))}
    if rows and not keyed:
        raise ConfigurationError(f"{path}: no row has a {named!r}", hint=f"columns: {', '.join(rows[0])}")
    version = sha256(data).hexdigest()[:12]
    return Table(name, path, _lookup(keyed), version, lookup, told, tuple(keyed), stamp, key)


def _lookup(keyed: Mapping[str, Row]) -> _Lookup:
    """Networks where every key is one, else texts."""
    found: dict[tuple[int, int], dict[int, Row]] = {}
    for text, row in keyed.items():
        try:
            network = ip_network(text, strict=False)
        except ValueError:
            return _Texts({fold(one): kept for one, kept in keyed.items()})
        rows = found.setdefault((network.version, network.prefixlen), {})
        rows[int(network.network_address) >> (network.max_prefixlen - network.prefixlen)] = row
    return _Networks(dict(sorted(found.items(), key=lambda pair: -pair[0][1])))


def _csv(data: bytes, path: Path) -> list[Row]:
    try:
        reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), restkey="", strict=True)
        return [dict(row) for row in _bounded(reader, path)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise ConfigurationError(
            f"{path}: not CSV in UTF-8: {error}", hint="the first line names the columns"
        ) from error


def _json(data: bytes, path: Path) -> list[Row]:
    """A list of objects or of texts, or an object of objects or texts by key."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"{path}: not JSON: {error}", hint="a list of objects, or an object by key") from error
    if isinstance(found, dict):
        found = [{"value": key, **(row if isinstance(row, dict) else {"label": row})} for key, row in found.items()]
    if not isinstance(found, list):
        raise ConfigurationError(f"{path}: neither a list nor an object")
    rows = [row if isinstance(row, dict) else {"value": row} for row in found]
    return list(_bounded(rows, path))


def _bounded(rows: Iterable[Row], path: Path) -> Iterable[Row]:
    for number, row in enumerate(rows):
        if number >= MAX_ROWS:
            raise ConfigurationError(f"{path} has more than {MAX_ROWS} rows", hint="split the table, or use a .mmdb")
        yield row


def _maxmind(
    name: str, path: Path, lookup: str | None, columns: Mapping[str, str], stamp: tuple[int, int, int]
) -> Table:
    try:
        import maxminddb
    except ImportError as error:
        raise MissingExtraError(f"{path}: a MaxMind database", extra="geo") from error
    try:
        reader = maxminddb.open_database(str(path))
        about = reader.metadata()
    except (OSError, ValueError, maxminddb.InvalidDatabaseError) as error:
        raise ConfigurationError(f"{path} is no MaxMind database: {error}") from error
    day = datetime.fromtimestamp(about.build_epoch, UTC).date().isoformat()
    return Table(name, path, _MaxMind(reader), f"{about.database_type} {day}", lookup or "address", columns, (), stamp)


def _deep(row: Row, path: str) -> str:
    """The text at a path, parted by dots; a column may itself have a dot in its name."""
    value: object = row.get(path)
    if value is None:
        value = row
        for step in path.split("."):
            value = value.get(step) if isinstance(value, dict) else None
    if value is None or isinstance(value, dict | list):
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value).strip()


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size, stat.st_ino
