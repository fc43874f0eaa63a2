"""One SAM template while it is expanded: what was declared, what has been made of it.

And what has to be added to other resources.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.record import dataclass, replace
from casemate.model.resource import Resource
from casemate.model.value import Entry, Fields, Items, Reference, Text, Value, references
from casemate.sources.sam.defaults import PREFIX, merged
from casemate.sources.sam.writing import entry, fields, map_of, name_of, value_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from casemate.model.location import Span
    from casemate.sources.sam.roles import RoleDraft


class Expansion:
    """Collects the native resources.

    `declared`: every resource of the template; `properties`: those of SAM's types with Globals merged in.
    """

    def __init__(
        self, declared: Mapping[str, Resource], globals_: Fields | None, attributes: Mapping[str, Fields]
    ) -> None:
        self.declared = declared
        self.globals = globals_
        self.attributes = attributes
        self.properties: dict[str, Fields] = {
            key: merged(
                resource.type,
                resource.properties,
                globals_,
                value_of(attributes[key], "IgnoreGlobals") if key in attributes else None,
            )
            for key, resource in declared.items()
            if resource.type.startswith(PREFIX)
        }
        self.made: dict[str, Resource] = {}
        self.routes: dict[str, list[Route]] = {}
        self.aliases: dict[str, str] = {}
        self._dropped: set[str] = set()
        self._renamed: dict[tuple[str, str], str] = {}
        self._notifications: dict[str, list[Value]] = {}
        self._pool_triggers: dict[str, dict[str, Entry]] = {}

    def of_kind(self, kind: str) -> Iterator[Resource]:
        """The declared resources of a type of SAM."""
        for resource in self.declared.values():
            if resource.type == PREFIX + kind:
                yield resource

    # -- results
    # --------------------------------------------------------------------------------------------------------
    def become(self, resource: Resource, type_: str, properties: Fields, *, retained: bool | None = None) -> None:
        """`resource` itself as a resource of a native type: same key, name, place."""
        kept = resource.retained if retained is None else retained
        self.made[resource.key] = replace(resource, type=type_, properties=properties, retained=kept)

    def imply(
        self,
        key: str,
        type_: str,
        cause: Resource,
        at: Span,
        properties: Fields,
        *,
        name: str | None = None,
        condition: str | None = None,
    ) -> None:
        """A resource that SAM adds because of `cause`, at the place that causes it.

        A resource of the template with the same key wins.
        """
        if key in self.declared or key in self.made:
            return
        words = " and ".join(word for word in (cause.condition, condition) if word) or None
        self.made[key] = Resource(
            type=type_,
            name=name or cause.name,
            key=key,
            at=at,
            body=cause.body,
            properties=properties,
            dialect="sam",
            implied_by=cause.key,
            condition=words,
            metadata=cause.metadata,
        )

    def drop(self, key: str) -> None:
        """A resource that stands only for others."""
        self._dropped.add(key)

    def permit(self, key: str, cause: Resource, at: Span, principal: str, **more: Entry | Value | None) -> None:
        """The `AWS::Lambda::Permission` that lets a service invoke the function `cause`."""
        properties = fields(
            at,
            {
                "Action": "lambda:InvokeFunction",
                "FunctionName": self.invoked(cause.key, at),
                "Principal": principal,
                **more,
            },
        )
        self.imply(key, "AWS::Lambda::Permission", cause, at, properties)

    def invoked(self, key: str, at: Span) -> Reference:
        """What events call: the function, or the alias that `AutoPublishAlias` makes for it."""
        return Reference(self.aliases.get(key, key), None, at)

    def referable(self, key: str, name: str, made: str) -> None:
        """Let `!Ref key.name` (`MyFunction.Alias`, `MyApi.Stage`) mean the resource `made`."""
        self._renamed[key, name] = made

    # -- additions to other resources
    # -----------------------------------------------------------------------------------
    def notify(self, bucket: str, configuration: Fields) -> None:
        """Add one notification to a bucket of the template."""
        self._notifications.setdefault(bucket, []).append(configuration)

    def trigger(self, pool: str, name: str, function: Entry) -> None:
        """Add one trigger to a user pool of the template."""
        self._pool_triggers.setdefault(pool, {}).setdefault(name, function)

    def finish(self) -> dict[str, Resource]:
        """Every resource: what was declared or what it became, in the template's order, then what is implied."""
        done = {
            key: self.made.pop(key, resource) for key, resource in self.declared.items() if key not in self._dropped
        }
        done.update(self.made)
        for key, listed in self._notifications.items():
            done[key] = replace(done[key], properties=_with_notifications(done[key].properties, listed))
        for key, triggers in self._pool_triggers.items():
            before = done[key].properties
            config = map_of(before, "LambdaConfig")
            at = next(iter(triggers.values())).key_at
            done[key] = replace(
                done[key], properties=_with(before, "LambdaConfig", Fields({**triggers, **config.entries}, at), at)
            )
        if self._renamed:
            for key, resource in done.items():
                if any(self._new_name(reference) is not None for reference in references(resource.properties)):
                    done[key] = replace(resource, properties=_as_fields(self._rename(resource.properties)))
        return done

    def _new_name(self, reference: Reference) -> Reference | None:
        target, _, first = reference.target.partition(".")
        first, rest = (first, reference.attribute) if first else (reference.attribute or "").partition(".")[::2]
        made = self._renamed.get((target, first or ""))
        return None if made is None or (made == target and not first) else Reference(made, rest or None, reference.at)

    def _rename(self, value: Value) -> Value:
        match value:
            case Reference():
                return self._new_name(value) or value
            case Fields(entries=entries):
                return Fields(
                    {key: Entry(item.key_at, self._rename(item.value)) for key, item in entries.items()}, value.at
                )
            case Items(items=items):
                return Items([self._rename(item) for item in items], value.at)
            case Text(parts=parts):
                return Text([self._rename(part) for part in parts], value.at)
            case _:
                return value


@dataclass(frozen=True, slots=True)
class Route:
    """One route that an event gives to an API of the template.

    `settings`: its `RouteSettings`; `policy`: its `Auth.ResourcePolicy`.
    """

    path: str
    method: str
    owner: Resource
    at: Span
    settings: Entry | None = None
    policy: Entry | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a function or state machine.

    `key`: owner and name in one word, as SAM names what it makes of it; `at`: the name's span.
    """

    expansion: Expansion
    owner: Resource
    name: str
    at: Span
    type: str
    properties: Fields
    role: RoleDraft

    @property
    def key(self) -> str:
        """The logical id of the event's main resource."""
        return f"{self.owner.key}{self.name}"

    @property
    def target(self) -> Reference:
        """The ARN of what the event starts."""
        called = self.expansion.invoked(self.owner.key, self.at)
        if self.starts_machine or called.target != self.owner.key:
            return called
        return Reference(self.owner.key, "Arn", self.at)

    @property
    def starts_machine(self) -> bool:
        """Whether the event starts a state machine, not a function."""
        return self.owner.type == "AWS::Serverless::StateMachine"

    def get(self, *path: str) -> Entry | None:
        """A property of the event, unless it is absent."""
        return entry(self.properties, *path)

    def value(self, *path: str) -> Value | None:
        """The value of a property of the event, unless it is absent."""
        return value_of(self.properties, *path)

    def declared(self, *path: str) -> str | None:
        """The key of the declared resource that a property refers to."""
        key = name_of(self.value(*path))
        return key if key in self.expansion.declared else None

    def imply(self, key: str, type_: str, properties: Fields) -> None:
        """A resource that the event stands for."""
        self.expansion.imply(key, type_, self.owner, self.at, properties)


def _with(before: Fields, key: str, value: Value, at: Span) -> Fields:
    key_at = before.entries[key].key_at if key in before.entries else at
    return Fields({**before.entries, key: Entry(key_at, value)}, before.at)


def _with_notifications(before: Fields, listed: list[Value]) -> Fields:
    at = listed[0].at
    config = map_of(before, "NotificationConfiguration")
    own = value_of(config, "LambdaConfigurations")
    items = [*(own.items if isinstance(own, Items) else ()), *listed]
    return _with(
        before,
        "NotificationConfiguration",
        _with(Fields(config.entries, at), "LambdaConfigurations", Items(items, at), at),
        at,
    )


def _as_fields(value: Value) -> Fields:
    return value if isinstance(value, Fields) else Fields({}, value.at)
