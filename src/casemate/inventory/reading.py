"""Typed, three-valued reading of a resource's properties: the only way builders look at a `Value`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

from casemate.model.setting import Cases as SettingCases
from casemate.model.setting import Declared, Defaulted, Setting, Unresolved
from casemate.model.value import Absent, Cases, Fields, Items, Literal, Reference, Tagged, Text, Unknown, Value, display

if TYPE_CHECKING:
    from casemate.model.location import Span

T = TypeVar("T")
D = TypeVar("D")

_TRUE = frozenset({"true", "yes", "on", "enabled", "enable", "1"})
_FALSE = frozenset({"false", "no", "off", "disabled", "disable", "0", ""})


class Unreadable(Exception):  # noqa: N818 - a signal inside this module, not an error
    """The value is there, but is not of the wanted type; `str(self)` is the reason."""


def as_text(value: Value) -> str:
    """A scalar, or a string with references (shown as `${Name.Attribute}`), as text."""
    match value:
        case Literal():
            return display(value)
        case Reference() | Text() if not _has_unknown(value):
            return display(value)
        case Unknown():
            raise Unreadable(value.reason)
        case Text(parts=parts):
            raise Unreadable(next(part.reason for part in parts if isinstance(part, Unknown)))
        case _:
            message = "expected text"
            raise Unreadable(message)


def as_number(value: Value) -> int:
    """An integer, also written as a string; fractions are cut."""
    text = as_text(value)
    try:
        return int(float(text))
    except (ValueError, OverflowError):
        message = f"not a number: {text[:40]}"
        raise Unreadable(message) from None


def as_flag(value: Value) -> bool:
    """A boolean, also written as a word (`true`, `Enabled`, `yes`)."""
    word = as_text(value).lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    message = f"not a boolean: {word[:40]}"
    raise Unreadable(message)


def is_known(value: Value) -> bool:
    """Whether no part of the value is `Unknown` (references to declared resources count as known)."""
    stack = [value]
    while stack:
        node = stack.pop()
        match node:
            case Unknown() | Tagged():
                return False
            case Text(parts=parts):
                stack.extend(parts)
            case Items(items=items):
                stack.extend(items)
            case Fields(entries=entries):
                stack.extend(entry.value for entry in entries.values())
            case Cases(cases=cases):
                stack.extend(case for _, case in cases)
            case _:
                pass
    return True


def _has_unknown(value: Value) -> bool:
    return isinstance(value, Text) and any(isinstance(part, Unknown) for part in value.parts)


class Props:
    """A view of one map of properties (or of what may be one, under conditions).

    `at`: where an absent setting is located, the resource's name. `prefix`: the dotted path of this section.
    Paths are dotted (`VpcConfig.SubnetIds`); a key that itself holds a dot is passed as a tuple.
    """

    __slots__ = ("at", "prefix", "value")

    def __init__(self, value: Value | None, at: Span, prefix: str = "") -> None:
        self.value = value
        self.at = at
        self.prefix = prefix

    # -- sections and lists
    # ---------------------------------------------------------------------------------------------
    def find(self, path: str | tuple[str, ...]) -> Value | None:
        """The raw value at `path`, or None when nothing is declared.

        Passes through `Cases` only where just one option has it.
        """
        found = [value for _, value, _ in _walk(self.value, _parts(path), None, None) if value is not None]
        if not found:
            return None
        if len(found) == 1:
            return found[0]
        return Cases([(f"case {number}", value) for number, value in enumerate(found, 1)], found[0].at)

    def key_at(self, path: str | tuple[str, ...]) -> Span:
        """The span of the key at `path`, else of the resource's name."""
        for _, value, key in _walk(self.value, _parts(path), None, None):
            if value is not None and key is not None:
                return key
        return self.at

    def section(self, path: str | tuple[str, ...]) -> Props:
        """The map at `path`, empty when absent."""
        return Props(self.find(path), self.at, self._name(path))

    def each(self, path: str | tuple[str, ...] = ()) -> Iterator[tuple[str | None, Value]]:
        """Each element of the list at `path` with its condition; a single value counts as a list of one.

        `Unknown`s are yielded too.
        """
        for condition, value, _ in _walk(self.value, _parts(path), None, None):
            if value is not None:
                yield from _elements(value, condition)

    def sections(self, path: str | tuple[str, ...] = ()) -> Iterator[Props]:
        """Each element of the list at `path` that is a map."""
        for _, value in self.each(path):
            if isinstance(value, Fields):
                yield Props(value, value.at, self._name(path))

    def items(self, path: str | tuple[str, ...] = ()) -> Iterator[tuple[str, Span, Value]]:
        """Each (key, key span, value) of the map at `path`, over all cases."""
        for _, value, _ in _walk(self.value, _parts(path), None, None):
            if isinstance(value, Fields):
                for key, entry in value.entries.items():
                    yield key, entry.key_at, entry.value

    # -- settings
    # -------------------------------------------------------------------------------------------------------
    def text(self, path: str | tuple[str, ...], default: D, source: str = "the service's default") -> Setting[str | D]:
        """The text at `path`."""
        return self.read(path, as_text, default, source)

    def number(
        self, path: str | tuple[str, ...], default: D, source: str = "the service's default"
    ) -> Setting[int | D]:
        """The integer at `path`."""
        return self.read(path, as_number, default, source)

    def flag(self, path: str | tuple[str, ...], default: D, source: str = "the service's default") -> Setting[bool | D]:
        """The boolean at `path`."""
        return self.read(path, as_flag, default, source)

    def present(self, path: str | tuple[str, ...], source: str = "nothing is declared") -> Setting[bool]:
        """Whether something is declared at `path`.

        A value that is not known counts as present, an empty list or map as absent; what may or may not exist is
        unresolved.
        """
        return self.read(path, _is_something, False, source)

    def read(
        self,
        path: str | tuple[str, ...],
        convert: Callable[[Value], T],
        default: D,
        source: str = "the service's default",
    ) -> Setting[T | D]:
        """The value at `path` through `convert`, which may raise `Unreadable`."""
        name = self._name(path)
        leaves: list[tuple[str | None, Setting[T | D]]] = []
        for condition, value, key in _walk(self.value, _parts(path), None, None):
            if value is None:
                leaves.append((condition, Defaulted(name, self.at, default, source)))
                continue
            place = key if key is not None and isinstance(value, Fields | Items) else value.at
            try:
                if isinstance(value, Unknown) and (convert is not _is_something or value.kind == "conditional"):
                    leaves.append((condition, Unresolved(name, place, value.reason)))
                else:
                    leaves.append((condition, Declared(name, place, convert(value))))
            except Unreadable as problem:
                leaves.append((condition, Unresolved(name, place, str(problem))))
        if len(leaves) == 1:
            return leaves[0][1]
        return SettingCases(
            name, leaves[0][1].at, tuple((condition or "otherwise", leaf) for condition, leaf in leaves)
        )

    def _name(self, path: str | tuple[str, ...]) -> str:
        return ".".join(([self.prefix] if self.prefix else []) + list(_parts(path)))


def _is_something(value: Value) -> bool:
    match value:
        case Fields(entries=entries):
            return bool(entries)
        case Items(items=items):
            return bool(items)
        case Literal(value=scalar):
            return scalar is not None and scalar != ""
        case _:
            return True


def _parts(path: str | tuple[str, ...]) -> tuple[str, ...]:
    return path if isinstance(path, tuple) else tuple(path.split("."))


def _walk(
    value: Value | None, parts: tuple[str, ...], condition: str | None, key: Span | None
) -> Iterator[tuple[str | None, Value | None, Span | None]]:
    """(condition, value or None, span of its key) for each option on the way down `parts`."""
    place, last = 0, len(parts)
    while True:
        if isinstance(value, Fields) and place < last:
            entry = value.entries.get(parts[place])
            if entry is None:
                yield condition, None, None
                return
            value, key, place = entry.value, entry.key_at, place + 1
        elif isinstance(value, Cases):
            for words, case in value.cases:
                yield from _walk(case, parts[place:], words if condition is None else f"{condition} and {words}", key)
            return
        elif value is None or isinstance(value, Absent):
            yield condition, None, None
            return
        elif place == last or isinstance(value, Unknown):
            yield condition, value, key
            return
        elif isinstance(value, Items) and len(value.items) == 1:
            value = value.items[0]
        else:
            yield condition, None, None
            return


def _elements(value: Value, condition: str | None) -> Iterator[tuple[str | None, Value]]:
    match value:
        case Cases(cases=cases):
            for words, case in cases:
                yield from _elements(case, words if condition is None else f"{condition} and {words}")
        case Absent():
            return
        case Items(items=items):
            for item in items:
                yield from _elements(item, condition)
        case _:
            yield condition, value


def word(*accepted: str) -> Callable[[Value], bool]:
    """A conversion for `Props.read`: whether the text is one of `accepted`, in any case."""
    known = frozenset(text.lower() for text in accepted)
    return lambda value: as_text(value).lower() in known
