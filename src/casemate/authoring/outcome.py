"""What a rule yields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from casemate.model.record import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casemate.model.entity import Entity
    from casemate.model.finding import Confidence, Fix, Severity
    from casemate.model.location import Location, Span
    from casemate.model.setting import Setting


@dataclass(frozen=True, slots=True)
class Violation:
    """The subject is weak, at `at`.

    `message`: one sentence that names the thing and what follows from it *here*; no trailing dot needed. `related`:
    (span, label) of places that take part.
    `resource`: the name to report when it is not the subject's (a statement's owner). `severity`/`confidence`: when
    this case differs from
    the rule's default. `cause`: tells two findings of one rule on one resource apart (a sid, a port, a variable's
    name); never a line number. `evidence`: what was considered.
    `flow`: the ordered path of a finding in code; `cwe`: when this case is of another kind than the rule's tag says.
    Violations of one rule at the same `at` become one finding with the other subjects as related locations.
    """

    message: str
    at: Span
    severity: Severity | None = None
    confidence: Confidence | None = None
    evidence: Mapping[str, str] = field(default_factory=dict)
    related: tuple[tuple[Span, str], ...] = ()
    fixes: tuple[Fix, ...] = ()
    resource: Entity | str | None = None
    cause: str = ""
    flow: tuple[Location, ...] | None = None
    cwe: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Undecidable:
    """A setting that the rule needs cannot be known: neither a pass nor a finding."""

    setting: Setting[Any]


Outcome = Violation | Undecidable
