"""`casemate monitor run`: detections on events as they come, kept over crashes, told to receivers."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from casemate.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from casemate.model.alert import Alert
    from casemate.monitor.feeds.feed import Feed
    from casemate.monitor.running import Worker


def arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of `monitor run`."""
    parser.add_argument("--from", dest="folders", action="append", metavar="DIR", help="read files that appear in DIR")
    parser.add_argument("--listen", metavar="HOST:PORT", help="take events by HTTP: /events and OTLP at /v1/logs")
    parser.add_argument("--to", action="append", metavar="KIND=ADDRESS", help="tell a receiver; may repeat")
    parser.add_argument("--state", metavar="FILE", default="casemate-monitor.db", help="the monitor's database")
    parser.add_argument("--lake", metavar="DIR", help="keep all events in an event lake for `hunt`")
    parser.add_argument("--rules", action="append", metavar="DIR", help="only these Sigma rules; may repeat")
    parser.add_argument("--rule", action="append", metavar="NAME", help="only these detections (globs); may repeat")
    parser.add_argument("--inventory", metavar="PATH", help="the system that the events come from: templates and code")
    parser.add_argument("--once", action="store_true", help="end when the folders are read")
    parser.add_argument("--config", metavar="FILE", help="configuration with [monitor.known] and more")
    parser.add_argument("--stats", metavar="FILE", help="write counts and latencies here at the end, as JSON")


def run(args: argparse.Namespace) -> int:
    """Run until interrupted, or with `--once` until all is read; 0 whatever was found."""
    from casemate.cli.monitor.replay import loaded, system_at
    from casemate.monitor.correlation.state import State
    from casemate.monitor.durable.database import Database
    from casemate.monitor.enriching import Enrichment
    from casemate.monitor.hunt.lake import Lake
    from casemate.monitor.matching.engine import Engine
    from casemate.monitor.running import Telling, Worker
    from casemate.monitor.running import run as run_worker
    from casemate.monitor.sinks.opening import opened
    from casemate.monitor.sinks.shapes import ascii_line, plain

    feeds = _feeds(args)
    sinks = [opened(given, os.environ) for given in args.to or ()]
    system = system_at(args.inventory)
    detections, knowledge = loaded(args, system)
    database = Database(args.state)
    state = State(detections)
    lake = Lake(Path(args.lake)) if args.lake else None
    enrichment = Enrichment(system) if system is not None else None
    names = [sink.name for sink in sinks]
    worker = Worker(Engine(detections, knowledge), state, database, names, lake=lake, enrichment=enrichment)
    telling = Telling(lambda: Database(args.state), sinks)
    stop: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda given, _: stop.append(given))

    def told(alerts: list[Alert]) -> None:
        telling.wake()
        for alert in alerts:
            sys.stdout.write(ascii_line(plain(alert)))
        sys.stdout.flush()

    telling.start()
    try:
        run_worker(worker, feeds, database, told=told, stopped=lambda: bool(stop))
    finally:
        telling.finish(10.0)
        database.close()
        if lake is not None:
            lake.settle()
    if args.stats:
        _write_stats(args.stats, worker)
    return 0


def _feeds(args: argparse.Namespace) -> list[Feed]:
    from casemate.monitor.feeds.folder import FolderFeed
    from casemate.monitor.feeds.http import HttpFeed

    feeds: list[Feed] = [FolderFeed(Path(folder), once=args.once) for folder in args.folders or ()]
    if args.listen:
        host, colon, port = args.listen.rpartition(":")
        if not colon or not port.isdigit():
            raise UsageError(f"--listen {args.listen}: want HOST:PORT", hint="like 127.0.0.1:8088")
        feed = HttpFeed(host.strip("[]"), int(port), token=os.environ.get("CASEMATE_MONITOR_TOKEN"))
        sys.stderr.write(f"casemate: listening on port {feed.port}\n")
        feeds.append(feed)
    if not feeds:
        raise UsageError("there is nothing to read events from", hint="give --from DIR or --listen HOST:PORT")
    return feeds


def _write_stats(path: str, worker: Worker) -> None:
    counts = worker.counts
    ordered = sorted(counts.latencies)
    numbers = {
        "records": counts.records,
        "batches": counts.batches,
        "alerts": counts.alerts,
        "dead": counts.dead,
        "latency_p50": ordered[len(ordered) // 2] if ordered else None,
        "latency_p99": ordered[int(len(ordered) * 0.99)] if ordered else None,
    }
    Path(path).write_text(json.dumps(numbers) + "\n", "utf-8")
