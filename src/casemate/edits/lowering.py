"""A change -> byte edits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.edits import arm, cloudformation, manifests, mapping, serverless
from casemate.edits.target import target_of
from casemate.edits.tree import is_expression, parse, standing_at
from casemate.errors import EditError
from casemate.model.value import Literal

if TYPE_CHECKING:
    from collections.abc import Callable

    from casemate.edits.declaration import Place
    from casemate.edits.target import Target
    from casemate.edits.tree import Tree
    from casemate.model.finding import Change, Edit
    from casemate.model.inventory import Inventory
    from casemate.model.location import Span
    from casemate.model.resource import Dialect


_PLACES: dict[Dialect, Callable[[Target, Tree, object], Place]] = {
    "cloudformation": cloudformation.place,
    "sam": cloudformation.place,
    "serverless": serverless.place,
    "arm": arm.place,
}
_GENERATED = "cdk.out/"


def lower(
    change: Change, inventory: Inventory, read: Callable[[str], bytes | None], cause: Span | None = None
) -> tuple[Edit, ...]:
    """The edits of one change; none when the setting has the value already.

    `cause`: the finding's place. A value that stands outside of the resource (Globals, `provider`, a variable's
    default) is edited there only when it
    is the cause; else the resource gets a setting of its own. Raises `EditError` with the reason where no safe edit
    exists: the value is an expression,
    the file is generated, the dialect has no such setting.
    """
    if manifests.is_package(change):
        return tuple(edit for edit in manifests.lower(change, read, cause) if _changes(edit, read))
    target = target_of(change, inventory, cause)
    dialect = target.resource.dialect
    if dialect == "cdk" or _GENERATED in f"/{target.resource.at.path}":
        raise EditError(f"{target.resource.name} comes from a program; change the program")
    if dialect == "terraform":
        from casemate.edits import terraform

        edits = terraform.lower(change, target, inventory, read)
    elif dialect in _PLACES:
        edits = _in_tree(change, target, read)
    else:
        raise EditError(f"files of the kind {dialect} are not edited")
    return tuple(edit for edit in edits if _changes(edit, read))


def _in_tree(change: Change, target: Target, read: Callable[[str], bytes | None]) -> list[Edit]:
    tree = _tree(target.resource.at.path, read)
    place = _PLACES[target.resource.dialect](target, tree, change.value)
    match change.op:
        case "remove":
            return mapping.remove(tree, place.node, place.path)
        case "add":
            return mapping.append(tree, place.node, place.path, place.value)
        case "set":
            there = mapping.find(place.node, place.path)
            literal = target.literal
            elsewhere = literal is not None and there is None and not place.node.at.covers(literal.at)
            if literal is not None and (elsewhere or (there is not None and is_expression(there))):
                holder = tree if literal.at.path == tree.source.path else _tree(literal.at.path, read)
                found = standing_at(holder.root, literal.at)
                if isinstance(found, Literal):
                    return mapping.replaced(holder, found, place.value)
            return mapping.put(tree, place.node, place.path, place.value)


def _tree(path: str, read: Callable[[str], bytes | None]) -> Tree:
    data = read(path)
    if data is None:
        raise EditError(f"{path} cannot be read")
    return parse(path, data)


def _changes(edit: Edit, read: Callable[[str], bytes | None]) -> bool:
    data = read(edit.path) or b""
    return data[edit.start_byte : edit.end_byte] != edit.text.encode("utf-8")
