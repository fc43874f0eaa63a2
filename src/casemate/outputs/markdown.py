"""Markdown for a comment on a pull request: the numbers first, each finding folded.

What comes from scanned files is escaped so that it stays text: no HTML, no links, no images, no mentions, no issue
references. GitHub takes comments of at most 65,536 characters; the findings that do not fit are counted.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.model.finding import Severity
from casemate.outputs.context import first_sentence
from casemate.outputs.escaping import one_line, printable
from casemate.outputs.ordering import by_severity, ordered, ordered_inputs, plural, settings_by_reason, where
from casemate.outputs.patch import hunks
from casemate.outputs.snippet import Sources

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.model.finding import Finding, Report
    from casemate.model.location import Location
    from casemate.outputs.context import OutputContext

_LIMIT = 60_000
_SIGN = {Severity.CRITICAL: "🟣", Severity.HIGH: "🔴", Severity.MEDIUM: "🟠", Severity.LOW: "🔵"}
# Characters with a meaning to GitHub's Markdown: everywhere, before a link's rest, or at the start of a block.
_SPECIAL = re.compile(r"[\\`*_\[\]<>#|&~$^]|:(?=[^\s\d])|^[-+=](?=.)|(?<=\d)[.)](?=\s|$)")
_REFERENCE = re.compile(
    r"(?<!\w)@(?=\w)|(?<=\w)@(?=\w)|\bGH-(?=\d)|\bwww(?=\.)|\b(?=[0-9a-f]{7,40}\b)",
    re.IGNORECASE,
)


def render(report: Report, context: OutputContext) -> str:
    """Worst first, unlike the other formats: a comment may be cut."""
    sources = Sources(context.sources)
    findings = sorted(ordered(report.open), key=lambda finding: -finding.severity)
    head = "\n".join(_head(report))
    tail = "\n".join(_tail(report))
    room = _LIMIT - len(head) - len(tail)
    parts: list[str] = []
    for finding in findings:
        part = "\n".join(_finding(finding, context, sources))
        if len(part) > room:
            break
        room -= len(part) + 2
        parts.append(part)
    if len(parts) < len(findings):
        parts.append(
            f"*{plural(len(findings) - len(parts), 'further finding')} left out: the comment would be too long.*"
        )
    return re.sub(r"\n{3,}", "\n\n", "\n\n".join((head, *parts, tail))) + "\n"


def _head(report: Report) -> Iterator[str]:
    found = len(report.open)
    yield f"### Casemate: {plural(found, 'finding') if found else 'no findings'}"
    yield ""
    if found:
        counts = [(severity, count) for severity, count in by_severity(report.open).items() if count]
        yield " · ".join(f"{_SIGN[severity]} **{count}** {severity.word}" for severity, count in counts)
    if not report.complete:
        yield ""
        yield "> **The run is incomplete**: something was not read, see *Not evaluated*."


def _finding(finding: Finding, context: OutputContext, sources: Sources) -> Iterator[str]:
    doc = context.doc(finding)
    yield (
        f"<details><summary>{_SIGN[finding.severity]} <b>{finding.severity.word}</b> {inline(finding.message)} — "
        f"{inline(where(finding.primary))}</summary>"
    )
    yield ""
    rule = f"[`{doc.name}`]({doc.url})" if doc.url is not None else f"`{doc.name}`"
    yield f"{rule} · {finding.weakness} · {', '.join(finding.cwe) or 'no CWE'} · {finding.confidence} confidence"
    yield ""
    if finding.primary.span is not None:
        line = sources.line(finding.primary.span.path, finding.primary.span.start_line)
        if line is not None:
            yield from fence([f"{finding.primary.span.start_line} | {line.strip()[:300]}"], "text")
    for number, step in enumerate(finding.flow or (), start=1):
        yield f"{number}. {_labelled(step)}"
    yield from (f"- related: {_labelled(location)}" for location in finding.related)
    yield from (f"- {inline(name)}: {inline(value)}" for name, value in finding.evidence.items())
    yield ""
    if doc.why:
        yield f"**Why it matters.** {first_sentence(doc.why)}"
        yield ""
    for fix in finding.fixes:
        yield f"**Fix{'' if fix.safe else ' (may change behaviour)'}.** {inline(fix.title)}"
        yield ""
        lines = [line for hunk in hunks(fix, sources) for line in _diff(hunk.removed, hunk.added)]
        if lines:
            yield from fence(lines, "diff")
        elif fix.text:
            yield from fence(fix.text.splitlines(), "text")
    if not finding.fixes and doc.how:
        yield f"**Fix.** {first_sentence(doc.how)}"
        yield ""
    yield "</details>"


def _diff(removed: tuple[str, ...], added: tuple[str, ...]) -> Iterator[str]:
    yield from (f"-{line}" for line in removed)
    yield from (f"+{line}" for line in added)


def _labelled(location: Location) -> str:
    return f"{inline(where(location))} {inline(location.label or '')}".rstrip()


def _tail(report: Report) -> Iterator[str]:
    lines = [
        f"- {item.status}: {inline(item.path)} {inline(item.reason or '')}".rstrip()
        for item in ordered_inputs(report.inputs)
        if item.status in {"failed", "partial"}
    ]
    excluded = sum(item.status == "excluded" for item in report.inputs)
    if excluded:
        lines.append(f"- excluded: {plural(excluded, 'file')}")
    lines += [
        f"- unresolved: {plural(count, 'setting')}, {inline(reason)}" for reason, count in settings_by_reason(report)
    ]
    if report.withheld:
        lines.append(f"- withheld by the profile: {plural(sum(report.withheld.values()), 'finding')}")
    suppressed = len(report.findings) - len(report.open)
    if suppressed:
        lines.append(f"- suppressed: {plural(suppressed, 'finding')}")
    if lines:
        yield "<details><summary>Not evaluated</summary>"
        yield ""
        yield from lines[:50]
        yield ""
        yield "</details>"
        yield ""
    scope = f"{plural(report.functions, 'function')}, {plural(report.rules_run, 'rule')}"
    yield f"<sub>casemate {inline(report.version)} · {scope}</sub>"


def inline(text: str) -> str:
    """Hostile text as a run of Markdown text.

    Mentions and references are broken with an invisible space: forges look for them in the rendered text, where escapes
    are gone.
    """
    broken = _REFERENCE.sub(lambda match: f"{match[0]}\u200b", one_line(text))
    return _SPECIAL.sub(lambda match: f"&#{ord(match[0])};", broken).replace("\u200b", "&#8203;")


def fence(lines: list[str], language: str) -> Iterator[str]:
    """A code block that no line of it can close (CommonMark, "Fenced code blocks")."""
    longest = max((len(run) for line in lines for run in re.findall(r"`+", line)), default=0)
    ticks = "`" * max(longest + 1, 3)
    yield ticks + language
    yield from (printable(line.replace("\t", "    ")) for line in lines)
    yield ticks
    yield ""
