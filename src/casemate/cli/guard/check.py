"""`casemate guard check`: tells where the guard policies no longer are what the templates and the code say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.cli.guard import build

if TYPE_CHECKING:
    import argparse


def arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of `guard check`."""
    build.selection(parser)


def run(args: argparse.Namespace) -> int:
    """0 when every policy is up to date, 1 when one is missing or differs, 3 when no function can have one."""
    args.check = True
    return build.run(args)
