"""The `@detection` decorator: metadata beside a pattern. A Sigma rule becomes the same `Detection`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import TYPE_CHECKING

from casemate.authoring.patterns import Absence, Each, FirstSeen, Pattern, Stage, stages_of
from casemate.authoring.query import All, Known, Not, Some
from casemate.errors import ContentError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from casemate.authoring.query import Expression
    from casemate.model.finding import Severity

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

TACTICS = (
    "reconnaissance", "initial-access", "execution", "persistence", "privilege-escalation", "defense-evasion",
    "credential-access", "discovery", "lateral-movement", "collection", "exfiltration", "impact",
)  # fmt: skip
"""ATT&CK's tactics for the cloud; tags are `attack.TACTIC` and `attack.t1525`."""


@dataclass(frozen=True, slots=True)
class Detection:
    """One detection. `sources`: the kinds of event that it reads, for coverage and for choosing what to evaluate.

    `name`: ours in kebab-case; of a Sigma rule its id, else its title. `needs`: relations of the inventory that must be
    there for it to mean anything. `withheld`: a rule that only feeds correlations (Sigma's `generate: false`).
    `playbook`: the suggested one. `module`: where ours live; `path`: the file of a Sigma rule.
    """

    name: str
    title: str
    severity: Severity
    sources: tuple[str, ...]
    pattern: Pattern
    tags: tuple[str, ...] = ()
    description: str = ""
    version: str = ""
    since: str = "0.1"
    playbook: str | None = None
    author: str | None = None
    licence: str | None = None
    references: tuple[str, ...] = ()
    false_positives: tuple[str, ...] = ()
    withheld: bool = False
    module: str = ""
    path: str | None = None
    needs: frozenset[str] = field(default_factory=frozenset)

    @property
    def tactics(self) -> tuple[str, ...]:
        """The ATT&CK tactics among the tags."""
        return tuple(tag.removeprefix("attack.") for tag in self.tags if tag.removeprefix("attack.") in TACTICS)


def version_of(pattern: Pattern) -> str:
    """A digest of the condition: an edited rule has another one, a reworded description has not."""
    return sha256(repr(pattern).encode()).hexdigest()[:16]


def reading(pattern: Pattern, sources: tuple[str, ...]) -> Pattern:
    """The pattern with the sources written into every stage that names none."""

    def stage(one: Stage) -> Stage:
        if isinstance(one.where, Pattern):
            return replace(one, where=reading(one.where, sources))
        return one if one.sources else replace(one, sources=sources)

    match pattern:
        case Each() | FirstSeen():
            return replace(pattern, stage=stage(pattern.stage))
        case Absence():
            return replace(pattern, after=stage(pattern.after), missing=stage(pattern.missing))
        case _:
            return replace(pattern, stages=tuple(map(stage, pattern.stages)))


def relations_of(pattern: Pattern) -> frozenset[str]:
    """The relations that the pattern's expressions ask."""
    return frozenset(_relations(pattern))


def _relations(pattern: Pattern) -> Iterator[str]:
    for stage in stages_of(pattern):
        if isinstance(stage.where, Pattern):
            yield from _relations(stage.where)
        else:
            yield from _asked(stage.where)


def _asked(expression: Expression) -> Iterator[str]:
    match expression:
        case Known():
            yield expression.relation
        case Not():
            yield from _asked(expression.part)
        case All() | Some():
            for part in expression.parts:
                yield from _asked(part)


def detection(
    name: str,
    *,
    severity: Severity,
    sources: tuple[str, ...] | list[str],
    tags: tuple[str, ...] | list[str],
    since: str = "0.1",
    playbook: str | None = None,
) -> Callable[[Callable[[], Pattern]], Detection]:
    """Make a function that builds a pattern a detection. Its title is the first line of the module's docstring.

    Raises `ContentError` for a name that is not kebab-case, no source, or no tag of an ATT&CK tactic.
    """

    def make(build: Callable[[], Pattern]) -> Detection:
        import sys

        place = f"{build.__module__}.{build.__name__}"
        if not _NAME.fullmatch(name):
            raise ContentError(f"{place}: detection name {name!r} is not kebab-case")
        if not sources:
            raise ContentError(f"{place}: a detection reads at least one source")
        text = (sys.modules[build.__module__].__doc__ or "").strip()
        title, _, rest = text.partition("\n")
        pattern = reading(build(), tuple(sources))
        made = Detection(
            name,
            title.rstrip("."),
            severity,
            tuple(sources),
            pattern,
            tuple(tags),
            rest.strip(),
            version_of(pattern),
            since,
            playbook,
            module=build.__module__,
            needs=relations_of(pattern),
        )
        if not made.tactics:
            raise ContentError(f"{place}: a detection needs a tag `attack.TACTIC`")
        return made

    return make


@dataclass(frozen=True, slots=True)
class EventCase:
    """Events and whether the detection fires on them. `records`: native records, one JSON a line.

    `origin`: where a recorded one comes from; `None` for one that was written for the case. `system`: a template, for
    detections that ask the inventory; `knowledge`: relation -> tuples, given outright.
    """

    fires: bool
    records: str
    origin: str | None = None
    system: str | None = None
    knowledge: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...] = ()


def fires(records: str, **given: object) -> EventCase:
    """A case on which the detection must alert."""
    return _case(True, records, given)


def quiet(records: str, **given: object) -> EventCase:
    """A case on which it must not: the safe twin."""
    return _case(False, records, given)


def _case(fire: bool, records: str, given: dict[str, object]) -> EventCase:  # noqa: FBT001 - private, named by its callers
    origin, system, knowledge = given.pop("origin", None), given.pop("system", None), given.pop("knowledge", {})
    if given:
        raise ContentError(f"an event case has no {', '.join(given)}")
    if not isinstance(knowledge, dict):
        raise ContentError("knowledge is a mapping from relation to tuples")
    rows = tuple((str(name), tuple(tuple(row) for row in table)) for name, table in knowledge.items())
    return EventCase(
        fire, records, None if origin is None else str(origin), None if system is None else str(system), rows
    )
