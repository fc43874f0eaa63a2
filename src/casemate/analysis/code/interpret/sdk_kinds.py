"""The shape of the tables that describe SDKs of Azure and Google."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.record import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Client:
    """What a class is a client of, and what its arguments stand for, by place."""

    kind: str
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of client.

    `path`: the name by which the models of libraries know it (`script`: in JavaScript, where that is another); `makes`:
    method (without case and underscores) -> the kind of what it gives back, and what its arguments stand for;
    `members`: attributes that are clients of another kind.
    """

    path: str
    makes: Mapping[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    members: Mapping[str, str] = field(default_factory=dict)
    script: str = ""
