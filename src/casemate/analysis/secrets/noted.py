"""Secrets in notes, tables and command lines.

A word and a value with only blanks, a dash or a few words between, and values beside the name of a service whose keys
have that shape.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.analysis.secrets.context import is_documented, is_harmless, refers, sense_of, stands_in, words_of
from casemate.analysis.secrets.cut import is_cut_off
from casemate.analysis.secrets.naming import is_denied, is_of_arn, is_of_hash, is_otherwise, name_of, verdict
from casemate.analysis.secrets.nearby import near
from casemate.analysis.secrets.services import service_of
from casemate.analysis.secrets.shapes import is_hexadecimal, is_random, is_uuid, is_uuid_of_time, surprise
from casemate.analysis.secrets.values import (
    HOLLOW,
    has_digit,
    is_counted,
    is_counted_out,
    is_foreign,
    is_made_of_words,
    is_password,
    is_qualified,
)
from casemate.model.pattern import late

if TYPE_CHECKING:
    from casemate.analysis.secrets.context import Sense
    from casemate.analysis.secrets.detector import Hit, Verdict
    from casemate.model.finding import Confidence

_LONGEST = 4_000
_SHORTEST_KEY = 10
_FULL = 16
"""Characters from which a value beside a name is taken for a key, even when it counts up."""
_LOGIN = late(r"(?i)pass|pwd|psw|pw")
_LABEL = late(r"\W*\w+(?:[ _.\-]\w+){0,2}[ _.\-]*")
"""What stands before the word for a key in a note: a name or two, and nothing else on the line."""
_FLAG = late(r"(?:^|[\s\"'\[,(])--?[\w-]*$")


def spaced(hit: Hit) -> Verdict | None:
    """A word and a value with blanks, a dash or a few words between."""
    op = hit.group("op")
    value = hit.value.rstrip(".,;:!")
    after = hit.data[hit.end : hit.end + 1]
    if (
        not 6 <= len(value) <= _LONGEST
        or _is_piece(hit, op)
        or _goes_on(hit)
        or ("," in op and not hit.path.endswith(_TABLES))
        or (value.isalpha() and is_made_of_words(value))
    ):
        return None
    before = hit.before(48)
    between = hit.data[hit.begin : hit.start].decode("utf-8", "replace")
    if len(value) < _SHORTEST_KEY and _LOGIN.search(before + between) is None:
        return None
    if "..." in hit.value or any(map(_is_no_value, {hit.value, value})) or is_of_arn(hit):
        return None
    name = _noted_name(before, between) if op.strip() else name_of(hit)
    end = hit.start + len(value.encode())
    if _LOGIN.search(before + between) is None and _is_strange(name, value):
        return None
    service = None if is_harmless(name_of(hit)) else service_of(before + between, value)
    if service is not None and len(value) >= _SHORTEST_KEY and has_digit(value):
        return verdict(hit, (service.id, service.title), "medium", name, (hit.start, end), rank=2)
    if is_denied(name) or (is_uuid_of_time(value) and not is_qualified(name)):
        return None
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
    if (
        is_qualified(labelled)
        and (is_counted(value) or is_counted_out(value))
        and not re.search(r"[a-z]{2,}[.=/]", value)
    ):
        return verdict(hit, ("secret", "secret"), "medium" if len(value) >= _FULL else "low", name, (hit.start, end))
    if _is_generated(value, sense, flag=flag):
        return verdict(hit, ("secret", "generated secret"), "medium", name, (hit.start, end))
    return None


def _is_no_value(text: str) -> bool:
    return refers(text) or stands_in(text) or is_documented(text)


def _is_piece(hit: Hit, op: str) -> bool:
    """Whether the match is a piece of an expression, or of the path of an address."""
    called = ":" in op and hit.data[hit.end : hit.end + 1] == b"("
    return called or (not op.strip("-") and "://" in hit.before(200))


_TABLES = (".csv", ".tsv")
_JOINS = late(rb"[?^#*$@%|:!]+[0-9A-Za-z]")


def _goes_on(hit: Hit) -> bool:
    """Whether what stands behind the value belongs to it, so that the value is a piece of something else."""
    quote = hit.group("quote")
    if quote:
        return hit.data[hit.end : hit.end + 1] not in {quote.encode(), b"\\", b" ", b"\n", b"\r", b"\t", b""}
    return _JOINS.match(hit.data, hit.end) is not None


def _is_strange(name: str, value: str) -> bool:
    return is_foreign(name, value) or is_cut_off(value)


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


_COUNTS = frozenset({32, 40, 64})
"""How many digits hexadecimal keys have."""
_ASKED = late(r"(?i)secret|private|access|key|token|auth")


_GOES_ON = frozenset({b"(", b"[", b"%", b"?", b"^", b"#", b"*", b"$", b"@"})
"""Signs behind a value that make it a piece of something else."""


def named(hit: Hit) -> Verdict | None:
    """A service's name with a value that has the shape of its keys: right behind it, or a few words on."""
    if hit.group("op") and not _continues_word(hit):
        found = _assigned_to_name(hit)
        if found is not None:
            return found
    return near(hit)


def _continues_word(hit: Hit) -> bool:
    return hit.begin > 0 and (hit.data[hit.begin - 1 : hit.begin].isalnum() or hit.data[hit.begin - 1] == ord("_"))


def _assigned_to_name(hit: Hit) -> Verdict | None:
    """The value right behind the name.

    Beside a word such as `key` the shape is enough for a suspicion; without one a generator must have made the value.
    """
    value = hit.value.rstrip(".,;:")
    op = hit.group("op").strip()
    rest = hit.group("rest")
    after = hit.data[hit.end : hit.end + 1]
    if not _SHORTEST_KEY <= len(value) <= _LONGEST or after in _GOES_ON:
        return None
    generated = is_uuid(value) or (has_digit(value) and is_random(value[:200], 5.2))
    asked = _ASKED.search(rest) is not None or op in {"=", ":", "=>"}
    if not generated and not (is_counted_out(value) and _closes(after) and (asked or len(value) in _COUNTS)):
        return None
    if not generated and not has_digit(value) and _ASKED.search(rest) is None:
        return None
    if refers(value) or stands_in(value) or _is_strange("", value):
        return None
    words = words_of(rest)
    if words and sense_of("_".join(words)) is None and is_otherwise("_".join(words)):
        return None
    if op in {"", "-", ","} and len(value) < 20:
        return None
    context = hit.before(24) + hit.data[hit.begin : hit.start].decode("utf-8", "replace")
    service = service_of(context, value, alone=True, known=True)
    sure: Confidence = "medium" if generated or (asked and len(value) >= _FULL) else "low"
    if service is None and asked:  # a length that none of its keys is known to have
        service = service_of(context, value, alone=True)
        sure = "medium" if _ASKED.search(rest) else "low"
    if service is None:
        return None
    return verdict(hit, (service.id, service.title), sure, "", (hit.start, hit.start + len(value.encode())))


def _closes(after: bytes) -> bool:
    """Whether nothing follows that makes the value a part of an expression."""
    return after in {b"", b"\n", b"\r", b" ", b";", b",", b'"', b"'", b"`", b"<", b"&", b"\\", b"}"}
