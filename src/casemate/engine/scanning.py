"""The main job, end to end: a tree in, a report out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import casemate
from casemate.analysis.system import System
from casemate.engine.baseline import apply_baseline
from casemate.engine.catalogue import by_name, listings, select
from casemate.engine.running import run
from casemate.engine.suppression import Suppressions
from casemate.inventory.build import build
from casemate.model.finding import Report
from casemate.sources.discover import discover
from casemate.sources.source import Options

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from casemate.engine.catalogue import Listing
    from casemate.model.finding import Finding, Profile, Suppression
    from casemate.model.inventory import Inventory
    from casemate.sources.tree import Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked of a scan. `today` is an input; `known`: fingerprints of the baseline; `extra`: the user's own rules."""

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


def judge_inventory(inventory: Inventory, tree: Tree, request: Request, progress: Callable[[str], None] = lambda _: None) -> Report:
    """Run the rules over an inventory that is already built."""
    available = (*listings(), *request.extra)
    by_name(available)
    selected = select(available, request.only, request.skip)
    system = System(inventory, request.today, request.rule_options)
    progress(f"{len(selected)} rules")
    outcomes = run(system, selected)
    shown, withheld = _by_profile(outcomes.findings, selected, request)
    suppressions = Suppressions(request.today)
    for suppression in request.suppressions:
        suppressions.add(suppression)
    if request.inline_suppressions:
        suppressions.read(inventory, _reader(tree))
    findings = apply_baseline(suppressions.apply(shown), request.known)
    diagnostics = (*inventory.diagnostics, *outcomes.diagnostics, *suppressions.diagnostics)
    complete = bool(inventory.inputs) and not any(diagnostic.level == "error" for diagnostic in diagnostics)
    complete = complete and not any(entry.status == "failed" for entry in inventory.inputs)
    withheld_rules = set(withheld)
    return Report(
        version=casemate.__version__,
        inputs=tuple(sorted(inventory.inputs, key=lambda entry: (entry.path, entry.kind))),
        findings=tuple(findings),
        undecided=tuple(
            record for record in outcomes.undecided if record.rule not in withheld_rules and _is_shown(record.rule, selected, request)
        ),
        diagnostics=tuple(sorted(diagnostics, key=lambda diagnostic: (*diagnostic.at, diagnostic.code, diagnostic.message))),
        withheld=withheld,
        rules_run=outcomes.rules_run,
        functions=len(inventory.functions),
        complete=complete,
        unused_suppressions=suppressions.unused([listing.name for listing in selected]),
    )


def _by_profile(findings: list[Finding], selected: tuple[Listing, ...], request: Request) -> tuple[list[Finding], dict[str, int]]:
    """Findings of the profile, and how many of each other rule it keeps back. A rule that is asked for by name is always shown."""
    shown: list[Finding] = []
    withheld: dict[str, int] = {}
    kept = {listing.name for listing in selected if _is_shown(listing.name, selected, request)}
    for finding in findings:
        if finding.rule in kept:
            shown.append(finding)
        else:
            withheld[finding.rule] = withheld.get(finding.rule, 0) + 1
    return shown, dict(sorted(withheld.items()))


def _is_shown(rule: str, selected: tuple[Listing, ...], request: Request) -> bool:
    if request.profile == "strict" or request.only:
        return True
    return any(listing.name == rule and listing.profile == "default" for listing in selected)


def _reader(tree: Tree) -> Callable[[str], str | None]:
    def text(path: str) -> str | None:
        data = tree.read(path)
        return None if data is None or b"casemate:" not in data else data.decode("utf-8-sig", "replace")

    return text
