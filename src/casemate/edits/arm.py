"""ARM templates: the native shape is what is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.edits.declaration import Place
from casemate.edits.tree import standing_at
from casemate.errors import EditError
from casemate.model.value import Fields

if TYPE_CHECKING:
    from casemate.edits.target import Target
    from casemate.edits.tree import Tree


def place(target: Target, tree: Tree, value: object) -> Place:
    """Where a setting is written. Raises `EditError` for a resource that a loop makes or another file declares."""
    declaration = standing_at(tree.root, target.resource.body)
    if not isinstance(declaration, Fields):
        raise EditError(f"the declaration of {target.resource.name} is not written out")
    if "copy" in declaration.entries:
        raise EditError(f"{target.resource.name} is declared in a loop")
    return Place(declaration, target.path, value)
