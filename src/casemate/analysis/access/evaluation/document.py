"""A policy as it is evaluated: parsed once, its names in one case, every statement with its place where that is known.

Made from decoded JSON (`policy_from_json`), from the statements of an inventory (`policy_from_statements`), or, with
lines, from JSON text through `casemate.analysis.access.evaluation.reading`. The grammar is that of the IAM User Guide,
"Grammar of the IAM JSON policy language"; what IAM refuses to store is refused here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias, get_args

from casemate.analysis.access.evaluation.operators import Test, parse_operator
from casemate.errors import UsageError

if TYPE_CHECKING:
    from casemate.model import policy as declared
    from casemate.model.location import Span

PolicyKind = Literal["identity", "resource", "boundary", "session", "scp", "rcp", "endpoint"]
"""What a policy is attached to. A role's trust policy is the role's `resource` policy."""

KINDS: tuple[PolicyKind, ...] = get_args(PolicyKind)

PrincipalType = Literal["AWS", "Service", "Federated", "CanonicalUser", "*"]
"""The maps of a Principal element; `*` is the bare wildcard, which is the same as {"AWS": "*"}."""

Step: TypeAlias = str | int
Locate: TypeAlias = Callable[[tuple[Step, ...]], "Span | None"]
"""The place of an element by its path inside the document: ("Statement", 0, "Effect")."""

WITH_VARIABLES = "2012-10-17"
"""The version in which `${…}` is a variable. In 2008-10-17, which is what no version means, it is plain text
(IAM User Guide, "IAM JSON policy elements: Version")."""

_VERSIONS = (WITH_VARIABLES, "2008-10-17")
_OF_POLICY = frozenset({"Version", "Id", "Statement"})
_OF_STATEMENT = frozenset({
    "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition",
})  # fmt: skip
_PAIRS = (("Action", "NotAction"), ("Resource", "NotResource"), ("Principal", "NotPrincipal"))
_PRINCIPALS: tuple[PrincipalType, ...] = ("AWS", "Service", "Federated", "CanonicalUser")
_NO_PRINCIPAL: frozenset[PolicyKind] = frozenset({"identity", "boundary", "session", "scp"})
_SHOWN = 60


class PrincipalPattern(NamedTuple):
    """One principal of a statement, as written: {"AWS": "arn:aws:iam::…:root"} is ("AWS", "arn:aws:iam::…:root")."""

    type: PrincipalType
    value: str

    @property
    def is_everyone(self) -> bool:
        """Whether it is the wildcard, anonymous callers and services included."""
        return self.value == "*" and self.type in {"*", "AWS"}


class Condition(NamedTuple):
    """One operator on one key: `key` in lower case; `values` are strings, any of which may match."""

    test: Test
    key: str
    values: tuple[str, ...]
    written: tuple[str, str]
    """Operator and key as the policy writes them."""


@dataclass(slots=True, eq=False, kw_only=True)
class PolicyStatement:
    """One statement, not changed once it is made (and not frozen: that would double the time to make one).

    Exactly one of `actions` and `not_actions` is set (lower case, `*` and `?` are wildcards). Of `resources` and
    `not_resources` one is set, or none in a trust policy. `principals` and `not_principals`: None when the element is
    absent. `variables`: whether `${…}` is a variable. `unknown`: what of an inventory's statement could not be
    resolved, in words; empty when everything is known.
    """

    allow: bool
    index: int
    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    not_resources: tuple[str, ...] = ()
    principals: tuple[PrincipalPattern, ...] | None = None
    not_principals: tuple[PrincipalPattern, ...] | None = None
    conditions: tuple[Condition, ...] = ()
    variables: bool = True
    sid: str | None = None
    at: Span | None = None
    origin: str | None = None
    unknown: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """How to speak of it: its Sid, else its number from 1."""
        return f"statement {self.sid!r}" if self.sid else f"statement {self.index + 1}"


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    """One document. `name` says where it came from in words (`policies.identity[0]`), `kind` what it is attached to."""

    kind: PolicyKind
    statements: tuple[PolicyStatement, ...]
    name: str = ""
    version: str = WITH_VARIABLES
    at: Span | None = field(default=None, repr=False)


class _Reader:
    """Reads one document and knows where it is when something is wrong."""

    def __init__(self, kind: PolicyKind, name: str, locate: Locate | None) -> None:
        self.kind = kind
        self.name = name
        self.locate = locate

    def place(self, path: tuple[Step, ...]) -> Span | None:
        return None if self.locate is None else self.locate(path)

    def refuse(self, path: tuple[Step, ...], what: str, hint: str) -> UsageError:
        where = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
        return UsageError(f"{self.name or self.kind}{where}: {what}", hint=hint, at=self.place(path))

    def policy(self, document: object) -> Policy:
        if not isinstance(document, dict):
            raise self.refuse((), f"a policy is a JSON object, not {_kind_of(document)}", "give the document itself")
        self._known_names(document, _OF_POLICY, ())
        version = document.get("Version", _VERSIONS[1])
        if not isinstance(version, str) or version not in _VERSIONS:
            raise self.refuse(("Version",), f"{_show(version)} is no version", f"use {_VERSIONS[0]} or {_VERSIONS[1]}")
        if "Statement" not in document:
            raise self.refuse((), "the policy has no Statement", "add one statement or a list of them")
        given = document["Statement"]
        variables = version == WITH_VARIABLES
        if isinstance(given, list):
            statements = tuple(
                [self._statement(row, index, ("Statement", index), variables) for index, row in enumerate(given)]
            )
        else:
            statements = (self._statement(given, 0, ("Statement",), variables),)
        return Policy(self.kind, statements, self.name, version, self.place(()))

    def _known_names(self, given: Mapping[object, object], names: frozenset[str], path: tuple[Step, ...]) -> None:
        if names.issuperset(given):
            return
        for name in given:
            if name not in names:
                near = get_close_matches(str(name).capitalize(), sorted(names), 1)
                hint = f"did you mean {near[0]}?" if near else f"the elements are {', '.join(sorted(names))}"
                raise self.refuse((*path, str(name)), "IAM knows no such element", hint)

    def _statement(self, row: object, index: int, path: tuple[Step, ...], variables: bool) -> PolicyStatement:  # noqa: FBT001
        if not isinstance(row, dict):
            raise self.refuse(path, f"a statement is a JSON object, not {_kind_of(row)}", 'write {"Effect": …}')
        self._known_names(row, _OF_STATEMENT, path)
        effect = row.get("Effect")
        if effect not in ("Allow", "Deny"):
            hint = "Effect is Allow or Deny, in this case of letters"
            what = "the statement has no Effect" if effect is None else f"{_show(effect)} is no effect"
            raise self.refuse((*path, "Effect") if "Effect" in row else path, what, hint)
        sid = row.get("Sid")
        if sid is not None and not isinstance(sid, str):
            raise self.refuse((*path, "Sid"), f"a Sid is a string, not {_kind_of(sid)}", "quote it")
        for one, other in _PAIRS:
            if other in row and one in row:
                raise self.refuse((*path, other), f"{one} and {other} exclude each other", "keep one of them")
        if "Action" not in row and "NotAction" not in row:
            raise self.refuse(path, "the statement has no Action", "add Action or NotAction")
        if self.kind != "resource" and "Resource" not in row and "NotResource" not in row:
            raise self.refuse(
                path, "the statement has no Resource", 'add Resource or NotResource; "*" is every resource'
            )
        self._check_principal(row, path)
        return PolicyStatement(
            allow=effect == "Allow",
            index=index,
            sid=sid or None,
            actions=self._actions(row, "Action", path),
            not_actions=self._actions(row, "NotAction", path),
            resources=self._strings(row, "Resource", path),
            not_resources=self._strings(row, "NotResource", path),
            principals=self._principals(row, "Principal", path),
            not_principals=self._principals(row, "NotPrincipal", path),
            conditions=self._conditions(row["Condition"], (*path, "Condition")) if "Condition" in row else (),
            variables=variables,
            at=None if self.locate is None else self.locate(path),
        )

    def _check_principal(self, row: Mapping[object, object], path: tuple[Step, ...]) -> None:
        named = "Principal" if "Principal" in row else "NotPrincipal" if "NotPrincipal" in row else None
        if named is not None and self.kind in _NO_PRINCIPAL:
            hint = "it speaks for whom it is attached to; Principal belongs in a resource or trust policy"
            raise self.refuse((*path, named), f"a policy of kind {self.kind} has no {named}", hint)
        if named is None and self.kind == "resource":
            raise self.refuse(path, "a resource policy says for whom it speaks", "add Principal")

    def _strings(self, row: Mapping[object, object], name: str, path: tuple[Step, ...]) -> tuple[str, ...]:
        if name not in row:
            return ()
        given = row[name]
        if isinstance(given, str):
            return (given,)
        if isinstance(given, list) and given:
            for item in given:
                if not isinstance(item, str):
                    break
            else:
                return tuple(given)
        raise self.refuse((*path, name), "a string or a list of strings is needed", "IAM refuses other values")

    def _actions(self, row: Mapping[object, object], name: str, path: tuple[Step, ...]) -> tuple[str, ...]:
        if name not in row:
            return ()
        found = self._strings(row, name, path)
        for text in found:
            if ":" not in text and text != "*":
                raise self.refuse((*path, name), f"{_show(text)} is no action", "write SERVICE:ACTION, or *")
        return tuple([text.lower() for text in found])

    def _principals(
        self, row: Mapping[object, object], name: str, path: tuple[Step, ...]
    ) -> tuple[PrincipalPattern, ...] | None:
        if name not in row:
            return None
        given = row[name]
        path = (*path, name)
        if given == "*":
            return (PrincipalPattern("*", "*"),)
        if not isinstance(given, dict):
            raise self.refuse(path, f"{_show(given)} is no principal", 'write "*" or {"AWS": "arn:aws:iam::…"}')
        found: list[PrincipalPattern] = []
        for kind in given:
            if kind == "*" and given[kind] in ("*", ["*"]):
                found.append(PrincipalPattern("*", "*"))
                continue
            if kind not in _PRINCIPALS:
                near = get_close_matches(str(kind), _PRINCIPALS, 1)
                hint = f"did you mean {near[0]}?" if near else f"one of {', '.join(_PRINCIPALS)}"
                raise self.refuse((*path, str(kind)), "IAM knows no such kind of principal", hint)
            found.extend(PrincipalPattern(kind, value) for value in self._strings(given, kind, path))
        return tuple(found)

    def _conditions(self, given: object, path: tuple[Step, ...]) -> tuple[Condition, ...]:
        if not isinstance(given, dict):
            raise self.refuse(
                path, f"Condition is a JSON object, not {_kind_of(given)}", 'write {"OPERATOR": {"KEY": …}}'
            )
        found: list[Condition] = []
        for operator, keys in given.items():
            test = parse_operator(str(operator))
            if isinstance(test, str):
                raise self.refuse((*path, str(operator)), "IAM knows no such condition operator", test)
            if not isinstance(keys, dict):
                raise self.refuse((*path, str(operator)), "an operator holds keys and their values", 'write {"KEY": …}')
            for key, values in keys.items():
                texts = self._values(values, (*path, str(operator), str(key)))
                found.append(Condition(test, str(key).lower(), texts, (str(operator), str(key))))
        return tuple(found)

    def _values(self, given: object, path: tuple[Step, ...]) -> tuple[str, ...]:
        if isinstance(given, str):
            return (given,)
        items = given if isinstance(given, list) else [given]
        found = [item if isinstance(item, str) else scalar_text(item) for item in items]
        if any(text is None for text in found):
            raise self.refuse(path, "a value is a string, a number or a boolean, or a list of them", "quote it")
        return tuple(text for text in found if text is not None)


def policy_from_json(document: object, kind: PolicyKind, name: str = "", locate: Locate | None = None) -> Policy:
    """A policy from decoded JSON.

    Raises `UsageError` with the element, its place when `locate` knows it, and a remedy, for what IAM would not store.
    """
    return _Reader(kind, name, locate).policy(document)


def policy_from_statements(statements: Iterable[declared.Statement], kind: PolicyKind, name: str = "") -> Policy:
    """A policy from statements of an inventory, in their order.

    References stay as the inventory writes them (`${Name.Attribute}`), which are no policy variables and compare as
    plain text. A part that could not be resolved is named in `PolicyStatement.unknown`: then neither a match nor a
    miss of that statement is certain.
    """
    return Policy(kind, tuple(_declared(statement, index) for index, statement in enumerate(statements)), name)


def _declared(statement: declared.Statement, index: int) -> PolicyStatement:
    unknown = [
        f"{element} {term.text!r}"
        for element, terms in (
            ("Action", (*statement.actions, *statement.not_actions)),
            ("Resource", (*statement.resources, *statement.not_resources)),
            ("Principal", [principal.term for principal in (*statement.principals, *statement.not_principals)]),
            ("Condition", [value for condition in statement.conditions for value in condition.values]),
        )
        for term in terms
        if not term.known
    ]
    conditions = []
    for condition in statement.conditions:
        test = parse_operator(condition.operator)
        if isinstance(test, str):
            unknown.append(f"operator {condition.operator!r}")
            continue
        values = tuple(value.text for value in condition.values)
        conditions.append(Condition(test, condition.key.lower(), values, (condition.operator, condition.key)))
    if statement.condition is not None:
        unknown.append(f"exists only if {statement.condition}")
    return PolicyStatement(
        allow=statement.effect == "Allow",
        index=index,
        sid=statement.sid,
        actions=tuple(term.text.lower() for term in statement.actions),
        not_actions=tuple(term.text.lower() for term in statement.not_actions),
        resources=tuple(term.text for term in statement.resources),
        not_resources=tuple(term.text for term in statement.not_resources),
        principals=_declared_principals(statement.principals),
        not_principals=_declared_principals(statement.not_principals),
        conditions=tuple(conditions),
        at=statement.at,
        origin=statement.origin,
        unknown=tuple(unknown),
    )


def _declared_principals(principals: tuple[declared.Principal, ...]) -> tuple[PrincipalPattern, ...] | None:
    types: dict[str, PrincipalType] = {name: name for name in (*_PRINCIPALS, "*")}
    found = [PrincipalPattern(types.get(principal.type, "AWS"), principal.term.text) for principal in principals]
    return tuple(found) or None


def scalar_text(value: object) -> str | None:
    """A JSON scalar as IAM compares it, None for null, lists and objects."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return repr(value) if not value.is_integer() else str(int(value))
        case _:
            return None


def _kind_of(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")


def _show(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
