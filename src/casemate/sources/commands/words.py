"""The words of a command as flags with their values, and as values of the tree."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.model.value import Entry, Fields, Items, Literal, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from casemate.model.location import Span

_TRUE, _FALSE = frozenset({"true", "yes", "1", "on"}), frozenset({"false", "no", "0", "off"})
_NUMBER = re.compile(r"-?\d{1,9}")


class Placed:
    """A word with its place in the file. `known`: nothing in it is put in when it runs."""

    __slots__ = ("at", "known", "text")

    def __init__(self, text: str, at: Span, *, known: bool = True) -> None:
        self.text = text
        self.at = at
        self.known = known

    def after(self, mark: str) -> Placed:
        """What follows `mark`, at the same place."""
        return Placed(self.text.partition(mark)[2], self.at, known=self.known)

    def value(self) -> Value:
        """As a value: unknown where the shell puts something in."""
        if not self.known:
            return Unknown("put in when the command runs", self.at, "environment", self.text)
        word = self.text.lower()
        if word in {"true", "false"}:
            return Literal(word == "true", self.at)
        return Literal(int(self.text) if _NUMBER.fullmatch(self.text) else self.text, self.at)

    def text_value(self) -> Value:
        """As text, also where it is a number."""
        return Literal(self.text, self.at) if self.known else self.value()

    def flag(self) -> Value:
        """As a boolean; anything that is no word for one stays text."""
        word = self.text.lower()
        if self.known and word in _TRUE | _FALSE:
            return Literal(word in _TRUE, self.at)
        return self.value()


class Command:
    """One command: the words before its first flag, and each flag with its values.

    `plain`: `storage account update`; `flags`: `--name` -> its values (none for a switch), in the order they stand in.
    """

    __slots__ = ("at", "flags", "places", "plain")

    def __init__(self, words: list[Placed], at: Span, *, several: bool, switches: frozenset[str] = frozenset()) -> None:
        self.at = at
        self.plain: list[Placed] = []
        self.flags: dict[str, list[Placed]] = {}
        self.places: dict[str, Span] = {}
        open_: list[Placed] | None = None
        for word in words:
            if word.text.startswith("-") and len(word.text) > 1 and not _NUMBER.fullmatch(word.text):
                name, equals, _ = word.text.partition("=")
                open_ = self.flags.setdefault(name, [])
                self.places[name] = word.at
                if equals:
                    open_.append(word.after("="))
                    open_ = open_ if several else None
                elif name in switches:
                    open_ = None
            elif open_ is not None:
                open_.append(word)
                open_ = open_ if several else None
            else:
                self.plain.append(word)

    def starts(self, *words: str) -> bool:
        """Whether it begins with these words."""
        return [word.text for word in self.plain[: len(words)]] == list(words)

    def get(self, *names: str) -> Placed | None:
        """The first value of the first of these flags that it has."""
        for name in names:
            values = self.flags.get(name)
            if values:
                return values[0]
        return None

    def all(self, *names: str) -> list[Placed]:
        """Every value of these flags."""
        return [value for name in names for value in self.flags.get(name, ())]

    def place(self, name: str) -> Span | None:
        """Where a flag stands, with or without values."""
        return self.places.get(name)


def entry(value: Value) -> Entry:
    """A value under a key that stands at the same place."""
    return Entry(value.at, value)


def items(values: Iterable[Value], at: Span) -> Items:
    """A list."""
    return Items(list(values), at)


def fields(at: Span, **values: Value | None) -> Fields:
    """A map of what is said."""
    return Fields({key: entry(value) for key, value in values.items() if value is not None}, at)


def split(word: Placed, separator: str = ",") -> Iterator[Placed]:
    """`a,b` -> a, b at the place of the whole."""
    for text in word.text.split(separator):
        if text.strip():
            yield Placed(text.strip(), word.at, known=word.known)
