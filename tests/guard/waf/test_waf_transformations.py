import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casemate_waf.transformations import TRANSFORMATIONS


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("urldecodeuni", b"a%20b+c%zz%u0041%uff1c%u2019%", b"a b c%zzA<'%"),
        ("urldecode", b"%41+%u0041", b"A %u0041"),
        ("urlencode", b"a b/", b"a+b%2f"),
        ("htmlentitydecode", b"&lt;&#x41;&#66;&#x000043&amp;&bogus;&QUOT;", b'<ABC&&bogus;"'),
        ("jsdecode", rb"\u0041\x42\103\n\q\uff1c", b"ABC\nq<"),
        ("cssdecode", b"\\41\\000042 c\\\nd\\z\\", b"ABcdz"),
        ("escapeseqdecode", rb"\x41\102\n\q", b"AB\n\\q"),
        ("base64decode", b"QUJD!xx", b"ABC"),
        ("base64decodeext", b"QU-JD", b"ABC"),
        ("base64encode", b"ABC", b"QUJD"),
        ("hexencode", b"AB", b"4142"),
        ("hexdecode", b"4142", b"AB"),
        ("hexdecode", b"4", b"4"),
        ("sqlhexdecode", b"x=0x414243", b"x=ABC"),
        ("utf8tounicode", "a’\x80".encode() + b"\xff", b"a%u2019%u0080\xff"),
        ("length", b"abcd", b"4"),
        ("lowercase", b"aBC\xc4", b"abc\xc4"),
        ("uppercase", b"abc", b"ABC"),
        ("removenulls", b"a\0b", b"ab"),
        ("replacenulls", b"a\0b", b"a b"),
        ("compresswhitespace", b"a \t\n b\xa0c", b"a b c"),
        ("removewhitespace", b"a \t b\xa0c", b"abc"),
        ("replacecomments", b"a/*x*/b/*open", b"a b "),
        ("removecomments", b"a/*x*/b--rest", b"ab"),
        ("removecommentschar", b"a/*b*/--#c", b"abc"),
        ("cmdline", b"C^a\"T  /etc/'passwd',;x", b"cat/etc/passwd x"),
        ("normalizepath", b"/a//./b/../c/", b"/a/c/"),
        ("normalizepath", b"a/../../b", b"../b"),
        ("normalizepath", b"/../../etc", b"/etc"),
        ("normalizepathwin", b"a\\b\\..\\c", b"a/c"),
        ("trim", b" a ", b"a"),
        ("trimleft", b" a ", b"a "),
        ("trimright", b" a ", b" a"),
    ],
)
def test_transformations(name: str, value: bytes, wanted: bytes) -> None:
    assert TRANSFORMATIONS[name](value) == wanted


def test_digests() -> None:
    assert TRANSFORMATIONS["sha1"](b"abc").hex() == "a9993e364706816aba3e25717850c26c9cd0d89d"
    assert TRANSFORMATIONS["md5"](b"abc").hex() == "900150983cd24fb0d6963f7d28e17f72"


@given(st.binary(max_size=300), st.sampled_from(sorted(TRANSFORMATIONS)))
def test_no_transformation_ever_raises(value: bytes, name: str) -> None:
    assert isinstance(TRANSFORMATIONS[name](value), bytes)


@given(st.lists(st.sampled_from([b"\\", b"&#", b"%u", b"00", b"x", b"/*", b"*/", b"..", b"/", b"\xff"]), max_size=60))
def test_no_transformation_raises_on_broken_sequences(pieces: list[bytes]) -> None:
    for change in TRANSFORMATIONS.values():
        change(b"".join(pieces))


@given(st.lists(st.sampled_from((b"%", b"%4", b"%41", b"%u", b"%U0041", b"%u00", b"+", b"a", b"0", b"%%", b"%c3"))))
def test_percent_encoding_is_undone_once_from_left_to_right(parts: list[bytes]) -> None:
    value = b"".join(parts)
    wide, plain, position = b"", b"", 0
    while position < len(value):
        rest = value[position:]
        found = re.match(rb"%([0-9A-Fa-f]{2})", rest)
        plain += bytes((int(found[1], 16),)) if found else rest[:1].replace(b"+", b" ")
        position += 3 if found else 1
    position = 0
    while position < len(value):
        rest = value[position:]
        found = re.match(rb"%[uU]([0-9A-Fa-f]{4})|%([0-9A-Fa-f]{2})", rest)
        wide += bytes((int(found[1] or found[2], 16) & 0xFF,)) if found else rest[:1].replace(b"+", b" ")
        position += found.end() if found else 1
    assert TRANSFORMATIONS["urldecode"](value) == plain
    assert TRANSFORMATIONS["urldecodeuni"](value) == wide
