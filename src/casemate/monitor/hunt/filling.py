"""Events into the columns of `events`, as Arrow arrays that DuckDB takes without reading any JSON again.

What the rows are, `columns.Rows` says; here is the same, fast. Of most records the greater part was there before: who
called, from what, with which TLS. So a record is taken apart at its first level only, and what comes of a key's bytes
(the paths and texts below it, whether a secret may stand there) is kept for the next record that has the same bytes
there. A record that is not compact JSON in ASCII, or that holds what may be a secret, goes the long way.
"""

from __future__ import annotations

import re
from array import array
from functools import lru_cache, partial
from itertools import accumulate, chain
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from orjson import loads

from casemate.authoring.query import CANONICAL, Field
from casemate.errors import MissingExtraError
from casemate.monitor.events.masking import masked_bytes, may_hold_secrets
from casemate.monitor.events.registry import fields_of
from casemate.monitor.hunt.columns import COLUMNS, LISTS, MOST_TEXTS, counted_texts, is_list_of_callers
from casemate.monitor.matching.fields import Kept, reader

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import ModuleType

    from arro3.core import Array, DataType, Table

    from casemate.model.event import Event
    from casemate.monitor.matching.fields import Read

_PLAIN = tuple(name for name in CANONICAL if name not in LISTS and name not in {"id", "source", "account"})
_KEYS = 1000
"""Keys of records for which anything is kept."""
_IDENTITY = re.compile(rb'"([0-9a-fA-FTZ:.-]+)"').fullmatch
"""Times, identifiers and addresses: most of what differs from record to record, and never a secret by itself."""
_TOP = msgspec.json.Decoder(dict[str, msgspec.Raw])


class _Below(NamedTuple):
    """What stands at and below a key of a record: paths, how many texts each has, the texts, how many values.

    `size`: more than `MOST_TEXTS` where `texts` cannot show it, or a secret may be in it.
    """

    paths: tuple[str, ...]
    counts: tuple[int, ...]
    texts: tuple[str, ...]
    size: int


_PATHS, _COUNTS, _TEXTS, _SIZE = map(itemgetter, range(4))
_NOTHING = _Below((), (), (), 0)
_LONG = _Below((), (), (), MOST_TEXTS + 1)
"""Sends its record the long way."""
_Reads = list[tuple[str, "Read"]]


class Columns:
    """Rows, column by column, until they are a table."""

    def __init__(self) -> None:
        self._kept: dict[str, Kept[bytes, _Below]] = {}
        self._reads: dict[str, tuple[_Reads, _Reads]] = {}
        self._start()

    def _start(self) -> None:
        self._plain: dict[str, list[str | None]] = {name: [] for name in ("id", "source", "account", *_PLAIN, "raw")}
        self._lists: dict[str, list[list[str] | None]] = {name: [] for name in CANONICAL if name in LISTS}
        self._time: list[int | None] = []
        self._odd: list[bool] = []
        self._below: list[_Below] = []
        self._ends = array("i", (0,))

    def __len__(self) -> int:
        return len(self._time)

    def add(self, event: Event, record: bytes) -> None:
        """One row. `record`: the event's bytes."""
        plain, lists = self._plain, self._lists
        self._time.append(event.time * 1000 if event.time >= 0 else None)
        plain["id"].append(event.id)
        plain["source"].append(event.source)
        plain["account"].append(event.account)
        reads = self._reads.get(event.source)
        if reads is None:
            reads = self._reads[event.source] = _reads(event.source)
        body = event.body
        odd = is_list_of_callers(body)
        for name, read in reads[0]:
            found = read(body)
            if found:
                plain[name].append(found[0])
                if len(found) > 1:
                    odd = True
            else:
                plain[name].append(None)
        for name, read in reads[1]:
            lists[name].append(read(body) or None)
        self._odd.append(self._show(body, record) or odd)

    def _show(self, body: Mapping[str, object], record: bytes) -> bool:
        """Take the record itself and its texts; gives whether it is odd."""
        exact = record.isascii() and b"\\u" not in record
        parts = self._parts(record) if exact else None
        if parts is not None and len(parts) + sum(map(_SIZE, parts)) <= MOST_TEXTS:
            self._plain["raw"].append(record.decode())
            self._below += parts
            self._ends.append(len(self._below))
            return False
        shown = masked_bytes(record)
        self._plain["raw"].append(shown.decode())
        found = counted_texts(body if shown is record else loads(shown))
        self._below.append(_NOTHING if found is None else _below_of(*found))
        self._ends.append(len(self._below))
        return found is None or not exact

    def _parts(self, record: bytes) -> list[_Below] | None:
        """What stands below each key; None where the bytes are more than the keys and what stands there.

        Blanks, a key that comes twice, an escaped one: what is kept by keys would not say all of such a record.
        """
        try:
            top = _TOP.decode(record)
        except msgspec.DecodeError:
            return None
        size, every = 1, self._kept
        parts = []
        for key, raw in top.items():
            kept = every.get(key)
            if kept is None:
                if len(every) >= _KEYS:
                    every.clear()
                kept = every[key] = Kept(partial(_below, key))
            value = bytes(raw)
            size += len(key) + len(value) + 4
            parts.append(kept[value])
        return parts if size == len(record) else None

    def table(self) -> Table:
        """The rows so far, which are forgotten. Raises `MissingExtraError` without arro3."""
        core = _arrow()
        text = core.DataType.string()
        columns: dict[str, Array] = {name: core.Array(values, text) for name, values in self._plain.items()}
        columns |= {name: _listed(values, text) for name, values in self._lists.items()}
        columns["time"] = core.Array(self._time, core.DataType.int64())
        columns["odd"] = core.Array(self._odd, core.DataType.bool())
        columns["texts"] = _mapped(self._below, self._ends)
        self._start()
        made: Table = core.Table.from_arrays([columns[name] for name in COLUMNS], names=list(COLUMNS))
        return made


def joined(tables: list[Table]) -> Table:
    """Tables of `Columns` as one."""
    if len(tables) == 1:
        return tables[0]
    made: Table = _arrow().Table.from_batches([batch for one in tables for batch in one.to_batches()])
    return made


def _reads(source: str) -> tuple[_Reads, _Reads]:
    """The readers of the plain columns and of those of lists."""
    spellings = fields_of(source)

    def of(names: Iterable[str]) -> _Reads:
        return [(name, reader(Field((name,), canonical=True), spellings)) for name in names]

    return of(_PLAIN), of(name for name in CANONICAL if name in LISTS)


def _below(key: str, raw: bytes) -> _Below:
    plain = _IDENTITY(raw)
    if plain is not None and _is_harmless(key):
        return _Below((key,), (1,), (plain[1].decode(),), 0)
    if may_hold_secrets(b'"%b":%b,' % (key.encode(), raw)):
        return _LONG
    found = counted_texts({key: loads(raw)})
    if found is None:
        return _LONG
    return _below_of(found[0], found[1] - 1)


@lru_cache(_KEYS)
def _is_harmless(key: str) -> bool:
    """Whether a plain text under this key is shown as it is."""
    return "." not in key and not may_hold_secrets(b'"%b":"0",' % key.encode())


def _below_of(texts: dict[str, list[str]], size: int) -> _Below:
    every = tuple(one for values in texts.values() for one in values)
    return _Below(tuple(texts), tuple(map(len, texts.values())), every, size)


def _listed(values: list[list[str] | None], text: DataType) -> Array:
    core = _arrow()
    ends = array("i", (0, *accumulate(0 if one is None else len(one) for one in values)))
    missing = core.Array([one is None for one in values], core.DataType.bool())
    every = core.Array([value for one in values if one is not None for value in one], text)
    made: Array = core.list_array(core.Array.from_buffer(ends), every, mask=missing)
    return made


class _AsMap:
    """Lists of pairs as a map: to Arrow it is the same memory under another name."""

    def __init__(self, lists: Array, kind: DataType) -> None:
        self._lists = lists
        self._kind = kind

    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]:
        return self._kind.__arrow_c_schema__(), self._lists.__arrow_c_array__()[1]


def _mapped(below: list[_Below], rows: array[int]) -> Array:
    """The column `texts`. `rows`: where the parts of each row end."""
    core = _arrow()
    text = core.DataType.string()
    starts = core.Array.from_buffer(array("i", (0, *accumulate(chain.from_iterable(map(_COUNTS, below))))))
    values = core.list_array(starts, core.Array(list(chain.from_iterable(map(_TEXTS, below))), text))
    key, value = core.Field("key", text, nullable=False), core.Field("value", values.type)
    paths = core.Array(list(chain.from_iterable(map(_PATHS, below))), text)
    ends = array("i", (0, *accumulate(map(len, map(_PATHS, below)))))
    ends = array("i", map(ends.__getitem__, rows))
    lists = core.list_array(core.Array.from_buffer(ends), core.struct_array([paths, values], fields=[key, value]))
    made: Array = core.Array.from_arrow(_AsMap(lists, core.DataType.map(key, value, keys_sorted=False)))
    return made


def _arrow() -> ModuleType:
    try:
        import arro3.core
    except ModuleNotFoundError as error:
        raise MissingExtraError("hunting and the event lake", extra="hunt") from error
    return arro3.core
