"""From a flow in code to a rule's violation: the same words and the same severity for every kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.authoring.outcome import Violation
from casemate.model.finding import Severity
from casemate.model.location import Location

if TYPE_CHECKING:
    from casemate.model.flow import Flow

_WHO = {
    "public": "anybody on the internet can send it",
    "authenticated": "every signed-in caller can send it",
    "internal": "other parts of the system send it",
    "unknown": "who can send it is not known: the trigger was not scanned",
}


def reported(flow: Flow, consequence: str, severity: Severity) -> Violation:
    """The violation of one flow. `consequence`: what follows, as the end of a sentence; `severity`: the rule's own.

    Data that anybody can send raises it by one, data that only the system itself sends lowers it by one: a queue's
    messages are an attacker's only after another part has failed. For such data a rule of medium severity or less is of
    low confidence: the default profile does not show it.
    """
    if flow.source is None:
        message = f"{flow.callee}: {consequence}"
    else:
        message = f"{flow.source} reaches {flow.callee}: {consequence}"
    path = tuple(
        Location(step.at, kind="primary" if step is flow.steps[-1] else "related", label=step.label)
        for step in flow.steps
    )
    evidence = dict(flow.evidence)
    if flow.source is not None:
        evidence["exposure"] = f"{flow.exposure}: {_WHO[flow.exposure]}"
    return Violation(
        message,
        flow.at,
        severity=severity if flow.source is None else _by_exposure(severity, flow.exposure),
        confidence="low"
        if flow.exposure == "internal" and flow.source and severity <= Severity.MEDIUM
        else flow.confidence,
        evidence=evidence,
        cause=flow.cause,
        flow=path if len(path) > 1 else None,
        cwe=(flow.cwe,) if flow.cwe else (),
    )


def _by_exposure(severity: Severity, exposure: str) -> Severity:
    if exposure == "public":
        return min(Severity.CRITICAL, Severity(severity + 1)) if severity >= Severity.HIGH else severity
    if exposure == "internal":
        return Severity(severity - 1) if severity > Severity.LOW else severity
    return severity
