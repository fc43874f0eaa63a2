"""Flows across functions: who can choose the data that reaches a sink, over everything that the functions write.

A *point* is data that comes into one function: a field of its event, or of what a call of an SDK gives back. A point
is fed by what other functions write (`deliveries.py`), data of points of theirs; a point that an attacker reaches
through a route is open. Points that sinks depend on are looked at backwards, each once, over at most `MAX_HOPS` writes;
then the way of each from the most exposed open point, and the shortest such way, is kept.

A flow whose data comes from an internal trigger to which no such way leads is judged by who may write there
(`judging.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from casemate.analysis.flow.deliveries import Deliveries
from casemate.analysis.flow.judging import Judge
from casemate.analysis.flow.linking import Links
from casemate.analysis.flow.points import Points
from casemate.model.flow import Flow, Step

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from casemate.analysis.code.facts import CodeFacts
    from casemate.analysis.flow.points import Hop, Point
    from casemate.analysis.system import System
    from casemate.model.flow import CodeExposure, FlowKind
    from casemate.model.location import Span

MAX_HOPS = 8
"""Writes between the public trigger and the sink."""
MAX_POINTS = 20_000
MAX_STEPS = 60

ORDER: Mapping[CodeExposure, int] = {"public": 0, "unknown": 1, "authenticated": 2, "internal": 3}


@dataclass(frozen=True, slots=True)
class Way:
    """The best way of an attacker's data to a point."""

    exposure: CodeExposure
    hops: int
    steps: tuple[Step, ...]
    functions: tuple[str, ...]
    sure: bool
    what: str | None = None

    @property
    def rank(self) -> tuple[int, bool, int, int]:
        """Exposed before internal, sure before unsure, few functions before many."""
        return (ORDER[self.exposure], not self.sure, self.hops, len(self.steps))


class Composition:
    """The flows of a system, those across functions among them. `bounded`: where the bound was met."""

    def __init__(self, system: System, facts: Iterable[CodeFacts]) -> None:
        self._system = system
        self._all = tuple(facts)
        self._links = Links(system)
        self._functions = {function.id: function for function in system.inventory.functions}
        self._found_ways: dict[FlowKind, Mapping[Point, Way]] = {}
        self.bounded: Span | None = None

    @cached_property
    def _facts(self) -> Mapping[str, list[CodeFacts]]:
        table: dict[str, list[CodeFacts]] = {}
        for facts in self._all:
            for id_ in facts.functions:
                table.setdefault(id_, []).append(facts)
        return table

    @cached_property
    def _deliveries(self) -> Deliveries:
        return Deliveries(self._system, self._links, self._facts)

    @cached_property
    def _points(self) -> Points:
        return Points(self._system, self._links, self._deliveries, self._facts)

    @cached_property
    def _judge(self) -> Judge:
        explored = self._explored  # sets the bound
        return Judge(self._system, self._links, self._deliveries, self._points, self._facts, explored,
                     bounded=self.bounded is not None)  # fmt: skip

    def flows(self) -> Iterator[Flow]:
        """Every flow: those of one function as they are, those from internal triggers joined, judged or dropped."""
        for facts in self._all:
            for flow in self._of_entry(facts):
                function = self._functions.get(flow.functions[-1]) if flow.functions else None
                yield flow if function is None else replace(flow, name=function.name)

    def _of_entry(self, facts: CodeFacts) -> Iterator[Flow]:
        followed = [id_ for id_ in facts.functions if self._is_followed(id_)]
        for flow in facts.flows:
            if flow.origins and followed:
                yield from self._judged(flow, followed)
            else:
                yield flow
        for flow in facts.latent:
            joined = self._joined(flow, followed)
            if joined is not None:
                yield joined

    def _is_followed(self, id_: str) -> bool:
        function = self._functions.get(id_)
        return function is not None and function.cloud == "aws"

    # -- judging
    def _judged(self, flow: Flow, functions: list[str]) -> Iterator[Flow]:
        own = (
            self._points.opened((id_, key))
            for id_ in functions
            for key in flow.origins
            if not key.startswith("stored:")
        )
        exposures = [exposure for exposure in own if exposure is not None]
        joined = self._joined(flow, functions)
        if exposures:
            exposure: CodeExposure = min(exposures, key=ORDER.__getitem__)
            if exposure == "public" and flow.exposure == "authenticated":  # the claims of a caller
                exposure = "authenticated"
            if joined is None or ORDER[exposure] <= ORDER[joined.exposure]:
                yield replace(flow, exposure=exposure)
                return
        if joined is not None:
            yield joined
            return
        verdicts = {self._judge.verdict((id_, key), flow.kind) for id_ in functions for key in flow.origins}
        if "keep" in verdicts:
            kept = "medium" if flow.confidence == "high" else flow.confidence
            yield replace(flow, exposure="internal", confidence=kept)
        elif "low" in verdicts:
            yield replace(flow, exposure="internal", confidence="low")

    def _joined(self, flow: Flow, functions: list[str]) -> Flow | None:
        """The flow with the best way of somebody's data to it, if there is one."""
        best: tuple[Way, str, str] | None = None
        for id_ in functions:
            for key in flow.origins:
                way = self._ways(flow.kind).get((id_, key))
                if way is not None and way.hops and (best is None or way.rank < best[0].rank):
                    best = (way, id_, key)
        if best is None:
            return None
        way, id_, key = best
        own = flow.steps if key == flow.origins[0] else flow.steps[-1:]
        steps = (*way.steps, *(replace(step, function=id_) for step in own))
        if len(steps) > MAX_STEPS:
            steps = (*steps[: MAX_STEPS // 2], *steps[-MAX_STEPS // 2 :])
        confidence = flow.confidence if way.sure or flow.confidence == "low" else "medium"
        evidence = {name: text for name, text in flow.evidence.items() if name != "stored"}
        return replace(
            flow, steps=steps, exposure=way.exposure, functions=tuple(dict.fromkeys((*way.functions, id_))),
            confidence=confidence, source=way.what or flow.source, evidence=evidence,
        )  # fmt: skip

    def _ways(self, kind: FlowKind) -> Mapping[Point, Way]:
        """The best way to each point of data that does harm at sinks of this kind."""
        found = self._found_ways.get(kind)
        if found is None:
            found = self._found_ways[kind] = self._computed_ways(kind)
        return found

    def _computed_ways(self, kind: FlowKind) -> Mapping[Point, Way]:
        hops = self._explored
        ways: dict[Point, Way] = {}
        for source in {hop.source for found in hops.values() for hop in found}:
            exposure = None if source[1].startswith("stored:") else self._points.opened(source)
            if exposure is not None:
                ways[source] = Way(exposure, 0, self._points.entrance(source[0]), (), sure=True)
        for _ in range(MAX_HOPS):
            changed = False
            for point, found in hops.items():
                for hop in found:
                    before = ways.get(hop.source)
                    if before is None or kind in hop.mark.cured:
                        continue
                    way = _extended(before, hop)
                    known = ways.get(point)
                    if known is None or way.rank < known.rank:
                        ways[point] = way
                        changed = True
            if not changed:
                break
        return ways

    @cached_property
    def _explored(self) -> dict[Point, list[Hop]]:
        """From the points of sinks backwards, what feeds each point."""
        hops: dict[Point, list[Hop]] = {}
        frontier: dict[Point, None] = {}
        for facts in self._all:
            for flow in (*facts.flows, *facts.latent):
                frontier.update(dict.fromkeys((id_, key) for id_ in facts.functions if self._is_followed(id_)
                                              for key in flow.origins))  # fmt: skip
        for _ in range(MAX_HOPS):
            following: dict[Point, None] = {}
            for point in frontier:
                if point in hops or len(hops) >= MAX_POINTS:
                    continue
                hops[point] = list(self._points.hops(point))
                following.update(dict.fromkeys(hop.source for hop in hops[point]))
            frontier = {point: None for point in following if point not in hops}
            if not frontier:
                break
        else:
            behind = (point for point in frontier if any(True for _ in self._points.hops(point)))
            self.bounded = next((self._functions[point[0]].at for point in behind), None)
        return hops


def _extended(way: Way, hop: Hop) -> Way:
    """A way, one write longer."""
    exposure: CodeExposure = way.exposure
    if hop.mark.kind == "profile" and exposure in {"public", "unknown"}:
        exposure = "authenticated"
    written = Step(hop.delivery.at, hop.delivery.words, hop.delivery.writer)
    own = [step for step in hop.mark.steps if step.at != hop.delivery.at]
    steps = (*way.steps, *own, written, *hop.arrival)
    return Way(exposure, way.hops + 1, steps, (*way.functions, hop.mark.function),
               way.sure and hop.delivery.sure and hop.mark.sure, way.what or hop.mark.what)  # fmt: skip
