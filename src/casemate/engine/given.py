"""What the user gave about packages, applied to the findings: VEX statements suppress, attestations are judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.engine.fingerprint import fingerprint
from casemate.model.diagnostic import Diagnostic
from casemate.model.finding import HIGH, MEDIUM, Finding, ResourceName, Suppressed
from casemate.model.location import Location
from casemate.model.record import replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from casemate.analysis.supply.attesting import Judgement, Outcome
    from casemate.analysis.supply.vex.statements import Vex
    from casemate.analysis.system import System
    from casemate.model.dependency import Dependency

_RULES = frozenset({"vulnerable-dependency", "vulnerable-development-dependency"})
ATTESTATION_FAILED = "attestation-failed"
ATTESTATION_MISSING = "attestation-missing"
"""Findings without a rule of their own: they need files that only a run is given, so no rule could show them alone."""
_SHOWN = 10


def without_excepted(findings: Iterable[Finding], system: System) -> tuple[list[Finding], list[Diagnostic]]:
    """The findings, with those suppressed whose every weakness a VEX statement excepts; and what VEX speaks of besides.

    Asked after the rules: those need not know why a finding does not count.
    """
    vex = system.supply.vex if system.supply is not None else None
    listed = list(findings)
    if vex is None:
        return listed, []
    by_cause: dict[tuple[str, str], list[Dependency]] = {}
    for one in system.dependencies:
        by_cause.setdefault((one.at.path, _cause(one)), []).append(one)
    kept = [_excepted(finding, by_cause, vex) if finding.rule in _RULES else finding for finding in listed]
    return kept, [*vex.diagnostics, *vex.unknown(system.dependencies)]


def _cause(one: Dependency) -> str:
    return f"{one.package.ecosystem}:{one.package.name}@{one.version or one.range}"


def _excepted(finding: Finding, by_cause: Mapping[tuple[str, str], list[Dependency]], vex: Vex) -> Finding:
    from casemate.analysis.supply.reporting import groups_of

    span = finding.primary.span
    reasons: dict[str, None] = {}
    for one in by_cause.get((span.path, finding.cause), ()) if span is not None else ():
        for group in groups_of(one):
            statement = vex.exempts(one, group)
            if statement is None:
                return finding
            reasons[f"{group[0].name}: {statement.reason} [{statement.document}]"] = None
    if not reasons:
        return finding
    return replace(finding, suppressed=Suppressed("vex", "; ".join(list(reasons)[:_SHOWN])[:1_000]))


def provenance(system: System) -> tuple[list[Finding], list[Diagnostic]]:
    """Findings where the provenance of a package is not what it must be, and an account of all that was judged.

    A package whose attestation fails is one; so is a package without, where the configuration says who must have signed
    it. What nobody expects anything of is only counted.
    """
    attestations = system.supply.attestations if system.supply is not None else None
    if attestations is None:
        return [], []
    found: list[Finding] = []
    counts: dict[Outcome, int] = {"verified": 0, "signed": 0, "failed": 0, "missing": 0}
    signed: list[str] = []
    places = []
    for one in system.dependencies:
        judged = attestations.judge(one) if one.source == "registry" else None
        if judged is None:
            continue
        places.append(one.at)
        counts[judged.outcome] += 1
        if judged.outcome == "signed":
            signed.append(f"{one.name} by {judged.identity}")
        if judged.outcome == "failed":
            found.append(_finding(one, judged, ATTESTATION_FAILED))
        elif judged.outcome == "missing" and attestations.expected(one) is not None:
            found.append(_finding(one, judged, ATTESTATION_MISSING))
    notes = list(attestations.diagnostics)
    if places:
        words = ", ".join(f"{count} {outcome}" for outcome, count in counts.items())
        hint = f"say who must sign with [[attest]]: {'; '.join(signed[:_SHOWN])}"[:600] if signed else None
        notes.append(Diagnostic("attestations-judged", f"provenance of packages: {words}", places[0], "note", hint))
    return found, notes


def _finding(one: Dependency, judged: Judgement, rule: str) -> Finding:
    failed = rule == ATTESTATION_FAILED
    verb = "has an attestation that fails" if failed else "must be attested and is not"
    evidence = {"package": f"{one.package.ecosystem} {one.name}", "version": one.version or "", "why": judged.reason}
    if judged.identity:
        evidence["signed by"] = judged.identity
    if judged.file:
        evidence["attestation"] = judged.file
    related: tuple[Location, ...] = ()
    if one.locked is not None and one.locked.at != one.at:
        related = (Location(one.locked.at, kind="related", label="locked here"),)
    return Finding(
        rule=rule,
        weakness="unsigned-code",
        severity=HIGH if failed else MEDIUM,
        confidence="high",
        message=f"{one.name} {one.version} {verb}: {judged.reason}",
        resource=ResourceName("dependency", one.name),
        primary=Location(one.at),
        related=related,
        cwe=("CWE-345",) if failed else ("CWE-353",),
        evidence=evidence,
        fingerprint=fingerprint(rule, one.at.path, one.name, _cause(one)),
        cause=_cause(one),
    )
