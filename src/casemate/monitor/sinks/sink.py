"""What every receiver is to the outbox: alerts out, and what became of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from casemate.model.alert import Alert


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of the alerts, by id: taken (or known already), to be tried again, refused for good (id -> reason).

    An alert in none of the three is tried again. `wait`: seconds that the receiver asks for before the next attempt.
    """

    taken: frozenset[str] = frozenset()
    again: frozenset[str] = frozenset()
    refused: Mapping[str, str] = field(default_factory=dict)
    trouble: str = ""
    wait: float = 0.0


class Sink(Protocol):
    """One receiver. `batch`: how many alerts a call may carry at most.

    `send` never raises for what the receiver or the network does: it says so in `Sent`. The same alert may come twice
    after a crash; where the receiver can be told an id, that makes it one, and where not the id is a field.
    """

    name: str
    batch: int

    def send(self, alerts: Sequence[Alert]) -> Sent:
        """Tell the receiver."""

    def close(self) -> None:
        """Let go of the connection."""
