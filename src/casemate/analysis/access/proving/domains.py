"""What a condition key may hold: typed domains, and a value that meets every demand made on the key.

A condition of a policy (and its opposite) is a `Demand`: a `Test` that the key's value must pass or fail, whether a
missing key will do, and how several values count. The demands of one key are independent of those of every other, so a
set of requests is a product over the keys, and one key is settled by its type: strings by automata (`languages`),
numbers, dates and addresses by one candidate from every stretch between the bounds that are named, for within such a
stretch no test can tell two values apart.

Source: IAM User Guide, "IAM JSON policy elements: Condition operators" and "Condition keys with multiple values".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fractions import Fraction
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal

from casemate.analysis.access.evaluation.conditions import instant as evaluated_instant
from casemate.analysis.access.proving.languages import TooLargeError, Wild, literal, wild, witness

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from ipaddress import IPv4Network

Value = tuple[str, ...]
"""What a request says of a key: its values; none when the key is missing."""

MISSING: Final[Value] = ()
_NOT_EMPTY: Final = wild("?*")
Comparison = Literal["==", "<", "<=", ">", ">="]
Over = Literal["one", "all", "any"]
"""How several values count: the key has one; all of them must pass (`ForAllValues`); one must (`ForAnyValue`)."""

_LIKELY_ADDRESSES: Final = ("203.0.113.10", "2001:db8::1")
"""Addresses set aside for documentation (RFC 5737, RFC 3849): tried first, a witness should not name a real host."""
_LIKELY_TIME: Final = 1_790_000_000
_ONE_DAY: Final = 86_400
_NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d{1,3})?", re.ASCII)


class UndecidedError(Exception):
    """The demands cannot be told apart: tests of different types on one key, or too large a product."""


@dataclass(frozen=True, slots=True)
class Strings:
    """Some pattern matches."""

    patterns: tuple[Wild, ...]

    def holds(self, value: str) -> bool:
        """Whether the value passes."""
        return any(pattern.matches(value) for pattern in self.patterns)


@dataclass(frozen=True, slots=True)
class Numbers:
    """Compares with some bound as said. `dates`: bounds and values are seconds since 1970."""

    comparison: Comparison
    bounds: tuple[Fraction, ...]
    dates: bool = False

    def holds(self, value: str) -> bool:
        """Whether the value passes; what is no number does not."""
        number = instant(value) if self.dates else parsed_number(value)
        return number is not None and any(_compare(number, self.comparison, bound) for bound in self.bounds)


@dataclass(frozen=True, slots=True)
class Addresses:
    """Lies in some network."""

    networks: tuple[IPv4Network | IPv6Network, ...]

    def holds(self, value: str) -> bool:
        """Whether the value passes; what is no address does not."""
        address = _address(value)
        return address is not None and any(address in network for network in self.networks)


@dataclass(frozen=True, slots=True)
class Truth:
    """Is one of these truth values, "true" or "false"."""

    values: frozenset[str]

    def holds(self, value: str) -> bool:
        """Whether the value passes."""
        return value.lower() in self.values


@dataclass(frozen=True, slots=True)
class Typed:
    """Is a value of this type at all: what a request carries for a key that has the type."""

    kind: Literal["number", "date", "address", "truth"]

    def holds(self, value: str) -> bool:
        """Whether the value passes."""
        match self.kind:
            case "number":
                return parsed_number(value) is not None
            case "date":
                return instant(value) is not None
            case "address":
                return _address(value) is not None
            case _:
                return value in {"true", "false"}


Test = Strings | Numbers | Addresses | Truth | Typed


def _kind(test: Test) -> str:
    match test:
        case Numbers(dates=dates):
            return "date" if dates else "number"
        case Addresses():
            return "address"
        case Truth():
            return "truth"
        case Typed(kind=kind):
            return kind
        case _:
            return "text"


@dataclass(frozen=True, slots=True)
class Demand:
    """What is asked of one key: that its value passes `test` (`passes`) or fails it; `missing`: no value will do."""

    test: Test
    passes: bool
    missing: bool
    over: Over = "one"

    def opposite(self) -> Demand:
        """The demand that holds exactly where this one does not."""
        other: dict[Over, Over] = {"one": "one", "all": "any", "any": "all"}
        return replace(self, passes=not self.passes, missing=not self.missing, over=other[self.over])

    def holds(self, value: Value) -> bool:
        """Whether a request with this value meets the demand."""
        if not value:
            return self.missing
        if len(value) > 1 and self.over == "one":
            return not self.passes  # several values match nothing without a set operator
        if value == ("",) and self.over != "one":
            return self.over == "all"  # the empty string alone counts as no value
        found = (self.test.holds(one) == self.passes for one in value)
        return all(found) if self.over == "all" else any(found)


EVERY: Final = Strings(())
"""A test that nothing passes: with `passes=False` a demand for any value, with `passes=True` for none."""

PRESENT: Final = Demand(EVERY, passes=False, missing=False)
ABSENT: Final = Demand(EVERY, passes=True, missing=True)


def solve(demands: Sequence[Demand], *, prefer_value: bool = False) -> Value | None:
    """A value that meets every demand; None when no value does.

    `prefer_value`: do not leave the key out when a value will do too. Raises `UndecidedError`.
    """
    unique = tuple(dict.fromkeys(demands))
    missing_will_do = all(demand.missing for demand in unique)
    if missing_will_do and not prefer_value:
        return MISSING
    found = _present(unique)
    return MISSING if found is None and missing_will_do else found


@lru_cache(maxsize=65_536)
def _present(demands: tuple[Demand, ...]) -> Value | None:
    single = _value(demands)
    if single is not None and all(demand.holds((single,)) for demand in demands):
        return (single,)
    sets = [demand for demand in demands if demand.over != "one"]
    if not sets:
        return None
    typed = any(isinstance(demand.test, Typed) for demand in demands)
    if not typed and all(demand.holds(("",)) for demand in demands):
        return ("",)
    if any(demand.over == "one" and demand.passes for demand in demands):
        return None
    each = tuple(demand for demand in sets if demand.over == "all") or (PRESENT,)
    values = [_value((*each, demand)) for demand in sets if demand.over == "any"]
    found = sorted({value for value in values if value is not None})
    if None in values or not found:
        return None
    if len(found) == 1:
        another = _value((*each, Demand(Strings((literal(found[0]),)), passes=False, missing=False)))
        found += [] if another is None else [another]
    return tuple(found) if all(demand.holds(tuple(found)) for demand in demands) else None


def _value(demands: tuple[Demand, ...]) -> str | None:
    """One value that passes and fails what it should, whatever is said of several."""
    strings = [demand for demand in demands if isinstance(demand.test, Strings)]
    others = [demand for demand in demands if not isinstance(demand.test, Strings)]
    if not others:
        return _string(strings)
    for candidate in dict.fromkeys((*_candidates(others), *_named(strings))):
        if all(demand.test.holds(candidate) == demand.passes for demand in demands):
            return candidate
    kinds = {_kind(demand.test) for demand in others}
    if any(demand.test is not EVERY for demand in strings) or len(kinds) > 1:
        raise UndecidedError("tests of different types on one condition key")
    return None


def _string(demands: Sequence[Demand]) -> str | None:
    groups: list[tuple[Wild, ...]] = []
    never: list[Wild] = []
    for demand in demands:
        if not isinstance(demand.test, Strings):
            continue
        if not demand.passes:
            never += demand.test.patterns
        elif demand.test.patterns:
            groups.append(demand.test.patterns)
        else:
            return None
    try:
        found = witness(groups, never)
        return found if found != "" else (witness([*groups, (_NOT_EMPTY,)], never) or found)
    except TooLargeError as error:
        raise UndecidedError("too many patterns on one condition key") from error


def _named(demands: Sequence[Demand]) -> Iterator[str]:
    """The strings that string tests write out, for keys that other tests speak of too."""
    for demand in demands:
        if isinstance(demand.test, Strings):
            for pattern in demand.test.patterns:
                if pattern.exact is not None:
                    yield pattern.exact
    if any(demand.test is not EVERY for demand in demands) and (found := _string(demands)) is not None:
        yield found


# -- candidates --------------------------------------------------------------------------------------------------------
def _candidates(demands: Sequence[Demand]) -> Iterator[str]:
    """One value out of every stretch that the tests of these demands can tell apart."""
    bounds: list[Fraction] = []
    dates: list[Fraction] = []
    networks: list[IPv4Network | IPv6Network] = []
    for demand in demands:
        match demand.test:
            case Numbers(dates=True, bounds=found):
                dates += found
            case Numbers(bounds=found):
                bounds += found
            case Addresses(networks=some):
                networks += some
            case Truth() | Typed(kind="truth"):
                yield "true"
                yield "false"
            case Typed(kind=kind):
                yield from {"number": ("1",), "date": (_date_text(Fraction(_LIKELY_TIME)),)}.get(
                    kind, _LIKELY_ADDRESSES
                )
    yield from map(_number_text, _around(bounds, Fraction(1), Fraction(1)))
    yield from map(_date_text, _around(dates, Fraction(_ONE_DAY), Fraction(_LIKELY_TIME)))
    if networks:
        yield from _addresses(networks)


def _around(bounds: Sequence[Fraction], margin: Fraction, likely: Fraction) -> Iterator[Fraction]:
    if not bounds:
        return
    ordered = sorted(set(bounds))
    yield likely
    yield from ordered
    yield ordered[0] - margin
    yield ordered[-1] + margin
    for low, high in pairwise(ordered):
        yield (low + high) / 2


def _addresses(networks: Sequence[IPv4Network | IPv6Network]) -> Iterator[str]:
    yield from _LIKELY_ADDRESSES
    yield "0.0.0.0"  # noqa: S104 - an address to compare, not to listen on
    yield "::"
    for network in networks:
        first, last = network.network_address, network.broadcast_address
        yield str(first)
        beyond = int(last) + 1
        if beyond < 1 << network.max_prefixlen:
            yield str(IPv6Address(beyond) if isinstance(network, IPv6Network) else IPv4Address(beyond))


@lru_cache(maxsize=16_384)
def _address(text: str) -> IPv4Address | IPv6Address | None:
    """One address; IPv4 in IPv6 form counts as IPv4, as in the evaluator."""
    try:
        found = ip_address(text.strip())
    except ValueError:
        return None
    return (found.ipv4_mapped if isinstance(found, IPv6Address) else None) or found


def _compare(number: Fraction, comparison: Comparison, bound: Fraction) -> bool:
    match comparison:
        case "==":
            return number == bound
        case "<":
            return number < bound
        case "<=":
            return number <= bound
        case ">":
            return number > bound
        case _:
            return number >= bound


def parsed_number(text: str) -> Fraction | None:
    """A number as IAM writes it, decimal; None for what is none."""
    text = text.strip()
    return Fraction(text) if len(text) <= 64 and _NUMBER.fullmatch(text) else None


@lru_cache(maxsize=4096)
def instant(text: str) -> Fraction | None:
    """A date as IAM writes it (ISO 8601, or seconds since 1970) in seconds; None for what is none."""
    found = evaluated_instant(text)
    return None if found is None else Fraction(found)


def network(text: str) -> IPv4Network | IPv6Network | None:
    """A network or single address; None for what is neither."""
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def _number_text(number: Fraction) -> str:
    return str(number.numerator) if number.denominator == 1 else f"{float(number):.6f}".rstrip("0")


def _date_text(seconds: Fraction) -> str:
    try:
        moment = datetime.fromtimestamp(float(seconds), UTC)
    except (OverflowError, ValueError, OSError):
        return str(int(seconds))
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment.year >= 1000 else str(int(seconds))
