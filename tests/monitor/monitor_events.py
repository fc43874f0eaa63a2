"""Records, detections and workers that the tests of feeds and databases share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.monitor.test_monitor_running import DETECTIONS, history, record

from casemate.monitor.correlation.state import State
from casemate.monitor.knowledge import NOTHING
from casemate.monitor.matching.engine import Engine
from casemate.monitor.replaying import replay_blocks
from casemate.monitor.running import Worker, run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from casemate.model.alert import Alert
    from casemate.monitor.durable.store import Lease, Store
    from casemate.monitor.feeds.feed import Feed

__all__ = ["DETECTIONS", "expected", "history", "record", "run_feed", "worker"]


def worker(database: Store, sinks: tuple[str, ...] = ("x",), lease: Lease | None = None) -> Worker:
    return Worker(Engine(DETECTIONS, NOTHING), State(DETECTIONS), database, sinks, lease=lease)


def expected(lines: Sequence[bytes]) -> set[str]:
    """The ids of the alerts that a replay of the lines gives."""
    return {alert.id for alert in replay_blocks([("x", b"\n".join(lines))], DETECTIONS, NOTHING).alerts}


def run_feed(feed: Feed, state: Path) -> list[Alert]:
    """Run a feed that ends, over a database in a file."""
    from casemate.monitor.durable.database import Database

    database = Database(state)
    told: list[Alert] = []
    run(worker(database), [feed], database, told=told.extend, stopped=lambda: False)
    database.close()
    return told
