"""JSON Schemas learned from recorded events: what every event had in common, with a stated confidence.

Sound in one direction: every recorded event passes what is learned from it. How far it may be trusted is said:

- `unseen`: the chance that the next event has something new (a member, a type at a place, a value of an enumeration),
  by Good and Turing: what was seen exactly once, divided by the number of events (Good, Biometrika 40, 1953);
- what stood in all n events is required; the chance that an event lacks it is at most 3/n with 95 % confidence (the
  "rule of three", Hanley and Lippman-Hand, JAMA 249, 1983). Below `_ENOUGH` events nothing is required or closed.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from casemate_guard.formats import FORMATS
from casemate_guard.keywords import key_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from casemate.protect.bodies import Json

_ENOUGH = 30
"""Events from which on the rule of three promises less than one in ten."""
_MOST_NAMES = 200
"""Members of one object beyond which its names are data, as in a table by id."""
_MOST_VALUES = 16
_PER_VALUE = 20
"""How often each value of an enumeration has to have been seen, on average."""
_CLOSED = 0.01
"""An object is closed where the chance of a new member is below this."""
_MAX_DEPTH = 40
_FORMATS = ("date-time", "date", "uuid", "ipv4", "email")


@dataclass(slots=True)
class Place:
    """What was seen at one place of the events."""

    count: int = 0
    types: Counter[str] = field(default_factory=Counter)
    members: dict[str, Place] = field(default_factory=dict)
    rest: Place | None = None
    items: Place | None = None
    values: Counter[object] = field(default_factory=Counter)
    formats: set[str] | None = None
    longest: int = 0
    most_items: int = 0
    negative: bool = False
    too_many_values: bool = False

    def add(self, value: object, depth: int = 0) -> None:
        """One more value."""
        self.count += 1
        kind = _type(value)
        self.types[kind] += 1
        if isinstance(value, dict) and depth < _MAX_DEPTH:
            self._add_members(value, depth)
        elif isinstance(value, list) and depth < _MAX_DEPTH:
            self.most_items = max(self.most_items, len(value))
            self.items = self.items or Place()
            for one in value:
                self.items.add(one, depth + 1)
        elif isinstance(value, str):
            self._add_text(value)
        elif kind in {"integer", "number"} and isinstance(value, int | float):
            self.negative = self.negative or not value >= 0

    def _add_members(self, value: dict[str, object], depth: int) -> None:
        for name, one in value.items():
            if self.rest is None and name not in self.members and len(self.members) >= _MOST_NAMES:
                self.rest = Place()
                for known in self.members.values():
                    self.rest.absorb(known)
                self.members.clear()
            place = self.rest or self.members.setdefault(name, Place())
            place.add(one, depth + 1)

    def _add_text(self, text: str) -> None:
        self.longest = max(self.longest, len(text))
        fitting = {name for name in (_FORMATS if self.formats is None else self.formats) if FORMATS[name](text)}
        self.formats = fitting
        if not self.too_many_values:
            self.values[text] += 1
            self.too_many_values = len(self.values) > _MOST_VALUES
            if self.too_many_values:
                self.values.clear()

    def absorb(self, other: Place) -> None:
        """What was seen at another place was seen here."""
        self.count += other.count
        self.types.update(other.types)
        self.longest = max(self.longest, other.longest)
        self.most_items = max(self.most_items, other.most_items)
        self.negative = self.negative or other.negative
        self.too_many_values = True
        self.values.clear()
        if other.formats is not None:
            self.formats = other.formats if self.formats is None else self.formats & other.formats
        for name, place in other.members.items():
            self.members.setdefault(name, Place()).absorb(place)
        for name in ("items", "rest"):
            theirs = getattr(other, name)
            if theirs is not None:
                mine = getattr(self, name) or Place()
                mine.absorb(theirs)
                setattr(self, name, mine)

    def once(self) -> int:
        """How many features were seen exactly once: types at a place, values of what may be an enumeration."""
        found = sum(1 for count in self.types.values() if count == 1)
        if self._is_enumeration():
            found += sum(1 for count in self.values.values() if count == 1)
        return found + sum(place.once() for place in self._inner())

    def _inner(self) -> Iterator[Place]:
        yield from self.members.values()
        yield from (place for place in (self.rest, self.items) if place is not None)

    def _is_enumeration(self) -> bool:
        values = len(self.values)
        return not self.too_many_values and values > 0 and self.types["string"] >= values * _PER_VALUE

    def schema(self) -> dict[str, Json]:
        """The schema of what was seen."""
        types = [name for name in self.types if not (name == "integer" and "number" in self.types)]
        found: dict[str, Json] = {"type": types[0] if len(types) == 1 else [*sorted(types)]}
        enough = self.count >= _ENOUGH
        if "string" in self.types:
            found.update(self._text(enough=enough, only=len(types) == 1))
        if {"integer", "number"} & set(types) and enough and not self.negative:
            found["minimum"] = 0
        if self.items is not None:
            found["maxItems"] = _roomy(self.most_items)
            if self.items.count:
                found["items"] = self.items.schema()
        if "object" in self.types:
            found.update(self._object(enough=enough))
        return found

    def _text(self, *, enough: bool, only: bool) -> dict[str, Json]:
        if enough and only and self._is_enumeration():
            return {"enum": [*sorted(str(value) for value in self.values)]}
        found: dict[str, Json] = {"maxLength": _roomy(self.longest)}
        named = [name for name in _FORMATS if name in (self.formats or ())]
        if named and enough:
            found["format"] = named[0]
        return found

    def _object(self, *, enough: bool) -> dict[str, Json]:
        if self.rest is not None:
            return {"additionalProperties": self.rest.schema(), "maxProperties": _roomy(self.count)}
        found: dict[str, Json] = {"properties": {name: one.schema() for name, one in sorted(self.members.items())}}
        objects = self.types["object"]
        if enough:
            found["required"] = [*sorted(name for name, one in self.members.items() if one.count == objects)]
            if sum(1 for one in self.members.values() if one.count == 1) / objects < _CLOSED:
                found["additionalProperties"] = False
        return found


def _type(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
        return "integer"
    return {float: "number", str: "string", list: "array"}.get(type(value), "object")


def _roomy(seen: int) -> int:
    """A bound that leaves room: the next power of two beyond four times what was seen, 64 at least."""
    return max(64, 1 << (4 * max(seen, 1) - 1).bit_length())


@dataclass(frozen=True, slots=True)
class Learned:
    """What was learned of one trigger.

    `events`: payloads that were looked at; `distinct`: different ones; `unseen`: the chance that the next one has
    something new; `missing`: at most the chance, with 95 % confidence, that it lacks what is required.
    """

    trigger: str
    events: int
    distinct: int
    unseen: float
    missing: float
    schema: dict[str, Json]


def learned(payloads: Iterable[tuple[str, object]]) -> tuple[Learned, ...]:
    """Schemas of payloads by trigger, in the order of their names."""
    places: dict[str, Place] = {}
    keys: dict[str, set[object]] = {}
    for trigger, value in payloads:
        places.setdefault(trigger, Place()).add(value)
        keys.setdefault(trigger, set()).add(hash(key_of(value)))
    return tuple(
        Learned(
            trigger,
            place.count,
            len(keys[trigger]),
            min(1.0, max(place.once(), 1) / place.count),
            min(1.0, 3 / place.count),
            place.schema(),
        )
        for trigger, place in sorted(places.items())
    )
