"""What every Google builder says of an entity, and how resources of the Terraform provider find one another."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from casemate.inventory import entity
from casemate.inventory.entity import is_empty
from casemate.model.setting import Declared, Defaulted, Setting
from casemate.model.value import Literal, display, references, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.inventory.context import Context
    from casemate.inventory.reading import Props
    from casemate.model.resource import Resource
    from casemate.model.store import Encryption
    from casemate.model.value import Value


about = partial(entity.about, cloud="google")
"""The shared fields of an entity of this cloud."""


def target(value: Value | None, context: Context, *types: str) -> Resource | None:
    """The declared resource of these types that an argument names: by reference, else by the name written out."""
    if value is None:
        return None
    for reference in references(value):
        found = context.stack.resources.get(reference.target)
        if found is not None and (not types or found.type in types):
            return found
    text = text_of(value)
    if not text:
        return None
    short = text.rpartition("/")[2]
    for resource in context.of_type(*types):
        if short == resource.key or short == _written_name(resource):
            return resource
    return None


_NAMES = ("name", "secret_id", "dataset_id", "repository_id", "account_id", "table_id")


def _written_name(resource: Resource) -> str | None:
    """The name that a resource has in its project, when it is written out."""
    return next((text for name in _NAMES if (text := text_of(resource.properties.get(name)))), None)


def pointing(resource: Resource, context: Context, argument: str, *types: str) -> Iterator[Resource]:
    """Resources of these types whose `argument` names `resource`, by reference or by its written-out name."""
    seen: set[str] = set()
    for other in context.referrers(resource.key, *types):
        value = other.properties.get(argument)
        if value is not None and any(reference.target == resource.key for reference in references(value)):
            seen.add(other.key)
            yield other
    name = _written_name(resource)
    if name:
        for other in context.of_type(*types):
            value = other.properties.get(argument)
            if (
                other.key not in seen
                and isinstance(value, Literal)
                and display(value).rpartition("/")[2] in {name, resource.key}
            ):
                yield other


def by_key(props: Props, path: str) -> Setting[Encryption]:
    """Encryption with Google's own keys ("Default encryption at rest"), or with the customer's, named at `path`."""
    value = props.find(path)
    if value is None or is_empty(value):
        return Defaulted(path, props.at, "default", "Google encrypts everything at rest with keys of its own")
    return Declared(path, value.at, "customer")
