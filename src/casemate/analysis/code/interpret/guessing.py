"""Random numbers that can be computed from others, followed to where they become a secret.

Such a number is wrong only where it must be secret: its labels go with the data, through arithmetic too, and the place
where it was made is reported with more confidence once it is given a secret's name, or is a session's or a cookie's.

Sources: CWE-330, CWE-338; Python documentation, "random" ("should not be used for security purposes").
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.analysis.code.joining import sort_of, taint_of, unknown
from casemate.analysis.code.labels import Label, Origin, Taint, Trace, merge
from casemate.analysis.code.values import Sequence, Thing, Value

if TYPE_CHECKING:
    from casemate.analysis.code.interpret.applying import Given
    from casemate.analysis.code.interpret.machine import Frame, Machine
    from casemate.model.finding import Confidence

KIND = "random"
"""The kind of the origins of such numbers."""
_SECRET = re.compile(
    r"secret|passw|passphrase|passcode|session|cookie|nonce|csrf|xsrf|salt|remember|credential|(?:^|[_.])otp|otp$|apikey"
    r"|(?:auth|access|private|signing|signature|encryption|crypto|aes|api|me)_?key"
    r"|(?:verif\w{0,8}|auth\w{0,12}|confirm\w{0,6}|reset|invit\w{0,5}|login|security|access|sms|mfa|pin|recovery|one_?time)_?code"
    r"|(?:^|_)pin(?:_|$)|reset"
)
_TOKEN = re.compile(r"token")
_OTHER_TOKEN = re.compile(
    r"client_?request_?token|idempoten|page|next|max|num|count|continu|task_?token|tokens|tokeniz"
)


def is_secret(name: str) -> bool:
    """Whether a name says that what it names must not be guessed."""
    lower = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name[:80]).lower()
    if _SECRET.search(lower):
        return True
    return bool(_TOKEN.search(lower)) and not _OTHER_TOKEN.search(lower)


def guessable(machine: Machine, path: str, value: Value, given: Given, frame: Frame) -> Value:
    """What a call gives back, with the labels of guessable numbers that went into it, and of its own."""
    at = given.node.at
    taint: Taint = ()
    if path in machine.models.guessable:
        if isinstance(given.arguments[0] if given.arguments else None, Sequence):
            return value  # one of several values of the program: the choice is what matters, not the value
        machine.guessing = True
        label = Label(Origin(f"random:{frame.module.path}:{at[0]}", "a number that can be guessed", KIND),
                      Trace(frame.module, at, path))  # fmt: skip
        taint = (label,)
    elif machine.guessing and path != "len":
        taint = random_labels(merge(given.taint(), taint_of(given.receiver) if given.receiver is not None else ()))
    return with_labels(value, taint)


def random_labels(taint: Taint) -> Taint:
    """Those of guessable numbers."""
    return tuple(label for label in taint if label.origin.kind == KIND) if taint else ()


def with_labels(value: Value, taint: Taint) -> Value:
    """The value with more labels."""
    own = taint_of(value)
    if {label.origin.key for label in taint} <= {label.origin.key for label in own}:
        return value  # a text that the number is a part of stays a text
    both = merge(own, taint)
    if isinstance(value, Thing):
        return Thing(value.path, both, made=value.made, receiver=value.receiver, sort=value.sort)
    return unknown(both, sort_of(value))


_WAITING = re.compile(r"jitter|delay|back_?off|sleep|wait|interval|retry|timeout|(?:^|_)ms$")
_WAITS = frozenset({"time.sleep", "asyncio.sleep", "gevent.sleep", "setTimeout", "timers/promises.setTimeout",
                    "sleep", "delay"})  # fmt: skip
"""What waits: for how long need not be a secret."""


def waited(machine: Machine, labels: Taint) -> None:
    """Numbers that say how long to wait are no secrets: what was said of them for their own sake is taken back."""
    for label in labels:
        trace = label.trace
        while trace.previous is not None:
            trace = trace.previous
        place = ("weak-randomness", trace.module.path, trace.at)
        known = machine.found.get(place)
        if known is not None and known.confidence == "low":
            del machine.found[place]


def becomes(machine: Machine, name: str, value: Value, frame: Frame) -> None:
    """The value is given a name: if that is a secret's, what it was made of is reported where it was made."""
    if not machine.guessing or machine.muted:
        return
    labels = random_labels(taint_of(value))
    if labels and is_secret(name):
        reported(machine, labels, "high" if _SECRET.search(name.lower()) else "medium")
    elif labels and _WAITING.search(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name[:80]).lower()):
        waited(machine, labels)
    elif labels and frame.function is not None and is_secret(frame.function.name):
        reported(machine, labels, "medium")


def reported(machine: Machine, labels: Taint, confidence: Confidence) -> None:
    """Report the numbers where they were made."""
    from casemate.analysis.code.interpret.machine import Found

    for label in labels:
        trace = label.trace
        while trace.previous is not None:
            trace = trace.previous
        machine.report(Found("weak-randomness", trace.module, trace.at, trace.label, None, confidence, "CWE-330",
                             "a secret is made of it"))  # fmt: skip


def passed(machine: Machine, path: str, given: Given) -> None:
    """Data goes into a call: one that makes or sets a secret takes it as one."""
    if not machine.guessing or machine.muted:
        return
    last = path.rpartition(".")[2]
    if path in _WAITS:
        waited(machine, random_labels(given.taint()))
        return
    for name, value in given.keywords.items():
        labels = random_labels(taint_of(value))
        if labels and is_secret(name):
            reported(machine, labels, "medium")
    if is_secret(last) and last[:5].lower() != "token":
        labels = random_labels(given.taint())
        if labels:
            reported(machine, labels, "medium")


def binary(left: Value, right: Value, result: Value) -> Value:
    """Arithmetic keeps a number guessable."""
    return with_labels(result, random_labels(merge(taint_of(left), taint_of(right))))


def written(machine: Machine, target: Value, key: object, value: Value) -> None:
    """A field is written: a session's and a cookie's are secrets."""
    if not machine.guessing or machine.muted:
        return
    labels = random_labels(taint_of(value))
    owner = target.path or "" if isinstance(target, Thing) else ""
    if labels and ((isinstance(key, str) and is_secret(key)) or re.search("session|cookie", owner, re.IGNORECASE)):
        reported(machine, labels, "medium")
