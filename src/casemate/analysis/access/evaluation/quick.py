"""Policies of a line whose text was not met before: decoded and checked in one pass, where nothing is wrong with them.

A document is kept by its bytes, so that what stands in many lines is read once. Whatever is not plainly well-formed, or
is spelled in a way that is seldom (numbers in a condition, documents in quotes, settings among the policies), is left
to `cases`, which reads everything and says what is wrong: this module only ever says "not me".
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from casemate.analysis.access.evaluation.document import (
    WITH_VARIABLES,
    Condition,
    Policy,
    PolicyStatement,
    PrincipalPattern,
)
from casemate.analysis.access.evaluation.operators import parse_operator
from casemate.analysis.access.evaluation.policies import policies_of

if TYPE_CHECKING:
    from casemate.analysis.access.evaluation.document import PolicyKind, PrincipalType
    from casemate.analysis.access.evaluation.policies import Policies

_OLD: Final = "2008-10-17"
_REMEMBERED: Final = 4096
_NAMED: Final[frozenset[PolicyKind]] = frozenset({"resource"})
_UNNAMED: Final[frozenset[PolicyKind]] = frozenset({"identity", "boundary", "session", "scp"})
_PRINCIPALS: Final = frozenset({"AWS", "Service", "Federated", "CanonicalUser"})

Texts = str | list[str]
Values = str | bool | list[str | bool]


class _Row(Struct, forbid_unknown_fields=True):
    """A statement as it stands in a document."""

    Effect: Literal["Allow", "Deny"]
    Sid: str | None = None
    Action: Texts | UnsetType = UNSET
    NotAction: Texts | UnsetType = UNSET
    Resource: Texts | UnsetType = UNSET
    NotResource: Texts | UnsetType = UNSET
    Principal: str | dict[str, Texts] | UnsetType = UNSET
    NotPrincipal: str | dict[str, Texts] | UnsetType = UNSET
    Condition: dict[str, dict[str, Values]] | UnsetType = UNSET


class _Document(Struct, forbid_unknown_fields=True):
    Statement: _Row | list[_Row]
    Version: Literal["2012-10-17", "2008-10-17"] = "2008-10-17"
    Id: Any = None


_ABSENT: Final = Raw(b"null")


class _Given(Struct, forbid_unknown_fields=True):
    """The policies of a case by kind, each still as its text."""

    identity: Raw = _ABSENT
    resource: Raw = _ABSENT
    boundary: Raw = _ABSENT
    session: Raw = _ABSENT
    endpoint: Raw = _ABSENT
    scps: list[list[Raw]] | None = None
    rcps: list[list[Raw]] | None = None


class _NotPlainError(Exception):
    """Something to be looked at with care."""


_given = msgspec.json.Decoder(_Given).decode
_document = msgspec.json.Decoder(_Document).decode
_several = msgspec.json.Decoder(list[Raw]).decode


class Documents:
    """Reads the policies of cases; keeps the documents that it read, by their bytes."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, bytes], Policy] = {}

    def policies(self, text: str) -> Policies | None:
        """The policies of one case from their JSON; None where they are better read by `cases`."""
        try:
            given = _given(text)
            resource = self._of(given.resource, "resource")
            if len(resource) > 1:
                return None
            return policies_of(
                identity=self._of(given.identity, "identity"),
                resource=resource[0] if resource else None,
                boundary=self._of(given.boundary, "boundary"),
                session=self._of(given.session, "session"),
                endpoint=self._of(given.endpoint, "endpoint"),
                scps=None if given.scps is None else self._levels(given.scps, "scp"),
                rcps=None if given.rcps is None else self._levels(given.rcps, "rcp"),
            )
        except (msgspec.MsgspecError, _NotPlainError, RecursionError, UnicodeError):
            return None

    def _of(self, raw: Raw, kind: PolicyKind) -> list[Policy]:
        data = bytes(raw)
        if data[:1] == b"[":
            return [self._read(bytes(each), kind, f"{kind}[{number}]") for number, each in enumerate(_several(data))]
        return [] if data == b"null" else [self._read(data, kind, kind)]

    def _levels(self, levels: list[list[Raw]], kind: PolicyKind) -> list[list[Policy]]:
        return [
            [self._read(bytes(each), kind, f"{kind}s[{number}][{index}]") for index, each in enumerate(level)]
            for number, level in enumerate(levels)
        ]

    def _read(self, data: bytes, kind: PolicyKind, name: str) -> Policy:
        key = (name, data)
        found = self._known.get(key)
        if found is None:
            document = _document(data)
            rows = document.Statement if isinstance(document.Statement, list) else [document.Statement]
            variables = document.Version == WITH_VARIABLES
            statements = tuple([_statement(row, number, kind, variables=variables) for number, row in enumerate(rows)])
            found = Policy(kind, statements, name, document.Version)
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[key] = found
        return found


def _statement(row: _Row, index: int, kind: PolicyKind, *, variables: bool) -> PolicyStatement:
    found = PolicyStatement(allow=row.Effect == "Allow", index=index, variables=variables)
    if row.Sid:
        found.sid = row.Sid
    if (row.Action is UNSET) == (row.NotAction is UNSET):
        raise _NotPlainError
    if row.Action is not UNSET:
        found.actions = _actions(row.Action if isinstance(row.Action, str) else tuple(row.Action))
    elif row.NotAction is not UNSET:
        found.not_actions = _actions(row.NotAction if isinstance(row.NotAction, str) else tuple(row.NotAction))
    if row.Resource is not UNSET:
        if row.NotResource is not UNSET:
            raise _NotPlainError
        found.resources = _texts(row.Resource)
    elif row.NotResource is not UNSET:
        found.not_resources = _texts(row.NotResource)
    elif kind not in _NAMED:
        raise _NotPlainError
    if row.Principal is not UNSET or row.NotPrincipal is not UNSET:
        _name(found, row, kind)
    elif kind in _NAMED:
        raise _NotPlainError
    if row.Condition is not UNSET:
        found.conditions = _conditions(row.Condition)
    return found


def _name(found: PolicyStatement, row: _Row, kind: PolicyKind) -> None:
    """Say for whom a statement speaks."""
    if kind in _UNNAMED:
        raise _NotPlainError
    if row.Principal is UNSET:
        found.not_principals = None if row.NotPrincipal is UNSET else _principals(row.NotPrincipal)
    elif row.NotPrincipal is UNSET:
        found.principals = _principals(row.Principal)
    else:
        raise _NotPlainError


@lru_cache(maxsize=16_384)
def _actions(given: str | tuple[str, ...]) -> tuple[str, ...]:
    """The actions in lower case: statements repeat one another's."""
    texts = (given,) if isinstance(given, str) else given
    if not texts or any(":" not in text and text != "*" for text in texts):
        raise _NotPlainError
    return tuple([text.lower() for text in texts])


def _texts(given: Texts) -> tuple[str, ...]:
    if isinstance(given, str):
        return (given,)
    if not given:
        raise _NotPlainError
    return tuple(given)


def _principals(given: str | dict[str, Texts]) -> tuple[PrincipalPattern, ...]:
    if given == "*":
        return (PrincipalPattern("*", "*"),)
    if not isinstance(given, dict) or not _PRINCIPALS.issuperset(given):
        raise _NotPlainError
    found: list[PrincipalPattern] = []
    kind: PrincipalType
    for kind, values in given.items():  # type: ignore[assignment]
        found += [PrincipalPattern(kind, value) for value in _texts(values)]
    return tuple(found)


def _conditions(given: dict[str, dict[str, Values]]) -> tuple[Condition, ...]:
    found: list[Condition] = []
    for operator, keys in given.items():
        test = parse_operator(operator)
        if isinstance(test, str):
            raise _NotPlainError
        for key, values in keys.items():
            texts = (values,) if isinstance(values, str) else _scalars(values)
            found.append(Condition(test, key.lower(), texts, (operator, key)))
    return tuple(found)


def _scalars(given: Values) -> tuple[str, ...]:
    items = given if isinstance(given, list) else [given]
    return tuple([item if isinstance(item, str) else "true" if item else "false" for item in items])
