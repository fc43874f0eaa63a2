"""A statement as a box: its resources and conditions as demands, for one caller and with what is known of the request.

Policy variables tie dimensions together: `arn:aws:s3:::home/${aws:username}/*` speaks of a key and of the resource at
once. Where the key's value is known it is put in. Where it is not, the box is drawn wider (`Variables.WIDEN`, for what
must not be missed) or the statement is left out (`Variables.DROP`, for what must be certain); `prove` then tries
values.
"""

from __future__ import annotations

from enum import Enum
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from casemate.analysis.access.evaluation.patterns import completed
from casemate.analysis.access.evaluation.variables import Key, template
from casemate.analysis.access.evaluation.variables import Literal as Character
from casemate.analysis.access.proving.cubes import RESOURCE, Bound, Box
from casemate.analysis.access.proving.domains import (
    ABSENT,
    PRESENT,
    Addresses,
    Comparison,
    Demand,
    Numbers,
    Strings,
    Test,
    Truth,
    Value,
    instant,
    network,
    parsed_number,
)
from casemate.analysis.access.proving.languages import Token, Wild, arn, literal, of_tokens, wild

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from casemate.analysis.access.evaluation.compiled import Compiled
    from casemate.analysis.access.evaluation.document import Condition

_COMPARISONS: Final[dict[str, Comparison]] = {
    "equals": "==",
    "less": "<",
    "less-or-equal": "<=",
    "greater": ">",
    "greater-or-equal": ">=",
}
_COMPLETED: Final = frozenset({"identity", "boundary", "session"})
_WITH_VARIABLES: Final = frozenset({"string", "arn", "bool"})


class Variables(Enum):
    """What is done with a policy variable whose value is not known."""

    WIDEN = "as if it could be anything"
    DROP = "as if the statement were not there"


class _Open(Exception):  # noqa: N818 - never leaves the module
    """The statement has a variable whose value is not known, and is to be dropped."""


class _Never(Exception):  # noqa: N818 - never leaves the module
    """The statement applies to no request."""


class Drawing:
    """Draws the boxes of one question.

    `known`: condition keys (lower case) with their values, `()` for a key that requests do not have. `free` collects
    the keys of variables whose value was not known.
    """

    def __init__(self, known: Mapping[str, Value], mode: Variables = Variables.DROP) -> None:
        self.known = known
        self.free: dict[str, None] = {}
        self._mode = mode

    def box(self, compiled: Compiled, fixed: Mapping[str, Value] | None = None) -> Box | None:
        """The box of an Allow or Deny; None when no request is in it, or for `DROP` when it cannot be drawn exactly.

        `fixed`: keys whose value in this statement is not that of the request (`lambda:InvokedViaFunctionUrl`). A
        Deny is never widened: what is denied for certain is needed of it.
        """
        mode = self._mode if compiled.statement.allow else Variables.DROP
        try:
            bounds = tuple(self._bounds(compiled, mode, fixed or {}))
        except (_Open, _Never):
            return None
        return Box(bounds, compiled)

    def _bounds(self, compiled: Compiled, mode: Variables, fixed: Mapping[str, Value]) -> Iterator[Bound]:
        statement = compiled.statement
        written = statement.not_resources or statement.resources
        for condition in statement.conditions:
            demand = self._demand(condition, mode, variables=statement.variables)
            if demand is None:
                continue
            value = fixed.get(condition.key, self.known.get(condition.key))
            if value is None:
                yield Bound(condition.key, demand)
            elif not demand.holds(value):
                raise _Never
        if not written:
            return
        texts = [completed(text) if compiled.kind in _COMPLETED else text for text in written]
        negated = bool(statement.not_resources)
        found = [self._pattern(text, mode, variables=statement.variables) for text in texts]
        patterns = tuple(pattern for pattern in found if pattern is not None)
        if negated and None in found:
            raise _Never  # a NotResource that cannot be resolved makes the statement apply to nothing
        if negated and mode is Variables.WIDEN:
            fixed_only = [self._is_fixed(text, variables=statement.variables) for text in texts]
            patterns = tuple(pattern for pattern, sure in zip(patterns, fixed_only, strict=True) if sure)
        if not patterns and not negated:
            raise _Never
        if not (negated and not patterns):
            yield Bound(RESOURCE, Demand(Strings(patterns), passes=not negated, missing=False))

    # -- texts ---------------------------------------------------------------------------------------------------------
    def _is_fixed(self, text: str, *, variables: bool) -> bool:
        found = template(text) if variables else None
        keys = [] if found is None else [piece for piece in found.pieces if isinstance(piece, Key)]
        return all(piece.name in self.known for piece in keys)

    def _pattern(
        self, text: str, mode: Variables, *, variables: bool, like: bool = True, fold: bool = False
    ) -> Wild | None:
        """The pattern of a text with its variables put in; None when a variable has no value: then nothing matches."""
        found = template(text) if variables else None
        if found is None:
            return wild(text, fold=fold) if like else literal(text, fold=fold)
        tokens: list[str | Token] = []
        for piece in found.pieces:
            match piece:
                case str():
                    tokens += wild(piece).tokens if like else piece
                case Character():
                    tokens += piece.text
                case Key() if piece.name in self.known:
                    values = self.known[piece.name]
                    if len(values) > 1 or (not values and piece.default is None):
                        return None
                    tokens += values[0] if values else piece.default or ""
                case Key():
                    self.free[piece.name] = None
                    if mode is Variables.DROP:
                        raise _Open
                    tokens.append(Token.MANY)
        return of_tokens(tuple(tokens), fold)

    # -- conditions ----------------------------------------------------------------------------------------------------
    def _demand(self, condition: Condition, mode: Variables, *, variables: bool) -> Demand | None:
        """What a condition demands of its key; None when any request meets it (or, drawn wide, might)."""
        test = condition.test
        if test.family == "null":
            return _null(condition.values)
        variables = variables and test.family in _WITH_VARIABLES
        open_ = [text for text in condition.values if not self._is_fixed(text, variables=variables)]
        if open_ and mode is Variables.DROP:
            for text in open_:
                self._pattern(text, Variables.WIDEN, variables=True)
            raise _Open
        if open_ and test.negated:
            for text in open_:
                self._pattern(text, mode, variables=True)
            return None
        missing = test.quantifier == "all" or test.if_exists or (test.negated and test.quantifier == "one")
        found = self._test(condition, mode, variables=variables)
        if found is None:  # negated, with a value that cannot be resolved: holds only without the key
            return ABSENT if missing else Demand(Strings(()), passes=True, missing=False)
        return Demand(found, not test.negated, missing, test.quantifier)

    def _test(self, condition: Condition, mode: Variables, *, variables: bool) -> Test | None:
        test, values = condition.test, condition.values
        match test.family:
            case "ip":
                networks = [network(text.strip()) for text in values]
                return Addresses(tuple(one for one in networks if one is not None))
            case "numeric" | "date":
                dates = test.family == "date"
                numbers = [instant(text) if dates else parsed_number(text) for text in values]
                bounds: tuple[Fraction, ...] = tuple(number for number in numbers if number is not None)
                return Numbers(_COMPARISONS[test.relation], bounds, dates)
        like = test.relation == "like"
        fold = test.relation == "equals-ignoring-case" or test.family == "bool"
        patterns = []
        for text in values:
            pattern = self._pattern(text, mode, variables=variables, like=like, fold=fold)
            if pattern is None:
                if test.negated:
                    return None
                continue
            if test.family == "arn":
                pattern = arn(pattern)
            if pattern is not None:
                patterns.append(pattern)
        if test.family == "bool":
            texts = {"true": literal("true"), "false": literal("false")}
            return Truth(frozenset(text for text, one in texts.items() if any(_same(one, other) for other in patterns)))
        return Strings(tuple(patterns))


def _same(one: Wild, pattern: Wild) -> bool:
    return one.exact is not None and pattern.matches(one.exact)


def _null(values: tuple[str, ...]) -> Demand | None:
    flags = {text.lower() for text in values}
    if {"true", "false"} <= flags:
        return None
    if "true" in flags:
        return ABSENT
    return PRESENT if "false" in flags else Demand(Strings(()), passes=True, missing=False)
