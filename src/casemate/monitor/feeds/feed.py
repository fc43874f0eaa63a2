"""What every transport is to the worker: batches in, acknowledgement after the commit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Batch:
    """Records to be taken at once.

    `block`: records, one a line. `offsets`: partition -> how far the feed is once this batch is kept; written in the
    same transaction as what came of the batch. `arrived`: monotonic seconds at which the first record came, for the
    latency. `ticket`: whatever the feed needs to acknowledge the batch. `refused`: records that the feed itself could
    not read, with the reason. `partition`: of a divided feed, the one that all of it is from.
    """

    feed: str
    block: bytes
    offsets: Mapping[str, str] = field(default_factory=dict)
    arrived: float = 0.0
    ticket: object = None
    refused: tuple[tuple[bytes, str], ...] = ()
    partition: str = ""


class Feed(Protocol):
    """One transport. Delivery is at least once: what was not acknowledged comes again.

    `name`: the same in all workers, for offsets are kept under it. `local`: its events come to this process alone (a
    port), so that no other worker could read them.
    """

    name: str
    local: bool

    def start(self, offsets: Mapping[str, str]) -> None:
        """Begin where the offsets say; a second time: begin anew, after another worker had it."""

    def poll(self, wait: float) -> Batch | None:
        """The next batch, after at most `wait` seconds; None where nothing came."""

    def acknowledge(self, batch: Batch) -> None:
        """The batch is kept; it need not come again."""

    @property
    def ended(self) -> bool:
        """Whether nothing more will ever come."""

    def close(self) -> None:
        """Let go of files and sockets."""


@runtime_checkable
class Divided(Protocol):
    """A feed whose partitions several workers can share. Each of its batches is from one partition."""

    def partitions(self, offsets: Mapping[str, str]) -> Sequence[str]:
        """Those that are to be read now, where the offsets say how far all workers are."""

    def assign(self, partition: str, offsets: Mapping[str, str]) -> None:
        """Read this one too, from where the offsets say."""

    def revoke(self, partition: str) -> None:
        """Read it no more; what was read and is not kept is forgotten."""
