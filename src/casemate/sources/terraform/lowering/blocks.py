"""Nested blocks, however often they occur; and policies that Terraform lets stand on the resource itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import Absent, Cases, Entry, Fields, Items, Literal, Reference, Value
from casemate.sources.terraform.lowering.table import Extra

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.sources.terraform.raw import RawResource


def blocks(value: Value | None) -> Iterator[Fields]:
    """Every block of one name, through conditions."""
    match value:
        case Fields():
            yield value
        case Items(items=items):
            for item in items:
                yield from blocks(item)
        case Cases(cases=cases):
            for _, case in cases:
                yield from blocks(case)
        case _:
            return


def own_policy(
    raw: RawResource, arguments: Fields, type_: str, target: str, document: str, *, listed: bool = False
) -> Iterator[Extra]:
    """The argument `policy` as the policy resource that CloudFormation has for it.

    `listed`: the target is a list of one.
    """
    policy = arguments.entries.get("policy")
    if (
        policy is None
        or isinstance(policy.value, Absent)
        or (isinstance(policy.value, Literal) and not policy.value.value)
    ):
        return
    owner: Value = Reference(raw.address, None, raw.at)
    if listed:
        owner = Items([owner], raw.at)
    yield Extra(type_, "policy", Fields({target: Entry(raw.at, owner), document: policy}, raw.at))
