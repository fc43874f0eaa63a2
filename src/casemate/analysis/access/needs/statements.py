"""The needs of a function as the statements of a policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.access.needs.operations import needs, operation_of
from casemate.analysis.access.needs.partiql import actions_of_text, with_tables
from casemate.analysis.access.needs.resources import arns
from casemate.analysis.access.needs.sessions import completed
from casemate.model.record import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from casemate.analysis.access.needs.binding import Binder
    from casemate.analysis.access.needs.resources import Texts
    from casemate.model.location import Span


@dataclass(frozen=True, slots=True)
class Use:
    """One call of an AWS SDK: `client` and `method` in the SDK's own spelling, parameters as texts by dotted name."""

    client: str
    method: str
    parameters: Mapping[str, Texts]
    at: Span
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Needed:
    """One action on one resource, with the calls (or the setting of the template) that need it.

    `enforced`: whether something fails for a role that lacks a required one, as far as that is certain.
    """

    action: str
    resource: str
    conditional: bool
    because: tuple[Span, ...]
    reason: str = ""
    enforced: bool = True


@dataclass(frozen=True, slots=True)
class NotFollowed:
    """A place that could not be followed, and why: what it needs is not known."""

    at: Span
    reason: str


@dataclass(frozen=True, slots=True)
class Needs:
    """What one function needs."""

    needed: tuple[Needed, ...] = ()
    not_followed: tuple[NotFollowed, ...] = field(default_factory=tuple)

    @property
    def required(self) -> tuple[str, ...]:
        """The actions without which some call must fail, sorted."""
        return tuple(sorted({need.action for need in self.needed if not need.conditional}))

    @property
    def conditional(self) -> tuple[str, ...]:
        """The actions that are needed on some outcome or setting only, sorted."""
        return tuple(sorted({need.action for need in self.needed if need.conditional} - set(self.required)))


def needs_of(uses: Iterable[Use], binder: Binder, not_followed: Iterable[NotFollowed] = ()) -> Needs:
    """What the calls of one function need: one `Needed` an action and resource, in the order of the code."""
    found: dict[tuple[str, str], tuple[bool, list[Span]]] = {}
    lost = list(not_followed)
    # A helper of the SDK that makes no request (`exceptions`, `meta`, `destroy`) is no operation.
    known = [(use, one) for use in uses if (one := operation_of(use.client, use.method)) is not None]
    given = completed(
        [(one[0].name, one[1], binder.bind(use.parameters, one[0].name)) for use, one in known], binder.stack
    )
    for (use, (service, operation)), own in zip(known, given, strict=True):
        parameters = with_tables(service.name, operation, own)
        if service.name == "apigatewaymanagementapi":
            parameters = {**parameters, "ApiId": binder.socket}
        elif service.name in {"ses", "sesv2"}:
            for name in ("Source", "FromEmailAddress"):
                if name in parameters:
                    parameters[name] = binder.identities(parameters[name])
        wanted = needs(service, operation, parameters)
        for need in actions_of_text(wanted, service.name, operation, parameters):
            for resource in arns(need, parameters):
                conditional, places = found.get((need.action, resource), (True, []))
                if use.at not in places:
                    places.append(use.at)
                found[need.action, resource] = (conditional and need.conditional, places)
    return Needs(
        tuple(
            Needed(action, resource, conditional, tuple(places))
            for (action, resource), (conditional, places) in found.items()
        ),
        tuple(dict.fromkeys(lost)),
    )
