"""What every builder of every cloud says of an entity."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from casemate.model.value import Fields, Items, display

if TYPE_CHECKING:
    from casemate.inventory.context import Context
    from casemate.model.entity import Cloud
    from casemate.model.location import Span
    from casemate.model.resource import Resource
    from casemate.model.value import Value


class About(TypedDict):
    """The fields that all entities share."""

    id: str
    name: str
    stack: str
    at: Span
    cloud: Cloud
    resource: Resource


def about(
    resource: Resource,
    context: Context,
    part: str = "",
    *,
    cloud: Cloud,
    at: Span | None = None,
    name: str | None = None,
) -> About:
    """The shared fields of an entity that is built from `resource`.

    `part` tells further entities of the same declaration apart; these may have a place and name of their own.
    """
    id_ = context.id(resource.key)
    return {
        "id": f"{id_}/{part}" if part else id_,
        "name": name or resource.name,
        "stack": context.stack.path,
        "at": at or resource.at,
        "cloud": cloud,
        "resource": resource,
    }


def is_empty(value: Value | None) -> bool:
    """Whether nothing is said: absent, or an empty text, list or map."""
    match value:
        case None:
            return True
        case Items(items=items):
            return not items
        case Fields(entries=entries):
            return not entries
        case _:
            return display(value) == ""
