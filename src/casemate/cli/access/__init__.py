"""`casemate access COMMAND …`: questions about who may do what. One command, one module of this package.

A module offers `arguments(parser)` and `run(args)`, and imports what is heavy only in `run`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    import argparse

    from casemate.cli.main import Verb

COMMANDS: dict[str, str] = {
    "decide": "decide requests as IAM would: allowed, explicit deny or implicit deny, and why",
    "needs": "what the code of each function needs: actions, resources, and the calls that need them",
    "role": "the least-privilege role of a function, in any dialect, or written into its template",
    "diff": "what is granted but never needed, and what is needed but not granted",
    "prove": "prove that somebody cannot do something, or show the request with which it can be done",
    "paths": "show the blast radius of a function, or who can get to a thing and how",
}
"""Every command with its line of help; each is the module `casemate.cli.access.COMMAND`."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """The commands of `access`, each with its flags."""
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command", required=True)
    for name, line in COMMANDS.items():
        command = commands.add_parser(name, help=line, description=line[0].upper() + line[1:] + ".")
        _module(name).arguments(command)


def run(args: argparse.Namespace) -> int:
    """Run one command."""
    return _module(args.command).run(args)


def _module(name: str) -> Verb:
    return cast("Verb", import_module(f"casemate.cli.access.{name}"))
