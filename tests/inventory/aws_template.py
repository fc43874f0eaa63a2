"""What the tests of the AWS builders share: a template's resources become entities."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, TypeVar

from casemate.inventory.context import Context, World
from casemate.model.entity import Entity
from casemate.sources.cloudformation.source import read
from casemate.sources.source import Options
from casemate.sources.tree import MemoryTree

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casemate.inventory.context import Builder

E = TypeVar("E", bound=Entity)
PATH = "template.yaml"


class Built:
    """The entities of one template, by type and name."""

    def __init__(self, entities: list[Entity]) -> None:
        self.entities = entities

    def all(self, kind: type[E]) -> list[E]:
        return [entity for entity in self.entities if isinstance(entity, kind)]

    def one(self, kind: type[E], name: str | None = None) -> E:
        found = [entity for entity in self.all(kind) if name in {None, entity.name}]
        assert len(found) == 1, f"{len(found)} of {kind.__name__} {name}: {self.entities}"
        return found[0]


def built(text: str, *modules: str) -> Built:
    """The resources of a CloudFormation template, through the builders of these modules of `casemate.inventory.aws`."""
    reading = read(MemoryTree({PATH: text.encode()}), (PATH,), Options())
    assert not reading.diagnostics, reading.diagnostics
    table: dict[str, Builder] = {}
    for module in modules:
        found: Mapping[str, Builder] = import_module(f"casemate.inventory.aws.{module}").BUILDERS
        table.update(found)
    world = World(reading.stacks)
    entities: list[Entity] = []
    for stack in reading.stacks:
        context = Context(stack, world)
        for resource in stack.resources.values():
            builder = table.get(resource.type)
            if builder is not None:
                entities.extend(builder(resource, context))
    ids = [entity.id for entity in entities]
    assert len(ids) == len(set(ids)), f"ids are unique: {ids}"
    return Built(entities)
