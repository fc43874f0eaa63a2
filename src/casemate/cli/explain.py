"""`casemate explain RULE`: the page of a rule, from its own docstring and cases."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from casemate.errors import UsageError

if TYPE_CHECKING:
    import argparse


def arguments(parser: argparse.ArgumentParser) -> None:
    """The argument of `explain`."""
    parser.add_argument("rule", help="a rule's name, or a weakness")


def run(args: argparse.Namespace) -> int:
    """Print the page; on a terminal it is rendered."""
    from casemate.authoring.docs import documentation, markdown
    from casemate.engine.catalogue import listings, module_of, rule_of, select

    wanted = args.rule
    found = [listing for listing in listings() if wanted in (listing.name, listing.weakness)]
    if not found:
        found = list(select(listings(), [wanted], []))
    if len(found) > 1 and wanted != found[0].name:
        for listing in found:
            sys.stdout.write(f"{listing.name}\n")
        return 0
    if not found:
        raise UsageError(f"no rule is called {wanted}")
    module = module_of(found[0])
    page = markdown(rule_of(module), documentation(module), module.CASES)
    if sys.stdout.isatty():
        from rich.console import Console
        from rich.markdown import Markdown

        Console().print(Markdown(page))
    else:
        sys.stdout.write(page)
    return 0
