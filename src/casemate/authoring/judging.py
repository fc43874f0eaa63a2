"""Judging one three-valued setting in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from casemate.authoring.outcome import Undecidable, Violation
from casemate.model.setting import Defaulted, Unresolved

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from casemate.authoring.outcome import Outcome
    from casemate.model.entity import Entity
    from casemate.model.finding import Fix, Severity
    from casemate.model.location import Span
    from casemate.model.setting import Setting

T = TypeVar("T")


def judge(  # noqa: PLR0913 - the optional parts of a violation, by name
    setting: Setting[T] | None,
    bad: Callable[[T], bool],
    message: str | Callable[[T], str],
    *,
    severity: Severity | None = None,
    fixes: tuple[Fix, ...] = (),
    evidence: Mapping[str, str] | None = None,
    related: tuple[tuple[Span, str], ...] = (),
    resource: Entity | str | None = None,
    cause: str = "",
) -> Iterator[Outcome]:
    """A violation for each known value that is bad, an `Undecidable` for each that is not known, nothing for None.

    The condition under which a bad value holds, and the default that the cloud takes, are added to the evidence.
    """
    if setting is None:
        return
    for condition, leaf in setting.leaves():
        if isinstance(leaf, Unresolved):
            yield Undecidable(leaf)
        elif bad(leaf.value):
            facts = dict(evidence or {})
            facts[leaf.name] = f"not set; {leaf.source}" if isinstance(leaf, Defaulted) else _shown(leaf.value)
            if condition is not None:
                facts["holds when"] = condition
            yield Violation(
                message if isinstance(message, str) else message(leaf.value),
                leaf.at,
                severity=severity,
                evidence=facts,
                related=related,
                fixes=fixes,
                resource=resource,
                cause=cause or leaf.name,
            )


def _shown(value: object) -> str:
    """A value as templates write it: `true`, not `True`."""
    return str(value).lower() if isinstance(value, bool) else str(value)
