"""A problem of the input, told to the user; never an exception."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from casemate.model.record import dataclass

if TYPE_CHECKING:
    from casemate.model.location import Span

Level = Literal["error", "warning", "note"]
InputStatus = Literal["understood", "partial", "failed", "excluded"]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """`code` is kebab-case and stable (`yaml-syntax`, `file-too-large`, `outside-root`); `hint` says what to do.

    An `error` means that something was not read (the run is incomplete, exit code 3); a `warning` that something was
    ignored on purpose; a `note` only informs.
    """

    code: str
    message: str
    at: Span
    level: Level = "error"
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Input:
    """One file that was looked at as something serverless: what it was taken for, and how far it was understood."""

    path: str
    kind: str
    status: InputStatus
    reason: str | None = None
