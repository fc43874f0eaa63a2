"""All that the author of a rule imports. One file is one rule: docstring, decorator, generator, `CASES`.

See CONTRIBUTING.md for a walk through a whole rule.
"""

from __future__ import annotations

from casemate.authoring.cases import Case, bad, good, unresolved
from casemate.authoring.flows import reported
from casemate.authoring.judging import judge
from casemate.authoring.outcome import Outcome, Undecidable, Violation
from casemate.authoring.rule import Rule, rule
from casemate.model.finding import CRITICAL, HIGH, LOW, MEDIUM, Change, Fix

__all__ = [
    "CRITICAL", "HIGH", "LOW", "MEDIUM", "Case", "Change", "Fix", "Outcome", "Rule", "Undecidable", "Violation", "bad",
    "good", "judge",
    "reported", "rule", "unresolved",
]  # fmt: skip
