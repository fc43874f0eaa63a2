"""All stacks together: what an import, an output of a nested stack, or a physical name means in another stack.

A value that crosses stacks becomes a `Reference` whose target is `PATH#KEY`, the id of the entity it means, so that
links, policy terms and attachments follow it like a reference at home. Where several stacks export one name, or give
one physical name (copies of a template in one repository), the nearest folder is meant, and nothing when that does not
decide. Source: AWS CloudFormation User Guide, "Get exports from a deployed stack", "Embed stacks within other stacks".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from casemate.model.value import Cases, Entry, Fields, Items, Literal, Reference, Text, Unknown, Value, references

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from casemate.inventory.context import Context
    from casemate.model.location import Span
    from casemate.model.resource import Resource, Stack

T = TypeVar("T")

MAX_CROSSINGS = 6
"""Most stacks that a value is followed through, export after export."""
_OUTPUTS = "Outputs."
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

_ARNS: dict[str, tuple[str, str]] = {
    "s3": ("AWS::S3::Bucket", ""),
    "dynamodb": ("AWS::DynamoDB::Table", "table/"),
    "sqs": ("AWS::SQS::Queue", ""),
    "sns": ("AWS::SNS::Topic", ""),
    "kinesis": ("AWS::Kinesis::Stream", "stream/"),
    "lambda": ("AWS::Lambda::Function", "function:"),
    "states": ("AWS::StepFunctions::StateMachine", "stateMachine:"),
    "events": ("AWS::Events::EventBus", "event-bus/"),
    "ecr": ("AWS::ECR::Repository", "repository/"),
}
"""Service of an ARN -> type of its main resource, and what stands before the name. Source: the Service Authorization
Reference, "Resource types" of each service. Roles are left out: as principals they may be another account's."""
_ARN_NAME = re.compile(r"[/:]")
_OPEN = re.compile(r"[*?$<]")


class World:
    """All stacks of one scan."""

    def __init__(self, stacks: Sequence[Stack]) -> None:
        self.stacks = stacks
        self.by_path = {stack.path: stack for stack in stacks}
        self.exports: dict[str, list[tuple[Stack, Value]]] = {}
        self._names: dict[str, list[tuple[str, str]]] = {}
        self._contexts: dict[str, Context] = {}
        for stack in stacks:
            for name, exported in stack.exports.items():
                self.exports.setdefault(name, []).append((stack, exported))
            for resource in stack.resources.values():
                for property_ in PHYSICAL_NAMES.get(resource.type, ()):
                    value = resource.properties.get(property_)
                    if isinstance(value, Literal) and isinstance(value.value, str):
                        named = self._names.setdefault(value.value, [])
                        named.append((resource.type, f"{stack.path}#{resource.key}"))

    # -- what there is
    def context(self, path: str) -> Context:
        """The stack at `path` as its builders see it, for what another stack reaches there. `path` must be known."""
        found = self._contexts.get(path)
        if found is None:
            from casemate.inventory.context import Context

            found = self._contexts[path] = Context(self.by_path[path], self)
        return found

    def resource(self, id_: str) -> Resource | None:
        """The declared resource with this id."""
        path, _, key = id_.rpartition("#")
        stack = self.by_path.get(path)
        return None if stack is None else stack.resources.get(key)

    def named(self, name: str, near: str, types: Iterable[str] = ()) -> str | None:
        """The id of the resource with a written-out physical name (of one of `types`), seen from the stack `near`."""
        wanted = frozenset(types)
        found = [id_ for type_, id_ in self._names.get(name, ()) if not wanted or type_ in wanted]
        return _nearest([(id_.rpartition("#")[0], id_) for id_ in found], near)

    def exported(self, name: str, near: str) -> tuple[Stack, Value] | None:
        """The export of this name, and the stack it comes from, seen from the stack `near`."""
        return _nearest([(stack.path, (stack, value)) for stack, value in self.exports.get(name, ())], near)

    # -- what a value means
    def meaning(self, value: Value, stack: Stack) -> Value:
        """`value` of `stack` with imports and outputs of nested stacks replaced by what they mean.

        Every part keeps its place. What cannot be followed stays as it is; unchanged values are shared.
        """
        if not self.exports and not stack.nested:
            return value
        return self._carried(value, stack, None, 0)

    def _carried(self, value: Value, stack: Stack, at: Span | None, depth: int) -> Value:
        """`at`: where the value is used when `stack` is not the stack that uses it; None at home."""
        place = value.at if at is None else at
        match value:
            case Reference(target=target, attribute=attribute):
                output = attribute.removeprefix(_OUTPUTS) if attribute and attribute.startswith(_OUTPUTS) else None
                child = self.by_path.get(stack.nested.get(target, "")) if output is not None else None
                inner = child.outputs.get(output) if child is not None and output is not None else None
                if child is not None and inner is not None and depth < MAX_CROSSINGS:
                    return self._carried(inner, child, place, depth + 1)
                if at is None:
                    return value
                home = f"{stack.path}#{target}" if target in stack.resources else target
                return Reference(home, attribute, place)
            case Unknown(kind="import", source=source):
                found = self.exported(source, stack.path) if depth < MAX_CROSSINGS else None
                return value if found is None else self._carried(found[1], found[0], place, depth + 1)
            case Text(parts=parts):
                return self._text(parts, value, stack, at, depth)
            case Items(items=items):
                carried = [self._carried(item, stack, at, depth) for item in items]
                return value if _same(carried, items) else Items(carried, place)
            case Cases(cases=cases):
                options = [(words, self._carried(case, stack, at, depth)) for words, case in cases]
                same = _same([case for _, case in options], [case for _, case in cases])
                return value if same else Cases(options, place)
            case Fields(entries=entries):
                made = {key: self._carried(entry.value, stack, at, depth) for key, entry in entries.items()}
                if _same(list(made.values()), [entry.value for entry in entries.values()]):
                    return value
                return Fields({key: Entry(entries[key].key_at, part) for key, part in made.items()}, place)
            case Literal(value=scalar) if at is not None:
                return Literal(scalar, place)
            case _:
                return value

    def _text(self, parts: Sequence[Value], value: Text, stack: Stack, at: Span | None, depth: int) -> Value:
        from casemate.sources.cloudformation.intrinsics import concatenate

        carried = [self._carried(part, stack, at, depth) for part in parts]
        return value if _same(carried, parts) else concatenate(carried, value.at if at is None else at)

    def of_arn(self, text: str, stack: Stack) -> str | None:
        """The id of the resource whose fixed name stands in a written-out ARN (`arn:aws:s3:::shop-files/*`), or None.

        Region and account may be references or wildcards; the name itself must be written out.
        """
        parts = text.replace("${AWS::", "${AWS.").split(":", 5)
        form = _ARNS.get(parts[2]) if len(parts) > 5 else None
        if form is None:
            return None
        type_, prefix = form
        rest = parts[5]
        if not rest.startswith(prefix):
            return None
        name = _ARN_NAME.split(rest[len(prefix) :], maxsplit=1)[0]
        return self.named(name, stack.path, (type_,)) if name and not _OPEN.search(name) else None

    def targets(self, value: Value, stack: Stack, types: Iterable[str]) -> Iterator[str]:
        """The ids of the resources of `types`, of any stack, that a value names: by reference, import, or name."""
        wanted = frozenset(types)
        for _, option in self.meaning(value, stack).options():
            met = False
            for reference in references(option):
                id_ = f"{stack.path}#{reference.target}" if reference.target in stack.resources else reference.target
                resource = self.resource(id_)
                if resource is not None and resource.type in wanted:
                    met = True
                    yield id_
            if not met and isinstance(option, Literal) and isinstance(option.value, str):
                name = option.value.rpartition(":")[2].rpartition("/")[2]
                found = self.named(option.value, stack.path, wanted) or self.named(name, stack.path, wanted)
                if found is not None:
                    yield found


def _same(new: Sequence[Value], old: Sequence[Value]) -> bool:
    return all(one is other for one, other in zip(new, old, strict=True))


def _nearest(candidates: Sequence[tuple[str, T]], near: str) -> T | None:
    """The candidate whose path shares the most folders with `near`; None where two of them are as near."""
    if len(candidates) < 2:
        return candidates[0][1] if candidates else None
    here = near.partition("@")[0].split("/")

    def closeness(path: str) -> tuple[bool, int]:
        parts = path.partition("@")[0].split("/")
        shared = 0
        while shared < min(len(parts), len(here)) and parts[shared] == here[shared]:
            shared += 1
        return path == near, shared

    ranked = sorted(((closeness(path), place) for place, (path, _) in enumerate(candidates)), reverse=True)
    if ranked[0][0] == ranked[1][0]:
        first = candidates[min(ranked[0][1], ranked[1][1])]
        return first[1] if ranked[0][0][0] else None  # twice in the stack itself: the first one written
    return candidates[ranked[0][1]][1]
