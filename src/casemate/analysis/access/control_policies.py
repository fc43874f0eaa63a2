"""Whether the files declare control policies at all: few systems do, and the rest need none of what reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from casemate.model.inventory import Inventory

POLICY: Final = "AWS::Organizations::Policy"


def is_declared(inventory: Inventory) -> bool:
    """Whether the files declare a control policy."""
    return any(resource.type == POLICY for stack in inventory.stacks for resource in stack.resources.values())
