"""The dependencies of a system: `System.packages`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from casemate.analysis.supply.advisories import STALE_DAYS, in_force
from casemate.analysis.supply.bundled import bundles
from casemate.analysis.supply.importing import Imports, Sources
from casemate.analysis.supply.joining import dependencies_of
from casemate.analysis.supply.projects import projects_of, read_files
from casemate.analysis.supply.shipped import shipping
from casemate.model.diagnostic import Diagnostic
from casemate.sources.tree import folder_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from casemate.analysis.supply.advisories import Advisories
    from casemate.analysis.supply.projects import Project
    from casemate.model.dependency import Dependency, Ecosystem
    from casemate.model.diagnostic import Input
    from casemate.model.inventory import Inventory
    from casemate.sources.tree import Tree

Found = tuple["tuple[Dependency, ...]", "tuple[Input, ...]", "tuple[Diagnostic, ...]"]


def packages_of(tree: Tree, inventory: Inventory, today: date) -> Found:
    """Every dependency with the functions that ship it, an account of each file, and what is not known."""
    reading = read_files(tree)
    projects = projects_of(reading.files.values())
    ships = shipping(projects, inventory, tree)
    for project, users in bundles(tree, inventory, reading):
        ships[len(projects)] = users
        projects.append(project)
    found: list[Dependency] = []
    known, sources = in_force(), Sources(tree)
    for number, project in enumerate(projects):
        functions = ships.get(number, ())
        imports: Imports | None = None
        indexes = project.indexes
        for place, one in enumerate(dependencies_of(project)):
            told = None
            if functions and _is_alone(one) and known.known(one.package):  # else nobody asks
                imports = imports or Imports(sources, folder_of(project.path), project.ecosystem)
                told = imports.imports(one.alias or one.package.name)
            found.append(replace(one, functions=functions, imported=told, indexes=indexes, leads=place == 0))
    notes = list(reading.diagnostics)
    if found:
        notes.extend(_notes(found, projects, known, today))
    return tuple(found), tuple(reading.inputs), tuple(notes)


def dependencies(tree: Tree, inventory: Inventory, today: date) -> tuple[Dependency, ...]:
    """Only the dependencies."""
    return packages_of(tree, inventory, today)[0]


def _is_alone(one: Dependency) -> bool:
    """Whether only the project's own code can load a package: the lock knows all needs, peers too, and names none."""
    return one.direct and one.locked is not None and one.locked.direct is not None and not one.needed


def _notes(found: list[Dependency], projects: list[Project], known: Advisories, today: date) -> Iterator[Diagnostic]:
    """How old the advisory data is, and what could not be compared with it."""
    by_ecosystem: dict[Ecosystem, list[Dependency]] = {}
    for one in found:
        by_ecosystem.setdefault(one.package.ecosystem, []).append(one)
    for ecosystem, ones in sorted(by_ecosystem.items()):
        at = ones[0].at
        coverage = known.coverage(ecosystem)
        count = len({(one.package, one.version) for one in ones})
        if coverage is None:
            yield Diagnostic(
                "advisories-missing",
                f"no advisory data for {ecosystem}: {count} packages were not evaluated",
                at,
                "note",
                "bring an OSV export: `casemate advisories update --from FILE`",
            )
            continue
        age = _age(coverage.date, today)
        words = f"{ecosystem}: {count} packages compared with advisories of {coverage.date}"
        if coverage.note:
            words += f", {coverage.note}"
        old = age is None or age > STALE_DAYS
        yield Diagnostic(
            "advisories-old" if old else "advisories-date",
            f"{words}; {age} days old" if old else words,
            at,
            "note",
            "`casemate advisories update` brings newer ones" if old else None,
        )
    loose = [one for one in projects if one.lock is None and _is_open(one)]
    if loose:
        paths = ", ".join(project.path for project in loose[:3]) + (", …" if len(loose) > 3 else "")
        noun = "manifest has" if len(loose) == 1 else "manifests have"
        yield Diagnostic(
            "dependencies-unlocked",
            f"{len(loose)} {noun} no lock: which versions ship, and what they bring along, is unknown ({paths})",
            loose[0].manifests[0].requirements[0].at,
            "note",
            "commit the lock that the package manager writes",
        )


def _is_open(project: Project) -> bool:
    return any(
        one.exact is None and one.scope == "runtime" and one.source == "registry"
        for manifest in project.manifests
        for one in manifest.requirements
    )


def _age(text: str, today: date) -> int | None:
    from datetime import date as day

    try:
        return (today - day.fromisoformat(text)).days
    except ValueError:
        return None
