"""Sigma's conditions: `selection and not 1 of filter_*`, and the part behind the pipe of old rules.

Source: Sigma Rules Specification 2.1, "Condition". From least to most binding: or, and, not, x of, parentheses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product
from typing import Literal

from casemate.monitor.matching.plain import like

MAX_LENGTH = 20_000
"""Characters of a condition."""
MAX_AGGREGATION = 1000
"""Characters behind the pipe."""
MAX_NESTING = 60
"""Parentheses and negations within one another."""
MAX_WAYS = 256
"""Conjunctions that the condition of a correlation may come to."""

_TOKEN = re.compile(r"\s*([()]|[^\s()]+)")


class ConditionError(ValueError):
    """A condition that cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Name:
    """A search identifier, or a rule that a correlation refers to."""

    name: str


@dataclass(frozen=True, slots=True)
class Of:
    """`1 of pattern`, `all of pattern`, of the identifiers that the pattern meets."""

    every: bool
    pattern: str


@dataclass(frozen=True, slots=True)
class Neither:
    """`not`."""

    part: Condition


@dataclass(frozen=True, slots=True)
class Both:
    """`and`."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """`or`."""

    parts: tuple[Condition, ...]


Condition = Name | Of | Neither | Both | Either


def parse(text: str) -> Condition:
    """A condition. Raises `ConditionError`."""
    if len(text) > MAX_LENGTH:
        raise ConditionError(f"the condition is longer than {MAX_LENGTH:,} characters")
    reader = _Reader(_TOKEN.findall(text))
    condition = reader.either(0)
    if reader.rest:
        raise ConditionError(f"{reader.rest!r} is not expected in the condition")
    return condition


class _Reader:
    """Recursive descent over the tokens."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0

    @property
    def rest(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self) -> str:
        taken = self.rest
        if not taken:
            raise ConditionError("the condition ends too early")
        self._at += 1
        return taken

    def _takes(self, keyword: str) -> bool:
        if self.rest.lower() != keyword:
            return False
        self._at += 1
        return True

    def either(self, depth: int) -> Condition:
        parts = [self._both(depth)]
        while self._takes("or"):
            parts.append(self._both(depth))
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _both(self, depth: int) -> Condition:
        parts = [self._negation(depth)]
        while self._takes("and"):
            parts.append(self._negation(depth))
        return parts[0] if len(parts) == 1 else Both(tuple(parts))

    def _negation(self, depth: int) -> Condition:
        if depth > MAX_NESTING:
            raise ConditionError(f"the condition is nested deeper than {MAX_NESTING} levels")
        if self._takes("not"):
            return Neither(self._negation(depth + 1))
        taken = self._take()
        if taken == "(":
            inner = self.either(depth + 1)
            if self._take() != ")":
                raise ConditionError("a parenthesis is not closed")
            return inner
        if taken == ")" or taken.lower() in {"and", "or"}:
            raise ConditionError(f"{taken!r} is not expected in the condition")
        if self.rest.lower() == "of":
            self._at += 1
            if taken.lower() not in {"1", "any", "all"}:
                raise ConditionError(f"`{taken} of` is unknown: `1 of`, `any of` and `all of` are")
            return Of(taken.lower() == "all", self._take())
        return Name(taken)


def chosen(pattern: str, names: list[str]) -> list[str]:
    """The identifiers that `them` or a pattern with `*` means; those that begin with `_` only where it does too."""
    if pattern.lower() == "them":
        pattern = "*"
    meets = like(pattern.replace("\\", "\\\\").replace("?", "\\?"))
    return [name for name in names if meets(name) and (pattern.startswith("_") or not name.startswith("_"))]


Literals = frozenset[tuple[str, bool]]
"""Names that must be met (True) and that must not (False)."""


def ways(condition: Condition, positive: bool = True) -> list[Literals]:  # noqa: FBT001, FBT002 - the sign so far
    """The conjunctions of names any of which makes the condition true. Raises `ConditionError` for too many."""
    match condition:
        case Name():
            return [frozenset({(condition.name, positive)})]
        case Neither():
            return ways(condition.part, not positive)
        case Of():
            raise ConditionError(f"`of {condition.pattern}` has no meaning here: name the rules")
    parts = [ways(part, positive) for part in condition.parts]
    if isinstance(condition, Either) == positive:
        found = [way for part in parts for way in part]
    else:
        size = 1
        for part in parts:
            size *= len(part)
            if size > MAX_WAYS:
                raise ConditionError(f"the condition comes to more than {MAX_WAYS} conjunctions")
        found = [frozenset[tuple[str, bool]]().union(*row) for row in product(*parts)]
    possible = [way for way in found if not any((name, not sign) in way for name, sign in way)]
    return [way for way in dict.fromkeys(possible) if not any(other < way for other in possible)]


Comparison = Literal["gte", "gt", "lt", "lte", "eq", "neq"]
_SIGNS: dict[str, Comparison] = {
    ">": "gt", ">=": "gte", "<": "lt", "<=": "lte", "=": "eq", "==": "eq", "!=": "neq",
}  # fmt: skip
_AGGREGATION = re.compile(
    r"\s*(count|sum|min|max|avg)\s*\(\s*([^()\s]*)\s*\)\s*(?:by\s+([^<>=!]+?)\s*)?(>=|<=|==|!=|=|>|<)\s*(-?\d+(?:\.\d+)?)\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Aggregation:
    """What stands behind the pipe of an old rule: `count(field) by group > 5`."""

    kind: str
    field: str
    by: tuple[str, ...]
    word: Comparison
    number: float


def aggregation(text: str) -> Aggregation:
    """The part behind the pipe. Raises `ConditionError`."""
    found = _AGGREGATION.fullmatch(text) if len(text) <= MAX_AGGREGATION else None
    if found is None:
        raise ConditionError(f"{text.strip()!r} is no aggregation: `count(field) by group > 5` is one")
    by = tuple(one for one in re.split(r"[\s,]+", found[3] or "") if one)
    return Aggregation(found[1].lower(), found[2], by, _SIGNS[found[4]], float(found[5]))
