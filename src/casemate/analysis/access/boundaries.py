"""The statements of a permissions boundary that the same files declare.

A managed policy that only bounds permissions grants nothing, so the inventory has no identity for it; its document is
read here from the declaration that the role refers to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.inventory.aws.embedded import tree
from casemate.inventory.context import Context
from casemate.inventory.policies import statements
from casemate.inventory.world import World

if TYPE_CHECKING:
    from casemate.model.inventory import Inventory
    from casemate.model.policy import Role, Statement
    from casemate.model.resource import Stack

_MANAGED = "AWS::IAM::ManagedPolicy"


def boundary_statements(role: Role, inventory: Inventory) -> tuple[Statement, ...] | None:
    """The boundary's statements; None when there is none, or it is not declared in the files."""
    if role.boundary is None:
        return None
    for target in role.boundary.targets:
        path, _, key = target.rpartition("#")
        stack = next((one for one in inventory.stacks if one.path == path), None)
        resource = None if stack is None else stack.resources.get(key)
        if stack is None or resource is None or resource.type != _MANAGED:
            continue
        document = tree(resource.properties.get("PolicyDocument"))
        origin = f"permissions boundary {resource.name}"
        return tuple(statements(document, names_of(stack, inventory), owner=resource.name, origin=origin))
    return None


def names_of(stack: Stack, inventory: Inventory) -> Context:
    """What the strings of a policy of this stack mean."""
    return _Names(stack, _world(inventory))


_LAST: list[tuple[Inventory, World]] = []


def _world(inventory: Inventory) -> World:
    """All stacks, for what an import or a nested stack's output means; that of the last inventory is kept."""
    if not _LAST or _LAST[0][0] is not inventory:
        _LAST[:] = [(inventory, World(inventory.stacks))]
    return _LAST[0][1]


class _Names(Context):
    """Only what strings of a policy need: the stack's names, without the index of who refers to whom."""

    def __init__(self, stack: Stack, world: World) -> None:
        self.stack = stack
        self.world = world
