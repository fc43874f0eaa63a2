"""What a function of Azure's Node.js model v4 is started with when no HTTP request starts it.

Sources: Azure Functions, "Node.js developer guide" (registering a function; `InvocationContext`: triggerMetadata,
logging), and the pages of the triggers ("Trigger metadata", "Message metadata").
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.events import OWN
from casemate.analysis.code.joining import unknown
from casemate.analysis.code.labels import Label, Origin, Trace
from casemate.analysis.code.values import UNKNOWN, Closure, Mapping, Shape, Thing, Value

if TYPE_CHECKING:
    from casemate.analysis.code.labels import Taint

_MESSAGE, _NOTIFICATION, _RECORD = "a message of the queue", "a message of the topic", "a record of the stream"
_HANDED: dict[str, tuple[str, str | None]] = {
    "storageBlob": ("the content of a blob", "the name of a blob"),
    "storageQueue": (_MESSAGE, _MESSAGE),
    "serviceBusQueue": (_MESSAGE, _MESSAGE),
    "serviceBusTopic": (_NOTIFICATION, _NOTIFICATION),
    "eventHub": (_RECORD, _RECORD),
    "eventGrid": ("the detail of the event", None),
    "cosmosDB": ("a change of a document", None),
    "sql": ("a change of a row", None),
    "mySql": ("a change of a row", None),
    "webPubSub": ("a message of a client", None),
}
"""By the method of `app`: what is handed over, and what of it is in the metadata."""
TRIGGERS = frozenset({*_HANDED, "timer", "warmup", "generic"})
"""Methods of `app` that register a function which no HTTP request starts."""
_OWN = (
    "id", "popReceipt", "dequeueCount", "insertionTime", "expirationTime", "nextVisibleTime", "messageId",
    "deliveryCount", "enqueuedTimeUtc", "enqueuedTime", "enqueuedSequenceNumber", "sequenceNumber", "lockToken",
    "lockedUntil", "lockedUntilUtc", "expiresAt", "expiresAtUtc", "state", "partitionContext", "offset",
    "sequenceNumberArray", "enqueuedTimeUtcArray", "offsetArray", "properties", "sys", "invocationId", "functionName",
)  # fmt: skip
"""Metadata that the platform makes up: counts, times and its own ids."""
_LEVELS = ("log", "trace", "debug", "info", "warn", "error")


def given_by(function: Value, verb: str) -> tuple[Value, ...]:
    """What a function that `app.<verb>` registers is called with: what started it, and its context."""
    what, named = _HANDED.get(verb, (None, None))
    taint: Taint = ()
    if what is not None and isinstance(function, Closure):
        at = function.function.name_at or function.function.at
        taint = (Label(Origin("message", what), Trace(function.module, at, f"{what} comes in")),)
    about = OWN if named is None else Shape(None, {**dict.fromkeys(_OWN, OWN), "*": Shape(named)})
    context = Mapping(shape=Shape(None, {"triggerMetadata": about, "*": OWN}), key="context")
    context.fields.update((level, Thing(f"console.{level}")) for level in _LEVELS)
    return (unknown(taint) if taint else UNKNOWN, context)
