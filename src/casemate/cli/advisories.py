"""`casemate advisories`: what the advisory data in force knows, and `update`, which brings newer data."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, cast

from casemate.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from casemate.model.dependency import Ecosystem


def arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of `advisories`."""
    verbs = parser.add_subparsers(title="what to do", metavar="WHAT", dest="what")
    verbs.add_parser("show", help="what is known of each ecosystem, of which date, from which input (default)")
    update = verbs.add_parser("update", help="bring newer data from a file or an address")
    update.add_argument(
        "--from",
        dest="origin",
        metavar="FILE|URL",
        required=True,
        help="an OSV export (zip), OSV records one a line (.jsonl, .gz), or a snapshot of Casemate; https: only",
    )
    update.add_argument("--sha256", metavar="HEX", help="what the input must hash to")
    update.add_argument("--older", action="store_true", help="take data that is older or smaller than what is in place")


def run(args: argparse.Namespace) -> int:
    """Show, or update."""
    if args.what != "update":
        _show()
        return 0
    from casemate.analysis.supply.advisories import FILE, data_folder
    from casemate.analysis.supply.updating import update

    folder = data_folder(os.environ)
    if folder is None:
        raise UsageError("there is no home folder to keep the data in", hint="set CASEMATE_DATA to an absolute path")
    done = update(args.origin, folder / FILE, sha256=args.sha256, older=args.older)
    counts = ", ".join(f"{name} {count:,}" for name, count in sorted(done.counts.items()))
    sys.stdout.write(f"{done.path}\ndata of {done.date}: {counts}\nsha256 of the input {done.sha256}\n")
    return 0


def _show() -> None:
    from casemate.analysis.supply.advisories import in_force

    known = in_force()
    for snapshot in known.snapshots:
        sys.stdout.write(f"{snapshot.path}\n  payload sha256 {snapshot.payload_sha256}\n")
        for source in snapshot.sources:
            sys.stdout.write(f"  input {source.name}, {source.date}, sha256 {source.sha256}\n")
    names = sorted({name for snapshot in known.snapshots for name in snapshot.ecosystems})
    for name in names:
        entry = known.coverage(cast("Ecosystem", name))
        if entry is not None:
            note = f"  ({entry.note})" if entry.note else ""
            sys.stdout.write(
                f"{name}: {entry.advisories:,} advisories, {entry.packages:,} packages, {entry.date}{note}\n"
            )
