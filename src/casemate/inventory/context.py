"""What a builder knows beside the one resource it builds: the stack, the other stacks, and who refers to whom."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from casemate.inventory.reading import Props, is_known
from casemate.model.entity import Entity, Link
from casemate.model.policy import Term
from casemate.model.value import Cases, Fields, Literal, Reference, Unknown, Value, display, references

if TYPE_CHECKING:
    from casemate.model.resource import Resource, Stack

Builder = Callable[["Resource", "Context"], Iterable[Entity]]
"""Builds every entity of one resource. Registered by native type in the `BUILDERS` table of its module."""


class World:
    """All stacks together: exports, and physical names that were written out."""

    def __init__(self, stacks: Sequence[Stack]) -> None:
        self.stacks = stacks
        self.exports: dict[str, tuple[Stack, Value]] = {}
        for stack in stacks:
            for name, value in stack.exports.items():
                self.exports.setdefault(name, (stack, value))
        self.names: dict[str, str] = {}


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
        target = next((found for reference in references(value) if (found := self.resolve(reference))), None)
        if (
            target is None
            and isinstance(value, Unknown)
            and value.kind == "import"
            and value.source in self.world.exports
        ):
            stack, exported = self.world.exports[value.source]
            target = next((f"{stack.path}#{reference.target}" for reference in references(exported)), None)
        if target is None and isinstance(value, Literal):
            target = self.world.names.get(display(value)) or self.world.names.get(
                display(value).rsplit(":", 1)[-1].rsplit("/", 1)[-1]
            )
        if isinstance(value, Literal) and value.value is None:
            return None
        return Link(display(value), value.at, target)

    def resolve(self, reference: Reference) -> str | None:
        """The id of the entity a reference names, or None when the stack declares no such resource."""
        return self.id(reference.target) if reference.target in self.stack.resources else None

    def resource(self, value: Value | None) -> Resource | None:
        """The declared resource of this stack that `value` refers to."""
        if value is None:
            return None
        return next(
            (found for reference in references(value) if (found := self.stack.resources.get(reference.target))), None
        )

    def term(self, value: Value) -> Term:
        """A policy string."""
        targets = tuple(dict.fromkeys(target for reference in references(value) if (target := self.resolve(reference))))
        return Term(display(value), value.at, targets, is_known(value) and not isinstance(value, Fields))


PHYSICAL_NAMES: dict[str, tuple[str, ...]] = {
    "AWS::Lambda::Function": ("FunctionName",),
    "AWS::IAM::Role": ("RoleName",),
    "AWS::IAM::User": ("UserName",),
    "AWS::IAM::Group": ("GroupName",),
    "AWS::IAM::ManagedPolicy": ("ManagedPolicyName",),
    "AWS::S3::Bucket": ("BucketName",),
    "AWS::DynamoDB::Table": ("TableName",),
    "AWS::SQS::Queue": ("QueueName",),
    "AWS::SNS::Topic": ("TopicName",),
    "AWS::Kinesis::Stream": ("Name",),
    "AWS::Logs::LogGroup": ("LogGroupName",),
    "AWS::Events::EventBus": ("Name",),
    "AWS::SecretsManager::Secret": ("Name",),
    "AWS::StepFunctions::StateMachine": ("StateMachineName",),
    "AWS::ECR::Repository": ("RepositoryName",),
}
"""The property that gives a resource a fixed name in its account, by type."""
