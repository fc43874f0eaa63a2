"""`[[monitor.tune]]`: how loud a detection is: its severity, when it is quiet, and how often it is told.

    [[monitor.tune]]
    detection = "console-login-*"
    where = { country = "CH" }                       # as in suppressions; may be left out
    during = { days = ["mon", "tue", "wed", "thu", "fri"], from = "08:00", to = "18:00", zone = "Europe/Zurich" }
    severity = "low"                                 # or quiet = true, or outside = true for all other hours
    once = { every = "1h", by = ["actor"] }          # the first of a period is told, the others are kept

Rows apply in their order, each to what the ones before left. The hour is that of the event, in the row's time zone; an
alert without a time is in no hour, so a row with `during` does not touch it. A span that ends before it begins goes
over midnight.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, tzinfo
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from casemate.errors import ConfigurationError
from casemate.model.finding import Severity
from casemate.monitor.asking import Body, asked, body_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from casemate.model.alert import Alert

_KEYS = frozenset({"detection", "where", "during", "severity", "quiet", "once"})
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


@dataclass(frozen=True, slots=True)
class Hours:
    """A part of the week. `days`: 0 is Monday; of a span over midnight the day on which it begins."""

    days: frozenset[int]
    start: time
    end: time
    zone: tzinfo
    outside: bool = False

    def covers(self, milliseconds: int) -> bool:
        """Whether the moment is in it."""
        there = datetime.fromtimestamp(milliseconds / 1000, UTC).astimezone(self.zone)
        now, day = there.time(), there.weekday()
        if self.start < self.end:
            inside = self.start <= now < self.end and day in self.days
        elif now >= self.start:
            inside = day in self.days
        else:
            inside = now < self.end and (day - 1) % 7 in self.days
        return inside != self.outside


@dataclass(frozen=True, slots=True)
class Tuning:
    """One row. `once`: milliseconds and the fields by which alerts count as the same."""

    detection: str
    holds: Callable[[Body], bool]
    hours: Hours | None = None
    severity: Severity | None = None
    quiet: bool = False
    once: tuple[int, tuple[str, ...]] | None = None
    number: int = 0


@dataclass(frozen=True, slots=True)
class Tuned:
    """An alert after all rows. `quiet`: why nobody is told. `once`: what makes another one the same."""

    alert: Alert
    quiet: str = ""
    once: str = ""


def tunings(rows: Iterable[Mapping[str, object]]) -> tuple[Tuning, ...]:
    """The rows of the configuration. Raises `ConfigurationError`."""
    return tuple(_tuning(row, number) for number, row in enumerate(rows, 1))


def tuned(rows: Iterable[Tuning], alert: Alert) -> Tuned:
    """The alert as the rows make it."""
    quiet = once = ""
    for one in rows:
        if not fnmatchcase(alert.rule, one.detection) or (
            one.hours is not None and (alert.time < 0 or not one.hours.covers(alert.time))
        ):
            continue
        body = body_of(alert)
        if not one.holds(body):
            continue
        if one.severity is not None:
            alert = replace(alert, severity=one.severity)
        if one.quiet:
            quiet = f"quiet: [[monitor.tune]] {one.number}"
        if one.once is not None:
            period, by = one.once
            values = (alert.rule, str(alert.time // period), *(str(body.get(name)) for name in by))
            once = "\x1f".join(values)
    return Tuned(alert, quiet, once)


def _tuning(row: Mapping[str, object], number: int) -> Tuning:
    place = f"[[monitor.tune]] {number}"
    unknown = row.keys() - _KEYS
    if unknown:
        raise ConfigurationError(
            f"{place}: unknown key {min(unknown)!r}", hint=f"known keys: {', '.join(sorted(_KEYS))}"
        )
    detection = str(row.get("detection") or "")
    if not detection:
        raise ConfigurationError(f"{place}: detection is required", hint='a name, or a glob: "*" for all')
    holds = asked(row["where"], place) if "where" in row else lambda _: True
    hours = _hours(row["during"], place) if "during" in row else None
    severity = _severity(row["severity"], place) if "severity" in row else None
    quiet, once = row.get("quiet") is True, _once(row["once"], place) if "once" in row else None
    if severity is None and not quiet and once is None:
        raise ConfigurationError(f"{place}: nothing is to be done", hint="give severity, quiet = true or once")
    return Tuning(detection, holds, hours, severity, quiet, once, number)


def _severity(value: object, place: str) -> Severity:
    try:
        return Severity[str(value).upper()]
    except KeyError:
        raise ConfigurationError(
            f"{place}: severity = {value!r} is not possible", hint="low, medium, high or critical"
        ) from None


def _hours(value: object, place: str) -> Hours:
    if not isinstance(value, dict) or value.keys() - {"days", "from", "to", "zone", "outside"}:
        raise ConfigurationError(
            f"{place}: during is a table", hint='write { from = "08:00", to = "18:00", days = ["mon"] }'
        )
    names = value.get("days", list(_DAYS))
    days = [str(one).lower()[:3] for one in names] if isinstance(names, list) else []
    if not days or any(one not in _DAYS for one in days):
        raise ConfigurationError(f"{place}: days = {names!r} is not possible", hint=f"any of {', '.join(_DAYS)}")
    start, end = (_time(value.get(key, "00:00"), place) for key in ("from", "to"))
    return Hours(
        frozenset(_DAYS.index(one) for one in days), start, end, _zone(value.get("zone"), place),
        value.get("outside") is True,
    )  # fmt: skip


def _time(value: object, place: str) -> time:
    if isinstance(value, time):
        return value
    text = "00:00" if value == "24:00" else str(value)
    try:
        return time.fromisoformat(text)
    except ValueError as error:
        raise ConfigurationError(f"{place}: {value!r} is no time of day", hint='write "08:00"') from error


def _zone(name: object, place: str) -> tzinfo:
    if name is None:
        return UTC
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ConfigurationError(
            f"{place}: no time zone {name!r}",
            hint="a name as Europe/Zurich; where there is no database: pip install tzdata",
        ) from error


def _once(value: object, place: str) -> tuple[int, tuple[str, ...]]:
    every = str(value.get("every", "")) if isinstance(value, dict) else ""
    found = re.fullmatch(r"([1-9][0-9]{0,5})([smhd])", every)
    by = value.get("by", []) if isinstance(value, dict) else None
    if found is None or not isinstance(by, list):
        raise ConfigurationError(f"{place}: once is a table", hint='write { every = "1h", by = ["actor"] }')
    return int(found[1]) * _UNITS[found[2]] * 1000, tuple(map(str, by))
