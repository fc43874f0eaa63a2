"""One finding in full, as HTML: its source lines, the path, the evidence, why it matters, the fix."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from casemate.outputs.escaping import one_line, printable
from casemate.outputs.ordering import where
from casemate.outputs.patch import hunks
from casemate.outputs.snippet import mark, plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeGuard

    from casemate.model.finding import Finding, Fix
    from casemate.model.location import Location, Span
    from casemate.outputs.context import RuleDoc
    from casemate.outputs.snippet import Sources

_AROUND = 3
_WIDTH = 240
_MOST_MARKED = 12


def detail(finding: Finding, doc: RuleDoc, sources: Sources) -> Iterator[str]:
    """The cell below the row of a finding."""
    yield from _source(finding.primary, sources)
    if finding.suppressed is not None:
        until = f", until {finding.suppressed.until.isoformat()}" if finding.suppressed.until is not None else ""
        text = f"{finding.suppressed.reason} ({finding.suppressed.kind}{until})"
        yield f"<section><h3>Suppressed</h3><p>{escape(one_line(text))}</p></section>"
    if finding.flow:
        steps = "".join(f"<li>{_labelled(step, sources)}</li>" for step in finding.flow)
        yield f'<section><h3>Path</h3><ol class="flow">{steps}</ol></section>'
    if finding.related:
        places = "".join(f"<li>{_labelled(location, sources)}</li>" for location in finding.related)
        yield f'<section><h3>Related places</h3><ul class="plain">{places}</ul></section>'
    if finding.proof is not None:
        text = f"{finding.proof.get('status')}: {finding.proof.get('reason') or 'no reason given'}"
        yield f"<section><h3>Proof</h3><p>{escape(one_line(text))}</p></section>"
    if finding.evidence:
        facts = "".join(
            f"<dt>{escape(one_line(name))}</dt><dd><code>{escape(one_line(value))}</code></dd>"
            for name, value in finding.evidence.items()
        )
        yield f"<section><h3>Evidence</h3><dl>{facts}</dl></section>"
    if doc.why:
        yield f"<section><h3>Why it matters</h3>{prose(doc.why)}</section>"
    yield from _fixes(finding, doc, sources)
    yield from _about(finding, doc)


def _source(location: Location, sources: Sources) -> Iterator[str]:
    span = location.span
    if span is None or sources.line(span.path, span.start_line) is None:
        return
    rows = []
    last = min(span.end_line, span.start_line + _MOST_MARKED)
    for number in range(max(span.start_line - _AROUND, 1), last + _AROUND + 1):
        line = sources.line(span.path, number)
        if line is not None:
            label = location.label if number == span.start_line else None
            rows.append(_line(line, number, span, label))
    yield f'<pre class="source" tabindex="0" aria-label="Source">{"".join(rows)}</pre>'


def _line(line: str, number: int, span: Span, label: str | None) -> str:
    if not span.start_line <= number <= span.end_line:
        return f"<div><i>{number}</i>{escape(plain(line, number, _WIDTH).after)}</div>"
    part = mark(line, span, number, _WIDTH)
    note = f"  <em>{escape(one_line(label))}</em>" if label else ""
    marked = f"<mark>{escape(part.marked)}</mark>" if part.marked else ""
    return f'<div class="hit"><i>{number}</i>{escape(part.before)}{marked}{escape(part.after)}{note}</div>'


def _labelled(location: Location, sources: Sources) -> str:
    label = f" {escape(one_line(location.label))}" if location.label else ""
    code = ""
    if location.span is not None:
        line = sources.line(location.span.path, location.span.start_line)
        if line is not None and line.strip():
            code = f"<br><code>{escape(printable(line.strip()[:_WIDTH]))}</code>"
    return f'<span class="mono">{escape(one_line(where(location)))}</span>{label}{code}'


def _fixes(finding: Finding, doc: RuleDoc, sources: Sources) -> Iterator[str]:
    for fix in finding.fixes:
        how = (
            ""
            if not fix.edits
            else " — <code>--fix</code>"
            if fix.safe
            else " — may change behaviour: <code>--fix --unsafe</code>"
        )
        yield f"<section><h3>Fix</h3><p>{escape(one_line(fix.title))}{how}</p>"
        yield from _patch(fix, sources)
        if fix.text:
            text = escape(printable(fix.text, keep="\n"))
            yield f'<pre class="source" tabindex="0" aria-label="Fix"><div class="plain">{text}</div></pre>'
        yield "</section>"
    if not finding.fixes and doc.how:
        yield f"<section><h3>How to fix</h3>{prose(doc.how)}</section>"


def _patch(fix: Fix, sources: Sources) -> Iterator[str]:
    for hunk in hunks(fix, sources):
        rows = [
            f'<div class="path">{escape(printable(hunk.path))}</div>',
            *_changed("removed", "-", hunk.removed, hunk.line),
            *_changed("added", "+", hunk.added, hunk.line),
        ]
        yield f'<pre class="source" tabindex="0" aria-label="Change">{"".join(rows)}</pre>'


def _changed(kind: str, sign: str, lines: tuple[str, ...], first: int) -> Iterator[str]:
    for number, line in enumerate(lines, start=first):
        yield f'<div class="{kind}"><i>{number}</i>{sign} {escape(line)}</div>'


def _about(finding: Finding, doc: RuleDoc) -> Iterator[str]:
    rule = (
        f'<a href="{escape(doc.url)}" rel="noreferrer noopener">{escape(doc.name)}</a>'
        if _is_web(doc.url)
        else escape(doc.name)
    )
    facts = (
        ("Rule", rule),
        ("Weakness", escape(finding.weakness)),
        ("CWE", escape(", ".join(finding.cwe))),
        ("Confidence", escape(finding.confidence)),
        ("Resource", f"{escape(one_line(finding.resource.type))} {escape(one_line(finding.resource.name))}"),
        ("Place", escape(one_line(where(finding.primary)))),
        ("Fingerprint", escape(one_line(finding.fingerprint))),
    )
    shown = "".join(f'<div><dt>{name}</dt><dd class="mono">{value}</dd></div>' for name, value in facts if value)
    yield f'<section><dl class="about">{shown}</dl></section>'


def _is_web(url: str | None) -> TypeGuard[str]:
    return url is not None and url.startswith("https://")


def prose(markdown: str) -> str:
    """A docs section as HTML: its paragraphs, `code` and **emphasis**.

    Other Markdown stays as it was written, which is meant to be read too.
    """
    paragraphs = re.split(r"\n\s*\n", markdown.strip())
    return "".join(f"<p>{_spans(escape(' '.join(paragraph.split())))}</p>" for paragraph in paragraphs)


def _spans(text: str) -> str:
    return re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", re.sub(r"`([^`]+)`", r"<code>\1</code>", text))
