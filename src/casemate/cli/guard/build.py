"""`casemate guard build`: compiles the guard policy of each function and puts it beside its handler."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from casemate.cli import inputs

if TYPE_CHECKING:
    import argparse

    from casemate.protect.files import PolicyFile
    from casemate.protect.policies import Compiled, LeftOut

_DRIFT = 1
_NOTHING = 3


def arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of `guard build`."""
    selection(parser)
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 where a policy is missing or differs"
    )


def selection(parser: argparse.ArgumentParser) -> None:
    """The flags that say of which functions, and where their policies stand."""
    parser.add_argument("paths", nargs="*", default=["."], metavar="PATH", help="the application (default: here)")
    inputs.flags(parser)
    parser.add_argument("--out", metavar="DIR", help="policies below DIR instead of beside the handlers")


def run(args: argparse.Namespace) -> int:
    """Write the policies, or tell what differs; 3 when no function can have one."""
    from casemate.protect.files import files_of, write
    from casemate.protect.policies import compiled

    system = inputs.system_of(args, declared=True)
    tree = inputs.tree_for(inputs.paths_of(args.paths), args.root, tuple(args.exclude or ()))
    folder = Path(args.out) if args.out else tree.root
    policies, left = compiled(system)
    files = tuple(files_of(policies, folder))
    if not args.check:
        write(files, folder)
    _tell(files, policies, left, check=args.check)
    if args.check and any(one.differs for one in files):
        return _DRIFT
    return 0 if policies else _NOTHING


def _tell(
    files: tuple[PolicyFile, ...], policies: tuple[Compiled, ...], left: tuple[LeftOut, ...], *, check: bool
) -> None:
    for one in files:
        if one.differs:
            what = ("missing" if one.before is None else "differs") if check else "written"
            sys.stdout.write(f"{what}: {one.path}\n")
    for policy in policies:
        rules = policy.document.get("rules")
        observed = sorted(rules) if isinstance(rules, dict) else []
        if observed:
            sys.stdout.write(f"{policy.folder or '.'}/{policy.handler}: only observed: {', '.join(observed)}\n")
    for function in left:
        sys.stdout.write(f"{function.name}: no policy: {function.reason}\n")
