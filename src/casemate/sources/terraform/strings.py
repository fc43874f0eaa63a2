"""Terraform's functions of strings."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

from casemate.model.value import (
    Fields,
    Items,
    Literal,
    Text,
    Unknown,
    Value,
    display,
)
from casemate.sources.terraform.arguments import (
    integer_of,
    items_of,
    number_of,
    text_of,
)
from casemate.sources.terraform.patterns import substituted
from casemate.sources.terraform.text import MAX_TEXT, concatenate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from casemate.model.location import Span

    Function = Callable[[Sequence[Value], Span], Value]


_VERB = re.compile(r"%(%|[-+ #0]*\d{0,3}(?:\.\d{1,3})?[sdqvtfxX])")


def of_text(change: Callable[[str], str]) -> Function:
    """A function that changes every character by itself, so that it can be applied to the known parts of a string."""

    def function(arguments: Sequence[Value], at: Span) -> Value:
        value = arguments[0]
        if isinstance(value, Text):
            return Text(
                [
                    Literal(change(display(part)), part.at) if isinstance(part, Literal) else part
                    for part in value.parts
                ],
                at,
            )
        return Literal(change(text_of(value)), at)

    return function


def of_known(change: Callable[..., str | float | bool]) -> Function:
    """A function of fully known texts."""
    return lambda arguments, at: Literal(change(*(text_of(argument) for argument in arguments)), at)


def of_numbers(change: Callable[..., float]) -> Function:
    """A function of known numbers."""
    return lambda arguments, at: Literal(change(*(number_of(argument) for argument in arguments)), at)


def join(arguments: Sequence[Value], at: Span) -> Value:
    """`join(separator, list…)`."""
    separator = Literal(text_of(arguments[0]), at)
    parts: list[Value] = []
    for item in chain.from_iterable(items_of(argument) for argument in arguments[1:]):
        if parts:
            parts.append(separator)
        parts.append(item)
    return concatenate(parts, at)


def split(arguments: Sequence[Value], at: Span) -> Value:
    """`split(separator, text)`, also of a text that is known in part."""
    separator, source = text_of(arguments[0]), arguments[1]
    pieces: list[list[Value]] = [[]]
    if not isinstance(source, Text):
        text_of(source)
    for part in source.parts if isinstance(source, Text) else (source,):
        if not isinstance(part, Literal) or not separator:
            pieces[-1].append(part)
            continue
        first, *rest = display(part).split(separator)
        pieces[-1].append(Literal(first, at))
        pieces.extend([Literal(piece, at)] for piece in rest)
    return Items([concatenate(piece, at) for piece in pieces], at)


def replace_in(text: str, old: str, new: str) -> str:
    """`replace` on a known text. What stands between slashes is a regular expression."""
    if len(old) > 2 and old.startswith("/") and old.endswith("/"):
        return substituted(text, old[1:-1], new, MAX_TEXT)
    found = text.replace(old, new)
    if len(found) > MAX_TEXT:
        raise ValueError
    return found


def replaced(arguments: Sequence[Value], at: Span) -> Value:
    """`replace(text, old, new)`."""
    text, old, new = arguments
    if isinstance(text, Text) and len(text_of(old)) == 1:  # one character never spans two parts
        parts = [
            Literal(replace_in(display(part), text_of(old), text_of(new)), at) if isinstance(part, Literal) else part
            for part in text.parts
        ]
        return concatenate(parts, at)
    return Literal(replace_in(text_of(text), text_of(old), text_of(new)), at)


def formatted_text(arguments: Sequence[Value], at: Span) -> Value:
    """`format(template, value…)`."""
    template, *rest = arguments
    pattern = text_of(template)
    parts: list[Value] = []
    last = used = 0
    for match in _VERB.finditer(pattern):
        parts.append(Literal(pattern[last : match.start()], at))
        last = match.end()
        verb = match[1]
        if verb == "%":
            parts.append(Literal("%", at))
            continue
        value = rest[used]
        used += 1
        parts.append(formatted(verb, value, at))
    parts.append(Literal(pattern[last:], at))
    return concatenate(parts, at)


def formatted(verb: str, value: Value, at: Span) -> Value:
    """One verb of `format`."""
    kind, flags = verb[-1], verb[:-1]
    if not flags and kind in "svd":
        return value if not isinstance(value, Fields | Items) else Unknown("format() of a collection", at, "function")
    if kind == "q":
        return concatenate([Literal('"', at), value, Literal('"', at)], at)
    if not isinstance(value, Literal):
        return value
    if kind in "dxX":
        return Literal(f"%{flags}{kind}" % integer_of(value), at)
    if kind == "f":
        return Literal(f"%{flags}f" % number_of(value), at)
    return Literal(f"%{flags}s" % display(value), at)


def formatted_list(arguments: Sequence[Value], at: Span) -> Value:
    """`formatlist(template, list…)`."""
    lists = [argument for argument in arguments[1:] if isinstance(argument, Items)]
    length = len(lists[0].items) if lists else 1
    rows = []
    for index in range(length):
        row = [argument.items[index] if isinstance(argument, Items) else argument for argument in arguments[1:]]
        rows.append(formatted_text([arguments[0], *row], at))
    return Items(rows, at)


def substring(arguments: Sequence[Value], at: Span) -> Value:
    """`substr(text, start, length)`."""
    text, start, length = text_of(arguments[0]), integer_of(arguments[1]), integer_of(arguments[2])
    begin = max(len(text) + start, 0) if start < 0 else start
    return Literal(text[begin:] if length < 0 else text[begin : begin + length], at)


def title(text: str) -> str:
    """`title`, of a known text."""
    return re.sub(r"\b[a-z]", lambda match: match[0].upper(), text)


def indent(arguments: Sequence[Value], at: Span) -> Value:
    """`indent(spaces, text)`."""
    return Literal(text_of(arguments[1]).replace("\n", "\n" + " " * min(integer_of(arguments[0]), 200)), at)
