"""What a dialect answers: where in the user's file a native setting is written, and how its value is spelled there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from casemate.model.value import Value


@dataclass(frozen=True, slots=True)
class Place:
    """`node`: the declaration as it is written; `path`: from there; `value`: in the dialect's own words."""

    node: Value
    path: tuple[str, ...]
    value: object
