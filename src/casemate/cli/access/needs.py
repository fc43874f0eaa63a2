"""`casemate access needs`: what the code of each function needs, as JSON Lines or as text."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from casemate.cli import inputs

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from casemate.analysis.access.needs.gathering import FunctionNeeds
    from casemate.analysis.access.needs.policy import PolicyStatement


def arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of `access needs`."""
    parser.add_argument("paths", nargs="+", metavar="PATH", help="the application: folders or files")
    inputs.flags(parser)
    inputs.config_flag(parser)
    parser.add_argument(
        "--format", choices=["json", "text"], default=None, help="json (JSON Lines) unless on a terminal"
    )


def run(args: argparse.Namespace) -> int:
    """Print one line for each function of the application; 0, or 3 when there is none."""
    from casemate.analysis.access.needs.gathering import function_needs, loose_needs

    system = inputs.system_of(args)
    form = args.format or ("text" if sys.stdout.isatty() else "json")
    found = [*function_needs(system).values(), *loose_needs(system)]
    for needs in found:
        if needs.function is None and not needs.code.needed and not needs.code.not_followed:
            continue
        if form == "json":
            sys.stdout.write(json.dumps(as_json(needs), ensure_ascii=False) + "\n")
        else:
            sys.stdout.write("\n".join(_lines(needs)) + "\n\n")
    return 0 if found else 3


def as_json(needs: FunctionNeeds) -> dict[str, object]:
    """One line of the door: see "Doors for machines" in docs/access.md."""
    from casemate.analysis.access.needs.policy import statements

    required = {need.action for need in needs.all if not need.conditional}
    line: dict[str, object] = {
        "function": needs.name,
        "required": sorted(required),
        "conditional": sorted({need.action for need in needs.all} - required),
        "statements": [_statement(statement) for statement in statements(needs.all)],
        "not_followed": [
            {"path": gap.at.path, "line": gap.at.start_line, "reason": gap.reason} for gap in needs.code.not_followed
        ],
    }
    if needs.reason is not None:
        line["reason"] = needs.reason
    return line


def _statement(statement: PolicyStatement) -> dict[str, object]:
    found: dict[str, object] = {
        "Sid": statement.sid,
        "Effect": "Allow",
        "Action": list(statement.actions),
        "Resource": list(statement.resources),
        "because": [{"path": at.path, "line": at.start_line} for at in statement.because],
    }
    if statement.conditional:
        found["conditional"] = True
    if statement.reasons:
        found["for"] = list(statement.reasons)
    return found


def _lines(needs: FunctionNeeds) -> Iterator[str]:
    from casemate.analysis.access.needs.policy import statements

    yield needs.name + (f"  ({needs.reason})" if needs.reason else "")
    for statement in statements(needs.all):
        mark = "may need" if statement.conditional else "needs"
        yield f"  {mark} {', '.join(statement.actions)}"
        for resource in statement.resources:
            yield f"      on {resource}"
        places = [f"{at.path}:{at.start_line}" for at in statement.because[:6]]
        yield f"      for {', '.join((*statement.reasons, *places))}"
    for gap in needs.code.not_followed:
        yield f"  not followed: {gap.at.path}:{gap.at.start_line}: {gap.reason}"
