"""Which advisories affect a dependency: of an exact version, or of every version that a range allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from casemate.analysis.supply.advisories import in_force
from casemate.analysis.supply.ordering import covers, overlaps, requested

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casemate.analysis.supply.snapshot import Coverage, Known
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
