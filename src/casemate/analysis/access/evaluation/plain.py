"""Policy documents that are plainly well-formed, as they were decoded: checked, sorted by action, and left alone.

The statements that do not speak of the action that is asked for are never looked at again, and what a statement says is
put in order only where somebody asks. Whatever is spelled in a way that is seldom (fractions, documents in quotes), or
is wrong, is `NotPlainError` or an error of msgspec: `cases` reads it with care, and says what is wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TypeAlias

from msgspec import UNSET, Meta, Struct, UnsetType

from casemate.analysis.access.evaluation.compiled import Compiled, Group, Ready
from casemate.analysis.access.evaluation.conditions import Holds, compile_condition
from casemate.analysis.access.evaluation.document import (
    WITH_VARIABLES,
    Condition,
    Policy,
    PolicyStatement,
    PrincipalPattern,
)
from casemate.analysis.access.evaluation.operators import parse_operator
from casemate.analysis.access.evaluation.patterns import matches

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casemate.analysis.access.evaluation.document import PolicyKind, PrincipalType

_OLD: Final = "2008-10-17"
_REMEMBERED: Final = 4096
"""Of each: patterns for an action, actions, conditions; more than that is a sweep, and starts over."""
_NO_PRINCIPAL: Final[frozenset[PolicyKind]] = frozenset({"identity", "boundary", "session", "scp"})
_PRINCIPALS: Final = frozenset({"AWS", "Service", "Federated", "CanonicalUser"})

Texts: TypeAlias = str | Annotated[list[str], Meta(min_length=1)]
Scalar: TypeAlias = str | bool | int
Values: TypeAlias = Scalar | list[Scalar]


class NotPlainError(Exception):
    """Something to be looked at with care."""


class Row(Struct, forbid_unknown_fields=True, gc=False):
    """A statement as it stands in a document: a `compiled.Given`."""

    Effect: Literal["Allow", "Deny"]
    Sid: str | None = None
    Action: Texts | UnsetType = UNSET
    NotAction: Texts | UnsetType = UNSET
    Resource: Texts | UnsetType = UNSET
    NotResource: Texts | UnsetType = UNSET
    Principal: str | dict[str, Texts] | UnsetType = UNSET
    NotPrincipal: str | dict[str, Texts] | UnsetType = UNSET
    Condition: dict[str, dict[str, Values]] | UnsetType = UNSET

    @property
    def allow(self) -> bool:
        """Whether its effect is Allow."""
        return self.Effect == "Allow"

    @property
    def sid(self) -> str | None:
        """Its Sid, None for an empty one."""
        return self.Sid or None

    @property
    def resources(self) -> Sequence[str]:
        """The patterns of Resource."""
        return _texts(self.Resource)

    @property
    def not_resources(self) -> Sequence[str]:
        """The patterns of NotResource."""
        return _texts(self.NotResource)

    @property
    def principals(self) -> tuple[PrincipalPattern, ...] | None:
        """Principal, None where it is absent."""
        return _principals(self.Principal)

    @property
    def not_principals(self) -> tuple[PrincipalPattern, ...] | None:
        """NotPrincipal, None where it is absent."""
        return _principals(self.NotPrincipal)


class Document(Struct, forbid_unknown_fields=True, gc=False):
    """A policy document as it was decoded."""

    Statement: Row | list[Row]
    Version: Literal["2012-10-17", "2008-10-17"] = _OLD
    Id: Any = None


class Plain(Ready):
    """A document that few ask for more than one action.

    `number`: its place among those of its kind, None for one that stands alone; `level`: that of the organisation, from
    1.
    """

    __slots__ = ("_document", "_kind", "_level", "_number", "_whole")

    def __init__(self, document: Document, kind: PolicyKind, level: int | None, number: int | None) -> None:
        self._document = document
        self._kind = kind
        self._level = level
        self._number = number
        self._whole: Policy | None = None
        self._statements = None
        self._by_service = None

    @property
    def policy(self) -> Policy:
        """The policy with all that its statements say."""
        if self._whole is None:
            statements = [_statement(row, position, self) for position, row in enumerate(_rows(self._document))]
            self._whole = Policy(self._kind, tuple(statements), self.name, self._document.Version)
        return self._whole

    @property
    def name(self) -> str:
        """As `cases` names it."""
        if self._level is not None:
            return f"{self._kind}s[{self._level - 1}][{self._number}]"
        return self._kind if self._number is None else f"{self._kind}[{self._number}]"

    @property
    def variables(self) -> bool:
        """Whether `${…}` is a variable."""
        return self._document.Version == WITH_VARIABLES

    @property
    def statements(self) -> tuple[Compiled, ...]:
        """All of its statements."""
        if self._statements is None:
            rows = enumerate(_rows(self._document))
            self._statements = tuple([Compiled(row, self._kind, self, position) for position, row in rows])
        return self._statements

    def statement(self, position: int) -> PolicyStatement:
        """The statement at a position."""
        return self.policy.statements[position]

    def conditions(self, position: int) -> tuple[tuple[Condition, Holds], ...]:
        """Each condition of the statement at a position, with the function that says whether it holds."""
        given = _rows(self._document)[position].Condition
        if not isinstance(given, dict):
            return ()
        variables = self._document.Version == WITH_VARIABLES
        return tuple(
            [
                _condition(operator, key, values, variables)
                for operator, keys in given.items()
                for key, values in keys.items()
            ]
        )


def group_of(given: Document | list[Document], kind: PolicyKind, action: str, level: int | None = None) -> Group:
    """The policies of a kind, sorted by the action that is asked for. Raises `NotPlainError`."""
    known = _speaks.get(action)
    if known is None:
        if len(_speaks) >= _REMEMBERED:
            _speaks.clear()
        known = _speaks[action] = _Speaks(action)
    ready: list[Ready] = []
    denies: list[Compiled] = []
    allows: list[Compiled] = []
    sure = False
    named = kind not in _NO_PRINCIPAL
    for number, document in enumerate(given) if isinstance(given, list) else ((None, given),):
        plain = Plain(document, kind, level, number)
        ready.append(plain)
        rows = document.Statement
        for position, row in enumerate(rows) if isinstance(rows, list) else ((0, rows),):
            if not _speaks_of(row, kind, known, named):
                continue
            each = Compiled(row, kind, plain, position, named=named, conditional=row.Condition is not UNSET)
            if each.allow:
                allows.append(each)
                sure = sure or (row.Resource == "*" and _to_everybody(row))
            else:
                denies.append(each)
    return Group.of(tuple(ready), kind, level, action, (denies, allows, sure))


def _speaks_of(row: Row, kind: PolicyKind, known: _Speaks, named: bool) -> bool:  # noqa: FBT001 - asked of every row
    """Whether a statement speaks of the action; checked as a whole, whatever it speaks of."""
    patterns = row.Action
    if (
        named
        or patterns is UNSET
        or row.Resource is UNSET
        or not (row.NotAction is UNSET is row.NotResource)
        or not (row.Principal is UNSET is row.NotPrincipal)
    ):
        _check(row, kind)
    if row.Condition is not UNSET:
        for operator in row.Condition:
            if parse_operator(operator).__class__ is str:
                raise NotPlainError
    if isinstance(patterns, str):
        return known[patterns]
    return not _included(row.NotAction, known) if patterns is UNSET else _included(patterns, known)


def _included(given: Texts | UnsetType, known: _Speaks) -> bool:
    met = False
    for pattern in _texts(given):  # all of them, since each is checked by that
        if known[pattern]:
            met = True
    return met


def _to_everybody(row: Row) -> bool:
    """Whether nothing but action and resource decides whether it applies."""
    return row.Condition is UNSET is row.NotPrincipal and (row.Principal is UNSET or row.Principal == "*")


class _Speaks(dict[str, bool]):
    """Whether a pattern includes one action, by the pattern as written."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self._action = action

    def __missing__(self, pattern: str) -> bool:
        if ":" not in pattern and pattern != "*":
            raise NotPlainError
        if len(self) >= _REMEMBERED:
            self.clear()
        found = self[pattern] = matches(pattern.lower(), self._action)
        return found


_speaks: dict[str, _Speaks] = {}
_conditions: dict[tuple[str, str, str | tuple[str, ...], bool], tuple[Condition, Holds]] = {}


def _check(row: Row, kind: PolicyKind) -> None:
    """Raise `NotPlainError` for what types do not tell of the elements."""
    if (row.Action is UNSET) is (row.NotAction is UNSET):
        raise NotPlainError
    if row.Resource is UNSET:
        if row.NotResource is UNSET and kind != "resource":
            raise NotPlainError
    elif row.NotResource is not UNSET:
        raise NotPlainError
    if row.Principal is UNSET is row.NotPrincipal:
        if kind == "resource":
            raise NotPlainError
        return
    given = row.NotPrincipal if row.Principal is UNSET else row.Principal
    if kind in _NO_PRINCIPAL or not (row.Principal is UNSET or row.NotPrincipal is UNSET):
        raise NotPlainError
    if given != "*" and not (isinstance(given, dict) and _PRINCIPALS.issuperset(given)):
        raise NotPlainError


def _rows(document: Document) -> list[Row]:
    rows = document.Statement
    return rows if isinstance(rows, list) else [rows]


def _texts(given: Texts | UnsetType) -> Sequence[str]:
    if isinstance(given, list):
        return given
    return (given,) if isinstance(given, str) else ()


def _principals(given: str | dict[str, Texts] | UnsetType) -> tuple[PrincipalPattern, ...] | None:
    """What `_check` has let through."""
    if isinstance(given, dict):
        found = []
        kind: PrincipalType
        for kind, values in given.items():  # type: ignore[assignment] # one of `_PRINCIPALS`
            found += [PrincipalPattern(kind, value) for value in _texts(values)]
        return tuple(found)
    return (PrincipalPattern("*", "*"),) if isinstance(given, str) else None


def _condition(operator: str, key: str, values: Values, variables: bool) -> tuple[Condition, Holds]:  # noqa: FBT001 - many
    """A condition with the function that says whether it holds; they repeat one another's, and are kept."""
    texts = tuple([text_of(one) for one in values]) if isinstance(values, list) else text_of(values)
    found = _conditions.get((operator, key, texts, variables))
    if found is not None:
        return found
    test = parse_operator(operator)
    if isinstance(test, str):
        raise NotPlainError
    condition = Condition(test, key.lower(), (texts,) if isinstance(texts, str) else texts, (operator, key))
    if len(_conditions) >= _REMEMBERED:
        _conditions.clear()
    found = _conditions[operator, key, texts, variables] = (
        condition,
        compile_condition(condition, variables=variables),
    )
    return found


def text_of(value: Scalar) -> str:
    """A scalar as IAM compares it: `document.scalar_text`."""
    if isinstance(value, str):
        return value
    if value is True:
        return "true"
    return "false" if value is False else str(value)


def _statement(row: Row, index: int, plain: Plain) -> PolicyStatement:
    """The statement with everything that is known of it."""
    return PolicyStatement(
        allow=row.allow,
        index=index,
        actions=tuple([text.lower() for text in _texts(row.Action)]),
        not_actions=tuple([text.lower() for text in _texts(row.NotAction)]),
        resources=tuple(row.resources),
        not_resources=tuple(row.not_resources),
        principals=row.principals,
        not_principals=row.not_principals,
        conditions=tuple([condition for condition, _ in plain.conditions(index)]),
        variables=plain.variables,
        sid=row.sid,
    )
