"""Labels: which data of an attacker is in a value, what it has been cured of, and the way it came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, get_args

from casemate.model.flow import FlowKind

if TYPE_CHECKING:
    from collections.abc import Mapping as Map

    from casemate.analysis.code import ir


KINDS: Final[tuple[str, ...]] = get_args(FlowKind)
BIT: Final[Map[str, int]] = {kind: 1 << number for number, kind in enumerate(KINDS)}
EVERY: Final = (1 << len(KINDS)) - 1
"""Cures are sets of kinds of sinks, as bits: most labels have none."""
SLASHED: Final = 1 << len(KINDS)
UNDOUBLED: Final = 1 << (len(KINDS) + 1)
"""Halves of a cure: text that begins with a slash, and does not begin with two, leads nowhere else."""

TRACEBACK: Final = "an exception's stack trace"
"""What an origin of kind `error` is when it tells files, lines and versions, whatever the error is about."""
MAX_LABELS = 12
MAX_STEPS = 14

# How a label's text relates to the data as it came in: what a check of it then says about the data.
WHOLE, HOST, PLACE, PART = range(4)
"""The data itself (trimmed, in another case); the host of a URL in it; it as a normalised path; some text of it."""


class Origin:
    """One thing that an attacker can choose. `key`: equal for equal things; `what`: for people; `kind` as in models."""

    __slots__ = ("key", "kind", "what")

    def __init__(self, key: str, what: str, kind: str = "request") -> None:
        self.key = key
        self.what = what
        self.kind = kind

    def __repr__(self) -> str:
        return f"Origin({self.key!r})"


class Trace:
    """The way of a label, newest stop first. `call`: whether the stop is where a call was made."""

    __slots__ = ("at", "label", "length", "module", "previous")

    def __init__(self, module: ir.Module, at: ir.At, label: str, previous: Trace | None = None) -> None:
        self.module = module
        self.at = at
        self.label = label
        self.previous = previous
        self.length: int = 1 if previous is None else previous.length + 1


class Label:
    """Data of one origin in a value.

    `cured`: the kinds of sinks it is harmless for (bits); `quoted`: the cure holds only outside (inside) of quotes;
    `form`: how the text relates to the data; `sure`: False once it went through something that is only supposed to
    hand it on.
    """

    __slots__ = ("cured", "form", "key", "origin", "quoted", "sure", "trace")

    def __init__(
        self, origin: Origin, trace: Trace, *, cured: int = 0, quoted: str = "", form: int = WHOLE, sure: bool = True
    ) -> None:
        self.origin = origin
        self.trace = trace
        self.cured = cured
        self.quoted = quoted
        self.form = form
        self.sure = sure
        self.key = (origin.key, cured, quoted, form, sure)

    def with_step(self, module: ir.Module, at: ir.At, label: str) -> Label:
        """The same label one stop further on."""
        trace = self.trace
        if trace.length >= MAX_STEPS or (trace.module is module and trace.at == at):
            return self
        return Label(
            self.origin,
            Trace(module, at, label, trace),
            cured=self.cured,
            quoted=self.quoted,
            form=self.form,
            sure=self.sure,
        )

    def derived(self, *, cured: int = 0, quoted: str = "", form: int | None = None, sure: bool = True) -> Label:
        """The label of what was made of the data."""
        return Label(
            self.origin,
            self.trace,
            cured=self.cured | cured,
            quoted=quoted or self.quoted,
            form=self.form if form is None else form,
            sure=self.sure and sure,
        )

    def __repr__(self) -> str:
        return f"Label({self.origin.key}, cured={self.cured:b}, form={self.form})"


Taint = tuple[Label, ...]


def is_stored(taint: Taint) -> bool:
    """Whether all of it comes from a store."""
    return all(label.origin.kind == "stored" for label in taint)


def merge(left: Taint, right: Taint) -> Taint:
    """The labels of both; of two with one key the one with the shorter way."""
    if not right or left is right:
        return left
    if not left:
        return right
    table = {label.key: label for label in left}
    for label in right:
        known = table.get(label.key)
        if known is None or label.trace.length < known.trace.length:
            table[label.key] = label
    if len(table) > MAX_LABELS:
        return tuple(table.values())[:MAX_LABELS]
    return tuple(table.values())


def as_part(taint: Taint) -> Taint:
    """The labels of a text that only contains the data, or was cut out of it."""
    if all(label.form == PART for label in taint):
        return taint
    return tuple(label if label.form == PART else label.derived(form=PART) for label in taint)
