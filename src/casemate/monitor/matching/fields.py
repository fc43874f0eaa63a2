"""The values of a field, read fast: the common shapes of records straight, every other as `values` says."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Generic, TypeVar

from casemate.authoring.query import Field
from casemate.monitor.events.source import Accessor, Body, Derived, Spelling
from casemate.monitor.knowledge import fold
from casemate.monitor.matching.values import values_of

Read = Callable[[Body], list[str]]
Folded = Callable[[Body], str | tuple[str, ...] | None]
"""The folded values of a field: a text where there is one, a tuple where there are several, else None."""
KEPT = 4096
"""Texts of which it is kept what came of them."""
_FULL = 4
"""How often that may fill up, until it is clear that these texts hardly ever come again."""
Key = TypeVar("Key", bound=Hashable)
Result = TypeVar("Result")


class Kept(dict[Key, Result], Generic[Key, Result]):
    """What came of texts that come again and again: a look into it costs less than any test of a text."""

    __slots__ = ("_full", "_of")

    def __init__(self, of: Callable[[Key], Result]) -> None:
        super().__init__()
        self._of = of
        self._full = 0

    def __missing__(self, text: Key) -> Result:
        """What comes of a text that is not kept."""
        found = self._of(text)
        if self._full < _FULL:
            if len(self) >= KEPT:
                self.clear()
                self._full += 1
            self[text] = found
        return found


_reading: dict[tuple[int, Field], tuple[Mapping[str, Spelling], Folded]] = {}


def folded(field: Field, fields: Mapping[str, Spelling]) -> Folded:
    """The folded values of a field; what costs more than a look is read once a record however many tests ask."""
    key = (id(fields), field)
    known = _reading.get(key)
    if known is None:
        known = _reading[key] = (fields, _folded(field, fields))
    return known[1]


def _folded(field: Field, fields: Mapping[str, Spelling]) -> Folded:
    def slow(body: Body) -> str | tuple[str, ...] | None:
        found = values_of(field, body, fields)
        return fold(found[0]) if len(found) == 1 else tuple(map(fold, found)) or None

    spelling: Spelling | None = fields.get(field.path[0]) if field.canonical else field.path
    if field.inside is not None:
        return _remembering(slow)
    if spelling is None:
        return lambda _: None
    if isinstance(spelling, Derived):
        return _derived(spelling, slow)
    if not isinstance(spelling, tuple):
        return _called(spelling, slow)
    if len(spelling) == 1:
        return _under(spelling[0], slow)
    return _at(spelling, slow, "" if field.canonical else ".".join(spelling))


def _remembering(read: Folded) -> Folded:
    last: object = None
    found: str | tuple[str, ...] | None = None

    def remembered(body: Body) -> str | tuple[str, ...] | None:
        nonlocal last, found
        if body is not last:
            found = read(body)
            last = body
        return found

    return remembered


def _called(said: Accessor, slow: Folded) -> Folded:
    """What a function of the record says."""
    last: object = None
    found: str | tuple[str, ...] | None = None

    def called(body: Body) -> str | tuple[str, ...] | None:
        nonlocal last, found
        if body is not last:
            value = said(body)
            if value.__class__ is str:
                found = fold(value)
            elif value.__class__ is bool:
                found = "true" if value else "false"
            else:
                found = None if value is None else slow(body)
            last = body
        return found

    return called


def _derived(said: Derived, slow: Folded) -> Folded:
    """What one text of the record says."""
    key = said.key
    known: Kept[str, str] = Kept(lambda text: fold(said.of(text)))

    def derived(body: Body) -> str | tuple[str, ...] | None:
        value = body.get(key)
        return known[value] if value.__class__ is str else slow(body)

    return derived


def _under(key: str, slow: Folded) -> Folded:
    """What stands in the record itself."""

    def under(body: Body) -> str | tuple[str, ...] | None:
        value = body.get(key)
        if value.__class__ is str:
            return value.lower() if value.isascii() else fold(value)
        return None if value is None else slow(body)

    return under


def _at(path: tuple[str, ...], slow: Folded, flat: str) -> Folded:
    """The common case, a text at the end of mappings. `flat`: the key of a record that was flattened on its way."""
    key, rest = path[0], path[1:]
    last: object = None
    found: str | tuple[str, ...] | None = None

    def quick(body: Body) -> str | tuple[str, ...] | None:
        nonlocal last, found
        if body is last:
            return found
        value = body.get(key)
        for step in rest:
            if value.__class__ is not dict:
                break
            value = value.get(step)
        else:
            if value.__class__ is str:
                found = value.lower() if value.isascii() else fold(value)
                last = body
                return found
        found = None if value is None and not (flat and flat in body) else slow(body)
        last = body
        return found

    return quick


def reader(field: Field, fields: Mapping[str, Spelling]) -> Read:
    """The values of a field, as `values_of` gives them."""
    spelling: Spelling | None = fields.get(field.path[0]) if field.canonical else field.path
    if field.inside is not None:
        return lambda body: values_of(field, body, fields)
    if spelling is None:
        return lambda _: []
    if not isinstance(spelling, tuple):
        return _said(spelling, field, fields)
    key, rest = spelling[0], spelling[1:]
    flat = "" if field.canonical or not rest else ".".join(spelling)

    def read(body: Body) -> list[str]:
        value = body.get(key)
        for step in rest:
            if type(value) is not dict:
                break
            value = value.get(step)
        else:
            if type(value) is str:
                return [value]
        if value is None and not (flat and flat in body):
            return []
        return values_of(field, body, fields)

    return read


_saying: dict[Accessor, Read] = {}


def _said(spelling: Accessor, field: Field, fields: Mapping[str, Spelling]) -> Read:
    """What a function of the record says, computed once a record however many slots ask."""
    known = _saying.get(spelling)
    if known is not None:
        return known
    last: tuple[object, list[str]] = (None, [])

    def said(body: Body) -> list[str]:
        nonlocal last
        before, found = last
        if before is body:
            return found
        value = spelling(body)
        if type(value) is str:
            found = [value]
        elif type(value) is bool:
            found = ["true" if value else "false"]
        else:
            found = [] if value is None else values_of(field, body, fields)
        last = (body, found)
        return found

    _saying[spelling] = said
    return said
