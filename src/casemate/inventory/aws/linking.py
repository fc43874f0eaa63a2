"""Finding what a value means, through aliases, versions, ARNs, and names put together from parts."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, TypeGuard

from casemate.inventory.aws.entity import about
from casemate.inventory.entity import About
from casemate.model.entity import Link
from casemate.model.value import Literal, Value, display, references

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from casemate.inventory.context import Context
    from casemate.model.location import Span
    from casemate.model.resource import Resource

FUNCTION = "AWS::Lambda::Function"
_QUALIFIERS = frozenset({"AWS::Lambda::Alias", "AWS::Lambda::Version"})
_MAX_HOPS = 4
_NAME_IN_ARN = re.compile(r":function:((?:\$\{[^}]*\}|[^:/{}$])+)")
_BARE_NAME = re.compile(r"(?:\$\{[^}]*\}|[\w-])+(?::[\w$-]+)?")


def identity(resource: Resource, context: Context, part: str = "", at: Span | None = None) -> About:
    """The shared fields of an entity. What a framework implies without a name is called after what implies it."""
    found = about(resource, context, part)
    cause = context.stack.resources.get(resource.implied_by) if resource.implied_by is not None else None
    if cause is not None and resource.name == resource.key:
        found["name"] = cause.name
    if at is not None:
        found["at"] = at
    return found


def linked(value: Value | None, context: Context) -> Link | None:
    """A link to the first declared resource in `value`; pseudo parameters before it in a text do not count."""
    if value is None:
        return None
    for _, option in context.world.meaning(value, context.stack).options():
        target = next(
            (found for reference in references(option) if (found := context.resolve(reference)) is not None), None
        )
        if target is not None:
            return Link(display(value), value.at, target)
    return context.link(value)


# -- functions ---------------------------------------------------------------------------------------------------------
def function_link(value: Value | None, context: Context) -> Link | None:
    """A link to the function that `value` means: by reference, ARN or name, alias, version, or an integration's URI."""
    if value is None:
        return None
    for _, option in context.world.meaning(value, context.stack).options():
        target = _function_id(option, context)
        if target is not None:
            return Link(display(value), value.at, target)
    return None if isinstance(value, Literal) and value.value is None else Link(display(value), value.at)


def means_function(link: Link | None) -> TypeGuard[Link]:
    """Whether a link leads to a function: one that was scanned, or an ARN or URI of Lambda."""
    return link is not None and (link.target is not None or ":function:" in link.text or ":lambda:" in link.text)


def _function_id(value: Value, context: Context, hops: int = 0) -> str | None:
    for reference in references(value):
        resource = context.stack.resources.get(reference.target)
        if resource is None:
            known = context.world.resource(reference.target) if "#" in reference.target else None
            if known is not None and known.type == FUNCTION:
                return reference.target
            continue
        if resource.type == FUNCTION:
            return context.id(resource.key)
        named = resource.properties.get("FunctionName")
        if resource.type in _QUALIFIERS and named is not None and hops < _MAX_HOPS:
            return _function_id(named, context, hops + 1)
    return _function_by_name(display(value), context)


def _function_by_name(text: str, context: Context) -> str | None:
    found = _NAME_IN_ARN.search(text)
    if found is not None:
        name = found[1]
    elif _BARE_NAME.fullmatch(text):
        name = text if "${" in text else text.partition(":")[0]
    else:
        return None
    key = _named_functions(context).get(name)
    if key is not None:
        return context.id(key)
    return context.world.named(name, context.stack.path, (FUNCTION,)) if "${" not in name else None


@lru_cache(maxsize=8)
def _named_functions(context: Context) -> Mapping[str, str]:
    """Written-out function name, references as `${Name}` -> key of the function."""
    table: dict[str, str] = {}
    for resource in context.of_type(FUNCTION):
        name = resource.properties.get("FunctionName")
        for _, option in name.options() if name is not None else ():
            text = display(option)
            if text:
                table.setdefault(text, resource.key)
    return table


@lru_cache(maxsize=64)
def by_function(context: Context, type_: str, path: str) -> Mapping[str, Sequence[Resource]]:
    """Resources of `type_` by the id of the function that their property `path` means."""
    table: dict[str, list[Resource]] = {}
    for resource in context.of_type(type_):
        for id_ in dict.fromkeys(_function_ids(resource, context, path)):
            table.setdefault(id_, []).append(resource)
    return table


def _function_ids(resource: Resource, context: Context, path: str) -> Iterator[str]:
    for _, value in context.props(resource).each(path):
        link = function_link(value, context)
        if link is not None and link.target is not None:
            yield link.target
