"""Google Cloud: one builder a type of the Terraform google provider, one module a subject.

`BUILDERS` holds those of all modules.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casemate.inventory.context import Builder


def _merged() -> Mapping[str, Builder]:
    table: dict[str, Builder] = {}
    for module in iter_modules(__path__):
        found: Mapping[str, Builder] = getattr(import_module(f"{__name__}.{module.name}"), "BUILDERS", {})
        clash = table.keys() & found.keys()
        if clash:
            raise ValueError(f"{module.name}: {', '.join(sorted(clash))} already has a builder")
        table.update(found)
    return table


BUILDERS: Mapping[str, Builder] = _merged()
