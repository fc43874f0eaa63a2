"""Turns an event into typed leaves: what the sender chose by its kind, what the platform wrote as `platform`."""

from __future__ import annotations

from time import monotonic

from casemate_guard.events import platforms, web
from casemate_guard.events.budgets import BudgetExceededError, Budgets, Meter
from casemate_guard.events.leaves import Decoder, Leaf, Note
from casemate_guard.events.recognise import recognise

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Excess:
    """A budget that an event, or one record of a batch, went beyond: which, and where."""

    __slots__ = ("budget", "path", "record")

    def __init__(self, budget: str, path: str, record: int) -> None:
        self.budget = budget
        self.path = path
        self.record = record


class Decoded:
    """An event as the guard sees it.

    `records`: the records of a batch as the event holds them (empty: no batch). `excesses` with record -1 concern the
    whole event. Where there is an excess, leaves behind it are missing; it is for the policy to say what then.
    """

    __slots__ = ("excesses", "leaves", "notes", "records", "trigger")

    def __init__(
        self,
        trigger: str,
        leaves: Sequence[Leaf],
        notes: Sequence[Note],
        excesses: Sequence[Excess],
        records: Sequence[object],
    ) -> None:
        self.trigger = trigger
        self.leaves = leaves
        self.notes = notes
        self.excesses = excesses
        self.records = records


def decode(event: object, budgets: Budgets | None = None, clock: Callable[[], float] = monotonic) -> Decoded:
    """The typed leaves of an event. Never raises for an event that `json.loads` can give."""
    trigger = recognise(event)
    meter = Meter(budgets or Budgets(), clock)
    decoder = Decoder(meter)
    excesses: list[Excess] = []
    records: list[object] = []
    try:
        for number, (record, path) in enumerate(platforms.records_of(trigger, event)):
            records.append(record)
            decoder.begin(number)
            try:
                meter.time(path)
                platforms.record(decoder, trigger, record, path)
            except BudgetExceededError as error:
                excesses.append(Excess(error.budget, error.path, number))
        decoder.begin(-1)
        if trigger in web.TRIGGERS and isinstance(event, dict):
            web.request(decoder, trigger, event)
        else:
            platforms.around(decoder, trigger, event)
    except BudgetExceededError as error:
        excesses.append(Excess(error.budget, error.path, -1))
    except RecursionError:  # only where a caller's stack is nearly full already
        excesses.append(Excess("depth", "", -1))
    return Decoded(trigger, decoder.leaves, decoder.notes, excesses, records)
