"""The ways in which an AWS identity turns the rights it has into rights it was not given.

The table `data/escalations.json` is kept by hand: 65 paths whose facts come from DataDog/pathfinding.cloud (commit
84dd65c97fc21dee54f4587be6dfd5b7b5fe320c of 2025-12-17, Apache-2.0), with names and sentences of our own. `reference` is
the path's id there. In the table a requirement reads "ACTION on TARGET", and for iam:PassRole "… to SERVICE".

A path is open when *all* its requirements are granted, each on its target, and all its `needs` hold. `matching` decides
the first half by action names alone, so it over-reports where grants are limited to harmless resources: whoever has the
resources asks further with `Requirement.on`, `trusts` and `needs`.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from casemate.model.record import dataclass

__all__ = ["ESCALATIONS", "Category", "Escalation", "Requirement", "matching"]

Category = Literal["new-passrole", "existing-passrole", "principal-access", "self-escalation"]
"""How the rights are gained: by passing a role to something new or changed, by using something that has a role already,
by becoming another principal, or by widening one's own policies. As the source has it: it counts change sets under the
first although no role is passed; `Escalation.passes_role` says whether one is."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One action that must be allowed.

    `on` says where: a type ("role", "function") is the target of the attack; "new:TYPE" is what the attacker creates;
    "role:self", "user:self", "group:own", "group:privileged", "policy:attached-to-self" and
    "policy:attached-to-target-role" are what they say; "*" is an action without resources. `passed_to` is the service
    principal for which iam:PassRole must be allowed (condition key iam:PassedToService).
    """

    action: str
    on: str
    passed_to: str | None = None


@dataclass(frozen=True, slots=True)
class Escalation:
    """One path.

    `needs` are the facts that must hold besides, as "SUBJECT.FACT": "function.has-role", "user.access-keys<2",
    "role.trusts:lambda.amazonaws.com"; "same-target" means that all requirements concern one principal.
    `privileged` is whose rights are gained ("role", "user", "role-of:function"), which must be worth it; None when the
    path lets the attacker choose the rights. `variant_of` is the id of the path that this one is a longer form of.
    """

    id: str
    name: str
    category: Category
    requires: tuple[Requirement, ...]
    needs: tuple[str, ...]
    privileged: str | None
    variant_of: str | None
    reference: str

    @property
    def actions(self) -> frozenset[str]:
        return frozenset(requirement.action for requirement in self.requires)

    @property
    def passes_role(self) -> bool:
        return any(requirement.passed_to for requirement in self.requires)

    @property
    def trusts(self) -> tuple[str, ...]:
        """The service principals of which the role must trust at least one; empty when no service takes the role."""
        prefix = "role.trusts:"
        named = [need.removeprefix(prefix) for need in self.needs if need.startswith(prefix)]
        return tuple(service for one in named if one != "principal" for service in one.split("|"))


def matching(allows: Callable[[str], bool]) -> list[Escalation]:
    """The paths of which every required action is allowed, in the order of the table.

    `allows` is given an action as AWS writes it ("iam:PassRole") and is asked once for each.
    """
    allowed = {action for action in _ACTIONS if allows(action)}
    return [path for path in ESCALATIONS if path.actions <= allowed]


def _load() -> tuple[Escalation, ...]:
    text = Path(__file__).with_name("data").joinpath("escalations.json").read_text("utf-8")
    return tuple(map(_path, json.loads(text)))


def _path(row: dict[str, Any]) -> Escalation:
    return Escalation(
        id=row["id"],
        name=row["name"],
        category=row["category"],
        requires=tuple(map(_requirement, row["requires"])),
        needs=tuple(row["needs"]),
        privileged=row["privileged"],
        variant_of=row.get("variant_of"),
        reference=row["reference"],
    )


def _requirement(text: str) -> Requirement:
    action, _, rest = text.partition(" on ")
    on, _, service = rest.partition(" to ")
    return Requirement(action, on, service or None)


ESCALATIONS: tuple[Escalation, ...] = _load()
"""Every path, by service."""

_ACTIONS = sorted({action for path in ESCALATIONS for action in path.actions})
