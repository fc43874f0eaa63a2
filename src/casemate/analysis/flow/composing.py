"""Flows across functions: who can choose the data that reaches a sink, over everything that the functions write.

A *point* is data that comes into one function: a field of its event, or of what a call of an SDK gives back. A point is
fed by what other functions write (`deliveries.py`), data of points of theirs; a point that an attacker reaches through a
route is open. Points that sinks depend on are looked at backwards, each once, over at most `MAX_HOPS` writes; then the
way of each from the most exposed open point, and the shortest such way, is kept.

What becomes of a flow whose data comes from an internal trigger:

* somebody's data gets there: the flow is reported with the whole way and the exposure where it begins;
* everybody who writes there was scanned, and writes nothing of an attacker's (a constant, another field, a filter or
  prefix lets nothing through, the role may not): no flow;
* nothing is known to write there: whoever does was not scanned. Exposure `internal`, confidence low;
* the source is outside of what was scanned, or something writes there that is no scanned function (a policy of the
  thing lets others in, a state machine, an integration of an API, a function without code): exposure `internal`,
  confidence medium at most.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from casemate.analysis.flow.channels import get
from casemate.analysis.flow.deliveries import Deliveries
from casemate.analysis.flow.filters import admits, may_equal, transformed
from casemate.analysis.flow.linking import Links
from casemate.analysis.flow.payload import ANY, Path, marks_in, segments, select, texts
from casemate.model.flow import Flow, Step
from casemate.model.value import references

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from casemate.analysis.code.facts import CodeFacts, Rendered, SdkCall
    from casemate.analysis.flow.deliveries import Delivery
    from casemate.analysis.flow.payload import Mark
    from casemate.analysis.system import System
    from casemate.model.flow import CodeExposure, FlowKind
    from casemate.model.function import Function
    from casemate.model.trigger import Trigger, TriggerKind

MAX_HOPS = 8
"""Writes between the public trigger and the sink."""
MAX_POINTS = 20_000
MAX_STEPS = 60

ORDER: Mapping[CodeExposure, int] = {"public": 0, "unknown": 1, "authenticated": 2, "internal": 3}
_STORED = re.compile(r"stored:(.+):(\d+)((?:\.[^:]*)?)")
_DATA_CLASS = re.compile(r"(?:data_classes|parser\.models)\.(?:\w+\.)?(\w+?)(?:Model)?\.([\w.\[\]]+)$")
_CLASSES: tuple[tuple[str, TriggerKind], ...] = (
    ("SQS", "queue"), ("SNS", "topic"), ("S3", "bucket"), ("DynamoDB", "table"), ("Kinesis", "stream"),
    ("EventBridge", "bus"), ("SES", "mail"), ("Kafka", "kafka"), ("CloudWatchLogs", "logs"),
)  # fmt: skip
"""Event classes of Powertools (documentation, "Event Source Data Classes") -> the trigger."""
_RECORDS: tuple[tuple[str, TriggerKind], ...] = (
    ("body", "queue"), ("messageAttributes", "queue"), ("Sns", "topic"), ("s3", "bucket"), ("dynamodb", "table"),
    ("kinesis", "stream"), ("ses", "mail"),
)  # fmt: skip
"""Field of a record -> the trigger whose records have it."""
_HTTP = frozenset({
    "body", "headers", "multiValueHeaders", "queryStringParameters", "multiValueQueryStringParameters",
    "rawQueryString", "pathParameters", "path", "rawPath", "cookies", "requestContext", "arguments", "args", "identity",
    "request", "source",
})  # fmt: skip
_OPEN: frozenset[TriggerKind] = frozenset({"mail", "user-pool", "alexa"})
_FED: frozenset[TriggerKind] = frozenset({"queue", "topic", "bus", "bucket", "table", "stream"})
_WRITERS = frozenset({
    "AWS::ApiGateway::Method", "AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Integration", "AWS::ApiGatewayV2::Api",
    "AWS::Pipes::Pipe", "AWS::IoT::TopicRule", "AWS::AppSync::DataSource", "AWS::Scheduler::Schedule",
    "AWS::SES::ReceiptRule", "AWS::KinesisFirehose::DeliveryStream", "AWS::Logs::SubscriptionFilter",
    "AWS::CloudWatch::Alarm", "AWS::Transfer::User", "AWS::Cognito::IdentityPoolRoleAttachment",
    "AWS::ECS::TaskDefinition",
})  # fmt: skip
"""Types that put data of others into the things they refer to."""

Point = tuple[str, str]
"""(id of a function, key of data that comes into it)."""
Verdict = Literal["keep", "low", "drop"]


@dataclass(frozen=True, slots=True)
class Hop:
    """`source`'s data gets to a point through a delivery."""

    source: Point
    mark: Mark
    delivery: Delivery
    arrival: tuple[Step, ...]


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
    """The flows of a system, those across functions among them. `bounded`: points behind the bound were left out."""

    def __init__(self, system: System, facts: Iterable[CodeFacts]) -> None:
        self._system = system
        self._all = tuple(facts)
        self._links = Links(system)
        self._functions = {function.id: function for function in system.inventory.functions}
        self._found_ways: dict[FlowKind, Mapping[Point, Way]] = {}
        self.bounded = False

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

    def flows(self) -> Iterator[Flow]:
        """Every flow: those of one function as they are, those from internal triggers joined, judged or dropped."""
        for facts in self._all:
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
        exposures = [
            exposure for id_ in functions for key in flow.origins
            if not key.startswith("stored:") and (exposure := self._opened((id_, key))) is not None
        ]  # fmt: skip
        joined = self._joined(flow, functions)
        if exposures:
            exposure = min(exposures, key=ORDER.__getitem__)
            if exposure == "public" and flow.exposure == "authenticated":  # the claims of a caller
                exposure = "authenticated"
            if joined is None or ORDER[exposure] <= ORDER[joined.exposure]:
                yield replace(flow, exposure=exposure)
                return
        if joined is not None:
            yield joined
            return
        verdicts = {self._verdict(id_, key) for id_ in functions for key in flow.origins}
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
        return replace(flow, steps=steps, exposure=way.exposure, functions=tuple(dict.fromkeys((*way.functions, id_))), confidence=confidence,
                       source=way.what or flow.source, evidence=evidence)  # fmt: skip

    def _verdict(self, id_: str, key: str) -> Verdict:
        """What to do with data of an internal trigger that no function is known to let an attacker choose."""
        if key.startswith("stored:"):
            return "drop"
        kind, _ = _place(key)
        function = self._functions[id_]
        everything = self._system.triggers_of(function)
        found: set[Verdict] = set()
        for trigger in everything:
            if kind not in {None, trigger.kind} and (kind != "other" or trigger.kind in _FED):
                continue
            source = self._source(trigger)
            scanned = source is not None and (self._links.resource(source) is not None or trigger.kind == "bus")
            found.add(self._of_writers(source) if trigger.kind in _FED and scanned else "keep")
        if not everything:  # who may invoke it does: by a scanned function's call, or somebody else
            found.add(self._of_writers(id_) if self._deliveries.at(id_) else "keep")
        return "low" if found == {"drop", "low"} or found == {"low"} else "drop" if found == {"drop"} else "keep"

    def _of_writers(self, source: str | None) -> Verdict:
        """Whether all that is known to write to a thing was scanned."""
        if source is None:
            return "keep"
        if source in self._opaque:
            return "keep"
        return "drop" if self._deliveries.at(source) else "low"

    @cached_property
    def _opaque(self) -> frozenset[str]:
        """Things into which something puts data that is no function with code."""
        found: set[str] = set()
        inventory = self._system.inventory
        started = {one.id for one in inventory.state_machines if one.definition and self._deliveries.at(one.id)}
        for edge in inventory.edges:
            seen = edge.source in self._facts or (edge.source in started and edge.target in self._functions)
            if edge.kind in {"writes", "invokes"} and not seen and edge.source != edge.target:
                found.add(edge.target)
        for policy in inventory.policies:
            if policy.target and policy.target.target and any(
                statement.effect == "Allow" and any(one.type in {"AWS", "*"} for one in statement.principals)
                for statement in policy.statements
            ):  # fmt: skip
                found.add(policy.target.target)
        for stack in inventory.stacks:
            for resource in stack.resources.values():
                if resource.type in _WRITERS:
                    found.update(f"{stack.path}#{one.target}" for one in references(resource.properties))
                elif resource.type == "AWS::S3::Bucket" and resource.properties.get("CorsConfiguration") is not None:
                    found.add(f"{stack.path}#{resource.key}")  # browsers upload to it
        return frozenset(found)

    # -- points
    def _opened(self, point: Point) -> CodeExposure | None:
        """Who can send the data of a point directly; None when only the system itself does."""
        function = self._functions[point[0]]
        if point[1] == "presigned":
            return self._system.exposure(function)
        kind, _ = _place(point[1])
        kinds = {trigger.kind for trigger in self._system.triggers_of(function)}
        if kind in _OPEN or (kind in {None, "http"} and _OPEN & kinds):
            return "public"
        if kind not in {None, "http"}:
            return None
        exposure = self._system.exposure(function)
        if exposure == "internal" or (not self._system.routes_of(function) and kinds):
            return None
        return exposure

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
            exposure = None if source[1].startswith("stored:") else self._opened(source)
            if exposure is not None:
                ways[source] = Way(exposure, 0, self._entrance(source[0]), (), sure=True)
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
                hops[point] = list(self._hops(point))
                following.update(dict.fromkeys(hop.source for hop in hops[point]))
            frontier = {point: None for point in following if point not in hops}
            if not frontier:
                break
        else:
            self.bounded = any(True for point in frontier for _ in self._hops(point))
        return hops

    def _entrance(self, id_: str) -> tuple[Step, ...]:
        """The public trigger of a function as the first stop."""
        routes = self._system.routes_of(self._functions[id_])
        if routes:
            best = min(routes, key=lambda route: ("none" not in route.auth.values(), route.at))
            return (Step(best.at, f"{best.label or 'a request'} starts {self._functions[id_].name}", id_),)
        triggers = [one for one in self._system.triggers_of(self._functions[id_]) if one.kind in _OPEN]
        return tuple(Step(one.at, f"the {one.kind} starts {self._functions[id_].name}", id_) for one in triggers[:1])

    # -- what feeds a point
    def _hops(self, point: Point) -> Iterator[Hop]:
        id_, key = point
        if key.startswith("stored:"):
            yield from self._read(point)
            return
        function = self._functions[id_]
        kind, path = _place(key)
        for trigger in self._system.triggers_of(function):
            if trigger.kind in _FED and kind in {None, trigger.kind}:
                yield from self._triggered(trigger, function, path)
        if not _is_of_class(key):
            whole = segments(key)[1:]
            for delivery in self._deliveries.at(id_):
                words = delivery.via or (Step(function.at, f"{function.name} is called with it", id_),)
                yield from _found(delivery, delivery.event, whole, words)

    def _source(self, trigger: Trigger) -> str | None:
        source = trigger.source
        if source is None:
            return None
        if source.target is not None:
            return source.target
        kind = "table" if trigger.kind == "table" else trigger.kind
        return self._links.named(kind, source.text, trigger.stack) if source.text else None

    def _triggered(self, trigger: Trigger, function: Function, path: Path) -> Iterator[Hop]:
        source = self._source(trigger)
        if source is None:
            return
        arrival = Step(trigger.at, f"{self._links.shown(source)} triggers {function.name}", function.id)
        for delivery in self._deliveries.at(source):
            if not admits(trigger, delivery.event, path):
                continue
            event = transformed(trigger, delivery.event)
            if event is not None:
                yield from _found(delivery, event, path, (*delivery.via, arrival))

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
                    certain = replace(delivery, sure=delivery.sure and sure and answer == "yes")
                    yield from _found(certain, delivery.kept, found.path, (*delivery.via, arrival))

    def _given_back(self, callee: str, path: Path, arrival: Step) -> Iterator[Hop]:
        """What an invoked function answers."""
        from casemate.analysis.flow.deliveries import Delivery

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


def _is_of_class(key: str) -> bool:
    return not key.startswith("event")


def _place(key: str) -> tuple[TriggerKind | Literal["http"] | None, Path]:
    """Which trigger the data of a key comes with (None: any), and its place in what the trigger delivers."""
    if _is_of_class(key):
        match = _DATA_CLASS.search(key)
        for prefix, kind in _CLASSES:
            if match is not None and match[1].startswith(prefix):
                return kind, ()
        return "http", ()
    path = segments(key)[1:]
    if not path:
        return None, ()
    if path[0] == "Records" or path[0] == ANY:
        rest = path[1:] if path[0] == ANY else path[2:]
        for name, kind in _RECORDS:
            if rest and rest[0] == name:
                return kind, _in_image(rest) if kind == "table" else rest
        return None, rest
    if path[0] == "detail":
        return "bus", path
    if path[0] in _HTTP:
        return "http", path
    if path[0] in {"awslogs", "records", "messages", "rmqMessagesByQueue"}:
        return {"awslogs": "logs", "records": "kafka"}.get(path[0], "message-broker"), path  # type: ignore[return-value]
    return "other", path


def _in_image(path: Path) -> Path:
    """A place in a stream record: `dynamodb.NewImage.name.S` without the type descriptors."""
    from casemate.analysis.flow.payload import without_types

    return (*path[:2], *without_types(path[2:]))
