"""Needs as the statements of a least-privilege policy: actions that share their resources stand together."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from casemate.model.record import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casemate.analysis.access.needs.statements import Needed
    from casemate.model.location import Span

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PolicyStatement:
    """One Allow statement. `because`: the calls and settings that need it; `conditional`: every action of it is."""

    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    because: tuple[Span, ...]
    reasons: tuple[str, ...]
    conditional: bool


def statements(needed: Iterable[Needed]) -> tuple[PolicyStatement, ...]:
    """One statement for each service and set of resources, in the order of the code.

    Required and conditional needs stay apart, so that a reader can leave the latter out.
    """
    resources: dict[tuple[str, bool], list[str]] = {}
    places: dict[tuple[str, bool], list[Span]] = {}
    reasons: dict[tuple[str, bool], list[str]] = {}
    for need in needed:
        key = (need.action, need.conditional)
        _add(resources.setdefault(key, []), [need.resource])
        _add(places.setdefault(key, []), need.because)
        _add(reasons.setdefault(key, []), [need.reason] if need.reason else [])
    groups: dict[tuple[str, tuple[str, ...], bool], list[str]] = {}
    for (action, conditional), found in resources.items():
        kept = ("*",) if "*" in found else tuple(found)
        groups.setdefault((_service(action), kept, conditional), []).append(action)
    result: list[PolicyStatement] = []
    for (service, kept, conditional), actions in groups.items():
        because: list[Span] = []
        why: list[str] = []
        for action in actions:
            _add(because, places[action, conditional])
            _add(why, reasons[action, conditional])
        sid = _sid(service, kept, [statement.sid for statement in result])
        result.append(PolicyStatement(sid, tuple(sorted(actions)), kept, tuple(because), tuple(why), conditional))
    return tuple(result)


def _service(action: str) -> str:
    """`s3` of `s3:GetObject`, `Storage` of `Microsoft.Storage/…`, `pubsub` of `pubsub.topics.publish`."""
    if ":" in action:
        return action.partition(":")[0]
    return action.partition("/")[0].rpartition(".")[2] if "/" in action else action.partition(".")[0]


def _add(table: list[T], items: Iterable[T]) -> None:
    table.extend(item for item in items if item not in table)


def _sid(service: str, resources: tuple[str, ...], taken: list[str]) -> str:
    """A name that says the service and, when it is one, the resource: letters and digits only, as IAM demands."""
    named = re.search(r"\$\{([A-Za-z0-9_.]+?)(?:\.\w+)?\}", resources[0]) if len(resources) == 1 else None
    last = named[1] if named and not named[1].startswith("AWS") else ""
    base = re.sub(r"[^A-Za-z0-9]", "", f"{service.capitalize()}{last[:1].upper()}{last[1:]}")
    number = 1
    while (name := base if number == 1 else f"{base}{number}") in taken:
        number += 1
    return name
