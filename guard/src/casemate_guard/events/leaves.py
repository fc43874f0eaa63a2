"""Typed leaves of an event, with the views that a decoder behind may make of each."""

from __future__ import annotations

import re

from casemate_guard.events.budgets import BudgetExceededError, Meter
from casemate_guard.events.text import (
    Pairs,
    decoded,
    hidden_text,
    inflated,
    is_compressed,
    may_be_base64,
    parsed_json,
    parsed_lines,
    percent_decoded,
    readable,
    unbase64,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    Special = Callable[["Decoder", object, str, int], None]

_BLANK = " \t\r\n\x1e\ufeff"
_USUAL: set[str] = set()
"""Plain names of which no decoding makes anything: they come again. Nothing depends on what is here."""
_JSON_BEGINS = frozenset((*_BLANK, "{", "[", '"'))
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")
_FORM = re.compile(r"[^\s{}\[\]<>=&]{1,256}=[^\s{}<>]{0,65536}")
_BOUNDARY = re.compile(r"boundary\s{0,8}=\s{0,8}(?:\"([^\"]{1,200})\"|([^\s;,\"]{1,200}))", re.IGNORECASE)
_DISPOSITION = re.compile(
    r"\b(name|filename)\*?\s{0,8}=\s{0,8}(?:\"((?:[^\"\\]|\\.){0,1024})\"|([^;\s]{0,1024}))", re.IGNORECASE
)


class Leaf:
    """One value of an event.

    - `path`: where it stands; `#json`, `#base64`, `#form` … mark a decoding on the way.
    - `kind`: query, header, cookie, path, path-parameter, body, form, file, name, key, message, attribute, payload,
      claim, method or platform (what the platform itself wrote).
    - `value`: as it was sent: a string, number, boolean or None. `views`: what decodings make of a string, by name.
    - `record`: the number of its record in a batch; -1 outside one.
    """

    __slots__ = ("kind", "path", "record", "value", "views")

    def __init__(self, path: str, kind: str, value: object, views: dict[str, str], record: int) -> None:
        self.path = path
        self.kind = kind
        self.value = value
        self.views = views
        self.record = record

    def __repr__(self) -> str:
        return f"Leaf({self.path!r}, {self.kind!r})"  # no value: it may be private


class Note:
    """Something odd that is no excess: a key that stands twice, a body that is not in its charset."""

    __slots__ = ("note", "path", "record")

    def __init__(self, note: str, path: str, record: int) -> None:
        self.note = note
        self.path = path
        self.record = record


def child(path: str, key: str) -> str:
    """The path of a member: dotted where the key is plain, else in brackets, cut to a bearable length."""
    if (key.isidentifier() and key.isascii() and len(key) <= 64) or _PLAIN.fullmatch(key):
        return f"{path}.{key}" if path else key
    return f"{path}[{key[:64]!r}]"


class Decoder:
    """Collects the leaves of one event. Its methods raise `BudgetExceededError`."""

    __slots__ = ("_names", "leaves", "meter", "notes", "record", "specials")

    def __init__(self, meter: Meter) -> None:
        self.meter = meter
        self.leaves: list[Leaf] = []
        self.notes: list[Note] = []
        self.record = -1
        self.specials: Mapping[str, Special] = {}
        self._names: set[str] = set()

    def begin(self, record: int) -> None:
        """The leaves that follow belong to this record."""
        self.record = record
        self.meter.restart()
        self._names.clear()

    def note(self, note: str, path: str) -> None:
        self.notes.append(Note(note, path, self.record))

    def leaf(self, path: str, kind: str, value: object, views: dict[str, str] | None = None) -> None:
        meter = self.meter
        meter.leaves = count = meter.leaves + 1
        if not count & 63 or count > meter.most_leaves:
            meter.leaf(path)
        self.leaves.append(Leaf(path, kind, value, {} if views is None else views, self.record))

    def name(self, key: str, path: str) -> None:
        """A name that the sender chose; each spelling once a record."""
        if key not in self._names:
            self._names.add(key)
            if key in _USUAL:
                meter = self.meter
                meter.used += len(key)
                meter.leaves = count = meter.leaves + 1
                if not count & 63 or count > meter.most_leaves or meter.used > meter.most_size:
                    meter.leaf(path)
                self.leaves.append(Leaf(path, "name", key, {}, self.record))
                return
            self.meter.size(len(key), path)
            views = self._decodings(key, path)[0]
            if not views and _PLAIN.fullmatch(key):
                if len(_USUAL) > 4096:
                    _USUAL.clear()
                _USUAL.add(key)
            self.leaf(path, "name", key, views)

    # --- values
    def walk(self, value: object, path: str, kind: str, depth: int = 1, layers: int = 0) -> None:
        """Any JSON value; in what the platform wrote, the trigger's special members are decoded their own way."""
        if isinstance(value, str):
            self.text(value, path, kind, depth, layers)
        elif isinstance(value, dict):
            self._object(value.items(), path, kind, depth, layers)
        elif type(value) is Pairs:
            self._object(value, path, kind, depth, layers)
        elif isinstance(value, list | tuple):
            self.meter.depth(depth, path)
            for place, member in enumerate(value):
                self.walk(member, f"{path}[{place}]", kind, depth + 1, layers)
        elif isinstance(value, bytes | bytearray | memoryview):
            self.data(bytes(value), path, kind, depth, layers)
        else:
            self.leaf(path, kind, value if isinstance(value, int | float) or value is None else str(value))

    def _object(
        self, members: Collection[tuple[object, object]], path: str, kind: str, depth: int, layers: int
    ) -> None:
        self.meter.depth(depth, path)
        self.meter.keys(len(members), path)
        if type(members) is Pairs and len({key for key, _ in members}) != len(members):
            self.note("duplicate-key", path)
        known, names, meter, add, record = _USUAL, self._names, self.meter, self.leaves.append, self.record
        specials = self.specials if kind == "platform" else None
        depth += 1
        for key, member in members:
            name = key if type(key) is str else str(key)
            where = (f"{path}.{name}" if path else name) if name in known else child(path, name)
            if specials is not None:
                if key in specials:
                    specials[name](self, member, where, depth)
                    continue
            elif name not in names:
                self.name(name, where)
            if type(member) is str:
                # what most strings are: in `text` this would be three calls more for each
                if member[:1] in _JSON_BEGINS or "%" in member or (len(member) >= 8 and " " not in member):
                    self.text(member, where, kind, depth, layers)
                    continue
                meter.used += len(member)
            elif type(member) is not int:
                self.walk(member, where, kind, depth, layers)
                continue
            meter.leaves = count = meter.leaves + 1
            if not count & 63 or count > meter.most_leaves or meter.used > meter.most_size:
                meter.leaf(where)
            add(Leaf(where, kind, member, {}, record))

    def text(self, value: str, path: str, kind: str, depth: int = 1, layers: int = 0, *, plus: bool = False) -> None:
        """A string: what is JSON inside becomes leaves of its own, else it is one leaf with its views."""
        self.meter.size(len(value), path)
        if value[:1] in _JSON_BEGINS and self._inside(value, path, kind, depth, layers):
            return
        if "%" not in value and not (plus and "+" in value) and not may_be_base64(value):
            self.leaf(path, kind, value)
            return
        views, hidden = self._decodings(value, path, plus=plus)
        self.leaf(path, kind, value, views)
        for how, text in hidden:
            self._inside(text, f"{path}#{how}", kind, depth, layers + 1)

    def _inside(self, text: str, path: str, kind: str, depth: int, layers: int) -> bool:
        """Whether the text is JSON (an object, an array, a quoted string) or JSON Lines, whose leaves it then gives."""
        first = text[:1]
        if first in _BLANK:
            first = text.lstrip(_BLANK)[:1]
        if first not in ("{", "[", '"') or len(text) < 2:
            return False
        value, is_json = parsed_json(text, path)
        if is_json:
            self.meter.layers(layers + 1, path)
            self.walk(value, f"{path}#json", _inner(kind), depth + 1, layers + 1)
            return True
        if first == '"' or (values := parsed_lines(text, path, self.meter.budgets.keys)) is None:
            return False
        self.meter.layers(layers + 1, path)
        for place, one in enumerate(values):
            self.walk(one, f"{path}#ndjson[{place}]", _inner(kind), depth + 1, layers + 1)
        return True

    def _decodings(self, value: str, path: str, *, plus: bool = False) -> tuple[dict[str, str], list[tuple[str, str]]]:
        """The views of a string, and those of them that may hold JSON."""
        views: dict[str, str] = {}
        hidden: list[tuple[str, str]] = []
        if "%" in value or (plus and "+" in value):
            once = percent_decoded(value, plus=plus)
            if once != value:
                self._view(views, "url", once, path)
                if "%" in once and (twice := percent_decoded(once)) != once:
                    self._view(views, "url+url", twice, path)
        if len(value) >= 8 and (data := hidden_text(value)) is not None:
            how = "base64"
            if is_compressed(data) and (unpacked := self._unpacked(data, path)) is not None:
                data, how = unpacked, "base64+gzip"
            text = readable(data)
            if text is not None:
                self._view(views, how, text, path)
                if "%" in text and (once := percent_decoded(text)) != text:
                    self._view(views, f"{how}+url", once, path)
        if not views:
            return views, hidden
        for how, text in views.items():
            if text.lstrip()[:1] in ("{", "["):
                hidden.append((how, text))
        return views, hidden

    def _view(self, views: dict[str, str], how: str, text: str, path: str) -> None:
        self.meter.size(len(text), path)
        views[how] = text

    def _unpacked(self, data: bytes, path: str) -> bytes | None:
        budgets = self.meter.budgets
        return inflated(data, self.meter.left, budgets.growth, path)

    # --- payloads
    def encoded(self, value: object, path: str, kind: str, depth: int) -> None:
        """A member that the platform writes in base64 (Kinesis, Firehose, Kafka, MQ, CloudWatch Logs, Pub/Sub)."""
        data = unbase64(value) if isinstance(value, str) else None
        if not isinstance(value, str) or (data is None and value):
            self.note("not-base64", path)
            self.walk(value, path, kind, depth)
            return
        self.meter.size(len(value), path)
        if data:
            self.data(data, f"{path}#base64", kind, depth, 1)
        else:
            self.leaf(path, kind, value)

    def data(
        self,
        data: bytes,
        path: str,
        kind: str,
        depth: int,
        layers: int,
        content_type: str | None = None,
        packed: str = "",
    ) -> None:
        """Bytes: unpacked while they are packed, then text by their charset, then by their content type."""
        if packed.lower() in {"deflate", "gzip", "x-gzip"} or is_compressed(data):
            self.meter.layers(layers + 1, path)
            unpacked = self._unpacked(data, path)
            if unpacked is None:
                self.note("damaged-compression", path)
            else:
                self.data(unpacked, f"{path}#gzip", kind, depth, layers + 1, content_type)
                return
        if packed and packed.lower() not in {"identity", "gzip", "x-gzip", "deflate"}:
            self.note("unknown-content-encoding", path)
        text, clean = decoded(data, content_type)
        if not clean:
            self.note("not-in-its-charset", path)
        self.body(text, path, kind, depth, layers, content_type)

    def body(self, text: str, path: str, kind: str, depth: int, layers: int, content_type: str | None) -> None:
        """Text by its content type: a form, multipart, else JSON or plain."""
        form = (content_type or "").lower()
        if "multipart/" in form and (boundary := _BOUNDARY.search(content_type or "")):
            self.meter.layers(layers + 1, path)
            self.multipart(text, (boundary[1] or boundary[2]), path, depth, layers + 1)
        elif "x-www-form-urlencoded" in form or (not form and kind == "body" and _FORM.fullmatch(text)):
            self.meter.size(len(text), path)
            if not self._inside(text, path, kind, depth, layers):  # a form's content type does not make JSON a form
                self.pairs(text, f"{path}#form", "form")
        else:
            self.text(text, path, kind, depth, layers)

    def pairs(self, text: str, path: str, kind: str) -> None:
        """`a=1&b=2`, in order; names and values keep their escapes, the views do not."""
        parts = text.split("&") if text else []
        self.meter.keys(len(parts), path)
        for place, part in enumerate(parts):
            name, equals, value = part.partition("=")
            where = child(path, percent_decoded(name, plus=True)) if name else f"{path}[{place}]"
            if name:
                self.name(name, where)
            if equals:
                self.text(value, where, kind, 2, 0, plus=True)

    def multipart(self, text: str, boundary: str, path: str, depth: int, layers: int) -> None:
        """The parts of a multipart body (RFC 2046, 7578): name and file name, and the content by its own type."""
        parts = text.split(f"--{boundary}")
        self.meter.keys(len(parts), path)
        if len(parts) < 2:
            self.note("multipart-without-parts", path)
            self.text(text, path, "body", depth, layers)
            return
        if parts[0].strip():
            self.text(parts[0], f"{path}#preamble", "body", depth, layers)
        for place, part in enumerate(parts[1:]):
            if part.startswith("--"):
                if part[2:].strip():
                    self.text(part[2:], f"{path}#epilogue", "body", depth, layers)
                continue
            head, blank, content = part.lstrip("\r\n").partition("\r\n\r\n")
            if not blank:
                head, _, content = part.lstrip("\r\n").partition("\n\n")
            self._part(head, content.removesuffix("\n").removesuffix("\r"), f"{path}#multipart[{place}]", depth, layers)

    def _part(self, head: str, content: str, path: str, depth: int, layers: int) -> None:
        content_type, transfer, is_file = "text/plain", "", False
        for line in head.splitlines():
            key, _, value = line.partition(":")
            lowered = key.strip().lower()
            if lowered == "content-disposition":
                for match in _DISPOSITION.finditer(value):
                    is_file = is_file or match[1].lower() == "filename"
                    self.text(match[2] or match[3] or "", f"{path}.{match[1].lower()}", "name", depth, layers)
            elif lowered == "content-type":
                content_type = value.strip()
            elif lowered == "content-transfer-encoding":
                transfer = value.strip().lower()
            else:
                self.text(value.strip(), child(path, key.strip()), "header", depth, layers)
        kind = "file" if is_file else "form"
        if transfer == "base64" and (data := unbase64(content)) is not None:
            self.data(data, f"{path}#base64", kind, depth, layers + 1, content_type)
        elif transfer == "quoted-printable":
            from binascii import a2b_qp

            self.data(a2b_qp(content), f"{path}#quoted-printable", kind, depth, layers + 1, content_type)
        else:
            self.meter.layers(layers + 1, path)
            self.body(content, path, kind, depth, layers + 1, content_type)

    # --- parts of HTTP
    def headers(self, value: object, path: str) -> None:
        """Headers, with one value each or a list of them; cookies are taken apart."""
        for name, values in _members(value):
            where = child(path, name)
            self.meter.keys(1, where)
            if not _PLAIN.fullmatch(name):
                self.name(name, where)
            for place, one in enumerate(values):
                at = where if len(values) == 1 else f"{where}[{place}]"
                if name.lower() == "cookie" and isinstance(one, str):
                    self.cookies(one.split(";"), at)
                else:
                    self.walk(one, at, "header", 2)

    def cookies(self, cookies: Iterable[object], path: str) -> None:
        """`name=value` each (RFC 6265 section 4.2)."""
        for place, cookie in enumerate(cookies):
            name, equals, value = str(cookie).strip().partition("=")
            self.meter.keys(1, path)
            if not equals:
                self.text(name, f"{path}[{place}]", "cookie")
                continue
            self.name(name, child(path, name))
            self.text(value.strip('"'), child(path, name), "cookie")

    def parameters(self, value: object, path: str, kind: str, *, plus: bool = True) -> None:
        """Parameters by name, with one value each or a list of them."""
        for name, values in _members(value):
            where = child(path, name)
            self.meter.keys(1, where)
            self.name(name, where)
            for place, one in enumerate(values):
                at = where if len(values) == 1 else f"{where}[{place}]"
                if isinstance(one, str):
                    self.text(one, at, kind, 2, 0, plus=plus)
                else:
                    self.walk(one, at, kind, 2)


def _members(value: object) -> list[tuple[str, list[object]]]:
    """Members of an object, or [[name, value], …] or [{"name", "value"}], each with the list of its values."""
    if isinstance(value, dict | Pairs):
        members = value if isinstance(value, Pairs) else value.items()
        return [(str(key), list(one) if isinstance(one, list) else [one]) for key, one in members]
    found: list[tuple[str, list[object]]] = []
    for one in value if isinstance(value, list) else []:
        match one:
            case [name, inner]:
                found.append((str(name), [inner]))
            case {"name": name, "value": inner}:
                found.append((str(name), [inner]))
            case _:
                found.append(("", [one]))
    return found


def _inner(kind: str) -> str:
    """What stands in JSON inside a member that the platform wrote is the sender's."""
    return "payload" if kind == "platform" else kind


__all__ = ["BudgetExceededError", "Decoder", "Leaf", "Note", "child"]
