"""One Sigma document that detects (not one that correlates): its selections, conditions, metadata.

Source: Sigma Rules Specification 2.1 and Sigma Filters Specification 2.1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from casemate.authoring.query import All, Expression, Field, Leaf, Not, Some
from casemate.model.finding import CRITICAL, HIGH, LOW, MEDIUM, Severity
from casemate.model.value import Fields, Items, Value
from casemate.monitor.events.decoding import UNKNOWN_SOURCE
from casemate.monitor.events.registry import sources as all_sources
from casemate.monitor.sigma.conditions import (
    Aggregation,
    Both,
    Condition,
    ConditionError,
    Either,
    Name,
    Neither,
    Of,
    aggregation,
    chosen,
    parse,
)
from casemate.monitor.sigma.items import Placeholders, detection
from casemate.monitor.sigma.logsources import Logsource, logsource_of, sources_of, spelled
from casemate.monitor.sigma.refusals import Refused, fields, said, word, words

if TYPE_CHECKING:
    from casemate.model.location import Span
    from casemate.monitor.events.source import Source

SEVERITIES: dict[str, Severity] = {
    "informational": LOW,
    "low": LOW,
    "medium": MEDIUM,
    "high": HIGH,
    "critical": CRITICAL,
}
"""Sigma's levels. A rule that names none is of medium severity."""
_NOT_SELECTIONS = frozenset({"condition", "timeframe", "rules"})


@dataclass(frozen=True, slots=True)
class About:
    """What a document says about itself."""

    title: str
    id: str | None
    name: str | None
    severity: Severity | None
    tags: tuple[str, ...]
    description: str
    author: str | None
    licence: str | None
    references: tuple[str, ...]
    false_positives: tuple[str, ...]
    at: Span

    @property
    def key(self) -> str:
        """What the detection is called: the id, else the title."""
        return self.id or self.title

    @property
    def keys(self) -> tuple[str, ...]:
        """By what a correlation can refer to it."""
        return tuple(one for one in (self.id, self.name) if one)


def about(document: Fields, licence: str | None) -> About:
    """The metadata. `licence`: what holds where the rule names none. Raises `Refused` without a title."""
    title = said(document, "title") or said(document, "name") or said(document, "id")
    if not title:
        raise Refused("a rule needs a title", document.at)
    level = said(document, "level")
    if level is not None and level.lower() not in SEVERITIES:
        raise Refused(f"no level is called {level!r}", document.at, hint=f"known are {', '.join(SEVERITIES)}")
    status = said(document, "status") or ""
    tags = words(document.get("tags"))
    if status in {"deprecated", "unsupported"}:
        tags = (*tags, f"status.{status}")
    return About(
        title,
        said(document, "id"),
        said(document, "name"),
        SEVERITIES[level.lower()] if level else None,
        tuple(dict.fromkeys(tag.lower() for tag in tags)),
        said(document, "description") or "",
        ", ".join(words(document.get("author"))) or None,
        said(document, "license") or licence,
        words(document.get("references")),
        words(document.get("falsepositives")),
        document.at,
    )


@dataclass(frozen=True, slots=True)
class Searched:
    """Selections by name, and the conditions any of which must hold. Filters have the same shape."""

    selections: Fields
    conditions: tuple[tuple[Condition, Span], ...]

    def expression(self, source: Source | None, placeholders: Placeholders) -> Expression:
        """Both as one expression, for the records of a source. Raises `Refused`."""
        met: dict[str, Expression] = {}
        parts = []
        for condition, at in self.conditions:
            lowered = _Lowering(self.selections, met, source, placeholders, at)
            parts.append(lowered.condition(condition))
        return parts[0] if len(parts) == 1 else Some(tuple(parts))

    def alone(self, condition: Condition) -> Searched:
        """The same selections under another condition."""
        return Searched(self.selections, ((condition, self.conditions[0][1]),))


@dataclass(slots=True)
class _Lowering:
    selections: Fields
    met: dict[str, Expression]
    source: Source | None
    placeholders: Placeholders
    at: Span

    def condition(self, condition: Condition) -> Expression:
        match condition:
            case Name():
                return self.selection(condition.name)
            case Of():
                names = chosen(
                    condition.pattern, [one for one in self.selections.entries if one not in _NOT_SELECTIONS]
                )
                if not names:
                    raise Refused(f"no selection is meant by `of {condition.pattern}`", self.at)
                parts = tuple(self.selection(name) for name in names)
                if len(parts) == 1:
                    return parts[0]
                return All(parts) if condition.every else Some(parts)
            case Neither():
                return Not(self.condition(condition.part))
            case Both():
                return All(tuple(self.condition(part) for part in condition.parts))
            case Either():
                return Some(tuple(self.condition(part) for part in condition.parts))

    def selection(self, name: str) -> Expression:
        found = self.met.get(name)
        if found is None:
            value = None if name in _NOT_SELECTIONS else self.selections.get(name)
            if value is None:
                raise Refused(f"no selection is called {name!r}", self.at)
            found = detection(value, lambda field: spelled(field, self.source), self.placeholders)
            self.met[name] = found
        return found


@dataclass(slots=True)
class Rule:
    """A detecting document. `aggregations`: what stands behind the pipe, one a condition, in old rules."""

    about: About
    logsource: Logsource
    searched: Searched
    piped: str | None = None
    timeframe: str | None = None
    filters: list[Searched] = field(default_factory=list)

    @property
    def sources(self) -> tuple[Source, ...]:
        """Ours that are meant: all where the rule names no log, none where we have no such log."""
        return all_sources() if self.logsource == Logsource() else sources_of(self.logsource)

    @property
    def source_names(self) -> tuple[str, ...]:
        """Their names, and the unknown source's where there is none or where every log is meant."""
        named = tuple(source.name for source in self.sources)
        return named if named and self.logsource != Logsource() else (*named, UNKNOWN_SOURCE)

    def near(self) -> list[Condition] | None:
        """The condition behind `| near`, split off; None where the rule has none."""
        text = (self.piped or "").strip()
        return [parse(text[4:])] if text.lower().startswith("near") else None

    def aggregation(self) -> Aggregation | None:
        """What is counted, in an old rule; None in others. Raises `ConditionError`."""
        return None if self.piped is None else aggregation(self.piped)

    def by_source(self, placeholders: Placeholders) -> list[tuple[tuple[str, ...], Source | None, Expression]]:
        """The expression for each group of sources that spell its fields alike: names, one of them, expression."""
        groups: list[tuple[tuple[str, ...], Source | None, Expression]] = []
        by_name = {source.name: source for source in self.sources}
        for name in self.source_names:
            source = by_name.get(name)
            expression = self.expression(source, placeholders)
            for number, (known, one, other) in enumerate(groups):
                if other == expression:
                    groups[number] = ((*known, name), one, other)
                    break
            else:
                groups.append(((name,), source, expression))
        return groups

    def expression(self, source: Source | None, placeholders: Placeholders) -> Expression:
        """The rule with its filters, for the records of one source."""
        parts = [self.searched.expression(source, placeholders)]
        parts += [one.expression(source, placeholders) for one in self.filters]
        return parts[0] if len(parts) == 1 else All(tuple(parts))


def as_one(groups: list[tuple[tuple[str, ...], Source | None, Expression]]) -> Expression:
    """The expression of a rule over all of its sources: each asked only of its own where they spell apart."""
    if len(groups) == 1:
        return groups[0][2]
    where = Field(("source",), canonical=True)
    parts: list[Expression] = []
    for names, _, expression in groups:
        asked: Expression = Leaf(where, "equals", names)
        if UNKNOWN_SOURCE in names:  # records that nobody knows do not say what they are
            others = tuple(name for other, _, _ in groups if other != names for name in other)
            asked = Not(Leaf(where, "equals", others))
        parts.append(All((asked, expression)))
    return Some(tuple(parts))


def searched(section: Fields) -> tuple[Searched, str | None]:
    """A `detection` or `filter` section; with what stands behind the pipe. Raises `Refused`."""
    entry = section.entries.get("condition")
    if entry is None:
        raise Refused("a detection needs a condition", section.at)
    listed: list[Value] = list(entry.value.items) if isinstance(entry.value, Items) else [entry.value]
    conditions: list[tuple[Condition, Span]] = []
    piped = None
    for one in listed:
        text = word(one)
        if text is None:
            raise Refused("a condition is a text", one.at)
        before, pipe, behind = text.partition("|")
        if pipe and len(listed) > 1:
            raise Refused("a rule with several conditions cannot count", one.at)
        piped = behind if pipe else None
        try:
            conditions.append((parse(before), one.at))
        except ConditionError as error:
            raise Refused(f"{error}", one.at, code="sigma-condition") from error
    if not conditions:
        raise Refused("a detection needs a condition", section.at)
    return Searched(section, tuple(conditions)), piped


def rule(document: Fields, licence: str | None) -> Rule:
    """A document with a `detection`. Raises `Refused`."""
    section = fields(document.get("detection"), "detection", document.at)
    found, piped = searched(section)
    log = document.get("logsource")
    logsource = Logsource() if log is None else logsource_of(fields(log, "logsource", document.at))
    return Rule(about(document, licence), logsource, found, piped, said(section, "timeframe"))


@dataclass(frozen=True, slots=True)
class Filter:
    """A document that narrows other rules. `rules`: which; `("any",)` for all of its log."""

    logsource: Logsource
    rules: tuple[str, ...]
    searched: Searched
    at: Span

    def means(self, one: Rule) -> bool:
        """Whether it narrows this rule."""
        if not self.logsource.covers(one.logsource):
            return False
        return self.rules == ("any",) or not set(self.rules).isdisjoint((*one.about.keys, one.about.title))


def filtering(document: Fields) -> Filter:
    """A document with a `filter`. Raises `Refused`."""
    section = fields(document.get("filter"), "filter", document.at)
    found, piped = searched(section)
    if piped is not None:
        raise Refused("a filter cannot count", section.at)
    log = document.get("logsource")
    logsource = Logsource() if log is None else logsource_of(fields(log, "logsource", document.at))
    rules = words(section.get("rules"))
    if not rules:
        raise Refused("a filter names the rules that it narrows, or `any`", section.at)
    return Filter(logsource, rules, found, document.at)
