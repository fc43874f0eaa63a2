"""Times as records write them, to milliseconds since 1970 in UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

UNKNOWN = -1
_SECONDS = {f":{number:02}Z": number * 1000 for number in range(60)}


def iso(value: object) -> int:
    """ISO 8601 with `Z`, an offset or neither (then UTC), to milliseconds; -1 where it is none.

    Fractions beyond microseconds, as Azure and Google write them, are cut.
    """
    if not isinstance(value, str) or len(value) < 10:
        return UNKNOWN
    second = _SECONDS.get(value[16:])  # CloudTrail's form, nearly always
    if second is not None and len(value) == 20:
        minute = _minute(value[:16])
        if minute != UNKNOWN:
            return minute + second
    try:
        when = datetime.fromisoformat(_cut(value))
    except ValueError:
        return UNKNOWN
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return int(when.timestamp() * 1000)


@lru_cache(10_000)
def _minute(value: str) -> int:
    """The minute that a text is, in UTC; events come many a minute."""
    try:
        return int(datetime.fromisoformat(value).replace(tzinfo=UTC).timestamp() * 1000)
    except ValueError:
        return UNKNOWN


def as_written(value: str) -> datetime | None:
    """The date that a text is, in the time zone in which it is written; of a number since 1970 in UTC."""
    if len(value) >= 10 and value[4] == "-":
        try:
            return datetime.fromisoformat(_cut(value))
        except ValueError:
            return None
    moment = epoch(value)
    return None if moment == UNKNOWN else datetime.fromtimestamp(moment / 1000, UTC)


def _cut(value: str) -> str:
    dot = value.find(".")
    if dot < 0:
        return value
    end = dot + 1
    while end < len(value) and value[end].isdigit():
        end += 1
    return value[: min(end, dot + 7)] + value[end:]


def epoch(value: object) -> int:
    """Seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by size; -1 where it is no number."""
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return UNKNOWN
    if not 0 <= number < 1e20:
        return UNKNOWN
    for limit, factor in ((1e11, 1000.0), (1e14, 1.0), (1e17, 1e-3)):
        if number < limit:
            return int(number * factor)
    return int(number * 1e-6)


def written(milliseconds: int) -> str:
    """ISO 8601 in UTC, with milliseconds only where there are some: `2023-07-10T11:42:18Z`."""
    if milliseconds < 0:
        return ""
    when = datetime.fromtimestamp(milliseconds // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    rest = milliseconds % 1000
    return f"{when}.{rest:03d}Z" if rest else f"{when}Z"


def clf(value: object) -> int:
    """The Common Log Format's `10/Oct/2000:13:55:36 -0700`; -1 where it is none."""
    if not isinstance(value, str) or not 20 <= len(value) <= 30:
        return UNKNOWN
    day, _, rest = value.strip("[]").partition("/")
    month, _, rest = rest.partition("/")
    number = _MONTHS.find(month.lower())
    year, _, clock = rest.partition(":")
    hour, _, zone = clock.partition(" ")
    if number < 0 or number % 3 or len(month) != 3:
        return UNKNOWN
    zone = f"{zone[:3]}:{zone[3:]}" if len(zone) == 5 else "+00:00"
    return iso(f"{year}-{number // 3 + 1:02}-{day:0>2}T{hour}{zone}")


_MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec"
