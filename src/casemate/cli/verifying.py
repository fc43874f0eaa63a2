"""`scan --verify`: which credentials still open something. The only part of a scan that talks to a network."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from casemate.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from typing import TextIO

    from casemate.model.finding import Report
    from casemate.sources.tree import Tree


def flags(group: argparse._ArgumentGroup) -> None:
    """The flags of asking issuers."""
    group.add_argument(
        "--verify",
        action="store_true",
        help="ask the issuers of found credentials whether they still work; every call is listed first",
    )
    group.add_argument("--yes", action="store_true", help="with --verify: make the calls without asking")


def verified(
    report: Report, tree: Tree, *, yes: bool, log: TextIO | None = None, answers: TextIO | None = None
) -> Report:
    """List the calls, ask the user, make them, and put the answers into the report.

    Raises `UsageError` where nobody can be asked and `--yes` is not given.
    """
    from time import time

    from casemate.analysis.secrets.verifying.asking import MOST_CALLS, ask, plan, with_states

    out, source = log or sys.stderr, answers or sys.stdin
    planned = plan(report, tree)
    if not planned:
        print("verify: no credential of a kind that can be asked about", file=out)
        return report
    print("verify: these calls send a credential to the host that issued it, which may note it in its log:", file=out)
    for one in planned[:MOST_CALLS]:
        print(f"  {one.line}", file=out)
    if len(planned) > MOST_CALLS:
        print(f"  and {len(planned) - MOST_CALLS} more, which are not asked about", file=out)
    if not yes:
        if not source.isatty():
            raise UsageError("--verify needs a yes", hint="add --yes, or run it in a terminal")
        print(f"make {min(len(planned), MOST_CALLS)} calls? [y/N] ", end="", file=out, flush=True)
        if source.readline().strip().lower() not in {"y", "yes"}:
            print("verify: nothing was asked", file=out)
            return report
    states = ask(planned, time)
    for one in planned:
        print(f"  {states[one.places[0]]:8} {one.kind} at {one.call.host}  ({', '.join(one.places)})", file=out)
    return with_states(report, planned, states)
