"""The monitor, measured: events per CPU-second, recall and false alerts of the detections that ask the inventory.

    python benchmarks/monitor.py [--events N] [--sigma DIR] [--trail FILE]

`--sigma`: a folder of Sigma rules, for the speed of matching; `--trail`: recorded events to multiply.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from pathlib import Path
from random import Random
from time import process_time

from benchmarks.traffic.attacks import attacks
from benchmarks.traffic.benign import benign
from benchmarks.traffic.world import world

from casemate.monitor.loading import chosen, own, runnable
from casemate.monitor.replaying import replay


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--sigma", default=None)
    args = parser.parse_args()
    chance = Random(20261124)  # noqa: S311 - a generator of test data
    system = world(chance)
    with tempfile.TemporaryDirectory() as folder:
        quiet, loud = Path(folder) / "benign.ndjson", Path(folder) / "mixed.ndjson"
        with quiet.open("wb") as file:
            for line in benign(chance, system, args.events):
                file.write(line + b"\n")
        seeded: list[tuple[str, list[bytes]]] = list(attacks(chance, system))
        loud.write_bytes(quiet.read_bytes() + b"".join(line + b"\n" for _, lines in seeded for line in lines))
        detections, left = runnable(own(), system.knowledge)
        inventory = tuple(one for one in detections if one.needs)
        started = process_time()
        calm = replay([str(quiet)], detections, system.knowledge)
        spent = process_time() - started
        noise = Counter(alert.rule for alert in calm.alerts)
        asked = {one.name for one in inventory}
        print(json.dumps({"benign": calm.records, "alerts": sum(noise.values()), "by rule": noise.most_common(20)}))
        print(json.dumps({"false alerts of inventory detections": sum(noise[name] for name in asked)}))
        print(json.dumps({"events per CPU-second, all own detections": round(calm.records / spent)}))
        started = process_time()
        only = replay([str(quiet)], inventory, system.knowledge)
        print(json.dumps({"the same, inventory detections only": round(only.records / (process_time() - started))}))
        mixed = replay([str(loud)], inventory, system.knowledge)
        _recall(mixed.alerts, seeded)
        print(json.dumps({"left out": left}))
        if args.sigma:
            rules, _ = chosen([args.sigma])
            started = process_time()
            done = replay([str(quiet)], rules, system.knowledge)
            rate = round(done.records / (process_time() - started))
            print(json.dumps({"events per CPU-second, Sigma": rate, "rules": len(rules), "alerts": len(done.alerts)}))


def _recall(alerts: list, seeded: list[tuple[str, list[bytes]]]) -> None:  # type: ignore[type-arg]
    told: dict[str, set[str]] = {}
    for alert in alerts:
        told.setdefault(alert.rule, set()).update(alert.events)
    met: Counter[str] = Counter()
    wanted: Counter[str] = Counter()
    for name, lines in seeded:
        ids = {json.loads(line)["eventID"] for line in lines}
        wanted[name] += 1
        met[name] += bool(ids & told.get(name, set()))
    print(json.dumps({"recall": {name: f"{met[name]}/{wanted[name]}" for name in wanted}}))


if __name__ == "__main__":
    main()
