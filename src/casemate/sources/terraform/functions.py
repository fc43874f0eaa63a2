"""The pure functions of Terraform's language, on values that may be known in part. Everything else is Unknown.

Source: Terraform documentation, "Built-in Functions".
"""

from __future__ import annotations

import base64
import binascii
import math
import re
from itertools import product
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

from casemate.model.value import (
    Cases,
    Items,
    Literal,
    Unknown,
    Value,
)
from casemate.sources.terraform import collections, networks, patterns, strings
from casemate.sources.terraform.arguments import (
    NotKnown,
    fields_of,
    items_of,
    kind_of,
    number_of,
    text_of,
)
from casemate.sources.terraform.text import MAX_CASES, without_cases

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from casemate.model.location import Span

    Function = Callable[[Sequence[Value], Span], Value]


def call(name: str, arguments: Sequence[Value], at: Span) -> Value:
    """`name(arguments)`. A conditional argument gives a conditional result."""
    function = FUNCTIONS.get(name)
    if function is None:
        return Unknown(f"{name}() is not evaluated", at, kind_of(arguments), f"{name}(…)")
    if any(isinstance(argument, Cases) for argument in arguments) and name not in _TAKES_CASES:
        options = [without_cases(argument) for argument in arguments]
        total = 1
        for option in options:
            total *= MAX_CASES + 1 if option is None else len(option)
        if total > MAX_CASES:
            return Unknown(f"{name}() of too many alternatives", at, "conditional", f"{name}(…)")
        cases = []
        for picks in product(*(option for option in options if option is not None)):
            words = " and ".join(dict.fromkeys(condition for condition, _ in picks if condition))
            cases.append((words, _apply(name, function, [value for _, value in picks], at)))
        return Cases(cases, at)
    return _apply(name, function, arguments, at)


def _apply(name: str, function: Function, arguments: Sequence[Value], at: Span) -> Value:
    try:
        return function(arguments, at)
    except NotKnown as unknown:
        cause = unknown.value
        reason = (
            cause.reason if isinstance(cause, Unknown) else f"{name}() of a value that exists only after deployment"
        )
        return Unknown(reason, at, kind_of([cause]), f"{name}(…)")
    except (ValueError, IndexError, TypeError, OverflowError, ZeroDivisionError, binascii.Error, re.error):
        return Unknown(f"{name}() with arguments that do not fit", at, "error", f"{name}(…)")


def unchanged(arguments: Sequence[Value], _: Span) -> Value:
    """A function that only marks its argument."""
    return arguments[0]


def to_list(arguments: Sequence[Value], at: Span) -> Value:
    """`tolist(value)`."""
    return Items(items_of(arguments[0]), at)


def to_map(arguments: Sequence[Value], _: Span) -> Value:
    """`tomap(value)`."""
    return fields_of(arguments[0])


def to_string(arguments: Sequence[Value], at: Span) -> Value:
    """`tostring(value)`."""
    value = arguments[0]
    return Literal(text_of(value), at) if isinstance(value, Literal) else value


def to_number(arguments: Sequence[Value], at: Span) -> Value:
    """`tonumber(value)`."""
    return Literal(number_of(arguments[0]), at)


def to_flag(arguments: Sequence[Value], at: Span) -> Value:
    """`tobool(value)`."""
    return Literal({"true": True, "false": False}.get(text_of(arguments[0])), at)


def encode(text: str) -> str:
    """`base64encode`, of a known text."""
    return base64.b64encode(text.encode()).decode()


def decode(text: str) -> str:
    """`base64decode`, of a known text."""
    return base64.b64decode(text, validate=True).decode("utf-8", "replace")


def sensitive(arguments: Sequence[Value], at: Span) -> Value:
    """`sensitive(value)`."""
    value = arguments[0]
    return (
        Unknown(value.reason, at, "secret-parameter", value.source)
        if isinstance(value, Unknown) and value.kind == "parameter"
        else value
    )


def digest(name: str, *, raw: bool = False) -> Callable[[str], str]:
    """`sha256` and its kin, or `base64sha256` (of the `raw` digest), of a known text."""

    def function(text: str) -> str:
        return hashed(name, text.encode("utf-8", "surrogatepass"), raw=raw)

    return function


def hashed(name: str, data: bytes, *, raw: bool = False) -> str:
    """The digest in hexadecimal or, of the `raw` bytes, in base64."""
    from hashlib import new

    found = new(name, data, usedforsecurity=False)
    return base64.b64encode(found.digest()).decode() if raw else found.hexdigest()


FUNCTIONS: dict[str, Function] = {
    "abs": strings.of_numbers(abs),
    "ceil": strings.of_numbers(math.ceil),
    "floor": strings.of_numbers(math.floor),
    "max": strings.of_numbers(max),
    "min": strings.of_numbers(min),
    "alltrue": collections.all_true,
    "anytrue": collections.any_true,
    "base64decode": strings.of_known(decode),
    "base64encode": strings.of_known(encode),
    "base64sha256": strings.of_known(digest("sha256", raw=True)),
    "base64sha512": strings.of_known(digest("sha512", raw=True)),
    "basename": strings.of_known(lambda path: path.rstrip("/").rsplit("/", 1)[-1]),
    "chomp": strings.of_known(lambda text: text.rstrip("\r\n")),
    "chunklist": collections.chunk,
    "cidrhost": networks.cidr_host,
    "cidrnetmask": strings.of_known(networks.cidr_mask),
    "cidrsubnet": networks.cidr_subnet,
    "cidrsubnets": networks.cidr_subnets,
    "coalesce": collections.coalesce,
    "coalescelist": collections.coalesce_list,
    "compact": collections.compact,
    "concat": collections.concat,
    "contains": collections.contains,
    "dirname": strings.of_known(lambda path: path.rsplit("/", 1)[0] if "/" in path else "."),
    "distinct": collections.distinct,
    "element": collections.element,
    "endswith": strings.of_known(lambda text, end: text.endswith(end)),
    "flatten": collections.flatten,
    "format": strings.formatted_text,
    "formatlist": strings.formatted_list,
    "indent": strings.indent,
    "index": collections.index_of,
    "join": strings.join,
    "keys": collections.keys,
    "length": collections.length,
    "lookup": collections.lookup,
    "lower": strings.of_text(str.lower),
    "md5": strings.of_known(digest("md5")),
    "merge": collections.merge,
    "nonsensitive": unchanged,
    "one": collections.only_one,
    "range": collections.numbers_in,
    "regex": patterns.regex,
    "regexall": patterns.regex_all,
    "replace": strings.replaced,
    "reverse": collections.backwards,
    "sensitive": sensitive,
    "setintersection": collections.intersection,
    "setproduct": collections.products,
    "setsubtract": collections.subtract,
    "setunion": collections.union,
    "sha1": strings.of_known(digest("sha1")),
    "sha256": strings.of_known(digest("sha256")),
    "sha512": strings.of_known(digest("sha512")),
    "slice": collections.section,
    "sort": collections.ordered,
    "split": strings.split,
    "startswith": strings.of_known(lambda text, start: text.startswith(start)),
    "strcontains": strings.of_known(lambda text, part: part in text),
    "strrev": strings.of_known(lambda text: text[::-1]),
    "substr": strings.substring,
    "sum": collections.total,
    "title": strings.of_known(strings.title),
    "tobool": to_flag,
    "tolist": to_list,
    "tomap": to_map,
    "tonumber": to_number,
    "toset": collections.to_set,
    "tostring": to_string,
    "trim": strings.of_known(lambda text, cut: text.strip(cut)),
    "trimprefix": strings.of_known(lambda text, cut: text.removeprefix(cut)),
    "trimspace": strings.of_known(str.strip),
    "trimsuffix": strings.of_known(lambda text, cut: text.removesuffix(cut)),
    "upper": strings.of_text(str.upper),
    "urlencode": strings.of_known(quote_plus),
    "values": collections.values,
    "zipmap": collections.zipmap,
}
"""By name. `file`, `templatefile`, `jsonencode`, `try` and their like need the module and are in `expressions`."""
_TAKES_CASES = frozenset({"concat", "coalesce"})
