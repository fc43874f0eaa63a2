"""The smallest roles of Azure and Google that hold what a function needs, each at the resource where it is needed.

A role of the cloud is *tight* when nothing that it grants beyond the needs is stronger than they are: reading beside
reading, writing beside writing. Where none is, a role of one's own holds the needs and nothing else.

Sources: Azure documentation, "Best practices for Azure RBAC" and "Azure custom roles"; Azure Cosmos DB documentation,
"Connect using role-based access control: built-in data-plane role definitions"; Google Cloud documentation, "Use IAM
securely" and "Custom roles".
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from casemate.analysis.access.azure_roles import every_role
from casemate.analysis.access.evaluation.patterns import wildcard
from casemate.analysis.access.google_roles import predefined, roles_of
from casemate.analysis.access.needs.azure_operations import is_data
from casemate.model.record import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from casemate.analysis.access.azure_roles import AzureRole
    from casemate.analysis.access.needs.statements import Needed

_COSMOS = "microsoft.documentdb/databaseaccounts/"
_COSMOS_ROLES = (
    ("Cosmos DB Built-in Data Reader", "00000000-0000-0000-0000-000000000001",
     ("readmetadata", "/read", "/executequery", "/readchangefeed")),
    ("Cosmos DB Built-in Data Contributor", "00000000-0000-0000-0000-000000000002", ("",)),
)  # fmt: skip
"""Name, id and the ends of what it grants, the weakest first."""
_FAMILIAR = re.compile(
    r"^(?:storage (?:blob|queue|table|file) .*|key vault .*|azure (?:service bus|event hubs) data .*|eventgrid data .*|"
    r"app configuration data .*|search index data .*|reader|website contributor|virtual machine contributor|"
    r"storage account contributor|log analytics (?:data )?reader|monitoring reader)$"
)
"""Roles that are made for whoever uses a service; most others are for one product's own agents."""
_NOT_FOR_PEOPLE = re.compile(r"(?:legacy|serviceAgent|ServiceAgent|ServiceInput|ServiceOutput|Service$|express)")
_READS = re.compile(
    r"(?:read|list|get|view|query|search|access|check|peek|verify|decrypt|unwrap|generateuserdelegation)",
    re.IGNORECASE,
)
"""How verbs begin that leave things as they are. A delegation key signs with the rights that its owner has anyway."""
_STRONG = re.compile(
    r"(?:delete|purge|destroy|\*|setiampolicy|manage\w*|modifypermissions/action|runassuperuser/action|actas)$",
    re.IGNORECASE,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Assignment:
    """One role at one resource.

    `role`: the cloud's own name, or that of the custom role; `custom`: whether it has to be declared; `actions`: what
    is needed (all that a custom role holds); `rest`: what the cloud's role grants besides; `because`: the needs.
    """

    cloud: str
    resource: str
    role: str
    custom: bool
    actions: tuple[str, ...]
    rest: tuple[str, ...]
    because: tuple[Needed, ...]
    identifier: str = ""


def assignments(needed: Iterable[Needed], cloud: str, name: str) -> tuple[Assignment, ...]:
    """The roles for what is needed, one or more a resource. `name`: begins the names of custom roles."""
    name = re.sub(r"[^\w.-]+", "_", name)[:60] or "function"
    by_resource: dict[str, list[Needed]] = {}
    for need in needed:
        by_resource.setdefault(need.resource, []).append(need)
    found: list[Assignment] = []
    for resource, group in by_resource.items():
        for part in _by_service(group):
            found.extend(_google(resource, part, name) if cloud == "google" else _azure(resource, part, name))
    return tuple(found)


def _by_service(group: list[Needed]) -> list[list[Needed]]:
    """What is needed of one service together; actions on data of Cosmos DB, which has roles of its own, apart."""
    parts: dict[str, list[Needed]] = {}
    for need in group:
        lowered = need.action.lower()
        key = "cosmos" if lowered.startswith(_COSMOS) and is_data(need.action) else lowered.partition("/")[0]
        parts.setdefault(key.partition(".")[0] if "/" not in need.action else key, []).append(need)
    return list(parts.values())


def strength(right: str) -> int:
    """0 reads, 1 changes, 2 takes away or decides who may: of an action, a permission or a pattern."""
    if _STRONG.search(right):
        return 2
    last = right.rpartition("/")[2] if "/" in right else right.rpartition(".")[2]
    if last.lower() == "action" and "/" in right:
        verb = right.split("/")[-2]
        return 0 if _READS.match(verb) else 1
    return 0 if _READS.match(last) else 1


# -- Azure
def _azure(resource: str, group: list[Needed], name: str) -> Iterator[Assignment]:
    actions = tuple(dict.fromkeys(need.action for need in group))
    if all(action.lower().startswith(_COSMOS) and is_data(action) for action in actions):
        yield _cosmos(resource, actions, group)
        return
    role = _smallest(frozenset(actions))
    if role is not None:
        rest = tuple(_beyond(role, actions))
        strongest = max(map(strength, actions))
        if all(strength(right) <= strongest for right in rest):
            yield Assignment("azure", resource, role.name, False, actions, rest, tuple(group), role.id)
            return
    yield Assignment("azure", resource, f"{name} {_subject(actions)}", True, actions, (), tuple(group))


def _subject(actions: tuple[str, ...]) -> str:
    first = actions[0].split("/")
    return first[1] if len(first) > 1 else first[0]


def _cosmos(resource: str, actions: tuple[str, ...], group: list[Needed]) -> Assignment:
    for role, identifier, ends in _COSMOS_ROLES:
        if all(action.lower().endswith(ends) for action in actions):
            return Assignment("azure", resource, role, False, actions, (), tuple(group), identifier)
    raise AssertionError(actions)  # the last one ends in ""


@lru_cache(maxsize=256)
def _smallest(actions: frozenset[str]) -> AzureRole | None:
    """The built-in role that holds all of them and the least besides."""
    best: tuple[tuple[int, ...], AzureRole] | None = None
    for role in every_role():
        if not all(_holds(role, action) for action in actions):
            continue
        rights = (*role.actions, *role.data_actions)
        wide = sum(10 ** max(0, 4 - right.partition("*")[0].count("/")) for right in rights if "*" in right)
        most = max((strength(right) for right in _beyond(role, tuple(actions))), default=0)
        familiar = 0 if _FAMILIAR.match(role.name.lower()) else 1
        score = (familiar, most, wide, len(rights))
        if best is None or score < best[0]:
            best = (score, role)
    return best[1] if best is not None else None


def _holds(role: AzureRole, action: str) -> bool:
    if is_data(action):
        return _matches(role.data_actions, action) and not _matches(role.not_data_actions, action)
    return _matches(role.actions, action) and not _matches(role.not_actions, action)


def _matches(patterns: Iterable[str], action: str) -> bool:
    lowered = action.lower()
    return any(
        pattern.lower() == lowered or ("*" in pattern and wildcard(pattern.lower())(lowered)) for pattern in patterns
    )


def _beyond(role: AzureRole, actions: tuple[str, ...]) -> Iterator[str]:
    """What a role grants besides; a pattern that ends in what is needed counts as that."""
    ends = {action.lower().rpartition("/")[2] for action in actions}
    for right in (*role.actions, *role.data_actions):
        lowered = right.lower()
        if any(action.lower() == lowered for action in actions):
            continue
        if "*" in right and lowered.rpartition("/")[2] in ends and _matches((right,), _like(right, actions)):
            continue
        yield right


def _like(right: str, actions: tuple[str, ...]) -> str:
    return next((action for action in actions if _matches((right,), action)), "")


# -- Google
def _google(resource: str, group: list[Needed], name: str) -> Iterator[Assignment]:
    permissions = frozenset(need.action for need in group)
    found: tuple[tuple[int, int], str, frozenset[str]] | None = None
    for role in roles_of(next(iter(sorted(permissions))).partition(".")[0]):
        granted = predefined(role)
        if granted is None or not permissions <= granted or _NOT_FOR_PEOPLE.search(role):
            continue
        beyond = granted - permissions
        score = (max((strength(one) for one in beyond if not _harmless(one)), default=0), len(granted))
        if found is None or score < found[0]:
            found = (score, role, beyond)
    actions = tuple(sorted(permissions))
    if found is not None and found[0][0] <= max(map(strength, actions)):
        rest = tuple(sorted(one for one in found[2] if not _harmless(one)))
        yield Assignment("google", resource, found[1], False, actions, rest, tuple(group))
        return
    service = actions[0].partition(".")[0]
    yield Assignment("google", resource, f"{name} {service}", True, actions, (), tuple(group))


def _harmless(permission: str) -> bool:
    """What nearly every role holds besides, to let people see where they are."""
    return permission.startswith(
        ("resourcemanager.projects.", "orgpolicy.", "serviceusage.", "monitoring.timeSeries.c")
    )


__all__ = ["Assignment", "assignments", "strength"]
