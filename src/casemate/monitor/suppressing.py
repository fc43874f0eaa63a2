"""`[[monitor.suppress]]`: alerts that somebody decided not to be told, why, and until when.

    [[monitor.suppress]]
    detection = "trail-*"                       # a glob over names
    where = { actor = "arn:aws:iam::*:role/landing-zone" }
    until = 2027-03-31                          # told again from the next day on
    reason = "the landing zone renews trails, ticket SEC-12"

A suppressed alert is kept, with the reason, and told to nobody. The day that counts is the event's, in UTC, so that a
replay says tomorrow what it says today; an alert without a time has today's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from casemate.errors import ConfigurationError
from casemate.monitor.asking import Body, asked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from casemate.model.alert import Alert

_KEYS = frozenset({"detection", "where", "until", "reason"})


@dataclass(frozen=True, slots=True)
class Suppression:
    """One row. `until`: its last day; None: for good."""

    detection: str
    holds: Callable[[Body], bool]
    until: date | None
    reason: str
    number: int

    @property
    def label(self) -> str:
        return f"[[monitor.suppress]] {self.number} ({self.detection}: {self.reason})"


def suppressions(rows: Iterable[Mapping[str, object]]) -> tuple[Suppression, ...]:
    """The rows of the configuration. Raises `ConfigurationError` for one that lacks a reason or names what is not."""
    return tuple(_suppression(row, number) for number, row in enumerate(rows, 1))


def _suppression(row: Mapping[str, object], number: int) -> Suppression:
    place = f"[[monitor.suppress]] {number}"
    unknown = row.keys() - _KEYS
    if unknown:
        raise ConfigurationError(
            f"{place}: unknown key {min(unknown)!r}", hint=f"known keys: {', '.join(sorted(_KEYS))}"
        )
    reason, detection = str(row.get("reason") or "").strip(), str(row.get("detection") or "").strip()
    if not reason:
        raise ConfigurationError(f"{place}: a reason is required", hint="say why it is right not to be told")
    if not detection:
        raise ConfigurationError(
            f"{place}: detection is required", hint='detection = "*" means all; give a `where` then'
        )
    if detection.strip("*") == "" and "where" not in row:
        raise ConfigurationError(f"{place}: this would suppress every alert", hint="name a detection or give a `where`")
    holds = asked(row["where"], place) if "where" in row else lambda _: True
    return Suppression(detection, holds, _day(row.get("until"), place), reason, number)


def _day(value: object, place: str) -> date | None:
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise ConfigurationError(f"{place}: until = {value!r} is no date", hint="write until = 2027-03-31") from error


def expired(rows: Iterable[Suppression], today: date) -> list[Suppression]:
    """Those that suppress nothing any more, to be told at the start."""
    return [one for one in rows if one.until is not None and one.until < today]


def suppressed(rows: Iterable[Suppression], alert: Alert, body: Body, today: date) -> str:
    """Why nobody is told of the alert; empty when somebody is."""
    day = datetime.fromtimestamp(alert.time / 1000, UTC).date() if alert.time >= 0 else today
    for one in rows:
        if (one.until is None or day <= one.until) and fnmatchcase(alert.rule, one.detection) and one.holds(body):
            until = f", until {one.until.isoformat()}" if one.until is not None else ""
            return f"suppressed: {one.reason}{until}"
    return ""
