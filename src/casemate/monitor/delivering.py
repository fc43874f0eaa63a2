"""From the outbox to the receivers: retried with back-off, never in the way of the events."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from casemate.monitor.durable.store import Store
    from casemate.monitor.sinks.sink import Sink

_FIRST, _LONGEST = 1.0, 300.0
"""Seconds of the first pause and of the longest."""
_PATIENCE = 2000
"""Attempts (about a week at the longest pause) after which an alert becomes a dead letter of its receiver."""


def deliver(database: Store, sink: Sink, now: Callable[[], float], chance: Callable[[], float]) -> int:
    """Tell one receiver what is due; gives how many alerts it took.

    `now`: seconds since 1970. `chance`: 0 to 1, spreads the attempts of several workers.
    """
    told = 0
    while due := database.due(sink.name, now(), sink.batch):
        alerts = [alert for alert, _ in due]
        attempts = {alert.id: count for alert, count in due}
        sent = sink.send(alerts)
        database.told(sink.name, sent.taken)
        for one, reason in sent.refused.items():
            database.bury(sink.name, (one,), f"{sink.name} refused it: {reason}")
        rest = [one for one in attempts if one not in sent.taken and one not in sent.refused]
        lost = [one for one in rest if attempts[one] + 1 >= _PATIENCE]
        database.bury(sink.name, lost, f"{sink.name}: {_PATIENCE} attempts, last: {sent.trouble}")
        waiting = [one for one in rest if one not in lost]
        told += len(sent.taken)
        if waiting:
            tries = max(attempts[one] for one in waiting)
            pause = max(sent.wait, min(_LONGEST, _FIRST * 2 ** min(tries, 12)) * (0.5 + chance() / 2))
            database.postpone(sink.name, waiting, now() + pause, sent.trouble)
            break
    return told
