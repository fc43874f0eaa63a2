"""Feeds by their short form: a folder, or `KIND=ADDRESS`; what is secret comes from the environment.

incoming/                                      files that appear in a folder
sqs=https://sqs.REGION.amazonaws.com/ACCOUNT/QUEUE
s3=BUCKET/PREFIX?region=eu-west-1              the objects below a prefix, as they appear
kinesis=STREAM?region=eu-west-1&start=latest
kafka=HOST:9092,HOST:9092/TOPIC?tls=yes        CASEMATE_KAFKA_USER, CASEMATE_KAFKA_PASSWORD
syslog=tcp://127.0.0.1:5514                    also udp://
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from casemate.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from casemate.monitor.feeds.feed import Feed

Query = dict[str, str]


def opened(given: str, *, once: bool = False) -> Feed:
    """The feed. Raises `UsageError` for a form that is none, `ConfigurationError` for what it wants and has not."""
    kind, equals, address = given.partition("=")
    make = _KINDS.get(kind) if equals else None
    if make is None:
        from casemate.monitor.feeds.folder import FolderFeed

        if equals and kind.isalnum() and not Path(given).exists():
            raise UsageError(f"--from {given}: no such folder or kind", hint=f"a folder, or {'=, '.join(_KINDS)}=")
        return FolderFeed(Path(given), once=once)
    place, _, text = address.partition("?")
    query = {name: values[-1] for name, values in parse_qs(text, keep_blank_values=True).items()}
    return make(place, query, once)


def _left(query: Mapping[str, str], known: tuple[str, ...], kind: str) -> None:
    for name in query:
        if name not in known:
            raise UsageError(f"--from {kind}=: there is no {name!r}", hint=f"known: {', '.join(known)}")


def _start(query: Query) -> str:
    found = query.get("start", "earliest")
    if found not in {"earliest", "latest"}:
        raise UsageError(f"start={found} is not possible", hint="earliest or latest")
    return found


def _number(query: Query, name: str, usual: int, most: int) -> int:
    text = query.get(name, str(usual))
    if not text.isdigit() or not 0 < int(text) <= most:
        raise UsageError(f"{name}={text} is not possible", hint=f"seconds, up to {most}")
    return int(text)


def _sqs(place: str, query: Query, once: bool) -> Feed:  # noqa: FBT001 - one form for all kinds
    from casemate.monitor.feeds.sqs import SqsFeed

    _left(query, ("region", "visibility", "buckets"), "sqs")
    buckets = frozenset(one for one in query.get("buckets", "").split(",") if one)
    visibility = _number(query, "visibility", 120, 43_200)
    return SqsFeed(place, region=query.get("region"), visibility=visibility, once=once, buckets=buckets)


def _s3(place: str, query: Query, once: bool) -> Feed:  # noqa: FBT001 - as above
    from casemate.monitor.feeds.s3 import S3Feed

    _left(query, ("region", "every"), "s3")
    bucket, _, prefix = place.partition("/")
    return S3Feed(bucket, prefix, region=query.get("region"), every=_number(query, "every", 30, 86_400), once=once)


def _kinesis(place: str, query: Query, once: bool) -> Feed:  # noqa: FBT001 - as above
    from casemate.monitor.feeds.kinesis import KinesisFeed

    _left(query, ("region", "start"), "kinesis")
    return KinesisFeed(place, region=query.get("region"), start_at=_start(query), once=once)


def _kafka(place: str, query: Query, once: bool) -> Feed:  # noqa: FBT001 - as above
    from casemate.monitor.feeds.kafka import KafkaFeed

    _left(query, ("start", "tls", "cafile"), "kafka")
    servers, slash, topic = place.rpartition("/")
    if not slash or not servers or not topic:
        raise UsageError(f"--from kafka={place}: want HOST:PORT/TOPIC")
    from casemate.monitor.kafka import settings

    return KafkaFeed(
        servers, topic, start_at=_start(query), once=once,
        settings=settings(servers, tls=query.get("tls") != "no", cafile=query.get("cafile")),
    )  # fmt: skip


def _syslog(place: str, query: Query, once: bool) -> Feed:  # noqa: FBT001 - as above
    from casemate.monitor.feeds.syslog import SyslogFeed

    _left(query, (), "syslog")
    del once
    return SyslogFeed(place)


_KINDS: dict[str, Callable[[str, Query, bool], Feed]] = {
    "sqs": _sqs,
    "s3": _s3,
    "kinesis": _kinesis,
    "kafka": _kafka,
    "syslog": _syslog,
}
"""Kind -> what opens it."""
