"""What is decided about an event and about each record of a batch."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from casemate_guard.events.decode import Decoded
    from casemate_guard.events.leaves import Leaf

    Inspect = Callable[[Sequence[Leaf]], "Iterable[Hit]"]
    """The hook of the WAF: what it finds hostile among leaves. Where it raises, everything counts as hostile."""


class Hit:
    """A leaf that a rule finds hostile."""

    __slots__ = ("leaf", "message", "rule")

    def __init__(self, leaf: Leaf, rule: str, message: str = "") -> None:
        self.leaf = leaf
        self.rule = rule
        self.message = message


class Reason:
    """Why an event (record -1) or a record is refused: a rule or a budget, and the path."""

    __slots__ = ("malformed", "path", "record", "what")

    def __init__(self, what: str, path: str, record: int, *, malformed: bool = False) -> None:
        self.what = what
        self.path = path
        self.record = record
        self.malformed = malformed


class Decision:
    """`verdict`: allow, quarantine (some records of a batch) or reject (all of it); `refused`: numbers of records."""

    __slots__ = ("reasons", "refused", "verdict")

    def __init__(self, verdict: str, reasons: Sequence[Reason], refused: frozenset[int]) -> None:
        self.verdict = verdict
        self.reasons = reasons
        self.refused = refused


def judge(
    found: Decoded, inspect: Inspect | None = None, *, beyond: str = "reject", notes: Iterable[str] = ()
) -> Decision:
    """Decide. `beyond`: what an excess means (`reject` or `report`); `notes`: notes that count as malformed too.

    A hit outside the records of a batch, or an excess of the whole event, refuses all of it. Where the hook raises,
    everything is refused: the guard fails closed.
    """
    reasons = [
        Reason(f"budget:{one.budget}", one.path, one.record, malformed=True)
        for one in found.excesses
        if beyond == "reject"
    ]
    counted = frozenset(notes)
    reasons += [Reason(one.note, one.path, one.record, malformed=True) for one in found.notes if one.note in counted]
    if inspect is not None:
        try:
            reasons += [Reason(hit.rule, hit.leaf.path, hit.leaf.record) for hit in inspect(found.leaves)]
        except Exception as error:  # noqa: BLE001 - whatever an engine raises, it has not cleared the event
            reasons.append(Reason(f"engine-failure:{type(error).__name__}", "", -1))
    if not reasons:
        return Decision("allow", (), frozenset())
    refused = frozenset(reason.record for reason in reasons if reason.record >= 0)
    whole = any(reason.record < 0 for reason in reasons)
    if whole or not found.records or len(refused) == len(found.records):
        return Decision("reject", reasons, frozenset(range(len(found.records))))
    return Decision("quarantine", reasons, refused)
