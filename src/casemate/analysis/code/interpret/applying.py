"""The models of libraries, applied to a call: sinks and misuses are reported, the others say what it gives back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from casemate.analysis.code import ir
from casemate.analysis.code.interpret import content_types
from casemate.analysis.code.interpret.comparing import guards_for
from casemate.analysis.code.interpret.disclosing import disclosed, handed_over
from casemate.analysis.code.interpret.machine import STORED, Found, Frame, Machine, harmful, origins_of
from casemate.analysis.code.interpret.operators import operators
from casemate.analysis.code.interpret.weighing import statement
from casemate.analysis.code.joining import join, known_text, options_of, taint_of, union, unknown
from casemate.analysis.code.labels import BIT, EVERY, TRACEBACK, Label, Origin, Taint, merge
from casemate.analysis.code.values import (
    REST,
    Const,
    Environment,
    Instance,
    Mapping,
    Sequence,
    Text,
    Thing,
    Union,
    Value,
    Verdict,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casemate.analysis.code.models import Argument, Cure, Misuse, Passes, Sink, Source, Test
    from casemate.model.finding import Confidence


@dataclass(slots=True)
class Given:
    """What a call is given. `nodes`: the arguments as written, for calls that change what a variable holds."""

    receiver: Value | None
    arguments: list[Value]
    keywords: dict[str, Value]
    node: ir.Expr

    def get(self, which: Argument) -> Value | None:
        """An argument as the models name it."""
        if isinstance(which, int):
            return self.arguments[which] if which < len(self.arguments) else None
        if which == "self":
            return self.receiver
        if which in self.keywords:
            return self.keywords[which]
        head, dot, rest = which.partition(".")
        if not dot:
            return None
        value = self.get(int(head)) if head.isdigit() else self.get(head)
        for name in rest.split("."):
            value = inner(value, name)
        return value

    def each(self, which: Iterable[Argument]) -> list[Value]:
        """The arguments that are there."""
        found: list[Value] = []
        for one in which:
            if one == "*":
                found.extend(self.arguments)
                found.extend(self.keywords.values())
            else:
                value = self.get(one)
                if value is not None:
                    found.append(value)
        return found

    def taint(self) -> Taint:
        """The labels of all arguments."""
        taint: Taint = ()
        for value in (*self.arguments, *self.keywords.values()):
            taint = merge(taint, taint_of(value))
        return taint


def inner(value: Value | None, name: str) -> Value | None:
    """A field of an options object; None when it is not there."""
    found: list[Value] = []
    for option in options_of(value) if value is not None else ():
        if isinstance(option, Mapping):
            one = option.fields.get(name) or option.fields.get(REST)
            if one is not None:
                found.append(one)
            elif option.taint:
                found.append(unknown(option.taint))
        elif isinstance(option, Thing) and option.taint:
            found.append(unknown(option.taint))
    return union(found) if found else None


# -- members
def read_member(machine: Machine, member: Thing, frame: Frame, at: ir.At) -> Value:
    """What a member of a library stands for when it is read."""
    path = member.path
    models = machine.models
    if path is None or path not in models.members:
        return member
    sources = models.sources.get(path)
    if sources:
        return sourced(machine, sources[0], member.path or "", path, frame, at)
    makes = models.makes.get(path)
    if makes and not makes[0].when:
        return Thing(makes[0].type, member.taint, made=True)
    return member


def sourced(machine: Machine, source: Source, path: str, key: str, frame: Frame, at: ir.At) -> Value:
    """Data that comes in here."""
    return Thing(path, machine.source(frame, at, Origin(key, source.what, source.kind)), made=True)


def assigned_member(
    machine: Machine, target: Thing, key: Value, value: Value, frame: Frame, at: ir.At, *, attribute: bool
) -> None:  # fmt: skip
    """`target.name = value`, `target[key] = value` of a library's object."""
    name = known_text(key)
    path = f"{target.path}.{name}" if attribute and name else f"{target.path}.__setitem__"
    given = Given(target, [value] if attribute else [key, value], {}, ir.Const(None, at))
    apply_sinks(machine, [path, *([f"*.{name}"] if attribute and name else [])], given, frame, at)
    if attribute and machine.language == "javascript":  # `a.b = c` is `a["b"] = c`
        apply_sinks(machine, [f"{target.path}.__setitem__"], Given(target, [key, value], {}, given.node), frame, at)
    content_types.assigned(machine, target, key, value, frame, at)
    if name and len(machine.extras) < 500:
        cell = f"{target.path}.{name}" if attribute else f"{target.path}[{name}]"
        if not attribute and value.taint == () and cell not in machine.extras:
            return
        machine.trail.set(machine.extras, cell, value)


# -- conditions
def holds(test: Test, given: Given) -> bool:
    """Whether a condition on an argument holds."""
    value = given.get(test.argument)
    relation = test.relation
    if relation == "present":
        return value is not None
    if relation == "absent":
        return value is None and _is_written_out(test.argument, given)
    if value is None:
        return relation in {"is-not", "not-constant"} and False
    outcomes = {_relates(test, option) for option in options_of(value)}
    if True in outcomes:
        return True
    return test.maybe if None in outcomes else False


def _is_written_out(which: Argument, given: Given) -> bool:
    """Whether what an options object does not have is known: it is not given at all, or its fields are."""
    head, dot, _ = str(which).partition(".")
    if not dot:
        return True
    options = given.get(int(head) if head.isdigit() else head)
    return options is None or all(isinstance(one, Mapping) and one.shape is None for one in options_of(options))


_OBJECTS = re.compile(r"Stream|\.Body\b|\(\)$|Reader|Writer|Client$|\.(?:Event)?Data$|\.Content$")


def _relates(test: Test, value: Value) -> bool | None:
    relation = test.relation
    if relation == "text":
        return not (
            isinstance(value, Instance) or (isinstance(value, Thing) and bool(_OBJECTS.search(value.path or "")))
        )
    if relation in {"constant", "not-constant"}:
        return isinstance(value, Const) is (relation == "constant")
    if relation == "of-type":
        return value.path in test.values if isinstance(value, Thing) and value.path else None
    if isinstance(value, Const):
        found = value.value
        if relation in {"matches", "lacks"}:
            text = found.decode("latin-1") if isinstance(found, bytes) else str(found)
            return any(str(one).lower() in text.lower() for one in test.values) is (relation == "matches")
        same = any(found == one and (isinstance(found, bool) == isinstance(one, bool)) for one in test.values)
        return same is (relation == "is")
    if isinstance(value, Thing) and value.path is not None and not value.taint:
        if relation == "matches":
            return any(str(one).lower() in value.path.lower() for one in test.values) or None
        last = value.path.rpartition(".")[2]
        same = any(one in (value.path, last) for one in test.values)
        return same is (relation == "is") if same or relation == "is-not" else None
    if isinstance(value, Text) and relation == "matches":
        text = "".join(str(part.value) for part in value.parts if isinstance(part, Const)).lower()
        return any(str(one).lower() in text for one in test.values) or None
    if isinstance(value, (Sequence, Mapping)) and relation in {"is", "is-not"}:
        if isinstance(value, Sequence) and relation == "is":
            return any(_relates(test, item) for item in value.row.items) or None
        return relation == "is-not"
    return None


# -- sinks
_HOST_END = re.compile(r"^[A-Za-z][A-Za-z0-9+.\-]{0,20}://[^/?#\\]*[/?#]")
_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.\-]{0,20}:/{0,2}")


def start_taint(value: Value, kind: str) -> Taint:  # noqa: C901 - one case a kind of value
    """The labels of the data with which a text begins: the host of a URL, the root of a path."""
    if isinstance(value, Union):
        taint: Taint = ()
        for option in value.options:
            taint = merge(taint, start_taint(option, kind))
        return taint
    if isinstance(value, Sequence):
        return _program(value, kind)
    if isinstance(value, Mapping):
        return value.taint
    if not isinstance(value, Text):
        return taint_of(value)
    for place, part in enumerate(value.parts):
        if isinstance(part, Const):
            text = str(part.value)
            if kind not in {"ssrf", "redirect"}:
                return ()
            if _HOST_END.match(text) or (
                place == 0 and not _SCHEME.match(text) and text != "/" and not text.startswith("//")
            ):
                return ()
            if place > 0 and text[:1] in {"/", "?", "#", ":"}:
                return ()
            continue
        if part.taint:
            return part.taint
        if isinstance(part, (Environment, Thing, Union)):
            return ()  # a base that is configured: what follows is its path
    return ()


_SHELLS = re.compile(
    r"(?:^|/)(?:ba|z|da|k|a)?sh$|(?:^|/)(?:cmd(?:\.exe)?|powershell(?:\.exe)?|pwsh|env|sudo|xargs|eval|ssh|python3?|node|perl)$"
)


def _program(command: Sequence, kind: str) -> Taint:
    """A command as a list: the program, and what a shell among its words is told to run."""
    row = command.row
    if not row.items:
        return taint_of(row.rest) if row.rest is not None else ()
    taint = start_taint(row.items[0], kind)
    words = [known_text(item) for item in row.items]
    for place, word in enumerate(words[:-1]):
        if word is not None and _SHELLS.search(word) and kind == "command":
            after = words[place + 1]
            if after is None:
                taint = merge(taint, taint_of(row.items[place + 1]))
            elif after in {"-c", "/c", "/C", "-Command", "-e", "-lc", "-ec"} and place + 2 < len(row.items):
                taint = merge(taint, taint_of(row.items[place + 2]))
    return taint


def sink_taint(value: Value, sink: Sink) -> Taint:
    """The labels in a sink's argument that do harm there."""
    if sink.part == "whole":
        return start_taint(value, sink.kind)
    if sink.part == "text" and sink.kind == "xss":  # what is streamed in pieces is a page as well; objects are JSON
        return () if isinstance(value, Mapping) else taint_of(value)
    if sink.part == "text":
        if isinstance(value, Union):
            return union(option for option in value.options if not isinstance(option, (Sequence, Mapping))).taint
        return () if isinstance(value, (Sequence, Mapping)) else taint_of(value)
    return taint_of(value)


def apply_sinks(machine: Machine, names: list[str], given: Given, frame: Frame, at: ir.At) -> None:
    """Report data at sinks, and misuses."""
    if machine.muted:
        return
    models = machine.models
    for name in names:
        for sink in models.sinks.get(name, ()):
            if sink.kind == "sql":
                statement(machine, given, frame, at, _shown(given, name))
            if sink.kind == "xss" and content_types.is_plain(machine, name):
                continue
            if all(holds(test, given) for test in sink.when) and not _is_mended(machine, sink, frame):
                _sink(machine, sink, given, frame, at, _shown(given, name))
        for misuse in models.misuses.get(name, ()):
            if all(holds(test, given) for test in misuse.when):
                _misuse(machine, misuse, frame, at, _shown(given, name))


def _shown(given: Given, name: str) -> str:
    """The callee for people: as modelled, or for a method of any object as written."""
    if not name.startswith("*."):
        return name
    receiver = given.receiver
    return f"{receiver.path}.{name[2:]}" if isinstance(receiver, Thing) and receiver.path else name[2:]


def _is_mended(machine: Machine, sink: Sink, frame: Frame) -> bool:
    """Whether the code uses a release of the library that does no harm here."""
    if sink.until is None:
        return False
    package, first = sink.until
    major = machine.project.major(package, frame.module.path)
    return major is not None and major >= first


def _sink(machine: Machine, sink: Sink, given: Given, frame: Frame, at: ir.At, callee: str) -> None:
    logs = sink.kind == "sensitive-log"
    for value in given.each(sink.arguments):
        taint = operators(machine, value) if sink.part == "filter" else sink_taint(value, sink)
        if logs:
            disclosed(machine, value, frame, at, callee)
        if not taint:
            continue
        label = harmful(taint, machine, sink.kind)
        if label is None and any(one.quoted for one in taint):
            label = _misquoted(value, machine, sink.kind)
        if label is not None:
            trust = "medium" if sink.kind == "tmp-reuse" and label.origin.kind == "secret" else sink.confidence
            told = next((one for one in taint if one.origin.what == TRACEBACK), None)
            if sink.kind == "verbose-error" and told is not None:  # whatever else the error's text may be
                label, trust = told, "high"
            if logs:
                module, place = handed_over(machine, label, frame, at)
                machine.report(Found(sink.kind, module, place, callee, label, trust, sink.cwe, "", (),
                                     origins_of(taint, machine, sink.kind, label)))  # fmt: skip
                continue
            report(machine, sink.kind, frame, at, callee, label, taint, confidence=trust, cwe=sink.cwe)
        else:
            report_stored(machine, sink.kind, frame, at, callee, taint, confidence=sink.confidence, cwe=sink.cwe)


def report_stored(  # noqa: PLR0913 - as of a report
    machine: Machine, kind: str, frame: Frame, at: ir.At, callee: str, taint: Taint, *,
    confidence: Confidence = "high", cwe: str | None = None, message: str = "",
) -> None:  # fmt: skip
    """Keep what is a finding if another function lets an attacker choose what was stored."""
    stored = harmful(taint, machine, kind, STORED)
    if stored is not None:
        if not stored.sure and confidence == "high":
            confidence = "medium"
        origins = origins_of(taint, machine, kind, stored)
        machine.keep_latent(Found(kind, frame.module, at, callee, stored, confidence, cwe, message, (), origins))


def report(  # noqa: PLR0913 - a report has many parts
    machine: Machine, kind: str, frame: Frame, at: ir.At, callee: str, label: Label, taint: Taint = (), *,
    confidence: Confidence = "high", cwe: str | None = None, message: str = "",
) -> None:  # fmt: skip
    """Report data at a sink. `taint`: all the data that is there."""
    if not label.sure and confidence == "high" and label.origin.what != TRACEBACK:
        confidence = "medium"
    origins = origins_of(taint, machine, kind, label)
    machine.report(Found(kind, frame.module, at, callee, label, confidence, cwe, message, (), origins))


def _misuse(machine: Machine, misuse: Misuse, frame: Frame, at: ir.At, callee: str) -> None:
    machine.report(Found(misuse.kind, frame.module, at, callee, None, misuse.confidence, misuse.cwe, misuse.message))


def _misquoted(value: Value, machine: Machine, kind: str) -> Label | None:
    """Data that is quoted as a word, but stands inside of quotes (or the other way round): the cure does not hold."""
    for option in options_of(value):
        if not isinstance(option, Text):
            continue
        quote = ""
        for part in option.parts:
            if isinstance(part, Const):
                for one in str(part.value):
                    if one in "'\"`" and (not quote or quote == one):
                        quote = "" if quote else one
                continue
            for label in part.taint:
                wrong = label.quoted == ("outside" if quote else "inside")
                if wrong and label.origin.kind in {"request", "profile"}:
                    guard = machine.guards.get(label.origin.key)
                    if not isinstance(guard, Const) or not int(guard.value or 0) & BIT[kind]:
                        return label
    return None


# -- results
def bits_of(cure: Cure) -> int:
    """The kinds that a cure is for, as bits."""
    if not cure.cures:
        return EVERY
    bits = 0
    for kind in cure.cures:
        bits |= BIT[kind]
    return bits


def cured_value(value: Value, bits: int, quoted: str) -> Value:
    """What a cure gives back."""
    taint = taint_of(value)
    if bits == EVERY or not taint:
        return unknown((), "str")
    return unknown(tuple(label.derived(cured=bits, quoted=quoted) for label in taint), "str")


def _everything(given: Given) -> Value | None:
    """All arguments as one value; None where they are all known."""
    taint = given.taint()
    return unknown(taint, "str") if taint else None


def apply_cure(machine: Machine, cure: Cure, given: Given) -> Value | None:
    """The result of a cure, if it says what that is."""
    value = _everything(given) if cure.argument == "*" else given.get(cure.argument)
    if value is None:
        value = next(iter(given.arguments), None) or given.receiver
    if value is None:
        return None
    bits = bits_of(cure)
    if cure.how == "result":
        if isinstance(value, Const):
            return None
        return cured_value(value, bits, cure.quoted or "")
    guards = guards_for(taint_of(value), bits)
    if cure.how == "guard":
        return Verdict(guards)
    machine.guard(guards)
    return None


def apply_passes(machine: Machine, passes: tuple[Passes, ...], given: Given, frame: Frame) -> Value | None:
    """Hand data on as the models say; the result, if they say it."""
    result: Value | None = None
    for one in passes:
        taint: Taint = ()
        for value in given.each(one.sources):
            taint = merge(taint, taint_of(value))
        if one.target == "return":
            made = unknown(taint)
            result = made if result is None else join(result, made)
        elif taint:
            target = given.get(one.target)
            if isinstance(target, (Mapping, Sequence)):
                from casemate.analysis.code.interpret.writing import set_member
                from casemate.analysis.code.values import UNKNOWN

                set_member(machine, target, UNKNOWN, unknown(taint), frame, given.node.at)
            else:
                change(machine, one.target, given, frame, taint=taint)
    return result


def change(
    machine: Machine, which: Argument, given: Given, frame: Frame, *, taint: Taint = (), path: str | None = None
) -> None:  # fmt: skip
    """A call changes what its receiver or an argument is: the variable or field that it was given by is changed."""
    node: ir.Expr | None = None
    if isinstance(given.node, ir.Call):
        if which == "self" and isinstance(given.node.function, ir.Attr):
            node = given.node.function.target
            while (
                isinstance(node, ir.Call)
                and isinstance(node.function, ir.Attr)
                and (node.function.name == given.node.function.name)
            ):  # `text.append(a).append(b)`: such a method gives back its receiver
                node = node.function.target
        elif isinstance(which, int) and which < len(given.node.arguments):
            node = given.node.arguments[which]
    if isinstance(node, ir.Unary) and node.operator == "&":
        node = node.value
    before = given.get(which)
    if node is None or not isinstance(node, (ir.Name, ir.Attr)):
        return
    if isinstance(before, Thing):
        after: Value = Thing(path or before.path, merge(before.taint, taint), made=True, receiver=before.receiver)
    elif before is None or isinstance(before, (Const, Text)):
        after = unknown(merge(taint_of(before) if before is not None else (), taint))
    else:
        return
    from casemate.analysis.code.interpret.writing import assign

    assign(machine, node, after, frame, given.node.at, outward=True)
