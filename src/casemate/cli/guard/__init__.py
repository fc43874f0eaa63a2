"""`casemate guard COMMAND …`: what the guard inside a function sees and hides. One command, one module of this package.

A module offers `arguments(parser)` and `run(args)`, and imports what is heavy only in `run`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    import argparse

    from casemate.cli.main import Verb

COMMANDS: dict[str, str] = {
    "build": "compile the guard policy of each function from the inventory, beside its handler",
    "check": "tell where guard policies are missing or no longer what the templates and the code say",
    "encrypt-env": "encrypt the secrets among environment variables, in the template",
    "event": "show what the guard makes of events: trigger, leaves with their decoded views, verdict",
    "learn": "make JSON Schemas of recorded events, with a stated confidence",
    "redact": "mask credentials and personal data in lines of text, or list where they stand",
}
"""Every command with its line of help; each is the module `casemate.cli.guard.COMMAND` (with _ for -)."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """The commands of `guard`, each with its flags."""
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command", required=True)
    for name, line in COMMANDS.items():
        command = commands.add_parser(name, help=line, description=line[0].upper() + line[1:] + ".")
        _module(name).arguments(command)


def run(args: argparse.Namespace) -> int:
    """Run one command."""
    return _module(args.command).run(args)


def _module(name: str) -> Verb:
    return cast("Verb", import_module(f"casemate.cli.guard.{name.replace('-', '_')}"))
