"""Sigma's logsource -> our sources of events, and where in their records a rule's field stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from casemate.authoring.query import Field
from casemate.monitor.events.registry import sources
from casemate.monitor.sigma.refusals import said

if TYPE_CHECKING:
    from casemate.model.value import Fields
    from casemate.monitor.events.source import Source


@dataclass(frozen=True, slots=True)
class Logsource:
    """What a rule says of the log that it is for; `None` for what it leaves open."""

    product: str | None = None
    service: str | None = None
    category: str | None = None

    @property
    def name(self) -> str:
        """How people speak of it: `aws/cloudtrail`."""
        return "/".join(one for one in (self.product, self.service, self.category) if one) or "any"

    @property
    def parts(self) -> tuple[str | None, str | None, str | None]:
        return (self.product, self.service, self.category)

    def covers(self, other: Logsource) -> bool:
        """Whether a filter for this log means a rule for the other."""
        return all(mine is None or mine == theirs for mine, theirs in zip(self.parts, other.parts, strict=True))


def logsource_of(mapping: Fields) -> Logsource:
    """The `logsource` section."""
    found = {key: said(mapping, key) for key in ("product", "service", "category")}
    return Logsource(*(value.lower() if value else None for value in found.values()))


def sources_of(logsource: Logsource) -> tuple[Source, ...]:
    """Our sources of such a log: what both name must agree, and something both must name."""
    return tuple(source for source in sources() if any(_means(logsource, one) for one in source.sigma))


def _means(logsource: Logsource, ours: tuple[str | None, str | None, str | None]) -> bool:
    pairs = [(rule, own) for rule, own in zip(logsource.parts, ours, strict=True) if rule is not None]
    return any(own is not None for _, own in pairs) and all(own is None or own == rule for rule, own in pairs)


@dataclass(frozen=True, slots=True)
class Spelled:
    """Where a rule's field stands. `folded`: the canonical field with its plain name, where a source has one."""

    raw: Field
    folded: Field | None = None
    source: Source | None = None

    def is_plain(self, value: str) -> bool:
        """Whether a value of the raw field is its own plain name, so that it is enough to ask the folded one."""
        if self.folded is None or self.source is None:
            return False
        spelling = self.source.complete().get(self.folded.path[0])
        body: object = value
        for step in reversed(self.raw.path):
            body = {step: body}
        return callable(spelling) and isinstance(body, dict) and spelling(body) == value


def spelled(name: str, source: Source | None) -> Spelled:
    """A rule's field in the records of a source; in those of an unknown one by its own name."""
    if source is None:
        return Spelled(Field(tuple(name.split("."))))
    path = (source.sigma_fields or {}).get(name)
    raw = Field(path if path is not None else tuple(name.split(".")))
    folded = source.sigma_folded.get(name)
    return Spelled(raw, None if folded is None else Field((folded,), canonical=True), source)
