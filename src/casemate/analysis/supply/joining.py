"""What a manifest asks for, joined with what its lock says: one `Dependency` a package and version."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from casemate.analysis.supply.ordering import satisfies
from casemate.model.dependency import Dependency
from casemate.model.record import replace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.analysis.supply.projects import Project
    from casemate.model.dependency import DependencyScope, Locked, Package, PackageFile, Requirement

_UNSCOPED = frozenset({"yarn.lock", "poetry.lock", "Cargo.lock", "Gemfile.lock", "go.mod"})
"""Locks that do not say what an entry is for: it is followed from the manifest."""
_RANK: dict[DependencyScope, int] = {"runtime": 3, "optional": 2, "build": 1, "development": 0}


def dependencies_of(project: Project) -> Iterator[Dependency]:
    """Every package of a project; of one without a lock, what its manifests name."""
    if project.lock is None:
        for manifest in project.manifests:
            for requirement in manifest.requirements:
                if requirement.source != "path":
                    yield _unlocked(project, manifest, _pinned(requirement, project))
        return
    yield from _joined(project, project.lock)


def _pinned(requirement: Requirement, project: Project) -> Requirement:
    """With the version that is fixed elsewhere, when the requirement itself names none."""
    manager = project.managed.get(requirement.package.name)
    if manager is None or requirement.range or not manager.range:
        return requirement
    return replace(requirement, range=manager.range, exact=manager.exact)


def _unlocked(project: Project, manifest: PackageFile, requirement: Requirement) -> Dependency:
    return Dependency(
        package=requirement.package,
        name=requirement.spelled,
        version=requirement.exact,
        range=requirement.range,
        scope=requirement.scope,
        direct=True,
        at=requirement.at,
        manifest=manifest.path,
        lock=None,
        source=requirement.source,
        url=requirement.url,
        integrity=requirement.hashes if manifest.format == "requirements" else None,
        alias=requirement.alias,
        index=requirement.index,
        requirement=requirement,
        project=project.path,
    )


def _joined(project: Project, lock: PackageFile) -> Iterator[Dependency]:
    asked: dict[Package, list[tuple[Requirement, PackageFile]]] = {}
    for manifest in project.manifests:
        for requirement in manifest.requirements:
            asked.setdefault(requirement.package, []).append((requirement, manifest))
    scopes = _scopes(project, lock) if lock.format in _UNSCOPED and project.manifests else {}
    through = _through(project, lock)
    needed = {name for locked in lock.locked for name in locked.requires}
    counts = Counter(locked.package for locked in lock.locked)
    sums = {(one.package, one.version) for one in project.sums.locked} if project.sums else set()
    made: dict[tuple[Package, str, str], Dependency] = {}
    met: set[int] = set()
    for locked in lock.locked:
        match = _asked(locked, asked.get(locked.package, ()), counts)
        if match is not None:
            met.update(id(one) for one, _ in asked[locked.package])
        one = _dependency(project, lock, locked, match, scopes, through, needed, sums)
        key = (one.package, locked.version, locked.url if one.source != "registry" else "")
        known = made.get(key)
        if known is None or (one.direct and not known.direct):
            made[key] = one if known is None else replace(one, scope=_stronger(one.scope, known.scope))
        elif _RANK[one.scope] > _RANK[known.scope]:
            made[key] = replace(known, scope=one.scope)
    yield from made.values()
    for entries in asked.values():
        for requirement, manifest in entries:
            if id(requirement) not in met and requirement.source != "path":
                yield replace(_unlocked(project, manifest, requirement), lock=lock.path)


def _stronger(one: DependencyScope, other: DependencyScope) -> DependencyScope:
    return one if _RANK[one] >= _RANK[other] else other


def _asked(
    locked: Locked,
    entries: tuple[tuple[Requirement, PackageFile], ...] | list[tuple[Requirement, PackageFile]],
    counts: Counter[Package],
) -> tuple[Requirement, PackageFile] | None:
    """The manifest's line for a lock's entry; None when it is there for another package's sake."""
    if not entries or locked.direct is False:
        return None
    if locked.direct or counts[locked.package] == 1:
        return _first(entries)
    fitting = [
        entry for entry in entries
        if not entry[0].range or satisfies(locked.package.ecosystem, locked.version, entry[0].range) is not False
    ]  # fmt: skip
    return _first(fitting) if fitting else None


def _first(
    entries: tuple[tuple[Requirement, PackageFile], ...] | list[tuple[Requirement, PackageFile]],
) -> tuple[Requirement, PackageFile]:
    """The one with the strongest scope."""
    return max(entries, key=lambda entry: _RANK[entry[0].scope])


def _dependency(
    project: Project,
    lock: PackageFile,
    locked: Locked,
    match: tuple[Requirement, PackageFile] | None,
    scopes: dict[str, DependencyScope],
    through: dict[str, str],
    needed: set[str],
    sums: set[tuple[Package, str]],
) -> Dependency:
    requirement, manifest = match or (None, None)
    direct = match is not None or locked.direct is True or (not project.manifests and locked.direct is None)
    scope = requirement.scope if requirement else scopes.get(locked.package.name, locked.scope)
    integrity = locked.integrity
    if lock.format == "go.mod" and locked.source == "registry" and locked.spelled != "stdlib":
        integrity = (locked.package, locked.version) in sums
    return Dependency(
        package=locked.package,
        name=locked.spelled,
        version=locked.version or None,
        range=requirement.range if requirement else "",
        scope=scope,
        direct=direct,
        at=requirement.at if requirement else locked.at,
        manifest=manifest.path if manifest else None,
        lock=lock.path,
        source=locked.source if requirement is None or requirement.source == "registry" else requirement.source,
        url=(requirement.url if requirement and requirement.url else "") or locked.url,
        integrity=integrity,
        install_script=locked.install_script,
        licence=locked.licence,
        alias=locked.alias,
        index=requirement.index if requirement else None,
        requirement=requirement,
        locked=locked,
        through=None if direct else through.get(locked.package.name),
        project=project.path,
        requires=locked.requires,
        needed=(locked.alias or locked.package.name) in needed,
    )


def _edges(lock: PackageFile) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for locked in lock.locked:
        for name in {locked.package.name, locked.alias or locked.package.name}:
            found.setdefault(name, set()).update(locked.requires)
    return found


def _scopes(project: Project, lock: PackageFile) -> dict[str, DependencyScope]:
    """Each name -> the strongest purpose it is reached for from the manifests."""
    edges = _edges(lock)
    found: dict[str, DependencyScope] = {}
    for scope in sorted(_RANK, key=lambda one: _RANK[one]):
        asked = [
            requirement.alias or requirement.package.name
            for manifest in project.manifests
            for requirement in manifest.requirements
            if requirement.scope == scope
        ]
        for name in reachable(asked, edges):
            found[name] = scope
    return found


def reachable(names: list[str], edges: dict[str, set[str]]) -> set[str]:
    """The names and all that they need."""
    waiting, seen = list(names), set[str]()
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.extend(edges.get(name, ()))
    return seen


def _through(project: Project, lock: PackageFile) -> dict[str, str]:
    """Each package that is not asked for -> one that is asked for and brings it (breadth first: the shortest way)."""
    edges = _edges(lock)
    starts = [
        requirement.alias or requirement.package.name
        for manifest in project.manifests
        for requirement in manifest.requirements
    ]
    found = {name: name for name in starts}
    waiting = list(dict.fromkeys(starts))
    for name in waiting:
        for needed in sorted(edges.get(name, ())):
            if needed not in found:
                found[needed] = found[name]
                waiting.append(needed)
    return found
