"""Terraform resources by hand, from plain Python: every value gets a line of its own, so that a test can ask where it went."""

from __future__ import annotations

import re
from itertools import count
from typing import TYPE_CHECKING

from casemate.model.location import Span
from casemate.model.value import Absent, Cases, Entry, Fields, Items, Literal, Reference, Text, Unknown, Value, display
from casemate.sources.terraform.lowering import lower
from casemate.sources.terraform.raw import RawResource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.model.resource import Resource

Plain = str | int | float | bool | None | Value | list["Plain"] | dict[str, "Plain"]
_LINES = count(1)
_HOLE = re.compile(r"\$\{([^{}]+)\}")


def span() -> Span:
    line = next(_LINES)
    return Span("main.tf", line, 1, line, 10)


def tree(plain: Plain) -> Value:
    """`"${aws_x.y.arn}"` is a reference (`"${aws_x.y#a.0.b}"` one into a block), in a text a part of it."""
    at = span()
    match plain:
        case Value():
            return plain
        case dict():
            return Fields({key: Entry(span(), tree(value)) for key, value in plain.items()}, at)
        case list():
            return Items([tree(value) for value in plain], at)
        case str():
            parts = list(_parts(plain, at))
            return parts[0] if len(parts) == 1 else Text(parts, at)
        case _:
            return Literal(plain, at)


def _parts(text: str, at: Span) -> Iterator[Value]:
    pieces = _HOLE.split(text)
    for number, piece in enumerate(pieces):
        if number % 2:
            if piece.startswith("AWS::"):
                yield Reference(piece, None, at)
            else:
                address, _, attribute = piece.partition("#") if "#" in piece else piece.rpartition(".")
                yield Reference(address, attribute, at)
        elif piece or len(pieces) == 1:
            yield Literal(piece, at)


def raw(address: str, attributes: dict[str, Plain] | None = None, condition: str | None = None) -> RawResource:
    """One resource; an address that begins with `data.` is a data source."""
    fields = tree(attributes or {})
    assert isinstance(fields, Fields)
    bare = address.removeprefix("data.")
    type_ = next(part for part in bare.split(".") if "_" in part and not part.startswith("module"))
    at = span()
    return RawResource(
        mode="data" if address.startswith("data.") else "managed",
        type=type_,
        address=address,
        at=at,
        body=at,
        attributes=fields,
        condition=condition,
    )


def lowered(*resources: RawResource) -> dict[str, Resource]:
    return {resource.key: resource for resource in lower(resources)}


def plain(value: Value | None) -> Plain:
    """A value as plain Python; references as `${key.Attribute}`."""
    match value:
        case Fields(entries=entries):
            return {key: plain(entry.value) for key, entry in entries.items()}
        case Items(items=items):
            return [plain(item) for item in items]
        case Literal(value=scalar):
            return scalar
        case Cases(cases=cases):
            return {words: plain(case) for words, case in cases}
        case Unknown(reason=reason):
            return f"?{reason}"
        case None | Absent():
            return None
        case _:
            return display(value)


def properties(*resources: RawResource, of: str) -> Plain:
    return plain(lowered(*resources)[of].properties)
