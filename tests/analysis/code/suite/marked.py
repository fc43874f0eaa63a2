"""Small applications whose sinks are marked in the code: `// !command` stands on a line where data of an attacker does harm.

An application is a mapping of files; what is found without a mark is a false alarm, a mark without a finding a miss. Kinds
that every program has (logs, random numbers that may be no secrets) count only where they are marked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from textwrap import dedent

from tests.analysis.code.walking import walked

from casemate.analysis.code.unit import Wanted

_MARK = re.compile(r"(?://|#)\s*!([a-z-]+(?:,[a-z-]+)*)")
_QUIET = frozenset({"log", "sensitive-log", "prompt", "weak-randomness", "foreign-object", "chosen-resource"})

Spot = tuple[str, int, str]


@dataclass
class Score:
    """Counts over many applications; `misses` and `alarms` by application."""

    right: int = 0
    quiet: int = 0
    misses: list[tuple[str, Spot]] = field(default_factory=list)
    alarms: list[tuple[str, Spot]] = field(default_factory=list)

    @property
    def recall(self) -> float:
        return self.right / max(1, self.right + len(self.misses))

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + len(self.alarms))


def marks(files: dict[str, str]) -> set[Spot]:
    """Where something must be found."""
    spots: set[Spot] = set()
    for path, text in files.items():
        for number, line in enumerate(dedent(text).lstrip("\n").split("\n"), 1):
            for match in _MARK.finditer(line):
                spots.update((path, number, kind) for kind in match[1].split(","))
    return spots


def found(files: dict[str, str], handler: str, kinds: tuple[str, ...]) -> set[Spot]:
    """What is found; an empty `handler`: the code is looked at without a template."""
    wanted = [Wanted(handler, kinds, "public", ("f",))] if handler else []
    return {
        (flow.at.path, flow.at.start_line, flow.kind) for facts in walked(files, *wanted).facts for flow in facts.flows
    }


def score(apps: dict[str, dict[str, str]], handler: str = "", kinds: tuple[str, ...] = ()) -> Score:
    """All applications."""
    total = Score()
    for name, files in apps.items():
        expected, seen = marks(files), found(files, handler, kinds)
        total.right += len(expected & seen)
        total.misses += [(name, spot) for spot in sorted(expected - seen)]
        wrong = [spot for spot in sorted(seen - expected) if spot[2] not in _QUIET]
        total.alarms += [(name, spot) for spot in wrong]
        total.quiet += not expected and not wrong
    return total
