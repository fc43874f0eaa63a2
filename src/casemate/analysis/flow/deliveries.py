"""Everything that the functions of a system put somewhere, by where it arrives."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from casemate.analysis.flow.channels import Put, puts
from casemate.analysis.flow.filters import aimed, find, passes, subscribed
from casemate.analysis.flow.payload import Mark, bound, record, select, texts
from casemate.analysis.flow.workflows import tasks
from casemate.inventory.aws.embedded import tree
from casemate.model.flow import Step
from casemate.model.value import Fields, Items, Literal, Reference, Text, Value, display
from casemate.model.workflow import StateMachine

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from casemate.analysis.code.facts import CodeFacts, Rendered, SdkCall
    from casemate.analysis.flow.linking import Links
    from casemate.analysis.system import System
    from casemate.model.function import Function
    from casemate.model.location import Span

MAX_RELAYS = 3
"""Things that hand on to one another without a function between them (a topic to a queue)."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """Data that `writer` (a function's id) puts somewhere at `at`.

    `event`, `kept`: as in `Put`, with marks; `sure`: False where it is not certain that the thing is the one that is
    named, or that the role may write to it; `via`: stops between the call and where it arrives; `reaches`: False where
    the role may not write (it counts as a writer, and nothing arrives).
    """

    writer: str
    at: Span
    event: Rendered
    kept: Rendered
    words: str
    sure: bool
    reaches: bool = True
    via: tuple[Step, ...] = ()


class Deliveries:
    """By id of a thing: what is put there; by id of a function: the events that state machines call it with."""

    def __init__(self, system: System, links: Links, facts: Mapping[str, list[CodeFacts]]) -> None:
        self._system = system
        self._links = links
        self._facts = facts
        self._table: dict[str, list[Delivery]] = {}
        self.written: set[tuple[str, str]] = set()
        """(stack, kind) of everything that functions of a stack write to."""
        self._returned: dict[str, Rendered | None] = {}
        for function in system.inventory.functions:
            for one in facts.get(function.id, ()):
                for call in one.calls:
                    self._call(function, call)

    def at(self, id_: str) -> list[Delivery]:
        """What is put there."""
        return self._table.get(id_, [])

    def published(self) -> Iterator[tuple[str, Delivery]]:
        """What is published to AWS IoT: (topic, delivery); `*` in a topic for what is not known."""
        for id_, found in self._table.items():
            if id_.startswith("iot-topic:"):
                for delivery in found:
                    yield id_.partition(":")[2], delivery

    def _call(self, function: Function, call: SdkCall) -> None:
        if call.sdk in {"azure", "google"} or not call.sure:
            return
        parameters = {name: bound(value, call.sources, function.id) for name, value in call.parameters.items()}
        if "*" in parameters:  # the rest of an options object
            everything: Rendered = parameters.pop("*")
            parameters = _Open(parameters, everything) if everything.get("from") else parameters
        for given in puts(call.service, call.operation, parameters):
            put = _uploaded(given, function.id) if "presigned" in call.parameters else given
            for id_, sure in self._links.resources(function, put.kind, put.resource, put.action):
                self.written.add((function.stack, put.kind))
                keys = texts(select(put.kept, ("Key",))) if put.kind == "bucket" else None
                named = keys[0] if keys is not None and len(keys) == 1 else ""
                answer = self._links.allowed(function, put.action, id_, named)
                words = f"{put.words} {self._links.shown(id_)}"
                delivery = Delivery(function.id, call.at, put.event, put.kept, words, sure and answer == "yes",
                                    answer != "no")  # fmt: skip
                self._arrive(id_, delivery, 0)

    def _arrive(self, id_: str, delivery: Delivery, relays: int) -> None:
        self._table.setdefault(id_, []).append(delivery)
        machine = self._links.entity(id_)
        if isinstance(machine, StateMachine):
            self._execution(machine, delivery)
        if relays < MAX_RELAYS:
            for target, relayed in self._relays(id_, delivery):
                self._arrive(target, relayed, relays + 1)

    # -- state machines
    def _execution(self, machine: StateMachine, delivery: Delivery) -> None:
        def meant(value: Value) -> list[str]:
            return list(self._links.meant("function", value, machine.stack))

        found = tasks(machine, delivery.event, meant, self.returned)
        for task in found:
            step = Step(task.at, f"the state {task.state} of {self._links.shown(machine.id)} calls the function")
            self._table.setdefault(task.function, []).append(
                replace(delivery, event=task.event, via=(*delivery.via, step))
            )

    def returned(self, function: str) -> Rendered | None:
        """What a function gives back to who called it."""
        if function not in self._returned:
            found = [one.returned for one in self._facts.get(function, ()) if one.returned is not None]
            values = [bound(one.parameters["value"], one.sources, function) for one in found]
            self._returned[function] = values[0] if len(values) == 1 else {"any": values} if values else None
        return self._returned[function]

    # -- from thing to thing
    def _relays(self, id_: str, delivery: Delivery) -> Iterator[tuple[str, Delivery]]:
        path = id_.rpartition("#")[0]
        for stack in self._system.inventory.stacks:
            if path and stack.path != path:
                continue
            for resource in stack.resources.values():
                found: Iterable[tuple[str, Rendered, Span]] = ()
                if resource.type == "AWS::SNS::Subscription":
                    found = self._subscription(id_, resource.properties, stack.path, delivery)
                elif resource.type == "AWS::Events::Rule":
                    found = self._rule(id_, resource.properties, stack.path, delivery)
                elif f"{stack.path}#{resource.key}" == id_ and resource.type == "AWS::S3::Bucket":
                    found = self._notified(resource.properties, stack.path, delivery)
                for target, event, at in found:
                    words = f"{self._links.shown(id_)} hands on to {self._links.shown(target)}"
                    kept = select(event, ("body",))
                    yield target, replace(delivery, event=event, kept=record(Body=kept),
                                          via=(*delivery.via, Step(at, words)))  # fmt: skip

    def _subscription(
        self, id_: str, properties: Fields, stack: str, delivery: Delivery
    ) -> Iterator[tuple[str, Rendered, Span]]:
        topic, endpoint = properties.get("TopicArn"), properties.get("Endpoint")
        if topic is None or endpoint is None or display(properties.get("Protocol") or endpoint).lower() != "sqs":
            return
        if id_ not in self._links.meant("topic", topic, stack):
            return
        message = select(delivery.event, ("Sns",)) or {}
        policy = tree(properties.get("FilterPolicy"))
        if isinstance(policy, Fields) and not subscribed(properties, policy, message):
            return
        raw = properties.get("RawMessageDelivery")
        text = select(message, ("Message",)) or {}
        body = text if isinstance(raw, Literal) and raw.value in {True, "true"} else message
        for target in self._links.meant("queue", endpoint, stack):
            yield target, record(body=body), endpoint.at

    def _rule(
        self, id_: str, properties: Fields, stack: str, delivery: Delivery
    ) -> Iterator[tuple[str, Rendered, Span]]:
        pattern, bus = tree(properties.get("EventPattern")), properties.get("EventBusName")
        if pattern is None or select(delivery.event, ("detail",)) is None:
            return
        own = set(self._links.meant("bus", bus, stack)) if bus is not None else {"bus:default"}
        if id_ not in own or not passes(pattern, delivery.event):
            return
        targets = properties.get("Targets")
        for target in targets.items if isinstance(targets, Items) else ():
            arn = target.get("Arn") if isinstance(target, Fields) else None
            event = aimed(target, delivery.event) if isinstance(target, Fields) else None
            if arn is None or event is None:
                continue
            wrapped: dict[str, Rendered] = {
                "queue": record(body=event), "topic": record(Sns=record(Message=event)), "state-machine": event,
                "stream": record(kinesis=record(data=event)),
            }  # fmt: skip
            for kind, made in wrapped.items():
                for found in self._links.meant(kind, arn, stack) if isinstance(arn, (Reference, Text, Literal)) else ():
                    if "#" in found and self._links.kind_of(found) == kind and self._links.resource(found) is not None:
                        yield found, made, arn.at

    def _notified(self, properties: Fields, stack: str, delivery: Delivery) -> Iterator[tuple[str, Rendered, Span]]:
        """Notifications of a bucket to queues and topics: the event of the function stands in the message."""
        message = record(Records={"list": [], "rest": delivery.event})
        for section, name, kind in (("QueueConfigurations", "Queue", "queue"), ("TopicConfigurations", "Topic",
                                    "topic")):  # fmt: skip
            listed = find(properties, "NotificationConfiguration", section)
            for one in listed.items if isinstance(listed, Items) else ():
                named = one.get(name) if isinstance(one, Fields) else None
                for target in self._links.meant(kind, named, stack) if named is not None else ():
                    event = record(body=message) if kind == "queue" else record(Sns=record(Message=message))
                    yield target, event, one.at


class _Open(dict[str, "Rendered"]):
    """Parameters of which some are an attacker's whole object: what is not written out may be in it."""

    def __init__(self, known: Mapping[str, Rendered], everything: Rendered) -> None:
        super().__init__(known)
        self._everything = everything

    def get(self, name: str, default: Rendered | None = None) -> Rendered | None:  # type: ignore[override]
        """A parameter, or a field of the object."""
        if name in self:
            return self[name]
        del default
        return {"from": [mark.below((name,)) for mark in self._everything["from"]]}


def _uploaded(put: Put, function: str) -> Put:
    """What whoever got a presigned URL uploads with it is theirs."""
    mark = Mark(function, "presigned", "request", "what is uploaded with the presigned URL", whole=True, sure=True,
                steps=())  # fmt: skip
    kept = dict(put.kept["map"])
    kept["Body"] = {"from": [mark]}
    kept["Metadata"] = {"from": [mark]}
    if any("${filename}" in text for text in texts(kept.get("Key")) or ()):
        parts = [kept["Key"], {"from": [mark]}]
        kept["Key"] = {"text": [{"const": text.partition("${filename}")[0]} for text in texts(parts[0]) or ()][:1]
                       + parts[1:]}  # fmt: skip
    return replace(put, kept={"map": kept}, event=record(s3=record(object=record(key=kept.get("Key")))))
