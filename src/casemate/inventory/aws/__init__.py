"""AWS: one builder a CloudFormation type, one module a subject."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casemate.inventory.context import Builder


@cache
def builders() -> Mapping[str, Builder]:
    """CloudFormation type -> builder, over all modules of this package.

    Raises `ValueError` when two modules claim one type.
    """
    from pkgutil import iter_modules

    table: dict[str, Builder] = {}
    for module in iter_modules(__path__):
        found: Mapping[str, Builder] = getattr(import_module(f"{__name__}.{module.name}"), "BUILDERS", {})
        clash = table.keys() & found.keys()
        if clash:
            raise ValueError(f"{module.name}: {', '.join(sorted(clash))} already has a builder")
        table.update(found)
    return table
