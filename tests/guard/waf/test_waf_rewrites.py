"""The rewrites find what the old patterns find: Python's `re` runs those, for it has what RE2 has not."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casemate_waf.errors import RuleSetError
from casemate_waf.executor import Transaction
from casemate_waf.loading import parse
from casemate_waf.message import Request, Response
from casemate_waf.patterns import compiled
from casemate_waf.rewrites import (
    NEW_FILE_NAME,
    NEW_OPEN_TAG,
    NEWER_FILE_NAME,
    OLD_FILE_NAME,
    OLD_OPEN_TAG,
    OLD_TAUTOLOGY,
    OLDER_FILE_NAME,
    TABLE,
    accept,
)
from casemate_waf.rules import Place
from casemate_waf.tautology import tautology

HERE = Place("test", 1)
TYPE = r'(?:(?:\*|[^"(),\/:;<=>?![\x5c\]{}]+)\/(?:\*|[^"(),\/:;<=>?![\x5c\]{}]+))'
OTHER = r'(?:c(?:h[^"(),/:;<=>?![\x5c\]{}]|[^h"(),/:;<=>?![\x5c\]{}])|[^c"(),/:;<=>?![\x5c\]{}])'
PARAMETER = (
    r'(?:\s*+;\s*+(?:(?:charset\s*+=\s*+(?:"?(?:utf-8)\b"?))|(?:'
    + OTHER
    + r'[^"(),/:;<=>?![\x5c\]{}]*(?:)\s*+=\s*+[^(),/:;<=>?![\x5c\]{}]+)|;?))*'
)
ACCEPT = rf"^{TYPE}{PARAMETER}(?:\s*+,\s*+{TYPE}{PARAMETER})*$"

WORDS = [
    "a",
    "A",
    "1",
    "11",
    "=",
    "<",
    ">",
    "!",
    "^",
    " ",
    "'",
    "(",
    "like",
    " like ",
    "sounds ",
    "is not",
    "not ",
    ",",
]
RELATIONS = ["rlike", "regexp", "<=>", "<=", "<>"]


def pieces(words: list[str]) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(words), max_size=9).map("".join)


def old(pattern: str) -> Callable[[str], bool]:
    widths = re.search(r"\(\?<!([^;]*)\);", pattern)
    if widths:  # `re` wants one width in a look-behind
        behind = "".join(f"(?<!{one})" for one in widths.group(1).split("|"))
        pattern = pattern.replace(widths.group(0), f"{behind};")
    search = re.compile(pattern.replace(r"\x5c", r"\\"), re.DOTALL).search
    return lambda text: search(text) is not None


@settings(max_examples=80)
@given(pieces(["&auml", "&amp", "&", "apos", ";", "x", "ampx", "=", "\\", "'", " "]))
def test_file_names(text: str) -> None:
    for before, after in ((OLD_FILE_NAME, NEW_FILE_NAME), (OLDER_FILE_NAME, NEWER_FILE_NAME)):
        assert old(before)(text) is (compiled(after, HERE, exact=True).search(text.encode()) is None)


@settings(max_examples=100)
@given(pieces(["<?", "<", "?", "x", "xm", "xml", "m", "l", "php", "\n"]))
def test_open_tags(text: str) -> None:
    assert old(OLD_OPEN_TAG)(text) is (compiled(NEW_OPEN_TAG, HERE).search(text.encode()) is not None)


@settings(max_examples=80)
@given(pieces(["a/b", "*", "/", ";", ",", " ", "\t", "charset", "=", "utf-8", '"', "q", "c", "ch", "cx", "0.5"]))
def test_accept_headers(text: str) -> None:
    new = accept(ACCEPT)
    assert new is not None
    assert old(ACCEPT)(text) is (compiled(new, HERE, exact=True).search(text.encode()) is not None)


@settings(max_examples=200)
@given(pieces([*WORDS, *RELATIONS]))
def test_tautologies(text: str) -> None:
    assert old(OLD_TAUTOLOGY)(text) is (tautology()(text.encode()) is not None)


def test_a_tautology_is_told_with_its_word() -> None:
    hit = tautology()(b"x or 1=2 or b = 'B'")
    assert hit is not None
    assert hit.groups[1:] == (b"b",)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1 = 1", True),
        ("a like A", True),
        ("a<=>a", True),
        ("11 = 1", False),
        ("11 != 1", True),
        ("x is not like x", True),
        ("a is not a", False),
        ("a is nota", True),
        ("b,1=1", True),
        ("a=b=b", True),
    ],
)
def test_known_tautologies(text: str, *, found: bool) -> None:
    assert old(OLD_TAUTOLOGY)(text) is found
    assert (tautology()(text.encode()) is not None) is found


def test_each_rewrite_has_a_name_and_a_reason() -> None:
    assert all(one.name and one.why and one.ids for one in TABLE)


SAMPLE = r"""
SecAction "id:1,phase:1,pass,nolog,setvar:tx.unused=1"
SecRule &TX:allowed_request_content_type_charset "@eq 0" "id:2,phase:1,pass,nolog,\
    setvar:'tx.allowed_request_content_type_charset=utf-8|latin'"
SecRule DURATION "@rx (..)$" "id:901420,phase:1,pass,nolog"
SecRule TX:HIGH_RISK_COUNTRY_CODES "!@rx ^$" "id:910100,phase:2,block,chain"
    SecRule TX:REAL_IP "@geoLookup" "chain"
        SecRule GEO:COUNTRY_CODE "@within %{tx.high_risk_country_codes}" "setvar:tx.a=1"
SecRule TX:REAL_IP "@rbl dnsbl.example.org" "id:910140,phase:2,pass,nolog,chain"
    SecRule TX:httpbl_msg "@rx x" "setvar:tx.b=1"
SecRule REQUEST_HEADERS:Content-Type "@rx charset=([^;]+)" "id:920480,phase:1,pass,capture,t:none,chain"
    SecRule TX:1 "!@rx ^%{tx.allowed_request_content_type_charset}$" "t:none"
SecRule ARGS "@rx (?:^|[^\\\\])\\\\[cd]" "id:920460,phase:2,pass,t:none,ver:'OWASP_CRS/3.3.9'"
SecRule RESPONSE_BODY "@rx <\?(?!xml)" "id:953120,phase:4,pass,t:none"
"""


def test_the_rules_of_crs_3_load_and_each_use_is_told() -> None:
    rules = parse(SAMPLE)
    told = " ".join(note for _, note in rules.notes)
    for name in ("sampling-without-duration", "no-country-database", "no-remote-list", "charset-from-the-setup"):
        assert name in told
    assert {rule.id for rule in rules.rules} == {1, 2, 901420, 920480, 920460, 953120}

    def matched(charset: bytes, argument: bytes, body: bytes) -> list[int]:
        request = Request(uri=b"/?a=" + argument, headers=((b"Content-Type", b"text/plain; charset=" + charset),))
        answer = Response(headers=((b"Content-Type", b"text/html"),), body=body)
        return [match.rule.id for match in Transaction(rules, to_the_end=True).run(request, answer).matches]

    assert matched(b"utf-8", rb"\c", b"<?xml") == [920460]
    assert matched(b"utf-7", rb"\\c", b"<?php") == [920480, 953120]


@pytest.mark.parametrize(
    ("setting", "rule"),
    [("tx.high_risk_country_codes=XX", 910100), ("tx.block_spammer_ip=1", 910140)],
)
def test_a_look_up_that_the_setup_asks_for_is_refused(setting: str, rule: int) -> None:
    with pytest.raises(RuleSetError, match="look-up") as caught:
        parse(SAMPLE.replace("tx.unused=1", setting))
    assert caught.value.hint is not None
    assert rule


def test_a_rule_that_says_something_else_is_not_rewritten() -> None:
    with pytest.raises(RuleSetError, match="linear time"):
        parse('SecRule RESPONSE_BODY "@rx <\\?(?!xsl)" "id:953120,phase:4,pass"')


def test_a_charset_that_is_set_in_some_transactions_only_stays_refused() -> None:
    more = """
SecRule ARGS "@rx x" "id:3,phase:1,pass,setvar:tx.allowed_request_content_type_charset=utf-7"
"""
    with pytest.raises(RuleSetError, match="takes no macro"):
        parse(more + SAMPLE)
