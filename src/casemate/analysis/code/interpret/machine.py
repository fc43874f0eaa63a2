"""The machine: the state of one walk, and what it has found."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from casemate.analysis.code.interpret.trail import Changes, GuardCells, Trail
from casemate.analysis.code.labels import BIT, MAX_LABELS, SLASHED, UNDOUBLED, Label, Origin, Taint, Trace
from casemate.analysis.code.values import Cells, Class, Const, Guards, ModuleValue, Scope, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from casemate.analysis.code import ir
    from casemate.analysis.code.facts import SdkCall
    from casemate.analysis.code.libraries import Models
    from casemate.analysis.code.project import Project
    from casemate.model.finding import Confidence

MAX_EVALUATIONS = 60_000
"""Expressions of one entry. Real handlers need a few thousand; what is cut off is said."""
MAX_DEPTH = 28
_REDIRECT = BIT["redirect"]
NEXT, DEAD = 0, 1
"""What a block ends in: the next statement, or nothing (it returned, raised, or left the loop)."""


class CutOff(Exception):  # noqa: N818 - not an error: the walk stops here
    """The budget of the entry is used up."""


class Exit(NamedTuple):
    """A return: the value, the state it was in, and how long the log was."""

    value: Value
    changes: Changes
    length: int
    guards: dict[object, Value]


class Loop:
    """A loop that is being walked: the states in which it was left and in which its next turn begins."""

    __slots__ = ("breaks", "continues", "label", "mark", "turn")

    def __init__(self, mark: int, label: str | None) -> None:
        self.mark = mark
        self.turn = mark
        self.label = label
        self.breaks: list[Changes] = []
        self.continues: list[Changes] = []


class Attempt:
    """A `try` that is being walked: the states in which something was raised, and what."""

    __slots__ = ("mark", "raised", "values")

    def __init__(self, mark: int) -> None:
        self.mark = mark
        self.raised: list[Changes] = []
        self.values: list[Value] = []


class Frame:
    """A call that is being walked."""

    __slots__ = ("captured", "cls", "exits", "function", "loops", "mark", "module", "scope", "serial", "this", "yields")

    def __init__(
        self, module: ir.Module, scope: Scope, mark: int, function: ir.Function | None = None, this: Value | None = None
    ) -> None:
        self.module = module
        self.scope = scope
        self.mark = mark
        self.function = function
        self.this = this
        self.exits: list[Exit] = []
        self.loops: list[Loop] = []
        self.yields: list[Value] | None = None
        self.captured = False
        self.cls: Class | None = None
        self.serial = scope.fields.serial


class Found(NamedTuple):
    """Something found: data at a sink (`label`), or a misuse (no label)."""

    kind: str
    module: ir.Module
    at: ir.At
    callee: str
    label: Label | None
    confidence: Confidence
    cwe: str | None
    message: str
    evidence: tuple[tuple[str, str], ...] = ()
    origins: tuple[str, ...] = ()

    @property
    def rank(self) -> tuple[int, int]:
        """Sure before unsure, short before long."""
        trust = {"high": 0, "medium": 1, "low": 2}[self.confidence]
        return (trust, self.label.trace.length if self.label else 0)


class SdkUse(NamedTuple):
    """A call of a cloud's SDK, with its parameters as they were."""

    sdk: str
    service: str
    operation: str
    parameters: dict[str, Value]
    module: ir.Module
    at: ir.At
    sure: bool


class Weighing:
    """What one entry decides by (see `weighing`).

    `identity`: where it reads who the caller is; `used`: whether that decides anything; `judging`: whether it may be an
    authoriser, of which `request` says whether what it is sent decides anything, and `answers` what it gave back;
    `candidates`: objects picked by the request alone, with whether they are changed.
    """

    __slots__ = ("answers", "candidates", "identity", "judging", "request", "used")

    def __init__(self, *, judging: bool = False) -> None:
        self.identity: tuple[ir.Module, ir.At, Label] | None = None
        self.used = False
        self.request = False
        self.judging = judging
        self.candidates: list[tuple[Found, bool]] = []
        self.answers: list[Value] = []


class NotFollowed(NamedTuple):
    """A place where the code cannot be followed, and why."""

    module: ir.Module
    at: ir.At
    reason: str


class Machine:
    """One walk over one entry."""

    __slots__ = (
        "accessors", "attempts", "budget", "bytes_read", "depth", "extras", "found", "guards", "guessing", "language",
        "latent", "left", "memo", "models", "modules", "muted", "not_followed", "packages", "project", "registrations",
        "resolving", "responder", "stack", "trail", "uses", "walked", "weighing", "writing",
    )  # fmt: skip

    def __init__(self, project: Project, models: Models, *, budget: int = MAX_EVALUATIONS) -> None:
        self.project = project
        self.models = models
        self.language = models.language
        self.trail = Trail()
        self.guards = GuardCells()
        self.extras = Cells()
        self.guessing = False
        self.accessors = False
        self.attempts: list[Attempt] = []
        self.stack: list[Frame] = []
        self.depth = 0
        self.left = budget
        self.budget = budget
        self.walked: set[int] = set()
        self.found: dict[tuple[str, str, ir.At], Found] = {}
        self.uses: dict[tuple[str, ir.At, str], SdkCall] = {}
        self.not_followed: dict[tuple[str, ir.At], NotFollowed] = {}
        self.memo: dict[object, Value] = {}
        self.responder: Callable[[Value, ir.Expr | None, ir.At, Frame], None] | None = None
        self.resolving: list[list[Value]] = []
        self.registrations: list[tuple[str, list[Value], dict[str, Value], ir.Module, ir.At]] = []
        self.muted = 0
        self.writing: ir.Expr | None = None
        self.modules: dict[str, ModuleValue] = {}
        self.packages: dict[tuple[str, str], Scope] = {}
        self.bytes_read = 0
        self.latent: dict[tuple[str, str, ir.At], Found] = {}
        self.weighing = Weighing()

    # -- what was found
    def report(self, found: Found) -> None:
        """Keep a finding: of two at one place of one kind the surer and shorter."""
        place = (found.kind, found.module.path, found.at)
        self.found[place] = _better(found, self.found.get(place))

    def keep_latent(self, found: Found) -> None:
        """Keep what is a finding if another function lets an attacker choose what was stored."""
        place = (found.kind, found.module.path, found.at)
        self.latent[place] = _better(found, self.latent.get(place))

    def unfollowed(self, frame: Frame, at: ir.At, reason: str) -> None:
        """Say that the code cannot be followed here."""
        self.not_followed.setdefault((frame.module.path, at), NotFollowed(frame.module, at, reason))

    def spend(self, count: int = 1) -> None:
        """Work that no expression of the program stands for counts, too. Raises `CutOff`."""
        self.left -= count
        if self.left < 0:
            raise CutOff

    # -- labels and guards
    def cured(self, label: Label) -> int:
        """The kinds of sinks for which the label's data is harmless here."""
        guard = self.guards.get(label.origin.key)
        bits = label.cured if guard is None else label.cured | int(guard.value or 0)  # type: ignore[attr-defined]
        return bits | _REDIRECT if bits >= UNDOUBLED and bits & SLASHED else bits

    def guard(self, guards: Guards) -> None:
        """From here on these checks hold."""
        for key, bits in guards:
            known = self.guards.get(key)
            before = int(known.value or 0) if isinstance(known, Const) else 0
            if before | bits != before:
                self.trail.set(self.guards, key, Const(before | bits))

    def source(self, frame: Frame, at: ir.At, origin: Origin, words: str | None = None) -> Taint:
        """The label of data that comes in here."""
        return (Label(origin, Trace(frame.module, at, words or f"{origin.what} comes in")),)


def harmful(taint: Taint, machine: Machine, kind: str, wanted: frozenset[str] | None = None) -> Label | None:
    """The label with the shortest way that does harm at a sink of this kind, if any does."""
    bit = BIT[kind]
    wanted = wanted or _ORIGINS.get(kind, _ATTACKER)
    best: Label | None = None
    for label in taint:
        if label.origin.kind not in wanted or machine.cured(label) & bit:
            continue
        if best is None or (not best.sure, best.trace.length) > (not label.sure, label.trace.length):
            best = label
    return best


def origins_of(taint: Taint, machine: Machine, kind: str, first: Label) -> tuple[str, ...]:
    """The keys of all the data that does harm at a sink of this kind, that of `first` first.

    Data that was stored is among them: another function may let an attacker choose it.
    """
    wanted = _ATTACKER | STORED if kind not in _ORIGINS else frozenset()
    every = (first, *(label for label in taint if not machine.cured(label) & BIT[kind]))
    return tuple(dict.fromkeys(label.origin.key for label in every if label.origin.kind in wanted))


def _better(found: Found, known: Found | None) -> Found:
    """Of two findings of one kind at one place the surer and shorter, with the data of both."""
    if known is None:
        return found
    best, other = (found, known) if found.rank < known.rank else (known, found)
    if not other.origins or other.origins == best.origins:
        return best
    return best._replace(origins=tuple(dict.fromkeys((*best.origins, *other.origins)))[:MAX_LABELS])


_ATTACKER = frozenset({"request", "profile"})
STORED = frozenset({"stored"})
_ORIGINS = {"verbose-error": frozenset({"error"}), "sensitive-log": frozenset({"secret"}),
            "tmp-reuse": frozenset({"request", "profile", "stored", "secret"})}  # fmt: skip
"""Which origins a kind of sink is about: an attacker's data, unless said here."""
