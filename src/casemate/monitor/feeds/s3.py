"""Objects below a prefix of S3, found by listing: for what was collected already, and for buckets of moderate size.

A listing costs a request for every thousand objects, at every look; for a busy bucket let it notify a queue (`sqs`).
What was read is remembered object by object, since neither the order of keys nor the time of an object says which are
new: files of one folder come late, and a large upload is as old as its beginning when it appears.
"""

from __future__ import annotations

import logging
import time
from hashlib import blake2b
from typing import TYPE_CHECKING

from casemate.errors import UsageError
from casemate.monitor.aws import S3, region_of
from casemate.monitor.feeds.feed import Batch
from casemate.monitor.feeds.payload import object_blocks
from casemate_guard.cloud import CloudError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from casemate.monitor.aws import Listed

_log = logging.getLogger(__name__)


class S3Feed:
    """`prefix` of `bucket`, looked at `every` so many seconds. `once`: end when all is read.

    Offsets: hour of the objects' time -> digests of those that are done, parted by commas.
    """

    def __init__(
        self,
        bucket: str,
        prefix: str = "",
        *,
        region: str | None = None,
        every: float = 30.0,
        once: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = f"s3:{bucket}/{prefix}"
        self.local = False
        self.ended = False
        self._bucket, self._prefix = bucket, prefix
        self._s3 = S3(region_of(region))
        self._every = every
        self._once = once
        self._clock = clock
        self._done: dict[str, set[str]] = {}
        self._work: Iterator[Batch] = iter(())
        self._next = 0.0

    def start(self, offsets: Mapping[str, str]) -> None:
        """Begin where the offsets say."""
        self._done = {hour: set(text.split(",")) for hour, text in offsets.items()}
        self._work = iter(())
        self._next = 0.0

    def poll(self, wait: float) -> Batch | None:
        """The next block of an object that is new."""
        batch = next(self._work, None)
        if batch is not None:
            return batch
        if self._clock() < self._next:
            time.sleep(min(wait, max(0.0, self._next - self._clock())))
            return None
        self._next = self._clock() + (0.0 if self._once else self._every)
        self._work = self._news()
        batch = next(self._work, None)
        if batch is None and self._once:
            self.ended = True
        return batch

    def acknowledge(self, batch: Batch) -> None:
        """Nothing to do: the offsets are with the worker."""

    def close(self) -> None:
        """Nothing is held open."""

    def _news(self) -> Iterator[Batch]:
        try:
            for one in self._s3.listed(self._bucket, self._prefix):
                hour, mark = one.modified[:13], _mark(one)
                if one.size and mark not in self._done.get(hour, ()):
                    yield from self._object(one, hour, mark)
        except CloudError as error:
            if not error.transient:
                raise UsageError(f"{self.name} cannot be listed: {error}", hint="s3:ListBucket is needed") from error
            _log.warning("%s: %s", self.name, error)

    def _object(self, one: Listed, hour: str, mark: str) -> Iterator[Batch]:
        """Its blocks; the last one carries the offset."""
        arrived = self._clock()
        held = b""
        refused: tuple[tuple[bytes, str], ...] = ()
        place = f"s3://{self._bucket}/{one.key}"
        try:
            for block in object_blocks(lambda file: self._s3.fetch(self._bucket, one.key, file), place):
                if held:
                    yield Batch(self.name, held, {}, arrived)
                held = block
        except UsageError as error:
            refused = ((b"", error.message),)
        except CloudError as error:
            if error.transient or error.status == 403:  # tried again at the next look
                _log.warning("%s: %s", self.name, error)
                return
            refused = ((b"", str(error)),)
        done = self._done.setdefault(hour, set())
        done.add(mark)
        yield Batch(self.name, held, {hour: ",".join(sorted(done))}, arrived, refused=refused)


def _mark(one: Listed) -> str:
    """Sixteen digits for a key and its content."""
    return blake2b(f"{one.key}\0{one.etag}".encode(), digest_size=8).hexdigest()
