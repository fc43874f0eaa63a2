"""One self-contained HTML file: no network, no build, readable without its script.

Everything from scanned files goes through `html.escape`. The content security policy allows exactly the script that is
in the file, by its hash, and nothing from outside, so that even an escaping mistake could not run code or call home.
"""

from __future__ import annotations

import base64
import hashlib
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from casemate.model.location import Location
from casemate.outputs.detail import detail
from casemate.outputs.escaping import one_line, printable
from casemate.outputs.ordering import (
    by_severity,
    ordered,
    ordered_diagnostics,
    ordered_inputs,
    plural,
    settings_by_reason,
    where,
)
from casemate.outputs.snippet import Sources

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from casemate.model.finding import Finding, Report
    from casemate.outputs.context import OutputContext

_MOST_ROWS = 200
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{script}'; base-uri 'none'; form-action 'none'"
)


def render(report: Report, context: OutputContext) -> str:
    """The page. The graph is `context.graph_svg`, put in as it is."""
    here = files("casemate.outputs")
    script = here.joinpath("html.js").read_text("utf-8")
    style = here.joinpath("html.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = _POLICY.format(script=digest)
    lines = [
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="referrer" content="no-referrer">',
        "<title>Casemate report</title>",
        f"<style>\n{style}</style>",
        "</head>",
        "<body>",
        *_header(report),
        "<main>",
        *_findings(ordered(report.findings), context),
        *_journeys(context),
        *_graph(context.graph_svg),
        *_not_evaluated(report),
        "</main>",
        f"<footer>casemate {escape(report.version)}</footer>",
        f"<script>{script}</script>",
        "</body>",
        "</html>",
        "",
    ]
    return "\n".join(lines)


def _header(report: Report) -> Iterator[str]:
    read = len({item.path for item in report.inputs if item.status in {"understood", "partial"}})
    scope = f"{plural(report.functions, 'function')} in {plural(read, 'file')}"
    scope += f", judged by {plural(report.rules_run, 'rule')}"
    yield "<header>"
    yield "<h1>Casemate report</h1>"
    yield f'<p class="scope">{escape(scope)}</p>'
    if not report.complete:
        yield '<p class="notice" role="status"><strong>The run is incomplete.</strong> Something was not read: '
        yield '<a href="#not-evaluated">see what was not evaluated</a>.</p>'
    yield '<ul class="tiles" aria-label="Summary">'
    for severity, count in by_severity(report.open).items():
        yield f'<li class="{severity.word if count else "none"}"><b>{count:,}</b><span>{severity.word}</span></li>'
    suppressed = len(report.findings) - len(report.open)
    unresolved = sum(count for _, count in settings_by_reason(report))
    for count, label in (
        (suppressed, "suppressed"),
        (unresolved, "unresolved"),
        (sum(report.withheld.values()), "withheld"),
    ):
        yield f'<li class="{"" if count else "none"}"><b>{count:,}</b><span>{label}</span></li>'
    yield "</ul>"
    yield "</header>"


def _findings(findings: Sequence[Finding], context: OutputContext) -> Iterator[str]:
    yield '<h2 id="findings-title">Findings</h2>'
    if not findings:
        yield '<div class="card"><p class="empty">No findings.</p></div>'
        return
    yield from _filters(findings)
    yield '<div class="card">'
    yield '<table id="findings" aria-labelledby="findings-title">'
    yield "<thead><tr>"
    yield '<th scope="col" aria-sort="ascending"><button type="button" data-key="rank">Severity</button></th>'
    yield '<th scope="col"><button type="button" data-key="rule">Finding</button></th>'
    yield '<th scope="col" class="resource"><button type="button" data-key="resource">Resource</button></th>'
    yield '<th scope="col"><button type="button" data-key="order">Place</button></th>'
    yield "</tr></thead>"
    sources = Sources(context.sources)
    worst_first = sorted(enumerate(findings, start=1), key=lambda item: -item[1].severity)
    for number, finding in worst_first:
        yield from _row(number, finding, context, sources)
    yield "</table>"
    yield '<p class="empty" id="nothing" hidden>Nothing matches the filter.</p>'
    yield "</div>"


def _filters(findings: Sequence[Finding]) -> Iterator[str]:
    yield '<form class="filters" id="filters" role="search" hidden>'
    yield '<label>Filter <input type="search" id="search" placeholder="rule, file, resource …"></label>'
    yield "<fieldset><legend>Severity</legend>"
    for severity, count in by_severity(findings).items():
        if count:
            yield f'<label><input type="checkbox" value="{severity.word}" checked> {severity.word}</label>'
    yield "</fieldset>"
    if any(finding.suppressed for finding in findings):
        yield "<fieldset><legend>State</legend>"
        yield '<label><input type="checkbox" value="suppressed" checked> suppressed</label>'
        yield "</fieldset>"
    yield '<button type="button" id="all" aria-pressed="false">Open all</button>'
    yield '<output id="count" role="status"></output>'
    yield "</form>"


def _row(number: int, finding: Finding, context: OutputContext, sources: Sources) -> Iterator[str]:
    state = "open" if finding.suppressed is None else "suppressed"
    resource = escape(one_line(finding.resource.name))
    yield (
        f'<tbody class="{finding.severity.word} {state}" data-severity="{finding.severity.word}" data-state="{state}" '
        f'data-rank="{-finding.severity}" data-rule="{escape(finding.rule)}" data-resource="{resource}" '
        f'data-order="{number}">'
    )
    yield '<tr class="head">'
    yield f'<td><span class="badge">{finding.severity.word}</span></td>'
    mark = "" if finding.suppressed is None else f'<span class="state">suppressed: {finding.suppressed.kind}</span>'
    proof = (
        ""
        if finding.proof is None
        else f'<span class="state">{escape(one_line(str(finding.proof.get("status"))))}</span>'
    )
    yield (
        f'<th scope="row"><button type="button" class="toggle" aria-expanded="true" aria-controls="detail-{number}">'
        f"{escape(one_line(finding.message))}</button>{mark}{proof}"
        f'<span class="rule mono">{escape(finding.rule)}</span></th>'
    )
    yield f'<td class="resource"><span class="mono">{resource}</span></td>'
    yield f'<td class="place mono" title="{escape(one_line(where(finding.primary)))}"><bdi>{_short(finding)}</bdi></td>'
    yield "</tr>"
    yield f'<tr class="detail" id="detail-{number}"><td colspan="4">'
    yield from detail(finding, context.doc(finding), sources)
    yield "</td></tr>"
    yield "</tbody>"


def _short(finding: Finding) -> str:
    span = finding.primary.span
    return escape(one_line(finding.primary.arn or "" if span is None else f"{span.path}:{span.start_line}"))


def _graph(svg: str | None) -> Iterator[str]:
    if svg is not None:
        yield "<h2>The system</h2>"
        yield f'<div class="card graph">{svg}</div>'


def _journeys(context: OutputContext) -> Iterator[str]:
    """The worst ways from the internet: one picture, and each way with its premises."""
    journeys, inventory = context.journeys, context.inventory
    if journeys is None or inventory is None or not journeys.shown:
        return
    from casemate.outputs.paths import render_svg, sentence, steps

    yield '<h2 id="paths">From the internet</h2>'
    yield f'<div class="card graph">{render_svg(journeys.reach, inventory)}</div>'
    yield '<div class="card ways">'
    for journey in journeys.shown:
        yield f"<details><summary>{escape(sentence(journey, inventory))}</summary>"
        yield '<ol class="flow">'
        for step in steps(journey, inventory):
            yield f"<li>{escape(one_line(step))}</li>"
        yield "</ol></details>"
    if journeys.left_out:
        yield f'<p class="more">and {plural(journeys.left_out, "more way")} to other things</p>'
    yield "</div>"


def _not_evaluated(report: Report) -> Iterator[str]:
    sections = [
        *_table("Problems of the input", ("Place", "Problem", "What to do"), [
            (where(Location(item.at)), f"{item.level}: {item.message}", item.hint or "")
            for item in ordered_diagnostics(report.diagnostics)
        ]),
        *_table("Files not or not fully read", ("File", "Read as", "Status"), [
            (item.path, item.kind, f"{item.status}{f': {item.reason}' if item.reason else ''}")
            for item in ordered_inputs(report.inputs)
            if item.status != "understood"
        ]),
        *_table("Settings whose value is not in the files", ("Reason", "Settings"), [
            (reason, f"{count:,}") for reason, count in settings_by_reason(report)
        ]),
        *_table("Findings withheld by the profile", ("Rule", "Findings"), [
            (rule, f"{count:,}") for rule, count in sorted(report.withheld.items())
        ]),
        *_table("Suppressions that suppress nothing", ("Rule", "Place", "Reason"), [
            (item.rule, "" if item.at is None else f"{item.at.path}:{item.at.start_line}", item.reason)
            for item in report.unused_suppressions
        ]),
    ]  # fmt: skip
    if sections:
        yield '<h2 id="not-evaluated">Not evaluated</h2>'
        yield from sections


def _table(title: str, columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    if not rows:
        return
    yield f"<h3>{title}</h3>"
    yield '<div class="card"><table>'
    yield "<thead><tr>" + "".join(f'<th scope="col">{column}</th>' for column in columns) + "</tr></thead>"
    yield "<tbody>"
    for first, *others in rows[:_MOST_ROWS]:
        cells = "".join(f"<td>{escape(printable(text))}</td>" for text in others)
        yield f'<tr><th scope="row" class="mono">{escape(printable(first))}</th>{cells}</tr>'
    if len(rows) > _MOST_ROWS:
        yield f'<tr><td colspan="{len(columns)}">and {len(rows) - _MOST_ROWS:,} more</td></tr>'
    yield "</tbody></table></div>"
