"""One service: its sections with variables and functions resolved, and the resources that are made from it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from casemate.model.resource import Resource
from casemate.model.value import Entry, Fields, Literal, Reference, Unknown, Value, display, text_of
from casemate.sources.serverless import naming
from casemate.sources.serverless.declared import ServiceResolver, declared_template
from casemate.sources.serverless.lookups import DEFAULT_STAGE
from casemate.sources.serverless.values import entries_of, entry_of, fields_of, is_set, items_of, maps, text_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.model.location import Span
    from casemate.sources.serverless.values import Shape
    from casemate.sources.serverless.variables import Variables
    from casemate.sources.source import Options

PROVIDER = "provider"
"""The name of everything that a service has once."""
AZURE_SETTINGS = "x-azure-settings"
"""The settings of an event on Azure, which in version 1 of the plugin stand beside its kind."""
_MAJOR = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of a function's `events`: its kind, the span of that word, and what it says."""

    kind: str
    at: Span
    value: Value
    number: int

    def entry(self, *path: str) -> Entry | None:
        """A setting of the event."""
        return entry_of(self.value, *path)

    def get(self, *path: str) -> Value | None:
        """A setting's value."""
        found = entry_of(self.value, *path)
        return None if found is None else found.value

    def text(self, *path: str) -> str | None:
        """A setting's known text."""
        return text_of(self.get(*path))


@dataclass(frozen=True, slots=True)
class Declared:
    """One function as declared. `key`: its logical id; `at`: where its name stands."""

    name: str
    key: str
    at: Span
    settings: Fields
    events: tuple[Event, ...]

    def entry(self, *path: str) -> Entry | None:
        """A setting of the function."""
        return entry_of(self.settings, *path)

    def get(self, *path: str) -> Value | None:
        """A setting's value."""
        found = entry_of(self.settings, *path)
        return None if found is None else found.value

    def arn(self, at: Span) -> Reference:
        """A reference to the function's ARN."""
        return Reference(self.key, "Arn", at)


class Service:
    """A service in the making: builders read its sections and `add` resources."""

    def __init__(self, path: str, variables: Variables, options: Options) -> None:
        self.path = path
        self.variables = variables
        self.notes: list[str] = []
        self.made: dict[str, Resource] = {}
        root = variables.root
        self.template = declared_template(self._section("resources"), root.at)
        self.resolver = ServiceResolver(self.template, dict(options.parameters))
        self.plugins = frozenset(self._plugins())
        self.resolver.pseudo = "serverless-pseudo-parameters" in self.plugins
        self.provider_at = root.entries["provider"].key_at if "provider" in root.entries else root.at
        provider = self.section("provider")
        self.cloud = (text_of(provider) if isinstance(provider, Literal) else text_at(provider, "name")) or "aws"
        self.provider = fields_of(provider) or Fields({}, self.provider_at)
        self.name = self._name()
        self.stage = options.stage or text_at(self.provider, "stage") or DEFAULT_STAGE
        self.functions = {function.name: function for function in self._functions()}

    # -- sections
    # -------------------------------------------------------------------------------------------------------
    def _section(self, name: str) -> Value | None:
        entry = self.variables.root.entries.get(name)
        return None if entry is None else self.variables.resolve(entry.value)

    def section(self, name: str) -> Value | None:
        """A section at the top, resolved."""
        found = self._section(name)
        return None if found is None else self.resolver.resolve(found)

    def custom(self, *path: str) -> Entry | None:
        """A setting below `custom` (of a plugin), resolved. Only what is asked for is resolved.

        `custom` holds much that is nobody's.
        """
        node: Value | None = self.variables.root.get("custom")
        entry: Entry | None = None
        for key in path:
            holder = fields_of(self.variables.resolve(node) if isinstance(node, Literal) else node)
            entry = None if holder is None else holder.entries.get(key)
            if entry is None:
                return None
            node = entry.value
        if entry is None:
            return None
        value = self.resolver.resolve(self.variables.resolve(entry.value))
        return Entry(entry.key_at, value) if is_set(value) else None

    def entry(self, *path: str) -> Entry | None:
        """A setting of the provider."""
        return entry_of(self.provider, *path)

    def get(self, *path: str) -> Value | None:
        """A provider setting's value."""
        found = entry_of(self.provider, *path)
        return None if found is None else found.value

    def setting(self, function: Declared, *path: str, above: tuple[str, ...] | None = None) -> Entry | None:
        """A setting of the function, else of the provider (there at `above`, when it is named otherwise)."""
        return function.entry(*path) or self.entry(*(above or path))

    def has_plugin(self, *names: str) -> bool:
        """Whether one of these plugins is used."""
        return any(name in self.plugins for name in names)

    @property
    def major(self) -> int | None:
        """The framework's major version that the service asks for, if it says so."""
        version = text_of(self._section("frameworkVersion"))
        found = _MAJOR.search(version or "")
        return int(found[0][:4]) if found else None

    @property
    def stack_name(self) -> str:
        """The CloudFormation stack's name."""
        return text_at(self.provider, "stackName") or f"{self.name}-{self.stage}"

    def _name(self) -> str:
        value = self._section("service")
        if isinstance(value, Fields):
            value = value.get("name")
        return display(value) if value is not None and is_set(value) else "service"

    def _plugins(self) -> Iterator[str]:
        value = self._section("plugins")
        listed = fields_of(value)
        for item in items_of(listed.get("modules") if listed is not None else value):
            name = text_of(item)
            if name is not None:
                yield name.rsplit("/", 1)[-1] if name.startswith(".") else name

    # -- functions
    # ------------------------------------------------------------------------------------------------------
    def _functions(self) -> Iterator[Declared]:
        value = self.section("functions")
        for item in items_of(value):
            if isinstance(item, Unknown):
                self.notes.append(f"functions are not known: {item.reason}")
        for name, entry in entries_of(value):
            settings = fields_of(entry.value)
            if settings is None:
                reason = entry.value.reason if isinstance(entry.value, Unknown) else "not a map"
                self.notes.append(f"function {name} is not known: {reason}")
                settings = Fields({}, entry.key_at)
            yield Declared(
                name,
                naming.function(name),
                entry.key_at,
                settings,
                tuple(_events(settings, AZURE_EVENTS if self.cloud == "azure" else frozenset())),
            )

    # -- making
    # ---------------------------------------------------------------------------------------------------------
    def add(
        self,
        type_: str,
        key: str,
        shape: Shape | Fields,
        *,
        name: str,
        at: Span,
        implied_by: str | None = None,
        metadata: Fields | None = None,
    ) -> None:
        """Declare a resource; the first under a key stays."""
        if key in self.made:
            return
        properties = shape if isinstance(shape, Fields) else shape.fields()
        self.made[key] = Resource(
            type=type_,
            name=name,
            key=key,
            at=at,
            body=_body(at, properties),
            properties=properties,
            dialect="serverless",
            implied_by=implied_by,
            metadata=metadata,
        )

    def replace(self, resource: Resource) -> None:
        """Declare a resource in place of what was made under its key."""
        self.made[resource.key] = resource

    def events(self, *kinds: str) -> Iterator[tuple[Declared, Event]]:
        """Every event of these kinds with its function."""
        for function in self.functions.values():
            for event in function.events:
                if event.kind in kinds:
                    yield function, event

    def permit(self, function: Declared, key: str, principal: str, at: Span, **more: Value | str | None) -> None:
        """Let a service call a function."""
        from casemate.sources.serverless.values import fields

        properties = fields(
            at, FunctionName=function.arn(at), Action="lambda:InvokeFunction", Principal=principal, **more
        )
        self.add("AWS::Lambda::Permission", key, properties, name=function.name, at=at, implied_by=function.key)


def _body(at: Span, properties: Fields) -> Span:
    end = properties.at
    return at.to(end) if end.path == at.path and (end.end_line, end.end_column) > (at.end_line, at.end_column) else at


AZURE_EVENTS = frozenset(
    {"http", "timer", "queue", "blob", "eventHub", "serviceBus", "eventGrid", "cosmosDB", "cosmosDb"}
)
"""Kinds of serverless-azure-functions. Since its version 2 their settings stand beside them in the same map."""


def _flat(part: Fields, kinds: frozenset[str]) -> Entry | None:
    """The settings beside the kind of an Azure event, as if they stood below `x-azure-settings`."""
    if not kinds & part.entries.keys():
        return None
    settings = {key: entry for key, entry in part.entries.items() if key not in kinds}
    own = next(entry for key, entry in part.entries.items() if key in kinds)
    return Entry(own.key_at, Fields(settings, part.at)) if settings else None


def _events(settings: Fields, flat: frozenset[str] = frozenset()) -> Iterator[Event]:
    number = 0
    for item in items_of(settings.get("events")):
        if isinstance(item, Literal):
            kind = text_of(item)
            if kind is not None:
                number += 1
                yield Event(kind, item.at, Literal(value=True, at=item.at), number)
            continue
        for part in maps(item):
            beside = part.entries.get(AZURE_SETTINGS) or _flat(part, flat)
            for kind, entry in part.entries.items():
                if is_set(entry.value) and entry is not beside and (kind in flat or not flat or beside is None):
                    number += 1
                    value = entry.value if beside is None else Fields({kind: entry, AZURE_SETTINGS: beside}, part.at)
                    yield Event(kind, entry.key_at, value, number)
