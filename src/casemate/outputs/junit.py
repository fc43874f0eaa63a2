"""JUnit XML (the schema `junit-10.xsd` of the Jenkins xUnit plugin): one test suite a file, one failed test a finding.

Suppressed findings are skipped tests, a file that could not be read is an error, and a file that was understood and
has no finding is one passed test, so that it is seen to have been looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from casemate.outputs.context import first_sentence
from casemate.outputs.escaping import xml_text
from casemate.outputs.ordering import ordered, ordered_inputs, where

if TYPE_CHECKING:
    from casemate.model.diagnostic import Input
    from casemate.model.finding import Finding, Report
    from casemate.outputs.context import OutputContext

_NAME = "casemate"


def render(report: Report, context: OutputContext) -> str:
    """`testsuites` in the order of the paths; live resources are one suite each, last."""
    inputs: dict[str, list[Input]] = {}
    for item in ordered_inputs(report.inputs):
        inputs.setdefault(item.path, []).append(item)
    findings: dict[tuple[bool, str], list[Finding]] = {(False, path): [] for path in inputs}
    for finding in ordered(report.findings):
        span = finding.primary.span
        key = (True, finding.primary.arn or "") if span is None else (False, span.path)
        findings.setdefault(key, []).append(finding)
    suites = [
        _suite(name, inputs.get(name, []) if not live else [], found, context)
        for (live, name), found in sorted(findings.items())
    ]
    tests, failures, errors = (
        (sum(numbers) for numbers in zip(*(counts for counts, _ in suites), strict=True)) if suites else (0, 0, 0)
    )
    head = f"<testsuites{_attributes(name=_NAME, tests=tests, failures=failures, errors=errors)}>"
    return "\n".join(
        ['<?xml version="1.0" encoding="UTF-8"?>', head, *(text for _, text in suites), "</testsuites>", ""]
    )


def _suite(
    name: str, inputs: list[Input], findings: list[Finding], context: OutputContext
) -> tuple[tuple[int, int, int], str]:
    cases = [_case(finding, context) for finding in findings]
    failures = sum(finding.suppressed is None for finding in findings)
    skipped = len(findings) - failures
    errors = 0
    for item in inputs:
        attributes = _attributes(classname=item.path, name=f"read as {item.kind}")
        reason = item.reason or item.status
        if item.status == "failed":
            errors += 1
            cases.append(f"<testcase{attributes}><error{_attributes(type='input-failed', message=reason)}/></testcase>")
        elif item.status == "excluded":
            skipped += 1
            cases.append(f"<testcase{attributes}><skipped{_attributes(message=reason)}/></testcase>")
        elif not findings:
            cases.append(f"<testcase{attributes}/>")
    head = _attributes(name=name, tests=len(cases), failures=failures, errors=errors, skipped=skipped)
    text = "\n".join([f" <testsuite{head}>", *(f"  {case}" for case in cases), " </testsuite>"])
    return (len(cases), failures, errors), text


def _case(finding: Finding, context: OutputContext) -> str:
    case = _attributes(
        classname=finding.primary.arn or "" if finding.primary.span is None else finding.primary.span.path,
        name=f"{finding.rule}: {finding.message}",  # no line number: CI tells tests apart by name
    )
    if finding.suppressed is not None:
        reason = f"suppressed ({finding.suppressed.kind}): {finding.suppressed.reason}"
        return f"<testcase{case}><skipped{_attributes(message=reason)}/></testcase>"
    doc = context.doc(finding)
    lines = [
        f"{finding.severity.word}: {finding.message}",
        f"at {where(finding.primary)}",
        *(f"see {where(location)} {location.label or ''}".rstrip() for location in finding.related),
        *(
            f"step {number} {where(step)} {step.label or ''}".rstrip()
            for number, step in enumerate(finding.flow or (), 1)
        ),
        *(f"{name}: {value}" for name, value in finding.evidence.items()),
        *([f"why: {first_sentence(doc.why)}"] if doc.why else []),
        *(f"fix: {fix.title}" for fix in finding.fixes),
        *([f"fix: {first_sentence(doc.how)}"] if doc.how and not finding.fixes else []),
    ]
    body = escape(xml_text("\n".join(lines)))
    return (
        f"<testcase{case}><failure{_attributes(type=finding.rule, message=finding.message)}>{body}</failure></testcase>"
    )


def _attributes(**values: str | int) -> str:
    return "".join(f" {name}={quoteattr(xml_text(str(value)))}" for name, value in values.items())
