"""Condition blocks: every operator, set prefixes, `IfExists`, missing keys, variables.

All operators and keys of a block must hold; of the values of a key one must match, and under a negated operator none
may (IAM User Guide, "Conditions with multiple context keys or values").
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, TypeAlias

from casemate.analysis.access.evaluation.patterns import Matcher, arn_pattern, from_tokens, tokens, wildcard
from casemate.analysis.access.evaluation.variables import Template, template

if TYPE_CHECKING:
    from casemate.analysis.access.evaluation.document import Condition
    from casemate.analysis.access.evaluation.operators import Relation, Test

Context: TypeAlias = Mapping[str, tuple[str, ...]]
Holds: TypeAlias = Callable[[Context], bool]
_One: TypeAlias = "Callable[[str, Context], bool | None]"
"""Whether one value of the request matches one of the policy's; None when that cannot be tried (unresolved
variable)."""

_WITH_VARIABLES = frozenset({"string", "arn", "bool"})


def compile_condition(condition: Condition, *, variables: bool) -> Holds:
    """The function that says whether a condition holds in a context."""
    test, key = condition.test, condition.key
    if test.family == "null":
        return _null(key, condition.values)
    variables = variables and test.family in _WITH_VARIABLES and any("${" in value for value in condition.values)
    if test.quantifier == "one" and not variables:
        return _plain(
            key, _fixed(test, condition.values), negated=test.negated, if_missing=test.if_exists or test.negated
        )
    one = _matching(test, condition.values, variables=variables)
    if test.quantifier == "all":
        return _all(key, one, negated=test.negated)
    if test.quantifier == "any":
        return _any(key, one, negated=test.negated)
    return _single(key, one, negated=test.negated, if_missing=test.if_exists or test.negated)


def _null(key: str, wanted: Sequence[str]) -> Holds:
    """Null: "true" holds when the key is missing or empty, "false" when it is there."""
    flags = {text.lower() for text in wanted}
    if_missing, if_present = "true" in flags, "false" in flags
    return lambda context: if_present if context.get(key) else if_missing


def _single(key: str, one: _One, *, negated: bool, if_missing: bool) -> Holds:
    """Without a set prefix.

    Several values in the request need one ("Multivalued context keys require a condition set operator"): without it
    they match nothing.
    """

    def holds(context: Context) -> bool:
        values = context.get(key)
        if not values:
            return if_missing
        if len(values) > 1:
            return negated
        matched = one(values[0], context)
        return False if matched is None else matched is not negated

    return holds


def _plain(key: str, matcher: Matcher, *, negated: bool, if_missing: bool) -> Holds:
    """As `_single`, where the policy's values hold no variables."""

    def holds(context: Context) -> bool:
        values = context.get(key)
        if not values:
            return if_missing
        if len(values) > 1:
            return negated
        return matcher(values[0]) is not negated

    return holds


def _all(key: str, one: _One, *, negated: bool) -> Holds:
    """ForAllValues: every value of the request matches; true for none at all, and for the empty string alone."""

    def holds(context: Context) -> bool:
        values = context.get(key)
        if not values or values == ("",):
            return True
        for value in values:
            matched = one(value, context)
            if matched is None or matched is negated:
                return False
        return True

    return holds


def _any(key: str, one: _One, *, negated: bool) -> Holds:
    """ForAnyValue: at least one value of the request matches; false for none at all, and for the empty string alone."""

    def holds(context: Context) -> bool:
        values = context.get(key)
        if not values or values == ("",):
            return False
        for value in values:
            matched = one(value, context)
            if matched is not None and matched is not negated:
                return True
        return False

    return holds


def _matching(test: Test, values: Sequence[str], *, variables: bool) -> _One:
    fixed: list[str] = []
    templates: list[Template] = []
    for value in values:
        found = template(value) if variables else None
        if found is None:
            fixed.append(value)
        else:
            templates.append(found)
    plain = _fixed(test, fixed)
    if not templates:
        return lambda value, _: plain(value)
    resolved = _resolving(test)

    def match(value: str, context: Context) -> bool | None:
        if plain(value):
            return True
        unresolved = False
        for each in templates:
            matcher = resolved(each, context)
            if matcher is None:
                unresolved = True
            elif matcher(value):
                return True
        if unresolved and test.negated:
            return None
        return False

    return match


def _resolving(test: Test) -> Callable[[Template, Context], Matcher | None]:
    if test.relation == "like":
        build = arn_pattern if test.family == "arn" else from_tokens

        def like(each: Template, context: Context) -> Matcher | None:
            found = each.resolve(context, wildcards=True)
            return None if found is None else build(found)

        return like

    def equal(each: Template, context: Context) -> Matcher | None:
        text = each.text(context)
        return None if text is None else _fixed(test, [text])

    return equal


def _fixed(test: Test, values: Sequence[str]) -> Matcher:
    """One value of the request against the policy's, which are known beforehand."""
    match test.family:
        case "string" if test.relation == "like":
            return _first_of([wildcard(value) for value in values])
        case "string" if test.relation == "equals-ignoring-case":
            folded = frozenset(value.lower() for value in values)
            return lambda value: value.lower() in folded
        case "string":
            return frozenset(values).__contains__
        case "arn":
            return _first_of([arn_pattern(tokens(value)) for value in values])
        case "bool":
            flags = frozenset(value.lower() for value in values) & {"true", "false"}
            return lambda value: value.lower() in flags
        case "numeric":
            return _ordered(test.relation, values, _number)
        case "date":
            return _ordered(test.relation, values, instant)
        case "binary":
            wanted = {decoded for value in values if (decoded := _decoded(value)) is not None}
            return lambda value: _decoded(value) in wanted
        case _:
            return _within(values)


def _first_of(matchers: Sequence[Matcher]) -> Matcher:
    if len(matchers) == 1:
        return matchers[0]
    return lambda value: any(matcher(value) for matcher in matchers)


def _ordered(relation: Relation, values: Sequence[str], read: Callable[[str], Decimal | None]) -> Matcher:
    """Numbers and dates. A value that is none does not match."""
    wanted = [number for value in values if (number := read(value)) is not None]
    if relation == "equals":
        return lambda value: read(value) in wanted if read(value) is not None else False
    if not wanted:
        return lambda _: False
    # One of several bounds must hold: the widest decides.
    bound = max(wanted) if relation in {"less", "less-or-equal"} else min(wanted)

    def match(value: str) -> bool:
        number = read(value)
        if number is None:
            return False
        match relation:
            case "less":
                return number < bound
            case "less-or-equal":
                return number <= bound
            case "greater":
                return number > bound
            case _:
                return number >= bound

    return match


_NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d{1,3})?", re.ASCII)
_LONGEST = 64


@lru_cache(maxsize=4096)
def _number(text: str) -> Decimal | None:
    text = text.strip()
    if len(text) > _LONGEST or _NUMBER.fullmatch(text) is None:
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


_DATE = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)"
    r"(?:[T ](?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,12}))?)?"
    r"(?P<zone>Z|[-+]\d\d:?\d\d)?)?)?)?",
    re.ASCII | re.IGNORECASE,
)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z", re.ASCII)
_EPOCH = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)
_YEAR_DIGITS = 4


@lru_cache(maxsize=4096)
def instant(text: str) -> Decimal | None:
    """A date as seconds since 1970: W3C's profile of ISO 8601 (without a zone: UTC), the basic form, or epoch seconds.

    IAM User Guide, "Date condition operators". Four digits are a year.
    """
    text = text.strip()
    if len(text) > _LONGEST:
        return None
    if len(text) != _YEAR_DIGITS and _EPOCH.fullmatch(text):
        return Decimal(text)
    compact = _COMPACT.fullmatch(text)
    if compact is not None:
        text = "{}-{}-{}T{}:{}:{}Z".format(*compact.groups())
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    try:
        moment = datetime(
            int(found["year"]), int(found["month"] or 1), int(found["day"] or 1),
            int(found["hour"] or 0), int(found["minute"] or 0), int(found["second"] or 0), tzinfo=_zone(found["zone"]),
        )  # fmt: skip
    except ValueError:
        return None
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return Decimal(since.days * 86_400 + since.seconds) + Decimal(f"0.{found['fraction'] or 0}")


def _zone(text: str | None) -> timezone:
    if text is None or text in "Zz":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _within(values: Sequence[str]) -> Matcher:
    networks = [network for value in values if (network := _network(value)) is not None]

    def match(value: str) -> bool:
        address = _address(value)
        return address is not None and any(address in network for network in networks)

    return match


@lru_cache(maxsize=4096)
def _network(text: str) -> IPv4Network | IPv6Network | None:
    """A CIDR block or one address; bits behind the prefix are ignored. IPv4 in IPv6 form counts as IPv4."""
    try:
        return ip_network(text.strip(), strict=False)
    except ValueError:
        return None


_V4 = re.compile(r"(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})", re.ASCII)
_HIGHEST = 255


@lru_cache(maxsize=16_384)
def _address(text: str) -> IPv4Address | IPv6Address | None:
    plain = _V4.fullmatch(text)
    if plain is not None:  # `ip_address` takes several times as long, and requests seldom repeat an address
        first, second, third, fourth = map(int, plain.groups())
        if max(first, second, third, fourth) <= _HIGHEST:
            return IPv4Address(first << 24 | second << 16 | third << 8 | fourth)
    try:
        found = ip_address(text.strip())
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found
