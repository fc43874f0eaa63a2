"""Batches that a receiver refuses as a whole: halved until the alert that it will not take is alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.monitor.sinks.sink import Sent

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from casemate.model.alert import Alert


def halves(send: Callable[[Sequence[Alert]], Sent], alerts: Sequence[Alert]) -> Sent:
    """What `send` says of both halves, together; the second one waits where the first met trouble that may pass."""
    middle = len(alerts) // 2
    first = send(alerts[:middle])
    if first.again:
        rest = frozenset(alert.id for alert in alerts[middle:])
        return Sent(first.taken, first.again | rest, first.refused, first.trouble, first.wait)
    second = send(alerts[middle:])
    return Sent(
        first.taken | second.taken,
        second.again,
        {**first.refused, **second.refused},
        second.trouble,
        second.wait,
    )
