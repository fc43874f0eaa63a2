"""One value, one finding: what a rule about templates says of a secret is not said again by the search in texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casemate.model.finding import Finding
    from casemate.model.location import Span

_SEARCHES = frozenset({"hardcoded-credential", "private-key-in-repository"})
_TOKENS = "token-in-template"
"""Looks through all values of a resource; rules that know the property say more of the same token."""
_WEAKNESSES = frozenset({"hardcoded-secret", "plaintext-env-secret"})


def without_repeats(findings: Iterable[Finding]) -> list[Finding]:
    """The findings without those of the text search where a rule that knows the resource reports already."""
    listed = list(findings)
    told: dict[str, list[Span]] = {}
    for finding in listed:
        span = finding.primary.span
        if finding.rule not in _SEARCHES and finding.weakness in _WEAKNESSES and span is not None:
            told.setdefault(span.path, []).append(span)
    left = [finding for finding in listed if finding.rule not in _SEARCHES or not _is_told(finding, told)]
    known = [
        finding for finding in left if finding.weakness in _WEAKNESSES and finding.rule not in {*_SEARCHES, _TOKENS}
    ]
    return [finding for finding in left if finding.rule != _TOKENS or not _is_known(finding, known)]


def _is_known(token: Finding, known: Iterable[Finding]) -> bool:
    """Whether a rule that knows the property reports the token: on its line, or on that of its name just above."""
    span = token.primary.span
    return span is not None and any(
        other.resource.name == token.resource.name
        and (place := other.primary.span) is not None
        and place.path == span.path
        and place.start_line - 1 <= span.start_line <= place.end_line + 1
        for other in known
    )


def _is_told(finding: Finding, told: dict[str, list[Span]]) -> bool:
    span = finding.primary.span
    if span is None:
        return False
    return any(
        span.start_line <= other.end_line and other.start_line <= span.end_line for other in told.get(span.path, ())
    )
