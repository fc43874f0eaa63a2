"""`casemate monitor COMMAND …`: detections on events. One command, one module of this package.

A module offers `arguments(parser)` and `run(args)`, and imports what is heavy only in `run`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    import argparse

    from casemate.cli.main import Verb

COMMANDS: dict[str, str] = {
    "run": "run detections on events as they come, and tell the alerts to receivers",
    "coverage": "say which detections cannot fire in a system, because which log is off, and what helps",
    "automate": "do with the findings of a scan what [[automation]] says: notify, ticket, playbook, pull request",
    "replay": "run detections on recorded events and print the alerts",
    "lake": "look after the event lake: settle, let go of what is old, keep it as a Delta table",
}
"""Every command with its line of help; each is the module `casemate.cli.monitor.COMMAND`, but for `_MODULES`."""
_MODULES = {"run": "live"}  # `run` of this package is its function


def arguments(parser: argparse.ArgumentParser) -> None:
    """The commands of `monitor`, each with its flags."""
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command", required=True)
    for name, line in COMMANDS.items():
        command = commands.add_parser(name, help=line, description=line[0].upper() + line[1:] + ".")
        _module(name).arguments(command)


def run(args: argparse.Namespace) -> int:
    """Run one command."""
    return _module(args.command).run(args)


def _module(name: str) -> Verb:
    return cast("Verb", import_module(f"casemate.cli.monitor.{_MODULES.get(name, name)}"))
