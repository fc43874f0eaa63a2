"""What every AWS builder says of an entity, and how it finds the resources that configure another one."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import TYPE_CHECKING

from casemate.inventory import entity
from casemate.inventory.context import PHYSICAL_NAMES
from casemate.model.value import references, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.inventory.context import Context
    from casemate.model.resource import Resource


about = partial(entity.about, cloud="aws")
"""The shared fields of an entity of this cloud."""


def attachments(resource: Resource, context: Context, type_: str, path: str) -> Iterator[Resource]:
    """Resources of `type_` whose property `path` points at `resource`, by reference or by its written-out name.

    Follows the index of references, so that a stack of many buckets and many policies costs no product of the two.
    """
    found: set[str] = set()
    for other in context.referrers(resource.key, type_):
        for _, value in context.props(other).each(path):
            if other.key not in found and any(reference.target == resource.key for reference in references(value)):
                found.add(other.key)
                yield other
    names = (text_of(resource.properties.get(name)) for name in PHYSICAL_NAMES.get(resource.type, ()))
    for name in names:
        for other in _by_text(context, type_, path).get(name, ()) if name is not None else ():
            if other.key not in found:
                found.add(other.key)
                yield other


@lru_cache(maxsize=32)
def _by_text(context: Context, type_: str, path: str) -> dict[str, list[Resource]]:
    """Resources of `type_` by the text that is written out at `path`. Kept for the few stacks that are being built."""
    table: dict[str, list[Resource]] = {}
    for other in context.of_type(type_):
        for _, value in context.props(other).each(path):
            text = text_of(value)
            if text is not None:
                table.setdefault(text, []).append(other)
    return table
