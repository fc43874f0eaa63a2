"""What the text of the code says about values it expects: constants, prefixes, separators, names of fields.

Guesses for where to go on when an event alone does not reach a sink; nothing is concluded from them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

MAX_TEXT = 200_000
MAX_FOUND = 24
_TEXT = r"""(?:'([^'\\\n]{1,60})'|"([^"\\\n]{1,60})")"""
_EQUAL = re.compile(r"""(\w{1,40})['"]?[\])]{0,2} {0,2}[=!]==? {0,2}""" + _TEXT)
_REVERSED = re.compile(_TEXT + r""" {0,2}[=!]==? {0,2}[\w.]{0,40}?(\w{1,40})\b""")
_PAIR = re.compile(r"""['"](\w{1,40})['"] {0,2}: {0,2}""" + _TEXT)
_PREFIX = re.compile(r"\.startswith\( {0,2}" + _TEXT, re.IGNORECASE)
_SUFFIX = re.compile(r"\.endswith\( {0,2}" + _TEXT, re.IGNORECASE)
_SEPARATOR = re.compile(r"\.r?(?:split|partition)\( {0,2}" + _TEXT)
_CASE = re.compile(r"case \[ {0,2}" + _TEXT)
_MEMBERS = re.compile(
    r"""\bin {0,2}[\[({]([^\])}]{1,300})[\])}]|\[([^\]]{1,300})\](?:\.includes|\)\.has|\)?;? *$)""", re.MULTILINE
)
_NAME = re.compile(
    r"(?:args|form|values|query\w{0,20}|GET|POST|headers|cookies|files|params|body|json)\b[^'\"\n]{0,24}"
    r"['\"]([\w-]{1,40})['\"]"
)


@dataclass(frozen=True, slots=True)
class Hints:
    """`values`: field -> constants; the others as texts, each once and in order."""

    values: dict[str, tuple[str, ...]]
    prefixes: tuple[str, ...]
    suffixes: tuple[str, ...]
    separators: tuple[str, ...]
    names: tuple[str, ...]
    members: tuple[str, ...]


def hints_of(sources: Iterable[bytes]) -> Hints:
    """The hints in these files."""
    text = "\n".join(source[:MAX_TEXT].decode("utf-8", "replace") for source in sources)
    values: dict[str, dict[str, None]] = {}
    for pattern in (_EQUAL, _PAIR):
        for field, one, other in pattern.findall(text):
            values.setdefault(field, {})[one or other] = None
    for one, other, field in _REVERSED.findall(text):
        values.setdefault(field, {})[one or other] = None
    separators = _texts(_SEPARATOR, text)
    prefixes = (*_texts(_PREFIX, text), *(first + mark for first in _texts(_CASE, text) for mark in separators))
    return Hints(
        {field: tuple(found)[:MAX_FOUND] for field, found in values.items()},
        prefixes, _texts(_SUFFIX, text), separators, tuple(dict.fromkeys(_NAME.findall(text)))[:MAX_FOUND],
        tuple(dict.fromkeys(_members(text)))[:MAX_FOUND],
    )  # fmt: skip


def _texts(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one or other for one, other in pattern.findall(text)))[:MAX_FOUND]


def _members(text: str) -> list[str]:
    """The constants of lists in which something is looked for."""
    lists = (one or other for one, other in _MEMBERS.findall(text))
    return [one or other for inner in lists for one, other in re.findall(_TEXT, inner)]


def merged(found: Sequence[Hints]) -> Hints:
    """The hints of several functions, those of the last first: it is its sink that has to be reached."""
    values: dict[str, dict[str, None]] = {}
    for one in reversed(found):
        for name, texts in one.values.items():
            values.setdefault(name, {}).update(dict.fromkeys(texts))

    def every(of: Callable[[Hints], tuple[str, ...]]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(text for one in reversed(found) for text in of(one)))[:MAX_FOUND]

    return Hints(
        {name: tuple(texts)[:MAX_FOUND] for name, texts in values.items()}, every(lambda one: one.prefixes),
        every(lambda one: one.suffixes), every(lambda one: one.separators), every(lambda one: one.names),
        every(lambda one: one.members),
    )  # fmt: skip
