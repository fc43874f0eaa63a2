"""Terraform: a native path is looked up backwards in the tables that lower it.

Arguments, blocks, and resources that complete another one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from casemate.edits.hcl import Module
from casemate.edits.scalars import fields_of
from casemate.edits.tree import named_at, parse
from casemate.errors import EditError
from casemate.model.location import Span
from casemate.model.value import Entry, Fields, Items, Literal, Value
from casemate.sources.terraform.lowering.converting import Convert, apply
from casemate.sources.terraform.lowering.lowered import table_of
from casemate.sources.terraform.lowering.notation import shape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from casemate.edits.target import Target
    from casemate.model.finding import Change, Edit
    from casemate.model.inventory import Inventory
    from casemate.sources.syntax.hcl_nodes import Block
    from casemate.sources.terraform.lowering.notation import Shape

Path = tuple[str, ...]
_NOWHERE = Span("", 1, 1, 1, 1)
_PROBE = "\0"
"""A value that no table knows."""


@dataclass(frozen=True, slots=True)
class Argument:
    """Where Terraform says a native setting: in a resource of `type`, at `path`.

    `via`: set when that resource completes the one that is meant.
    """

    type: str
    path: Path
    convert: Convert | None = None
    via: str | None = None


def arguments_for(type_: str, native: Path) -> Iterator[Argument]:
    """Every way to say a native setting of a Terraform resource type.

    Its own arguments first, then resources that complete it.
    """
    table = table_of(type_.partition("_")[0])
    if table is None:
        yield Argument(type_, native)
        return
    path = native
    if table.section:
        path = native[1:] if native[:1] == (table.section,) else (f"/{native[0]}", *native[1:])
    own = table.natives.get(type_)
    if own is not None:
        for found, convert in reversed_path(shape(own.shape, table.spelling), path):
            yield Argument(type_, found, convert)
    for name, join in table.joins.items():
        if type_ in join.onto:
            rest = path
            if join.into:
                into = tuple(join.into.split("."))
                if path[: len(into)] != into:
                    continue
                rest = path[len(into) + (1 if path[len(into) : len(into) + 1] and path[len(into)].isdigit() else 0) :]
            for found, convert in reversed_path(shape(join.shape, table.spelling), rest):
                yield Argument(name, found, convert, join.via)


def reversed_path(terms: Shape, path: Path) -> Iterator[tuple[Path, Convert | None]]:
    """Argument paths (blocks, then the argument) that a shape lowers to a native path."""
    for term in terms:
        if path[: len(term.target)] != term.target:
            continue
        rest = path[len(term.target) :]
        if term.inner is None:
            if not rest or term.convert is None:
                yield (*term.source, *rest), term.convert
            continue
        number = rest[:1] if rest and rest[0].isdigit() else ()
        for inner, convert in reversed_path(term.inner, rest[len(number) :]):
            yield (*term.source, *number, *inner), convert


def spelled(convert: Convert | None, value: object) -> object:
    """The Terraform value that is lowered to a native one. Raises `EditError` when none is known to be."""
    if convert is None:
        return value
    if _gives(convert, _PROBE, value):
        raise EditError("a block, not a value, stands for this setting")
    for candidate in _candidates(value):
        if _gives(convert, candidate, value):
            return candidate
    raise EditError("how Terraform spells this value is not known")


def _gives(convert: Convert, candidate: str | float | bool, value: object) -> bool:  # noqa: FBT001 - a setting's value
    """Whether a Terraform value is lowered to this native one."""
    found = apply(convert, Entry(_NOWHERE, Literal(candidate, _NOWHERE)))
    if isinstance(found, Items) and len(found.items) == 1:
        found = found.items[0]
    same = isinstance(found, Literal) and found.value == value
    return same and isinstance(found, Literal) and isinstance(found.value, bool) == isinstance(value, bool)


def _candidates(value: object) -> Iterator[str | int | float | bool]:
    """What a provider may call it: words in lower case before the cloud's own spelling."""
    if isinstance(value, str):
        letters = enumerate(value)
        yield "".join(f"-{letter.lower()}" if letter.isupper() and at else letter.lower() for at, letter in letters)
        yield value.lower()
        yield "private"
    if isinstance(value, str | int | float):
        yield value
    yield from (True, False)


def lower(change: Change, target: Target, inventory: Inventory, read: Callable[[str], bytes | None]) -> list[Edit]:
    """The edits of one change. Raises `EditError`."""
    path = target.resource.at.path
    if path.endswith(".tf.json"):
        return _in_json(change, target, read)
    if not path.endswith(".tf"):
        raise EditError(f"{path} is generated; change what it was made from")
    module = _module(path, read)
    block = module.block_of(target.resource.at)
    if block is not None and block.type == "module":
        return _in_call(change, target, read)
    if block is None or block.type != "resource" or not block.labels:
        raise EditError(f"the declaration of {target.resource.name} is not written out")
    type_ = block.labels[0][0]
    if target.literal is not None and change.op == "set":
        edit = _at_cause(change, target, type_, read)
        if edit is not None:
            return [edit]
    if change.op != "set":
        argument = _argument(type_, target.path)
        if argument.via is not None:
            raise EditError("it stands in a resource of its own")
        if change.op == "add":
            return module.append(block, argument.path, change.value)
        return module.remove(block, argument.path)
    return _put(module, block, type_, target, change.value, inventory, read)


_TYPE = re.compile(r"([a-z][a-z0-9]*_\w+)\.\w+(?:\[[^\[\]]*\])?\Z")


def _in_call(change: Change, target: Target, read: Callable[[str], bytes | None]) -> list[Edit]:
    """The argument of a module call that the setting comes from, where the call writes it out. Raises `EditError`."""
    type_ = _TYPE.search(target.resource.name)
    literal = target.literal or _said(target.resource.properties, target.path)
    if type_ is None or literal is None or literal.at == target.resource.at or change.op != "set":
        raise EditError(f"{target.resource.name} is made by a module; its arguments do not say it")
    if literal.value == change.value:
        return []
    edit = _at_cause(change, replace(target, literal=literal), type_[1], read)
    if edit is None:
        raise EditError(f"{target.resource.name} is made by a module; its arguments do not say it")
    return [edit]


def _said(value: Value | None, path: Path) -> Literal | None:
    """The literal at a native path."""
    for part in path:
        value = value.get(part) if isinstance(value, Fields) else None
    return value if isinstance(value, Literal) else None


def _at_cause(change: Change, target: Target, type_: str, read: Callable[[str], bytes | None]) -> Edit | None:
    """The value where it stands.

    An argument of this or a completing resource, or the default or local that it comes from.
    """
    literal = target.literal
    if literal is None or not literal.at.path.endswith(".tf"):
        return None
    module = _module(literal.at.path, read)
    found = module.literal_at(literal.at)
    if found is None:
        return None
    block, path, node = found
    converters = [argument.convert for argument in arguments_for(type_, target.path) if argument.path[-1:] == path[-1:]]
    if not converters:
        converters = [argument.convert for argument in arguments_for(type_, target.path)][:1]
        if block.type == "resource":
            converters = [_convert_of(block.labels[0][0], path)]
    return module.replaced(node, spelled(converters[0] if converters else None, change.value))


def _convert_of(type_: str, path: Path) -> Convert | None:
    """The converter of an argument, whatever native path it goes to."""
    table = table_of(type_.partition("_")[0])
    if table is None:
        return None
    known = table.natives.get(type_) or table.joins.get(type_)
    stack = list(shape(known.shape, table.spelling)) if known is not None else []
    while stack:
        term = stack.pop()
        if term.source[-1] == path[-1]:
            return term.convert
        stack.extend(term.inner or ())
    return None


def _argument(type_: str, path: Path) -> Argument:
    found = next(arguments_for(type_, path), None)
    if found is None:
        raise EditError(f"{type_} has no argument for {'.'.join(path)}")
    return found


def _flat(path: Path, value: object) -> Iterator[tuple[Path, object]]:
    fields = fields_of(value)
    if fields is None:
        yield path, value
    for key, part in (fields or {}).items():
        yield from _flat((*path, key), part)


def _put(
    module: Module,
    block: Block,
    type_: str,
    target: Target,
    value: object,
    inventory: Inventory,
    read: Callable[[str], bytes | None],
) -> list[Edit]:
    """Settings that are nowhere yet, or stand in this resource.

    Those of one resource together, so that a new block is made once.
    """
    groups: dict[tuple[str, str | None], dict[str, object]] = {}
    for path, part in _flat(target.path, value):
        argument = _argument(type_, path)
        section = groups.setdefault((argument.type, argument.via), {})
        for name in argument.path[:-1]:
            inner = section.setdefault(name, {})
            if not isinstance(inner, dict):
                raise EditError(f"{name} is one value")
            section = inner
        section[argument.path[-1]] = spelled(argument.convert, part)
    edits: list[Edit] = []
    for (found, via), content in groups.items():
        if via is None:
            edits += [edit for name, part in content.items() for edit in _into(module, block, (name,), part)]
        else:
            edits += _completed(module, block, found, via, content, inventory, read)
    return edits


def _into(module: Module, block: Block, path: Path, value: object) -> list[Edit]:
    """A map goes deeper only as far as it has one key: several are merged into one block."""
    fields = fields_of(value)
    if fields is not None and len(fields) == 1:
        name, part = next(iter(fields.items()))
        return _into(module, block, (*path, name), part)
    return module.put(block, path, value)


def _completed(
    module: Module,
    block: Block,
    type_: str,
    via: str,
    content: dict[str, object],
    inventory: Inventory,
    read: Callable[[str], bytes | None],
) -> list[Edit]:
    owner = block.labels[0][0], block.labels[1][0]
    folder = module.source.path.rpartition("/")[0]
    beside = sorted(
        entry.path
        for entry in inventory.inputs
        if entry.path.endswith(".tf") and entry.path.rpartition("/")[0] == folder
    )
    for path in (module.source.path, *(path for path in beside if path != module.source.path)):
        data = read(path)
        other = (
            module
            if path == module.source.path
            else Module(path, data)
            if data is not None and type_.encode() in data
            else None
        )
        for found in other.completing(type_, via, owner) if other is not None else ():
            return [edit for name, part in content.items() for edit in _into(other or module, found, (name,), part)]
    return [module.beside(block, type_, owner[1], via, content)]


def _in_json(change: Change, target: Target, read: Callable[[str], bytes | None]) -> list[Edit]:
    from casemate.edits import mapping

    path = target.resource.at.path
    data = read(path)
    tree = parse(path, data or b"")
    node = named_at(tree.root, target.resource.at)
    if isinstance(node, Items) and len(node.items) == 1:
        node = node.items[0]
    type_ = target.resource.key.rpartition(".")[0].rpartition(".")[2]
    if not isinstance(node, Fields) or not type_:
        raise EditError(f"the declaration of {target.resource.name} is not written out")
    argument = _argument(type_, target.path)
    if argument.via is not None:
        raise EditError("it stands in a resource of its own")
    if change.op == "remove":
        return mapping.remove(tree, node, argument.path)
    value = spelled(argument.convert, change.value) if change.op == "set" else change.value
    return (
        mapping.put(tree, node, argument.path, value)
        if change.op == "set"
        else mapping.append(tree, node, argument.path, value)
    )


def _module(path: str, read: Callable[[str], bytes | None]) -> Module:
    data = read(path)
    if data is None:
        raise EditError(f"{path} cannot be read")
    return _parsed(path, data)


@lru_cache(maxsize=32)
def _parsed(path: str, data: bytes) -> Module:
    return Module(path, data)
