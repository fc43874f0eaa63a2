"""What is said of a dependency that advisories affect: for the rules that differ only in which ones they ask about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from casemate.analysis.supply.fixing import curing, fix_for
from casemate.analysis.supply.matching import coverage, judged, known_of, match, worst
from casemate.model.function import Function
from casemate.model.setting import Unresolved

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casemate.analysis.supply.matching import Match
    from casemate.analysis.system import Exposure, System
    from casemate.model.dependency import Advisory, Dependency
    from casemate.model.finding import Fix, Severity
    from casemate.model.location import Span

_SHOWN = 5
_MAX_RELATED = 10


@dataclass(frozen=True, slots=True)
class Verdict:
    """A finding in the making."""

    message: str
    severity: Severity
    evidence: Mapping[str, str]
    related: tuple[tuple[Span, str], ...]
    fixes: tuple[Fix, ...]
    cause: str


def affected(dependency: Dependency, system: System) -> Verdict | None:
    """What advisories say of a dependency; None when none affects it, or that is not known."""
    found = match(dependency)
    groups = tuple(group for group in found.groups if not any(advisory.malicious for advisory in group))
    if found.certainty not in {"installed", "every"} or not groups:
        return None
    advisories = tuple(advisory for group in groups for advisory in group)
    severity, why = judged(worst(advisories), dependency, _exposures(dependency, system))
    version = _cure(dependency, advisories)
    return Verdict(
        _message(dependency, found, len(groups), _names(groups), version),
        severity,
        _evidence(dependency, advisories, why, version),
        _related(dependency, system),
        fix_for(dependency, version),
        f"{dependency.package.ecosystem}:{dependency.package.name}@{dependency.version or dependency.range}",
    )


def malicious(dependency: Dependency) -> tuple[Advisory, ...]:
    """The advisories that call the installed version an attack."""
    found = match(dependency)
    if found.certainty not in {"installed", "every"}:
        return ()
    return tuple(advisory for advisory in found.advisories if advisory.malicious)


def undecided(dependency: Dependency) -> Unresolved[str] | None:
    """The version that would have to be known: the range also allows versions that an advisory affects."""
    found = match(dependency)
    if found.certainty == "none":
        odd = [known.advisory().name for known in known_of(dependency) if not known.is_whole]
        if not odd:
            return None
        reason = f"{', '.join(odd)} names a version that is none of {dependency.package.ecosystem}: not evaluated"
        return Unresolved(f"version of {dependency.name}", dependency.at, reason)
    if found.certainty != "some":
        return None
    names = _names(found.groups)
    shown = f" ({dependency.range})" if dependency.range else ""
    reason = f"no lock says which version of {dependency.name}{shown} is installed; some are affected by {names}"
    return Unresolved(f"version of {dependency.name}", dependency.at, reason)


def _exposures(dependency: Dependency, system: System) -> set[Exposure]:
    functions = (system.inventory.find(id_, Function) for id_ in dependency.functions)
    return {system.exposure(function) for function in functions if function is not None}


def _cure(dependency: Dependency, advisories: tuple[Advisory, ...]) -> str | None:
    """Of a range, counted from the smallest version that it can mean: what is written in it."""
    here = dependency.version or "".join(char for char in dependency.range if char.isdigit() or char == ".") or "0"
    return curing(dependency.package.ecosystem, here, advisories, known_of(dependency))


def _names(groups: tuple[tuple[Advisory, ...], ...]) -> str:
    names = [
        min((advisory.name for advisory in group), key=lambda name: not name.startswith("CVE-")) for group in groups
    ]
    return ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")


def _message(dependency: Dependency, found: Match, count: int, names: str, version: str | None) -> str:
    which = dependency.version if found.certainty == "installed" else f"{dependency.range or 'any version'} (all of it)"
    by = f", which comes with {dependency.through}," if dependency.through else ""
    noun = "a known weakness" if count == 1 else f"{count} known weaknesses"
    cure = f"; cured by {version}" if version else "; no cured version is known"
    return f"{dependency.name} {which}{by} has {noun}: {names}{cure}"


def _evidence(
    dependency: Dependency, advisories: tuple[Advisory, ...], why: str, version: str | None
) -> Mapping[str, str]:
    known = coverage(dependency.package.ecosystem)
    evidence = {
        "package": f"{dependency.package.ecosystem} {dependency.name}",
        "version": dependency.version or f"any of {dependency.range}",
        "advisories": ", ".join(sorted({id_ for advisory in advisories for id_ in advisory.ids})[:20]),
        "severity": why,
        "advisory data of": known.date if known else "",
    }
    scores = [advisory.score for advisory in advisories if advisory.score is not None]
    if scores:
        evidence["CVSS"] = f"{max(scores):.1f}"
    cwe = sorted({one for advisory in advisories for one in advisory.cwe})
    if cwe:
        evidence["weakness"] = ", ".join(cwe[:10])
    if version:
        evidence["cured by"] = version
    symbols = sorted({symbol for advisory in advisories for symbol in advisory.symbols})
    if symbols:
        evidence["affected functions"] = ", ".join(symbols[:10])
    if dependency.imported is not None:
        evidence["imported"] = "yes" if dependency.imported else "no"
    return evidence


def _related(dependency: Dependency, system: System) -> tuple[tuple[Span, str], ...]:
    """The lock's entry, and the functions that ship it."""
    places: list[tuple[Span, str]] = []
    if dependency.locked is not None and dependency.locked.at != dependency.at:
        places.append((dependency.locked.at, "locked here"))
    for id_ in dependency.functions[:_MAX_RELATED]:
        function = system.inventory.find(id_, Function)
        if function is not None:
            places.append((function.at, f"ships with function {function.name}"))
    return tuple(places)
