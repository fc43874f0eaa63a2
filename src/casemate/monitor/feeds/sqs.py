"""Events from a queue of SQS: notifications of objects in S3, events of EventBridge, records as they are.

A message may be S3's own notification, EventBridge's `Object Created`, CloudTrail's notification of a file, each also
wrapped by SNS; then the objects are fetched. All else is a record (or a wrapping that `events.envelopes` opens).

A message is deleted only after all that came of it is kept. While it is worked on, its visibility is extended; whoever
is killed leaves it to come again, and since ids of events and alerts are the same, coming again changes nothing.

Source: SQS "ReceiveMessage", "ChangeMessageVisibilityBatch", "DeleteMessageBatch"; S3 "Event message structure"; "Using
EventBridge with S3"; CloudTrail "Configuring Amazon SNS notifications".
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus, urlsplit

from orjson import dumps, loads

from casemate.errors import UsageError
from casemate.monitor.aws import S3, Client, region_of
from casemate.monitor.feeds.feed import Batch
from casemate.monitor.feeds.payload import lines, object_blocks
from casemate_guard.cloud import CloudError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_log = logging.getLogger(__name__)
_EXTENDED_AT = 0.5
"""The part of a message's visibility after which it is extended."""
_PAUSE = 5.0
"""Seconds without asking, after the queue could not be asked."""
_LONG = 10
"""Seconds for which one request waits for messages: an idle queue costs six requests a minute."""


@dataclass(slots=True)
class _Message:
    receipt: str
    body: str
    seen: float
    """When it was received or extended last."""


class SqsFeed:
    """The queue at `url`. `visibility`: seconds that a message is ours. `once`: end when the queue is empty.

    `buckets`: if given, objects of no others are fetched, for whoever may send to the queue chooses what is fetched.
    """

    def __init__(
        self,
        url: str,
        *,
        region: str | None = None,
        visibility: int = 120,
        once: bool = False,
        buckets: frozenset[str] = frozenset(),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or parts.path.count("/") < 2:
            raise UsageError(f"sqs={url}: want https://sqs.REGION.amazonaws.com/ACCOUNT/QUEUE")
        host = (parts.hostname or "").split(".")
        where = region or (host[1] if len(host) > 3 and host[0] == "sqs" else None)
        self.name = f"sqs:{parts.path.strip('/')}"
        self.local = False
        self.ended = False
        self._url = url
        self._region = region_of(where)
        self._client = Client("sqs", self._region)
        self._s3 = S3(self._region)
        self._visibility = visibility
        self._once = once
        self._buckets = buckets
        self._clock = clock
        self._hand: dict[str, _Message] = {}
        self._work: Iterator[Batch] = iter(())
        self._came: queue.Queue[list[_Message] | UsageError] = queue.Queue(1)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._receive, name="casemate-sqs", daemon=True)

    def start(self, offsets: Mapping[str, str]) -> None:
        """Begin; the queue itself knows what is left.

        A thread waits for messages, so that this queue keeps no other feed waiting; it holds ten at most.
        """
        del offsets
        self._hand.clear()
        self._work = iter(())
        while not self._came.empty():  # of the time before another worker had the queue
            self._came.get_nowait()
        if not self._once and not self._thread.is_alive():
            self._thread.start()

    def poll(self, wait: float) -> Batch | None:
        """The next block of the messages in hand, else of new ones."""
        self._extend()
        batch = next(self._work, None)
        if batch is not None:
            return batch
        messages = self._next(wait)
        if not messages:
            return None
        self._work = self._batches(messages)
        return next(self._work, None)

    def acknowledge(self, batch: Batch) -> None:
        """Delete the messages that are done with this batch."""
        done = [one for one in batch.ticket if isinstance(one, str)] if isinstance(batch.ticket, list) else []
        for receipt in done:
            self._hand.pop(receipt, None)
        if done:
            entries = [{"Id": str(number), "ReceiptHandle": receipt} for number, receipt in enumerate(done)]
            try:
                self._client.call("DeleteMessageBatch", {"QueueUrl": self._url, "Entries": entries})
            except CloudError as error:
                _log.warning("%s: messages that are done will come again: %s", self.name, error)

    def close(self) -> None:
        """Close the connection; messages in hand come again after their time."""
        self._stopped.set()
        self._client.close()

    def _next(self, wait: float) -> list[_Message]:
        """New messages, in hand by now."""
        if self._once:
            messages = self._received(self._client, 0)
            self.ended = not messages and not self._hand
        else:
            try:
                found = self._came.get(timeout=wait)
            except queue.Empty:
                return []
            if isinstance(found, UsageError):
                raise found
            messages = found
        self._hand |= {one.receipt: one for one in messages}
        return messages

    def _receive(self) -> None:
        """The thread: with a connection of its own, for one is not shared."""
        client = Client("sqs", self._region)
        while not self._stopped.is_set():
            found: list[_Message] | UsageError
            try:
                found = self._received(client, _LONG)
            except UsageError as error:
                found = error
            while found and not self._stopped.is_set():
                try:
                    self._came.put(found, timeout=0.5)
                    break
                except queue.Full:
                    continue
            if isinstance(found, UsageError):
                break
        client.close()

    def _received(self, client: Client, seconds: int) -> list[_Message]:
        """What the queue has, after so many seconds at most. Raises `UsageError` when it cannot be read at all."""
        asked = {
            "QueueUrl": self._url,
            "MaxNumberOfMessages": 10,
            "WaitTimeSeconds": seconds,
            "VisibilityTimeout": self._visibility,
        }
        try:
            found = client.call("ReceiveMessage", asked).get("Messages")
        except CloudError as error:
            if not error.transient:
                raise UsageError(f"{self.name} cannot be read: {error}", hint="sqs:ReceiveMessage is needed") from error
            _log.warning("%s: %s", self.name, error)
            self._stopped.wait(_PAUSE)
            return []
        return [
            _Message(str(one["ReceiptHandle"]), str(one.get("Body", "")), self._clock())
            for one in (found if isinstance(found, list) else ())
            if isinstance(one, dict) and "ReceiptHandle" in one
        ]

    def _extend(self) -> None:
        now = self._clock()
        late = [one for one in self._hand.values() if now - one.seen > self._visibility * _EXTENDED_AT]
        for start in range(0, len(late), 10):
            part = late[start : start + 10]
            entries = [
                {"Id": str(number), "ReceiptHandle": one.receipt, "VisibilityTimeout": self._visibility}
                for number, one in enumerate(part)
            ]
            try:
                self._client.call("ChangeMessageVisibilityBatch", {"QueueUrl": self._url, "Entries": entries})
            except CloudError as error:
                _log.warning("%s: messages may come to others meanwhile: %s", self.name, error)
            for one in part:
                one.seen = now

    def _batches(self, messages: list[_Message]) -> Iterator[Batch]:
        """Records of plain messages in one batch, with those of objects in batches of their own before it."""
        arrived = self._clock()
        blocks: list[bytes] = []
        refused: list[tuple[bytes, str]] = []
        done: list[str] = []
        for message in messages:
            try:
                objects, block = opened(message.body)
                blocks.append(block)
                held: bytes | None = None
                for bucket, key in objects:
                    for part in self._object(bucket, key):
                        if held is not None:
                            yield Batch(self.name, held, {}, arrived)
                        held = part
                if held is not None:
                    blocks.append(held)
                done.append(message.receipt)
            except CloudError as error:
                if error.missing or error.code in {"NoSuchKey", "too-large", "another-bucket"}:
                    refused.append((message.body.encode(), str(error)))
                    done.append(message.receipt)
                else:  # it comes again, and in the end goes to the queue's own dead letters
                    _log.warning("%s: %s", self.name, error)
                    self._hand.pop(message.receipt, None)
            except UsageError as error:
                refused.append((message.body.encode(), error.message))
                done.append(message.receipt)
        block = b"\n".join(one for one in blocks if one.strip())
        yield Batch(self.name, block, {}, arrived, ticket=done, refused=tuple(refused))

    def _object(self, bucket: str, key: str) -> Iterator[bytes]:
        if self._buckets and bucket not in self._buckets:
            raise CloudError(f"s3 {bucket}/{key}", "another-bucket", 0)
        place = f"s3://{bucket}/{key}"
        yield from object_blocks(lambda file: self._s3.fetch(bucket, key, file), place)


def opened(body: str) -> tuple[list[tuple[str, str]], bytes]:
    """What a message says: objects that are to be fetched, and records. Raises `UsageError` for what is neither."""
    found = _json(body)
    for _ in range(3):  # SNS in SQS, perhaps over another topic
        inner = found.get("Message") if isinstance(found, dict) and found.get("Type") == "Notification" else None
        if not isinstance(inner, str):
            break
        body, found = inner, _json(inner)
    if not isinstance(found, dict):
        return [], lines(body.encode(), "message")
    objects = list(_objects(found))
    if objects or found.get("Event") == "s3:TestEvent":
        return objects, b""
    return [], b"\n".join(dumps(one) for one in _parts(found))


def _parts(found: dict[str, object]) -> list[object]:
    records = found.get("Records")
    return records if isinstance(records, list) else [found]


def _json(text: str) -> object:
    try:
        return loads(text)
    except ValueError:
        return None


def _objects(found: dict[str, object]) -> Iterator[tuple[str, str]]:
    """Buckets and keys."""
    records = found.get("Records")
    for record in records if isinstance(records, list) else ():
        if isinstance(record, dict) and record.get("eventSource") == "aws:s3":
            name, key = _deep(record, "s3", "bucket", "name"), _deep(record, "s3", "object", "key")
            if name and key and str(record.get("eventName", "")).startswith("ObjectCreated"):
                yield name, unquote_plus(key)
    if found.get("source") == "aws.s3" and found.get("detail-type") == "Object Created":
        name, key = _deep(found, "detail", "bucket", "name"), _deep(found, "detail", "object", "key")
        if name and key:
            yield name, key  # EventBridge does not encode keys
    keys, bucket = found.get("s3ObjectKey"), found.get("s3Bucket")
    if isinstance(bucket, str) and isinstance(keys, list):
        for key in keys:
            yield bucket, str(key)


def _deep(value: object, *path: str) -> str:
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""
