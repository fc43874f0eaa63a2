"""Environment variables of the code become what the template puts into them.

`${env:TABLE}` in a text is replaced by the value of the function's variable. A value that is exactly a reference to a
scanned resource becomes `${Name.Arn}`, whatever attribute was written (a queue's URL, a table's name): the role needs
the ARN, and every dialect can spell it. Names written out in the code are compared with those that the templates give.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from casemate.model.value import Cases, Literal, Reference, Text, Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from casemate.analysis.access.needs.resources import Texts
    from casemate.model.entity import Entity
    from casemate.model.function import Function
    from casemate.model.inventory import Inventory

_VARIABLE = re.compile(r"\$\{env:([^}?]+)(?:\?([^}]*))?\}")
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
        """Physical names that are written out in templates -> the one resource that has it."""
        found: dict[str, Entity | None] = {}
        for entity in (*self._inventory.stores, *self._inventory.functions, *self._inventory.secrets,
                       *self._inventory.state_machines):  # fmt: skip
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
        entity = self._named.get(given)
        yield f"${{{_key(entity)}.Arn}}" if entity is not None else given

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

    def _reference(self, reference: Reference, *, alone: bool) -> str:
        if reference.target.startswith("AWS::"):
            return f"${{{reference.target}}}"
        stack = self._function.stack if self._function else ""
        known = self._inventory.by_id.get(f"{stack}#{reference.target}")
        if alone and known is not None:
            return f"${{{reference.target}.Arn}}"
        attribute = f".{reference.attribute}" if reference.attribute else ""
        return f"${{{reference.target}{attribute}}}" if known is not None else "*"


def _key(entity: Entity) -> str:
    return entity.id.partition("#")[2]
