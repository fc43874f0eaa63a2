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


def decode(
    event: object,
    budgets: Budgets | None = None,
    clock: Callable[[], float] = monotonic,
    trigger: str | None = None,
) -> Decoded:
    """The typed leaves of an event. Never raises: a defect of ours is an excess called `defect`, so it is refused.

    `trigger`: where the caller knows it (an object of a platform's SDK); else the event shows it.
    """
    meter = Meter(budgets or Budgets(), clock)
    decoder = Decoder(meter)
    excesses: list[Excess] = []
    records: list[object] = []
    known = trigger or "direct"
    try:
        known = trigger or recognise(event)
        for number, (record, path) in enumerate(platforms.records_of(known, event)):
            records.append(record)
            decoder.begin(number)
            try:
                meter.time(path)
                platforms.record(decoder, known, record, path)
            except BudgetExceededError as error:
                excesses.append(Excess(error.budget, error.path, number))
        decoder.begin(-1)
        if known in web.TRIGGERS and isinstance(event, dict):
            web.request(decoder, known, event)
        else:
            platforms.around(decoder, known, event)
    except BudgetExceededError as error:
        excesses.append(Excess(error.budget, error.path, -1))
    except RecursionError:  # only where a caller's stack is nearly full already
        excesses.append(Excess("depth", "", -1))
    except Exception as error:  # noqa: BLE001 - an attacker would look for one that lets the event through
        excesses.append(Excess(f"defect:{type(error).__name__}", "", -1))
    return Decoded(known, decoder.leaves, decoder.notes, excesses, records)
