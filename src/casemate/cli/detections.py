"""`casemate detections`: every detection, one a line."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse


def arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of `detections`."""
    parser.add_argument("--format", choices=["text", "json"], default="text", help="how to print (default: text)")
    parser.add_argument("--source", metavar="KIND", help="only those that read this kind of event, as aws.cloudtrail")
    parser.add_argument("--tactic", metavar="NAME", help="only those of this ATT&CK tactic, as exfiltration")


def run(args: argparse.Namespace) -> int:
    """Print the list."""
    from casemate.engine.detections import listed

    tag = None if args.tactic is None else f"attack.{args.tactic}"
    found = [
        one
        for one in listed()
        if (args.source is None or args.source in one.sources) and (tag is None or tag in one.tags)
    ]
    if args.format == "json":
        rows = [
            {
                "name": one.name,
                "title": one.title,
                "severity": one.severity.word,
                "sources": list(one.sources),
                "tags": list(one.tags),
                "needs": list(one.needs),
            }
            for one in found
        ]
        sys.stdout.write(json.dumps(rows, indent=1) + "\n")
        return 0
    width = max((len(one.name) for one in found), default=0)
    for one in found:
        read = ", ".join(one.sources)
        sys.stdout.write(f"{one.name:{width}}  {one.severity.word:8}  {read:24}  {one.title}\n")
    sources = len({source for one in found for source in one.sources})
    sys.stdout.write(f"\n{len(found)} detections over {sources} sources. `casemate explain DETECTION` tells more.\n")
    return 0
