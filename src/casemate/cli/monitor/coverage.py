"""`casemate monitor coverage`: which detection cannot fire in this system, and what helps."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

_ORDER = ("blind", "partly", "unknown", "fires", "absent")


def arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of `monitor coverage`."""
    from casemate.cli import inputs

    parser.add_argument("paths", nargs="*", default=["."], metavar="PATH", help="templates and code (default: here)")
    parser.add_argument("--rules", action="append", metavar="DIR", help="of these Sigma rules; may repeat")
    parser.add_argument("--rule", action="append", metavar="NAME", help="only these detections (globs); may repeat")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    inputs.flags(parser)


def run(args: argparse.Namespace) -> int:
    """Print one line a detection, those that cannot fire first; 0 whatever they say."""
    from casemate.cli.inputs import system_of
    from casemate.monitor.coverage import coverage
    from casemate.monitor.loading import chosen, knowledge_for

    system = system_of(args, declared=True)
    detections, _ = chosen(args.rules or (), args.rule or ())
    found = sorted(
        coverage(detections, system, knowledge_for(system)), key=lambda one: (_ORDER.index(one.status), one.detection)
    )
    for one in found:
        gaps = [{"reason": gap.reason, "fix": gap.fix} for gap in one.missing]
        if args.format == "json":
            document = {"detection": one.detection, "status": one.status, "sources": list(one.sources), "missing": gaps}
            sys.stdout.write(json.dumps(document) + "\n")
            continue
        sys.stdout.write(f"{one.status:8} {one.detection}\n")
        if one.status != "absent":
            for gap in gaps:
                fix = f"  fix: {gap['fix']}" if gap["fix"] else ""
                sys.stdout.write(f"         {gap['reason']}{fix}\n")
    if args.format == "text":
        counts = ", ".join(f"{sum(one.status == word for one in found)} {word}" for word in _ORDER)
        sys.stdout.write(f"{len(found)} detections: {counts}\n")
    return 0
