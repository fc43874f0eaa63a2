"""Which escalation paths are open to a role, judged on its grants, their resources and the roles that were scanned."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from casemate.analysis.access.escalation import ESCALATIONS, Escalation, Requirement, matching
from casemate.analysis.access.grants import matches, trusts
from casemate.model.function import Function
from casemate.model.policy import Role
from casemate.model.record import dataclass, replace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.analysis.access.grants import Grant, Grants
    from casemate.analysis.access.reach.rights import Rights
    from casemate.analysis.system import System


@dataclass(frozen=True, slots=True)
class Climb:
    """An open path, with the grant that satisfies each of its requirements, in their order."""

    path: Escalation
    grants: tuple[Grant, ...]


def climbs(role: Role, system: System) -> tuple[Climb, ...]:
    """The open paths of a role, without longer variants of one that is open.

    None for an administrator, who has nothing to gain.
    """
    grants = system.grants(role)
    named = {
        action
        for grant in grants.all
        if grant.allow
        for action in (_ALL if grant.not_actions else _reached(grant.actions))
    }
    if not any(path.actions <= named for path in ESCALATIONS) or grants.admin:
        return ()
    found: list[Climb] = []
    for path in matching(lambda action: action in named and bool(grants.allowing(action))):
        chosen = [_satisfying(requirement, path, grants, role, system) for requirement in path.requires]
        if all(grant is not None for grant in chosen):
            found.append(Climb(path, tuple(grant for grant in chosen if grant is not None)))
    names = {climb.path.id for climb in found}
    return tuple(climb for climb in found if climb.path.variant_of not in names)


_ALL = frozenset(action for path in ESCALATIONS for action in path.actions)


_BY_NAME = {action.lower(): action for action in _ALL}


@lru_cache(maxsize=16_384)
def _reached(patterns: tuple[str, ...]) -> frozenset[str]:
    """The actions of any path that these patterns stand for: a quick look, since most roles reach none."""
    found: set[str] = set()
    for pattern in patterns:
        lowered = pattern.lower()
        if "*" not in lowered and "?" not in lowered:
            if lowered in _BY_NAME:
                found.add(_BY_NAME[lowered])
            continue
        service = lowered.partition(":")[0]
        wild = "*" in service or "?" in service
        found.update(
            action
            for name, action in _BY_NAME.items()
            if (wild or name.startswith(service)) and matches(pattern, action)
        )
    return frozenset(found)


def _satisfying(requirement: Requirement, path: Escalation, grants: Grants, role: Role, system: System) -> Grant | None:
    for grant in grants.allowing(requirement.action):
        if not grant.known or _limited(grant):
            continue
        if requirement.passed_to is not None:
            services = [one for one in path.trusts or (requirement.passed_to,) if grant.passes_to(one)]
            services = [one for one in services if _is_left(requirement.action, role, system, one)]
            if services and (grant.unlimited or _targets_more(grant, role, system, services)):
                return grant
        elif not _is_left(requirement.action, role, system):
            return None
        elif requirement.on.startswith("new:") or requirement.on == "*" or grant.unlimited:
            return grant
        elif requirement.on in {"role:self", "policy:attached-to-self"}:
            if role.id in grant.targets or any(resource.endswith(f"role/{role.name}") for resource in grant.resources):
                return grant
        elif _targets_more(grant, role, system):
            return grant
    return None


def _limited(grant: Grant) -> bool:
    """Whether a condition narrows the grant to tagged, owned or otherwise chosen resources or callers."""
    return any(
        key.startswith(
            (
                "aws:resourcetag/",
                "aws:principaltag/",
                "iam:resourcetag/",
                "aws:requesttag/",
                "iam:permissionsboundary",
                "iam:policyarn",
            )
        )
        for _, key, _ in grant.conditions
    )


def _targets_more(grant: Grant, role: Role, system: System, services: list[str] | None = None) -> bool:
    """Whether the grant names a scanned role (or a function's) that is an administrator while this one is not.

    `services`: one of them has to be trusted by the role, for it is to be passed to it.
    """
    for reached in _named(grant, system):
        if reached.id == role.id or not system.grants(reached).admin:
            continue
        if services is None or any(trusts(reached, service) for service in services):
            return True
    return False


def _named(grant: Grant, system: System) -> Iterator[Role]:
    """The scanned roles that a grant's resources name.

    By reference, or by a pattern that their ARN, or that of a function that runs as them, matches.
    """
    inventory = system.inventory
    for target in grant.targets:
        found = inventory.find(target, Role)
        if found is None and (function := inventory.find(target, Function)) is not None:
            found = system.role_of(function)
        if found is not None:
            yield found
    patterns = [resource for resource in grant.resources if "${" not in resource and resource.startswith("arn:")]
    if not patterns:
        return
    naming = _rights(system).naming
    for entity in (*inventory.roles, *inventory.functions):
        if entity.cloud == "aws" and any(matches(pattern, naming.arn(entity)) for pattern in patterns):
            of = system.role_of(entity) if isinstance(entity, Function) else inventory.find(entity.id, Role)
            if of is not None:
                yield of


def _is_left(action: str, role: Role, system: System, service: str | None = None) -> bool:
    """Whether anything is left of an action after conditions, denies under conditions and the boundary."""
    grants = system.grants(role).all
    if role.boundary is None and all(grant.allow for grant in grants) and not _organised(system):
        plain = [grant for grant in grants if not grant.conditions]
        if len(plain) == len(grants) or any(
            grant.known and not grant.not_resources and grant.covers(action) for grant in plain
        ):
            return True  # nothing is denied, and one grant of it asks for nothing
    from casemate.analysis.access.evaluation.document import policy_from_json
    from casemate.analysis.access.evaluation.policies import policies_of
    from casemate.analysis.access.proving.combination import ASSUMING
    from casemate.analysis.access.proving.prove import prove
    from casemate.analysis.access.proving.question import Question

    rights = _rights(system)
    account = rights.naming.account
    certain, possible = rights.enclosed(role)
    if action.lower() in ASSUMING:  # which roles trust whom is asked elsewhere: here one that trusts the account
        statement = {"Effect": "Allow", "Principal": {"AWS": account}, "Action": "sts:*", "Resource": "*"}
        trusting = policies_of(resource=policy_from_json({"Statement": statement}, "resource")).resource
        certain, possible = replace(certain, resource=trusting), replace(possible, resource=trusting)
    context = {} if service is None else {"iam:passedtoservice": (service,)}
    question = Question(rights.naming.arn(role), action, ("*",), account, context, acts_on=True)
    return prove(question, certain, possible).verdict != "safe"


@lru_cache(maxsize=2)
def _organised(system: System) -> bool:
    """Whether the files declare control policies that may bind."""
    from casemate.analysis.access.control_policies import is_declared

    return is_declared(system.inventory)


@lru_cache(maxsize=2)
def _rights(system: System) -> Rights:
    from casemate.analysis.access.reach.rights import Rights

    return Rights(system)
