"""The declarations of one folder of Terraform files, by name, before anything is evaluated."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from casemate.sources.syntax.hcl_nodes import Argument, Block, Body
from casemate.sources.tree import inside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.sources.syntax.hcl_nodes import File

K = TypeVar("K")


@dataclass(slots=True)
class Folder:
    """The declarations of one folder, by name."""

    path: str
    files: list[File] = field(default_factory=list)
    variables: dict[str, Block] = field(default_factory=dict)
    locals: dict[str, Argument] = field(default_factory=dict)
    resources: dict[tuple[str, str, str], Block] = field(default_factory=dict)
    modules: dict[str, Block] = field(default_factory=dict)
    outputs: dict[str, Block] = field(default_factory=dict)
    providers: list[Block] = field(default_factory=list)

    def add(self, file: File) -> None:
        """Take in the blocks of a file."""
        self.files.append(file)
        for block in file.body.blocks:
            names = [label for label, _ in block.labels]
            match block.type, names:
                case "resource", [type_, name]:
                    self._declare(self.resources, ("managed", type_, name), block)
                case "data", [type_, name]:
                    self._declare(self.resources, ("data", type_, name), block)
                case "variable", [name]:
                    self._declare(self.variables, name, block)
                case "output", [name]:
                    self._declare(self.outputs, name, block)
                case "module", [name]:
                    self._declare(self.modules, name, block)
                case "provider", [_]:
                    self.providers.append(block)
                case "locals", []:
                    self.locals.update(block.body.arguments)
                case _:
                    pass

    @staticmethod
    def _declare(table: dict[K, Block], key: K, block: Block) -> None:
        table[key] = _overridden(table[key], block) if key in table and _is_override(block) else block

    def local_sources(self) -> Iterator[str]:
        """The folders of the local modules that are called here; those outside of the root are left out."""
        for block in self.modules.values():
            path = local_source(self.path, block)
            if path is not None:
                yield path


def _is_override(block: Block) -> bool:
    name = block.at.path.rsplit("/", 1)[-1]
    return name in {"override.tf", "override.tf.json"} or name.endswith(("_override.tf", "_override.tf.json"))


def _overridden(block: Block, by: Block) -> Block:
    """`by` laid over `block`.

    Arguments one by one, nested blocks by kind. Source: Terraform documentation, "Override Files".
    """
    body = Body()
    body.arguments = {**block.body.arguments, **by.body.arguments}
    replaced = {inner.type for inner in by.body.blocks}
    body.blocks = [inner for inner in block.body.blocks if inner.type not in replaced] + by.body.blocks
    return Block(block.type, block.labels, body, block.type_at, block.at)


def source_text(block: Block) -> str | None:
    """The `source` of a module call, where it is written out."""
    argument = block.body.arguments.get("source")
    value = getattr(argument.value, "value", None) if argument is not None else None
    return value if isinstance(value, str) else None


def local_source(folder: str, block: Block) -> str | None:
    """The folder a module call names, inside of the root, or None."""
    text = source_text(block)
    if text is None or not text.startswith(("./", "../")):
        return None
    return inside(folder, text)
