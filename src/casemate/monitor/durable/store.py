"""What every database of the monitor is to the worker and to those who tell: one transaction a batch, one outbox."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from casemate.errors import CasemateError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from casemate.model.alert import Alert

MAX_DEAD = 64_000
"""Bytes of a dead letter that are kept."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a new alert beside being kept.

    `sinks`: who is told. `silenced`: why nobody is (a suppression, a quiet hour). `once`: alerts with the same text
    here are one for the receivers: the first that is kept is told.
    """

    sinks: tuple[str, ...] = ()
    silenced: str = ""
    once: str = ""


@dataclass(frozen=True, slots=True)
class Lease:
    """A partition of a feed that this process reads, and nobody else. `epoch` grows with each new owner (the fence)."""

    feed: str
    partition: str
    owner: str
    epoch: int

    @property
    def shard(self) -> str:
        """The name under which windows and watermarks of the partition are kept."""
        return f"{self.feed}/{self.partition}"


class LeaseLostError(CasemateError):
    """Another process reads the partition by now; nothing of the batch was kept."""


class Store(Protocol):
    """A database of the monitor. `errors`: what its driver raises when it fails."""

    errors: tuple[type[Exception], ...]

    def keep(  # noqa: PLR0913 - one transaction is one call
        self,
        *,
        feed: str,
        offsets: Mapping[str, str],
        windows: Mapping[str, bytes | None],
        alerts: Iterable[Alert],
        sinks: Iterable[str],
        watermarks: Mapping[tuple[str, str], int],
        dead: Iterable[tuple[bytes, str]],
        fates: Mapping[str, Fate] | None = None,
        lease: Lease | None = None,
    ) -> list[Alert]:
        """Write all that a batch brings, or nothing; gives the alerts that are new and that somebody is to be told.

        A window of None is forgotten. `fates`: alert id -> what becomes of it, where it is not `sinks`. `lease`: the
        partition that the batch is from; raises `LeaseLostError` when another process has it.
        """

    def offsets(self, feed: str) -> dict[str, str]:
        """How far a feed is, by partition."""

    def windows(self, shard: str = "") -> dict[str, bytes]:
        """All windows of a shard."""

    def watermarks(self, shard: str = "") -> dict[tuple[str, str], int]:
        """The latest event time by source and account."""

    def alerts(self) -> list[Alert]:
        """All alerts that are kept, by time."""

    def silenced(self) -> dict[str, str]:
        """Alert id -> why nobody was told."""

    def dead(self) -> list[tuple[str, str, bytes]]:
        """The dead letters: feed, reason, record."""

    def due(self, sink: str, now: float, limit: int) -> list[tuple[Alert, int]]:
        """Alerts that a sink should be told, with the attempts so far."""

    def is_due(self, sink: str, now: float) -> bool:
        """Whether `due` would give something; claims nothing."""

    def outbox(self, sink: str) -> list[Alert]:
        """All alerts that a sink has not been told, by time; claims nothing."""

    def waiting(self, sink: str) -> int:
        """How many alerts a sink has not been told."""

    def told(self, sink: str, ids: Iterable[str]) -> None:
        """The sink has them."""

    def postpone(self, sink: str, ids: Iterable[str], due: float, trouble: str) -> None:
        """Try them again later."""

    def bury(self, sink: str, ids: Iterable[str], reason: str) -> None:
        """The sink will never take them: they become dead letters of the sink."""

    def forget(self, before: int) -> None:
        """Drop alerts older than `before` (event time, milliseconds) that every sink has been told."""

    def close(self) -> None:
        """Close it."""
