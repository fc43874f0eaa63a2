"""`casemate demo`: the sample system through every stage of the product that exists, offline.

Names those that do not yet.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

_PACKAGE = Path(__file__).resolve().parents[1]
SAMPLE = next(
    (path for path in (_PACKAGE / "sample", _PACKAGE.parents[1] / "examples" / "shop") if path.is_dir()), _PACKAGE
)
"""The sample system: `casemate/sample` in a wheel, `examples/shop` in a checkout."""
STAGES_TO_COME = ("gateway", "trace", "respond", "strategy")
"""Stages of the design that this release does not have."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """`demo` takes no arguments but the date to judge by."""
    parser.add_argument(
        "--now",
        default="2026-11-24",
        metavar="ISO",
        help="the date to judge by (default: a fixed one, so that the demo never changes)",
    )


def run(args: argparse.Namespace) -> int:
    """Show the inventory, then the scan; succeeds when the sample gives the findings it is there to give."""
    from casemate.cli.main import main

    folder = str(SAMPLE)
    _say("1. The inventory: what Casemate understands of the system")
    main(["inventory", folder, "--root", folder])
    _say("2. The scan: what is wrong with it, and the fix")
    code = main(["scan", folder, "--root", folder, "--now", args.now])
    _say("3. Least privilege: what the code of each function needs")
    main(["access", "needs", folder, "--root", folder, "--format", "text"])
    _say("Not in this release yet: " + ", ".join(STAGES_TO_COME))
    sys.stdout.write("Try it on your own system: casemate scan PATH\n")
    return 0 if code == 1 else 2


def _say(line: str) -> None:
    sys.stdout.write(f"\n== {line}\n\n")
    sys.stdout.flush()
