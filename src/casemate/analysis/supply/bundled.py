"""The packed bundles that functions and layers are deployed from, where they lie in the tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.supply.projects import Project
from casemate.analysis.supply.shipped import archives_of
from casemate.model.diagnostic import Diagnostic, Input
from casemate.sources.lockfiles.bundle import members
from casemate.sources.syntax.document import whole
from casemate.sources.tree import MAX_BYTES

if TYPE_CHECKING:
    from casemate.analysis.supply.projects import Reading
    from casemate.model.inventory import Inventory
    from casemate.sources.tree import Tree


def bundles(tree: Tree, inventory: Inventory, reading: Reading) -> list[tuple[Project, tuple[str, ...]]]:
    """Each bundle as a project, with the functions that are deployed from it; accounts for it in `reading`."""
    stacks = {stack.path: stack for stack in inventory.stacks}
    users: dict[str, dict[str, None]] = {}
    for function in inventory.functions:
        stack = stacks.get(function.stack)
        for path in archives_of(function, stack) if stack else ():
            users.setdefault(path, {})[function.id] = None
    found: list[tuple[Project, tuple[str, ...]]] = []
    for path, ids in sorted(users.items()):
        data = tree.read(path)
        if data is None:
            if tree.size(path) is not None:
                reason = f"larger than {MAX_BYTES >> 20} MB; what is packed in it is not known"
                reading.inputs.append(Input(path, "bundle", "excluded", reason))
                reading.diagnostics.append(Diagnostic("bundle-too-large", reason, whole(path), "note"))
            continue
        files = members(path, data)
        reading.inputs.append(Input(path, "bundle", "partial" if any(file.partial for file in files) else "understood"))
        for file in files:
            reading.diagnostics.extend(file.diagnostics)
            if file.locked:
                found.append((Project(file.ecosystem, path, lock=file), tuple(ids)))
    return found
