"""A root module with all modules it calls -> `RawResource`s.

Nothing is executed and nothing outside of the root is read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import Absent, Fields, Unknown, Value
from casemate.sources.syntax.hcl_nodes import ListOf, Lit, Node, Path
from casemate.sources.terraform.data import SILENT
from casemate.sources.terraform.documents import Settling
from casemate.sources.terraform.modules import Module, both, is_described
from casemate.sources.terraform.raw import RawResource
from casemate.sources.terraform.repetition import evaluated_body

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.model.location import Span
    from casemate.sources.syntax.hcl_nodes import Block
    from casemate.sources.terraform.repetition import Instance

MAX_RESOURCES = 20_000
"""Resources of one root module; repetition in repetition would go on for ever."""


def raw_resources(root: Module) -> Iterator[RawResource]:
    """Every resource of a module and of the local modules below it, in the order they are written."""
    count = 0
    pending = [root]
    while pending:
        module = pending.pop(0)
        for (mode, type_, name), block in module.folder.resources.items():
            if mode == "data" and type_ in SILENT:
                continue
            for instance in module.instances(block):
                count += 1
                if count > MAX_RESOURCES:
                    hint = "scan fewer modules at a time"
                    module.project.note(
                        "too-many-resources",
                        f"more than {MAX_RESOURCES:,} resources; the rest was not evaluated",
                        block.type_at,
                        hint,
                    )
                    return
                yield _resource(module, mode, type_, name, block, instance)
        pending[:0] = module.children()


def _resource(module: Module, mode: str, type_: str, name: str, block: Block, instance: Instance) -> RawResource:
    try:
        body = evaluated_body(block, module.project.evaluator, module.scope(instance), module.words)
        attributes = Settling().body(body)
    except RecursionError:  # limits of depth should prevent it; a defect in them must not blind the rest
        message = f"{type_}.{name} is nested too deeply to evaluate"
        module.project.note("too-deep", message, block.type_at, "split it into locals")
        attributes = Fields({}, block.at)
    return RawResource(
        mode="data" if mode == "data" else "managed",
        type=type_,
        address=module.address(mode, type_, name, instance.suffix),
        at=_place(module, block, instance),
        body=block.at,
        attributes=attributes,
        condition=both(module.condition, instance.condition),
        depends_on=tuple(_dependencies(module, block)),
    )


def _place(module: Module, block: Block, instance: Instance) -> Span:
    """Where a resource stands: at its name, or, made by a described module for a key of the caller, at that key."""
    own = block.labels[-1][1]
    if is_described(module.folder) and instance.key is not None and instance.key.at.path == own.path:
        return instance.key.at
    return own


def _dependencies(module: Module, block: Block) -> Iterator[str]:
    argument = block.body.arguments.get("depends_on")
    if argument is None or not isinstance(argument.value, ListOf):
        return
    for item in argument.value.items:
        address = _address(item)
        if address is not None:
            yield f"{module.prefix}.{address}" if module.prefix else address


def _address(node: Node) -> str | None:
    if isinstance(node, Lit):
        return node.value if isinstance(node.value, str) else None
    if not isinstance(node, Path) or not isinstance(node.root, str):
        return None
    return ".".join([node.root, *(step for step in node.steps if isinstance(step, str))])


def outputs(module: Module) -> dict[str, Value]:
    """The outputs of a root module."""
    found: dict[str, Value] = {}
    settling = Settling()
    for name, block in module.folder.outputs.items():
        value = settling.argument("", module.output(name, block.at))
        if not isinstance(value, Absent):
            found[name] = value
    return found


def parameters_of(module: Module) -> Iterator[tuple[str, Block, Value | None]]:
    """Each variable with its default, as it is written."""
    for name, block in module.folder.variables.items():
        argument = block.body.arguments.get("default")
        value = None if argument is None else module.project.evaluator.evaluate(argument.value, module.scope())
        yield name, block, None if isinstance(value, Absent | Unknown) else value
