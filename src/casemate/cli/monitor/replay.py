"""`casemate monitor replay`: detections on recorded events; alerts as JSON Lines."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse


def arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of `monitor replay`."""
    parser.add_argument(
        "files", nargs="+", metavar="FILE", help="events: JSON Lines, trail files, gzipped or not; folders; - for stdin"
    )
    parser.add_argument(
        "--rules", action="append", metavar="DIR", help="only these Sigma rules (a folder or a file); may repeat"
    )
    parser.add_argument("--rule", action="append", metavar="NAME", help="only these detections (globs); may repeat")
    parser.add_argument(
        "--inventory", metavar="PATH", help="the system that the events come from: its templates and code"
    )
    parser.add_argument("--stats", metavar="FILE", help="write counts and times here, as JSON")


def run(args: argparse.Namespace) -> int:
    """Print the alerts, by time; 0 whatever they are."""
    from time import perf_counter, process_time

    from casemate.monitor.loading import chosen, knowledge_for
    from casemate.monitor.reading import files_of
    from casemate.monitor.replaying import replay
    from casemate.monitor.sinks.shapes import plain

    wall, cpu = perf_counter(), process_time()
    detections, problems = chosen(args.rules or (), args.rule or ())
    for problem in problems:
        sys.stderr.write(f"{problem.at.path}:{problem.at.start_line}: {problem.message}\n")
    knowledge, left_out = knowledge_for(detections, args.inventory)
    if left_out:
        sys.stderr.write(
            f"casemate: {len(left_out)} detections ask the inventory and do not run: give --inventory PATH\n"
        )
    detections = tuple(one for one in detections if one.name not in left_out)
    done = replay(files_of(args.files), detections, knowledge)
    for alert in done.alerts:
        sys.stdout.write(json.dumps(plain(alert), ensure_ascii=True) + "\n")
    for name, reason in done.bad:
        sys.stderr.write(f"casemate: {name}: {reason}\n")
    if args.stats:
        _write_stats(
            args.stats, done.records, done.decoded, len(done.alerts), process_time() - cpu, perf_counter() - wall
        )
    return 0


def _write_stats(path: str, records: int, decoded: int, alerts: int, cpu: float, wall: float) -> None:
    from pathlib import Path

    numbers = {"records": records, "decoded": decoded, "alerts": alerts, "cpu_seconds": cpu, "wall_seconds": wall}
    Path(path).write_text(json.dumps(numbers) + "\n", "utf-8")
