"""Objects of platforms' SDKs as events, and back: Azure Functions, Google's functions-framework, ASGI.

On AWS a handler gets JSON values; there nothing of this is imported. `door` looks at the modules of the arguments'
types, so no SDK is imported either.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from casemate_guard.batch import Division
    from casemate_guard.decision import Decision

_PLAIN = frozenset({dict, list, str, int, float, bool, type(None), bytes})
_FAMILIES = {
    "azure": "azure",
    "flask": "google",
    "werkzeug": "google",
    "cloudevents": "google",
    "starlette": "starlette",
    "fastapi": "starlette",
}


class Door:
    """One call of a handler by a platform.

    `event`: what its arguments say as a JSON value, of the kind `trigger`; `place`: the position or the name of the
    argument that carries it. `refuse` makes the platform's own answer of a status; None where the trigger knows none.
    `items`: the objects of a batch, in order.
    """

    __slots__ = ("event", "items", "place", "refuse", "trigger")

    def __init__(
        self,
        event: object,
        trigger: str | None,
        place: int | str = 0,
        refuse: Callable[[int, str], object] | None = None,
        items: Sequence[object] | None = None,
    ) -> None:
        self.event = event
        self.trigger = trigger
        self.place = place
        self.refuse = refuse
        self.items = items

    def arguments(
        self, division: Division, args: tuple[object, ...], named: dict[str, object]
    ) -> tuple[tuple[object, ...], dict[str, object]]:
        """The arguments of the handler, a batch without what was refused."""
        if self.items is None or len(division.delivered) == len(self.items):
            return args, named
        kept = [self.items[number] for number in division.delivered]
        if isinstance(self.place, str):
            return args, {**named, self.place: kept}
        return (*args[: self.place], kept, *args[self.place + 1 :]), named

    def refusal(self, decision: Decision) -> object:
        """The answer to the caller."""
        from casemate_guard.handler import TEXTS, refusal, status_of

        if self.refuse is None:
            return refusal(self.trigger or "direct", decision)
        status = status_of(decision)
        return self.refuse(status, TEXTS[status])


def door(args: tuple[object, ...], named: dict[str, object]) -> Door | None:
    """How the platform calls; None where the first argument is a plain JSON value."""
    if args and type(args[0]) in _PLAIN and not _is_objects(args[0]):
        return None
    for place, value in (*enumerate(args), *named.items()):
        one = value[0] if _is_objects(value) else value  # type: ignore[index]  # a list
        for kind in type(one).__mro__:
            family = _FAMILIES.get(kind.__module__.partition(".")[0])
            if family is not None:
                from importlib import import_module

                found: Door | None = import_module(f"casemate_guard.adapters.{family}").door(place, value)
                if found is not None:
                    return found
                break
    return None


def _is_objects(value: object) -> bool:
    return isinstance(value, list) and bool(value) and type(value[0]) not in _PLAIN
