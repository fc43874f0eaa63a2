"""AWS: one builder a CloudFormation type, one module a subject."""

from __future__ import annotations

import json
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casemate.inventory.context import Builder

INDEX = "index.json"


def builder(type_: str) -> Builder | None:
    """The builder of a CloudFormation type, or None; imports the one module that has it, as the index says."""
    module = _index().get(type_)
    return None if module is None else _built_by(module).get(type_)


@cache
def builders() -> Mapping[str, Builder]:
    """CloudFormation type -> builder, over all modules of this package.

    Raises `ValueError` when two modules claim one type.
    """
    table: dict[str, Builder] = {}
    for module in _modules():
        found = _built_by(module)
        clash = table.keys() & found.keys()
        if clash:
            raise ValueError(f"{module}: {', '.join(sorted(clash))} already has a builder")
        table.update(found)
    return table


def index_text() -> str:
    """What belongs into the index: CloudFormation type -> module, as JSON with one type a line."""
    found = {type_: module for module in _modules() for type_ in _built_by(module)}
    return json.dumps(dict(sorted(found.items())), indent=1) + "\n"


def _modules() -> list[str]:
    return sorted(file.stem for file in Path(__path__[0]).glob("[!_]*.py"))


def _built_by(module: str) -> Mapping[str, Builder]:
    found: Mapping[str, Builder] = getattr(import_module(f"{__name__}.{module}"), "BUILDERS", {})
    return found


@cache
def _index() -> Mapping[str, str]:
    index: dict[str, str] = json.loads((Path(__path__[0]) / INDEX).read_text("utf-8"))
    return index
