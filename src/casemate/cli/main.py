"""`casemate VERB …`: finds the verb, runs it, and turns errors into one message and an exit code.

Exit codes: 0 clean, 1 the gate failed, 2 usage, configuration or crash, 3 incomplete.
"""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, NoReturn, Protocol

import casemate
from casemate.errors import CasemateError

if TYPE_CHECKING:
    from collections.abc import Sequence

VERBS: dict[str, str] = {
    "scan": "read everything serverless under a path and report what is wrong, with the fix",
    "inventory": "print what was understood: functions, roles, routes, stores and the edges between them",
    "access": "who may do what: IAM decisions with the statements that made them",
    "prove": "call the handlers in a sandbox with hostile events, and confirm or refute what was found in code",
    "guard": "what the guard inside a function makes of an event, and what it hides in text",
    "sbom": "write a CycloneDX bill of materials of the system, or one a function",
    "advisories": "show the advisory data in force, or bring newer data",
    "waf": "run a SecLang rule set, such as the OWASP CRS, on requests",
    "monitor": "detections on recorded events and on live ones: events in, alerts out",
    "hunt": "ask recorded events a question in SQL",
    "rules": "list the rules",
    "detections": "list the detections",
    "explain": "explain a rule or a detection: what it does, why it matters, what to do",
    "config": "show each setting with its origin",
    "completion": "print a shell completion script",
    "demo": "scan a vulnerable sample system, offline",
}
"""Every verb with its line of help; each is the module `casemate.cli.VERB`. A verb appears here only once it works."""

USAGE_ERROR = 2


class Verb(Protocol):
    """What the module of a verb offers."""

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the verb's arguments."""

    def run(self, args: argparse.Namespace) -> int:
        """Do it; returns the exit code."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        raise SystemExit(_complain(f"{message}", f"`{self.prog} --help` lists what is possible"))


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb. Never raises but `SystemExit` from argparse."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    parser = _Parser(
        prog="casemate",
        description="Casemate secures serverless functions.",
        epilog="`casemate VERB --help` tells more.",
    )
    parser.add_argument("--version", action="version", version=f"casemate {casemate.__version__}")
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", dest="verb", parser_class=_Parser)
    wanted = next((argument for argument in arguments if not argument.startswith("-")), None)
    if wanted is not None and wanted not in VERBS:
        from difflib import get_close_matches

        near = get_close_matches(wanted, VERBS, 1)
        hint = f"did you mean {near[0]}?" if near else f"one of {', '.join(VERBS)}"
        return _complain(f"there is no verb {wanted!r}", hint)
    for name, line in VERBS.items():
        verb = verbs.add_parser(name, help=line, description=line.capitalize() + ".")
        if name == wanted:
            _verb(name).arguments(verb)
    args = parser.parse_args(arguments)
    if args.verb is None:
        parser.print_help(sys.stderr)
        return USAGE_ERROR
    return _run(args)


def _verb(name: str) -> Verb:
    module: Verb = import_module(f"casemate.cli.{name}")
    return module


def _run(args: argparse.Namespace) -> int:
    try:
        code = _verb(args.verb).run(args)
        sys.stdout.flush()
    except CasemateError as error:
        place = f"{error.at.path}:{error.at.start_line}: " if error.at else ""
        return _complain(f"{place}{error.message}", error.hint)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return USAGE_ERROR
    except KeyboardInterrupt:
        return _complain("interrupted", None)
    except Exception as error:
        if os.environ.get("CASEMATE_TRACEBACK"):
            raise
        return _complain(f"crashed: {error!r}", "this is a defect of Casemate; CASEMATE_TRACEBACK=1 shows where")
    return code


def _complain(message: str, hint: str | None) -> int:
    sys.stderr.write(f"casemate: {message}\n")
    if hint:
        sys.stderr.write(f"  hint: {hint}\n")
    return USAGE_ERROR


if __name__ == "__main__":
    sys.exit(main())
