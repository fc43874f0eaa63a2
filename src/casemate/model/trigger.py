"""What starts a function other than an HTTP route."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from casemate.model.entity import Entity
from casemate.model.record import dataclass

if TYPE_CHECKING:
    from casemate.model.entity import Link
    from casemate.model.setting import Setting

TriggerKind = Literal[
    "bucket", "queue", "topic", "bus", "schedule", "stream", "table", "kafka", "message-broker", "iot", "user-pool",
    "mail", "logs",
    "alarm", "config", "pipeline", "alexa", "custom-resource", "document-store", "state-machine", "http", "blob",
    "timer", "other",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trigger(Entity):
    """An event source of a function.

    `source`: the thing that events come from; `dead_letter`: failed events are kept somewhere; `retries`: maximum
    attempts (None: the service's
    own, which may be until the record expires); `filters`: key prefix/suffix or patterns as text; `at`: the event
    itself.
    """

    kind: TriggerKind
    function: Link
    source: Link | None
    dead_letter: Setting[bool]
    retries: Setting[int | None]
    enabled: Setting[bool]
    filters: tuple[str, ...] = ()
