"""Running rules over a system: violations become findings, one a root cause."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

from casemate.analysis.system import System
from casemate.authoring.outcome import Undecidable, Violation
from casemate.authoring.rule import DERIVED, SUBJECTS, Rule
from casemate.engine.catalogue import load
from casemate.engine.fingerprint import fingerprint
from casemate.model.diagnostic import Diagnostic
from casemate.model.entity import Entity
from casemate.model.finding import Finding, ResourceName, Undecided
from casemate.model.location import Location, Span
from casemate.model.record import dataclass, field, replace
from casemate.model.store import Store
from casemate_guard.redact import mask

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from casemate.engine.catalogue import Listing
    from casemate.model.resource import Stack

_MAX_RELATED = 50


class Placed(Protocol):
    """A subject that has a name, a kind and a place: every one but the system."""

    @property
    def name(self) -> str: ...
    @property
    def kind_label(self) -> str: ...
    @property
    def at(self) -> Span: ...


def _placed(subject: object) -> Placed | None:
    derived = isinstance(subject, Entity) or type(subject).__name__ in DERIVED
    return cast("Placed", subject) if derived else None


@dataclass(slots=True)
class Outcomes:
    """What a run of rules gave, before suppression and baseline. `rules_run`: those whose subject exists here."""

    findings: list[Finding] = field(default_factory=list)
    undecided: list[Undecided] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    withheld: dict[str, int] = field(default_factory=dict)
    rules_run: int = 0


def run(
    system: System,
    listings: Iterable[Listing],
    counted: frozenset[str] = frozenset(),
    *,
    doubtful: bool = True,
) -> Outcomes:
    """Run the listed rules. Only rules whose subject occurs in the inventory are imported.

    A defect in a rule becomes a Diagnostic.

    Findings of the rules in `counted` (those that the profile keeps back) are only counted; so are findings of low
    confidence unless `doubtful`.
    """
    outcomes = Outcomes()
    places = _Places(system)
    seen: set[tuple[str, str, str]] = set()
    for listing in listings:
        subjects = _subjects(system, listing.subjects)
        if listing.profile == "strict":  # hygiene speaks of what a person wrote, not of what a framework adds
            subjects = [subject for subject in subjects if not _is_added(subject)]
        if not subjects:
            continue
        rule = load(listing)
        outcomes.rules_run += 1
        merged = _judged(rule, subjects, system, outcomes, places, undecided=None if listing.name in counted else seen)
        if listing.name in counted:
            if merged:
                outcomes.withheld[listing.name] = len(merged)
        else:
            if not doubtful:
                sure = {key: entry for key, entry in merged.items() if _is_sure(rule, entry.violation)}
                if len(sure) < len(merged):
                    outcomes.withheld[listing.name] = len(merged) - len(sure)
                merged = sure
            outcomes.findings.extend(_finding(rule, entry, places) for entry in merged.values())
    outcomes.findings = _distinguished(outcomes.findings)
    return outcomes


def _judged(
    rule: Rule,
    subjects: Sequence[object],
    system: System,
    outcomes: Outcomes,
    places: _Places,
    *,
    undecided: set[tuple[str, str, str]] | None,
) -> dict[tuple[Span, str], _Merged]:
    """What one rule says of its subjects, merged by place and cause.

    `undecided`: the settings that were told already; None when this rule's are not to be told.
    """
    merged: dict[tuple[Span, str], _Merged] = {}
    for subject in subjects:
        try:
            for outcome in rule.check(subject, system):
                if isinstance(outcome, Violation):
                    key = (outcome.at, outcome.cause)
                    merged.setdefault(key, _Merged(outcome, subject)).subjects.append(subject)
                elif undecided is not None:
                    record = _undecided(rule, outcome, subject)
                    identity = (rule.name, record.resource.name, record.setting)
                    if identity not in undecided:
                        undecided.add(identity)
                        outcomes.undecided.append(record)
        except Exception as error:  # noqa: BLE001 - one bad rule must not end the run
            placed = _placed(subject)
            at = placed.at if placed else places.anywhere
            message = f"rule {rule.name} failed on {getattr(subject, 'name', 'the system')}: {error!r}"
            hint = "this is a defect of the rule: please report it"
            outcomes.diagnostics.append(Diagnostic("rule-failed", message, at, "error", hint))
    return merged


def _is_sure(rule: Rule, violation: Violation) -> bool:
    return (violation.confidence or rule.confidence) != "low"


@dataclass(slots=True)
class _Merged:
    """Violations of one rule at one place: the first one, and every subject that has it."""

    violation: Violation
    subject: object
    subjects: list[object] = field(default_factory=list)


def _subjects(system: System, names: Sequence[str]) -> list[object]:
    found: list[object] = []
    for name in names:
        collection = SUBJECTS[name]
        if name in DERIVED:
            found.extend(getattr(system, collection))
        elif collection:
            found.extend(subject for subject in getattr(system.inventory, collection) if not _is_generated(subject))
        elif system.inventory.inputs:
            found.append(system)
    return found


def _is_added(subject: object) -> bool:
    return isinstance(subject, Store) and subject.resource.implied_by is not None


def _is_generated(subject: object) -> bool:
    """Whether a tool made the subject by itself: nobody wrote it, and nobody can change it."""
    return isinstance(subject, Entity) and subject.resource.generated


class _Places:
    """Who owns a place: the resource a finding is about when its cause lies outside of its subject."""

    def __init__(self, system: System) -> None:
        self._stacks: dict[str, Stack] = {stack.path: stack for stack in system.inventory.stacks}
        inputs = system.inventory.inputs
        self.anywhere = Span(inputs[0].path if inputs else ".", 1, 1, 1, 1)

    def resource(self, violation: Violation, subject: object) -> ResourceName:
        given = violation.resource
        if isinstance(given, str):
            return ResourceName(_kind(subject), given)
        owner = given if given is not None else subject
        if not isinstance(owner, Entity):
            return ResourceName(_kind(owner), getattr(owner, "name", "system"))
        scope = self.scope(owner, violation.at)
        return ResourceName("scope", scope) if scope and given is None else ResourceName(owner.kind_label, owner.name)

    def scope(self, owner: Entity, at: Span) -> str | None:
        """The innermost named scope (`Globals.Function`, `provider`) around `at`; None inside the subject itself."""
        if owner.resource.body.covers(at):
            return None
        stack = self._stacks.get(owner.stack)
        holding = [scope for scope in (stack.scopes if stack else ()) if scope.span.covers(at)]
        return min(holding, key=lambda scope: scope.span.end_line - scope.span.start_line).name if holding else None


def _kind(subject: object) -> str:
    placed = _placed(subject)
    return placed.kind_label if placed else "system"


def _finding(rule: Rule, merged: _Merged, places: _Places) -> Finding:
    violation = merged.violation
    resource = places.resource(violation, merged.subject)
    related = [Location(span, kind="related", label=label) for span, label in violation.related]
    others = [
        placed
        for subject in merged.subjects
        if subject is not merged.subject and (placed := _placed(subject)) is not None
    ]
    known = {violation.at, *(span for span, _ in violation.related)}
    for subject in others[:_MAX_RELATED]:
        if subject.at not in known:
            known.add(subject.at)
            related.append(Location(subject.at, kind="related", label=f"{subject.kind_label} {subject.name}"))
    message = mask(violation.message)
    names = list(
        dict.fromkeys(subject.name for subject in others if subject.name != getattr(merged.subject, "name", None))
    )
    if names:
        message = f"{message} (and {len(names)} more: {', '.join(names[:4])}{', …' if len(names) > 4 else ''})"
    return Finding(
        rule=rule.name,
        weakness=rule.weakness,
        severity=violation.severity or rule.severity,
        confidence=violation.confidence or rule.confidence,
        message=message,
        resource=resource,
        primary=Location(violation.at),
        related=tuple(related),
        flow=violation.flow,
        cwe=violation.cwe or rule.cwe,
        evidence={key: mask(value) for key, value in violation.evidence.items()},
        fixes=violation.fixes,
        fingerprint=fingerprint(rule.name, violation.at.path, resource.name, violation.cause),
        cause=violation.cause,
    )


def _undecided(rule: Rule, outcome: Undecidable, subject: object) -> Undecided:
    setting = outcome.setting
    leaf = next((leaf for _, leaf in setting.leaves() if hasattr(leaf, "reason")), setting)
    name = ResourceName(_kind(subject), getattr(subject, "name", "system"))
    return Undecided(rule.name, name, setting.name, str(getattr(leaf, "reason", "not known")), setting.at)


def _distinguished(findings: list[Finding]) -> list[Finding]:
    """Sorted by place; findings that would share a fingerprint are told apart by their order in the file."""
    counts: dict[str, int] = {}
    result = []
    for finding in sorted(findings, key=order):
        number = counts[finding.fingerprint] = counts.get(finding.fingerprint, 0) + 1
        if number > 1:
            span = finding.primary.span
            again = fingerprint(
                finding.rule, span.path if span else "", finding.resource.name, f"{finding.cause}#{number}"
            )
            finding = replace(finding, fingerprint=again)  # noqa: PLW2901 - the same finding under its own number
        result.append(finding)
    return result


def order(finding: Finding) -> tuple[str, int, int, str, str]:
    """The stable order of findings in every report: path, line, column, rule, resource."""
    span = finding.primary.span
    if span is None:
        return (finding.primary.arn or "", 0, 0, finding.rule, finding.resource.name)
    return (span.path, span.start_line, span.start_column, finding.rule, finding.resource.name)
