"""The scanned system that a command of `access` asks about; not a command itself."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from casemate.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from casemate.analysis.system import System


def system_of(args: argparse.Namespace) -> System:
    """The system below `args.paths`. Raises `UsageError` when a path does not exist or nothing serverless is there.

    What could not be read is told on stderr.
    """
    from casemate.analysis.system import System
    from casemate.cli.scan import parameters_of, tree_for
    from casemate.inventory.build import build
    from casemate.sources.discover import discover
    from casemate.sources.source import Options

    paths = [Path(path) for path in args.paths]
    missing = [path for path in paths if not path.exists()]
    if missing:
        raise UsageError(f"{missing[0]} does not exist")
    tree = tree_for(paths, args.root, tuple(args.exclude or ()))
    options = Options(parameters_of(args.param), args.stage, tuple(args.var_file or ()))
    inventory = build(discover(tree, options).readings)
    for diagnostic in inventory.diagnostics:
        if diagnostic.level == "error":
            sys.stderr.write(f"{diagnostic.at.path}:{diagnostic.at.start_line}: {diagnostic.message}\n")
    if not inventory.inputs:
        raise UsageError(f"nothing serverless is below {paths[0]}", hint="give the folder of a template")
    return System(inventory, date.min)  # nothing that is asked here depends on the day
