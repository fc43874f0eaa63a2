"""Joined values become what each becomes: the ways of many chains at once, base64, and the decoders behind them."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from casemate_waf.chains import Chain, is_cased, planned, uncased, walk
from casemate_waf.decoding import base64_decode
from casemate_waf.expressions import SEPARATOR, openings, parsed, rendered
from casemate_waf.finders import Re2Finder, misses
from casemate_waf.hidden import Hidden
from casemate_waf.odd import Odd
from casemate_waf.probes import hyperscan_finder
from casemate_waf.texts import Texts
from casemate_waf.transformations import TRANSFORMATIONS

PIECES = [
    *(b"%41", b"%2e", b"+", b"\\x41", b"\\", b"\\\\", b"\\n", b"\\101", b"\\u0041", b"&lt;", b"&#65;", b"/*", b"*/", b"--"),
    *(b"//", b"/./", b"/../", b"..", b".", b"./", b"0x41", b" ", b"  ", b"\t", b",", b"'", b"^", b" /", b" (", b"\0"),
    *(b"a", b"Z", b"\xc3\xa9", b"\xff", b"QUJD", b"JTQx", b"XHg0MQ==", b"%01", b"&#1;", b"\\x01", b"AQ=="),
]  # fmt: skip
values = st.lists(st.lists(st.sampled_from(PIECES), max_size=5).map(b"".join), min_size=1, max_size=4, unique=True)
STEPS = sorted(set(TRANSFORMATIONS) - {"md5", "sha1", "length", "hexencode", "base64encode"})
chains = st.lists(st.sampled_from(STEPS), min_size=1, max_size=4).map(tuple)


def after(chain: Chain, value: bytes) -> bytes:
    for name in chain:
        value = TRANSFORMATIONS[name](value)
    return value


@settings(max_examples=400, deadline=None)
@given(values=values, ways=st.lists(chains, min_size=1, max_size=3))
def test_ways_of_joined_values(values: list[bytes], ways: list[Chain]) -> None:
    plan = planned([ways], joint=True)
    made = walk(plan.steps, SEPARATOR.join((b"", *values, b"")), len(values) + 1)
    single = planned([ways])
    for value in values:
        alone = walk(single.steps, value)
        assert alone is not None
        assert [alone[place] for place in single.places[0]] == [after(way, value) for way in ways]
    if made is not None:
        for way, place in zip(ways, plan.places[0], strict=True):
            assert made[place] == SEPARATOR.join((b"", *(after(way, value) for value in values), b""))


@settings(max_examples=300, deadline=None)
@given(values=values, ways=st.lists(chains, min_size=1, max_size=3))
@example(values=[b"\\x01"], ways=[("uppercase", "jsdecode")])
def test_nothing_that_a_chain_makes_of_a_value_with_a_sign_is_missing(values: list[bytes], ways: list[Chain]) -> None:
    """But for case, and for what the plain way of all values has already."""
    from casemate_waf.chains import OWN_SIGNS, after_decoders, base64_at, plain

    cut = [way for way in ways if base64_at(plain(way)) is None]
    signs = tuple(sorted({sign for way in cut for name in way for sign in OWN_SIGNS.get(name, ())}))
    parts: list[list[bytes]] = [[], []]
    Odd([cut], [], None, signs, slow=False).add(Texts(values), parts, set())
    seen = {piece.lower() for text in parts[0] for piece in (text, *text.split(SEPARATOR))}
    for way in cut:
        begun = way[: len(way) - len(after_decoders(way))]
        for value in values:
            if not value.isascii() or after(begun, value).lower() != value.lower():
                made = after(way, value).lower()
                assert made in seen or made == after(plain(way), value).lower() or SEPARATOR in made


@pytest.mark.parametrize("rest", [(), ("urldecodeuni",), ("urldecodeuni", "jsdecode"), ("removewhitespace",)])
@settings(max_examples=100, deadline=None)
@given(values=values)
def test_what_stands_in_base64_is_among_the_texts(rest: Chain, values: list[bytes]) -> None:
    found = b"\x01".join(Hidden([rest], 2).texts([SEPARATOR.join((b"", *values, b""))]))
    for value in values:
        hidden = base64_decode(value)
        if len(hidden) >= 2:
            assert after(rest, hidden) in found or b"\\" in hidden


@settings(max_examples=200, deadline=None)
@given(value=st.lists(st.sampled_from(PIECES), max_size=6).map(b"".join), way=chains)
def test_case_alone_is_left_out(value: bytes, way: Chain) -> None:
    assert after(uncased(way), value).lower() == after(way, value).lower()
    assert is_cased(way) or uncased(way) == way


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?i)(?:\x01|;|\||&|busybox|command|watch|nohup|time)ls",
        r"(?:a|b)c",
        r"(?:a|b|c|d|e|f|g|h)?x",
        "plain",
        r"\x01a",
    ],
)
def test_the_parts_of_a_pattern_find_what_it_finds(pattern: str) -> None:
    parts = openings(pattern)
    assert all(rendered(parsed(part)) == part for part in parts)
    for build in [Re2Finder] if misses() else [Re2Finder, hyperscan_finder]:
        for text in (
            b"\x01ls\x01",
            b"\x01a;ls\x01",
            b"\x01timels",
            b"ac",
            b"x",
            b"\x01ax",
            b"plain",
            b"none",
            b"watchLS",
        ):
            whole: set[int] = set()
            split: set[int] = set()
            build([(1, pattern)]).scan(text, whole)
            build([(1, part) for part in parts]).scan(text, split)
            assert whole == split
