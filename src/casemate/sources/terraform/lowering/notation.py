"""The notation of the translation tables, and its parser.

One text says how the arguments of a Terraform resource become the properties of a native one. It is a list of terms,
separated by blanks:

- `memory_size`: kept under the native spelling of its own name, `MemorySize` (AWS) or `memorySize` (Azure);
- `name=RoleName`: goes under this name; `s3_key=Code.S3Key`: into a section, which is made where it is missing;
- `quota.limit=Quota.Limit`: is read from inside a nested block (or map);
- `tags=Tags:tags`: passes through a converter, a function of `converting`;
- `cors=Cors{ max_age … }`: a block that occurs once becomes a map;
- `rule=Rules[ priority … ]`: a block that may occur often becomes a list of maps.

One argument may stand in several terms. Where two arguments are given for one property, the first term wins, save that
maps are merged and lists joined.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from casemate.sources.terraform.lowering.converting import CONVERTERS, Convert

Many = Literal["one", "list"]
_TOKEN = re.compile(r"[\]}]|[^\s\[\]{}]+[\[{]?")


@dataclass(frozen=True, slots=True)
class Term:
    """One line of a shape: where it is read, where it goes, and what happens on the way.

    `inner`: the shape of a nested block.
    """

    source: tuple[str, ...]
    target: tuple[str, ...]
    convert: Convert | None = None
    inner: tuple[Term, ...] | None = None
    many: Many = "one"


Shape = tuple[Term, ...]
Spelling = Callable[[str], str]


class BadNotation(ValueError):  # noqa: N818 - says what is bad, as the other errors of this project do
    """A table of this package is written wrongly: a defect of Casemate, found by its tests."""


def pascal(name: str) -> str:
    """`memory_size` -> `MemorySize`, as CloudFormation mostly spells it."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def camel(name: str) -> str:
    """`https_only` -> `httpsOnly`, as ARM mostly spells it."""
    word = pascal(name)
    return word[:1].lower() + word[1:]


@lru_cache(maxsize=1024)
def shape(text: str, spelling: Spelling = pascal) -> Shape:
    """The terms of one text. Raises `BadNotation`."""
    tokens = _TOKEN.findall(text)
    terms, rest = _terms(tokens, 0, spelling, "")
    if rest != len(tokens):
        raise BadNotation(f"unexpected {tokens[rest]!r}")
    return terms


def _terms(tokens: list[str], start: int, spelling: Spelling, close: str) -> tuple[Shape, int]:
    terms: list[Term] = []
    position = start
    while position < len(tokens):
        token = tokens[position]
        position += 1
        if token in {"}", "]"}:
            if token != close:
                raise BadNotation(f"unexpected {token!r}")
            return tuple(terms), position
        opened = token[-1] if token[-1] in "{[" else ""
        term = _term(token.removesuffix(opened) if opened else token, spelling)
        if opened:
            inner, position = _terms(tokens, position, spelling, "}" if opened == "{" else "]")
            term = Term(term.source, term.target, term.convert, inner, "one" if opened == "{" else "list")
        terms.append(term)
    if close:
        raise BadNotation(f"missing {close!r}")
    return tuple(terms), position


def _term(token: str, spelling: Spelling) -> Term:
    head, _, name = token.partition(":")
    source, given, target = head.partition("=")
    if name and name not in CONVERTERS:
        raise BadNotation(f"no converter {name!r}")
    path = tuple(source.split("."))
    return Term(path, tuple(target.split(".")) if given else (spelling(path[-1]),), CONVERTERS[name] if name else None)
