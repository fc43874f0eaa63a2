"""The inventory with each function's handler file, for those who show it; code analysis asks for its own when it must.

Looking costs a few file lookups a function, so a scan that reads no code does not look.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.bundles import handler_file
from casemate.model.record import replace

if TYPE_CHECKING:
    from casemate.model.function import Function
    from casemate.model.inventory import Inventory
    from casemate.sources.tree import Tree


def located(inventory: Inventory, tree: Tree) -> Inventory:
    """`inventory`, with `Code.files` holding the file that the platform enters wherever it is found in `tree`."""
    stacks = {stack.path: stack for stack in inventory.stacks}

    def with_file(function: Function) -> Function:
        stack = stacks.get(function.stack)
        handler = handler_file(function, tree, stack) if stack is not None else None
        if handler is None:
            return function
        return replace(function, code=replace(function.code, files=(handler.path,)))

    return replace(inventory, functions=tuple(with_file(function) for function in inventory.functions))
