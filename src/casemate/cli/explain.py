"""`casemate explain NAME`: the page of a rule or a detection, from its own docstring and cases."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from casemate.errors import UsageError

if TYPE_CHECKING:
    import argparse


def arguments(parser: argparse.ArgumentParser) -> None:
    """The argument of `explain`."""
    parser.add_argument("name", metavar="NAME", help="the name of a rule or a detection, or a weakness")


def run(args: argparse.Namespace) -> int:
    """Print the page; on a terminal it is rendered. A weakness or a glob of several prints their names."""
    from fnmatch import fnmatch

    from casemate.engine.catalogue import listings
    from casemate.engine.detections import listed

    rules = {one.name: one.weakness for one in listings()}
    names = [*rules, *(one.name for one in listed())]
    found = [args.name] if args.name in names else [name for name, weakness in rules.items() if weakness == args.name]
    found = found or [name for name in names if fnmatch(name, args.name)]
    if not found:
        from difflib import get_close_matches

        near = get_close_matches(args.name, names, 1)
        hint = f"did you mean {near[0]}?" if near else "`casemate rules` and `casemate detections` list all"
        raise UsageError(f"no rule or detection is called {args.name}", hint=hint)
    if len(found) > 1:
        sys.stdout.write("".join(f"{name}\n" for name in found))
    else:
        _show(_rule(found[0]) if found[0] in rules else _detection(found[0]))
    return 0


def _rule(name: str) -> str:
    from casemate.authoring.docs import documentation, markdown
    from casemate.engine.catalogue import by_name, listings, module_of, rule_of

    module = module_of(by_name(listings())[name])
    return markdown(rule_of(module), documentation(module), module.CASES)


def _detection(name: str) -> str:
    from importlib import import_module

    from casemate.authoring.docs import DETECTION_HEADINGS, detection_markdown, documentation
    from casemate.engine.detections import detection_of, listed

    module = import_module(next(one.module for one in listed() if one.name == name))
    return detection_markdown(detection_of(module), documentation(module, DETECTION_HEADINGS), module.CASES)


def _show(page: str) -> None:
    if sys.stdout.isatty():
        from rich.console import Console
        from rich.markdown import Markdown

        Console().print(Markdown(page))
    else:
        sys.stdout.write(page)
