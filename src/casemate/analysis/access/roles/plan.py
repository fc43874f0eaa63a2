"""What the role of one function holds: what it needs, and, where its code cannot be followed, what it has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from casemate.analysis.access.needs.policy import statements
from casemate.model.record import dataclass, replace
from casemate.model.value import Reference, Text, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from casemate.analysis.access.needs.gathering import FunctionNeeds
    from casemate.analysis.access.needs.policy import PolicyStatement
    from casemate.analysis.access.needs.statements import Needed
    from casemate.analysis.system import System
    from casemate.model.location import Span
    from casemate.model.policy import Role, Statement
    from casemate.model.value import Value

Dialect = Literal["sam", "cloudformation", "serverless", "terraform", "cdk", "json"]

_SAM_ADDS = frozenset({"its log group", "X-Ray tracing", "network interfaces", "its dead-letter target"})
"""Reasons of needs for which SAM itself attaches managed policies or statements (SAM developer guide, "Generated
CloudFormation resources for AWS::Serverless::Function")."""
_PLACES = 4


@dataclass(frozen=True, slots=True)
class RoleStatement:
    """One statement, its texts symbolic (`${Orders.Arn}`). `comments`: the calls and settings that it is there for."""

    sid: str
    effect: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    comments: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    not_resources: tuple[str, ...] = ()
    conditions: tuple[tuple[str, str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class RolePlan:
    """A role for one function.

    `managed`: AWS managed policies that are kept; `gaps`: why something had to be kept, empty when the code was
    followed everywhere; `vague`: resources that nothing in code or template names more exactly.
    """

    needs: FunctionNeeds
    statements: tuple[RoleStatement, ...]
    managed: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether it holds only what is needed."""
        return not self.gaps

    @property
    def vague(self) -> tuple[str, ...]:
        """Resources of required statements that end in a wildcard where a name should stand."""
        return tuple(
            resource
            for statement in self.statements
            for resource in statement.resources
            if resource != "*" and resource.rpartition("/")[2].rpartition(":")[2] == "*" and "${" not in _own(resource)
        )


def _own(resource: str) -> str:
    return resource.replace("${AWS::", "")


def plan(needs: FunctionNeeds, system: System, dialect: Dialect, *, conditional: bool = True) -> RolePlan:
    """The role of one function in a dialect: SAM adds some statements itself, which are left out there.

    With `conditional` false, what is needed only on some outcome or setting is left out; the platform's needs (the
    log group, traces) always stay.
    """
    wanted: list[Needed] = [need for need in needs.code.needed if conditional or not need.conditional]
    wanted += [need for need in needs.platform if not (dialect == "sam" and _sam_adds(need))]
    if dialect in {"sam", "cloudformation", "serverless"}:
        wanted = [replace(need, resource=_acyclic(need.resource, needs, system)) for need in wanted]
    found = [needed_statement(statement) for statement in statements(wanted)]
    gaps = tuple(gaps_of(needs))
    role = system.role_of(needs.function) if needs.function is not None else None
    if not gaps or role is None:
        return RolePlan(needs, tuple(found), (), gaps)
    kept = [_kept(statement, number) for number, statement in enumerate(role.statements, 1) if not statement.implied]
    return RolePlan(needs, (*found, *kept), _managed(role), gaps)


def _acyclic(resource: str, needs: FunctionNeeds, system: System) -> str:
    """The resource without a reference to a bucket whose events start the function.

    The bucket names the function, the function its role: one more reference would close the circle, which
    CloudFormation refuses. The bucket stands there by its name, where the template gives it one.
    """
    function = needs.function
    for trigger in system.triggers_of(function) if "${" in resource and function is not None else ():
        if trigger.kind != "bucket" or trigger.source is None:
            continue
        bucket = system.inventory.by_id.get(trigger.source.target or "")
        if bucket is None or f"${{{bucket.resource.key}.Arn}}" not in resource:
            continue
        name = _name(bucket.resource.properties.get("BucketName"))
        return resource.replace(f"${{{bucket.resource.key}.Arn}}", f"arn:${{AWS::Partition}}:s3:::{name}")
    return resource


def _name(value: Value | None) -> str:
    if isinstance(value, Text):
        return "".join(_name(part) for part in value.parts)
    if isinstance(value, Reference) and value.attribute is None:
        return f"${{{value.target}}}"
    return text_of(value) or "*"


def _sam_adds(need: Needed) -> bool:
    """Polling, too: SAM attaches `AWSLambdaSQSQueueExecutionRole` and the like; a key's right it does not add."""
    return need.reason in _SAM_ADDS or need.reason.startswith("polling of ")


def gaps_of(needs: FunctionNeeds) -> Iterator[str]:
    """Why the needs may not be all, one line each."""
    if needs.reason is not None:
        yield needs.reason
    for gap in needs.code.not_followed:
        yield f"{place(gap.at)}: {gap.reason}"


def place(at: Span) -> str:
    """`path:line`."""
    return f"{at.path}:{at.start_line}"


def needed_statement(statement: PolicyStatement) -> RoleStatement:
    """A statement of needs with the places that need it as a comment."""
    return RoleStatement(
        statement.sid, "Allow", statement.actions, statement.resources,
        tuple(_comments(statement.reasons, statement.because, conditional=statement.conditional)),
    )  # fmt: skip


def _comments(reasons: Iterable[str], because: tuple[Span, ...], *, conditional: bool) -> Iterator[str]:
    places = [place(at) for at in because[:_PLACES]]
    more = f" and {len(because) - _PLACES} more" if len(because) > _PLACES else ""
    words = "; ".join(dict.fromkeys(reasons))
    head = "only in some cases: " if conditional else ""
    yield f"{head}{words + ': ' if words else ''}{', '.join(places)}{more}"


def _kept(statement: Statement, number: int) -> RoleStatement:
    return RoleStatement(
        statement.sid or f"Kept{number}", statement.effect,
        tuple(term.text for term in statement.actions), tuple(term.text for term in statement.resources),
        (f"kept, as the code could not be followed: {place(statement.at)}",),
        tuple(term.text for term in statement.not_actions), tuple(term.text for term in statement.not_resources),
        tuple((one.operator, one.key, tuple(term.text for term in one.values)) for one in statement.conditions),
    )  # fmt: skip


def _managed(role: Role) -> tuple[str, ...]:
    return tuple(dict.fromkeys(policy.term.text for policy in role.managed))
