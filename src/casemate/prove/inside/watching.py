"""Data that tells what is asked of it, and values as data that a line can carry.

In the first rounds the event is made of `Fields`, `Row` and `Word`: they are the map, list and text they look like,
and say which field was missed, which text was compared with what, and which was read as a document. In the last round
it is made of plain values, so that nothing but the event decides.
"""
# ruff: noqa: ANN401, SLOT000 - values of others

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable, Mapping
from typing import Any

from .stubs import Stub

MAX_TEXT = 20_000
MAX_ITEMS = 60
MAX_DEPTH = 7
MAX_ASKED = 200

Path = tuple[str, ...]


class Watch:
    """What one call asks. `tell` sends a message; `documents`: text -> path of what a document in the event says."""

    def __init__(
        self, tell: Callable[[dict[str, Any]], None], documents: Mapping[str, Path], tokens: list[str]
    ) -> None:
        self._tell = tell
        self.documents = documents
        self.tokens = tokens
        self._told: set[str] = set()
        self.on = False

    def say(self, **message: Any) -> None:
        """Each thing once, and not without end."""
        if not self.on or len(self._told) > MAX_ASKED:
            return
        text = repr(sorted(message.items(), key=str))
        if text not in self._told:
            self._told.add(text)
            self._tell(message)

    def wrap(self, value: Any, path: Path) -> Any:
        """The same data, watched."""
        if not self.on:
            return value
        if isinstance(value, dict):
            made = Fields({key: self.wrap(one, (*path, key)) for key, one in value.items()})
            made.watch, made.path = self, path
            return made
        if isinstance(value, list):
            row = Row(self.wrap(one, (*path, str(number))) for number, one in enumerate(value))
            row.watch, row.path = self, path
            return row
        if isinstance(value, str):
            word = Word(value)
            word.watch, word.path = self, path
            return word
        return value

    def parsed(self, text: object, value: Any, way: str) -> Any:
        """What was read from a text of the event, watched as part of it."""
        if isinstance(text, (bytes, bytearray)):
            text = bytes(text).decode("utf-8", "replace")
        if not isinstance(text, str):
            return value
        path = self.documents.get(text)
        return value if path is None else self.wrap(value, (*path, way))

    def token_in(self, text: object) -> str | None:
        """The token of the position that a text comes from."""
        if isinstance(text, (bytes, bytearray)):
            text = bytes(text).decode("utf-8", "replace")
        if not isinstance(text, str):
            return None
        return next((token for token in self.tokens if token in text), None)


class Fields(dict):  # type: ignore[type-arg]
    """A map."""

    watch: Watch
    path: Path

    def __missing__(self, key: Any) -> Any:
        self._missed(key, "item")
        raise KeyError(key)

    def get(self, key: Any, default: Any = None) -> Any:
        """As a map's."""
        if key not in dict.keys(self):
            self._missed(key, "get")
        return dict.get(self, key, default)

    def pop(self, key: Any, *default: Any) -> Any:
        """As a map's."""
        if key not in dict.keys(self):
            self._missed(key, "get" if default else "item")
        return dict.pop(self, key, *default)

    def __contains__(self, key: object) -> bool:
        found = dict.__contains__(self, key)
        if not found:
            self._missed(key, "in")
        return found

    def _missed(self, key: object, how: str) -> None:
        if isinstance(key, str) and hasattr(self, "watch"):
            self.watch.say(missed=[*self.path, str(key)], how=how)


class Row(list):  # type: ignore[type-arg]
    """A list."""

    watch: Watch
    path: Path

    def __getitem__(self, index: Any) -> Any:
        try:
            return list.__getitem__(self, index)
        except IndexError:
            if isinstance(index, int) and hasattr(self, "watch"):
                self.watch.say(missed=[*self.path, str(index)], how="item")
            raise
        except TypeError:
            if isinstance(index, str) and hasattr(self, "watch"):
                self.watch.say(wanted="map", path=list(self.path), key=str(index))
            raise


class Word(str):
    """A text."""

    watch: Watch
    path: Path

    def __eq__(self, other: object) -> bool:
        if isinstance(other, str) and not isinstance(other, Word) and hasattr(self, "watch"):
            self.watch.say(compared=list(self.path), value=str(other)[:200])
        return str.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        if isinstance(other, str) and not isinstance(other, Word) and hasattr(self, "watch"):
            self.watch.say(compared=list(self.path), value=str(other)[:200])
        return str.__ne__(self, other)

    __hash__ = str.__hash__

    def startswith(self, prefix: Any, *bounds: Any) -> bool:
        """As a text's."""
        if isinstance(prefix, str) and hasattr(self, "watch"):
            self.watch.say(starts=list(self.path), value=str(prefix)[:200])
        return str.startswith(self, prefix, *bounds)

    def endswith(self, suffix: Any, *bounds: Any) -> bool:
        """As a text's."""
        if isinstance(suffix, str) and hasattr(self, "watch"):
            self.watch.say(ends=list(self.path), value=str(suffix)[:200])
        return str.endswith(self, suffix, *bounds)

    def _split(self, separator: Any) -> None:
        if isinstance(separator, str) and separator and hasattr(self, "watch"):
            self.watch.say(split=list(self.path), value=str(separator)[:20])

    def split(self, sep: Any = None, maxsplit: Any = -1) -> list[str]:
        """As a text's."""
        self._split(sep)
        return str.split(self, sep, maxsplit)

    def rsplit(self, sep: Any = None, maxsplit: Any = -1) -> list[str]:
        """As a text's."""
        self._split(sep)
        return str.rsplit(self, sep, maxsplit)

    def partition(self, sep: str) -> tuple[str, str, str]:
        """As a text's."""
        self._split(sep)
        return str.partition(self, sep)

    def rpartition(self, sep: str) -> tuple[str, str, str]:
        """As a text's."""
        self._split(sep)
        return str.rpartition(self, sep)

    def __getitem__(self, index: Any) -> str:
        if isinstance(index, str) and hasattr(self, "watch"):
            self.watch.say(wanted="map", path=list(self.path), key=str(index))
        return str.__getitem__(self, index)

    def __getattr__(self, name: str) -> Any:
        if name in {"items", "keys", "values", "get"} and "watch" in self.__dict__:
            self.watch.say(wanted="map", path=list(self.path), key="")
        raise AttributeError(name)


def patch_readers(current: Callable[[], Watch | None]) -> None:
    """JSON and base64 say where what they read comes from."""
    loads, decode = json.loads, base64.b64decode

    def watched_loads(text: Any, *arguments: Any, **keywords: Any) -> Any:
        if isinstance(text, Stub):
            return Stub("json")
        watch = current()
        if watch is None:
            return loads(text, *arguments, **keywords)
        if isinstance(text, Word):
            text = str.__str__(text)
        if isinstance(text, (Fields, Row)):
            watch.say(wanted="text", path=list(text.path))
        try:
            value = loads(text, *arguments, **keywords)
        except ValueError:
            token = watch.token_in(text)
            if token is not None:
                watch.say(parse="json", token=token)
            elif isinstance(text, str) and text in watch.documents:
                watch.say(parse="json", path=list(watch.documents[text]))
            raise
        return watch.parsed(text, value, "<json>")

    def watched_decode(text: Any, *arguments: Any, **keywords: Any) -> Any:
        watch = current()
        token = watch.token_in(text) if watch is not None else None
        if watch is not None and token is not None:
            watch.say(parse="base64", token=token)
        return decode(text, *arguments, **keywords)

    json.loads = watched_loads  # type: ignore[assignment]
    base64.b64decode = watched_decode  # type: ignore[assignment]

    def urlsafe(text: Any) -> Any:
        return watched_decode(text, b"-_")

    base64.urlsafe_b64decode = urlsafe  # type: ignore[assignment]
    base64.standard_b64decode = watched_decode  # type: ignore[assignment]


def rendered(value: Any, depth: int = 0) -> Any:  # noqa: C901 - one case a kind of value
    """A value as JSON: texts as they are, bytes, maps, lists; else what kind of thing it is and what it says."""
    if isinstance(value, Stub):
        arguments, keywords = value._stub_given  # noqa: SLF001 - our own
        return {"stub": value._stub_name, "text": str.__str__(value)[:200],  # noqa: SLF001
                "list": [rendered(one, depth + 1) for one in arguments[:8]] if depth < MAX_DEPTH else [],
                "map": {str(key): rendered(one, depth + 1) for key, one in list(keywords.items())[:20]}
                if depth < MAX_DEPTH else {}}  # fmt: skip
    if value is None or isinstance(value, (bool, int, float)):
        return value if not isinstance(value, int) or abs(value) < 1 << 60 else str(value)[:60]
    if isinstance(value, str):
        return str.__str__(value)[:MAX_TEXT]
    if isinstance(value, (bytes, bytearray, memoryview)):
        return {"bytes": bytes(value)[:MAX_TEXT].decode("latin-1")}
    if depth >= MAX_DEPTH:
        return {"kind": type(value).__name__}
    if isinstance(value, Mapping):
        return {"map": {str(key)[:200]: rendered(one, depth + 1) for key, one in list(value.items())[:MAX_ITEMS]}}
    if isinstance(value, (list, tuple, set, frozenset)):
        return {"list": [rendered(one, depth + 1) for one in list(value)[:MAX_ITEMS]]}
    if isinstance(value, os.PathLike):
        return {"kind": "path", "text": str(os.fspath(value))[:MAX_TEXT]}
    found: dict[str, Any] = {"kind": f"{type(value).__module__}.{type(value).__qualname__}"}
    for name in ("full_url", "url", "text", "template"):
        inner = getattr(value, name, None)
        if isinstance(inner, str):
            found["text"] = inner[:MAX_TEXT]
            break
    if "text" not in found and not callable(value):
        try:
            found["text"] = "".join(value.itertext()) if hasattr(value, "itertext") else str(value)
        except Exception:  # noqa: BLE001 - code of others
            found["text"] = ""
        found["text"] = str(found["text"])[:MAX_TEXT]
    return found
