"""What every thing in the inventory has in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from casemate.model.record import dataclass

if TYPE_CHECKING:
    from casemate.model.location import Span
    from casemate.model.resource import Resource

Cloud = Literal["aws", "azure", "google", "none"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Entity:
    """A named thing of the system. Entities are compared by identity; `id` names them across runs.

    `id`: unique in the inventory (`stack path#key`); `name`: as its author wrote it; `stack`: the path of its stack;
    `at`: where its name stands; `resource`: the
    declaration that it was built from (for edits and for what no typed field covers).
    """

    id: str
    name: str
    stack: str
    at: Span
    cloud: Cloud
    resource: Resource

    @property
    def kind_label(self) -> str:
        """The subject in one lower-case word or two, for messages and reports."""
        return type(self).__name__.lower()


@dataclass(frozen=True, slots=True)
class Link:
    """A reference from one thing to another, resolved as far as it can be.

    `target`: the id of an entity, or None when it is outside of what was scanned; `text`: what was written (an ARN
    pattern, a name,
    with references as `${Name.Attribute}`).
    """

    text: str
    at: Span
    target: str | None = None
