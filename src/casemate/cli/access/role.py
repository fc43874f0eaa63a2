"""`casemate access role`: the least-privilege role of a function, in the words of any dialect, or put in its place."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

from casemate.cli import inputs
from casemate.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from casemate.analysis.access.needs.gathering import FunctionNeeds
    from casemate.analysis.access.roles.plan import Dialect
    from casemate.analysis.system import System

_DIALECTS = ("sam", "cloudformation", "serverless", "terraform", "bicep", "cdk", "json")
_CLOUDS = frozenset({"azure", "google"})


def arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of `access role`."""
    parser.add_argument("function", metavar="FUNCTION", help="the function, by name or address in its template")
    parser.add_argument("paths", nargs="*", default=["."], metavar="PATH", help="what to scan (default: here)")
    parser.add_argument("--as", dest="dialect", choices=_DIALECTS, help="how to write it (default: as the project is)")
    parser.add_argument("--write", action="store_true", help="give the function its own role in the project's template")
    parser.add_argument(
        "--required", action="store_true", help="leave out what is needed on some outcome or setting only"
    )
    parser.add_argument(
        "--usage", metavar="EVENTS", action="append",
        help="CloudTrail files: calls that were recorded of the function's role are added, and unrecorded ones marked",
    )  # fmt: skip
    inputs.flags(parser)
    inputs.config_flag(parser)


def run(args: argparse.Namespace) -> int:
    """Print the role or write it; 0, or 3 when the code could not be followed and something had to be kept."""
    from casemate.analysis.access.roles.plan import plan
    from casemate.analysis.access.roles.texts import role_text

    system = inputs.system_of(args)
    needs = function_named(args.function, system)
    own = own_dialect(needs, system)
    if needs.function is not None and needs.function.cloud in _CLOUDS:
        return _assigned(args, needs, own, system)
    dialect = cast("Dialect", args.dialect or own)
    if args.write and dialect != own:
        raise UsageError(f"the project is {own}, so --write cannot write {dialect}")
    planned = plan(needs, system, dialect, conditional=not args.required)
    if args.usage:
        from casemate.analysis.access.roles.usage import with_usage

        planned = with_usage(planned, [Path(one) for one in args.usage], system)
    stack = system.stack_of(needs.function) if needs.function is not None else None
    if not args.write:
        sys.stdout.write(role_text(planned, dialect, stack.resources if stack is not None else {}))
    else:
        from casemate.engine.roles import write_role

        for line in write_role(planned, dialect, system):
            sys.stdout.write(line + "\n")
    for gap in planned.gaps:
        sys.stderr.write(f"not followed: {gap}\n")
    return 0 if planned.complete else 3


def _assigned(args: argparse.Namespace, needs: FunctionNeeds, own: str, system: System) -> int:
    """The roles of a function of Azure or Google: those of the cloud, or custom ones where none is tight."""
    from casemate.analysis.access.permissions import identity_of
    from casemate.analysis.access.roles.assigning import assignments
    from casemate.analysis.access.roles.cloud_texts import assignments_text
    from casemate.analysis.access.roles.plan import gaps_of

    function = needs.function
    if function is None or args.write or args.usage:
        raise UsageError("roles of Azure and Google are printed only", hint="leave out --write and --usage")
    wanted = [need for need in needs.all if not (args.required and need.conditional)]
    found = assignments(wanted, function.cloud, function.name.rpartition(".")[2])
    stack = system.stack_of(function)
    gaps = list(gaps_of(needs))
    for gap in gaps:
        sys.stderr.write(f"not followed: {gap}\n")
    sys.stdout.write(
        assignments_text(
            found,
            args.dialect or own,
            function.name,
            identity_of(function, system),
            stack.resources if stack is not None else {},
        )
    )
    return 3 if gaps else 0


def own_dialect(needs: FunctionNeeds, system: System) -> str:
    """The dialect of the template that declares the function; JSON when none does."""
    if needs.function is None:
        return "json"
    dialect = needs.function.resource.dialect
    if dialect in {"cloudformation", "sam"}:
        from casemate.engine.roles import is_sam

        return "sam" if is_sam(needs.function, system) else "cloudformation"
    if dialect == "arm" and needs.function.at.path.endswith(".bicep"):
        return "bicep"
    return dialect if dialect in _DIALECTS else "json"


def function_named(name: str, system: System) -> FunctionNeeds:
    """The needs of one function. Raises `UsageError` when no function, or more than one, is called so."""
    from casemate.analysis.access.needs.gathering import function_needs, loose_needs

    every = [*function_needs(system).values(), *loose_needs(system)]
    found = [
        one
        for one in every
        if name in {one.name, *((one.function.id, one.function.resource.key) if one.function is not None else ())}
    ]
    if len(found) != 1:
        some = ", ".join(sorted({one.name for one in every})[:8]) or "none"
        count = "no function is" if not found else f"{len(found)} functions are"
        ids = "; ".join(one.function.id for one in found if one.function is not None)
        raise UsageError(f"{count} called {name!r}", hint=f"say which: {ids}" if ids else f"there are: {some}")
    return found[0]
