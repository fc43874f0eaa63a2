"""Which detections run: Sigma rules of the user's, or Casemate's own; and what they may ask beside the events."""

from __future__ import annotations

from fnmatch import fnmatch
from importlib import util
from pathlib import Path
from typing import TYPE_CHECKING

from casemate.errors import UsageError
from casemate.monitor.knowledge import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from casemate.analysis.system import System
    from casemate.authoring.detection import Detection
    from casemate.model.diagnostic import Diagnostic
    from casemate.monitor.knowledge import Knowledge


def chosen(
    rules: Sequence[str], only: Sequence[str] = (), skip: Sequence[str] = ()
) -> tuple[tuple[Detection, ...], list[Diagnostic]]:
    """The detections, and what could not be loaded.

    `rules`: folders or files of Sigma rules, then only those; none: our own. `only`, `skip`: names, as globs. Raises
    `UsageError` for a path that is not there, and for a name that no detection has.
    """
    problems: list[Diagnostic] = []
    if rules:
        from casemate.monitor.sigma import read_rules

        missing = [one for one in rules if not Path(one).exists()]
        if missing:
            raise UsageError(f"--rules {missing[0]}: no such folder or file")
        listed, problems = read_rules([Path(one) for one in rules])
        found = tuple(listed)
        if not found:
            raise UsageError(f"--rules {rules[0]}: no Sigma rule there", hint="rules are .yml files with a `detection`")
    else:
        found = own()
    for name in (*only, *skip):
        if not any(fnmatch(one.name, name) for one in found):
            raise UsageError(f"no detection is called {name}", hint="`casemate detections` lists all")
    return tuple(one for one in found if _wanted(one.name, only, skip)), problems


def _wanted(name: str, only: Sequence[str], skip: Sequence[str]) -> bool:
    chosen_ = not only or any(fnmatch(name, glob) for glob in only)
    return chosen_ and not any(fnmatch(name, glob) for glob in skip)


def own() -> tuple[Detection, ...]:
    """Casemate's own detections, by name."""
    if util.find_spec("casemate.detections") is None:
        return ()
    from casemate.engine.detections import load_all

    return load_all()


def knowledge_for(system: System | None, given: Knowledge = NOTHING) -> Knowledge:
    """What the inventory says, joined with what the user gives."""
    if system is None:
        return given
    from casemate.monitor.knowing import known_of

    return known_of(system).joined(given)


def runnable(detections: Iterable[Detection], knowledge: Knowledge) -> tuple[tuple[Detection, ...], tuple[str, ...]]:
    """Those whose relations are known, and the names of those that have to be left out."""
    runs, left = [], []
    for one in detections:
        if all(knowledge.has(relation) for relation in one.needs):
            runs.append(one)
        else:
            left.append(one.name)
    return tuple(runs), tuple(left)
