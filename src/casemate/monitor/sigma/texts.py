"""Sigma's strings: wildcards, escapes, placeholders, and the modifiers that turn a text into another.

Source: Sigma Rules Specification 2.1, "String Wildcard", "Escape Character", "Placeholders"; appendix "Sigma
Modifiers" 2.1. A pattern of the IR's `like` is written exactly as Sigma writes one.
"""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from casemate.monitor.matching.plain import ANY, ONE, parse_like

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from casemate.authoring.query import Operator

Part = str | bool | None
"""Plain text, `ONE` or `ANY`."""
MAX_EXPANSION = 20_000
"""Texts that one value may stand for, through placeholders and dashes."""
MAX_DASHES = 3
"""Dashes of one value that are varied, five ways each; pySigma has the same bound."""

_SPECIAL = re.compile(r"[\\*?]")
_DASH = re.compile(r"\B[-/–—―]\b")
_DASHES = "-/–—―"
_PLACEHOLDER = re.compile(r"\\%|%([^%\\]+)%")


class TextError(ValueError):
    """A text that a modifier cannot work on; the message says why."""


@dataclass(frozen=True, slots=True)
class Text:
    """A string of a rule. `binary`: its characters stand for bytes (after `wide` and its like)."""

    parts: tuple[Part, ...]
    binary: bool = False

    @property
    def plain(self) -> str | None:
        """The text, where it has no wildcard."""
        if not self.parts:
            return ""
        only = self.parts[0]
        return only if len(self.parts) == 1 and isinstance(only, str) else None

    def before_any(self) -> Text:
        """With anything behind it (`startswith`)."""
        return self if self.parts[-1:] == (ANY,) else Text((*self.parts, ANY), self.binary)

    def after_any(self) -> Text:
        """With anything before it (`endswith`)."""
        return self if self.parts[:1] == (ANY,) else Text((ANY, *self.parts), self.binary)

    def amid_any(self) -> Text:
        """With anything around it (`contains`)."""
        return self.after_any().before_any()


def parse(written: str) -> Text:
    """A string as a rule writes it."""
    return Text(_merged(parse_like(written)))


def _merged(parts: list[Part]) -> tuple[Part, ...]:
    merged: list[Part] = []
    for part in parts:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        elif part != "":
            merged.append(part)
    return tuple(merged)


def as_like(text: Text) -> str:
    """The pattern of the IR's `like`."""
    return "".join(
        "*" if part is ANY else "?" if part is ONE else _SPECIAL.sub(r"\\\g<0>", str(part)) for part in text.parts
    )


def as_test(text: Text) -> tuple[Operator, str]:
    """The simplest operator that says the same, and its value."""
    plain = text.plain
    if plain is not None:
        return "equals", plain
    parts = text.parts
    first, last = parts[0] is ANY, parts[-1] is ANY
    inner = parts[1 if first else 0 : len(parts) - 1 if last else len(parts)]
    if len(inner) == 1 and isinstance(inner[0], str):
        if first and last:
            return "contains", inner[0]
        return ("endswith" if first else "startswith"), inner[0]
    return "like", as_like(text)


def expanded(text: Text, known: Mapping[str, tuple[str, ...]]) -> list[Text]:
    r"""Every text that the placeholders (`%name%`) give; `\%` is a plain percent sign.

    Raises `KeyError` with the name of a placeholder that is not known.
    """
    choices: list[list[tuple[Part, ...]]] = []
    for part in text.parts:
        if not isinstance(part, str):
            choices.append([(part,)])
            continue
        at = 0
        for found in _PLACEHOLDER.finditer(part):
            choices.append([(part[at : found.start()],)])
            at = found.end()
            if found[1] is None:
                choices.append([("%",)])
            else:
                choices.append([parse(value).parts for value in known[found[1]]])
        choices.append([(part[at:],)])
    return [Text(_merged([part for chosen in row for part in chosen]), text.binary) for row in _rows(choices)]


def _rows(choices: list[list[tuple[Part, ...]]]) -> Iterator[tuple[tuple[Part, ...], ...]]:
    size = 1
    for one in choices:
        size *= len(one)
        if size > MAX_EXPANSION:
            raise TextError(f"a value stands for more than {MAX_EXPANSION:,} texts")
    yield from product(*choices)


def placeholders_as_regex(pattern: str, known: Mapping[str, tuple[str, ...]]) -> str:
    """A regular expression with its placeholders replaced by what they stand for.

    Raises `KeyError` with the name of a placeholder that is not known.
    """

    def replace(found: re.Match[str]) -> str:
        if found[1] is None:
            return "%"
        return "(?:" + "|".join(_regex(parse(value)) for value in known[found[1]]) + ")"

    return _PLACEHOLDER.sub(replace, pattern)


def _regex(text: Text) -> str:
    return "".join(".*" if part is ANY else "." if part is ONE else re.escape(str(part)) for part in text.parts)


def dashed(text: Text) -> list[Text]:
    """`windash`: every dash or slash that begins a word, written in each of the five ways."""
    choices: list[list[tuple[Part, ...]]] = []
    count = 0
    for part in text.parts:
        if not isinstance(part, str):
            choices.append([(part,)])
            continue
        at = 0
        for found in _DASH.finditer(part):
            choices += [[(part[at : found.start()],)], [(dash,) for dash in _DASHES]]
            at = found.end()
            count += 1
        choices.append([(part[at:],)])
    if count > MAX_DASHES:
        raise TextError(f"windash varies at most {MAX_DASHES} dashes of a value, this one has {count}")
    return [Text(_merged([part for chosen in row for part in chosen]), text.binary) for row in _rows(choices)]


def encoded(text: Text, encoding: str, mark: bytes = b"") -> Text:
    """`wide`, `utf16le`, `utf16be`, `utf16`: the bytes of the text in that encoding, one character each."""
    parts: list[Part] = [mark.decode("latin-1")] if mark else []
    for part in text.parts:
        if isinstance(part, str):
            if text.binary:
                raise TextError("a text can be encoded in UTF-16 once")
            parts.append(part.encode(encoding, "surrogatepass").decode("latin-1"))
        else:
            parts.append(part)
    return Text(_merged(parts), binary=True)


def base64(text: Text) -> list[Text]:
    """`base64`: the text as Base64 writes it."""
    return [Text((b64encode(_data(text)).decode(),))]


def base64_offsets(text: Text) -> list[Text]:
    """`base64offset`: what of the text's Base64 does not depend on its neighbours, for each of the three positions."""
    data = _data(text)
    found = []
    for offset in range(3):
        code = b64encode(bytes(offset) + data).decode()
        start = (0, 2, 3)[offset]  # characters that share bits with what stands before
        end = (0, 3, 2)[(len(data) + offset) % 3]  # and with what stands behind, padding included
        found.append(Text(_merged([code[start : len(code) - end]])))
    return found


def _data(text: Text) -> bytes:
    plain = text.plain
    if plain is None:
        raise TextError("a text with wildcards cannot be encoded in Base64")
    return plain.encode("latin-1") if text.binary else plain.encode("utf-8", "surrogatepass")
