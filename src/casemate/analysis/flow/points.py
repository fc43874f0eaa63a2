"""Points, and what feeds them: data of a trigger's source, of a call, of what a read or a call gives back."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from casemate.analysis.flow.channels import get
from casemate.analysis.flow.deliveries import Delivery
from casemate.analysis.flow.filters import admits, may_equal, transformed
from casemate.analysis.flow.payload import Path, bound, marks_in, segments, select, texts
from casemate.analysis.flow.places import is_of_class, place
from casemate.model.flow import Step

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from casemate.analysis.code.facts import CodeFacts, Rendered, SdkCall
    from casemate.analysis.flow.deliveries import Deliveries
    from casemate.analysis.flow.linking import Links
    from casemate.analysis.flow.payload import Mark
    from casemate.analysis.system import System
    from casemate.model.flow import CodeExposure
    from casemate.model.function import Function
    from casemate.model.trigger import Trigger, TriggerKind

_STORED = re.compile(r"stored:(.+):(\d+)((?:\.[^:]*)?)")
_FROM = re.compile(r"SELECT\s(.{1,2000}?)\sFROM\s{1,20}'([^']{1,512})'", re.IGNORECASE | re.DOTALL)
_OPEN: frozenset[TriggerKind] = frozenset({"mail", "user-pool", "alexa"})
FED: frozenset[TriggerKind] = frozenset({"queue", "topic", "bus", "bucket", "table", "stream"})

Point = tuple[str, str]
"""(id of a function, key of data that comes into it)."""


@dataclass(frozen=True, slots=True)
class Hop:
    """`source`'s data gets to a point through a delivery."""

    source: Point
    mark: Mark
    delivery: Delivery
    arrival: tuple[Step, ...]


class Points:
    """The points of one system: who opens them, and what feeds them."""

    def __init__(
        self, system: System, links: Links, deliveries: Deliveries, facts: Mapping[str, list[CodeFacts]]
    ) -> None:
        self._system = system
        self._links = links
        self._deliveries = deliveries
        self._facts = facts
        self._functions = {function.id: function for function in system.inventory.functions}
        self._authorizers = {one.function.target for one in system.inventory.authorizers if one.function}

    def opened(self, point: Point) -> CodeExposure | None:
        """Who can send the data of a point directly; None when only the system itself does."""
        function = self._functions[point[0]]
        if point[1] == "presigned":
            return self._system.exposure(function)
        kind, _ = place(point[1])
        kinds = {trigger.kind for trigger in self._system.triggers_of(function)}
        if kind in _OPEN or (kind in {None, "http", "other"} and _OPEN & kinds):
            return "public"
        if point[0] in self._authorizers and kind in {None, "http", "other"}:
            return "public"  # it is asked about every request, before anybody has proved anything
        if kind not in {None, "http"}:
            return None
        exposure = self._system.exposure(function)
        if exposure == "internal" or (not self._system.routes_of(function) and kinds):
            return None
        return exposure

    def entrance(self, id_: str) -> tuple[Step, ...]:
        """The public trigger of a function as the first stop."""
        routes = self._system.routes_of(self._functions[id_])
        if routes:
            best = min(routes, key=lambda route: ("none" not in route.auth.values(), route.at))
            return (Step(best.at, f"{best.label or 'a request'} starts {self._functions[id_].name}", id_),)
        triggers = [one for one in self._system.triggers_of(self._functions[id_]) if one.kind in _OPEN]
        return tuple(Step(one.at, f"the {one.kind} starts {self._functions[id_].name}", id_) for one in triggers[:1])

    def hops(self, point: Point) -> Iterator[Hop]:
        id_, key = point
        if key.startswith("stored:"):
            yield from self._read(point)
            return
        function = self._functions[id_]
        kind, path = place(key)
        for trigger in self._system.triggers_of(function):
            if trigger.kind in FED and kind in {None, trigger.kind}:
                yield from self._triggered(trigger, function, path)
            elif trigger.kind == "iot":
                yield from self._heard(trigger, function, path)
        if not is_of_class(key) or key.startswith("parameter."):
            whole = () if is_of_class(key) else segments(key)[1:]
            for delivery in self._deliveries.at(id_):
                words = delivery.via or (Step(function.at, f"{function.name} is called with it", id_),)
                yield from _found(delivery, delivery.event, whole, words)

    def source(self, trigger: Trigger) -> str | None:
        source = trigger.source
        if source is None:
            return None
        if source.target is not None:
            return source.target
        kind = "table" if trigger.kind == "table" else trigger.kind
        return self._links.named(kind, source.text, trigger.stack) if source.text else None

    def _triggered(self, trigger: Trigger, function: Function, path: Path) -> Iterator[Hop]:
        source = self.source(trigger)
        if source is None:
            return
        arrival = Step(trigger.at, f"{self._links.shown(source)} triggers {function.name}", function.id)
        for delivery in self._deliveries.at(source):
            if not admits(trigger, delivery.event, path):
                continue
            if source == "bus:default" and self._is_elsewhere(trigger, delivery):
                continue
            event = transformed(trigger, delivery.event)
            if event is not None:
                yield from _found(delivery, event, path, (*delivery.via, arrival))

    def _heard(self, trigger: Trigger, function: Function, path: Path) -> Iterator[Hop]:
        """What reaches a rule of AWS IoT (developer guide, "Topics", "FROM clause")."""
        match = _FROM.search(trigger.filters[0][:4_000]) if trigger.filters else None
        if match is None:
            return
        wanted = match[2].replace("+", "*").replace("#", "*")
        everything = match[1].strip() == "*"
        arrival = Step(trigger.at, f"the rule for {match[2]} calls {function.name}", function.id)
        for topic, delivery in self._deliveries.published():
            if may_equal(topic, wanted):
                yield from _found(delivery, delivery.event, path if everything else (), (*delivery.via, arrival))

    def _is_elsewhere(self, trigger: Trigger, delivery: Delivery) -> bool:
        """Whether an event on the default bus is of another stack, and does not say that it is for this one.

        Every account and region has such a bus: two stacks meet there only if both name the source.
        """
        known = texts(select(delivery.event, ("source",))) is not None
        return not known and self._functions[delivery.writer].stack != trigger.stack

    def _read(self, point: Point) -> Iterator[Hop]:
        """What a call gives back."""
        id_, key = point
        function = self._functions[id_]
        match = _STORED.fullmatch(key)
        if match is None:
            return
        place, path = f"{match[1]}:{match[2]}", segments(match[3])
        for call in self._calls(id_, place):
            found = get(call.service, call.operation, call.parameters, path)
            if found is None:
                continue
            for source, sure in self._links.resources(function, found.kind, found.resource, found.action):
                answer = self._links.allowed(function, found.action, source)
                if answer == "no":
                    continue
                arrival = Step(call.at, f"it is read from {self._links.shown(source)}", id_)
                if found.kind == "function":
                    yield from self._given_back(source, found.path, arrival)
                    continue
                for delivery in self._deliveries.at(source):
                    if _is_other(found.names, delivery, found.kind):
                        continue
                    names = bound(found.names, call.sources, id_) if found.kind == "bucket" else {}
                    if names and not self._announced(function, names, source, delivery):
                        continue
                    certain = replace(delivery, sure=delivery.sure and sure and answer == "yes")
                    yield from _found(certain, delivery.kept, found.path, (*delivery.via, arrival))

    def _announced(self, function: Function, names: Rendered, source: str, delivery: Delivery) -> bool:
        """Whether an object that is read by the key in a notification may be one that was put there.

        Notifications say which keys they are for (S3 user guide, "Using prefixes and suffixes to filter event
        notifications"); a key from elsewhere may be any.
        """
        keys = [place(mark.key) for mark in marks_in(names)]
        if not keys or any(kind != "bucket" for kind, _ in keys) or texts(names) is not None:
            return True
        triggers = [one for one in self._system.triggers_of(function)
                    if one.kind == "bucket" and self.source(one) == source]  # fmt: skip
        path = keys[0][1]
        return not triggers or any(admits(one, delivery.event, path) for one in triggers)

    def _given_back(self, callee: str, path: Path, arrival: Step) -> Iterator[Hop]:
        """What an invoked function answers."""
        value = self._deliveries.returned(callee)
        target = self._functions.get(callee)
        if value is not None and target is not None:
            delivery = Delivery(callee, target.at, {}, value, f"{target.name} gives it back", sure=True)
            yield from _found(delivery, value, path, (arrival,))

    def _calls(self, id_: str, place: str) -> Iterator[SdkCall]:
        for facts in self._facts.get(id_, ()):
            for call in facts.calls:
                if call.key == place:
                    yield call


def _found(delivery: Delivery, event: Rendered, path: Path, arrival: tuple[Step, ...]) -> Iterator[Hop]:
    if not delivery.reaches:
        return
    seen: set[tuple[str, str]] = set()
    for mark in marks_in(select(event, path)):
        if (mark.function, mark.key) not in seen:
            seen.add((mark.function, mark.key))
            yield Hop((mark.function, mark.key), mark, delivery, arrival)


def _is_other(names: Rendered, delivery: Delivery, kind: str) -> bool:
    """Whether the read asks for another object, or another item, than was written: both names are written out."""
    if kind == "bucket":
        wanted, given = texts(names), texts(select(delivery.kept, ("Key",)))
        return wanted is not None and given is not None and not any(may_equal(a, b) for a in wanted for b in given)
    for name, value in names.get("map", {}).items() if kind == "table" else ():
        inner = value["map"].get("S") or value["map"].get("N") or value if "map" in value else value
        wanted, given = texts(inner), texts(select(delivery.kept, (name,)))
        if wanted is not None and given is not None and not any(may_equal(a, b) for a in wanted for b in given):
            return True
    return False
