"""Sigma's correlations, and the counting of old rules (`| count() by x > 5`, `| near`) -> patterns.

Source: Sigma Correlation Rules Specification 2.1. `value_median`, the weeks, months and years of a timespan, the
`percentile` of a condition and conditions of names (`a and not b`) are as pySigma 2 has them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, get_args

from casemate.authoring.patterns import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    Comparison,
    Count,
    Distinct,
    Each,
    Pattern,
    Sequence,
    Stage,
    Statistic,
    Way,
    stages_of,
)
from casemate.authoring.patterns import Condition as Bounds
from casemate.authoring.query import All
from casemate.model.value import Fields
from casemate.monitor.correlation.plain import first_by
from casemate.monitor.correlation.statistics import meets
from casemate.monitor.events.registry import by_name
from casemate.monitor.sigma.conditions import MAX_WAYS, Both, Condition, ConditionError, Neither, parse, ways
from casemate.monitor.sigma.logsources import spelled
from casemate.monitor.sigma.refusals import Refused, fields, said, word, words
from casemate.monitor.sigma.rules import About, Rule, about, as_one

if TYPE_CHECKING:
    from casemate.authoring.query import Expression, Field
    from casemate.model.finding import Severity
    from casemate.model.location import Span
    from casemate.monitor.events.source import Source
    from casemate.monitor.sigma.items import Placeholders

TYPES = (
    "event_count", "value_count", "temporal", "temporal_ordered",
    "value_sum", "value_avg", "value_percentile", "value_median",
)  # fmt: skip
"""The correlation types."""
MAX_CHAIN = 16
"""Correlations over correlations."""
_UNITS = {
    "s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY, "M": 2_629_746 * SECOND, "y": 31_556_952 * SECOND,
}  # fmt: skip
_SPAN = re.compile(r"(\d{1,9})\s*([smhdwMy])")
_LONGEST = 10 * 31_556_952 * SECOND
_STATISTICS = {"value_sum": "sum", "value_avg": "average", "value_percentile": "percentile", "value_median": "median"}


@dataclass(frozen=True, slots=True)
class Correlation:
    """A correlating document. `condition`: bounds of a number, or names of rules."""

    about: About
    type: str
    rules: tuple[str, ...]
    by: tuple[str, ...]
    within: int
    bounds: Bounds
    of: tuple[str, ...]
    percentile: float | None
    named: Condition | None
    aliases: Mapping[str, Mapping[str, str]]
    generate: bool
    at: Span


@dataclass(frozen=True, slots=True)
class Lowered:
    """A pattern with what its alert needs to say: which sources it reads, how severe its parts are."""

    pattern: Pattern
    sources: tuple[str, ...]
    severity: Severity | None


def timespan(text: str | None, at: Span) -> int:
    """`90m` in milliseconds. Raises `Refused`."""
    found = _SPAN.fullmatch(text or "")
    length = int(found[1]) * _UNITS[found[2]] if found else 0
    if not 0 < length <= _LONGEST:
        raise Refused(f"{text!r} is no timespan", at, hint="a number and s, m, h or d: 90m")
    return length


def correlation(document: Fields, licence: str | None) -> Correlation:
    """A document with a `correlation`. Raises `Refused`."""
    section = fields(document.get("correlation"), "correlation", document.at)
    kind = (said(section, "type") or "").lower()
    if kind not in TYPES:
        raise Refused(f"no correlation is of type {kind!r}", section.at, hint=f"known are {', '.join(TYPES)}")
    rules = words(section.get("rules"))
    condition = section.get("condition")
    named: Condition | None = None
    bounds: Bounds = ()
    of: tuple[str, ...] = ()
    percentile = None
    if isinstance(condition, Fields):
        bounds, of, percentile = _bounds(condition)
    elif condition is not None:
        if not kind.startswith("temporal"):
            raise Refused(f"the condition of `{kind}` is a map: `gte: 10`", condition.at)
        named = _named(word(condition) or "", condition.at)
        rules = rules or tuple(dict.fromkeys(name for way in ways(named) for name, _ in sorted(way)))
    elif not kind.startswith("temporal"):
        raise Refused(f"`{kind}` needs a condition", section.at)
    if not rules:
        raise Refused("a correlation names the rules that it is of", section.at)
    if kind.startswith("value_") and not of:
        raise Refused(f"the condition of `{kind}` needs a field", section.at)
    return Correlation(
        about(document, licence), kind, rules, words(section.get("group-by")),
        timespan(said(section, "timespan"), section.at), bounds, of, percentile, named,
        _aliases(section), "true" in {said(section, "generate"), said(document, "generate")}, section.at,
    )  # fmt: skip


def _named(text: str, at: Span) -> Condition:
    try:
        condition = parse(text)
        ways(condition)
    except ConditionError as error:
        raise Refused(str(error), at, code="sigma-condition") from error
    return condition


def _bounds(section: Fields) -> tuple[Bounds, tuple[str, ...], float | None]:
    bounds: list[tuple[Comparison, float]] = []
    percentile = None
    for key, entry in section.entries.items():
        if key in {"field", "and", "AND"}:
            continue
        try:
            number = float(word(entry.value) or "")
        except ValueError as error:
            raise Refused(f"{key}: {word(entry.value)!r} is no number", entry.value.at) from error
        if key == "percentile":
            if not 0 <= number <= 100:
                raise Refused("a percentile is between 0 and 100", entry.value.at)
            percentile = number
        elif key in get_args(Comparison):
            bounds += [(one, number) for one in get_args(Comparison) if one == key]
        else:
            raise Refused(f"no comparison is called {key!r}", entry.key_at, hint=", ".join(get_args(Comparison)))
    if not bounds:
        raise Refused("the condition compares with nothing", section.at, hint="gte: 10")
    return tuple(bounds), words(section.get("field")), percentile


def _aliases(section: Fields) -> dict[str, dict[str, str]]:
    value = section.get("aliases")
    if value is None:
        return {}
    found: dict[str, dict[str, str]] = {}
    for alias, entry in fields(value, "aliases", section.at).entries.items():
        mapping = fields(entry.value, f"the alias {alias!r}", entry.key_at)
        found[alias] = {rule: name for rule in mapping.entries if (name := said(mapping, rule))}
    return found


Find = Callable[[str], "Rule | Correlation | None"]


@dataclass(frozen=True, slots=True)
class Book:
    """All rules, to look others up, with the user's placeholders."""

    find: Find
    placeholders: Placeholders

    def of_rule(self, one: Rule) -> Lowered:
        """The pattern of a detecting rule. Raises `Refused`."""
        groups = one.by_source(self.placeholders)
        names = one.source_names
        severity = one.about.severity
        if one.piped is None:
            return Lowered(Each(Stage(as_one(groups), (), names, one.about.key)), names, severity)
        within = DAY if one.timeframe is None else timespan(one.timeframe, one.about.at)
        try:
            near = one.near()
            if near is not None:
                return Lowered(self._near(one, near[0], within), names, severity)
            counted = one.aggregation()
        except ConditionError as error:
            raise Refused(str(error), one.about.at, code="sigma-condition") from error
        if counted is None:
            raise Refused("nothing stands behind the pipe", one.about.at)
        stages = tuple(
            _grouped(expression, tuple(spelled(name, source).raw for name in counted.by), where, one.about.key)
            for where, source, expression in groups
        )
        bounds: Bounds = ((counted.word, counted.number),)
        if counted.kind == "count" and not counted.field:
            return Lowered(Count(stages, bounds, within), names, severity)
        if not counted.field:
            raise Refused(f"{counted.kind} needs a field", one.about.at)
        of = _same([spelled(counted.field, source).raw for _, source, _ in groups], one.about.at)
        if counted.kind == "count":
            return Lowered(Distinct(stages, (of,), bounds, within), names, severity)
        # The least and the greatest are the percentiles at the ends.
        edge = {"min": 0.0, "max": 100.0}.get(counted.kind)
        if edge is not None:
            return Lowered(Statistic(stages, of, "percentile", bounds, within, edge), names, severity)
        kind = _STATISTICS[f"value_{counted.kind}"]
        return Lowered(Statistic(stages, of, kind, bounds, within), names, severity)  # type: ignore[arg-type]

    def _near(self, one: Rule, behind: Condition, within: int) -> Sequence:
        """`a | near b and not c`: all in the time frame, of no group, in any order."""
        before = one.searched.conditions[0][0]
        parts: list[Condition] = [before]
        required = [0]
        unwanted: list[int] = []
        for part in behind.parts if isinstance(behind, Both) else (behind,):
            (unwanted if isinstance(part, Neither) else required).append(len(parts))
            parts.append(part.part if isinstance(part, Neither) else part)
        stages = []
        for part in parts:
            alone = Rule(one.about, one.logsource, one.searched.alone(part), filters=one.filters)
            stages.append(Stage(as_one(alone.by_source(self.placeholders)), (), one.source_names))
        way = (Way(tuple(required), tuple(unwanted)),) if unwanted else ()
        return Sequence(tuple(stages), within, ordered=False, ways=way)

    def of_correlation(self, one: Correlation, above: tuple[str, ...] = ()) -> Lowered:
        """The pattern of a correlating rule. `above`: those that asked for it. Raises `Refused`."""
        if one.about.key in above or len(above) >= MAX_CHAIN:
            raise Refused("this correlation comes back to itself, or is of too many others", one.at)
        above = (*above, one.about.key)
        ordered = one.type.startswith("temporal")
        parts = [self._stages(one, name, above, apart=not ordered) for name in one.rules]
        stages = tuple(stage for part in parts for stage in part.stages)
        sources = tuple(dict.fromkeys(name for part in parts for name in part.sources))
        severities = [part.severity for part in parts if part.severity is not None]
        severity = one.about.severity or max(severities, default=None)
        return Lowered(self._pattern(one, stages, parts), sources, severity)

    def _pattern(self, one: Correlation, stages: tuple[Stage, ...], parts: list[_Part]) -> Pattern:
        if one.type.startswith("temporal"):
            ways_ = _ways(one)
            return Sequence(stages, one.within, ordered=one.type == "temporal_ordered", ways=ways_)
        if one.type == "event_count":
            return Count(stages, one.bounds, one.within)
        of = tuple(
            _same([part.spell(_mapped(one, name, part.rule, part.found)) for part in parts], one.at) for name in one.of
        )
        if one.type == "value_count":
            return Distinct(stages, of, one.bounds, one.within)
        if len(of) > 1:
            raise Refused(f"`{one.type}` is of one field", one.at)
        percentile = None if one.type != "value_percentile" else 50.0 if one.percentile is None else one.percentile
        kind = _STATISTICS[one.type]
        return Statistic(stages, of[0], kind, one.bounds, one.within, percentile)  # type: ignore[arg-type]

    def _stages(self, one: Correlation, name: str, above: tuple[str, ...], *, apart: bool) -> _Part:
        found = self.find(name)
        if found is None:
            raise Refused(f"no rule is called {name!r}", one.at, hint="it must be among the rules that are read")
        if isinstance(found, Rule) and found.piped is None:
            names = [_mapped(one, by, name, found) for by in one.by]
            groups = found.by_source(self.placeholders)
            stages = [
                _grouped(expression, tuple(spelled(field, source).raw for field in names), where, name)
                for where, source, expression in groups
            ]
            if len(stages) > 1 and not apart:
                if len({stage.by for stage in stages}) > 1:
                    raise Refused(f"the sources of {name!r} spell what groups apart", one.at)
                stages = [_grouped(as_one(groups), stages[0].by, found.source_names, name)]
            return _Part(tuple(stages), found.source_names, found.about.severity, name, found, groups[0][1])
        lowered = self.of_rule(found) if isinstance(found, Rule) else self.of_correlation(found, above)
        source = _source(lowered.pattern)
        grouped = dict(zip(_by(found), first_by(lowered.pattern), strict=False))
        by = tuple(
            grouped[field] if field in grouped else spelled(_mapped(one, field, name, found), source).raw
            for field in (_known_as(one, by, name, found) for by in one.by)
        )
        return _Part((Stage(lowered.pattern, by, (), name),), lowered.sources, lowered.severity, name, found, source)


def _grouped(where: Expression, by: tuple[Field, ...], sources: tuple[str, ...], name: str) -> Stage:
    """A stage of events that have what groups them: without it they have nothing in common with one another."""
    present = tuple(field.exists() for field in by)
    return Stage(All((where, *present)) if present else where, by, sources, name)


def _by(found: Rule | Correlation) -> tuple[str, ...]:
    """What a counting rule groups by."""
    if isinstance(found, Correlation):
        return found.by
    counted = None if found.near() else found.aggregation()
    return () if counted is None else counted.by


def _source(pattern: Pattern) -> Source | None:
    """A source of the event that completes a pattern, to spell its fields."""
    stage = stages_of(pattern)[-1]
    if isinstance(stage.where, Pattern):
        return _source(stage.where)
    return by_name().get(stage.sources[0]) if stage.sources else None


def _same(found: list[Field], at: Span) -> Field:
    if len(set(found)) > 1:
        names = ", ".join(sorted({one.name for one in found}))
        raise Refused(f"the sources spell this field apart: {names}", at, hint="name one log in `logsource`")
    return found[0]


@dataclass(frozen=True, slots=True)
class _Part:
    """The stages of one referenced rule."""

    stages: tuple[Stage, ...]
    sources: tuple[str, ...]
    severity: Severity | None
    rule: str
    found: Rule | Correlation
    source: Source | None

    def spell(self, name: str) -> Field:
        return spelled(name, self.source).raw


def _known_as(one: Correlation, by: str, name: str, found: Rule | Correlation) -> str:
    """What an alias is in a rule; the name itself where that is not said."""
    mapping = one.aliases.get(by, {})
    return next((mapping[key] for key in (name, *found.about.keys) if key in mapping), by)


def _mapped(one: Correlation, by: str, name: str, found: Rule | Correlation) -> str:
    """The field of a rule's events that is meant. Raises `Refused` for an alias that does not say what it is there."""
    field = _known_as(one, by, name, found)
    if field == by and by in one.aliases:
        raise Refused(f"the alias {by!r} does not say what it is in {name!r}", one.at)
    return field


def _ways(one: Correlation) -> tuple[Way, ...]:
    """Which of the stages a temporal correlation asks for; empty for all."""
    numbers = {name: number for number, name in enumerate(one.rules)}
    if one.named is not None:
        found = []
        for way in ways(one.named):
            unknown = [name for name, _ in way if name not in numbers]
            if unknown:
                raise Refused(f"the condition names {unknown[0]!r}, which is not among the rules", one.at)
            required = tuple(sorted(numbers[name] for name, wanted in way if wanted))
            if not required:
                raise Refused("a condition that is met when nothing happens says nothing", one.at)
            found.append(Way(required, tuple(sorted(numbers[name] for name, wanted in way if not wanted))))
        return () if found == [Way(tuple(range(len(numbers))))] else tuple(found)
    if not one.bounds or one.bounds == (("gte", float(len(numbers))),):
        return ()
    every = range(len(numbers))
    rising = all(comparison in {"gt", "gte"} for comparison, _ in one.bounds)
    found = []
    for size in every:
        if not meets(size + 1, one.bounds):
            continue
        for chosen in combinations(every, size + 1):
            found.append(Way(chosen, () if rising else tuple(number for number in every if number not in chosen)))
            if len(found) > MAX_WAYS:
                raise Refused(f"the condition comes to more than {MAX_WAYS} sets of rules", one.at)
        if rising:
            break
    if not found:
        raise Refused("no number of these rules meets the condition", one.at)
    return tuple(found)


__all__ = ["TYPES", "Book", "Correlation", "Lowered", "correlation", "timespan"]
