"""Each role with the functions that run as it: what it grants and none of them needs, what they need and it lacks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.analysis.access.managed import managed_policy
from casemate.analysis.access.needs.comparing import Comparison, compare
from casemate.model.record import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from casemate.analysis.access.grants import Grant
    from casemate.analysis.access.needs.gathering import FunctionNeeds
    from casemate.analysis.access.needs.statements import Needed
    from casemate.analysis.system import System
    from casemate.model.policy import Role

_TYPES = {
    "states": "stepfunctions",
    "cognito-idp": "cognito",
    "firehose": "kinesisfirehose",
    "execute-api": "apigateway",
}
_SHOWN = 6


@dataclass(frozen=True, slots=True)
class RoleComparison:
    """One role against the needs of its functions.

    `comparison`: None when there is nothing to compare; `reasons`: why it cannot be complete (then nothing is called
    unused), by function.
    """

    role: Role
    needs: tuple[FunctionNeeds, ...]
    comparison: Comparison | None
    reasons: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether every function of the role was found and followed everywhere."""
        return not self.reasons and bool(self.needs)


def compared(system: System, needs: Mapping[str, FunctionNeeds]) -> Iterator[RoleComparison]:
    """The roles that functions run as, in the order of the inventory."""
    for role in system.inventory.roles:
        functions = system.functions_of(role) if role.cloud == "aws" else ()  # the others: `cloud_comparing.identities`
        if functions:
            yield compared_role(role, tuple(needs[one.id] for one in functions if one.id in needs), system)


def compared_role(role: Role, needs: tuple[FunctionNeeds, ...], system: System) -> RoleComparison:
    """One role against the needs of the functions that run as it."""
    wanted = [need for one in needs for need in one.all]
    declared = declared_by(role, system)
    found = compare(system.grants(role), wanted, declared)
    reasons = tuple(_reasons(role, needs))
    managed = all(managed_policy(policy.term.text) is not None for policy in role.managed)
    missing = tuple(need for need in found.missing if not _granted_there(need, role, system)) if managed else ()
    return RoleComparison(role, needs, Comparison(() if reasons else found.unused, missing), reasons)


def declared_by(role: Role, system: System) -> frozenset[str]:
    """The keys of the stack's own things; helpers of Terraform (`random_id`) are none."""
    stack = system.stack_of(role)
    resources = stack.resources if stack is not None else {}
    return frozenset(key for key, resource in resources.items() if resource.type.startswith("AWS::"))


def _granted_there(need: Needed, role: Role, system: System) -> bool:
    """Whether the resource's own policy may grant it: in one account it suffices.

    Keys and roles always have one. Source: IAM user guide, "Policy evaluation logic".
    """
    if need.action.startswith(("kms:", "sts:AssumeRole")):
        return True
    key = re.search(r"\$\{((?!AWS::)[^}]+)\}", need.resource)
    if key is None:
        return False
    names = {key[1], key[1].rpartition(".")[0]}
    entity = next(
        (found for one in names if (found := system.inventory.by_id.get(f"{role.stack}#{one}")) is not None), None
    )
    return entity is not None and any(
        statement.effect == "Allow" for policy in system.policies_of(entity) for statement in policy.statements
    )


def _reasons(role: Role, needs: tuple[FunctionNeeds, ...]) -> Iterator[str]:
    from casemate.analysis.access.grants import trusts

    for one in needs:
        if one.reason is not None:
            yield f"{one.name}: {one.reason}"
        for gap in one.code.not_followed[:_SHOWN]:
            yield f"{one.name}: {gap.at.path}:{gap.at.start_line}: {gap.reason}"
    others = {
        term.text
        for statement in role.trust
        if statement.effect == "Allow"
        for principal in statement.principals
        for term in (principal.term,)
        if principal.type in {"Service", "AWS", "Federated", "*"} and "lambda.amazonaws.com" not in term.text
        and "edgelambda" not in term.text
    }  # fmt: skip
    if others and trusts(role, "lambda.amazonaws.com"):
        yield f"{role.name} is taken by others too: {', '.join(sorted(others)[:_SHOWN])}"


def reached(grant: Grant, actions: tuple[str, ...], system: System) -> tuple[str, ...]:
    """The things of the scanned system that a grant's actions may be on, by name."""
    found = [system.inventory.by_id[one].name for one in grant.targets if one in system.inventory.by_id]
    if any(_is_wide(resource) for resource in grant.resources):
        services = {action.partition(":")[0] for action in actions}
        wanted = {_TYPES.get(service, service).replace("-", "") for service in services}
        stack = _stack_of(grant, system)
        for entity in (*system.inventory.stores, *system.inventory.secrets, *system.inventory.functions,
                       *system.inventory.state_machines, *system.inventory.keys):  # fmt: skip
            parts = entity.resource.type.split("::")
            if entity.stack == stack and len(parts) == 3 and parts[1].lower() in wanted:
                found.append(entity.name)
    return tuple(dict.fromkeys(found))


def _is_wide(resource: str) -> bool:
    """Whether a pattern names nothing of the template."""
    return resource == "*" or (resource.endswith((":*", "/*")) and "${" not in resource.replace("${AWS::", ""))


def _stack_of(grant: Grant, system: System) -> str:
    return next((stack.path for stack in system.inventory.stacks if grant.at.path.startswith(stack.path)), "") or next(
        (role.stack for role in system.inventory.roles if role.name == grant.owner), ""
    )
