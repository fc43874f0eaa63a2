"""`casemate config show`: each setting with its value and where it came from."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse


def arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `config`."""
    parser.add_argument("action", choices=["show"], help="show: every setting with its origin")
    parser.add_argument("--config", metavar="FILE", help="configuration file")


def run(args: argparse.Namespace) -> int:
    """Print the settings, the options of rules and the suppressions."""
    from casemate.config import SETTINGS, load

    config = load(start=Path.cwd(), given=Path(args.config) if args.config else None, environment=os.environ)
    width = max(len(name) for name in SETTINGS)
    for name, origin in config.values.items():
        sys.stdout.write(f"{name:{width}}  {_shown(origin.value):20}  from {origin.source}\n")
    for rule, options in config.rule_options.items():
        sys.stdout.write(f"rules.{rule}  {dict(options)!r}  from {config.file}\n")
    for suppression in config.suppressions:
        until = f" until {suppression.until.isoformat()}" if suppression.until else ""
        sys.stdout.write(f"suppress {suppression.rule}{until} -- {suppression.reason}  from {config.file}\n")
    return 0


def _shown(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(str(item) for item in value) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value) or '""'
