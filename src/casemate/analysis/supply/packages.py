"""The dependencies of a system: `System.packages`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.supply.advisories import STALE_DAYS, in_force
from casemate.analysis.supply.bundled import bundles
from casemate.analysis.supply.importing import Imports, Sources
from casemate.analysis.supply.joining import dependencies_of
from casemate.analysis.supply.projects import Project, projects_of, read_files
from casemate.analysis.supply.shipped import shipping
from casemate.analysis.supply.weighing import is_alone
from casemate.model.diagnostic import Diagnostic, Input
from casemate.model.record import replace
from casemate.sources.syntax.document import whole
from casemate.sources.tree import folder_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from casemate.analysis.supply.advisories import Advisories
    from casemate.analysis.supply.projects import Reading
    from casemate.model.dependency import Dependency, Ecosystem
    from casemate.model.diagnostic import InputStatus
    from casemate.model.inventory import Inventory
    from casemate.sources.lockfiles.bills import Bill
    from casemate.sources.tree import Tree

Found = tuple["tuple[Dependency, ...]", "tuple[Input, ...]", "tuple[Diagnostic, ...]"]


def packages_of(tree: Tree, inventory: Inventory, today: date, bills: tuple[Bill, ...] = ()) -> Found:
    """Every dependency with the functions that ship it, an account of each file, and what is not known.

    `bills`: bills of materials of others, whose packages count as installed.
    """
    reading = read_files(tree)
    projects = projects_of(reading.files.values())
    ships = shipping(projects, inventory, tree)
    for project, users in bundles(tree, inventory, reading):
        ships[len(projects)] = users
        projects.append(project)
    for project, users in _billed(bills, inventory, reading):
        if users:
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
            if functions and is_alone(one) and known.known(one.package):  # else nobody asks
                imports = imports or Imports(sources, folder_of(project.path), project.ecosystem)
                told = imports.imports(one.alias or one.package.name)
            found.append(replace(one, functions=functions, imported=told, indexes=indexes, leads=place == 0))
    notes = list(reading.diagnostics)
    if found:
        notes.extend(_notes(found, projects, known, today))
    return tuple(found), tuple(reading.inputs), tuple(notes)


def dependencies(tree: Tree, inventory: Inventory, today: date, bills: tuple[Bill, ...] = ()) -> tuple[Dependency, ...]:
    """Only the dependencies."""
    return packages_of(tree, inventory, today, bills)[0]


def _billed(
    bills: tuple[Bill, ...], inventory: Inventory, reading: Reading
) -> Iterator[tuple[Project, tuple[str, ...]]]:
    """The bills as projects; one that names a function which is not here is the system's, and says so."""
    for bill in bills:
        status: InputStatus = "failed" if bill.partial else "partial" if bill.left_out else "understood"
        reading.inputs.append(Input(bill.path, bill.format or "bill of materials", status, bill.partial))
        reading.diagnostics.extend(bill.diagnostics)
        users = tuple(one.id for one in inventory.functions if bill.function in {one.name, one.id}) if (
            bill.function) else ()  # fmt: skip
        if bill.function and not users:
            message = f"there is no function {bill.function[:100]!r}: the bill counts as the system's"
            reading.diagnostics.append(Diagnostic("bill-of-nobody", message, whole(bill.path), "warning"))
        for file in bill.files:
            yield Project(file.ecosystem, bill.path, lock=file), users


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
