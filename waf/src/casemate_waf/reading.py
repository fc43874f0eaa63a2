r"""Reads SecLang text into directives: continuation lines, comments, and arguments in quotes, each with its line.

The notation is that of ModSecurity's Reference Manual (v2.x and v3.x), "Configuration Directives", which is Apache's:
a backslash at the end joins the next line, `"` quotes an argument, and `\"` is a quote within one.
"""

from collections.abc import Iterator
from typing import NamedTuple

from casemate_waf.errors import RuleSetError
from casemate_waf.rules import Place

MAX_FILE = 8 * 1024 * 1024
"""Bytes of one rule file; the whole CRS is smaller."""


class Directive(NamedTuple):
    """One directive: its name as written, its arguments without their quotes, and where it begins."""

    name: str
    arguments: tuple[str, ...]
    place: Place


def directives(text: str, path: str) -> Iterator[Directive]:
    """Yield the directives of `text` in order.

    Raises `RuleSetError` where a quote is not closed.
    """
    for number, line in _joined(text):
        words = list(_words(line, Place(path, number)))
        if words:
            yield Directive(words[0], tuple(words[1:]), Place(path, number))


def _joined(text: str) -> Iterator[tuple[int, str]]:
    """Yield the logical lines with the number of the first line of each."""
    held: list[str] = []
    start = 0
    for number, line in enumerate(text.split("\n"), 1):
        bare = line.strip()
        if not held:
            if not bare or bare.startswith("#"):
                continue
            start = number
        elif bare.startswith("#"):
            continue  # a comment inside of a continued directive, as the CRS setup file has them
        if bare.endswith("\\"):
            held.append(bare[:-1])
            continue
        held.append(bare)
        yield start, "".join(held)
        held = []
    if held:
        yield start, "".join(held)


def _words(line: str, place: Place) -> Iterator[str]:
    position, end = 0, len(line)
    while position < end:
        if line[position].isspace():
            position += 1
        elif line[position] in "\"'":
            quote = line[position]
            stop = position + 1
            while stop < end and line[stop] != quote:
                stop += 2 if line[stop] == "\\" else 1
            if stop >= end:
                raise RuleSetError(f"a {quote} is not closed", place.path, place.line)
            yield line[position + 1 : stop].replace("\\" + quote, quote)
            position = stop + 1
        else:
            stop = position
            while stop < end and not line[stop].isspace():
                stop += 1
            yield line[position:stop]
            position = stop


def actions(text: str, place: Place) -> Iterator[tuple[str, str | None]]:
    """Yield (name, value) of an action list: separated by commas, `'` quotes a value."""
    position, end = 0, len(text)
    while position < end:
        stop, quoted = position, False
        while stop < end and (quoted or text[stop] != ","):
            if text[stop] == "\\":
                stop += 1
            elif text[stop] == "'":
                quoted = not quoted
            stop += 1
        if quoted:
            raise RuleSetError("a ' is not closed in the actions", place.path, place.line)
        entry = text[position:stop].strip()
        position = stop + 1
        if not entry:
            continue
        name, colon, value = entry.partition(":")
        yield name.strip().lower(), _unquoted(value.strip()) if colon else None


def _unquoted(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] == "'":
        value = value[1:-1]
    return value.replace("\\'", "'")


def variables(text: str, place: Place) -> Iterator[tuple[str, str | None]]:
    """Yield (name with its `!` or `&`, selector) of a variable list: separated by `|` outside of `/…/` and `'…'`."""
    position, end = 0, len(text)
    while position < end:
        stop = position
        while stop < end and text[stop] not in ":|":
            stop += 1
        name = text[position:stop].strip()
        selector = None
        if stop < end and text[stop] == ":":
            stop, selector = _selector(text, stop + 1, place)
        if not name.strip("!&"):
            raise RuleSetError("a variable has no name", place.path, place.line)
        yield name, selector
        position = stop + 1


def _selector(text: str, start: int, place: Place) -> tuple[int, str]:
    end = len(text)
    opening = text[start : start + 2]
    if text.startswith("//", start):  # XPath, as in XML://@*
        close = text.find("|", start)
        stop = end if close < 0 else close
        return stop, text[start:stop].strip()
    quoted = opening[:1] == "'"
    if opening[:1] == "/" or opening == "'/":
        stop = start + (2 if quoted else 1)
        while stop < end and text[stop] != "/":
            stop += 2 if text[stop] == "\\" else 1
        if stop >= end and not _is_path(text[start:]):
            raise RuleSetError("a / is not closed in the variables", place.path, place.line)
        if stop < end:
            stop += 1
            pattern = text[start + (1 if quoted else 0) : stop]
            if quoted and stop < end and text[stop] == "'":
                stop += 1
            if stop >= end or text[stop] == "|":
                return stop, pattern
    close = text.find("'", start + 1) + 1 if quoted else text.find("|", start)
    stop = end if close <= 0 else close
    return stop, text[start:stop].strip().strip("'")


def _is_path(selector: str) -> bool:
    """Whether it is an absolute XPath such as `/*`."""
    return selector.startswith("/*")
