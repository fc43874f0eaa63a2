"""`casemate inventory`: what was understood of the system."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from casemate.errors import UsageError

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
    parser.add_argument("--exclude", action="append", metavar="GLOB", help="leave these paths out; may repeat")
    parser.add_argument(
        "--param", action="append", metavar="K=V", help="value of a template parameter or variable; may repeat"
    )
    parser.add_argument("--stage", help="deployment stage")
    parser.add_argument("--var-file", action="append", metavar="F", help="tfvars or parameter file; may repeat")
    parser.add_argument("--config", metavar="FILE", help="configuration file (its exclude and stage count here)")
    parser.add_argument("--root", metavar="DIR", help="paths are shown relative to DIR (default: the git top level)")


def run(args: argparse.Namespace) -> int:
    """Print the inventory; exit code 3 when something was not read."""
    from importlib import import_module

    from casemate.analysis.code.located import located
    from casemate.cli.scan import parameters_of, tree_for
    from casemate.config import load
    from casemate.inventory.build import build
    from casemate.sources.discover import discover
    from casemate.sources.source import Options

    paths = [Path(path) for path in args.paths]
    missing = [path for path in paths if not path.exists()]
    if missing:
        raise UsageError(f"{missing[0]} does not exist")
    config = load(
        start=Path.cwd(),
        scanned=paths,
        given=Path(args.config) if args.config else None,
        environment=os.environ,
        flags={"exclude": args.exclude, "stage": args.stage},
    )
    tree = tree_for(paths, args.root, config.texts("exclude"))
    options = Options(parameters_of(args.param), config.text("stage") or None, tuple(args.var_file or ()))
    inventory = located(build(discover(tree, options).readings), tree)
    module = {"table": "inventory_table", "json": "inventory_json", "svg": "graph"}[args.format]
    sys.stdout.write(import_module(f"casemate.outputs.{module}").render_inventory(inventory))
    errors = [diagnostic for diagnostic in inventory.diagnostics if diagnostic.level == "error"]
    for diagnostic in errors:
        sys.stderr.write(f"{diagnostic.at.path}:{diagnostic.at.start_line}: {diagnostic.message}\n")
    return 3 if errors or not inventory.inputs else 0
