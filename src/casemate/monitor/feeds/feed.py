"""What every transport is to the worker: batches in, acknowledgement after the commit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Batch:
    """Records to be taken at once.

    `block`: records, one a line. `offsets`: partition -> how far the feed is once this batch is kept; written in the
    same transaction as what came of the batch. `arrived`: monotonic seconds at which the first record came, for the
    latency. `ticket`: whatever the feed needs to acknowledge the batch. `refused`: records that the feed itself could
    not read, with the reason.
    """

    feed: str
    block: bytes
    offsets: Mapping[str, str] = field(default_factory=dict)
    arrived: float = 0.0
    ticket: object = None
    refused: tuple[tuple[bytes, str], ...] = ()


class Feed(Protocol):
    """One transport. Delivery is at least once: what was not acknowledged comes again."""

    name: str

    def start(self, offsets: Mapping[str, str]) -> None:
        """Begin where the offsets say."""

    def poll(self, wait: float) -> Batch | None:
        """The next batch, after at most `wait` seconds; None where nothing came."""

    def acknowledge(self, batch: Batch) -> None:
        """The batch is kept; it need not come again."""

    @property
    def ended(self) -> bool:
        """Whether nothing more will ever come."""

    def close(self) -> None:
        """Let go of files and sockets."""
