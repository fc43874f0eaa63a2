"""What a builder knows beside the one resource it builds: the stack, the other stacks, and who refers to whom."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from casemate.inventory.reading import Props, is_known
from casemate.inventory.world import PHYSICAL_NAMES, World
from casemate.model.entity import Entity, Link
from casemate.model.policy import Term
from casemate.model.value import Cases, Fields, Literal, Reference, Value, display, references

if TYPE_CHECKING:
    from casemate.model.resource import Resource, Stack

__all__ = ["PHYSICAL_NAMES", "Builder", "Context", "World"]

Builder = Callable[["Resource", "Context"], Iterable[Entity]]
"""Builds every entity of one resource. Registered by native type in the `BUILDERS` table of its module."""


class Context:
    """One stack, as its builders see it."""

    def __init__(self, stack: Stack, world: World) -> None:
        self.stack = stack
        self.world = world
        self._by_type: dict[str, list[Resource]] = {}
        self._referrers: dict[str, list[Resource]] = {}
        for resource in stack.resources.values():
            self._by_type.setdefault(resource.type, []).append(resource)
            for target in dict.fromkeys(reference.target for reference in references(resource.properties)):
                self._referrers.setdefault(target, []).append(resource)

    def id(self, key: str) -> str:
        """The inventory id of the resource `key` of this stack."""
        return f"{self.stack.path}#{key}"

    def props(self, resource: Resource) -> Props:
        """The resource's properties for typed reading."""
        return Props(resource.properties, resource.at)

    def of_type(self, *types: str) -> Iterator[Resource]:
        """Resources of these native types, in order."""
        for type_ in types:
            yield from self._by_type.get(type_, ())

    def referrers(self, key: str, *types: str) -> Iterator[Resource]:
        """Resources (of these native types, if given) that refer to `key` anywhere in their properties."""
        for resource in self._referrers.get(key, ()):
            if not types or resource.type in types:
                yield resource

    def link(self, value: Value | None) -> Link | None:
        """A `Link` to what `value` refers to.

        The first reference in it, an export of another stack, or a physical name.
        """
        if value is None:
            return None
        if isinstance(value, Cases):
            return next((link for _, case in value.options() if (link := self.link(case)) is not None), None)
        meant = self.world.meaning(value, self.stack)
        target = next((found for reference in references(meant) if (found := self.resolve(reference))), None)
        if target is None and isinstance(meant, Literal):
            text = display(meant)
            target = self.world.named(text, self.stack.path) or self.world.named(
                text.rsplit(":", 1)[-1].rsplit("/", 1)[-1], self.stack.path
            )
        if isinstance(value, Literal) and value.value is None:
            return None
        return Link(display(value), value.at, target)

    def resolve(self, reference: Reference) -> str | None:
        """The id of the entity a reference names, here or in another stack (`PATH#KEY`); None for no such resource."""
        if reference.target in self.stack.resources:
            return self.id(reference.target)
        return reference.target if "#" in reference.target and self.world.resource(reference.target) else None

    def resource(self, value: Value | None) -> Resource | None:
        """The declared resource of this stack that `value` refers to."""
        if value is None:
            return None
        return next(
            (found for reference in references(value) if (found := self.stack.resources.get(reference.target))), None
        )

    def term(self, value: Value) -> Term:
        """A policy string, with what it refers to: by reference, or by the fixed name in an ARN that is written out."""
        meant = self.world.meaning(value, self.stack)
        targets = tuple(dict.fromkeys(target for reference in references(meant) if (target := self.resolve(reference))))
        text = display(meant)
        if not targets and text.startswith("arn:"):
            named = self.world.of_arn(text, self.stack)
            targets = () if named is None else (named,)
        return Term(text, value.at, targets, is_known(meant) and not isinstance(meant, Fields))
