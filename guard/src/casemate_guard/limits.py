"""Time and size of one invocation."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

LARGEST_RESPONSE = 6 * 1024 * 1024
"""Bytes of a synchronous response that Lambda accepts ("Lambda quotas"); beyond it the caller gets an error anyway."""
_RESERVE = 0.25
"""Seconds of the platform's timeout that are left for the guard's own answer."""


class TimeLimitError(TimeoutError):
    """The handler took longer than its budget."""


class SizeLimitError(ValueError):
    """The response is larger than its budget."""


def seconds_left(context: object, limit: float | None) -> float | None:
    """The budget of the handler: `limit`, but never beyond the platform's timeout; None where neither is known."""
    remaining = getattr(context, "get_remaining_time_in_millis", None)
    if callable(remaining):
        try:
            left = max(0.01, float(remaining()) / 1000 - _RESERVE)
        except (TypeError, ValueError):
            return limit
        return left if limit is None else min(limit, left)
    return limit


class Alarm:
    """Raises `TimeLimitError` in the handler after `seconds`, by the process's interval timer.

    Works in the main thread of a system with signals, which is where Lambda calls a handler; elsewhere it does nothing
    (`armed` says so), and the platform's own timeout remains. Code that sits in C does not hear it until it returns.
    """

    __slots__ = ("_before", "_seconds", "armed")

    def __init__(self, seconds: float | None) -> None:
        self._seconds = seconds
        self._before: object = None
        self.armed = False

    def __enter__(self) -> Self:
        import signal
        import threading

        if self._seconds is None or not hasattr(signal, "setitimer"):
            return self
        if threading.current_thread() is not threading.main_thread() or signal.getitimer(signal.ITIMER_REAL)[0]:
            return self  # not ours to take: somebody else's timer is running
        self._before = signal.signal(signal.SIGALRM, self._ring)
        signal.setitimer(signal.ITIMER_REAL, self._seconds)
        self.armed = True
        return self

    def __exit__(self, *_raised: object) -> None:
        if self.armed:
            import signal

            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, self._before)  # type: ignore[arg-type]  # what signal() returned

    @staticmethod
    def _ring(_number: int, _frame: object) -> None:
        raise TimeLimitError("the handler took longer than its budget")


def check_size(response: object, limit: int) -> None:
    """Raise `SizeLimitError` where the response, as JSON, is larger than `limit` bytes."""
    if _at_least(response) > limit:
        raise SizeLimitError(f"the response is larger than {limit} bytes")


def _at_least(response: object) -> int:
    """Bytes of the strings, keys and numbers in a response: never more than its JSON has."""
    return sum(_sizes(response))


def _sizes(response: object) -> Iterator[int]:
    pending = [response]
    seen: set[int] = set()
    while pending:
        value = pending.pop()
        if isinstance(value, str):
            yield len(value) + 2 if value.isascii() else len(value.encode("utf-8", "surrogatepass")) + 2
        elif isinstance(value, bytes | bytearray):
            yield len(value)
        elif isinstance(value, dict | list | tuple):
            if id(value) in seen:
                continue
            seen.add(id(value))
            yield 2
            if isinstance(value, dict):
                pending += value.keys()
                pending += value.values()
            else:
                pending += value
        else:
            yield 1
