"""Environment variables of the code become what the template puts into them.

`${env:TABLE}` in a text is replaced by the value of the function's variable. A value that is exactly a reference to a
scanned resource becomes `${Name.Arn}`, whatever attribute was written (a queue's URL, a table's name): the role needs
the ARN, and every dialect can spell it. Names written out in the code are compared with those that the templates give.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from casemate.model.function import Function
from casemate.model.secret import Secret
from casemate.model.store import Store
from casemate.model.value import Cases, Literal, Reference, Text, Value, references
from casemate.model.workflow import StateMachine

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from casemate.analysis.access.needs.resources import Texts
    from casemate.model.entity import Entity
    from casemate.model.inventory import Inventory
    from casemate.model.resource import Stack

_VARIABLE = re.compile(r"\$\{env:([^}?]+)(?:\?([^}]*))?\}")
_OWN = re.compile(r"\$\{(?:event|ssm):[^}]*\}")
_MAX_OPTIONS = 16

_NAME_PROPERTIES = (
    "TableName", "BucketName", "QueueName", "TopicName", "FunctionName", "StateMachineName", "Name", "StreamName",
    "DeliveryStreamName", "LogGroupName", "UserPoolName", "DBClusterIdentifier",
)  # fmt: skip
"""Where CloudFormation types keep the physical name of a resource."""


class Binder:
    """The variables of one function, and the names of everything that was scanned with it."""

    def __init__(self, function: Function | None, inventory: Inventory) -> None:
        self._function = function
        self._inventory = inventory

    @cached_property
    def _variables(self) -> Mapping[str, Value]:
        return {variable.name: variable.value for variable in self._function.environment} if self._function else {}

    @cached_property
    def _named(self) -> Mapping[str, Entity]:
        """Physical names that are written out in the function's template -> the one resource that has it."""
        found: dict[str, Entity | None] = {}
        stack = self._stack
        keys = stack.resources if stack is not None else ()
        entities = (self._inventory.by_id.get(f"{stack.path}#{key}") for key in keys) if stack is not None else ()
        for entity in entities:
            if not isinstance(entity, (Store, Function, Secret, StateMachine)):
                continue
            body = entity.resource.properties
            for name in _NAME_PROPERTIES:
                value = body.get(name)
                if isinstance(value, Literal) and isinstance(value.value, str):
                    found[value.value] = None if value.value in found else entity
        return {name: entity for name, entity in found.items() if entity is not None}

    def bind(self, parameters: Mapping[str, Texts]) -> dict[str, Texts]:
        """The parameters with every variable in its place."""
        return {name: tuple(dict.fromkeys(text for given in texts for text in self._texts(given)))
                for name, texts in parameters.items()}  # fmt: skip

    def _texts(self, given: str) -> Iterator[str]:
        whole = _VARIABLE.fullmatch(given)
        if whole is not None:
            value = self._variables.get(whole[1])
            if value is None and whole[2]:
                yield from self._texts(whole[2])
                return
            options = list(self._rendered(value, alone=True)) if value is not None else []
            yield from options[:_MAX_OPTIONS] or ("*",)
            return
        if "${env:" in given:
            yield _VARIABLE.sub(lambda match: self._inner(match[1], match[2]), given)
            return
        if given == "${event:bucket}":
            yield from self._event_buckets or ("*",)
            return
        if given.startswith("${ssm:"):
            yield from self._parameter(given)
            return
        if "${" in given:
            yield _OWN.sub("*", given)
            return
        entity = self._named.get(given)
        yield f"${{{_key(entity)}.Arn}}" if entity is not None else given

    @cached_property
    def _stack(self) -> Stack | None:
        return next(
            (one for one in self._inventory.stacks if self._function and one.path == self._function.stack), None
        )

    @cached_property
    def _declared(self) -> Collection[str]:
        """The keys of the resources of the stack."""
        return self._stack.resources.keys() if self._stack is not None else ()

    @cached_property
    def _event_buckets(self) -> Texts:
        """The buckets whose events start the function."""
        if self._function is None:
            return ()
        links = [
            trigger.source
            for trigger in self._inventory.triggers
            if trigger.kind == "bucket" and trigger.function.target == self._function.id and trigger.source is not None
        ]
        found = [self._inventory.by_id[link.target] for link in links if link.target in self._inventory.by_id]
        return tuple(f"${{{_key(entity)}.Arn}}" for entity in found) if len(found) == len(links) else ()

    @cached_property
    def socket(self) -> Texts:
        """The one WebSocket API of the stack: the ARN of a connection names its API."""
        stack = self._function.stack if self._function else ""
        found = [api for api in self._inventory.apis if api.kind == "websocket" and api.stack == stack]
        return (f"${{{_key(found[0])}}}",) if len(found) == 1 else ()

    def _parameter(self, given: str) -> Iterator[str]:
        """The value that the template puts into the parameter of Systems Manager which the code reads."""
        name = given.removeprefix("${ssm:").removesuffix("}")
        names = self._texts(f"${{{name}}}") if name.startswith("env:") else iter((name,))
        for text in names:
            key = text.removeprefix("${").removesuffix(".Arn}") if text.startswith("${") else None
            value = self._parameters.get(key or text)
            yield from (self._rendered(value, alone=True) if value is not None else ("*",))

    @cached_property
    def _parameters(self) -> Mapping[str, Value]:
        """Key and physical name of each parameter of the stack -> its value."""
        found: dict[str, Value] = {}
        for key, resource in self._stack.resources.items() if self._stack is not None else ():
            value = resource.properties.get("Value")
            if resource.type != "AWS::SSM::Parameter" or value is None:
                continue
            name = resource.properties.get("Name")
            found[key] = value
            if isinstance(name, Literal):
                found[str(name.value)] = value
        return found

    def _inner(self, name: str, default: str | None) -> str:
        value = self._variables.get(name)
        if value is None and default:
            return default
        options = list(self._rendered(value, alone=False)) if value is not None else []
        return options[0] if len(options) == 1 else "*"

    def _rendered(self, value: Value, *, alone: bool) -> Iterator[str]:
        if isinstance(value, Cases):
            for _, option in value.options():
                yield from self._rendered(option, alone=alone)
        elif isinstance(value, Literal):
            text = str(value.value)
            entity = self._named.get(text) if alone else None
            yield f"${{{_key(entity)}.Arn}}" if entity is not None else text
        elif isinstance(value, Reference):
            yield self._reference(value, alone=alone)
        elif isinstance(value, Text):
            yield "".join(next(iter(self._rendered(part, alone=False)), "*") for part in value.parts)
        else:
            yield "*"

    def _function_behind(self, key: str) -> str | None:
        """The function that an alias or a version stands for."""
        resource = self._stack.resources.get(key) if self._stack is not None else None
        if resource is None or resource.type not in {"AWS::Lambda::Alias", "AWS::Lambda::Version"}:
            return None
        name = resource.properties.get("FunctionName")
        return next((one.target for one in references(name)), None) if name is not None else None

    def _reference(self, reference: Reference, *, alone: bool) -> str:
        if reference.target.startswith("AWS::"):
            return f"${{{reference.target}}}"
        stack = self._function.stack if self._function else ""
        known = reference.target in self._declared or f"{stack}#{reference.target}" in self._inventory.by_id
        behind = self._function_behind(reference.target) if alone and known else None
        if behind is not None:
            return f"${{{behind}.Arn}}:*"
        if alone and known:
            return f"${{{reference.target}.Arn}}"
        attribute = f".{reference.attribute}" if reference.attribute else ""
        return f"${{{reference.target}{attribute}}}" if known else "*"


def _key(entity: Entity) -> str:
    return entity.id.partition("#")[2]
