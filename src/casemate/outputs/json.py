"""`casemate-report/1`, the report for machines; its JSON Schema lies beside this file and is part of the contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.location import Location
from casemate.outputs.document import document
from casemate.outputs.ordering import by_severity, ordered, ordered_diagnostics, ordered_inputs, ordered_undecided

if TYPE_CHECKING:
    from casemate.model.diagnostic import Diagnostic
    from casemate.model.finding import Finding, Fix, Report, ResourceName, Undecided
    from casemate.outputs.context import OutputContext
    from casemate.outputs.document import Json

SCHEMA = "casemate-report/1"


def render(report: Report, _context: OutputContext) -> str:
    """The report, one finding a line."""
    return document(
        {
            "schema": SCHEMA,
            "tool": {"name": "casemate", "version": report.version},
            "inputs": [
                {"path": item.path, "kind": item.kind, "status": item.status, "reason": item.reason}
                for item in ordered_inputs(report.inputs)
            ],
            "findings": [finding_json(finding) for finding in ordered(report.findings)],
            "unresolved": [_undecided(item) for item in ordered_undecided(report.undecided)],
            "diagnostics": [_diagnostic(item) for item in ordered_diagnostics(report.diagnostics)],
            "summary": {
                "complete": report.complete,
                "by_severity": {severity.word: count for severity, count in by_severity(report.open).items()},
                "suppressed": len(report.findings) - len(report.open),
                "withheld": dict(sorted(report.withheld.items())),
                "rules": report.rules_run,
                "functions": report.functions,
            },
        }
    )


def finding_json(finding: Finding) -> Json:
    """One finding as in the report; the HTML report and the console show the same."""
    suppressed = finding.suppressed
    return {
        "rule": finding.rule,
        "weakness": finding.weakness,
        "severity": finding.severity.word,
        "confidence": finding.confidence,
        "message": finding.message,
        "cwe": list(finding.cwe),
        "resource": _resource(finding.resource),
        "locations": [_location(location) for location in finding.locations],
        "flow": None if finding.flow is None else [_location(location) for location in finding.flow],
        "proof": None
        if finding.proof is None
        else {key: finding.proof.get(key) for key in ("status", "reason", "event")},
        "evidence": dict(finding.evidence),
        "fingerprint": finding.fingerprint,
        "fixes": [_fix(fix) for fix in finding.fixes],
        "suppressed": None
        if suppressed is None
        else {
            "kind": suppressed.kind,
            "reason": suppressed.reason,
            "until": None if suppressed.until is None else suppressed.until.isoformat(),
        },
    }


def _resource(resource: ResourceName) -> Json:
    return {"type": resource.type, "name": resource.name}


def _location(location: Location) -> Json:
    span = location.span
    return {
        "path": None if span is None else span.path,
        "arn": location.arn,
        "start_line": None if span is None else span.start_line,
        "start_column": None if span is None else span.start_column,
        "end_line": None if span is None else span.end_line,
        "end_column": None if span is None else span.end_column,
        "kind": location.kind,
        "label": location.label,
    }


def _fix(fix: Fix) -> Json:
    return {
        "title": fix.title,
        "safe": fix.safe,
        "edits": [
            {"path": edit.path, "start_byte": edit.start_byte, "end_byte": edit.end_byte, "text": edit.text}
            for edit in fix.edits
        ],
        "text": fix.text,
    }


def _undecided(item: Undecided) -> Json:
    return {
        "rule": item.rule,
        "resource": _resource(item.resource),
        "setting": item.setting,
        "reason": item.reason,
        "location": _location(Location(item.at)),
    }


def _diagnostic(item: Diagnostic) -> Json:
    return {
        "code": item.code,
        "message": item.message,
        "location": _location(Location(item.at)),
        "hint": item.hint,
        "level": item.level,
    }
