"""The order and the counts that every format shares."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from casemate.model.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casemate.model.diagnostic import Diagnostic, Input
    from casemate.model.finding import Finding, Report, Undecided
    from casemate.model.location import Location

SEVERITIES = tuple(sorted(Severity, reverse=True))
"""Worst first."""


def place(location: Location) -> tuple[bool, str, int, int]:
    """Sort key of a location: files by path, line and column, then live resources by ARN."""
    if location.span is None:
        return True, location.arn or "", 0, 0
    return False, location.span.path, location.span.start_line, location.span.start_column


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """By path, line, column and rule; the rest of the key only makes the order total."""
    return tuple(
        sorted(
            findings,
            key=lambda finding: (*place(finding.primary), finding.rule, finding.resource.name, finding.fingerprint),
        )
    )


def ordered_undecided(undecided: Iterable[Undecided]) -> tuple[Undecided, ...]:
    """By place, rule and setting."""
    return tuple(
        sorted(undecided, key=lambda item: (item.at, item.rule, item.setting, item.resource.name, item.reason))
    )


def ordered_diagnostics(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """By place, code and message."""
    return tuple(sorted(diagnostics, key=lambda item: (item.at, item.code, item.message)))


def ordered_inputs(inputs: Iterable[Input]) -> tuple[Input, ...]:
    """By path and kind."""
    return tuple(sorted(inputs, key=lambda item: (item.path, item.kind, item.status, item.reason or "")))


def by_severity(findings: Iterable[Finding]) -> dict[Severity, int]:
    """How many of each severity, worst first, zeros included."""
    counts = Counter(finding.severity for finding in findings)
    return {severity: counts[severity] for severity in SEVERITIES}


def settings_by_reason(report: Report) -> tuple[tuple[str, int], ...]:
    """Why settings could not be judged, and how many of them, most frequent first.

    One setting at one place counts once, however many rules asked for it.
    """
    settings = {(item.at, item.setting, item.reason) for item in report.undecided}
    counts = Counter(reason for _, _, reason in settings)
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def plural(count: int, noun: str) -> str:
    """`1 finding`, `2 findings`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def where(location: Location) -> str:
    """`path:line:column`, or the ARN."""
    span = location.span
    return location.arn or "" if span is None else f"{span.path}:{span.start_line}:{span.start_column}"
