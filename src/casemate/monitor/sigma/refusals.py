"""What is wrong with one rule, and typed access to what a rule says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import Fields, Items, Literal, Value

if TYPE_CHECKING:
    from casemate.model.location import Span


class Refused(Exception):  # noqa: N818 - a signal between the parts of the reader
    """A rule that cannot be loaded, and why. It becomes a Diagnostic; the other rules still load."""

    def __init__(self, message: str, at: Span, *, code: str = "sigma-rule", hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.at = at
        self.code = code
        self.hint = hint


def fields(value: Value | None, what: str, at: Span) -> Fields:
    """A map. Raises `Refused` for anything else."""
    if not isinstance(value, Fields):
        raise Refused(f"{what} must be a map", at if value is None else value.at)
    return value


def word(value: Value | None) -> str | None:
    """The text of a scalar, numbers and booleans as YAML writes them; None for null and for what is no scalar."""
    if not isinstance(value, Literal) or value.value is None:
        return None
    return str(value.value).lower() if isinstance(value.value, bool) else str(value.value)


def said(mapping: Fields, key: str) -> str | None:
    """The text under a key, without white space around it."""
    found = word(mapping.get(key))
    return None if found is None else found.strip()


def words(value: Value | None) -> tuple[str, ...]:
    """The texts of a scalar or of a list of scalars; empty where there is none."""
    if isinstance(value, Items):
        return tuple(text.strip() for one in value.items if (text := word(one)) is not None)
    text = word(value)
    return () if text is None else (text.strip(),)
