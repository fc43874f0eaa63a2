"""SARIF 2.1.0 (OASIS), as GitHub code scanning and IDEs read it.

In SARIF severity belongs to the rule, and GitHub reads it from `security-severity` of the rule descriptor ("SARIF
support for code scanning"). So there is one descriptor per (rule, severity): `name` for the rule's default,
`name/critical` for a finding that exposure has made worse.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from casemate.model.finding import Severity
from casemate.outputs.context import first_sentence
from casemate.outputs.document import document
from casemate.outputs.ordering import ordered, ordered_diagnostics, ordered_inputs, plural, settings_by_reason
from casemate.outputs.snippet import Sources

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casemate.model.finding import Edit, Finding, Fix, Report
    from casemate.model.location import Location, Span
    from casemate.outputs.context import OutputContext, RuleDoc
    from casemate.outputs.document import Json

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_ROOT = "%SRCROOT%"
_LEVEL = {Severity.CRITICAL: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "note"}
# GitHub: over 9.0 is critical, 7.0 to 8.9 high, 4.0 to 6.9 medium, 0.1 to 3.9 low.
_SCORE = {Severity.CRITICAL: "9.5", Severity.HIGH: "8.0", Severity.MEDIUM: "5.5", Severity.LOW: "2.0"}
_PRECISION = {"high": "high", "medium": "medium", "low": "low"}
_MOST_TAGS = 20  # GitHub takes no more


def render(report: Report, context: OutputContext) -> str:
    """One run with one invocation."""
    findings = ordered(report.findings)
    descriptors = _descriptors(findings, context)
    index = {identifier: number for number, identifier in enumerate(descriptors)}
    sources = Sources(context.sources)
    return document(
        {
            "$schema": _SCHEMA,
            "version": "2.1.0",
            "runs": [
                {
                    "tool": {
                        "driver": {
                            "name": "Casemate",
                            "version": report.version,
                            "rules": [_descriptor(identifier, *descriptors[identifier]) for identifier in descriptors],
                        }
                    },
                    "columnKind": "unicodeCodePoints",
                    "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the scanned tree."}}},
                    "invocations": [_invocation(report)],
                    "results": [_result(finding, context.doc(finding), index, sources) for finding in findings],
                    "properties": {"unresolvedSettings": sum(count for _, count in settings_by_reason(report))},
                }
            ],
        },
        depth=5,
    )


def _identifier(finding: Finding, doc: RuleDoc) -> str:
    return finding.rule if finding.severity == doc.severity else f"{finding.rule}/{finding.severity.word}"


def _descriptors(findings: tuple[Finding, ...], context: OutputContext) -> dict[str, tuple[RuleDoc, Finding]]:
    found: dict[str, tuple[RuleDoc, Finding]] = {}
    for finding in findings:
        doc = context.doc(finding)
        found.setdefault(_identifier(finding, doc), (doc, finding))
    return dict(sorted(found.items()))


def _descriptor(identifier: str, doc: RuleDoc, finding: Finding) -> Json:
    severity = finding.severity
    cwe = doc.cwe or finding.cwe
    tags = ["security", *(f"external/cwe/{name.lower()}" for name in cwe), doc.weakness]
    tags += [tag for tag in doc.tags if not tag.startswith("cwe-")]
    text = doc.help or f"{doc.title}."
    found: dict[str, Json] = {
        "id": identifier,
        "name": "".join(word.capitalize() for word in doc.name.split("-")),
        "shortDescription": {"text": doc.title},
        "fullDescription": {"text": first_sentence(doc.why) or f"{doc.title}."},
        "help": {"text": text, "markdown": text},
        "defaultConfiguration": {"level": _LEVEL[severity]},
        "properties": {
            "tags": list(dict.fromkeys(tags))[:_MOST_TAGS],
            "precision": _PRECISION[doc.confidence],
            "security-severity": _SCORE[severity],
            "severity": severity.word,
            "weakness": doc.weakness,
        },
    }
    if doc.url is not None:
        found["helpUri"] = doc.url
    return found


def _result(finding: Finding, doc: RuleDoc, index: Mapping[str, int], sources: Sources) -> Json:
    identifier = _identifier(finding, doc)
    result: dict[str, Json] = {
        "ruleId": identifier,
        "ruleIndex": index[identifier],
        "level": _LEVEL[finding.severity],
        "message": {"text": finding.message},
        "locations": [_location(finding.primary, finding)],
        # GitHub tells alerts apart by the first; both are free of line numbers, so alerts survive edits.
        "partialFingerprints": {
            "primaryLocationLineHash": f"{finding.fingerprint}:1",
            "casemateFingerprint/v1": finding.fingerprint,
        },
        # Once one result states its suppressions, an absent list means "unknown" (section 3.27.23).
        "suppressions": _suppressions(finding),
        "properties": {
            "weakness": finding.weakness,
            "severity": finding.severity.word,
            "confidence": finding.confidence,
            "cwe": list(finding.cwe),
            "resource": {"type": finding.resource.type, "name": finding.resource.name},
            "evidence": dict(finding.evidence),
        },
    }
    if finding.related:
        result["relatedLocations"] = [
            {"id": number, **_location(location)} for number, location in enumerate(finding.related, start=1)
        ]
    if finding.flow:
        steps: list[Json] = [{"location": _location(step)} for step in finding.flow]
        result["codeFlows"] = [{"threadFlows": [{"locations": steps}]}]
    fixes: list[Json] = [_fix(fix, sources) for fix in finding.fixes if fix.edits]
    if fixes:
        result["fixes"] = fixes
    return result


def _suppressions(finding: Finding) -> Json:
    suppressed = finding.suppressed
    if suppressed is None:
        return []
    properties: dict[str, Json] = {"kind": suppressed.kind}
    if suppressed.until is not None:
        properties["until"] = suppressed.until.isoformat()
    return [
        {
            "kind": "inSource" if suppressed.kind == "inline" else "external",
            "status": "accepted",
            "justification": suppressed.reason,
            "properties": properties,
        }
    ]


def _location(location: Location, finding: Finding | None = None) -> dict[str, Json]:
    found: dict[str, Json] = {}
    if location.span is not None:
        found["physicalLocation"] = {
            "artifactLocation": _artifact(location.span.path),
            "region": _region(location.span),
        }
    logical: list[Json] = []
    if finding is not None:
        logical.append({"name": finding.resource.name, "kind": finding.resource.type})
    if location.arn is not None:
        logical.append({"fullyQualifiedName": location.arn, "kind": "resource"})
    if logical:
        found["logicalLocations"] = logical
    if location.label:
        found["message"] = {"text": location.label}
    return found


def _artifact(path: str) -> Json:
    # A relative URI may not begin with a colon in its first segment (RFC 3986, section 4.2); quote() encodes it anyhow.
    return {"uri": quote(path.encode("utf-8", "surrogatepass"), safe="/"), "uriBaseId": _ROOT}


def _region(span: Span) -> Json:
    return {
        "startLine": span.start_line,
        "startColumn": span.start_column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }


def _fix(fix: Fix, sources: Sources) -> Json:
    changes: dict[str, list[Json]] = {}
    for edit in sorted(fix.edits, key=lambda edit: (edit.path, edit.start_byte, edit.end_byte)):
        changes.setdefault(edit.path, []).append(
            {"deletedRegion": _deleted(edit, sources.text(edit.path)), "insertedContent": {"text": edit.text}}
        )
    return {
        "description": {"text": fix.title},
        "artifactChanges": [
            {"artifactLocation": _artifact(path), "replacements": replacements}
            for path, replacements in changes.items()
        ],
        "properties": {"safe": fix.safe},
    }


def _deleted(edit: Edit, text: str | None) -> Json:
    """The replaced region in bytes, and in lines and columns too where the text is known: most viewers want those."""
    region: dict[str, Json] = {"byteOffset": edit.start_byte, "byteLength": edit.end_byte - edit.start_byte}
    if text is not None:
        data = text.encode("utf-8", "surrogatepass")
        region["startLine"], region["startColumn"] = _position(data, edit.start_byte)
        region["endLine"], region["endColumn"] = _position(data, edit.end_byte)
    return region


def _position(data: bytes, offset: int) -> tuple[int, int]:
    start = data.rfind(b"\n", 0, offset) + 1
    return data.count(b"\n", 0, offset) + 1, len(data[start:offset].decode("utf-8", "replace")) + 1


def _invocation(report: Report) -> Json:
    notifications: list[Json] = []
    for item in ordered_diagnostics(report.diagnostics):
        text = item.message if item.hint is None else f"{item.message} ({item.hint})"
        notifications.append(
            {
                "descriptor": {"id": item.code},
                "level": item.level,
                "message": {"text": text},
                "locations": [
                    {"physicalLocation": {"artifactLocation": _artifact(item.at.path), "region": _region(item.at)}}
                ],
            }
        )
    for source in ordered_inputs(report.inputs):
        if source.status in {"failed", "excluded", "partial"}:
            reason = f": {source.reason}" if source.reason else ""
            notifications.append(
                {
                    "descriptor": {"id": f"input-{source.status}"},
                    "level": "error" if source.status == "failed" else "note",
                    "message": {"text": f"{source.path} ({source.kind}) {source.status}{reason}"},
                    "locations": [{"physicalLocation": {"artifactLocation": _artifact(source.path)}}],
                }
            )
    notifications += [
        {
            "descriptor": {"id": "unresolved-settings"},
            "level": "note",
            "message": {"text": f"{plural(count, 'setting')} not evaluated: {reason}"},
        }
        for reason, count in settings_by_reason(report)
    ]
    if report.withheld:
        count = plural(sum(report.withheld.values()), "finding")
        text = f"{count} of {plural(len(report.withheld), 'rule')} withheld by the profile"
        notifications.append({"descriptor": {"id": "withheld"}, "level": "note", "message": {"text": text}})
    return {"executionSuccessful": report.complete, "toolConfigurationNotifications": notifications}
