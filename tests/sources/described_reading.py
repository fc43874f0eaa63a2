"""What the tests of openapi, asl, chalice, zappa and cdk share: files through discovery into the inventory."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from casemate.inventory.build import build
from casemate.sources.discover import discover
from casemate.sources.source import Options
from casemate.sources.tree import MemoryTree

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casemate.model.diagnostic import Input
    from casemate.model.inventory import Inventory
    from casemate.model.location import Span


def inventory(files: Mapping[str, str], options: Options | None = None) -> Inventory:
    """The inventory of these files; common indentation is taken off."""
    contents = {path: textwrap.dedent(text).lstrip("\n").encode() for path, text in files.items()}
    return build(discover(MemoryTree(contents), options or Options()).readings)


def inputs(found: Inventory) -> dict[str, Input]:
    """Inputs by path; every path is accounted for once."""
    table = {entry.path: entry for entry in found.inputs}
    assert len(table) == len(found.inputs), found.inputs
    return table


def text_at(files: Mapping[str, str], at: Span) -> str:
    """What stands at a span of one line."""
    lines = textwrap.dedent(files[at.path]).lstrip("\n").splitlines()
    return lines[at.start_line - 1][at.start_column - 1 : at.end_column - 1]
