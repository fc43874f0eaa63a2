"""Policies made ready for many requests: patterns as functions, statements by the actions they speak of.

Compiled policies are cached by content, and everything in a statement is compiled only when a request gets that far; a
statement that is met once is never compiled, since its patterns are compared quicker than they are prepared.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias

from casemate.analysis.access.evaluation.conditions import Holds, compile_condition
from casemate.analysis.access.evaluation.patterns import Matcher, completed, from_tokens, matches, wildcard
from casemate.analysis.access.evaluation.principals import Grade, Principals, quickly
from casemate.analysis.access.evaluation.variables import Template, template

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casemate.analysis.access.evaluation.document import (
        Condition,
        Policy,
        PolicyKind,
        PolicyStatement,
        PrincipalPattern,
    )
    from casemate.analysis.access.evaluation.request import Request

_COMPLETED: frozenset[PolicyKind] = frozenset({"identity", "boundary", "session"})
"""Where IAM completes an ARN with missing parts; in a resource policy it stands as written."""
LABELS: Mapping[PolicyKind, str] = MappingProxyType(
    {
        "identity": "identity policy",
        "resource": "resource policy",
        "boundary": "permissions boundary",
        "session": "session policy",
        "scp": "service control policies",
        "rcp": "resource control policies",
        "endpoint": "VPC endpoint policy",
    },
)
_EVERY = ("*",)
_NONE, _DIRECT = Grade.NONE, Grade.DIRECT
_NOBODY = (None, False)
"""Of a statement that names no principal."""
_ANY_SERVICE = ""
_COLONS = 5
"""In a whole ARN."""
_REMEMBERED = 2048
"""Actions for which a group keeps its statements; more than that is a sweep, and starts over."""


class Given(Protocol):
    """What is read of a statement to evaluate it: `PolicyStatement`, or a statement as it was decoded."""

    @property
    def allow(self) -> bool: ...
    @property
    def sid(self) -> str | None: ...
    @property
    def resources(self) -> Sequence[str]: ...
    @property
    def not_resources(self) -> Sequence[str]: ...
    @property
    def principals(self) -> tuple[PrincipalPattern, ...] | None: ...
    @property
    def not_principals(self) -> tuple[PrincipalPattern, ...] | None: ...


class Hit(NamedTuple):
    """A statement that applies to a request. `grade`: how directly its Principal names the caller."""

    statement: Compiled
    grade: Grade


class Ready:
    """One policy whose statements can be asked for by action."""

    __slots__ = ("_by_service", "_policy", "_statements")

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._statements: tuple[Compiled, ...] | None = None
        self._by_service: dict[str, tuple[Compiled, ...]] | None = None

    @property
    def policy(self) -> Policy:
        """The policy itself."""
        return self._policy

    @property
    def name(self) -> str:
        """Where the policy came from, in words."""
        return self._policy.name

    @property
    def variables(self) -> bool | None:
        """Whether `${…}` is a variable in all of its statements; None where each says so itself."""
        return None

    @property
    def statements(self) -> tuple[Compiled, ...]:
        """All of its statements."""
        if self._statements is None:
            policy = self._policy
            self._statements = tuple(
                [Compiled(one, policy.kind, self, index) for index, one in enumerate(policy.statements)]
            )
        return self._statements

    def speaking(self, action: str) -> list[Compiled]:
        """The statements that include an action (lower case)."""
        if self._by_service is None:
            self._by_service = _by_service(self.statements)
        asked = self._by_service.get(action.partition(":")[0])
        if asked is None:
            asked = self._by_service[_ANY_SERVICE]
        return [each for each in asked if each.speaks_of_action(action)]

    def statement(self, position: int) -> PolicyStatement:
        """The statement at a position."""
        return self._policy.statements[position]

    def conditions(self, position: int) -> tuple[tuple[Condition, Holds], ...]:
        """Each condition of the statement at a position, with the function that says whether it holds."""
        statement = self._policy.statements[position]
        return tuple(
            [
                (condition, compile_condition(condition, variables=statement.variables))
                for condition in statement.conditions
            ]
        )


def _by_service(statements: tuple[Compiled, ...]) -> dict[str, tuple[Compiled, ...]]:
    """The statements that may speak of a service's actions, in their order; `_ANY_SERVICE`: of services unnamed."""
    named: list[set[str] | None] = []
    for each in statements:
        services = {pattern.partition(":")[0] for pattern in each.statement.actions}
        wide = not services or any("*" in service or "?" in service for service in services)
        named.append(None if wide else services)
    every = set().union(*(services for services in named if services is not None), {_ANY_SERVICE})
    return {
        service: tuple(
            [each for each, services in zip(statements, named, strict=True) if services is None or service in services]
        )
        for service in every
    }


class Compiled:
    """One statement with its patterns as functions.

    `kind`: what the policy is attached to; `position`: the place in the policy, from 0. `named`, `conditional`: False
    where it is known to have no Principal, or no Condition.
    """

    # What is set for few: the class has it for the others.
    _met = False
    _named: tuple[tuple[PrincipalPattern, ...] | None, bool] | None = None
    _sure = False
    _resources: tuple[bool, tuple[Matcher, ...], tuple[Template, ...]] | None = None
    _conditions: tuple[tuple[Condition, Holds], ...] | None = None
    _principals: Principals | None = None

    def __init__(
        self,
        given: Given,
        kind: PolicyKind,
        ready: Ready,
        position: int,
        *,
        named: bool = True,
        conditional: bool = True,
    ) -> None:
        self._given = given
        self._ready = ready
        self.allow = given.allow
        self.kind = kind
        self.position = position
        if not named:
            self._named = _NOBODY
        if not conditional:
            self._conditions = ()

    @property
    def statement(self) -> PolicyStatement:
        """The statement with all that is known of it."""
        return self._ready.statement(self.position)

    @property
    def policy(self) -> Policy:
        """The policy in which it stands."""
        return self._ready.policy

    @property
    def document(self) -> str:
        """The name of that policy."""
        return self._ready.name

    @property
    def sid(self) -> str | None:
        """Its Sid, None where it has none."""
        return self._given.sid

    def speaks_of_action(self, action: str) -> bool:
        """Whether Action or NotAction includes it (lower case)."""
        statement = self.statement
        for pattern in statement.actions or statement.not_actions:
            if pattern in (action, "*") or wildcard(pattern)(action):
                return not statement.not_actions
        return bool(statement.not_actions)

    def speaks_of_resource(self, request: Request) -> bool:
        """Whether Resource or NotResource includes the request's resource; neither (a trust policy) includes it."""
        if self._resources is None:
            if not self._met:
                self._met = True
                return self._once(request)
            self._resources = self._compile_resources()
        resource = request.resource
        negated, fixed, templates = self._resources
        for matcher in fixed:
            if matcher(resource):
                return not negated
        for each in templates:
            tokens = each.resolve(request.context, wildcards=True)
            if tokens is None:
                if negated:
                    return False
            elif from_tokens(tokens)(resource):
                return not negated
        return negated

    def _once(self, request: Request) -> bool:
        """As `speaks_of_resource`, without preparing anything."""
        patterns, negated = self._given.resources, False
        if not patterns:
            patterns, negated = self._given.not_resources, True
        resource = request.resource
        complete = self.kind in _COMPLETED
        for pattern in patterns:
            if pattern == "*":
                return not negated
            if complete and pattern.count(":") < _COLONS:
                pattern = completed(pattern)  # noqa: PLW2901 - the same pattern, whole
            if "${" in pattern and self._has_variables and (found := template(pattern)) is not None:
                met = found.matches(resource, request.context)
                if met is None:
                    if negated:
                        return False
                elif met:
                    return not negated
            elif matches(pattern, resource):
                return not negated
        return negated or not patterns

    @property
    def _has_variables(self) -> bool:
        known = self._ready.variables
        return self.statement.variables if known is None else known

    def _compile_resources(self) -> tuple[bool, tuple[Matcher, ...], tuple[Template, ...]]:
        """Whether they are left out, the patterns without variables, and those with."""
        given, variables = self._given, self._has_variables
        patterns = given.not_resources or given.resources or _EVERY
        fixed: list[Matcher] = []
        templates: list[Template] = []
        for pattern in patterns:
            text = completed(pattern) if self.kind in _COMPLETED else pattern
            found = template(text) if variables else None
            if found is None:
                fixed.append(wildcard(text))
            else:
                templates.append(found)
        self._sure = self.is_sure
        return bool(given.not_resources), tuple(fixed), tuple(templates)

    def conditions(self) -> tuple[tuple[Condition, Holds], ...]:
        """Each condition with the function that says whether it holds."""
        if self._conditions is None:
            self._conditions = self._ready.conditions(self.position)
        return self._conditions

    def failing(self, request: Request) -> tuple[Condition, ...]:
        """The conditions that do not hold."""
        return tuple(condition for condition, holds in self.conditions() if not holds(request.context))

    def grade(self, request: Request) -> Grade:
        """How directly it names the caller; policies without a Principal speak of whom they are attached to."""
        named = self._named
        if named is None:
            principals, excepted = self._given.principals, self._given.not_principals
            patterns = excepted if principals is None else principals
            named = self._named = _NOBODY if patterns is None else (patterns, principals is None)
        patterns, negated = named
        if patterns is None:
            return _DIRECT
        if negated:
            if request.bounded and not self.allow:
                # "The NotPrincipal element with a Deny effect will always deny any IAM principal that has a permissions
                # boundary policy attached" (IAM User Guide, "Permissions boundaries for IAM entities").
                return _DIRECT
        elif len(patterns) == 1 and (found := quickly(patterns[0], request)) is not None:
            return found
        if self._principals is None:
            self._principals = Principals(patterns)
        if negated:
            return _NONE if self._principals.excepts(request) else _DIRECT
        return self._principals.grade(request)

    @property
    def is_sure(self) -> bool:
        """Whether it applies to whoever asks for an action that it speaks of."""
        given = self._given
        return (
            tuple(given.resources) == _EVERY
            and not self.conditions()
            and (given.principals is None or any(each.is_everyone for each in given.principals))
            and given.not_principals is None
        )

    def applies(self, request: Request) -> Grade:
        """`NONE` when it does not apply. The action has been looked at."""
        if self._sure:
            return _DIRECT
        if not self.speaks_of_resource(request):
            return _NONE
        grade = _DIRECT
        if self._named is not _NOBODY:
            grade = self.grade(request)
            if grade is _NONE:
                return grade
        conditions = self._conditions
        if conditions is None:
            conditions = self.conditions()
        if conditions:
            context = request.context
            for _, holds in conditions:
                if not holds(context):
                    return _NONE
        return grade


Speaking: TypeAlias = "tuple[list[Compiled], list[Compiled], bool]"
"""The Deny and the Allow statements that speak of an action, and whether one of those allows it to whoever asks."""


class Group:
    """Policies that count together: all that are attached to an identity, or those of one level of an organisation.

    `level`: from 1, the root of the organisation first.
    """

    __slots__ = ("_ready", "by_action", "kind", "level")

    def __init__(self, policies: tuple[Policy, ...], kind: PolicyKind, level: int | None = None) -> None:
        self._ready: tuple[Ready, ...] = tuple([ready(policy) for policy in policies])
        self.kind = kind
        self.level = level
        self.by_action: dict[str, Speaking] = {}
        """What `speaking` has found."""

    @classmethod
    def of(
        cls, policies: tuple[Ready, ...], kind: PolicyKind, level: int | None, action: str, about: Speaking
    ) -> Group:
        """A group of policies that are ready already, with what they say about one action (lower case)."""
        group = cls.__new__(cls)
        group._ready = policies  # noqa: SLF001 - its own
        group.kind = kind
        group.level = level
        group.by_action = {action: about}
        return group

    @property
    def policies(self) -> tuple[Policy, ...]:
        """The policies."""
        return tuple([each.policy for each in self._ready])

    @property
    def count(self) -> int:
        """How many policies there are."""
        return len(self._ready)

    @property
    def statements(self) -> tuple[tuple[Compiled, ...], ...]:
        """The statements of each policy."""
        return tuple([each.statements for each in self._ready])

    @property
    def label(self) -> str:
        """What it is, in words."""
        words = LABELS[self.kind]
        return words if self.level is None else f"{words} of level {self.level}"

    def about(self, action: str) -> tuple[list[Compiled], list[Compiled]]:
        """The Deny and the Allow statements that include an action."""
        return self.speaking(action)[:2]

    def speaking(self, action: str) -> Speaking:
        """As `about`, and whether one of the Allow statements applies to whoever asks."""
        found = self.by_action.get(action)
        if found is None:
            denies: list[Compiled] = []
            allows: list[Compiled] = []
            for policy in self._ready:
                for each in policy.speaking(action):
                    (allows if each.allow else denies).append(each)
            if len(self.by_action) >= _REMEMBERED:
                self.by_action.clear()
            found = self.by_action[action] = (denies, allows, any(each.is_sure for each in allows))
        return found

    def always_allows(self, action: str) -> bool:
        """Whether it allows an action to whoever asks, on whatever resource: as FullAWSAccess does."""
        return self.speaking(action)[2]

    def denial(self, request: Request) -> Hit | None:
        """The first Deny that applies."""
        for each in (self.by_action.get(request.action) or self.speaking(request.action))[0]:
            grade = each.applies(request)
            if grade is not _NONE:
                return Hit(each, grade)
        return None

    def allowance(self, request: Request) -> Hit | None:
        """The Allow that applies and names the caller most directly."""
        best: Hit | None = None
        for each in (self.by_action.get(request.action) or self.speaking(request.action))[1]:
            grade = each.applies(request)
            if grade is _DIRECT:
                return Hit(each, grade)
            if grade is not _NONE and (best is None or grade > best.grade):
                best = Hit(each, grade)
        return best


@lru_cache(maxsize=8192)
def ready(policy: Policy) -> Ready:
    """A policy made ready, once."""
    return Ready(policy)
