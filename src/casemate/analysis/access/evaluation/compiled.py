"""Policies made ready for many requests: patterns as functions, statements by the actions they speak of.

Compiled policies are cached by content, and everything in a statement is compiled only when a request gets that far.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from casemate.analysis.access.evaluation.conditions import Holds, compile_condition
from casemate.analysis.access.evaluation.document import Condition, Policy, PolicyKind, PolicyStatement
from casemate.analysis.access.evaluation.patterns import Matcher, completed, from_tokens, wildcard
from casemate.analysis.access.evaluation.principals import Grade, Principals
from casemate.analysis.access.evaluation.request import Request
from casemate.analysis.access.evaluation.variables import Template, template

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
_REMEMBERED = 2048
"""Actions for which a group keeps its statements; more than that is a sweep, and starts over."""


class Hit(NamedTuple):
    """A statement that applies to a request. `grade`: how directly its Principal names the caller."""

    statement: Compiled
    grade: Grade


class Compiled:
    """One statement with its patterns as functions."""

    __slots__ = ("_conditions", "_principals", "_resources", "policy", "statement")

    def __init__(self, statement: PolicyStatement, policy: Policy) -> None:
        self.statement = statement
        self.policy = policy
        self._resources: tuple[bool, tuple[Matcher, ...], tuple[Template, ...]] | None = None
        self._conditions: tuple[tuple[Condition, Holds], ...] | None = None
        self._principals: Principals | None = None

    @property
    def kind(self) -> PolicyKind:
        """What the policy is attached to."""
        return self.policy.kind

    def speaks_of_action(self, action: str) -> bool:
        """Whether Action or NotAction includes it (lower case)."""
        statement = self.statement
        for pattern in statement.actions or statement.not_actions:
            if pattern in (action, "*") or wildcard(pattern)(action):
                return not statement.not_actions
        return bool(statement.not_actions)

    def speaks_of_resource(self, request: Request) -> bool:
        """Whether Resource or NotResource includes the request's resource; neither (a trust policy) includes it."""
        resource = request.resource
        if self._resources is None:
            self._resources = self._compile_resources()
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

    def _compile_resources(self) -> tuple[bool, tuple[Matcher, ...], tuple[Template, ...]]:
        """Whether they are left out, the patterns without variables, and those with."""
        statement = self.statement
        patterns = statement.not_resources or statement.resources or _EVERY
        fixed: list[Matcher] = []
        templates: list[Template] = []
        for pattern in patterns:
            text = completed(pattern) if self.policy.kind in _COMPLETED else pattern
            found = template(text) if self.statement.variables else None
            if found is None:
                fixed.append(wildcard(text))
            else:
                templates.append(found)
        return bool(statement.not_resources), tuple(fixed), tuple(templates)

    def conditions(self) -> tuple[tuple[Condition, Holds], ...]:
        """Each condition with the function that says whether it holds."""
        if self._conditions is None:
            variables = self.statement.variables
            self._conditions = tuple(
                (condition, compile_condition(condition, variables=variables))
                for condition in self.statement.conditions
            )
        return self._conditions

    def failing(self, request: Request) -> tuple[Condition, ...]:
        """The conditions that do not hold."""
        return tuple(condition for condition, holds in self.conditions() if not holds(request.context))

    def grade(self, request: Request) -> Grade:
        """How directly it names the caller; policies without a Principal speak of whom they are attached to."""
        statement = self.statement
        patterns = statement.not_principals if statement.principals is None else statement.principals
        if patterns is None:
            return Grade.DIRECT
        if self._principals is None:
            self._principals = Principals(patterns)
        if statement.principals is None:
            if request.bounded and not statement.allow:
                # "The NotPrincipal element with a Deny effect will always deny any IAM principal that has a permissions
                # boundary policy attached" (IAM User Guide, "Permissions boundaries for IAM entities").
                return Grade.DIRECT
            return Grade.NONE if self._principals.excepts(request) else Grade.DIRECT
        return self._principals.grade(request)

    @property
    def is_sure(self) -> bool:
        """Whether it applies to whoever asks for an action that it speaks of."""
        statement = self.statement
        return (
            statement.resources == _EVERY
            and not statement.conditions
            and statement.principals is None
            and statement.not_principals is None
        )

    def applies(self, request: Request) -> Grade:
        """`NONE` when it does not apply. The action has been looked at."""
        if not self.speaks_of_resource(request):
            return Grade.NONE
        statement = self.statement
        grade = Grade.DIRECT
        if statement.principals is not None or statement.not_principals is not None:
            grade = self.grade(request)
            if grade is Grade.NONE:
                return grade
        if statement.conditions:
            for _, holds in self._conditions if self._conditions is not None else self.conditions():
                if not holds(request.context):
                    return Grade.NONE
        return grade


class Group:
    """Policies that count together: all that are attached to an identity, or those of one level of an organisation.

    `level`: from 1, the root of the organisation first.
    """

    __slots__ = ("_by_action", "_statements", "kind", "level", "policies")

    def __init__(self, policies: tuple[Policy, ...], kind: PolicyKind, level: int | None = None) -> None:
        self.policies = policies
        self.kind = kind
        self.level = level
        self._statements: tuple[tuple[Compiled, ...], ...] | None = None
        self._by_action: dict[str, tuple[list[Compiled], list[Compiled]]] = {}

    @property
    def statements(self) -> tuple[tuple[Compiled, ...], ...]:
        """The statements of each policy."""
        if self._statements is None:
            self._statements = tuple([_compiled(policy) for policy in self.policies])
        return self._statements

    @property
    def label(self) -> str:
        """What it is, in words."""
        words = LABELS[self.kind]
        return words if self.level is None else f"{words} of level {self.level}"

    def about(self, action: str) -> tuple[list[Compiled], list[Compiled]]:
        """The Deny and the Allow statements that include an action."""
        found = self._by_action.get(action)
        if found is None:
            found = ([], [])
            for statements in self.statements:
                for each in statements:
                    if each.speaks_of_action(action):
                        found[each.statement.allow].append(each)
            if len(self._by_action) >= _REMEMBERED:
                self._by_action.clear()
            self._by_action[action] = found
        return found

    def always_allows(self, action: str) -> bool:
        """Whether it allows an action to whoever asks, on whatever resource: as FullAWSAccess does."""
        return any(each.is_sure for each in self.about(action)[1])

    def denial(self, request: Request) -> Hit | None:
        """The first Deny that applies."""
        for each in (self._by_action.get(request.action) or self.about(request.action))[0]:
            grade = each.applies(request)
            if grade:
                return Hit(each, grade)
        return None

    def allowance(self, request: Request) -> Hit | None:
        """The Allow that applies and names the caller most directly."""
        best: Hit | None = None
        for each in (self._by_action.get(request.action) or self.about(request.action))[1]:
            grade = each.applies(request)
            if grade is Grade.DIRECT:
                return Hit(each, grade)
            if grade and (best is None or grade > best.grade):
                best = Hit(each, grade)
        return best


@lru_cache(maxsize=8192)
def _compiled(policy: Policy) -> tuple[Compiled, ...]:
    return tuple([Compiled(statement, policy) for statement in policy.statements])
