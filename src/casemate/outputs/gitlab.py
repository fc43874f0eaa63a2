"""GitLab's SAST report, version 15.0.6 of its schema ("Security scanner integration").

It has no place for suppressed findings; a scan message counts them. `id` is a UUID made of the fingerprint, so the same
finding has the same id in every run.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from casemate.outputs.document import document
from casemate.outputs.escaping import clip
from casemate.outputs.ordering import ordered, ordered_diagnostics, ordered_inputs, plural, settings_by_reason, where

if TYPE_CHECKING:
    from casemate.model.finding import Finding, Report
    from casemate.outputs.context import OutputContext, RuleDoc
    from casemate.outputs.document import Json

_VERSION = "15.0.6"
_NAMESPACE = UUID("6f8f3a52-7d0e-5c0b-9f0e-3c1f4f7f9d11")  # drawn once; a change would make every alert a new one


def render(report: Report, context: OutputContext) -> str:
    """The report. `context.now` is both start and end: no clock is read here."""
    moment = "" if context.now is None else context.now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    tool: Json = {"id": "casemate", "name": "Casemate", "version": report.version, "vendor": {"name": "Casemate"}}
    seen: dict[str, int] = {}
    return document(
        {
            "version": _VERSION,
            "scan": {
                "analyzer": tool,
                "scanner": tool,
                "type": "sast",
                "start_time": moment,
                "end_time": moment,
                "status": "success" if report.complete else "failure",
                "messages": _messages(report),
            },
            "vulnerabilities": [
                _vulnerability(finding, context.doc(finding), seen) for finding in ordered(report.open)
            ],
        }
    )


def _vulnerability(finding: Finding, doc: RuleDoc, seen: dict[str, int]) -> Json:
    found: dict[str, Json] = {
        "id": _id(finding, seen),
        "category": "sast",
        "name": clip(doc.title, 255),
        "message": clip(finding.message, 10_000),
        "description": clip(_description(finding, doc), 100_000),
        "severity": finding.severity.word.capitalize(),
        "confidence": finding.confidence.capitalize(),
        "scanner": {"id": "casemate", "name": "Casemate"},
        "identifiers": [_rule_identifier(doc), *(_cwe_identifier(cwe) for cwe in finding.cwe)],
        "location": _location(finding),
    }
    solution = "\n".join(
        [*(fix.title + (f"\n{fix.text}" if fix.text else "") for fix in finding.fixes), doc.how]
    ).strip()
    if solution:
        found["solution"] = clip(solution, 7_000)
    if doc.url is not None and doc.url.startswith("https://"):
        found["links"] = [{"name": f"Rule {doc.name}", "url": doc.url}]
    return found


def _id(finding: Finding, seen: dict[str, int]) -> str:
    count = seen[finding.fingerprint] = seen.get(finding.fingerprint, 0) + 1
    return str(uuid5(_NAMESPACE, finding.fingerprint if count == 1 else f"{finding.fingerprint}#{count}"))


def _rule_identifier(doc: RuleDoc) -> Json:
    identifier: dict[str, Json] = {"type": "casemate_rule", "name": f"Casemate {doc.name}", "value": doc.name}
    if doc.url is not None and doc.url.startswith("https://"):
        identifier["url"] = doc.url
    return identifier


def _cwe_identifier(cwe: str) -> Json:
    number = cwe.rpartition("-")[2]
    return {
        "type": "cwe",
        "name": f"CWE-{number}",
        "value": number,
        "url": f"https://cwe.mitre.org/data/definitions/{number}.html",
    }


def _location(finding: Finding) -> Json:
    span = finding.primary.span
    if span is None:  # a live resource: GitLab knows files only
        return {"file": finding.primary.arn or ""}
    return {
        "file": span.path,
        "start_line": span.start_line,
        "end_line": _last_line(span.start_line, span.end_line, span.end_column),
    }


def _last_line(start: int, end: int, column: int) -> int:
    """The last line that holds a character of the span: its end is exclusive."""
    return end if column > 1 or end == start else end - 1


def _description(finding: Finding, doc: RuleDoc) -> str:
    """GitLab renders this as Markdown; what comes from scanned files stands in a code block and stays text."""
    facts = [
        finding.message,
        *(f"{name}: {value}" for name, value in finding.evidence.items()),
        *(f"see {where(location)} {location.label or ''}".rstrip() for location in finding.related),
        *(
            f"step {number}: {where(step)} {step.label or ''}".rstrip()
            for number, step in enumerate(finding.flow or (), 1)
        ),
    ]
    text = "\n".join(f"    {' '.join(fact.split())}" for fact in facts)
    return f"{doc.why}\n\n{text}\n".lstrip("\n") if doc.why else f"{text}\n"


def _messages(report: Report) -> Json:
    messages: list[Json] = [
        {
            "level": {"error": "fatal", "warning": "warn", "note": "info"}[item.level],
            "value": clip(f"{item.at.path}:{item.at.start_line}: {item.message}", 10_000),
        }
        for item in ordered_diagnostics(report.diagnostics)
    ]
    messages += [
        {
            "level": "warn",
            "value": clip(f"{item.path} ({item.kind}) {item.status}: {item.reason or 'no reason given'}", 10_000),
        }
        for item in ordered_inputs(report.inputs)
        if item.status != "understood"
    ]
    messages += [
        {"level": "info", "value": clip(f"{plural(count, 'setting')} not evaluated: {reason}", 10_000)}
        for reason, count in settings_by_reason(report)
    ]
    suppressed = len(report.findings) - len(report.open)
    if suppressed:
        messages.append({"level": "info", "value": f"{plural(suppressed, 'finding')} suppressed, not in this report"})
    return messages
