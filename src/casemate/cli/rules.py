"""`casemate rules`: every rule, one a line."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse


def arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of `rules`."""
    parser.add_argument("--format", choices=["text", "json"], default="text", help="how to print (default: text)")
    parser.add_argument("--weakness", help="only rules for this weakness")


def run(args: argparse.Namespace) -> int:
    """Print the list."""
    from casemate.engine.catalogue import listings

    found = [listing for listing in listings() if args.weakness in (None, listing.weakness)]
    if args.format == "json":
        rows = [
            {
                "name": listing.name,
                "weakness": listing.weakness,
                "severity": listing.severity.word,
                "profile": listing.profile,
                "subjects": list(listing.subjects),
            }
            for listing in found
        ]
        sys.stdout.write(json.dumps(rows, indent=1) + "\n")
        return 0
    width = max((len(listing.name) for listing in found), default=0)
    for listing in found:
        sys.stdout.write(
            f"{listing.name:{width}}  {listing.severity.word:8}  {listing.profile:7}  {listing.weakness:30}  "
            f"{', '.join(listing.subjects)}\n"
        )
    weaknesses = len({listing.weakness for listing in found})
    sys.stdout.write(f"\n{len(found)} rules over {weaknesses} weaknesses. `casemate explain RULE` tells more.\n")
    return 0
