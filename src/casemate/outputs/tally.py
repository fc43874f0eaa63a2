"""What the text report says last: what was not evaluated, and the numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.outputs.caret import BOLD
from casemate.outputs.escaping import one_line, printable
from casemate.outputs.ordering import by_severity, ordered_inputs, plural, settings_by_reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.model.diagnostic import InputStatus
    from casemate.model.finding import Report, Suppression
    from casemate.outputs.caret import Pen

_LISTED = 10
"""How many inputs, reasons or rules are named before the rest is only counted."""


def not_evaluated(report: Report, pen: Pen) -> Iterator[str]:
    """Everything that is neither a finding nor a pass; nothing when all was evaluated."""
    lines = [
        *_inputs(report, "failed"),
        *_inputs(report, "partial"),
        *_inputs(report, "excluded"),
        *_settings(report),
        *_withheld(report),
        *_suppressed(report),
    ]
    if lines:
        yield pen("Not evaluated", BOLD)
        yield from lines


def last_line(report: Report, pen: Pen) -> Iterator[str]:
    """The numbers, in one line."""
    found = len(report.open)
    severities = ", ".join(f"{count} {severity.word}" for severity, count in by_severity(report.open).items() if count)
    numbers = plural(found, "finding") if found else "No findings"
    scope = (
        f"{plural(report.functions, 'function')}, {plural(_read(report), 'file')}, {plural(report.rules_run, 'rule')}"
    )
    text = pen(f"{numbers}{f': {severities}' if severities else ''}", BOLD) + f" ({scope})"
    if not report.inputs:
        yield f"{text}. Nothing serverless was found to scan"
    elif not report.complete:
        yield f"{text}. The run is incomplete: see above"
    else:
        yield text


def _read(report: Report) -> int:
    return len({item.path for item in report.inputs if item.status in {"understood", "partial"}})


def _inputs(report: Report, status: InputStatus) -> Iterator[str]:
    inputs = [item for item in ordered_inputs(report.inputs) if item.status == status]
    if not inputs:
        return
    yield f"  {status:<11} {plural(len(inputs), 'file')}"
    for item in inputs[:_LISTED]:
        reason = f": {one_line(item.reason)}" if item.reason else ""
        yield f"  {'':<11}   {printable(item.path)}{reason}"
    yield from _rest(len(inputs))


def _settings(report: Report) -> Iterator[str]:
    reasons = settings_by_reason(report)
    if not reasons:
        return
    total = plural(sum(count for _, count in reasons), "setting")
    yield f"  {'unresolved':<11} {total} whose value is not in the files"
    for reason, count in reasons[:_LISTED]:
        yield f"  {'':<11}   {count:,} × {one_line(reason)}"
    yield from _rest(len(reasons))


def _withheld(report: Report) -> Iterator[str]:
    if not report.withheld:
        return
    rules = sorted(report.withheld.items(), key=lambda item: (-item[1], item[0]))
    named = ", ".join(f"{rule} {count}" for rule, count in rules[:_LISTED])
    more = f", and {len(rules) - _LISTED} more rules" if len(rules) > _LISTED else ""
    yield f"  {'withheld':<11} {plural(sum(report.withheld.values()), 'finding')} (`--profile strict` shows them)"
    yield f"  {'':<11}   {named}{more}"


def _suppressed(report: Report) -> Iterator[str]:
    suppressed = [finding.suppressed for finding in report.findings if finding.suppressed is not None]
    if suppressed:
        kinds = sorted({item.kind for item in suppressed})
        counted = ", ".join(f"{sum(item.kind == kind for item in suppressed)} {kind}" for kind in kinds)
        yield f"  {'suppressed':<11} {plural(len(suppressed), 'finding')} ({counted})"
    if report.unused_suppressions:
        count = len(report.unused_suppressions)
        yield f"  {'unused':<11} {plural(count, 'suppression')} without effect"
        for unused in report.unused_suppressions[:_LISTED]:
            yield f"  {'':<11}   {_suppression(unused)}"
        yield from _rest(len(report.unused_suppressions))


def _suppression(item: Suppression) -> str:
    place = "" if item.at is None else f" at {printable(item.at.path)}:{item.at.start_line}"
    return f"{one_line(item.rule)}{place}: {one_line(item.reason)}"


def _rest(count: int) -> Iterator[str]:
    if count > _LISTED:
        yield f"  {'':<11}   and {count - _LISTED:,} more"
