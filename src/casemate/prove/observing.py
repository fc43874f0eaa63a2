"""What the sandbox said, as values: hits of a sink, other things seen, the response; and the texts in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

MAX_DEPTH = 8
RECEIVER, RESULT = "(receiver)", "(result)"
Rendered = Any
"""A value as `inside/watching.py` (and its twin for Node) writes it."""


@dataclass(slots=True)
class Hit:
    """One call of a sink: values by the name or number of their argument, in order."""

    values: dict[str, Rendered] = field(default_factory=dict)

    def positional(self, number: int) -> Rendered:
        """The argument at a place, None when there is none."""
        return self.values.get(str(number))

    def arguments(self) -> Iterator[tuple[str, Rendered]]:
        """What was handed over, without the object that the call is made on and what it gave back."""
        return ((name, value) for name, value in self.values.items() if name not in {RECEIVER, RESULT})


@dataclass(slots=True)
class Seen:
    """One call. `how`: `returned`, `raised`, `late`, `died` or `stopped`; `said`: why, as the code says."""

    hits: dict[int, list[Hit]] = field(default_factory=dict)
    events: list[tuple[str, tuple[str, ...], int | None]] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    response: Mapping[str, Any] | None = None
    how: str = "stopped"
    said: str = ""
    package: str | None = None
    foreign: list[str] = field(default_factory=list)
    """Packages of which nothing is known that were given the data, or code to call."""
    behind: list[dict[str, Any]] = field(default_factory=list)
    """What functions asked that were called with what the first one wrote."""

    def during(self, site: int) -> Iterator[tuple[str, tuple[str, ...]]]:
        """What was seen while the call of a sink was under way: after its arguments, before what it gave back."""
        return ((kind, values) for kind, values, place in self.events if place == site)

    def noticed(self, event: str, token: str, site: int) -> bool:
        """Whether something of this kind was seen with the token while the sink was under way."""
        return any(kind == event and any(token in value for value in values) for kind, values in self.during(site))


def collect(messages: Iterable[Mapping[str, Any]], slots: Mapping[int, tuple[str, ...]]) -> Seen:
    """Messages of one call in order. `slots`: for each site the names of its arguments."""
    seen = Seen()
    under_way: int | None = None
    for one in messages:
        if isinstance(one.get("site"), int) and isinstance(one.get("slot"), int):
            names = slots.get(one["site"], ())
            number = one["slot"]
            if not 0 <= number < len(names):
                continue
            hits = seen.hits.setdefault(one["site"], [])
            name = names[number]
            if not hits or name in hits[-1].values:
                hits.append(Hit())
            hits[-1].values[name] = one.get("value")
            under_way = one["site"] if name != RESULT else None
        elif "seen" in one:
            values = one.get("values")
            found = tuple(str(value) for value in values) if isinstance(values, list) else ()
            seen.events.append((str(one["seen"]), found, under_way))
        elif "response" in one and isinstance(one["response"], dict):
            seen.response = one["response"]
        elif isinstance(one.get("foreign"), str):
            seen.foreign.append(one["foreign"])
        elif "end" in one:
            seen.how, seen.said = str(one["end"]), str(one.get("error") or "")
            seen.package = one.get("package") if isinstance(one.get("package"), str) else None
        else:
            seen.asked.append(dict(one))
    return seen


def text_of(value: Rendered) -> str | None:
    """The text that a value is: a text, bytes, a path, something that says a text."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        for name in ("bytes", "text"):
            if isinstance(value.get(name), str):
                return str(value[name])
    return None


def texts(value: Rendered, depth: int = 0) -> Iterator[str]:
    """Every text in a value."""
    own = text_of(value)
    if own is not None:
        yield own
    if isinstance(value, dict) and depth < MAX_DEPTH:
        inner = value.get("map")
        if isinstance(inner, dict):
            for one in inner.values():
                yield from texts(one, depth + 1)
        row = value.get("list")
        if isinstance(row, list):
            for one in row:
                yield from texts(one, depth + 1)


def named(value: Rendered, names: frozenset[str], depth: int = 0) -> Iterator[Rendered]:
    """The values of these keys, at any depth."""
    if not isinstance(value, dict) or depth > MAX_DEPTH:
        return
    inner = value.get("map")
    for key, one in inner.items() if isinstance(inner, dict) else ():
        if key in names:
            yield one
        yield from named(one, names, depth + 1)
    row = value.get("list")
    for one in row if isinstance(row, list) else ():
        yield from named(one, names, depth + 1)


def own(value: Rendered) -> Iterator[Mapping[str, Rendered]]:
    """The map that a value is, or that a request object was made with: not the maps in it."""
    if not isinstance(value, dict):
        return
    inner = value.get("map")
    if isinstance(inner, dict):
        yield inner
        command = inner.get("input")  # how a command of an SDK keeps its parameters
        if isinstance(command, dict) and isinstance(command.get("map"), dict):
            yield command["map"]
    row = value.get("list")
    for one in row if "stub" in value and isinstance(row, list) else ():
        if isinstance(one, dict) and isinstance(one.get("map"), dict):
            yield one["map"]


def top(value: Rendered, names: frozenset[str]) -> list[Rendered]:
    """The values of these keys in the map that a value is."""
    return [one for inner in own(value) for key, one in inner.items() if key in names]


def maps(value: Rendered, without: frozenset[str] = frozenset(), depth: int = 0) -> Iterator[Mapping[str, Rendered]]:
    """Every map in a value, except below the keys in `without`."""
    if not isinstance(value, dict) or depth > MAX_DEPTH:
        return
    inner = value.get("map")
    if isinstance(inner, dict):
        yield inner
        for key, one in inner.items():
            if key not in without:
                yield from maps(one, without, depth + 1)
    row = value.get("list")
    for one in row if isinstance(row, list) else ():
        yield from maps(one, without, depth + 1)


def plain(value: Rendered, depth: int = 0) -> object:
    """A rendered value as the JSON it stands for."""
    if isinstance(value, dict):
        if isinstance(value.get("map"), dict) and depth < MAX_DEPTH:
            return {key: plain(one, depth + 1) for key, one in value["map"].items()}
        if isinstance(value.get("list"), list) and depth < MAX_DEPTH:
            return [plain(one, depth + 1) for one in value["list"]]
        return text_of(value)
    return value
