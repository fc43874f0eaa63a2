"""What is decided about an event and about each record of a batch."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from casemate_guard.events.decode import Decoded
    from casemate_guard.events.leaves import Leaf

    Inspect = Callable[[Sequence[Leaf]], "Iterable[Hit]"]
    """The hook of the WAF: what it finds hostile among leaves. Where it raises, everything counts as hostile."""


class Hit:
    """A leaf that a rule finds hostile; with the mode `observe` it is only told."""

    __slots__ = ("leaf", "message", "mode", "rule")

    def __init__(self, leaf: Leaf, rule: str, message: str = "", mode: str = "enforce") -> None:
        self.leaf = leaf
        self.mode = mode
        self.rule = rule
        self.message = message


class Reason:
    """Why an event (record -1) or a record is refused: a rule or a budget, and the path.

    `mode`: `enforce`, or `observe` where the rule only tells.
    """

    __slots__ = ("malformed", "mode", "path", "record", "what")

    def __init__(self, what: str, path: str, record: int, *, malformed: bool = False, mode: str = "enforce") -> None:
        self.what = what
        self.path = path
        self.record = record
        self.malformed = malformed
        self.mode = mode


class Decision:
    """`verdict`: allow, quarantine (some records of a batch) or reject (all of it); `refused`: numbers of records.

    `reasons` are of refusal, and of what is only observed.
    """

    __slots__ = ("reasons", "refused", "verdict")

    def __init__(self, verdict: str, reasons: Sequence[Reason], refused: frozenset[int]) -> None:
        self.verdict = verdict
        self.reasons = reasons
        self.refused = refused


def starter(paranoia: int = 1, modes: Mapping[str, str] | None = None, *, threshold: int = 5) -> Inspect:
    """Our own rules as a hook. They are imported when the first event comes, not at the cold start."""
    built: list[Inspect] = []

    def inspect(leaves: Sequence[Leaf]) -> Iterable[Hit]:
        if not built:
            from casemate_guard.waf.starter.engine import Starter

            built.append(Starter(paranoia, modes, threshold=threshold))
        return built[0](leaves)

    return inspect


def judge(
    found: Decoded,
    inspect: Inspect | None = None,
    *,
    beyond: str = "reject",
    notes: Iterable[str] = (),
    more: Callable[[], Iterable[Reason]] | None = None,
    mode_of: Callable[[str], str] | None = None,
) -> Decision:
    """Decide. `beyond`: what an excess means (`reject` or `report`); `notes`: notes that count as malformed too.

    `more`: further reasons, of checks other than the WAF; `mode_of`: the mode of a rule (None: all are enforced).

    A hit outside the records of a batch, or an excess of the whole event, refuses all of it. Where the hook raises,
    everything is refused: the guard fails closed.
    """
    reasons = [
        Reason(f"engine-failure:{one.budget}", one.path, one.record)
        if one.budget.startswith("defect")  # the decoder failed: no policy takes that for a budget
        else Reason(f"budget:{one.budget}", one.path, one.record, malformed=True)
        for one in found.excesses
        if beyond == "reject" or one.budget.startswith("defect")
    ]
    counted = frozenset(notes)
    reasons += [Reason(one.note, one.path, one.record, malformed=True) for one in found.notes if one.note in counted]
    try:
        if more is not None:
            reasons += more()
        if inspect is not None:
            reasons += [
                Reason(one.rule, one.leaf.path, one.leaf.record, mode=one.mode) for one in inspect(found.leaves)
            ]
    except Exception as error:  # noqa: BLE001 - whatever an engine raises, it has not cleared the event
        reasons.append(Reason(f"engine-failure:{type(error).__name__}", "", -1))
    if mode_of is not None:
        for reason in reasons:
            reason.mode = mode_of(reason.what)
        reasons = [reason for reason in reasons if reason.mode != "off"]
    enforced = [reason for reason in reasons if reason.mode == "enforce"]
    if not enforced:
        return Decision("allow", reasons, frozenset())
    refused = frozenset(reason.record for reason in enforced if reason.record >= 0)
    whole = any(reason.record < 0 for reason in enforced)
    if whole or not found.records or len(refused) == len(found.records):
        return Decision("reject", reasons, frozenset(range(len(found.records))))
    return Decision("quarantine", reasons, refused)
