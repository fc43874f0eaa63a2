"""`casemate monitor run`: detections on events as they come, kept over crashes, told to receivers."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from casemate.errors import CasemateError, UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from casemate.cli.monitor.settings import Settings
    from casemate.model.alert import Alert
    from casemate.monitor.durable.store import Lease, Store
    from casemate.monitor.feeds.feed import Feed
    from casemate.monitor.hunt.lake import Lake
    from casemate.monitor.running import Counts, Worker

_LOOK = 5.0
"""Seconds between two looks at the files of tables."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of `monitor run`."""
    parser.add_argument(
        "--from", dest="feeds", action="append", metavar="DIR|KIND=ADDRESS",
        help="read files that appear in DIR, or sqs=, s3=, kinesis=, kafka=, syslog=; may repeat",
    )  # fmt: skip
    parser.add_argument("--listen", metavar="HOST:PORT", help="take events by HTTP: /events and OTLP at /v1/logs")
    parser.add_argument("--to", action="append", metavar="KIND=ADDRESS", help="tell a receiver; may repeat")
    parser.add_argument(
        "--state", metavar="FILE|URI", default="casemate-monitor.db",
        help="the monitor's database: a file, or postgresql://… for several workers",
    )  # fmt: skip
    parser.add_argument(
        "--worker", metavar="NAME", help="with PostgreSQL: this worker's lasting name (default: the host's)"
    )
    parser.add_argument("--lake", metavar="DIR", help="keep all events in an event lake for `hunt`")
    parser.add_argument("--rules", action="append", metavar="DIR", help="only these Sigma rules; may repeat")
    parser.add_argument("--rule", action="append", metavar="NAME", help="only these detections (globs); may repeat")
    parser.add_argument("--inventory", metavar="PATH", help="the system that the events come from: templates and code")
    parser.add_argument("--once", action="store_true", help="end when the folders, buckets and partitions are read")
    parser.add_argument("--config", metavar="FILE", help="configuration with [monitor.known], [[automation]] and more")
    parser.add_argument("--stats", metavar="FILE", help="write counts and latencies here at the end, as JSON")


def run(args: argparse.Namespace) -> int:
    """Run until interrupted, or with `--once` until all is read; 0 whatever was found."""
    from casemate.cli.monitor.settings import settings_of
    from casemate.monitor.hunt.lake import Lake
    from casemate.monitor.running import Counts, Telling
    from casemate.monitor.sinks.opening import opened_all
    from casemate.monitor.sinks.shapes import ascii_line, plain

    feeds = _feeds(args)
    told_all = opened_all(args.to or (), os.environ)
    settings = settings_of(args, acting=True)
    sinks = [*told_all, *settings.receivers()]
    database = database_at(args.state)
    lake = Lake(Path(args.lake)) if args.lake else None
    work = _Work(settings, database, tuple(sink.name for sink in told_all), lake, Counts())
    telling = Telling(lambda: database_at(args.state), sinks)
    stop: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda given, _: stop.append(given))

    def told(alerts: list[Alert]) -> None:
        telling.wake()
        for alert in alerts:
            sys.stdout.write(ascii_line(plain(alert)))
        sys.stdout.flush()
        settings.ask_for_playbooks(alerts)

    telling.start()
    try:
        _run(args, work, feeds, told=told, stopped=lambda: bool(stop))
    except database.errors as error:
        hint = "nothing of the last batch was kept: start again, and it comes again"
        raise CasemateError(f"the monitor's database failed: {error}", hint=hint) from error
    finally:
        telling.finish(10.0)
        database.close()
        if lake is not None:
            lake.settle()
    if args.stats:
        _write_stats(args.stats, work.counts)
    return 0


def _run(
    args: argparse.Namespace,
    work: _Work,
    feeds: list[Feed],
    *,
    told: Callable[[list[Alert]], None],
    stopped: Callable[[], bool],
) -> None:
    from casemate.monitor.durable.postgres import PostgresDatabase

    if isinstance(work.database, PostgresDatabase):
        from casemate.monitor.durable.leasing import Sharing
        from casemate.monitor.sharing import run_shared

        sharing = Sharing(work.database, args.worker or socket.gethostname())
        run_shared(work.worker, feeds, work.database, sharing, told=told, stopped=stopped, changed=work.changed)
        return
    from casemate.monitor.running import run as run_worker

    run_worker(
        work.worker(None), feeds, work.database, told=told, stopped=stopped,
        changed=lambda: work.worker(None) if work.changed() else None,
    )  # fmt: skip


class _Work:
    """Makes workers, and makes them anew when the user's tables change."""

    def __init__(
        self, settings: Settings, database: Store, sinks: tuple[str, ...], lake: Lake | None, counts: Counts
    ) -> None:
        self.database = database
        self.counts = counts
        self._settings = settings
        self._sinks = sinks
        self._lake = lake
        self._looked = time.monotonic()
        self._load()

    def _load(self) -> None:
        from casemate.monitor.matching.engine import Engine

        self._detections, knowledge = self._settings.detections()
        self._engine = Engine(self._detections, knowledge)
        self._deciding = self._settings.deciding(self._sinks)

    def worker(self, lease: Lease | None) -> Worker:
        """A worker with the windows that the database holds."""
        from casemate.monitor.correlation.state import State
        from casemate.monitor.running import Worker

        return Worker(
            self._engine, State(self._detections), self.database, self._sinks, lake=self._lake,
            deciding=self._deciding, lease=lease, counts=self.counts,
        )  # fmt: skip

    def changed(self) -> bool:
        """Whether a table is another by now; then it has been read."""
        tables = self._settings.tables
        if tables is None or time.monotonic() - self._looked < _LOOK:
            return False
        self._looked = time.monotonic()
        if not tables.changed():
            return False
        self._settings.tables = tables.again()
        self._load()
        return True


def database_at(state: str) -> Store:
    """The database of `--state`: a file, or PostgreSQL. Raises `ConfigurationError`."""
    from casemate.monitor.durable.postgres import PostgresDatabase, is_address

    if is_address(state):
        return PostgresDatabase(state)
    from casemate.monitor.durable.database import Database

    return Database(state)


def _feeds(args: argparse.Namespace) -> list[Feed]:
    from casemate.monitor.feeds.http import HttpFeed
    from casemate.monitor.feeds.opening import opened

    feeds = [opened(given, once=args.once) for given in args.feeds or ()]
    if args.listen:
        host, colon, port = args.listen.rpartition(":")
        if not colon or not port.isdigit():
            raise UsageError(f"--listen {args.listen}: want HOST:PORT", hint="like 127.0.0.1:8088")
        feed = HttpFeed(host.strip("[]"), int(port), token=os.environ.get("CASEMATE_MONITOR_TOKEN"))
        sys.stderr.write(f"casemate: listening on port {feed.port}\n")
        feeds.append(feed)
    if not feeds:
        raise UsageError("there is nothing to read events from", hint="give --from DIR or --listen HOST:PORT")
    names = [feed.name for feed in feeds]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(
                f"two feeds are called {name}", hint="offsets are kept under the name: give folders of different names"
            )
    return feeds


def _write_stats(path: str, counts: Counts) -> None:
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
