"""What to do with data of an internal trigger that no function is known to let an attacker choose.

* Everybody who writes there was scanned, and writes nothing of an attacker's (a constant, another field, a filter or
  prefix lets nothing through, the role may not): `drop`.
* Nothing is known to write there, though functions of the stack write to other things of the kind: `low`, exposure
  internal and confidence low. Whoever writes was not scanned, if anybody does.
* Nothing in the stack writes to things of the kind, so that whoever does must be outside of what was scanned; or the
  source itself is; or something writes there that is no scanned function (a policy of the thing lets others in, a
  state machine, an integration of an API, a function without code, one whose walk was cut off): `keep`, exposure
  internal and confidence medium at most.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Literal

from casemate.analysis.flow.filters import takes_own_events
from casemate.analysis.flow.places import place
from casemate.analysis.flow.points import FED
from casemate.model.value import references

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casemate.analysis.code.facts import CodeFacts
    from casemate.analysis.flow.deliveries import Deliveries
    from casemate.analysis.flow.linking import Links
    from casemate.analysis.flow.points import Hop, Point, Points
    from casemate.analysis.system import System
    from casemate.model.flow import FlowKind
    from casemate.model.trigger import Trigger

_WRITERS = frozenset({
    "AWS::ApiGateway::Method", "AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Integration", "AWS::ApiGatewayV2::Api",
    "AWS::Pipes::Pipe", "AWS::IoT::TopicRule", "AWS::AppSync::DataSource", "AWS::Scheduler::Schedule",
    "AWS::SES::ReceiptRule", "AWS::KinesisFirehose::DeliveryStream", "AWS::Logs::SubscriptionFilter",
    "AWS::CloudWatch::Alarm", "AWS::Transfer::User", "AWS::Cognito::IdentityPoolRoleAttachment",
    "AWS::ECS::TaskDefinition",
})  # fmt: skip
"""Types that put data of others into the things they refer to."""


Verdict = Literal["keep", "low", "drop"]


class Judge:
    """Verdicts on points. `explored`: what feeds each point; `bounded`: points behind the bound are not known."""

    def __init__(
        self, system: System, links: Links, deliveries: Deliveries, points: Points,
        facts: Mapping[str, list[CodeFacts]], explored: Mapping[Point, list[Hop]], *, bounded: bool,
    ) -> None:  # fmt: skip
        self._system = system
        self._links = links
        self._deliveries = deliveries
        self._points = points
        self._facts = facts
        self._explored = explored
        self._bounded = bounded
        self._functions = {function.id: function for function in system.inventory.functions}
        self._verdicts: dict[tuple[Point, FlowKind], Verdict] = {}

    def verdict(self, point: Point, kind: FlowKind) -> Verdict:
        """What to do with data of an internal trigger that no function is known to let an attacker choose.

        Data that another function hands on from an internal trigger of its own is judged by that trigger.
        """
        known = self._verdicts.get((point, kind))
        if known is not None:
            return known
        self._verdicts[point, kind] = "drop"  # what comes around says nothing new
        found = set() if point[1].startswith("stored:") else self._of_triggers(point)
        for hop in self._explored.get(point, ()):
            if kind not in hop.mark.cured and not self._is_open(hop.source):
                found.add(self.verdict(hop.source, kind))
        verdict: Verdict = "keep" if "keep" in found or self._bounded else "low" if "low" in found else "drop"
        self._verdicts[point, kind] = verdict
        return verdict

    def _is_open(self, point: Point) -> bool:
        return not point[1].startswith("stored:") and self._points.opened(point) is not None

    def _of_triggers(self, point: Point) -> set[Verdict]:
        """What is known of those who write to what triggers the function."""
        id_, key = point
        kind, _ = place(key)
        function = self._functions[id_]
        everything = self._system.triggers_of(function)
        if not everything:  # who may invoke it does: by a scanned function's call, or somebody else
            return {self._of_writers(id_) if self._deliveries.at(id_) else "keep"}
        found: set[Verdict] = set()
        for trigger in everything:
            if kind not in {None, trigger.kind} and (kind != "other" or trigger.kind in FED):
                continue
            source = self._points.source(trigger)
            if trigger.kind in FED and source == "bus:default":
                found.add(self._of_default_bus(trigger))
            elif trigger.kind in FED and source is not None and self._links.resource(source) is not None:
                found.add(self._of_writers(source))
            else:
                found.add("keep")
        return found or {"keep"}

    def _of_writers(self, source: str) -> Verdict:
        """Whether all that is known to write to a thing was scanned."""
        if source in self._opaque:
            return "keep"
        if self._deliveries.at(source):
            return "drop"
        stack = source.rpartition("#")[0]
        return "low" if (stack, self._links.kind_of(source)) in self._deliveries.written else "keep"

    def _of_default_bus(self, trigger: Trigger) -> Verdict:
        """The same for the default bus, on which services of AWS put events too: with what callers named, in part."""
        if not takes_own_events(trigger):
            return "keep"
        mine = (self._functions[one.writer].stack == trigger.stack for one in self._deliveries.at("bus:default"))
        if any(mine):
            return "drop"
        return "low" if (trigger.stack, "bus") in self._deliveries.written else "keep"

    @cached_property
    def _opaque(self) -> frozenset[str]:
        """Things into which something puts data that is no function with code."""
        found: set[str] = set()
        inventory = self._system.inventory
        started = {one.id for one in inventory.state_machines if one.definition and self._deliveries.at(one.id)}
        followed = {id_ for id_, facts in self._facts.items() if not any(_is_cut_off(one) for one in facts)}
        for edge in inventory.edges:
            seen = edge.source in followed or (edge.source in started and edge.target in self._functions)
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


def _is_cut_off(facts: CodeFacts) -> bool:
    """Whether a part of the function was not looked at: it may write anything."""
    return any(gap.reason.startswith(("the walk is longer", "nested too deep")) for gap in facts.gaps)
