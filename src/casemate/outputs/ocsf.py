"""OCSF 1.5.0 events, one a line (NDJSON), as data lakes take them.

Class 2003 *Compliance Finding* for posture, 2002 *Vulnerability Finding* for dependencies, 2007 *Application Security
Posture Finding* for code (it exists since 1.5.0). The finding's fingerprint is its `uid`, so a lake can join the runs.
The event's time is `context.now`.
"""

from __future__ import annotations

from json import dumps
from typing import TYPE_CHECKING

from casemate.model.finding import Severity
from casemate.outputs.context import first_sentence
from casemate.outputs.ordering import ordered

if TYPE_CHECKING:
    from casemate.model.finding import Finding, Report
    from casemate.model.location import Span
    from casemate.outputs.context import OutputContext, RuleDoc
    from casemate.outputs.document import Json

_VERSION = "1.5.0"
_POSTURE, _VULNERABILITY, _CODE = 2003, 2002, 2007
_CLASS_NAMES = {
    _POSTURE: "Compliance Finding",
    _VULNERABILITY: "Vulnerability Finding",
    _CODE: "Application Security Posture Finding",
}
_DEPENDENCY = frozenset({"vulnerable-dependency", "malicious-dependency"})
_IN_CODE = frozenset({
    "code-injection", "command-injection", "sql-injection", "nosql-injection", "path-traversal", "ssrf", "xxe",
    "deserialization", "xss", "open-redirect", "template-injection", "xpath-injection", "ldap-injection",
    "log-injection", "prompt-injection", "redos", "trust-boundary", "insecure-cookie", "unverified-token",
    "header-injection", "weak-crypto", "weak-randomness", "broken-access-control", "missing-validation",
    "sensitive-data-logging", "verbose-errors", "tmp-reuse", "hardcoded-secret",
})  # fmt: skip
_SEVERITY = {Severity.LOW: 2, Severity.MEDIUM: 3, Severity.HIGH: 4, Severity.CRITICAL: 5}
_CONFIDENCE = {"low": 1, "medium": 2, "high": 3}
_NEW, _SUPPRESSED = 1, 3  # status_id
_CREATE = 1  # activity_id
_FAIL = 3  # compliance.status_id
_RULE = 1  # analytic.type_id
_REGULAR_FILE = 1  # file.type_id


def render(report: Report, context: OutputContext) -> str:
    """One event a line, in the order of the findings; nothing when there are none."""
    time = 0 if context.now is None else round(context.now.timestamp() * 1000)
    return "".join(
        dumps(_event(finding, context.doc(finding), report.version, time)) + "\n"
        for finding in ordered(report.findings)
    )


def _class(finding: Finding) -> int:
    if finding.weakness in _DEPENDENCY:
        return _VULNERABILITY
    return _CODE if finding.flow or finding.weakness in _IN_CODE else _POSTURE


def _event(finding: Finding, doc: RuleDoc, version: str, time: int) -> Json:
    class_uid = _class(finding)
    suppressed = finding.suppressed
    event: dict[str, Json] = {
        "activity_id": _CREATE,
        "activity_name": "Create",
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": class_uid,
        "class_name": _CLASS_NAMES[class_uid],
        "type_uid": class_uid * 100 + _CREATE,
        "type_name": f"{_CLASS_NAMES[class_uid]}: Create",
        "time": time,
        "severity_id": _SEVERITY[finding.severity],
        "severity": finding.severity.word.capitalize(),
        "confidence_id": _CONFIDENCE[finding.confidence],
        "confidence": finding.confidence.capitalize(),
        "status_id": _NEW if suppressed is None else _SUPPRESSED,
        "status": "New" if suppressed is None else "Suppressed",
        "message": finding.message,
        "metadata": {
            "version": _VERSION,
            "uid": finding.fingerprint,
            "product": {"name": "Casemate", "vendor_name": "Casemate", "version": version},
        },
        "finding_info": _finding_info(finding, doc),
        "resources": [_resource(finding)],
    }
    if suppressed is not None:
        event["comment"] = suppressed.reason
    if class_uid == _POSTURE:
        event["compliance"] = {
            "control": doc.name,
            "category": finding.weakness,
            "desc": doc.title,
            "requirements": [tag for tag in doc.tags if not tag.startswith("cwe-")] or [finding.weakness],
            "status_id": _FAIL,
            "status": "Fail",
            "status_details": [finding.message],
        }
    else:
        event["vulnerabilities"] = [_vulnerability(finding, doc)]
    if class_uid == _CODE:
        event["application"] = {"name": finding.resource.name, "type": finding.resource.type}
    remediation = _remediation(finding, doc)
    if remediation and class_uid != _VULNERABILITY:  # there it belongs to the vulnerability
        event["remediation"] = remediation
    return event


def _finding_info(finding: Finding, doc: RuleDoc) -> Json:
    analytic: dict[str, Json] = {
        "name": doc.name,
        "uid": doc.name,
        "type_id": _RULE,
        "type": "Rule",
        "category": finding.weakness,
    }
    if doc.why:
        analytic["desc"] = first_sentence(doc.why)
    info: dict[str, Json] = {
        "uid": finding.fingerprint,
        "title": doc.title,
        "desc": finding.message,
        "types": [finding.weakness],
        "analytic": analytic,
    }
    if doc.url is not None:
        info["src_url"] = doc.url
    return info


def _resource(finding: Finding) -> Json:
    span, arn = finding.primary.span, finding.primary.arn
    data: dict[str, Json] = {"evidence": dict(finding.evidence)}
    if span is not None:
        data["location"] = _place(span)
    resource: dict[str, Json] = {"name": finding.resource.name, "type": finding.resource.type, "data": data}
    if arn is not None:
        resource["uid"] = arn
    return resource


def _place(span: Span) -> Json:
    return {
        "path": span.path,
        "start_line": span.start_line,
        "start_column": span.start_column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }


def _vulnerability(finding: Finding, doc: RuleDoc) -> Json:
    number = (finding.cwe or doc.cwe or ("CWE-1035",))[0].rpartition("-")[
        2
    ]  # 1035: a known vulnerability in a component
    found: dict[str, Json] = {
        "title": doc.title,
        "desc": finding.message,
        "severity": finding.severity.word.capitalize(),
        "category": finding.weakness,
        "vendor_name": "Casemate",
        "cwe": {"uid": f"CWE-{number}", "src_url": f"https://cwe.mitre.org/data/definitions/{number}.html"},
        "is_fix_available": bool(finding.fixes),
    }
    places = [*(finding.flow or ()), *finding.locations]
    code = list(dict.fromkeys(location.span for location in places if location.span is not None))
    if code:
        found["affected_code"] = [
            {
                "file": {
                    "name": span.path.rpartition("/")[2],
                    "path": span.path,
                    "type_id": _REGULAR_FILE,
                    "type": "Regular File",
                },
                "start_line": span.start_line,
                "start_column": span.start_column,
                "end_line": span.end_line,
                "end_column": span.end_column,
            }
            for span in code
        ]
    remediation = _remediation(finding, doc)
    if remediation:
        found["remediation"] = remediation
    return found


def _remediation(finding: Finding, doc: RuleDoc) -> dict[str, Json]:
    text = "; ".join(fix.title for fix in finding.fixes) or doc.how
    if not text:
        return {}
    return {"desc": text, "references": [doc.url]} if doc.url is not None else {"desc": text}
