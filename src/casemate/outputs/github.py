"""Annotations of GitHub Actions: the fallback where SARIF cannot be uploaded.

Written as "Workflow commands for GitHub Actions" says; escaping as in the runner's own toolkit: `%`, CR and LF in a
message, also `:` and `,` in a property. GitHub shows at most ten errors, ten warnings and ten notices of a step, so
the worst come first here.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from casemate.model.finding import Severity
from casemate.outputs.escaping import printable
from casemate.outputs.ordering import ordered, ordered_diagnostics, ordered_inputs, plural

if TYPE_CHECKING:
    from casemate.model.finding import Finding, Report
    from casemate.outputs.context import OutputContext

_COMMAND = {Severity.CRITICAL: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "notice"}
_SHOWN = 10  # of each command, per step


def render(report: Report, context: OutputContext) -> str:
    """One line an annotation, and a last plain line that tells how many GitHub will not show."""
    findings = sorted(ordered(report.open), key=lambda finding: -finding.severity)
    lines = [_finding(finding, context) for finding in findings]
    counts = Counter(_COMMAND[finding.severity] for finding in findings)
    for item in ordered_diagnostics(report.diagnostics):
        command = {"error": "error", "warning": "warning", "note": "notice"}[item.level]
        counts[command] += 1
        hint = f" ({item.hint})" if item.hint else ""
        lines.append(
            _line(
                command,
                f"{item.message}{hint}",
                file=item.at.path,
                line=item.at.start_line,
                title=f"Not read: {item.code}",
            )
        )
    reported = {item.at.path for item in report.diagnostics}
    for source in ordered_inputs(report.inputs):
        if source.status == "failed" and source.path not in reported:
            counts["error"] += 1
            lines.append(_line("error", source.reason or "not read", file=source.path, title="Not read"))
    hidden = sum(max(count - _SHOWN, 0) for count in counts.values())
    total = plural(len(findings), "finding")
    if hidden:
        lines.append(
            f"casemate: {total}; GitHub shows {_SHOWN} annotations of a kind for each step, "
            f"{hidden} are in this log only"
        )
    else:
        lines.append(f"casemate: {total}")
    return "\n".join(lines) + "\n"


def _finding(finding: Finding, context: OutputContext) -> str:
    command, span = _COMMAND[finding.severity], finding.primary.span
    title = f"{context.doc(finding).title} ({finding.severity.word}, {finding.rule})"
    message = [finding.message, *(f"fix: {fix.title}" for fix in finding.fixes[:1])]
    if span is None:
        return _line(command, "\n".join([*message, f"at {finding.primary.arn}"]), title=title)
    return _line(
        command,
        "\n".join(message),
        file=span.path,
        line=span.start_line,
        col=span.start_column,
        endLine=span.end_line,
        title=title,
    )


def _line(command: str, message: str, **properties: str | int) -> str:
    listed = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::{command} {listed}::{_data(message)}"


def _data(text: str) -> str:
    return printable(text, keep="\r\n").replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
