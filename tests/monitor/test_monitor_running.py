from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path
from random import Random
from urllib.error import HTTPError

import pytest

from casemate.authoring.detection import Detection, version_of
from casemate.authoring.patterns import HOUR, Pattern, at_least, each
from casemate.authoring.query import event
from casemate.errors import ConfigurationError
from casemate.model.alert import Alert
from casemate.model.finding import HIGH
from casemate.monitor.correlation.state import State
from casemate.monitor.delivering import deliver
from casemate.monitor.durable.database import Database
from casemate.monitor.feeds.folder import FolderFeed
from casemate.monitor.feeds.http import HttpFeed
from casemate.monitor.hunt.lake import Lake
from casemate.monitor.hunt.querying import over_lake, records_of
from casemate.monitor.knowledge import NOTHING
from casemate.monitor.matching.engine import Engine
from casemate.monitor.reading import blocks, lines_of
from casemate.monitor.replaying import replay, replay_blocks
from casemate.monitor.running import Worker, run
from casemate.monitor.sinks.sink import Sent


def made(name: str, pattern: Pattern) -> Detection:
    return Detection(name, name, HIGH, ("aws.cloudtrail",), pattern, version=version_of(pattern))


DETECTIONS = (
    made("deleted", each(event.action.is_("DeleteTrail"))),
    made("many", at_least(5, event.action.is_("CreateUser"), within=HOUR, by=(event.actor,))),
)


def record(number: int, name: str, minute: int = 0, user: str = "alice") -> bytes:
    return json.dumps(
        {
            "eventID": f"e{number}", "eventTime": f"2026-03-01T10:{minute:02d}:00Z", "eventName": name,
            "eventSource": "iam.amazonaws.com", "recipientAccountId": "111122223333",
            "userIdentity": {"type": "IAMUser", "arn": f"arn:aws:iam::111122223333:user/{user}"},
        }
    ).encode()  # fmt: skip


def history(count: int) -> list[bytes]:
    chance = Random(count)  # noqa: S311 - test data
    names = ("DeleteTrail", "CreateUser", "GetUser", "ListUsers")
    return [record(number, chance.choice(names), number % 60, f"user{chance.randrange(4)}") for number in range(count)]


def worker(database: Database, sinks: tuple[str, ...] = (), lake: Lake | None = None) -> Worker:
    return Worker(Engine(DETECTIONS, NOTHING), State(DETECTIONS), database, sinks, lake=lake)


def run_folder(folder: Path, state: Path, *, block: int = 400) -> list[Alert]:
    database = Database(state)
    told: list[Alert] = []
    feed = FolderFeed(folder, once=True, block=block)
    run(worker(database, ("x",)), [feed], database, told=told.extend, stopped=lambda: False)
    database.close()
    return told


def test_what_was_read_is_not_read_again(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    lines = history(60)
    (folder / "a.ndjson").write_bytes(b"\n".join(lines[:30]) + b"\n")
    first = run_folder(folder, tmp_path / "state.db")
    with (folder / "a.ndjson").open("ab") as file:
        file.write(b"\n".join(lines[30:]) + b"\n")
    (folder / "b.json.gz").write_bytes(gzip.compress(b'{"Records": [' + b",".join(lines[:10]) + b"]}"))
    second = run_folder(folder, tmp_path / "state.db")
    whole = tmp_path / "whole.ndjson"
    whole.write_bytes(b"\n".join(lines))
    expected = {alert.id for alert in replay([str(whole)], DETECTIONS, NOTHING).alerts}
    assert {alert.id for alert in (*first, *second)} == expected
    assert not {alert.id for alert in first} & {alert.id for alert in second}


def test_windows_go_on_after_a_restart(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(5):
        (folder / f"{number}.ndjson").write_bytes(record(number, "CreateUser", number) + b"\n")
        told = run_folder(folder, tmp_path / "state.db")
        assert bool(told) == (number == 4)


def test_a_bad_record_becomes_a_dead_letter(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.ndjson").write_bytes(b'{"eventName": "DeleteTrail", broken}\n' + record(1, "DeleteTrail") + b"\n")
    assert len(run_folder(folder, tmp_path / "state.db")) == 1
    database = Database(tmp_path / "state.db")
    [(feed, reason, data)] = database.dead()
    database.close()
    assert feed.startswith("folder:")
    assert "not JSON" in reason
    assert b"broken" in data


CHILD = """
import os, signal, sqlite3, sys
from pathlib import Path
import casemate.monitor.durable.database as durable
import tests.monitor.test_monitor_running as here

left = int(sys.argv[3])
connect = sqlite3.connect

def dying(*args, **more):
    made = connect(*args, **more)
    def step():
        global left
        left -= 1
        if left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return 0
    made.set_progress_handler(step, 20)
    return made

durable.sqlite3.connect = dying
here.run_folder(Path(sys.argv[1]), Path(sys.argv[2]))
"""


def killed_until_done(folder: Path, state: Path, steps: list[int]) -> int:
    """Run in a child that is killed after so many steps of the database; gives how often it died."""
    for died, left in enumerate((*steps, 10**9)):
        done = subprocess.run(
            [sys.executable, "-c", CHILD, str(folder), str(state), str(left)],
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
def test_killed_at_any_moment_nothing_is_lost_and_nothing_comes_twice(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    lines = history(40)
    (folder / "a.ndjson").write_bytes(b"\n".join(lines) + b"\n")
    whole = replay([str(folder / "a.ndjson")], DETECTIONS, NOTHING).alerts
    died = killed_until_done(folder, tmp_path / "state.db", [7, 31, 45, 60, 77, 93, 120])
    database = Database(tmp_path / "state.db")
    kept = database.alerts()
    assert died > 2
    assert {alert.id for alert in kept} == {alert.id for alert in whole}
    assert database.waiting("x") == len(whole)
    database.close()


class Receiver:
    """A sink whose answers are scripted: what a receiver may do, without its network."""

    name = "x"
    batch = 3

    def __init__(self, *answers: Sent | None) -> None:
        self.answers = list(answers)
        self.told: list[str] = []

    def send(self, alerts: object) -> Sent:
        ids = [alert.id for alert in alerts]  # type: ignore[attr-defined]
        answer = self.answers.pop(0) if self.answers else None
        if answer is None:
            self.told += ids
            return Sent(taken=frozenset(ids))
        return answer

    def close(self) -> None: ...


def filled(path: Path, count: int) -> Database:
    database = Database(path)
    alerts = [
        Alert(f"{number:032x}", "rule", "Title", HIGH, number, (f"e{number}",), tags=("attack.impact",))
        for number in range(count)
    ]
    database.keep(feed="f", offsets={}, windows={}, alerts=alerts, sinks=("x",), watermarks={}, dead=())
    return database


def test_the_outbox_is_told_once_and_waits_after_trouble(tmp_path: Path) -> None:
    database = filled(tmp_path / "d.db", 7)
    down = Receiver(Sent(trouble="down"))
    assert deliver(database, down, lambda: 100.0, lambda: 0.5) == 0
    assert [alert.id for alert, _ in database.due("x", 100.0, 9)] == [f"{number:032x}" for number in range(3, 7)]
    up = Receiver()
    assert deliver(database, up, lambda: 1000.0, lambda: 0.5) == 7
    assert sorted(up.told) == [f"{number:032x}" for number in range(7)]
    assert deliver(database, up, lambda: 2000.0, lambda: 0.5) == 0
    database.close()


def test_a_refused_alert_is_a_dead_letter_and_holds_nobody_up(tmp_path: Path) -> None:
    database = filled(tmp_path / "d.db", 3)
    one = f"{0:032x}"
    sink = Receiver(Sent(taken=frozenset((f"{1:032x}", f"{2:032x}")), refused={one: "too odd"}))
    deliver(database, sink, lambda: 100.0, lambda: 0.5)
    assert database.waiting("x") == 0
    assert "too odd" in database.dead()[0][1]
    database.close()


def test_keeping_the_same_alert_again_makes_no_second_row(tmp_path: Path) -> None:
    database = filled(tmp_path / "d.db", 2)
    again = database.keep(
        feed="f", offsets={}, windows={}, alerts=database.alerts(), sinks=("x",), watermarks={}, dead=()
    )
    assert again == []
    assert database.waiting("x") == 2
    database.close()


def test_a_database_of_another_version_is_refused(tmp_path: Path) -> None:
    import sqlite3

    with sqlite3.connect(tmp_path / "d.db") as connection:
        connection.execute("PRAGMA user_version=99")
    connection.close()
    with pytest.raises(ConfigurationError, match="version 99"):
        Database(tmp_path / "d.db")


def post(port: int, body: bytes, path: str = "/events", **headers: str) -> int:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data=body, headers=headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - loopback
            return int(answer.status)
    except HTTPError as error:
        with error:
            return error.code


def test_events_by_http_are_answered_once_they_are_kept(tmp_path: Path) -> None:
    database = Database(tmp_path / "d.db")
    feed = HttpFeed("127.0.0.1", 0, token="letmein")
    told: list[Alert] = []
    stop = threading.Event()
    one = worker(database)
    thread = threading.Thread(
        target=run, args=(one, [feed], database), kwargs={"told": told.extend, "stopped": stop.is_set}
    )
    thread.start()
    try:
        assert post(feed.port, record(1, "DeleteTrail")) == 401
        known = {"Authorization": "Bearer letmein"}
        assert post(feed.port, record(1, "DeleteTrail"), **known) == 200
        assert [alert.events for alert in database.alerts()] == [("e1",)]
        whole = b'{"Records": [' + record(2, "DeleteTrail") + b"]}"
        assert post(feed.port, gzip.compress(whole), **known, **{"Content-Encoding": "gzip"}) == 200
        assert post(feed.port, b"{", **known) == 400
        assert post(feed.port, b"{}", "/nowhere", **known) == 404
    finally:
        stop.set()
        thread.join(timeout=10)
    database.close()
    assert len(told) == 2


def test_a_webhook_of_github_says_which_event_it_is() -> None:
    feed = HttpFeed("127.0.0.1", 0)
    feed.start({})
    found: list[bytes] = []

    def keep() -> None:
        batch = feed.poll(10)
        if batch is not None:
            found.append(batch.block)
            feed.acknowledge(batch)

    thread = threading.Thread(target=keep)
    thread.start()
    try:
        headers = {"X-GitHub-Event": "push", "X-GitHub-Delivery": "d1"}
        assert post(feed.port, b'{"sender": {"login": "octocat"}}', **headers) == 200
    finally:
        thread.join(timeout=10)
        feed.close()
    record = json.loads(found[0])
    assert (record["x-github-event"], record["x-github-delivery"]) == ("push", "d1")


def test_a_feed_open_to_others_wants_a_token() -> None:
    with pytest.raises(ConfigurationError, match="token"):
        HttpFeed("0.0.0.0", 0)


def test_a_document_is_split_into_its_records(tmp_path: Path) -> None:
    file = tmp_path / "trail.json"
    pretty = json.dumps({"Records": [json.loads(record(number, "GetUser")) for number in range(3)]}, indent=2)
    for data in (pretty.encode(), gzip.compress(pretty.encode()), b"[" + record(1, "GetUser") + b"]"):
        file.write_bytes(data)
        lines = b"\n".join(blocks(str(file))).split(b"\n")
        assert all(json.loads(line)["eventName"] == "GetUser" for line in lines)


def test_lines_are_whole_whatever_the_chunks() -> None:
    lines = [b'{"n": %d}' % number for number in range(500)]
    assert b"".join(lines_of(b"\n".join(lines), "x")).split(b"\n") == lines


def test_the_lake_keeps_what_came_and_forgets_what_is_old(tmp_path: Path) -> None:
    from datetime import date

    lake = Lake(tmp_path / "lake")
    database = Database(tmp_path / "d.db")
    folder = tmp_path / "in"
    folder.mkdir()
    lines = history(50)
    (folder / "a.ndjson").write_bytes(b"\n".join([*lines, *lines[:5]]) + b"\n")
    feed = FolderFeed(folder, once=True)
    run(worker(database, lake=lake), [feed], database, told=lambda _: None, stopped=lambda: False)
    database.close()
    [(count, names)] = over_lake("SELECT count(*), count(DISTINCT action) FROM events", lake.files())
    assert (count, names) == (50, 4)
    [file] = lake.files()
    told = replay_blocks(records_of(lake.files()), DETECTIONS, NOTHING).alerts
    assert {alert.id for alert in told} == {
        alert.id for alert in replay([str(folder / "a.ndjson")], DETECTIONS, NOTHING).alerts
    }
    (tmp_path / "lake" / "holds").write_text("*/account=111122223333\n")
    assert lake.retain(1, date(2026, 11, 24)) == []
    (tmp_path / "lake" / "holds").unlink()
    assert lake.retain(1, date(2026, 11, 24)) == [file.parent]
    assert lake.files() == []


class Failing(Database):
    """A database whose first look at the outbox fails."""

    failures = 1

    def due(self, sink: str, now: float, limit: int) -> list[tuple[Alert, int]]:
        if Failing.failures:
            Failing.failures -= 1
            raise self.errors[0]("gone")
        return super().due(sink, now, limit)


def test_the_outbox_is_told_though_the_database_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from casemate.monitor import running
    from casemate.monitor.running import Telling

    monkeypatch.setattr(running, "_REOPEN", 0.01)
    filled(tmp_path / "d.db", 3).close()
    receiver = Receiver()
    telling = Telling(lambda: Failing(tmp_path / "d.db"), [receiver])
    telling.start()
    telling.wake()
    telling.finish(20.0)
    assert len(receiver.told) == 3
    assert Failing.failures == 0
