"""Secrets in notes, tables and command lines.

A word and a value with only blanks, a dash or a few words between, and values beside the name of a service whose keys
have that shape.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.analysis.secrets.context import is_documented, refers, sense_of, stands_in, words_of
from casemate.analysis.secrets.naming import is_of_arn, is_of_hash, is_otherwise, name_of, verdict
from casemate.analysis.secrets.services import service_of
from casemate.analysis.secrets.shapes import is_hexadecimal, is_random, is_uuid, surprise
from casemate.analysis.secrets.values import HOLLOW, has_digit, is_counted, is_password, is_qualified

if TYPE_CHECKING:
    from casemate.analysis.secrets.context import Sense
    from casemate.analysis.secrets.detector import Hit, Verdict

_LONGEST = 4_000
_SHORTEST_KEY = 10
_LOGIN = re.compile(r"(?i)pass|pwd|psw|pw")
_LABEL = re.compile(r"\W*\w+(?:[ _.\-]\w+){0,2}[ _.\-]*")
"""What stands before the word for a key in a note: a name or two, and nothing else on the line."""
_FLAG = re.compile(r"(?:^|[\s\"'\[,(])--?[\w-]*$")


def spaced(hit: Hit) -> Verdict | None:
    """A word and a value with blanks, a dash or a few words between."""
    op = hit.group("op")
    value = hit.value.rstrip(".,;:!")
    after = hit.data[hit.end : hit.end + 1]
    if not 6 <= len(value) <= _LONGEST or (":" in op and after == b"("):
        return None
    before = hit.before(48)
    between = hit.data[hit.begin : hit.start].decode("utf-8", "replace")
    if len(value) < _SHORTEST_KEY and _LOGIN.search(before + between) is None:
        return None
    if "..." in hit.value or any(map(_is_no_value, {hit.value, value})) or is_of_arn(hit):
        return None
    name = _noted_name(before, between) if op.strip() else name_of(hit)
    end = hit.start + len(value.encode())
    service = service_of(before + between, value)
    if service is not None and len(value) >= _SHORTEST_KEY and has_digit(value):
        return verdict(hit, (service.id, service.title), "medium", name, (hit.start, end), rank=2)
    flag = _FLAG.search(before) is not None
    sense = sense_of(name)
    if sense == "password" and is_password(value, strict=True) and _is_given(hit, value, flag=flag):
        title = "password on a command line" if flag else "password"
        return verdict(hit, ("password", title), "medium" if flag else "low", name, (hit.start, end))
    if sense is None and "-" not in op:
        sense = sense_of((re.findall(r"[\w.\-]+", before + between) or [""])[-1])
    if sense is None or after in {b"(", b"["} or HOLLOW.search(value) or is_of_hash(name):
        return None
    labelled = name if is_qualified(name) else before if _LABEL.fullmatch(before) else ""
    if is_qualified(labelled) and is_counted(value) and not re.search(r"[a-z]{2,}[.=/]", value):
        return verdict(hit, ("secret", "secret"), "low", name, (hit.start, end))
    if _is_generated(value, sense, flag=flag):
        return verdict(hit, ("secret", "generated secret"), "medium", name, (hit.start, end))
    return None


def _is_no_value(text: str) -> bool:
    return refers(text) or stands_in(text) or is_documented(text)


def _noted_name(before: str, between: str) -> str:
    """The name when words stand between it and the value."""
    start = re.search(r"[\w.\-]*$", before)
    return (start.group() if start else "") + (between.split() or [""])[0]


def _is_given(hit: Hit, value: str, *, flag: bool) -> bool:
    """Whether a password is really given: to a flag, in quotes, or behind a colon."""
    op = hit.group("op")
    if flag:
        return op.strip() in {"", "="} or (bool(hit.group("quote")) and has_digit(value))
    if hit.group("quote"):
        return has_digit(value)
    return ":" in op and has_digit(value) and surprise(value) > 4.6


def _is_generated(value: str, sense: Sense, *, flag: bool) -> bool:
    """Whether a generator made it: beside a flag less is asked, for the word itself says much."""
    if flag and sense != "password" and (is_uuid(value) or (len(value) >= 12 and is_random(value, 5.0))):
        return True
    if len(value) < 16 or not has_digit(value) or not is_random(value, 5.3) or is_uuid(value):
        return False
    if is_hexadecimal(value) and sense != "secret":
        return False
    return re.search(r"[.=][A-Za-z]{3,}|/[a-z]{4,}", value) is None


def named(hit: Hit) -> Verdict | None:
    """A service's name with a value that has the shape of its keys."""
    value = hit.value.rstrip(".,;:")
    if len(value) > _LONGEST or not (is_uuid(value) or is_random(value[:200], 5.2)):
        return None
    op = hit.group("op").strip()
    context = hit.before(24) + hit.data[hit.begin : hit.start].decode("utf-8", "replace")
    if not has_digit(value) or refers(value) or stands_in(value):
        return None
    words = words_of(hit.group("rest"))
    if words and sense_of("_".join(words)) is None and is_otherwise("_".join(words)):
        return None
    if op in {"", "-", ","} and len(value) < 20:
        return None
    if not (is_random(value, 5.2) or op in {"=", ":", ""}):
        return None
    service = service_of(context, value, alone=True)
    if service is None:
        return None
    return verdict(hit, (service.id, service.title), "low", "", (hit.start, hit.start + len(value.encode())))
