"""`casemate monitor replay`: detections on recorded events; alerts as JSON Lines."""

from __future__ import annotations

import gc
import json
import sys
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    from casemate.analysis.system import System
    from casemate.authoring.detection import Detection
    from casemate.monitor.knowledge import Knowledge


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
    parser.add_argument("--config", metavar="FILE", help="configuration with [monitor.known] and more")
    parser.add_argument("--stats", metavar="FILE", help="write counts and times here, as JSON")


def run(args: argparse.Namespace) -> int:
    """Print the alerts, by time; 0 whatever they are."""
    from time import perf_counter, process_time

    from casemate.cli.monitor.settings import settings_of
    from casemate.monitor.reading import files_of
    from casemate.monitor.replaying import replay
    from casemate.monitor.sinks.shapes import ascii_line, plain

    gc.disable()  # a run makes alerts and no cycles
    wall, cpu = perf_counter(), process_time()
    settings = settings_of(args)
    detections, knowledge = settings.detections()
    done = replay(files_of(args.files), detections, knowledge, counting=args.stats is not None)
    deciding = settings.deciding()
    silenced: Counter[str] = Counter()
    told: set[str] = set()
    for alert in done.alerts:
        shown = alert
        if deciding is not None:
            shown, fate = deciding.decided(alert)
            if fate.silenced or (fate.once and fate.once in told):
                silenced[fate.silenced or "told already in its period"] += 1
                continue
            told.add(fate.once)
        sys.stdout.write(ascii_line(plain(shown)))
    for reason, count in sorted(silenced.items()):
        sys.stderr.write(f"casemate: {count} alerts not shown: {reason}\n")
    for name, reason in done.bad:
        sys.stderr.write(f"casemate: {name}: {reason}\n")
    if args.stats:
        _write_stats(
            args.stats, done.records, done.decoded, len(done.alerts), process_time() - cpu, perf_counter() - wall
        )
    return 0


def loaded(args: argparse.Namespace, system: System | None) -> tuple[tuple[Detection, ...], Knowledge]:
    """The detections that the flags choose, and what they may ask; `system`: that of `--inventory`."""
    from casemate.cli.monitor.settings import settings_of

    return settings_of(args, system=system).detections()


def system_at(path: str | None) -> System | None:
    """The system at `--inventory`. Raises `UsageError` when no template is there."""
    if path is None:
        return None
    import argparse

    from casemate.cli.inputs import system_of

    return system_of(
        argparse.Namespace(paths=[path], root=None, exclude=None, param=None, stage=None, var_file=None), declared=True
    )


def _write_stats(path: str, records: int, decoded: int, alerts: int, cpu: float, wall: float) -> None:
    from pathlib import Path

    numbers = {"records": records, "decoded": decoded, "alerts": alerts, "cpu_seconds": cpu, "wall_seconds": wall}
    Path(path).write_text(json.dumps(numbers) + "\n", "utf-8")
