"""The report for people at a terminal: one caret diagnostic a finding, what was not evaluated, one line of numbers.

Three or more findings of one rule in one file (routes that each need an authoriser) are one block with all its carets.
Why it matters is said once a rule.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from casemate.model.finding import Severity
from casemate.outputs.caret import BOLD, DIM, Frame, Mark, Pen, draw, gutter
from casemate.outputs.context import first_sentence
from casemate.outputs.escaping import one_line, printable
from casemate.outputs.ordering import ordered, ordered_diagnostics
from casemate.outputs.patch import hunks
from casemate.outputs.snippet import Sources
from casemate.outputs.tally import last_line, not_evaluated

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from casemate.model.diagnostic import Diagnostic
    from casemate.model.finding import Finding, Fix, Report
    from casemate.outputs.context import OutputContext

_STYLE = {Severity.CRITICAL: "35;1", Severity.HIGH: "31;1", Severity.MEDIUM: "33;1", Severity.LOW: "36;1"}
_LEVEL_STYLE = {"error": "31;1", "warning": "33;1", "note": "36;1"}
_ADDED, _REMOVED = "32", "31"
_GROUPED_FROM = 3

_NO_PAGE = ("attestation-",)
"""Findings that no rule makes have no page, nor have those of other tools (`tool/rule`)."""


def render(report: Report, context: OutputContext) -> str:
    """Blocks separated by empty lines."""
    pen = Pen(context.color, context.width)
    sources = Sources(context.sources)
    explained: set[str] = set()
    blocks = [_block(group, context, sources, pen, explained) for group in _groups(ordered(report.open))]
    if not context.quiet:
        blocks += [_diagnostic(item, sources, pen) for item in ordered_diagnostics(report.diagnostics)]
        blocks.append(list(not_evaluated(report, pen)))
    blocks.append(list(last_line(report, pen)))
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _groups(findings: Sequence[Finding]) -> list[list[Finding]]:
    """Findings to show together, in the order of the first of each group."""
    alike: dict[tuple[str, str, int], list[Finding]] = {}
    for finding in findings:
        if _is_plain(finding) and finding.primary.span is not None:
            alike.setdefault((finding.rule, finding.primary.span.path, finding.severity), []).append(finding)
    grouped = {id(group[0]): group for group in alike.values() if len(group) >= _GROUPED_FROM}
    inside = {id(finding) for group in grouped.values() for finding in group}
    return [
        grouped.get(id(finding), [finding])
        for finding in findings
        if id(finding) in grouped or id(finding) not in inside
    ]


def _is_plain(finding: Finding) -> bool:
    return not finding.flow and not finding.related and finding.proof is None


def _block(
    group: Sequence[Finding], context: OutputContext, sources: Sources, pen: Pen, explained: set[str]
) -> list[str]:
    first = group[0]
    doc = context.doc(first)
    marks = list(_marks(group))
    frame = Frame(pen, _STYLE[first.severity], gutter(marks))
    lines = [_head(group, doc.title, pen)]
    if first.primary.span is None:
        lines.append(frame.arrow("-->", one_line(first.primary.arn or "")))
        if first.primary.label:
            lines += frame.note("here", first.primary.label)
    lines += draw(marks, sources, frame)
    for location in first.related:
        if location.span is None:
            lines += frame.note("related", f"{location.arn} {location.label or ''}")
    if len(group) == 1:
        lines += _evidence(first, frame)
        if first.proof is not None:
            lines += frame.note(
                "proof", f"{first.proof.get('status')}: {first.proof.get('reason') or 'no reason given'}"
            )
    if doc.name not in explained and doc.why:
        lines += frame.note("why", first_sentence(doc.why))
    lines += _fixes(group, doc.how, frame, sources, context)
    if doc.name not in explained and (doc.url or (not doc.name.startswith(_NO_PAGE) and "/" not in doc.name)):
        lines += frame.note("docs", doc.url or f"casemate explain {doc.name}")
    explained.add(doc.name)
    return lines


def _head(group: Sequence[Finding], title: str, pen: Pen) -> str:
    first = group[0]
    doubt = "" if first.confidence == "high" else pen(f" ({first.confidence} confidence)", DIM)
    text = first.message if len(group) == 1 else f"{title} ({len(group)} places)"
    return (
        pen(f"{first.severity.word}[{first.rule}]", _STYLE[first.severity]) + pen(f": {one_line(text)}", BOLD) + doubt
    )


def _marks(group: Sequence[Finding]) -> Iterator[Mark]:
    for finding in group:
        if finding.primary.span is not None:
            label = finding.primary.label or ("" if len(group) == 1 else finding.message)
            yield Mark(finding.primary.span, label)
        for number, step in enumerate(finding.flow or (), start=1):
            if step.span is not None and step.span != finding.primary.span:
                yield Mark(step.span, f"({number}) {step.label or ''}".rstrip(), primary=False)
        for location in finding.related:
            if location.span is not None:
                yield Mark(location.span, location.label or "", primary=False)


def _evidence(finding: Finding, frame: Frame) -> Iterator[str]:
    for name, value in finding.evidence.items():
        yield from frame.note("evidence", f"{name} = {value}")


def _fixes(group: Sequence[Finding], how: str, frame: Frame, sources: Sources, context: OutputContext) -> Iterator[str]:
    fixes: dict[str, list[Fix]] = {}
    for finding in group:
        for fix in finding.fixes:
            fixes.setdefault(fix.title, []).append(fix)
    for title, alike in fixes.items():
        yield from frame.note("fix", title + _how_applied(alike[0]))
        for fix in alike:
            if fix.text and (context.show_fixes or not fix.edits):
                yield from (f"{frame.bar(sign='+')} {printable(line)}" for line in fix.text.splitlines())
            if context.show_fixes:
                yield from _patch(fix, frame, sources)
    if not fixes and how:
        yield from frame.note("fix", first_sentence(how))


def _how_applied(fix: Fix) -> str:
    if not fix.edits and not fix.changes:
        return ""
    return " (`--fix` does it)" if fix.safe else " (may change behaviour; `--fix --unsafe` does it)"


def _patch(fix: Fix, frame: Frame, sources: Sources) -> Iterator[str]:
    for path, group in groupby(hunks(fix, sources), key=lambda hunk: hunk.path):
        yield frame.arrow("-->", printable(path))
        for hunk in group:
            for number, line in enumerate(hunk.removed, start=hunk.line):
                yield f"{frame.bar(number)} {frame.pen(f'- {line}', _REMOVED)}"
            for number, line in enumerate(hunk.added, start=hunk.line):
                yield f"{frame.bar(number)} {frame.pen(f'+ {line}', _ADDED)}"


def _diagnostic(item: Diagnostic, sources: Sources, pen: Pen) -> list[str]:
    marks = [Mark(item.at, "")]
    frame = Frame(pen, _LEVEL_STYLE[item.level], gutter(marks))
    head = pen(f"{item.level}[{item.code}]", frame.style) + pen(f": {one_line(item.message)}", BOLD)
    hint = frame.note("help", item.hint) if item.hint else ()
    return [head, *draw(marks, sources, frame), *hint]
