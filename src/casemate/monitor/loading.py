"""Which detections run: Sigma rules of the user's, or Casemate's own; and what they may ask beside the events."""

from __future__ import annotations

from difflib import get_close_matches
from fnmatch import fnmatch
from importlib import util
from pathlib import Path
from typing import TYPE_CHECKING

from casemate.errors import ConfigurationError, UsageError
from casemate.monitor.knowledge import NOTHING, Knowledge, relation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from casemate.analysis.system import System
    from casemate.authoring.detection import Detection
    from casemate.model.diagnostic import Diagnostic


def chosen(
    rules: Sequence[str],
    only: Sequence[str] = (),
    skip: Sequence[str] = (),
    expansions: Mapping[str, tuple[str, ...]] | None = None,
) -> tuple[tuple[Detection, ...], list[Diagnostic]]:
    """The detections, and what could not be loaded.

    `rules`: folders or files of Sigma rules, then only those; none: our own. `only`, `skip`: names, as globs.
    `expansions`: of Sigma's placeholders. Raises `UsageError` for a path that is not there, and for a name that no
    detection has.
    """
    problems: list[Diagnostic] = []
    if rules:
        from casemate.monitor.sigma import read_rules

        missing = [one for one in rules if not Path(one).exists()]
        if missing:
            raise UsageError(f"--rules {missing[0]}: no such folder or file")
        listed, problems = read_rules([Path(one) for one in rules], placeholders=expansions)
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


def given_knowledge(monitor: Mapping[str, Mapping[str, object]]) -> Knowledge:
    """What the configuration says under `[monitor.known]`.

    A relation is a list of texts (`pipeline_roles = ["arn:…"]`) or of lists, for more columns; `*` in a text stands for
    anything. Raises `ConfigurationError` for a relation that nobody asks, and for another form.
    """
    from casemate.monitor.knowing import MEANING

    tuples: dict[str, frozenset[tuple[str, ...]]] = {}
    patterns: dict[str, tuple[tuple[str, ...], ...]] = {}
    for name, value in monitor.get("known", {}).items():
        if name not in MEANING:
            near = get_close_matches(name, MEANING, 1)
            hint = f"did you mean {near[0]}?" if near else f"one of {', '.join(MEANING)}"
            raise ConfigurationError(f"[monitor.known] {name}: no detection asks for it", hint=hint)
        rows = relation(_row(one, name) for one in _listed(value, f"[monitor.known] {name}"))
        tuples[name] = frozenset(row for row in rows if not any("*" in text for text in row))
        patterns[name] = tuple(sorted(rows - tuples[name]))
    return Knowledge(tuples, {}, patterns)


def _listed(value: object, place: str) -> list[object]:
    if not isinstance(value, list):
        raise ConfigurationError(f"{place} must be a list", hint='write ["…", "…"]')
    return value


def _row(value: object, name: str) -> tuple[str, ...]:
    from casemate.monitor.knowing import MEANING

    row = tuple(map(str, value)) if isinstance(value, list) else (str(value),)
    columns = MEANING[name].partition(")")[0].count(",") + 1
    if len(row) != columns:
        raise ConfigurationError(f"[monitor.known] {name}: {row} has {len(row)} columns, not {columns}")
    return row


def placeholders(monitor: Mapping[str, Mapping[str, object]]) -> dict[str, tuple[str, ...]]:
    """What `%name%` stands for in Sigma rules, from `[monitor.placeholders]`."""
    found = {}
    for name, value in monitor.get("placeholders", {}).items():
        found[name] = tuple(map(str, _listed(value, f"[monitor.placeholders] {name}")))
    return found


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
