"""Secrets inside of an element with more than one word: `<secret>{shop AQAAABAAA k3Jx…}</secret>`.

Stores of credentials (Jenkins, SOAP and Maven settings) write notes and the value into one element. The last word that
a generator made is the value; the words before it say whose it is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.analysis.secrets.context import is_documented, refers, sense_of, stands_in
from casemate.analysis.secrets.naming import is_denied, is_of_hash, is_otherwise, verdict
from casemate.analysis.secrets.services import service_of
from casemate.analysis.secrets.shapes import is_hexadecimal, is_random, is_uuid, is_uuid_of_time
from casemate.analysis.secrets.values import has_digit

if TYPE_CHECKING:
    from casemate.analysis.secrets.detector import Hit, Verdict

_SHORTEST = 12
_WORD = re.compile(r"[^\s{}]+")
_LONGEST = 400
"""Bytes before the value that may name the service."""
_CLOSED = re.compile(rb"[ \t]*\}?[ \t]*</")


def element(hit: Hit) -> Verdict | None:
    """The generated word of an element whose name tells that it holds a secret."""
    name = hit.group("name")
    content = hit.value
    if sense_of(name) is None or is_denied(name) or is_of_hash(name) or _CLOSED.match(hit.data, hit.end) is None:
        return None
    for word in reversed(list(_WORD.finditer(content))):
        value = word.group()
        if len(value) < _SHORTEST or not has_digit(value) or _is_no_value(value):
            continue
        start = hit.start + len(content[: word.start()].encode("utf-8", "replace"))
        place = (start, start + len(value.encode("utf-8", "replace")))
        service = service_of(content[: word.start()][-_LONGEST:], value)
        if service is not None:
            return verdict(hit, (service.id, service.title), "medium", name, place, rank=2)
        if is_uuid(value) or is_random(value[:200], 5.0):
            return verdict(hit, ("secret", "generated secret"), "medium", name, place)
        return None
    return None


def _is_no_value(value: str) -> bool:
    return (
        refers(value)
        or stands_in(value)
        or is_documented(value)
        or is_uuid_of_time(value)
        or is_otherwise(value)
        or (value.isdigit() and not is_hexadecimal(value))
    )
