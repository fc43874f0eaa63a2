"""Which declaration a change is about.

It is the entity's own, or one that completes it (a stage, a function URL), or the one that holds the finding's cause.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from casemate.errors import EditError
from casemate.model.value import Cases, Fields, Items, Literal, Value, references

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.model.finding import Change
    from casemate.model.inventory import Inventory
    from casemate.model.location import Span
    from casemate.model.resource import Resource, Stack

_DEEPEST = 40


@dataclass(frozen=True, slots=True)
class Target:
    """A declaration and the native path in it.

    `literal`: the value that stands at the finding's cause, when it is this setting's and written out.
    """

    stack: Stack
    resource: Resource
    path: tuple[str, ...]
    literal: Literal | None = None


@dataclass(frozen=True, slots=True)
class Companion:
    """A resource that holds settings of another one.

    `paths` (first keys) of `owner` stand in `type`, which names its owner by `via`.

    `section`: what the first key is called on the owner when it stands for the companion as a whole (SAM's
    `FunctionUrlConfig`).
    """

    owner: str
    type: str
    via: str
    paths: frozenset[str] = frozenset()
    section: str = ""


COMPANIONS = (
    Companion("AWS::Lambda::Function", "AWS::Lambda::Url", "TargetFunctionArn", section="FunctionUrlConfig"),
    Companion(
        "AWS::ApiGateway::RestApi",
        "AWS::ApiGateway::Stage",
        "RestApiId",
        frozenset({"TracingEnabled", "MethodSettings", "AccessLogSetting", "CacheClusterEnabled"}),
    ),
    Companion(
        "AWS::ApiGatewayV2::Api",
        "AWS::ApiGatewayV2::Stage",
        "ApiId",
        frozenset({"AccessLogSettings", "DefaultRouteSettings", "RouteSettings"}),
    ),
)


def target_of(change: Change, inventory: Inventory, cause: Span | None) -> Target:
    """Where a change belongs.

    Raises `EditError` when the entity is not declared here or several places come into question.
    """
    stack, resource = _declared(change.entity, inventory)
    if cause is not None:
        found = _at_cause(stack, resource, change.path, cause)
        if found is not None:
            return found
    for companion in COMPANIONS:
        if resource.type == companion.owner and change.path[0] in (companion.paths or {companion.section}):
            path = change.path[1:] if companion.section else change.path
            return _within(stack, _companion(stack, resource, companion, cause), path, cause)
    return _within(stack, resource, change.path, cause)


def _declared(id_: str, inventory: Inventory) -> tuple[Stack, Resource]:
    entity = inventory.by_id.get(id_)
    for stack in inventory.stacks:
        if entity is not None and entity.stack == stack.path:
            return stack, entity.resource
        if id_.startswith(f"{stack.path}#"):
            resource = stack.resources.get(id_[len(stack.path) + 1 :])
            if resource is not None:
                return stack, resource
    raise EditError(f"{id_} is not declared in what was scanned")


def _companion(stack: Stack, owner: Resource, companion: Companion, cause: Span | None) -> Resource:
    found = [
        resource
        for resource in stack.resources.values()
        if resource.type == companion.type
        and (value := resource.properties.get(companion.via)) is not None
        and any(
            reference.target == owner.key or _stands_for(stack, reference.target, owner.key)
            for reference in references(value)
        )
    ]
    if len(found) > 1 and cause is not None:
        found = [resource for resource in found if resource.at == cause or resource.body.covers(cause)] or found
    if len(found) != 1:
        raise EditError(
            f"{owner.name} has {len(found) or 'no'} {companion.type.rpartition('::')[2]} that could be changed"
        )
    return found[0]


def _stands_for(stack: Stack, key: str, owner: str) -> bool:
    """Whether a resource (an alias) is implied by the owner."""
    resource = stack.resources.get(key)
    return resource is not None and resource.implied_by == owner


def _within(stack: Stack, resource: Resource, path: tuple[str, ...], cause: Span | None) -> Target:
    literal = next(
        (leaf for leaf in leaves(resource.properties, path) if isinstance(leaf, Literal) and leaf.at == cause), None
    )
    return Target(stack, resource, path, literal)


def _at_cause(stack: Stack, resource: Resource, path: tuple[str, ...], cause: Span) -> Target | None:
    """The declaration that holds a value called like the setting at exactly the finding's place.

    The entity's own first.
    """
    for candidate in (resource, *(other for other in stack.resources.values() if other is not resource)):
        for found, leaf in named(candidate.properties, path[-1], (), 0):
            if leaf.at == cause and (
                candidate is not resource
                or found == path
                or len(path) == 1
                or _without_numbers(found) == _without_numbers(path)
            ):
                return Target(stack, candidate, found, leaf)
    return None


def _without_numbers(path: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(key for key in path if not key.isdigit())


def named(value: Value, name: str, path: tuple[str, ...], depth: int) -> Iterator[tuple[tuple[str, ...], Literal]]:
    """Every written-out value under a key of this name, with its path."""
    if depth > _DEEPEST:
        return
    match value:
        case Fields(entries=entries):
            for key, entry in entries.items():
                if key == name:
                    for _, leaf in entry.value.options():
                        if isinstance(leaf, Literal):
                            yield (*path, key), leaf
                yield from named(entry.value, name, (*path, key), depth + 1)
        case Items(items=items):
            for number, item in enumerate(items):
                yield from named(item, name, (*path, str(number)), depth + 1)
        case Cases(cases=cases):
            for _, case in cases:
                yield from named(case, name, path, depth + 1)
        case _:
            return


def leaves(value: Value | None, path: tuple[str, ...]) -> Iterator[Value]:
    """What stands at a native path, each case by itself."""
    match value:
        case None:
            return
        case Cases(cases=cases):
            for _, case in cases:
                yield from leaves(case, path)
        case _ if not path:
            yield value
        case Fields():
            yield from leaves(value.get(path[0]), path[1:])
        case Items(items=items):
            if path[0].isdigit():
                yield from leaves(items[int(path[0])] if int(path[0]) < len(items) else None, path[1:])
            elif len(items) == 1:
                yield from leaves(items[0], path)
        case _:
            return
