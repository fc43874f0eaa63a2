"""The main job, end to end: a tree in, a report out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import casemate
from casemate.analysis.system import System
from casemate.engine.baseline import apply_baseline
from casemate.engine.catalogue import by_name, listings, select
from casemate.engine.origins import with_origins
from casemate.engine.repeats import without_repeats
from casemate.engine.running import order, run
from casemate.engine.suppression import Suppressions
from casemate.inventory.build import build
from casemate.model.finding import Report
from casemate.model.record import dataclass, field
from casemate.sources.discover import discover
from casemate.sources.source import Options

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from casemate.analysis.code.models import Model
    from casemate.analysis.supply.given import Given
    from casemate.engine.catalogue import Listing
    from casemate.model.diagnostic import Diagnostic, Input
    from casemate.model.finding import Finding, Profile, Suppression
    from casemate.model.inventory import Inventory
    from casemate.sources.tree import Tree
    from casemate.store.cache import Cache, NoCache


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked of a scan. `today` is an input; `known`: fingerprints of the baseline; `extra`.

    The user's own rules. `imports`: tools whose suppressions count too (`engine.importing`).
    `cache`: what earlier runs derived from files; `jobs`: processes used at most;
    `history`: the repository whose past is searched for secrets; `own_models`: what the team says of its own code;
    `supply`: what the user gives about packages; `sarif`: reports of other tools whose findings are taken in;
    `iac_only`: judge what templates say, and leave code, texts and packages alone.
    """

    today: date
    profile: Profile = "default"
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    extra: tuple[Listing, ...] = ()
    options: Options = field(default_factory=Options)
    rule_options: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    suppressions: tuple[Suppression, ...] = ()
    known: frozenset[str] = frozenset()
    inline_suppressions: bool = True
    imports: tuple[str, ...] = ()
    cache: Cache | NoCache | None = None
    jobs: int = 1
    history: Path | None = None
    own_models: tuple[Model, ...] = ()
    supply: Given | None = None
    sarif: tuple[Path, ...] = ()
    iac_only: bool = False


@dataclass(frozen=True, slots=True)
class Scan:
    """A report with the inventory it was made from, and how many files were met and looked at."""

    report: Report
    inventory: Inventory
    seen: int
    looked_at: int


def scan(tree: Tree, request: Request, progress: Callable[[str], None] = lambda _: None) -> Scan:
    """Read the tree, build the inventory, run the rules, apply suppressions and baseline."""
    discovery = discover(tree, request.options, progress)
    progress("linking the inventory")
    inventory = build(discovery.readings)
    report = judge_inventory(inventory, tree, request, progress)
    return Scan(report, inventory, discovery.seen, discovery.looked_at)


def judge_inventory(
    inventory: Inventory, tree: Tree, request: Request, progress: Callable[[str], None] = lambda _: None
) -> Report:
    """Run the rules over an inventory that is already built."""
    available = (*listings(), *request.extra)
    by_name(available)
    selected = select(available, request.only, request.skip)
    files = None if request.iac_only else tree  # without files there is no code, no text and no package
    system = System(inventory, request.today, request.rule_options, tree=files, cache=request.cache, jobs=request.jobs)
    system.history = request.history
    system.own_models = request.own_models
    system.supply = request.supply
    progress(f"{len(selected)} rules")
    withheld = _withheld(selected, request)
    outcomes = run(system, selected, withheld, doubtful=request.profile == "strict" or bool(request.only))
    suppressions = Suppressions(request.today)
    for suppression in request.suppressions:
        suppressions.add(suppression)
    if request.inline_suppressions:
        suppressions.read(inventory, _reader(tree), _others(system, outcomes.findings))
    if request.imports:
        from casemate.engine.importing import Imports

        others = _others(system, outcomes.findings)
        suppressions.take_over(Imports(request.imports), inventory, _whole_reader(tree), others)
    found, notes = _with_given(without_repeats(outcomes.findings), system, request)
    found = with_origins(found, inventory)
    findings = apply_baseline(suppressions.apply(found), request.known)
    inputs = (*inventory.inputs, *_further_inputs(system))
    diagnostics = tuple(
        {
            (entry.code, entry.at): entry
            for entry in (
                *inventory.diagnostics,
                *(entry for derived in system.derived for entry in derived.diagnostics),
                *outcomes.diagnostics,
                *suppressions.diagnostics,
                *notes,
                *_left_out(request, inventory),
            )
        }.values()
    )
    searched = request.history is not None and any(entry.searched for entry in system.derived)
    complete = (bool(inputs) or searched) and not any(diagnostic.level == "error" for diagnostic in diagnostics)
    complete = complete and not any(entry.status == "failed" for entry in inputs)
    return Report(
        version=casemate.__version__,
        inputs=tuple(sorted(inputs, key=lambda entry: (entry.path, entry.kind))),
        findings=tuple(findings),
        undecided=tuple(outcomes.undecided),
        diagnostics=tuple(
            sorted(diagnostics, key=lambda diagnostic: (*diagnostic.at, diagnostic.code, diagnostic.message))
        ),
        withheld=dict(sorted(outcomes.withheld.items())),
        rules_run=outcomes.rules_run,
        functions=len(inventory.functions),
        complete=complete,
        unused_suppressions=suppressions.unused(
            {listing.name for listing in selected} - withheld, {listing.name for listing in available}
        ),
    )


def _left_out(request: Request, inventory: Inventory) -> tuple[Diagnostic, ...]:
    """What the run was told not to look at."""
    if not request.iac_only:
        return ()
    from casemate.model.diagnostic import Diagnostic
    from casemate.model.location import Span

    path = inventory.inputs[0].path if inventory.inputs else "."
    words = "code, credentials in files and packages were not looked at, as --iac-only asks"
    return (Diagnostic("iac-only", words, Span(path, 1, 1, 1, 1), "note"),)


def _with_given(found: list[Finding], system: System, request: Request) -> tuple[list[Finding], list[Diagnostic]]:
    """The findings with what the user's own files say of them, or add to them."""
    notes: list[Diagnostic] = []
    if request.supply is not None:
        from casemate.engine.given import provenance, without_excepted

        found, told = without_excepted(found, system)
        proven, judged = provenance(system)
        found, notes = [*found, *proven], [*told, *judged]
    if request.sarif and system.tree is not None:
        from casemate.engine.foreign import foreign_findings

        foreign, told = foreign_findings(request.sarif, system.tree)
        found, notes = [*found, *foreign], [*notes, *told]
    return (sorted(found, key=order) if notes else found), notes


def _further_inputs(system: System) -> Iterator[Input]:
    """What was read beside the templates; a file that nobody could read is told once."""
    failed = {entry.path for entry in system.inventory.inputs if entry.status == "failed"}
    for derived in system.derived:
        for entry in derived.inputs:
            if entry.status != "failed" or entry.path not in failed:
                yield entry


def _others(system: System, findings: Iterable[Finding]) -> Iterator[str]:
    """Files beside the templates in which a suppression may stand: code, and wherever something was found."""
    for derived in system.derived:
        yield from (entry.path for entry in derived.inputs if entry.status in {"understood", "partial"})
    yield from (finding.primary.span.path for finding in findings if finding.primary.span is not None)


def _withheld(selected: tuple[Listing, ...], request: Request) -> frozenset[str]:
    """The rules that the profile keeps back. A rule that is asked for by name is always shown."""
    if request.profile == "strict" or request.only:
        return frozenset()
    return frozenset(listing.name for listing in selected if listing.profile != "default")


def _whole_reader(tree: Tree) -> Callable[[str], str | None]:
    def text(path: str) -> str | None:
        data = tree.read(path)
        return None if data is None else data.decode("utf-8-sig", "replace")

    return text


def _reader(tree: Tree) -> Callable[[str], str | None]:
    def text(path: str) -> str | None:
        data = tree.read(path)
        return None if data is None or b"casemate:" not in data else data.decode("utf-8-sig", "replace")

    return text
