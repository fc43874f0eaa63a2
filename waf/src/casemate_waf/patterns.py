"""Regular expressions for hostile text: RE2 only, on bytes, with ModSecurity's PCRE flags.

ModSecurity 2 compiles `@rx` with PCRE_DOTALL and PCRE_DOLLAR_ENDONLY (apache2/re_operators.c, `msre_op_rx_param_init`):
`.` takes a line feed, and `$` is the very end. RE2 means the same by `dot_nl` without `multi_line`.

What PCRE has and RE2 lacks is either rewritten to the same language, by name, in `rewritten`, or refused.
"""

import re
from typing import TYPE_CHECKING

from casemate_waf.errors import RuleSetError
from casemate_waf.rules import Hit, Matcher, Place

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import re2

MAX_MEMORY = 64 * 1024 * 1024
"""Bytes RE2 may use for one pattern: its DFA then stays out of the slow fall-back on the large patterns of the CRS."""

# A possessive quantifier or an atomic group only forbids giving back. The language stays the same where what follows
# cannot begin with what was taken; where it can, the rewritten pattern finds more, never less.
_ATOMIC = re.compile(r"(?<!\\)((?:\\\\)*)\(\?>")
_PCRE_END = re.compile(r"(?<!\\)((?:\\\\)*)\\Z")
_PCRE_HORIZONTAL = re.compile(r"(?<!\\)((?:\\\\)*)\\h")


def rewritten(pattern: str) -> str:
    r"""The pattern in RE2's notation: possessive and atomic forms to plain ones, `\Z` to `\z`, `\h` to a class.

    A rewritten pattern matches whatever the original does, and may match more where giving back finds another way.
    """
    pattern = _ATOMIC.sub(r"\1(?:", pattern)
    pattern = _PCRE_END.sub(r"\1\\z", pattern)
    pattern = _PCRE_HORIZONTAL.sub(r"\1[\\t ]", pattern)
    return _unpossessed(pattern)


def _unpossessed(pattern: str) -> str:
    """Drop the `+` after a quantifier, outside of character classes."""
    out: list[str] = []
    position, inside, quantified = 0, False, False
    while position < len(pattern):
        character = pattern[position]
        if character == "\\":
            out.append(pattern[position : position + 2])
            position += 2
            quantified = False
            continue
        if inside:
            inside = character != "]"
        elif character == "[":
            inside = True
            # a ] right after the opening is a member
            opening = 2 if pattern.startswith("[^]", position) else 1 if pattern.startswith("[]", position) else 0
            out.append(pattern[position : position + opening])
            position += opening
            character = pattern[position]
        elif character == "+" and quantified:
            position += 1
            quantified = False
            continue
        quantified = not inside and character in "*+?}"
        out.append(character)
        position += 1
    return "".join(out)


def compiled(pattern: str, place: Place, *, ignore_case: bool = False, exact: bool = False) -> Matcher:
    """Compile `pattern` for bytes. `exact` takes no rewrite that might find more: a negated operator would miss.

    Raises `RuleSetError` when RE2 is not installed, or cannot express the pattern (look-around, back-reference).
    """
    try:
        import re2
    except ImportError:
        raise RuleSetError(
            "this rule set has regular expressions, and google-re2 is not installed",
            place.path,
            place.line,
            "install casemate-guard[fast]: hostile text never meets a backtracking engine",
        ) from None
    source = pattern.encode("utf-8", "surrogateescape")
    for attempt in (source,) if exact else (source, rewritten(pattern).encode("utf-8", "surrogateescape")):
        try:
            return _matcher(re2.compile(attempt, _options(ignore_case=ignore_case)), attempt)
        except re2.error:
            continue
    raise RuleSetError(
        f"the pattern {pattern[:80]!r} needs what RE2 cannot do in linear time",
        place.path,
        place.line,
        "look-around and back-references have to be written another way",
    )


_HELD = re.compile(r"\^?([A-Za-z0-9_-]+)([*?{]?)")


def held(pattern: str) -> bytes:
    """Lower-case letters that stand in whatever the pattern finds without case: those that it begins with, or none."""
    found = _HELD.match(pattern)
    if found is None or "|" in pattern:
        return b""
    letters = found.group(1)[:-1] if found.group(2) else found.group(1)
    return letters.lower().encode()


def _options(*, ignore_case: bool) -> "re2.Options":
    import re2

    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.log_errors = False
    options.dot_nl = True
    options.case_sensitive = not ignore_case
    options.max_mem = MAX_MEMORY
    return options


def _matcher(pattern: "re2._Regexp[bytes]", source: bytes) -> Matcher:
    raw = getattr(pattern, "_regexp", None)
    if raw is not None and hasattr(raw, "Match"):
        return Matcher(source, _direct(raw.Match))
    find = pattern.search

    def search(value: bytes) -> Hit | None:
        found = find(value)
        if found is None:
            return None
        return Hit(tuple(group or b"" for group in (found.group(0), *found.groups()[:9])))

    return Matcher(source, search)


def _direct(match: "Callable[[object, bytes, int, int], Sequence[tuple[int, int]]]") -> "Callable[[bytes], Hit | None]":
    """The search of a pattern without the objects that google-re2 makes around each: they cost more than the search."""
    import re2

    anywhere = re2._re2.RE2.Anchor.UNANCHORED  # noqa: SLF001 - where it is not there, `_matcher` goes the public way

    def search(value: bytes) -> Hit | None:
        spans = match(anywhere, value, 0, len(value))
        if spans[0][0] < 0:
            return None
        return Hit(tuple([value[start:end] if start >= 0 else b"" for start, end in spans[:10]]))

    return search


def phrases(words: list[bytes], place: Place) -> Matcher:
    """One matcher for many literal words, without case: `@pm`. Raises as `compiled` does, and for no words."""
    if not words:
        raise RuleSetError("the word list is empty", *place)
    return compiled(
        "|".join(re.escape(word.decode("utf-8", "surrogateescape")) for word in words), place, ignore_case=True
    )
