"""Trying a rule on one of its own cases: what the meta-test and a rule's author run."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from casemate.analysis.system import System
from casemate.engine.running import Outcomes, run
from casemate.inventory.build import build
from casemate.sources.discover import discover
from casemate.sources.source import Options
from casemate.sources.tree import MemoryTree

if TYPE_CHECKING:
    from casemate.authoring.cases import Case
    from casemate.engine.catalogue import Listing

TODAY = date(2026, 11, 24)
"""The day that cases are judged by, so that they never change their verdict."""


def outcomes_of(listing: Listing, case: Case, today: date = TODAY) -> Outcomes:
    """What one rule makes of one case."""
    tree = MemoryTree({path: text.encode() for path, text in case.files.items()})
    system = System(build(discover(tree, Options()).readings), today, tree=tree)
    return run(system, [listing])


def complaint(listing: Listing, case: Case) -> str | None:
    """What is wrong with the rule or the case, in words; None when they agree."""
    outcomes = outcomes_of(listing, case)
    if outcomes.diagnostics:
        return f"diagnostic: {outcomes.diagnostics[0].message}"
    found = {
        (span.path, span.start_line) for finding in outcomes.findings if (span := finding.primary.span) is not None
    }
    if case.expectation == "bad":
        if not case.marks:
            return "a bad case needs at least one `# <- here`"
        if found != case.marks:
            return f"expected findings at {sorted(case.marks)}, got {sorted(found)}"
    elif found:
        return f"expected no finding, got {sorted(found)}: {outcomes.findings[0].message}"
    if case.expectation == "unresolved" and not outcomes.undecided:
        return "expected an undecided setting, got none"
    return None
