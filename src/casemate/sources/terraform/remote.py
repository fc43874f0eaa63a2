"""`terraform_remote_state`: an output of another root module, where that one is scanned too.

A local state is that of the folder its path names; any other is that of the only root whose own `backend` block says
the same key (prefix, workspace), and the same bucket where both say one. Source: Terraform documentation, "The
terraform_remote_state data source", "Backend configuration".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from casemate.model.value import Fields, Unknown, Value, text_of
from casemate.sources.terraform.operations import Attributed
from casemate.sources.tree import folder_of, inside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.model.location import Span
    from casemate.sources.syntax.hcl_nodes import Block
    from casemate.sources.terraform.folders import Folder
    from casemate.sources.terraform.modules import Module

_KEYS = ("key", "prefix")
_PLACES = ("bucket", "container_name", "storage_account_name", "organization")


class RemoteOutputs(Attributed):
    """The outputs of another root module: each is an import of what that root exports."""

    __slots__ = ("root", "source")

    def __init__(self, root: str, source: str, at: Span) -> None:
        self.root: Final = root
        self.source: Final = source
        self.at = at

    def attribute(self, name: str, at: Span) -> Value:
        return Unknown(
            f"{self.source}.{name} is an output of {self.root or '.'}", at, "import", exported(self.root, name)
        )


def exported(root: str, name: str) -> str:
    """The name under which the root module at `root` exports an output to the other ones."""
    return f"{root or '.'}#outputs.{name}"


def state_of(module: Module, body: Fields) -> str | None:
    """The folder of the root module whose state a `terraform_remote_state` reads; None for one that is not scanned."""
    config = body.get("config")
    if not isinstance(config, Fields):
        return None
    if text_of(body.get("backend")) == "local":
        path = text_of(config.get("path"))
        folder = folder_of(inside(module.base, path) or "/") if path else None
        return folder if folder is not None and folder in module.project.folders else None
    found = [
        path for path, folder in module.project.folders.items() if path != module.base and _same(folder, config, module)
    ]
    return found[0] if len(found) == 1 else None


def _same(folder: Folder, config: Fields, module: Module) -> bool:
    for backend in _backends(folder):
        said = {
            name: text_of(module.project.evaluator.evaluate(argument.value, module.scope()))
            for name, argument in backend.body.arguments.items()
            if name in {*_KEYS, *_PLACES}
        }
        keyed = any(said.get(name) and said[name] == text_of(config.get(name)) for name in _KEYS)
        apart = any(said.get(name) and (other := text_of(config.get(name))) and said[name] != other for name in _PLACES)
        if keyed and not apart:
            return True
    return False


def _backends(folder: Folder) -> Iterator[Block]:
    for file in folder.files:
        for block in file.body.blocks:
            if block.type == "terraform":
                yield from (inner for inner in block.body.blocks if inner.type == "backend")
