"""Events from a stream of Kinesis, by shards; the checkpoints are offsets, written with what came of the records.

After resharding the children of a shard are read when the shard itself was read to its end, so that events of one key
stay in order ("Resharding, scaling and parallel processing"). Records may be gzip: subscriptions of CloudWatch Logs
send them so.

Source: Kinesis "GetRecords" (five calls a second and shard, iterators live five minutes), "ListShards".
"""

from __future__ import annotations

import base64
import binascii
import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from casemate.errors import UsageError
from casemate.monitor.aws import Client, region_of
from casemate.monitor.feeds.feed import Batch
from casemate.monitor.feeds.payload import lines
from casemate_guard.cloud import CloudError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_log = logging.getLogger(__name__)
END = "END"
"""The offset of a shard that was read to its end; sequence numbers are digits."""
_IDLE = 1.0
"""Seconds between two calls for a shard that gave nothing."""
_BUSY = 0.2
"""Seconds between two calls for one that gave something: five a second are allowed."""
_LOOK = 30.0
"""Seconds between two looks at which shards there are."""


@dataclass(slots=True)
class _Shard:
    """A shard that is read. `at`: the sequence number read last; empty at the beginning."""

    name: str
    at: str
    iterator: str | None = None
    next: float = 0.0


class KinesisFeed:
    """The stream called `stream`. `start_at`: where shards without an offset begin. `once`: end when all is read."""

    def __init__(
        self,
        stream: str,
        *,
        region: str | None = None,
        start_at: str = "earliest",
        once: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = f"kinesis:{stream}"
        self.local = False
        self.ended = False
        self._stream = stream
        self._client = Client("kinesis", region_of(region))
        self._start_at = start_at
        self._once = once
        self._clock = clock
        self._shards: dict[str, _Shard] = {}
        self._kept: dict[str, str] = {}
        self._alone = False
        self._looked = -_LOOK
        self._turn = 0
        self._quiet: set[str] = set()
        self._closed: set[str] = set()

    # -- which shards
    def partitions(self, offsets: Mapping[str, str]) -> list[str]:
        """The shards that are to be read now: not at their end, and their parents are."""
        parents = self._parents()
        return [
            name for name, above in parents.items() if offsets.get(name) != END and _is_open(above, parents, offsets)
        ]

    def _parents(self) -> dict[str, tuple[str, ...]]:
        """Shard -> its parents. Raises `UsageError` when the stream cannot be read at all."""
        found: dict[str, tuple[str, ...]] = {}
        asked: dict[str, object] = {"StreamName": self._stream}
        while True:
            try:
                answer = self._client.call("ListShards", asked)
            except CloudError as error:
                raise UsageError(f"{self.name} cannot be read: {error}", hint="kinesis:ListShards is needed") from error
            shards = answer.get("Shards")
            for one in shards if isinstance(shards, list) else ():
                above = (one.get("ParentShardId"), one.get("AdjacentParentShardId"))
                found[str(one["ShardId"])] = tuple(str(parent) for parent in above if parent)
                span = one.get("SequenceNumberRange")
                if isinstance(span, dict) and span.get("EndingSequenceNumber"):
                    self._closed.add(str(one["ShardId"]))
            more = answer.get("NextToken")
            if not more:
                return found
            asked = {"NextToken": more}

    def start(self, offsets: Mapping[str, str]) -> None:
        """Read all shards, from where the offsets say."""
        self._alone = True
        self._kept = dict(offsets)
        self._shards.clear()
        self._looked = -_LOOK

    def assign(self, partition: str, offsets: Mapping[str, str]) -> None:
        """Read this shard too."""
        self._kept.update(offsets)
        self._shards[partition] = _Shard(partition, self._kept.get(partition, ""))

    def revoke(self, partition: str) -> None:
        """Read it no more."""
        self._shards.pop(partition, None)
        self._quiet.discard(partition)

    # -- what is in them
    def poll(self, wait: float) -> Batch | None:
        """Records of the next shard whose turn it is."""
        if self._alone and self._clock() - self._looked >= _LOOK:
            self._looked = self._clock()
            for name in self.partitions(self._kept):
                self._shards.setdefault(name, _Shard(name, self._kept.get(name, "")))
        listed = list(self._shards.values())
        for number in range(len(listed)):
            shard = listed[(self._turn + number) % len(listed)]
            if shard.next <= self._clock():
                self._turn += number + 1
                return self._read(shard)
        if self._once and self._alone and not listed:
            self.ended = True
        time.sleep(wait)
        return None

    def acknowledge(self, batch: Batch) -> None:
        """Remember how far the shard is kept; at its end look for its children at once."""
        self._kept.update(batch.offsets)
        if batch.offsets.get(batch.partition) == END:
            self._shards.pop(batch.partition, None)
            self._looked = -_LOOK

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def _read(self, shard: _Shard) -> Batch | None:
        try:
            if shard.iterator is None:
                shard.iterator = self._iterator(shard)
            answer = self._client.call("GetRecords", {"ShardIterator": shard.iterator, "Limit": 2000})
        except CloudError as error:
            shard.next = self._clock() + _IDLE
            if error.code == "ExpiredIteratorException":
                shard.iterator = None
            elif error.transient or error.code == "ProvisionedThroughputExceededException":
                _log.warning("%s %s: %s", self.name, shard.name, error)
            else:
                raise UsageError(f"{self.name} cannot be read: {error}", hint="kinesis:GetRecords is needed") from error
            return None
        records = answer.get("Records")
        found = records if isinstance(records, list) else []
        following = answer.get("NextShardIterator")
        shard.iterator = following if isinstance(following, str) and following else None
        shard.next = self._clock() + (_BUSY if found else _IDLE)
        at_tip = not found and answer.get("MillisBehindLatest") == 0
        # The sign of the end is that there is no next iterator; a closed shard with nothing left is at its end too.
        ended = shard.iterator is None or (at_tip and shard.name in self._closed)
        if ended:
            shard.next = float("inf")
        self._settle(shard, quiet=at_tip and not ended)
        if not found and not ended:
            return None
        if found:
            shard.at = str(found[-1].get("SequenceNumber", ""))
        block, refused = _lines(found, f"{self.name} {shard.name}")
        offsets = {shard.name: END if ended else shard.at}
        return Batch(self.name, block, offsets, self._clock(), refused=refused, partition=shard.name)

    def _settle(self, shard: _Shard, *, quiet: bool) -> None:
        """With `once`: the end has come when every shard gave nothing and is not behind."""
        (self._quiet.add if quiet else self._quiet.discard)(shard.name)
        if self._once and self._shards and self._quiet >= set(self._shards):
            self.ended = True

    def _iterator(self, shard: _Shard) -> str:
        asked = {"StreamName": self._stream, "ShardId": shard.name, "ShardIteratorType": "TRIM_HORIZON"}
        if shard.at:
            asked |= {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "StartingSequenceNumber": shard.at}
        elif self._start_at == "latest" and not self._is_child(shard.name):
            asked["ShardIteratorType"] = "LATEST"
        return str(self._client.call("GetShardIterator", asked).get("ShardIterator"))

    def _is_child(self, name: str) -> bool:
        """Whether a parent of it was read: then it begins where that one ended, not at the latest record."""
        return any(self._kept.get(parent) == END for parent in self._parents().get(name, ()))


def _is_open(above: Iterable[str], known: Mapping[str, object], offsets: Mapping[str, str]) -> bool:
    """Whether all parents were read to their end; one that is gone was before our time, or its records are."""
    return all(parent not in known or offsets.get(parent) == END for parent in above)


def _lines(records: list[dict[str, object]], place: str) -> tuple[bytes, tuple[tuple[bytes, str], ...]]:
    blocks: list[bytes] = []
    refused: list[tuple[bytes, str]] = []
    for record in records:
        data = b""
        try:
            data = base64.b64decode(str(record.get("Data", "")), validate=True)
            blocks.append(lines(data, place))
        except (UsageError, binascii.Error) as error:
            refused.append((data, str(error)))
    return b"\n".join(one.strip(b"\n") for one in blocks if one.strip()), tuple(refused)
