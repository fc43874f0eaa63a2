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

_LOGIN = r"(?:pass|pwd|psw|pw)"
_OTHER = r"(?:secret|token|key|auth|cred|access|private|hmac|salt|dsn|webhook|bearer|_pat|conn(?:ection)?[_ -]?str)"
TELLING = f"(?:{_LOGIN[3:-1]}|{_OTHER[3:-1]})"
_CLOSE = r"\\*[\"'`]?[\])]?[\])]?[\"'`]?"
_OP = (
    r"(?P<op>:[ ]*[A-Za-z_][\w.<>\[\]?|*]*[ ]*=|[ ][A-Za-z][\w.\[\]*]*[ ]+=|:=|::=|"
    r"\?=|\.=|\+=|=>|->|=+|!=+|:|\|\||,|>|\()"
)
_GAP = r"[ \t]*(?:\\?\r?\n[ \t]*)?"
_CALL = (
    r"(?P<call>(?:[\w.]+\()?(?:[\w.]+\()?[ \t]*[bfruBFRU@$&L]?[bfruBFRU@$&L]?)\\*[\"'`]+(?:(?:Bearer|Basic|Token)[ ])?"
)
_IN_QUOTES = r"(?:[^\"'`\\\s]|\\[^\"'`\n])"
_UP_TO_DIGIT = r"(?:[^\"'`\\\s0-9]|\\[^\"'`\n])*[0-9]"
_TO_QUOTED = r"[\w.\-]*" + _CLOSE + r"[ \t]*" + _OP + _GAP + _CALL
_QUOTED = f"{_LOGIN}{_TO_QUOTED}(?P<secret>{_IN_QUOTES}{{4,}})[\"'`\\\\]"
_LETTERS = "[A-Za-z]{20"
"""Letters alone are a key only when there are many of them."""
_QUOTED_DIGIT = f"{_OTHER}{_TO_QUOTED}(?P<secret>{_UP_TO_DIGIT}{_IN_QUOTES}{{5,}}|{_LETTERS},}})[\"'`\\\\]"
_TO_BARE = r"[\w.\-]*" + _CLOSE + r"[ \t]*(?P<op>:=|::=|\?=|=>|=+|:|>)[ \t]*"
_IN_BARE = r"[^\s\"'`<>(){}\[\],;|&\\]"
_FIRST_BARE = r"[^\s\"'`<>(){}\[\],;|&\\=:]"
_BARE_TO_DIGIT = r"[^\s\"'`<>(){}\[\],;|&\\=:0-9]*[0-9]"
_BARE = f"{_LOGIN}{_TO_BARE}(?P<secret>{_FIRST_BARE}{_IN_BARE}{{3,}})"
_BARE_DIGIT = f"{_OTHER}{_TO_BARE}(?P<secret>{_BARE_TO_DIGIT}{_IN_BARE}{{5,}}|{_LETTERS},}})"
_TO_PAIRED = (
    r"(?:name|key|id|field|label|variable)[\"']?[ \t]*[:=][ \t]*[\"']?(?P<name>[\w.\- /]*" + TELLING
    + r"[\w.\-]*)[\"']?[ \t]*[,;>]?(?:[ \t]+|[ \t]*\r?\n[ \t]*)(?:-\s)?[\"']?(?:\w*value|default|val|text)"
    + r"[\"']?[ \t]*[:=][ \t]*(?P<quote>[\"'`]?)"
)  # fmt: skip
_PAIR = _TO_PAIRED + r"(?P<secret>[^\s\"'`<>{}]{4,})"
_VARIABLE = (
    r"variable[ \t]+\"(?P<name>[\w-]*" + TELLING + r"[\w-]*)\"[ \t]*\{(?:[^{}\n]*\n){1,6}?[ \t]*default[ \t]*=[ \t]*"
    + r"(?P<quote>\")(?P<secret>[^\s\"]{4,})"
)  # fmt: skip
"""A default of a Terraform variable: the name stands some lines above the value."""
_TO_SPACED = TELLING + (r"[\w.]*(?P<op>[\"'\)]?(?:[ \t]+[a-z]+)?(?:[ \t]+[a-z]+)?[ \t:=\-]+)(?P<quote>[\"'`]?)")
_SIGN = r"[A-Za-z_\-+/=.~%!@#$^*]"
_SIGN_OR_DIGIT = r"[0-9A-Za-z_\-+/=.~%!@#$^*]"
_SPACED = (
    f"{_TO_SPACED}(?P<secret>{_SIGN}{{3,}}[0-9]{_SIGN_OR_DIGIT}*|{_SIGN}{{1,2}}[0-9]{_SIGN_OR_DIGIT}{{3,}}|"
    f"[0-9]{_SIGN_OR_DIGIT}{{5,}}|{_LETTERS},}})"
)
_SPACED_BEGINNING = (
    f"{_TO_SPACED}(?:{_SIGN}{{3,}}[0-9]|{_SIGN}{{1,2}}[0-9]{_SIGN_OR_DIGIT}{{3}}|"
    f"[0-9]{_SIGN_OR_DIGIT}{{5}}|{_LETTERS}}})"
)
_ELEMENT = f"<(?P<name>[\\w.:-]*{TELLING}[\\w.:-]*)>(?P<secret>[^<>\\s]*[ \\t][^<>\\n]+)"
_ELEMENT_BEGINNING = f"<[\\w.:-]*{TELLING}[\\w.:-]*>[^<>\\s]*[ \\t][^<>\\n]"
_NAMED_REST = r"[\w.]{0,60}(?:[ ](?:secret|private|access|api|auth|key|token)){0,3}"
_NAMED_SIGN = r"[A-Za-z_\-+/=.]"
_NAMED_OP = r"[\"'\]]{0,3}[ \t]{0,16}(?:=>|:=|[:=>(-]|[ \t])[ \t]{0,16}"
_GATE = late(
    rb"(?i)[\w.]{0,60}(?:[ ](?:secret|private|access|api|auth|key|token)){0,3}[\"'\]]{0,3}[ \t]{0,16}"
    rb"(?:=>|:=|[:=>(-]|[ \t])[ \t]{0,16}[\"'`]?[\w\-+/=.]{10}"
)
"""What stands behind the name of a service wherever a value follows: most names are met in prose and in code."""
_SHORTEST_NAME = 3
_INSIDE = frozenset(b"]})!?#%^&*|~+")
"""Behind these signs two letters are a piece of something else, most often of a secret itself."""
_FULL = 16
"""Characters from which a value under the name of a service is taken for its key, even when it counts up."""
LONGEST = 4_000
"""Bytes of a value; what is longer is data."""


def detectors() -> Iterator[Detector]:
    """The forms of assignment."""
    yield _detector("assigned-quoted", _QUOTED, _quoted, f"{_LOGIN}{_TO_QUOTED}{_IN_QUOTES}{{4}}")
    yield _detector(
        "assigned-quoted-digit",
        _QUOTED_DIGIT,
        _quoted,
        f"{_OTHER}{_TO_QUOTED}(?:{_UP_TO_DIGIT}{_IN_QUOTES}{{5}}|{_LETTERS}}})",
    )
    yield _detector("assigned-bare", _BARE, _bare, f"{_LOGIN}{_TO_BARE}{_FIRST_BARE}{_IN_BARE}{{3}}")
    yield _detector(
        "assigned-bare-digit", _BARE_DIGIT, _bare, f"{_OTHER}{_TO_BARE}(?:{_BARE_TO_DIGIT}{_IN_BARE}{{5}}|{_LETTERS}}})"
    )
    yield _detector("assigned-pair", _PAIR, _pair, _TO_PAIRED + r"[^\s\"'`<>{}]{4}")
    yield _detector("assigned-variable", _VARIABLE, _pair)
    yield _detector("assigned-spaced", _SPACED, spaced, _SPACED_BEGINNING)
    yield _detector("assigned-element", _ELEMENT, element, _ELEMENT_BEGINNING)
    names = lone_names()
    alternatives = "|".join(names)
    yield Detector(
        "named-service",
        rf"\b(?:{alternatives})(?P<rest>{_NAMED_REST})(?P<op>{_NAMED_OP})(?P<quote>[\"'`]?)"
        rf"(?P<secret>{_NAMED_SIGN}*[0-9][\w\-+/=.]{{9,}}|{_NAMED_SIGN}{{10,}}[0-9][\w\-+/=.]*|[A-Za-z]{{16,}})",
        names,
        names,
        caseless=True,
        judge=named,
        written=True,
        by_line=True,
        reach=512,
        gate=_GATE,
    )


def _detector(name: str, pattern: str, judge: _Judgement, beginning: str = "") -> Detector:
    """`beginning`: what every match begins with and what ends on the line of the value."""
    candidate = re.sub(r"\(\?P<\w+>", "(?:", beginning or pattern)
    return Detector(name, pattern, (candidate,), (), caseless=True, judge=judge, written=True, by_line=bool(beginning))


def _quoted(hit: Hit) -> Verdict | None:
    name = name_of(hit)
    op = hit.group("op")
    sense = sense_of(name)
    call = hit.group("call")
    loose = op in {",", "("} or "!" in op or op == "||" or ("(" in call and not _is_reading(call))
    return _assigned(hit, name, sense, loose=loose, quoted=True)


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
    if (op == ">" and not _closes(hit)) or hit.data[hit.end : hit.end + 1] in {b"(", b"["}:
        return None
    if value.startswith("//") or (len(name) < _SHORTEST_NAME and hit.begin and hit.data[hit.begin - 1] in _INSIDE):
        return None
    code = is_code(hit.path) and op != ">" and not hit.path.endswith((".html", ".htm"))
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
    place = (hit.start, hit.start + len(value.encode("utf-8", "replace")))
    if sense != "password" and value.isalpha() and is_made_of_words(value):
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
    if sense != "password" and (is_foreign(name, value) or is_cut_off(value)):
        return None
    service = service_of(hit.before(60) + name, value) if may_be_generated(value) and not loose else None
    if service is not None:
        sure: Confidence = "high" if is_random(value, 5.0) else "medium" if len(value) >= _FULL else "low"
        return verdict(hit, (service.id, service.title), sure, name, place, rank=2)
    found = _kind_of(name, value, sense, loose=loose)
    return verdict(hit, found[:2], found[2], name, place) if found else None


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
