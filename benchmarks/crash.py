"""kill -9 of the monitor at any step of its database, again and again.

python benchmarks/crash.py [--kills N]
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from random import Random

from tests.monitor.test_monitor_running import DETECTIONS, NOTHING, history, killed_until_done

from casemate.monitor.durable.database import Database
from casemate.monitor.replaying import replay


def main() -> None:
    """Print what was lost and what came twice."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    args = parser.parse_args()
    chance = Random(20261124)  # noqa: S311 - where to kill
    killed = lost = extra = runs = 0
    while killed < args.kills:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name) / "in"
            folder.mkdir()
            file = folder / "events.ndjson"
            file.write_bytes(b"\n".join(history(40 + runs % 7)) + b"\n")
            expected = {alert.id for alert in replay([str(file)], DETECTIONS, NOTHING).alerts}
            killed += killed_until_done(folder, Path(name) / "state.db", [chance.randrange(1, 150) for _ in range(12)])
            database = Database(Path(name) / "state.db")
            kept = [alert.id for alert in database.alerts()]
            waiting = database.waiting("x")
            database.close()
        lost += len(expected - set(kept))
        extra += len(kept) - len(set(kept)) + len(set(kept) - expected) + abs(waiting - len(expected))
        runs += 1
    print(json.dumps({"kills": killed, "histories": runs, "alerts lost": lost, "alerts too many": extra}))


if __name__ == "__main__":
    main()
