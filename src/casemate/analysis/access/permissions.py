"""What an identity of Azure or Google may do: its bindings with their roles, known or declared, written out.

Sources: Azure documentation, "Understand Azure role definitions" (actions minus notActions, one assignment at a time;
assignments add up); Google Cloud documentation, "Understanding roles" (permissions have no wildcards in roles).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from casemate.analysis.access.azure_roles import built_in
from casemate.analysis.access.evaluation.patterns import wildcard
from casemate.analysis.access.google_roles import predefined
from casemate.model.function import Function
from casemate.model.policy import Binding, Role, Term
from casemate.model.record import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from casemate.analysis.system import System
    from casemate.model.inventory import Inventory


@dataclass(frozen=True, slots=True)
class Permissions:
    """What one role grants. Azure: patterns, `data_actions` on what is stored; Google: permissions, all in `actions`.

    `custom`: the declared role it comes from, None for one of the cloud's. `known`: False when a part of a custom role
    could not be read, so that "may not" cannot be claimed.
    """

    actions: frozenset[str]
    not_actions: tuple[str, ...] = ()
    data_actions: tuple[str, ...] = ()
    not_data_actions: tuple[str, ...] = ()
    custom: Role | None = None
    known: bool = True

    def may(self, action: str) -> bool:
        """Whether it includes an action or permission, without regard to case as both clouds have it."""
        if action in self.actions:
            return not _any(self.not_actions, action)
        return (_any(_wild(self.actions), action) and not _any(self.not_actions, action)) or (
            _any(self.data_actions, action) and not _any(self.not_data_actions, action)
        )


@lru_cache(maxsize=1024)
def _wild(actions: frozenset[str]) -> tuple[str, ...]:
    """What a look-up by name does not find: patterns. Google's permissions, of which there are thousands, are none."""
    return tuple(action for action in actions if "*" in action or "/" in action)


def _any(patterns: Iterable[str], action: str) -> bool:
    lowered = action.lower()
    return any(wildcard(pattern.lower())(lowered) for pattern in patterns)


@dataclass(frozen=True, slots=True)
class Granted:
    """One binding with what its role grants."""

    binding: Binding
    permissions: Permissions


def permissions_of(binding: Binding, inventory: Inventory) -> Permissions | None:
    """What the role of a binding grants; None for a role that is neither known nor declared here."""
    declared = next(
        (role for target in binding.role.targets if (role := inventory.find(target, Role)) is not None), None
    )
    if declared is None and binding.cloud == "azure":
        declared = _by_name(binding.role.text, inventory)
    if declared is not None:
        return _custom(declared)
    if not binding.role.known:
        return None
    if binding.cloud == "azure":
        found = built_in(binding.role.text)
        if found is None:
            return None
        return Permissions(frozenset(found.actions), found.not_actions, found.data_actions, found.not_data_actions)
    permissions = predefined(binding.role.text)
    return None if permissions is None else Permissions(permissions)


def _by_name(name: str, inventory: Inventory) -> Role | None:
    """A custom role of Azure that an assignment names by its name (`role_definition_name`)."""
    return next(
        (role for role in inventory.roles if role.cloud == "azure" and role.kind == "policy" and role.name == name),
        None,
    )


def _custom(role: Role) -> Permissions:
    """A declared role: each statement is `actions` or `dataActions`, its condition `Except` what is taken out."""
    parts: dict[str, list[str]] = {"actions": [], "notActions": [], "dataActions": [], "notDataActions": []}
    known = True
    for statement in role.statements:
        name = statement.origin.partition(" ")[0]
        allowed = "dataActions" if name == "dataActions" else "actions"
        parts[allowed] += [term.text for term in statement.actions if term.known]
        known = known and all(term.known for term in statement.actions)
        for condition in statement.conditions:
            if condition.operator == "Except" and condition.key in parts:
                parts[condition.key] += [term.text for term in condition.values if term.known]
                known = known and all(term.known for term in condition.values)
    return Permissions(
        frozenset(parts["actions"]),
        tuple(parts["notActions"]),
        tuple(parts["dataActions"]),
        tuple(parts["notDataActions"]),
        role,
        known,
    )


@dataclass(frozen=True, slots=True)
class Member:
    """Who bindings name: its name, the identity it is when that was scanned, and all that it is granted."""

    name: str
    identity: Role | None
    granted: tuple[Granted, ...]


_members: WeakKeyDictionary[System, tuple[Member, ...]] = WeakKeyDictionary()


def members_of(system: System) -> tuple[Member, ...]:
    """Every member of a binding whose role is known; computed once a system."""
    known = _members.get(system)
    if known is None:
        known = _members[system] = tuple(_by_member(system))
    return known


def _by_member(system: System) -> Iterator[Member]:
    found: dict[str, list[Granted]] = {}
    names: dict[str, tuple[str, Role | None]] = {}
    for binding in system.inventory.bindings:
        permissions = permissions_of(binding, system.inventory)
        if permissions is None:
            continue
        for member in binding.members:
            role = next(
                (each for target in member.targets if (each := system.inventory.find(target, Role)) is not None), None
            )
            key = role.id if role is not None else member.text
            names.setdefault(key, (role.name if role is not None else member.text, role))
            found.setdefault(key, []).append(Granted(binding, permissions))
    for key, granted in found.items():
        name, identity = names[key]
        yield Member(name, identity, tuple(granted))


def granted_to(identity: Role, system: System) -> tuple[Granted, ...]:
    """What a managed identity or service account is granted: by the bindings that were scanned, and by default."""
    found = next((each.granted for each in members_of(system) if each.identity and each.identity.id == identity.id), ())
    return (*found, *_by_default(identity))


def _by_default(identity: Role) -> Iterator[Granted]:
    """The roles that the cloud gives an identity by itself: Google's default accounts are editors of the project."""
    for given in identity.managed:
        permissions = predefined(given.term.text)
        if permissions is not None:
            binding = Binding(
                id=f"{identity.id}/{given.term.text}",
                name=given.origin,
                stack=identity.stack,
                at=identity.at,
                cloud=identity.cloud,
                resource=identity.resource,
                role=given.term,
                members=(Term(identity.name, identity.at, (identity.id,)),),
                scope=Term("the project", identity.at),
                scope_kind="project",
            )
            yield Granted(binding, Permissions(permissions))


def identity_of(function: Function, system: System) -> Role | None:
    """The identity that a function runs as: its own, else that of the app it is deployed in."""
    own = system.role_of(function)
    if own is not None or function.app is None:
        return own
    app = system.target(function.app)
    return system.role_of(app) if isinstance(app, Function) else None
