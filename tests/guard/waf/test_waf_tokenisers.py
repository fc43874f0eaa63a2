"""The tokenisers of SQL and markup: as a plain loop reads, and what is read only once."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.guard.waf.sql_reference import tokens as plain_tokens

from casemate_guard.waf import sqli, sqltokens, xss
from casemate_waf.patterns import compiled
from casemate_waf.rules import Place

SQL = (
    "' ` or and OR 1 = 1=1 -- # /* */ /*! /*!50000 ( ) , ; . union UNION all select * from sleep( benchmark ( \\ \\\\ ''"
    ' "" " : := :: [ ] [a b] `a` `a @ @@ @@version @a.b @`x` 0x1f 0xg 1e5 1e5x 12ab 1. .5 .5a 1.5e 5e+ 5e+3 $ a$ { } ||'
    " && | & ! like in null insert into delete waitfor delay order by limit case when iif( char( dbms_pipe x ab"
)
words = st.lists(
    st.sampled_from((*SQL.split(" "), " ", "  ", "\t", "\n", "\x00", "\xa0", "\x01", "é", "\xff")), max_size=14
).map(lambda parts: "".join(parts).encode("latin-1"))
values = words | st.binary(max_size=12)
MARKUP = (
    "< > <a <script <img <! <!-- --> <!doctype <? <% </ / ' \" ` = src href onload onx= style onerror=alert(1) x xmlns "
    "javascript: &#106; <svg <x:script [if import entity` <@ <[ <1 =="
)
markup = st.lists(st.sampled_from((*MARKUP.split(" "), " ", "\t", "\x00")), max_size=14).map(
    lambda parts: "".join(parts).encode()
)


@settings(max_examples=400, deadline=None)
@given(value=values, quote=st.sampled_from((b"", b"'", b'"')))
def test_all_tokens_at_once_are_those_of_a_plain_loop(value: bytes, quote: bytes) -> None:
    found = sqltokens.tokens(value.lower(), quote)
    assert [(kind, found.text(at)) for at, kind in enumerate(found.kinds)] == plain_tokens(value, quote)


@pytest.mark.parametrize("quote", [b"", b"'"])
def test_the_first_tokens_of_a_long_value_are_the_same(quote: bytes) -> None:
    value = b"a'" + b"select x1, 'it''s' /* c */ + " * 2000 + b"'"
    found = sqltokens.tokens(value, quote)
    assert [(kind, found.text(at)) for at, kind in enumerate(found.kinds)] == plain_tokens(value, quote)
    begun = sqltokens.tokens(value, quote, 8)
    assert begun.kinds == found.kinds[:8]


@pytest.mark.parametrize("piece", [b" ", b"[", b"'", b"/*", b"1", b"1a", b"\\'", b"(", b"@", b"or ", b"*", b"''", b"`"])
def test_a_long_value_of_one_piece_is_read_in_a_moment(piece: bytes) -> None:
    assert len(sqltokens.tokens(piece * (200_000 // len(piece))).kinds) <= sqltokens.MAX_TOKENS


@settings(max_examples=400, deadline=None)
@given(value=words)
def test_where_nothing_turns_only_a_closed_string_is_an_attack(value: bytes) -> None:
    turns = compiled(sqli.turning().decode("latin-1"), Place("", 1)).search(value) is not None
    assert sqli.is_sqli(value, turns=turns) == sqli.is_sqli(value)


@settings(max_examples=400, deadline=None)
@given(value=markup, most=st.sampled_from((2, 2000)))
def test_markup_that_beginnings_share_is_read_once(value: bytes, most: int) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(xss, "MAX_TOKENS", most)
        alone = [xss._hostile(value, one, {}) for one in (b"", b" ", b"'", b'"', b"`")]  # noqa: SLF001 - each by itself
        assert xss.is_xss(value) == (any(alone) and (b"<" in value or b"=" in value))
