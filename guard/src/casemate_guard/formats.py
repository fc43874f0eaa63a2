"""The formats of JSON Schema that are asserted: dates and times (RFC 3339), addresses, identifiers.

Every shape is of bounded length or without repetition within repetition, so hostile text cannot make it slow.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_TIME = re.compile(r"(\d\d):(\d\d):(\d\d)(?:\.\d{1,20})?(?:[Zz]|([+-])(\d\d):(\d\d))", re.ASCII)
_DURATION = re.compile(
    r"P(?:\d{1,64}W|(?=\d|T\d)(?:\d{1,64}Y(?:\d{1,64}M(?:\d{1,64}D)?)?|\d{1,64}M(?:\d{1,64}D)?|\d{1,64}D)?"
    r"(?:T(?=\d)(?:\d{1,64}H(?:\d{1,64}M(?:\d{1,64}S)?)?|\d{1,64}M(?:\d{1,64}S)?|\d{1,64}S))?)",
    re.ASCII,
)
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)
_EMAIL = re.compile(
    r"(?=.{3,254}\Z)"
    r"(?:[a-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}){0,31}|\"[ !#-~]{0,62}\")"
    r"@(?:(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?){0,31}|\[([^\]]{1,60})\])",
    re.IGNORECASE | re.ASCII,
)
_URI = re.compile(
    r"[a-z][a-z0-9+.-]{0,63}:(?://(?:[a-z0-9._~!$&'()*+,;=:%-]{0,2048}@)?(?:\[[0-9a-fv.:]{2,60}\]|[a-z0-9._~!$&'()*+,;=%-]*)"
    r"(?::\d{0,5})?(?=[/?#]|\Z)|(?!//))(?:[a-z0-9._~!$&'()*+,;=:@/?%-]*)(?:#[a-z0-9._~!$&'()*+,;=:@/?%-]*)?",
    re.IGNORECASE | re.ASCII,
)
_BROKEN_ESCAPE = re.compile(r"%(?![0-9a-fA-F]{2})")
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def is_date(text: str) -> bool:
    """RFC 3339 `full-date`."""
    found = _DATE.fullmatch(text)
    if found is None:
        return False
    year, month, day = map(int, found.groups())
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 1 <= month <= 12 and 1 <= day <= (28 if month == 2 and not leap else _DAYS[month - 1])


def is_time(text: str) -> bool:
    """RFC 3339 `full-time`; a leap second only at the end of a day of UTC."""
    found = _TIME.fullmatch(text)
    if found is None:
        return False
    hour, minute, second = int(found[1]), int(found[2]), int(found[3])
    away = 0
    if found[4]:
        if int(found[5]) > 23 or int(found[6]) > 59:
            return False
        away = (int(found[5]) * 60 + int(found[6])) * (1 if found[4] == "-" else -1)
    if hour > 23 or minute > 59 or second > 60:
        return False
    return second < 60 or (hour * 60 + minute + away) % 1440 == 1439


def is_date_time(text: str) -> bool:
    """RFC 3339 `date-time`."""
    return len(text) > 10 and text[10] in "Tt" and is_date(text[:10]) and is_time(text[11:])


def is_ipv4(text: str) -> bool:
    """RFC 2673 section 3.2: four numbers without leading zeros."""
    parts = text.split(".", 4)
    return len(parts) == 4 and all(
        part.isascii() and part.isdigit() and len(part) < 4 and int(part) < 256 and (part == "0" or part[0] != "0")
        for part in parts
    )


def is_ipv6(text: str) -> bool:
    """RFC 4291 section 2.2."""
    head, gap, tail = text.partition("::")
    if not text.isascii() or len(text) > 45 or "::" in tail or (gap and tail.startswith(":")):
        return False
    parts = [part for half in (head, tail) if half for part in half.split(":")]
    count = len(parts)
    if parts and "." in parts[-1]:
        if (gap and not tail and head) or not is_ipv4(parts.pop()):
            return False
        count += 1
    if not all(0 < len(part) < 5 and all(one in "0123456789abcdefABCDEF" for one in part) for part in parts):
        return False
    return count < 8 if gap else count == 8


def is_email(text: str) -> bool:
    """RFC 5321 section 4.1.2."""
    found = _EMAIL.fullmatch(text)
    if found is None or found[1] is None:
        return found is not None
    literal = found[1]
    return is_ipv6(literal[5:]) if literal[:5].lower() == "ipv6:" else is_ipv4(literal)


def is_uri(text: str) -> bool:
    """RFC 3986 `URI`: with a scheme."""
    if len(text) > 65_536 or _URI.fullmatch(text) is None or _BROKEN_ESCAPE.search(text):
        return False
    host = re.search(r"//(?:[^/?#@]*@)?\[([^\]]*)\]", text)
    return host is None or host[1][:1] in "vV" or is_ipv6(host[1])


FORMATS: dict[str, Callable[[str], bool]] = {
    "date": is_date,
    "time": is_time,
    "date-time": is_date_time,
    "duration": lambda text: _DURATION.fullmatch(text) is not None,
    "uuid": lambda text: _UUID.fullmatch(text) is not None,
    "ipv4": is_ipv4,
    "ipv6": is_ipv6,
    "email": is_email,
    "uri": is_uri,
}
OTHERS = (
    *("hostname", "idn-hostname", "idn-email", "iri", "iri-reference", "uri-reference", "uri-template"),
    *("json-pointer", "relative-json-pointer", "regex"),
)
"""Formats that another validator may know and that are remarks here."""
