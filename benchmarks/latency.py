"""From arrival to alert: events by HTTP at a given rate, detections on all of them, each batch kept in the database.

    python benchmarks/latency.py [--rate 10000] [--seconds 20] [--sigma DIR]

Latency is what the worker measures: from the arrival of a batch's first byte to the commit. The client runs in a
process of its own, and on two cores takes one of them.
"""

from __future__ import annotations

import argparse
import http.client
import json
import multiprocessing
import tempfile
import threading
import time
from pathlib import Path
from random import Random

from benchmarks.traffic.benign import benign
from benchmarks.traffic.world import world

from casemate.monitor.correlation.state import State
from casemate.monitor.durable.database import Database
from casemate.monitor.feeds.http import HttpFeed
from casemate.monitor.knowledge import NOTHING
from casemate.monitor.loading import chosen, runnable
from casemate.monitor.matching.engine import Engine
from casemate.monitor.running import Worker, run

POSTS = 50
"""Requests a second."""


def send(port: int, bodies: list[bytes], seconds: float) -> None:
    """POST the bodies at an even pace."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    begin = time.monotonic()
    number = 0
    while time.monotonic() - begin < seconds:
        connection.request("POST", "/events", body=bodies[number % len(bodies)])
        connection.getresponse().read()
        number += 1
        ahead = begin + number / POSTS - time.monotonic()
        if ahead > 0:
            time.sleep(ahead)


def measure(rate: int, seconds: float, sigma: str | None) -> dict[str, object]:
    """One run."""
    chance = Random(20261124)  # noqa: S311 - test data
    system = world(chance)
    lines = list(benign(chance, system, max(rate // POSTS, 1) * 40))
    size = max(rate // POSTS, 1)
    bodies = [b"\n".join(lines[at : at + size]) for at in range(0, len(lines) - size, size)]
    detections, _ = runnable(chosen([sigma] if sigma else [])[0], NOTHING)
    with tempfile.TemporaryDirectory() as folder:
        database = Database(Path(folder) / "state.db")
        feed = HttpFeed("127.0.0.1", 0)
        worker = Worker(Engine(detections, NOTHING), State(detections), database, ())
        stop = threading.Event()
        client = multiprocessing.get_context("spawn").Process(target=send, args=(feed.port, bodies, seconds))
        timer = threading.Timer(seconds + 3, stop.set)
        client.start()
        timer.start()
        run(worker, [feed], database, told=lambda _: None, stopped=stop.is_set)
        client.join()
        database.close()
    ordered = sorted(worker.counts.latencies)
    return {
        "asked per second": rate,
        "records": worker.counts.records,
        "per second": round(worker.counts.records / seconds),
        "detections": len(detections),
        "p50 ms": round(ordered[len(ordered) // 2] * 1000, 1),
        "p99 ms": round(ordered[int(len(ordered) * 0.99)] * 1000, 1),
    }


def main() -> None:
    """Print the latencies, idle and under load."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--sigma", default=None)
    args = parser.parse_args()
    for rate in (POSTS, args.rate):
        print(json.dumps(measure(rate, args.seconds, args.sigma)))


if __name__ == "__main__":
    main()
