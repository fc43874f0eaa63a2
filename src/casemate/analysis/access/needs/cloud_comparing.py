"""Granted against needed for identities of Azure and Google: bindings that are never used, and what no binding grants.

Sources: Azure documentation, "Understand scope for Azure RBAC" (a role holds below its scope); Google Cloud
documentation, "Using resource hierarchy for access control" (a binding holds below its resource).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from casemate.analysis.access.cloud_escalation import WIDE
from casemate.analysis.access.evaluation.patterns import wildcard
from casemate.analysis.access.permissions import granted_to, identity_of, permissions_of
from casemate.model.policy import Role
from casemate.model.record import dataclass
from casemate.model.value import references

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from casemate.analysis.access.needs.gathering import FunctionNeeds
    from casemate.analysis.access.needs.statements import Needed
    from casemate.analysis.access.permissions import Granted
    from casemate.analysis.system import System
    from casemate.model.policy import Binding

_SHOWN = 6
_GRANTS = re.compile(r"_iam_(?:member|binding|policy|audit_config)$|roleAssignments$|roleDefinitions$|accessPolicies$")
"""Resources that only give an identity rights."""


@dataclass(frozen=True, slots=True)
class UnusedBinding:
    """One binding of which something is never needed.

    `actions`: what its role grants and no function needs there, as the role writes it; `used`: the needed ones.
    """

    granted: Granted
    actions: tuple[str, ...]
    used: tuple[str, ...]

    @property
    def needless(self) -> bool:
        """Whether nothing of it is needed."""
        return not self.used


@dataclass(frozen=True, slots=True)
class IdentityComparison:
    """One identity against the needs of the functions that run as it.

    `reasons`: why nothing can be called unused; `open`: why nothing can be called missing.
    """

    identity: Role
    needs: tuple[FunctionNeeds, ...]
    unused: tuple[UnusedBinding, ...]
    missing: tuple[Needed, ...]
    reasons: tuple[str, ...]
    open: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether every function was followed everywhere and every grant is known."""
        return not self.reasons and not self.open


_compared_once: WeakKeyDictionary[System, dict[str, IdentityComparison]] = WeakKeyDictionary()


def comparison_of(identity: Role, system: System) -> IdentityComparison | None:
    """The comparison of one identity, None when no function runs as it; computed once a system."""
    known = _compared_once.get(system)
    if known is None:
        known = _compared_once[system] = {one.identity.id: one for one in identities(system, system.needs)}
    return known.get(identity.id)


def runs_functions(identity: Role, system: System) -> bool:
    """Whether a function of Azure or Google runs as it; asks no code."""
    return identity.cloud in {"azure", "google"} and any(
        function.cloud == identity.cloud
        and (own := identity_of(function, system)) is not None
        and own.id == identity.id
        for function in system.inventory.functions
    )


def used_elsewhere(identity: Role, system: System) -> tuple[str, ...]:
    """The things of its stack, other than functions and grants, that name the identity: they may need its rights."""
    key = identity.id.partition("#")[2].partition("/")[0]
    stack = next((one for one in system.inventory.stacks if one.path == identity.stack), None)
    functions = {function.resource.key for function in system.inventory.functions}
    found = []
    for name, resource in stack.resources.items() if stack is not None else ():
        if name == key or name in functions or _GRANTS.search(resource.type):
            continue
        if any(one.target == key for one in references(resource.properties)):
            found.append(name)
    return tuple(found)


def identities(system: System, needs: Mapping[str, FunctionNeeds]) -> Iterator[IdentityComparison]:
    """The identities that functions of Azure and Google run as, in the order of the functions."""
    found: dict[str, tuple[Role, list[FunctionNeeds]]] = {}
    for function in system.inventory.functions:
        identity = identity_of(function, system) if function.cloud in {"azure", "google"} else None
        if identity is not None and function.id in needs:
            found.setdefault(identity.id, (identity, []))[1].append(needs[function.id])
    for identity, listed in found.values():
        yield _compared(identity, tuple(listed), system)


def _compared(identity: Role, needs: tuple[FunctionNeeds, ...], system: System) -> IdentityComparison:
    granted = granted_to(identity, system)
    wanted = [need for one in needs for need in one.all]
    reasons = tuple(_reasons(needs))
    unknown = tuple(_unknown(identity, granted, system))
    unused = () if reasons else tuple(_unused(granted, wanted))
    missing = (
        ()
        if unknown
        else tuple(need for need in wanted if not need.conditional and not any(_grants(one, need) for one in granted))
    )
    return IdentityComparison(identity, needs, unused, _once(missing), reasons, unknown)


def _once(needed: tuple[Needed, ...]) -> tuple[Needed, ...]:
    return tuple({(need.action, need.resource): need for need in needed}.values())


def _unused(granted: tuple[Granted, ...], wanted: list[Needed]) -> Iterator[UnusedBinding]:
    for one in granted:
        inside = [need.action for need in wanted if _meets(one.binding, need.resource)]
        used = tuple(sorted({action for action in inside if _covers(one, action)}))
        rights = (*sorted(one.permissions.actions), *one.permissions.data_actions)
        left = tuple(right for right in rights if not any(_one_of(right, action) for action in inside))
        if left:
            yield UnusedBinding(one, left, used)


def _one_of(right: str, action: str) -> bool:
    lowered = (right.lower(), action.lower())
    return wildcard(lowered[0])(lowered[1]) or ("*" in action and wildcard(lowered[1])(lowered[0]))


def _covers(one: Granted, action: str) -> bool:
    if "*" not in action:
        return one.permissions.may(action)
    rights = (*one.permissions.actions, *one.permissions.data_actions)
    return any(wildcard(right.lower())(action.lower()) for right in rights)


def _grants(one: Granted, need: Needed) -> bool:
    return _covers(one, need.action) and _meets(one.binding, need.resource)


def _meets(binding: Binding, resource: str) -> bool:
    """Whether a binding's scope and a resource can have something in common: what is not known may be anything."""
    if resource == "*" or binding.scope_kind in WIDE or not binding.scope.known or not binding.scope.targets:
        return True
    if not resource.startswith("${"):
        return True  # known by name only: whether it is the same thing is not known here
    key = resource[2:].partition("}")[0]
    owners = {target.partition("#")[2] for target in binding.scope.targets}
    if key in owners:
        return True
    return any(one.startswith(f"{key}/") or key.startswith(f"{one}/") for one in owners) or not _same_type(key, owners)


def _same_type(key: str, owners: set[str]) -> bool:
    """Of things of one type two are two; a container may lie in an account that the files do not show."""
    kinds = {_type(one) for one in owners}
    return _type(key) in kinds


def _type(key: str) -> str:
    """`azurerm_key_vault` of `azurerm_key_vault.shop`, `Microsoft.Web/sites` of `Microsoft.Web/sites/shop`."""
    return key.rpartition("/")[0] if "/" in key else key.partition(".")[0]


def _reasons(needs: tuple[FunctionNeeds, ...]) -> Iterator[str]:
    for one in needs:
        if one.reason is not None:
            yield f"{one.name}: {one.reason}"
        for gap in one.code.not_followed[:_SHOWN]:
            yield f"{one.name}: {gap.at.path}:{gap.at.start_line}: {gap.reason}"


def _unknown(identity: Role, granted: tuple[Granted, ...], system: System) -> Iterator[str]:
    """Bindings whose role or members are not known: anything may be granted by them."""
    if not granted:
        yield "no role is granted to it in the scanned files"
    for binding in system.inventory.bindings:
        ours = not binding.members or any(
            not member.known or identity.id in member.targets for member in binding.members
        )
        if ours and permissions_of(binding, system.inventory) is None:
            yield f"{binding.at.path}:{binding.at.start_line}: what {binding.role.text} grants is not known"
    for one in granted:
        if not one.permissions.known:
            yield f"{one.binding.at.path}:{one.binding.at.start_line}: a part of its role is not known"
