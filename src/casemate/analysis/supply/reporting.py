"""What is said of a dependency that advisories affect: for the rules that differ only in which ones they ask about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from casemate.analysis.supply.fixing import curing, fix_for
from casemate.analysis.supply.matching import coverage, known_of, match
from casemate.analysis.supply.ordering import version_key
from casemate.analysis.supply.weighing import reaching_words, weigh
from casemate.model.function import Function
from casemate.model.pattern import late
from casemate.model.setting import Unresolved

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from casemate.analysis.supply.matching import Match
    from casemate.analysis.supply.weighing import Weight
    from casemate.analysis.system import Exposure, System
    from casemate.model.dependency import Advisory, Dependency, Ecosystem
    from casemate.model.finding import Fix, Severity
    from casemate.model.location import Span

_SHOWN = 5
_MAX_RELATED = 10
_VERSION = late(r"\d[\w.+-]{0,80}")


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
    """What advisories say of a dependency; None when none affects it, or that is not known.

    A weakness that a VEX statement excepts is left out while others remain; when all are, the finding stays whole, and
    the engine suppresses it with the statement's reason.
    """
    found = match(dependency)
    groups = tuple(group for group in found.groups if not any(advisory.malicious for advisory in group))
    if found.certainty not in {"installed", "every"} or not groups:
        return None
    vex = system.supply.vex if system.supply is not None else None
    excepted = tuple(group for group in groups if vex is not None and vex.exempts(dependency, group))
    counted = tuple(group for group in groups if group not in excepted) or groups
    weights = _weights(dependency, counted, system)
    heaviest = max(weights, key=lambda one: one.severity)
    advisories = tuple(advisory for group in counted for advisory in group)
    version = cure_of(dependency, advisories)
    called = (one for one in weights if one.reached is not None and one.reached.state == "called")
    speaking = next(called, heaviest)
    words = reaching_words(speaking.reached, speaking.names, direct=dependency.direct)
    evidence = dict(_evidence(dependency, advisories, "; ".join(heaviest.why), version))
    evidence.update(_reach_evidence(weights))
    if len(counted) < len(groups):
        evidence["VEX"] = f"{_names(excepted)} not counted: {_reasons(dependency, excepted, system)}"
    return Verdict(
        _message(dependency, found, len(counted), _names(counted), version) + words,
        heaviest.severity,
        evidence,
        _related(dependency, system, weights),
        fix_for(dependency, version),
        f"{dependency.package.ecosystem}:{dependency.package.name}@{dependency.version or dependency.range}",
    )


def groups_of(dependency: Dependency) -> tuple[tuple[Advisory, ...], ...]:
    """The weaknesses that a finding about a dependency is of."""
    found = match(dependency)
    if found.certainty not in {"installed", "every"}:
        return ()
    return tuple(group for group in found.groups if not any(advisory.malicious for advisory in group))


def _weights(dependency: Dependency, groups: tuple[tuple[Advisory, ...], ...], system: System) -> list[Weight]:
    exposed = _exposed(dependency, system)
    exploitation = system.supply.exploitation if system.supply is not None else None
    reach = system.reach if dependency.functions else None
    return [weigh(group, dependency, exposed, reach, exploitation) for group in groups]


def _reasons(dependency: Dependency, groups: tuple[tuple[Advisory, ...], ...], system: System) -> str:
    vex = system.supply.vex if system.supply is not None else None
    stated = [vex.exempts(dependency, group) for group in groups] if vex is not None else []
    return "; ".join(dict.fromkeys(one.reason for one in stated if one is not None))[:400]


def _reach_evidence(weights: list[Weight]) -> Iterator[tuple[str, str]]:
    """What the code does with the package, once for all of its weaknesses."""
    called = [one.reached for one in weights if one.reached is not None and one.reached.state == "called"]
    if called:
        places = (f"{one.name} in {one.function}" + (f" at {one.at.path}:{one.at.start_line}" if one.at else "")
                  for one in called)  # fmt: skip
        yield "calls", ", ".join(list(dict.fromkeys(places))[:_SHOWN])
    states = {one.reached.state for one in weights if one.reached is not None}
    if states and states != {"unknown"}:
        yield "imported", "no" if states == {"absent"} else "yes"


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


def _exposed(dependency: Dependency, system: System) -> dict[str, Exposure]:
    functions = (system.inventory.find(id_, Function) for id_ in dependency.functions)
    return {function.id: system.exposure(function) for function in functions if function is not None}


def cure_of(dependency: Dependency, advisories: tuple[Advisory, ...]) -> str | None:
    """The smallest version that cures a package; of a range, above the smallest one that is written in it."""
    here = dependency.version or _lowest(dependency.package.ecosystem, dependency.range)
    return curing(dependency.package.ecosystem, here, advisories, known_of(dependency))


def _lowest(ecosystem: Ecosystem, range_: str) -> str:
    """The smallest version that is written in a range."""
    keyed = [(key, text) for text in _VERSION.findall(range_) if (key := version_key(ecosystem, text)) is not None]
    best = keyed[0] if keyed else None
    for key, text in keyed[1:]:
        if best is not None and key < best[0]:
            best = (key, text)
    return best[1] if best is not None else "0"


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


def _related(dependency: Dependency, system: System, weights: list[Weight]) -> tuple[tuple[Span, str], ...]:
    """Where the code calls what is weak, the lock's entry, and the functions that ship it."""
    places: list[tuple[Span, str]] = []
    for weight in weights:
        reached = weight.reached
        if reached is not None and reached.state == "called" and reached.at is not None:
            place = (reached.at, f"{reached.function} calls {reached.name}")
            if place not in places and len(places) < _SHOWN:
                places.append(place)
    if dependency.locked is not None and dependency.locked.at != dependency.at:
        places.append((dependency.locked.at, "locked here"))
    for id_ in dependency.functions[:_MAX_RELATED]:
        function = system.inventory.find(id_, Function)
        if function is not None:
            places.append((function.at, f"ships with function {function.name}"))
    return tuple(places)
