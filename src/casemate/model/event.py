"""One record of what happened: a call, a log line, a decision of the guard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

Scalar = str | int | float | bool | None
"""What stands at the end of a path."""


@dataclass(frozen=True, slots=True)
class Event:
    """A record with what every source can say of it.

    `source`: its kind (`aws.cloudtrail`; the closed set is `casemate.monitor.events.SOURCES`). `id`: unique within
    source and account; where the source gives none, a digest of the record. `time`: when it happened, milliseconds
    since 1970 in UTC; -1 where the record does not say. `account`: account, subscription, project or organisation,
    `""` where there is none. `body`: the record as decoded, in the source's own shape.
    """

    source: str
    id: str
    time: int
    account: str
    body: Mapping[str, object]

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes a second delivery the same event. One call can stand in the trails of several accounts."""
        return (self.source, self.account, self.id)
