"""Which advisories affect a dependency: of an exact version, or of every version that a range allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from casemate.analysis.supply.advisories import in_force
from casemate.analysis.supply.ordering import covers, overlaps, requested
from casemate.model.finding import HIGH, LOW, MEDIUM, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casemate.analysis.supply.snapshot import Coverage, Known
    from casemate.analysis.system import Exposure
    from casemate.model.dependency import Advisory, Dependency, Ecosystem

Certainty = Literal["installed", "every", "some", "none", "unknown"]
"""`installed`: the version is known and affected; `every`: all versions that the range allows are; `some`: some are."""


@dataclass(frozen=True, slots=True)
class Match:
    """What the advisories say of a dependency. `groups`: advisories that are one and the same weakness."""

    certainty: Certainty
    groups: tuple[tuple[Advisory, ...], ...] = ()

    @property
    def advisories(self) -> tuple[Advisory, ...]:
        """All of them."""
        return tuple(advisory for group in self.groups for advisory in group)


def match(dependency: Dependency) -> Match:
    """Compare a dependency with the advisories in force."""
    known = in_force()
    if dependency.source == "path" or known.coverage(dependency.package.ecosystem) is None:
        return Match("unknown")
    entries = known.known(dependency.package)
    if dependency.version is not None:
        found = [entry.advisory() for entry in entries if entry.affects(dependency.version)]
        return Match("installed" if found else "none", merged(found))
    return _of_range(dependency, entries)


def _of_range(dependency: Dependency, entries: tuple[Known, ...]) -> Match:
    if dependency.source != "registry":
        return Match("unknown")
    if not entries:
        return Match("none")
    allowed = requested(dependency.package.ecosystem, dependency.range)
    if not allowed:
        return Match("unknown")
    every: list[Advisory] = []
    some: list[Advisory] = []
    for entry in entries:
        affected = entry.intervals
        if affected and all(covers(affected, interval) for interval in allowed):
            every.append(entry.advisory())
        elif affected and overlaps(affected, allowed):
            some.append(entry.advisory())
    if every:
        return Match("every", merged(every))
    return Match("some" if some else "none", merged(some))


def coverage(ecosystem: Ecosystem) -> Coverage | None:
    """What the advisories in force know of an ecosystem."""
    return in_force().coverage(ecosystem)


def known_of(dependency: Dependency) -> tuple[Known, ...]:
    """Every advisory about the package, whatever the version."""
    return in_force().known(dependency.package)


def merged(advisories: Iterable[Advisory]) -> tuple[tuple[Advisory, ...], ...]:
    """Advisories that share an id or an alias are one weakness (GHSA, PYSEC and CVE count once)."""
    groups: list[tuple[set[str], list[Advisory]]] = []
    for advisory in advisories:
        ids, members = set(advisory.ids), [advisory]
        rest = []
        for group in groups:
            if group[0] & ids:
                ids |= group[0]
                members = [*group[1], *members]
            else:
                rest.append(group)
        groups = [*rest, (ids, members)]
    ordered = (tuple(sorted(members, key=lambda one: one.id)) for _, members in groups)
    return tuple(sorted(ordered, key=lambda group: group[0].id))


def worst(advisories: Iterable[Advisory]) -> Severity | None:
    """The highest severity that any source states; None when none does."""
    return max((advisory.severity for advisory in advisories if advisory.severity), default=None)


def judged(stated: Severity | None, dependency: Dependency, exposures: Iterable[Exposure]) -> tuple[Severity, str]:
    """How bad it is *here*, and why: who can reach the function, and whether its code imports the package at all.

    The stated severity assumes that an attacker reaches the weak code. One that only the system itself can call loses a
    step, one whose code does not import the package another. An advisory without severity counts as medium.
    """
    severity = stated or MEDIUM
    why = [f"stated {stated.word}" if stated else "no severity stated, taken as medium"]
    open_to = set(exposures)
    if not dependency.functions:
        severity, reason = min(severity, HIGH), "no function is known to ship it"
        why.append(reason)
    elif open_to == {"internal"}:
        severity = _less(severity)
        why.append("only the system itself calls the functions")
    elif "public" in open_to:
        why.append("anyone can call a function that ships it")
    if dependency.imported is False:
        severity = _less(severity)
        why.append("no code of the project imports it")
    return severity, "; ".join(why)


def _less(severity: Severity) -> Severity:
    return Severity(max(severity - 1, LOW))
