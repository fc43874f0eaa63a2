"""CSV (RFC 4180): one line a finding, suppressed ones included.

A spreadsheet takes a cell that begins with `=`, `+`, `-`, `@` or a tab for a formula (OWASP, "CSV injection"); such
text gets a leading apostrophe.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from casemate.outputs.escaping import printable
from casemate.outputs.ordering import ordered

if TYPE_CHECKING:
    from casemate.model.finding import Finding, Report
    from casemate.outputs.context import OutputContext

COLUMNS = (
    "severity", "confidence", "rule", "weakness", "cwe", "path", "line", "column", "end_line", "end_column", "arn",
    "resource_type", "resource", "message", "evidence", "fix", "status", "reason", "until", "fingerprint",
)  # fmt: skip
_FORMULA = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "\uff1d",
    "\uff0b",
    "\uff0d",
    "\uff20",
)  # the last four: full-width forms


def render(report: Report, _context: OutputContext) -> str:
    """A header and one record a finding, lines end in CRLF."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(_record(finding) for finding in ordered(report.findings))
    return text.getvalue()


def _record(finding: Finding) -> list[str | int]:
    span, suppressed = finding.primary.span, finding.suppressed
    position: list[str | int] = ["", "", "", ""] if span is None else [*span[1:]]
    return [
        finding.severity.word,
        finding.confidence,
        finding.rule,
        finding.weakness,
        " ".join(finding.cwe),
        "" if span is None else cell(span.path),
        *position,
        cell(finding.primary.arn or ""),
        cell(finding.resource.type),
        cell(finding.resource.name),
        cell(finding.message),
        cell("; ".join(f"{name}: {value}" for name, value in finding.evidence.items())),
        cell("; ".join(fix.title for fix in finding.fixes)),
        "open" if suppressed is None else f"suppressed ({suppressed.kind})",
        "" if suppressed is None else cell(suppressed.reason),
        "" if suppressed is None or suppressed.until is None else suppressed.until.isoformat(),
        cell(finding.fingerprint),
    ]


def cell(text: str) -> str:
    """Text that no spreadsheet computes."""
    guarded = f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
    return printable(guarded)
