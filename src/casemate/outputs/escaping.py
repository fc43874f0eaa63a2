"""Text of scanned files is hostile.

It may hold terminal escapes, line breaks, and characters that turn the writing direction.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from casemate.model.pattern import late

_HOSTILE = late(
    "[\x00-\x1f\x7f-\x9f"  # C0, DEL and C1: what a terminal obeys (ECMA-48)
    "\u061c\u200b\u200e\u200f\u202a-\u202e\u2028\u2029\u2060-\u2069\ufeff"  # bidi controls (UAX 9), invisible, breaking
    "\ud800-\udfff\ufffe\uffff"  # lone surrogates cannot be encoded, non-characters not be shown
    "\U000e0000-\U000e007f]"  # tag characters: invisible, used to smuggle text
)
_NOT_XML = late("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _spell(match: re.Match[str]) -> str:
    return spell(match[0])


def spell(character: str) -> str:
    r"""A character by its number, as Python writes it: `\x1b`, `\u202e`."""
    number = ord(character)
    if number <= 0xFF:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"


def printable(text: str, *, keep: str = "") -> str:
    """`text` with every control, bidi, invisible and unpaired character spelt out, except those of `keep`."""
    if not keep:
        return _HOSTILE.sub(_spell, text)
    return _HOSTILE.sub(lambda match: match[0] if match[0] in keep else spell(match[0]), text)


def one_line(text: str) -> str:
    """The same, with runs of white space as one space: for messages, labels and names."""
    return printable(" ".join(text.split()))


def xml_text(text: str) -> str:
    """`text` with the characters that XML 1.0 cannot carry (section 2.2) spelt out."""
    return _NOT_XML.sub(_spell, printable(text, keep="\t\n\r"))


_COMMAND = late(r"^([^\S\n]*):(?=:)|#(?=#(?:\[|vso\[))", re.MULTILINE)
_INERT = {"plain": (r"\x3a", r"\x23"), "json": (r"\u003a", r"\u0023"), "markup": ("&#58;", "&#35;")}


def inert(text: str, kind: Literal["plain", "json", "markup"]) -> str:
    """`text` without what a CI runner takes for a command when it sees it in a log.

    GitHub's runner obeys a line that begins with `::` and `##[…]` anywhere in a line, Azure Pipelines `##vso[…]`.
    `kind` says how the format spells a character otherwise.
    """
    colon, sharp = _INERT[kind]
    return _COMMAND.sub(lambda match: sharp if match[0] == "#" else f"{match[1]}{colon}", text)


def clip(text: str, length: int) -> str:
    """At most `length` characters, the last one an ellipsis when something was cut."""
    return text if len(text) <= length else text[: max(length - 1, 0)] + "…"


def cells(character: str) -> int:
    """How many columns of a terminal a printable character takes (UAX 11): wide ones two, combining ones none."""
    if character < "\u0300":
        return 1
    if unicodedata.combining(character) or character in "\u200c\u200d\ufe0e\ufe0f":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def text_cells(text: str) -> int:
    """Columns of a whole printable text."""
    return len(text) if text.isascii() else sum(map(cells, text))
