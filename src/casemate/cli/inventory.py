"""`casemate inventory`: what was understood of the system."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from casemate.cli import inputs

if TYPE_CHECKING:
    import argparse


def arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of `inventory`."""
    parser.add_argument(
        "paths", nargs="*", default=["."], metavar="PATH", help="files or folders (default: the working directory)"
    )
    parser.add_argument(
        "--format", choices=["table", "json", "svg"], default="table", help="how to print (default: table)"
    )
    inputs.flags(parser)
    parser.add_argument("--config", metavar="FILE", help="configuration file (its exclude and stage count here)")


def run(args: argparse.Namespace) -> int:
    """Print the inventory; exit code 3 when something was not read."""
    from importlib import import_module

    from casemate.analysis.code.located import located
    from casemate.config import load

    paths = inputs.paths_of(args.paths)
    config = load(
        start=Path.cwd(),
        scanned=paths,
        given=Path(args.config) if args.config else None,
        environment=os.environ,
        flags={"exclude": args.exclude, "stage": args.stage},
    )
    tree = inputs.tree_for(paths, args.root, config.texts("exclude"))
    options = inputs.options_of(args, config.text("stage") or None)
    inventory = located(inputs.inventory_of(tree, options), tree)
    module = {"table": "inventory_table", "json": "inventory_json", "svg": "graph"}[args.format]
    sys.stdout.write(import_module(f"casemate.outputs.{module}").render_inventory(inventory))
    errors = [diagnostic for diagnostic in inventory.diagnostics if diagnostic.level == "error"]
    for diagnostic in errors:
        sys.stderr.write(f"{diagnostic.at.path}:{diagnostic.at.start_line}: {diagnostic.message}\n")
    return 3 if errors or not inventory.inputs else 0
