"""Feeds and receivers of AWS against moto's server, over its socket; set up and looked at with boto3."""

from __future__ import annotations

import base64
import gzip
import io
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.monitor.monitor_events import expected, history, record, run_feed

from casemate.errors import UsageError
from casemate.model.alert import Alert
from casemate.model.finding import HIGH
from casemate.monitor.aws import S3, Client
from casemate.monitor.durable.database import Database
from casemate.monitor.feeds import kinesis
from casemate.monitor.feeds.kinesis import KinesisFeed
from casemate.monitor.feeds.opening import opened
from casemate.monitor.feeds.s3 import S3Feed
from casemate.monitor.feeds.sqs import SqsFeed
from casemate.monitor.feeds.sqs import opened as message_opened
from casemate_guard.cloud import CloudError

boto3 = pytest.importorskip("boto3")
REGION = "eu-west-1"
Session = Any
"""Of boto3, which has no types."""


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def aws(moto: str, monkeypatch: pytest.MonkeyPatch) -> Session:
    import urllib.request

    urllib.request.urlopen(urllib.request.Request(f"{moto}/moto-api/reset", method="POST"), timeout=10).close()  # noqa: S310 - loopback
    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_REGION", REGION)
    return boto3.Session(region_name=REGION)


def trail(lines: list[bytes]) -> bytes:
    return gzip.compress(b'{"Records":[' + b",".join(lines) + b"]}")


def queue_with(aws: Session, *bodies: object) -> str:
    sqs = aws.client("sqs")
    url = str(sqs.create_queue(QueueName="events")["QueueUrl"])
    for body in bodies:
        sqs.send_message(QueueUrl=url, MessageBody=body if isinstance(body, str) else json.dumps(body))
    return url


def left(aws: Session, url: str) -> int:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = aws.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(int(found[name]) for name in names)


def notification(bucket: str, key: str) -> dict[str, object]:
    one = {"bucket": {"name": bucket}, "object": {"key": key}}
    return {"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "s3": one}]}


def put(aws: Session, bucket: str, **objects: bytes) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    for name, data in objects.items():
        s3.put_object(Bucket=bucket, Key=f"AWSLogs/{name} ü+.json.gz", Body=data)


def test_objects_that_a_queue_names_are_read_and_their_messages_deleted(aws: Session, tmp_path: Path) -> None:
    lines = history(60)
    put(aws, "trails", a=trail(lines[:20]), b=trail(lines[20:40]), c=trail(lines[40:50]), d=trail(lines[50:]))
    bridge = {
        "detail-type": "Object Created", "source": "aws.s3",
        "detail": {"bucket": {"name": "trails"}, "object": {"key": "AWSLogs/b ü+.json.gz"}},
    }  # fmt: skip
    url = queue_with(
        aws,
        notification("trails", "AWSLogs/a+%C3%BC%2B.json.gz"),
        bridge,
        {"Type": "Notification", "TopicArn": "t", "Message": json.dumps(notification("trails", "AWSLogs/c+%C3%BC%2B.json.gz"))},
        {"s3Bucket": "trails", "s3ObjectKey": ["AWSLogs/d ü+.json.gz"]},
        {"Service": "Amazon S3", "Event": "s3:TestEvent"},
    )  # fmt: skip
    told = run_feed(SqsFeed(url, region=REGION, once=True), tmp_path / "s.db")
    assert {alert.id for alert in told} == expected(lines)
    assert left(aws, url) == 0


def test_events_in_a_queue_are_records(aws: Session, tmp_path: Path) -> None:
    lines = history(30)
    bodies: list[object] = [
        {"detail-type": "AWS API Call via CloudTrail", "detail": json.loads(line)} for line in lines[:15]
    ]
    bodies += [{"Type": "Notification", "TopicArn": "t", "Message": line.decode()} for line in lines[15:25]]
    bodies += [line.decode() for line in lines[25:]]
    url = queue_with(aws, *bodies)
    told = run_feed(opened(f"sqs={url}?region={REGION}", once=True), tmp_path / "s.db")
    assert {alert.id for alert in told} == expected(lines)
    assert left(aws, url) == 0


def test_a_message_is_deleted_only_once_its_records_are_kept(aws: Session, tmp_path: Path) -> None:
    url = queue_with(aws, record(1, "DeleteTrail").decode())
    feed = SqsFeed(url, region=REGION, once=True)
    batch = feed.poll(0)
    assert batch is not None
    assert left(aws, url) == 1
    feed.acknowledge(batch)
    assert left(aws, url) == 0
    feed.close()


def test_messages_in_hand_are_extended(aws: Session, tmp_path: Path) -> None:
    lines = history(40)
    put(aws, "trails", a=trail(lines))
    url = queue_with(aws, notification("trails", "AWSLogs/a+%C3%BC%2B.json.gz"))
    now = [0.0]
    feed = SqsFeed(url, region=REGION, once=True, visibility=30, clock=lambda: now[0])
    assert feed.poll(0) is not None
    now[0] = 29.0
    feed.poll(0)
    client = aws.client("sqs")
    assert "Messages" not in client.receive_message(QueueUrl=url)
    feed.close()


def test_a_thread_waits_for_messages(aws: Session) -> None:
    url = queue_with(aws, record(1, "DeleteTrail").decode())
    feed = SqsFeed(url, region=REGION)
    feed.start({})
    feed.start({})  # as after another worker had it
    batch = None
    for _ in range(200):
        batch = feed.poll(0.1)
        if batch is not None:
            break
    feed.close()
    assert batch is not None
    assert b'"e1"' in batch.block


def test_an_object_that_may_not_be_read_is_left_to_the_queue(aws: Session, tmp_path: Path) -> None:
    put(aws, "trails", a=b"x")
    url = queue_with(aws, notification("trails", "AWSLogs/a+%C3%BC%2B.json.gz"))
    feed = SqsFeed(url, region=REGION, once=True)

    def refused(*_: object) -> int:
        raise CloudError("s3 get", "AccessDenied", 403)

    feed._s3.fetch = refused  # type: ignore[method-assign,assignment] # noqa: SLF001 - moto knows no such answer
    assert run_feed(feed, tmp_path / "s.db") == []
    assert left(aws, url) == 1


def test_what_cannot_be_fetched_is_a_dead_letter_or_comes_again(aws: Session, tmp_path: Path) -> None:
    put(aws, "trails", a=b"\x1f\x8bbroken")
    url = queue_with(
        aws, notification("trails", "gone"), notification("trails", "AWSLogs/a+%C3%BC%2B.json.gz"), "{broken"
    )
    assert run_feed(SqsFeed(url, region=REGION, once=True), tmp_path / "s.db") == []
    assert left(aws, url) == 0
    database = Database(tmp_path / "s.db")
    reasons = [reason for _, reason, _ in database.dead()]
    database.close()
    assert any("NoSuchKey" in one for one in reasons), reasons
    assert any("gzip" in one for one in reasons), reasons
    assert len(reasons) == 3


def test_a_queue_cannot_choose_another_bucket(aws: Session, tmp_path: Path) -> None:
    put(aws, "private", a=trail(history(40)))
    url = queue_with(aws, notification("private", "AWSLogs/a+%C3%BC%2B.json.gz"))
    feed = opened(f"sqs={url}?region={REGION}&buckets=trails", once=True)
    assert run_feed(feed, tmp_path / "s.db") == []


def test_a_queue_that_is_not_there_is_said(aws: Session, moto: str) -> None:
    feed = SqsFeed(f"{moto}/123456789012/nowhere", region=REGION)
    feed.start({})
    with pytest.raises(UsageError, match="cannot be read"):
        feed.poll(30)
    feed.close()


@pytest.mark.parametrize("body", ["[]", '"x"', "", "text of no kind", '{"Records": "x"}', '{"Type": "Notification"}'])
def test_odd_messages_raise_nothing_else(body: str) -> None:
    try:
        objects, block = message_opened(body)
    except UsageError:
        return
    assert objects == []
    assert isinstance(block, bytes)


def test_a_prefix_is_read_once_and_what_comes_late_too(aws: Session, tmp_path: Path) -> None:
    lines = history(60)
    put(aws, "trails", m=trail(lines[:20]), z=b"\n".join(lines[20:40]))
    first = run_feed(S3Feed("trails", "AWSLogs/", once=True), tmp_path / "s.db")
    assert {alert.id for alert in first} <= expected(lines)
    again = run_feed(S3Feed("trails", "AWSLogs/", once=True), tmp_path / "s.db")
    assert again == []
    client = aws.client("s3")
    client.put_object(Bucket="trails", Key="AWSLogs/a.json", Body=b"\n".join(lines[40:50]))  # before all others
    client.put_object(Bucket="trails", Key="elsewhere/x.json", Body=record(900, "DeleteTrail"))
    run_together = b"".join(line for line in lines[50:])  # as Firehose writes it
    client.put_object(Bucket="trails", Key="AWSLogs/firehose", Body=gzip.compress(run_together))
    third = run_feed(opened("s3=trails/AWSLogs/", once=True), tmp_path / "s.db")
    assert {alert.id for alert in (*first, *third)} == expected(lines)


def test_a_bucket_that_is_not_there_is_said(aws: Session, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be listed"):
        run_feed(S3Feed("nowhere", once=True), tmp_path / "s.db")


def test_a_listing_goes_over_pages(aws: Session) -> None:
    put(aws, "many")
    client = aws.client("s3")
    for number in range(7):
        client.put_object(Bucket="many", Key=f"k/{number} &<+ü", Body=b"x")
    listed = list(S3(REGION).listed("many", "k/", page=3))
    assert [one.key for one in listed] == [f"k/{number} &<+ü" for number in range(7)]


def cloudwatch(lines: list[bytes]) -> bytes:
    events = [{"id": str(number), "timestamp": 1, "message": line.decode()} for number, line in enumerate(lines)]
    about = {"messageType": "DATA_MESSAGE", "owner": "1", "logGroup": "trail", "logStream": "s", "logEvents": events}
    return gzip.compress(json.dumps(about).encode())


CONTROL = gzip.compress(json.dumps({"messageType": "CONTROL_MESSAGE", "logGroup": "", "logEvents": []}).encode())


def test_shards_are_read_through_resharding(aws: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinesis, "_IDLE", 0.0)
    monkeypatch.setattr(kinesis, "_BUSY", 0.0)
    lines = history(80)
    client = aws.client("kinesis")
    client.create_stream(StreamName="events", ShardCount=1)
    for line in lines[:20]:
        client.put_record(StreamName="events", Data=line, PartitionKey=line[12:20].decode())
    client.put_record(StreamName="events", Data=cloudwatch(lines[20:40]), PartitionKey="x")
    client.put_record(StreamName="events", Data=CONTROL, PartitionKey="x")
    first = run_feed(KinesisFeed("events", once=True), tmp_path / "s.db")
    assert {alert.id for alert in first} == expected(lines[:40])
    [shard] = client.list_shards(StreamName="events")["Shards"]
    client.split_shard(
        StreamName="events", ShardToSplit=shard["ShardId"],
        NewStartingHashKey="170141183460469231731687303715884105728",
    )  # fmt: skip
    for number, line in enumerate(lines[40:]):
        client.put_record(StreamName="events", Data=line, PartitionKey=f"key{number}")
    second = run_feed(opened("kinesis=events", once=True), tmp_path / "s.db")
    assert {alert.id for alert in (*first, *second)} == expected(lines)
    database = Database(tmp_path / "s.db")
    offsets = database.offsets("kinesis:events")
    database.close()
    assert offsets == {shard["ShardId"]: kinesis.END}  # moto puts what comes after the split into the parent still
    assert run_feed(KinesisFeed("events", once=True), tmp_path / "s.db") == []


def test_children_wait_for_their_parents(aws: Session) -> None:
    client = aws.client("kinesis")
    client.create_stream(StreamName="events", ShardCount=1)
    [shard] = client.list_shards(StreamName="events")["Shards"]
    client.split_shard(
        StreamName="events", ShardToSplit=shard["ShardId"],
        NewStartingHashKey="170141183460469231731687303715884105728",
    )  # fmt: skip
    feed = KinesisFeed("events")
    assert feed.partitions({}) == [shard["ShardId"]]
    assert len(feed.partitions({shard["ShardId"]: kinesis.END})) == 2
    feed.close()


def test_aws_names_its_reason(aws: Session) -> None:
    with pytest.raises(CloudError) as caught:
        Client("kinesis", REGION).call("ListShards", {"StreamName": "nowhere"})
    assert caught.value.code == "ResourceNotFoundException"
    with pytest.raises(CloudError) as caught:
        S3(REGION).fetch("nowhere", "x", io.BytesIO())
    assert caught.value.code == "NoSuchBucket"


def alert(number: int, *, account: str = "111122223333", time: int = 1_772_359_200_000, **about: str) -> Alert:
    return Alert(
        f"{number:032x}", "trail-switched-off", 'A trail\x00 was "switched"\noff', HIGH, time, (f"e{number}",),
        source="aws.cloudtrail", account=account, about={"region": REGION, **about},
        tags=("attack.defense-evasion", "attack.t1562.008"),
    )  # fmt: skip


def test_findings_stand_in_security_hub_once(aws: Session) -> None:
    from casemate.monitor.sinks.opening import opened as sink_opened

    hub = aws.client("securityhub")
    hub.enable_security_hub()
    sink = sink_opened(f"securityhub=123456789012?region={REGION}", {})
    alerts = [alert(1), alert(2, function="pay"), alert(3, time=-1)]
    for _ in range(2):
        assert sink.send(alerts).taken == {one.id for one in alerts}
    found = hub.get_findings()["Findings"]
    assert sorted(one["Id"] for one in found) == [f"casemate/{number:032x}" for number in (1, 2, 3)]
    one = next(one for one in found if one["Id"].endswith("2"))
    assert one["Resources"][0]["Id"] == f"arn:aws:lambda:{REGION}:111122223333:function:pay"
    assert one["Severity"]["Label"] == "HIGH"
    assert one["Types"] == ["TTPs/Defense Evasion"]
    sink.close()


def test_a_security_hub_that_does_not_answer_is_tried_again(aws: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    from casemate.monitor.sinks.securityhub import SecurityHubSink

    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    sent = SecurityHubSink("123456789012", REGION).send([alert(1)])
    assert sent.again == {f"{1:032x}"}
    assert sent.trouble


def test_the_security_lake_has_files_by_region_account_and_day(aws: Session, tmp_path: Path) -> None:
    import duckdb

    from casemate.monitor.sinks.opening import opened as sink_opened

    put(aws, "lake")
    sink = sink_opened(f"securitylake=lake/ext/casemate?region={REGION}", {})
    alerts = [alert(1), alert(2, time=1_772_359_100_000), alert(3, account="444455556666"), alert(4, function="x'y")]
    for _ in range(2):  # a second delivery is the same file
        assert sink.send(alerts).taken == {one.id for one in alerts}
    listed = list(S3(REGION).listed("lake", "ext/"))
    places = sorted(one.key.rpartition("/")[0] for one in listed)
    assert places == [
        f"ext/casemate/region={REGION}/accountId=111122223333/eventDay=20260301",
        f"ext/casemate/region={REGION}/accountId=444455556666/eventDay=20260301",
    ]
    file = tmp_path / "x.parquet"
    with file.open("wb") as into:
        S3(REGION).fetch("lake", listed[0].key, into)
    rows = (
        duckdb.read_parquet(str(file))
        .project(
            "finding_info.uid, class_uid, severity_id, time, finding_info.attacks[1].tactic.uid, resources[1].name"
        )
        .fetchall()
    )
    assert [row[0] for row in rows] == [f"{number:032x}" for number in (2, 1, 4)]  # by time
    assert rows[1][1:5] == (2004, 4, 1_772_359_200_000, "TA0005")
    assert rows[2][5] == "x'y"
    codecs = duckdb.execute("SELECT DISTINCT compression FROM parquet_metadata(?)", [str(file)]).fetchall()
    assert codecs == [("ZSTD",)]


class Scripted:
    """Kinesis as its reference says, where no emulator does: a shard that was split has no next iterator at its end."""

    def __init__(self) -> None:
        self.records = {"p": [b'{"n":1}'], "c": [b'{"n":2}']}
        self.expired = True

    def call(self, action: str, asked: dict[str, object]) -> dict[str, object]:
        if action == "ListShards":
            return {
                "Shards": [{"ShardId": "p"}, {"ShardId": "c", "ParentShardId": "p", "AdjacentParentShardId": "gone"}]
            }
        if action == "GetShardIterator":
            return {"ShardIterator": f"{asked['ShardId']} {asked['ShardIteratorType']}"}
        if self.expired:
            self.expired = False
            raise CloudError("GetRecords", "ExpiredIteratorException", 400)
        name = str(asked["ShardIterator"]).partition(" ")[0]
        found = [{"SequenceNumber": "7", "Data": base64.b64encode(one).decode()} for one in self.records.pop(name, [])]
        more: dict[str, object] = {"NextShardIterator": f"{name} on"} if name == "c" else {}
        return {"Records": found, "MillisBehindLatest": 0, **more}

    def close(self) -> None: ...


def test_a_shard_ends_where_it_has_no_next_iterator(aws: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinesis, "_IDLE", 0.0)
    monkeypatch.setattr(kinesis, "_BUSY", 0.0)
    feed = KinesisFeed("events", once=True)
    feed._client = Scripted()  # type: ignore[assignment] # noqa: SLF001 - nothing real answers so
    feed.start({})
    batches = []
    while not feed.ended:
        batch = feed.poll(0)
        if batch is not None:
            batches.append((batch.partition, batch.block, dict(batch.offsets)))
            feed.acknowledge(batch)
    assert batches == [("p", b'{"n":1}', {"p": kinesis.END}), ("c", b'{"n":2}', {"c": "7"})]
