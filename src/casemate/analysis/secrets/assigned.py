"""Secrets without any mark, known by the name they are under.

`DB_PASSWORD=…`, `"apiKey": "…"`, `<Secret>…`, name-and-value pairs; flags, notes and names of services: `noted`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.analysis.secrets.context import is_code, is_member, refers, sense_of, stands_in
from casemate.analysis.secrets.cut import is_cut_off
from casemate.analysis.secrets.detector import Detector
from casemate.analysis.secrets.elements import element
from casemate.analysis.secrets.forms import (
    BARE,
    BARE_DIGIT,
    BARE_TO_DIGIT,
    BEFORE_NEAR,
    ELEMENT,
    ELEMENT_BEGINNING,
    FIRST_BARE,
    FLAGS,
    GATE,
    IN_BARE,
    IN_QUOTES,
    LETTERS,
    LOGIN,
    NAMED_OP,
    NAMED_REST,
    NAMED_SIGN,
    NEAR,
    OTHER,
    PAIR,
    PAIR_FROM_NAME,
    PARAMETER,
    PARAMETER_GATE,
    PARAMETER_LINES,
    QUOTED,
    QUOTED_DIGIT,
    QUOTED_VALUE,
    SPACED,
    SPACED_BEGINNING,
    TO_BARE,
    TO_PARAMETER,
    TO_QUOTED,
    VARIABLE,
)
from casemate.analysis.secrets.naming import is_denied, is_of_arn, is_of_hash, is_otherwise, name_of, verdict
from casemate.analysis.secrets.noted import named, spaced
from casemate.analysis.secrets.services import lone_names, service_of
from casemate.analysis.secrets.shapes import is_hexadecimal, is_random, is_uuid_of_time, surprise
from casemate.analysis.secrets.values import (
    echoes,
    has_digit,
    is_counted,
    is_counted_out,
    is_foreign,
    is_full_size,
    is_key,
    is_made_of_words,
    is_password,
    is_qualified,
    is_secret,
    may_be_generated,
)
from casemate.model.pattern import late

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from casemate.analysis.secrets.context import Sense
    from casemate.analysis.secrets.detector import Hit, Verdict
    from casemate.model.finding import Confidence

    _Judgement = Callable[[Hit], Verdict | None]

_SHORTEST_NAME = 3
_INSIDE = frozenset(b"]})!?#%^&*|~+")
"""Behind these signs two letters are a piece of something else, most often of a secret itself."""
_FULL = 16
"""Characters from which a value under the name of a service is taken for its key, even when it counts up."""
LONGEST = 4_000
"""Bytes of a value; what is longer is data."""


def detectors() -> Iterator[Detector]:
    """The forms of assignment."""
    yield _detector("assigned-quoted", QUOTED, _quoted, f"{LOGIN}{TO_QUOTED}{IN_QUOTES}{{4}}")
    yield _detector(
        "assigned-quoted-digit",
        QUOTED_DIGIT,
        _quoted,
        f"{OTHER}{TO_QUOTED}{QUOTED_VALUE}",
    )
    yield _detector("assigned-bare", BARE, _bare, f"{LOGIN}{TO_BARE}{FIRST_BARE}{IN_BARE}{{3}}")
    yield _detector(
        "assigned-bare-digit", BARE_DIGIT, _bare, f"{OTHER}{TO_BARE}(?:{BARE_TO_DIGIT}{IN_BARE}{{5}}|{LETTERS}}})"
    )
    yield _detector("assigned-pair", PAIR, _pair, PAIR_FROM_NAME)
    yield _detector("assigned-variable", VARIABLE, _pair)
    yield Detector(
        "assigned-parameter",
        TO_PARAMETER + PARAMETER,
        (re.sub(r"\(\?P<\w+>", "(?:", TO_PARAMETER),),
        (),
        caseless=True,
        judge=_pair,
        written=True,
        by_line=True,
        below=PARAMETER_LINES + 2,
        gate=PARAMETER_GATE,
    )
    yield _detector("assigned-flags", FLAGS, _pair, FLAGS)
    yield _detector("assigned-spaced", SPACED, spaced, SPACED_BEGINNING)
    yield _detector("assigned-element", ELEMENT, element, ELEMENT_BEGINNING)
    names = lone_names()
    alternatives = "|".join(names)
    yield Detector(
        "named-service",
        rf"(?:{alternatives})(?:(?P<rest>{NAMED_REST})(?P<op>{NAMED_OP})(?P<quote>[\"'`]?)"
        rf"(?P<secret>{NAMED_SIGN}*[0-9][\w\-+/=.]{{9,}}|{NAMED_SIGN}{{10,}}[0-9][\w\-+/=.]*|[A-Za-z]{{16,}})|"
        rf"(?P<gap>[^\n]{{0,48}}?{BEFORE_NEAR}|[^\n]{{0,48}}\n(?:[^\n]{{0,32}}?{BEFORE_NEAR})?)(?P<near>{NEAR}))",
        names,
        names,
        caseless=True,
        judge=named,
        written=True,
        by_line=True,
        reach=512,
        gate=GATE,
    )


def _detector(name: str, pattern: str, judge: _Judgement, beginning: str = "") -> Detector:
    """`beginning`: what stands in every match and ends on the line of its value."""
    candidate = re.sub(r"\(\?P<\w+>", "(?:", beginning or pattern)
    return Detector(name, pattern, (candidate,), (), caseless=True, judge=judge, written=True, by_line=bool(beginning))


_NEXT_FIELD = late(r"(?i)%26|%3b|%20")


def _quoted(hit: Hit) -> Verdict | None:
    name = name_of(hit)
    op = hit.group("op")
    sense = sense_of(name)
    call = hit.group("call")
    given = op == "," and _GIVING.search(hit.before(80)) is not None
    compared = op in {",", "("} or "!" in op or op.startswith(("||", "??"))
    loose = (compared and not given) or ("(" in call and not _is_reading(call))
    return _assigned(hit, name, sense, loose=loose, quoted=True)


_GIVING = late(
    r"(?i)(?:headers?(?:\.\w{1,20})?|setrequestheader|(?:set|put|with|add)_?(?:env|header|property|secret|token)|define|buildconfigfield)"
    r"[( ](?:[\"']string[\"'],[ ]?)?[ ]?[\"'`][\w.\-]{0,60}$"
)
"""A call whose second argument is given the name of the first: a header, a variable of the environment."""


def _is_reading(call: str) -> bool:
    """A call that gives back the text it is given: a constructor, a decoder, a default of an environment variable."""
    return (
        re.search(
            r"(?i)getenv|environ|b64|base64|bytes|buffer|string|encode|decode|secure|secret|env|get|default", call
        )
        is not None
    )


def _bare(hit: Hit) -> Verdict | None:
    name = name_of(hit)
    sense = sense_of(name)
    value = hit.value
    op = hit.group("op")
    if (op[:1] == ">" and not _closes(hit)) or hit.data[hit.end : hit.end + 1] in {b"(", b"["}:
        return None
    if value.startswith("//") or (len(name) < _SHORTEST_NAME and hit.begin and hit.data[hit.begin - 1] in _INSIDE):
        return None
    code = is_code(hit.path) and op[:1] != ">" and not hit.path.endswith((".html", ".htm"))
    return _assigned(hit, name, sense, loose=False, quoted=False, expression=code)


def _closes(hit: Hit) -> bool:
    return hit.data[hit.end : hit.end + 2] == b"</"


def _pair(hit: Hit) -> Verdict | None:
    name = hit.group("name").strip()
    return _assigned(hit, name, sense_of(name), loose=False, quoted=bool(hit.group("quote")))


def _assigned(
    hit: Hit, name: str, sense: Sense | None, *, loose: bool, quoted: bool, expression: bool = False
) -> Verdict | None:
    """Judge `name = value`. `loose`: the value is an argument or compared; `expression`: a bare word would be code."""
    value = hit.value if quoted else hit.value.rstrip(".,;:\\")
    if not quoted and "%" in value:  # the next field of a query, or of a connection string, inside of a query
        value = _NEXT_FIELD.split(value, maxsplit=1)[0]
    place = (hit.start, hit.start + len(value.encode("utf-8", "replace")))
    if sense != "password" and not has_digit(value) and is_made_of_words(value):
        return None
    if sense is None and not (may_be_generated(value) and is_random(value[:200], 5.0)):
        return None
    if not 4 <= len(value) <= LONGEST or _is_no_value(hit, value) or is_denied(name):
        return None
    if expression and not (has_digit(value) and not is_member(value) and is_random(value, 5.2) and _ends_line(hit)):
        return None
    if sense is None:
        if is_foreign(name, value) or is_cut_off(value):
            return None
        service = None if is_otherwise(name) or is_of_hash(name) else service_of(name, value)
        return verdict(hit, (service.id, service.title), "medium", name, place, rank=2) if service else None
    if sense != "password" and (is_cut_off(value) or (is_foreign(name, value) and not _is_of_service(name, value))):
        return None
    service = service_of(hit.before(60) + name, value) if may_be_generated(value) and not loose else None
    if service is not None:
        sure: Confidence = "high" if is_random(value, 5.0) else "medium" if len(value) >= _FULL else "low"
        return verdict(hit, (service.id, service.title), sure, name, place, rank=2)
    found = _kind_of(name, value, sense, loose=loose)
    return verdict(hit, found[:2], found[2], name, place) if found else None


def _is_of_service(name: str, value: str) -> bool:
    """Whether a service is named whose keys are known to look so, signs and all."""
    return may_be_generated(value) and service_of(name, value, known=True) is not None


def _is_no_value(hit: Hit, value: str) -> bool:
    return (
        stands_in(hit.value)
        or stands_in(value)
        or refers(value)
        or hit.data[hit.end : hit.end + 2] == b".."
        or is_of_arn(hit)
    )


def _kind_of(name: str, value: str, sense: Sense, *, loose: bool) -> tuple[str, str, Confidence] | None:
    """What a value under a name of this sense is: kind, title, confidence; None for no secret."""
    if echoes(name, value) or (is_hexadecimal(value) and is_of_hash(name)):
        return None
    if sense == "password":
        if not is_password(value, strict=loose):
            return None
        if not loose:
            return "password", "password", "high"
        clear = (has_digit(value) and surprise(value) > 4.6) or (len(value) >= 12 and surprise(value) > 5.5)
        generated = len(value) >= 8 and has_digit(value) and is_random(value, 5.0)
        return ("password", "password", "medium" if generated else "low") if clear else None
    if sense == "secret" and is_secret(value, loose=loose) and (is_qualified(name) or not is_uuid_of_time(value)):
        return "secret", "secret", "medium"
    if not loose and (is_counted(value) or is_counted_out(value)):
        full = is_full_size(value)
        if is_qualified(name):
            return "secret", "secret", "medium" if len(value) >= _FULL else "low"
        if sense == "secret" and full and not is_uuid_of_time(value):
            return "secret", "secret", "low"
    if sense == "key" and not loose and is_key(value):
        return "key", "generated key", "medium" if is_qualified(name) and not is_hexadecimal(value) else "low"
    return None


def _ends_line(hit: Hit) -> bool:
    return hit.data[hit.end : hit.end + 1] in {b"", b"\n", b"\r", b" ", b";", b",", b'"', b"'"}
