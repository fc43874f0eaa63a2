"""One unit: a file that is entered, with everything it imports, walked in one machine."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import TYPE_CHECKING, TypeVar

from casemate.analysis.code import ir
from casemate.analysis.code.arguments import arguments_of
from casemate.analysis.code.entries import Entry, found_entries, hooks_of
from casemate.analysis.code.facts import CodeFacts, Gap, Labels, SdkCall, flow_of, gap_of, render
from casemate.analysis.code.frontend import language_of
from casemate.analysis.code.interpret import content_types, weighing
from casemate.analysis.code.interpret.calling import call
from casemate.analysis.code.interpret.machine import CutOff, Frame, Machine
from casemate.analysis.code.interpret.natives import ready
from casemate.analysis.code.interpret.responding import responder
from casemate.analysis.code.interpret.trail import Trail
from casemate.analysis.code.libraries import models_of
from casemate.analysis.code.values import UNKNOWN, Class, Closure, Instance

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from casemate.analysis.code.project import Project
    from casemate.analysis.code.values import ModuleValue
    from casemate.model.flow import CodeExposure, Flow

T = TypeVar("T")
MAX_ENTRIES = 150
MAX_LOOSE = 200
LOOSE_BUDGET = 30_000
"""Expressions of the functions that no entry calls, all together."""
MAX_SURE = 6
"""Places that one piece of data reaches in one entry, by kind, which are reported as sure as each is by itself."""
RECURSION = 9_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the platform calls in a file: functions of the inventory with the same handler, triggers and exposure."""

    handler: str
    kinds: tuple[str, ...] = ()
    exposure: CodeExposure = "unknown"
    functions: tuple[str, ...] = ()
    platform: str = "lambda"


@dataclass(slots=True)
class Walked:
    """The outcome: facts an entry, digests of the files that were read, where a parser was lost, a defect of ours."""

    facts: list[CodeFacts] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    errors: list[Gap] = field(default_factory=list)
    failed: str = ""


def digest(content: bytes) -> str:
    """What tells contents apart."""
    return blake2b(content, digest_size=12).hexdigest()


def walk_unit(project: Project, path: str, wanted: Iterable[Wanted]) -> Walked:
    """Everything that is entered in one file."""
    language = language_of(path)
    result = Walked()
    if language is None:
        return result
    models = models_of(language, project.own)
    project.consulted.clear()
    ready(language)
    machine = Machine(project, models)
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, RECURSION))
    try:
        _walk(project, machine, path, language, list(wanted), result)
    except Exception as error:  # noqa: BLE001 - a defect of ours must not end the run: it is said, with its place
        result.failed = f"{type(error).__name__}: {error}"[:200]
    finally:
        sys.setrecursionlimit(limit)
    for one in project.consulted:
        result.files[one] = digest(project.content(one) or b"")
    for one, module in machine.modules.items():
        source = module.module.source
        if one in project.files:
            result.files[one] = digest(source)
        result.errors.extend(
            Gap(module.module.span(at), "not understood by the parser") for at in module.module.errors[:5]
        )
    return result


def _walk(project: Project, machine: Machine, path: str, language: str, wanted: list[Wanted], result: Walked) -> None:
    module = _guarded(machine, lambda: project.run(machine, path, language))
    if module is None:
        module = machine.modules.get(path)
    if module is None:
        return
    base = dict(machine.found)
    latent = dict(machine.latent)
    uses, lost = dict(machine.uses), dict(machine.not_followed)  # of the module itself: every entry's, for it is loaded
    plans: list[tuple[Entry, Wanted]] = []
    for one in wanted or [Wanted("")]:
        try:
            found = found_entries(machine, module, one.handler or None, _style(one, language))
        except (CutOff, RecursionError):
            found = []
        plans.extend((entry, one) for entry in found)
    if wanted and not plans:
        plans = [(entry, wanted[0]) for entry in found_entries(machine, module, None)]
    for entry, one in plans[:MAX_ENTRIES]:
        machine.found = dict(base)
        machine.latent, machine.uses, machine.not_followed = dict(latent), dict(uses), dict(lost)
        machine.left = machine.budget
        if entry.exposure is not None and one.exposure == "unknown":
            one = replace(one, exposure=entry.exposure)  # noqa: PLW2901 - what the code says of this entry
        returned = _enter(machine, module, entry, one)
        result.facts.append(replace(_facts(machine, entry, one, path), returned=returned))
        base = {}
    machine.found, machine.latent, machine.uses, machine.not_followed = base, {}, {} if plans else uses, {}
    _loose(machine, module)
    if machine.found or machine.uses:
        result.facts.append(_facts(machine, Entry(UNKNOWN, "loose", path), Wanted(""), path))


def _answering(entry: Entry) -> str:
    """How what the entry returns is judged."""
    if not entry.page:
        return entry.style
    return "controller" if entry.style == "typed" else "flask"


def _style(wanted: Wanted, language: str) -> str:
    """How the arguments of what the platform calls look."""
    if wanted.platform == "azure-function":
        return "azure" if language == "python" else "azure-v1"
    if wanted.platform in {"google-function", "cloud-run"}:
        messages = bool(wanted.kinds) and "http" not in wanted.kinds
        return "cloud-event" if messages else "request" if language == "python" else "express"
    return "lambda"


def _enter(machine: Machine, module: ModuleValue, entry: Entry, wanted: Wanted) -> SdkCall | None:
    """Walk one entry, and undo what it did; what it gives back, where data of others is in it."""
    kinds = list(wanted.kinds)
    frame = Frame(module.module, module.scope, 0)
    mark = machine.trail.mark()

    def run() -> None:
        for hook in hooks_of(machine, entry):
            call(machine, hook, [], {}, frame, ir.Const(None, (0, 0)))
        arguments, keywords = arguments_of(entry, machine, kinds)
        machine.responder = responder(machine, _answering(entry))
        weighing.begin(machine)
        content_types.begin(machine)
        value = call(machine, entry.function, arguments, keywords, frame, ir.Const(None, (0, 0)))
        weighing.settle(machine, entry, wanted.exposure, value)
        labels = Labels(machine.cured)
        node = render(value, labels=labels)
        at = module.module.span(entry.function.function.at if isinstance(entry.function, Closure) else (0, 0))
        if labels.carried:
            given.append(SdkCall("", "", "return", {"value": node}, at, sources=tuple(labels.carried)))

    given: list[SdkCall] = []
    _guarded(machine, run)
    machine.responder = None
    machine.trail.undo(mark)
    return given[0] if given else None


def _guarded(machine: Machine, run: Callable[[], T]) -> T | None:
    """Run a walk; what is too much is cut off and said."""
    outer = machine.trail, machine.attempts, machine.stack, machine.depth
    try:
        return run()
    except (CutOff, RecursionError) as error:
        machine.trail, machine.attempts, machine.stack, machine.depth = outer
        machine.attempts.clear()
        machine.stack.clear()
        machine.depth = 0
        machine.resolving.clear()
        first = next(iter(machine.modules.values()), None)
        if first is not None:
            reason = "the walk is longer than its bound" if isinstance(error, CutOff) else "nested too deep"
            machine.unfollowed(Frame(first.module, first.scope, 0), (0, 0), reason)
        return None


def _loose(machine: Machine, module: ModuleValue) -> None:
    """Functions of the file that no entry called: walked once for uses that are wrong by themselves."""
    machine.left = LOOSE_BUDGET
    pending: list[Closure] = []
    for value in list(module.scope.fields.values()):
        if isinstance(value, Closure) and value.module is module.module:
            pending.append(value)
        elif isinstance(value, Class):
            instance = Instance(value)
            pending.extend(one.bound(instance) for one in value.fields.values() if isinstance(one, Closure))
    frame = Frame(module.module, module.scope, 0)
    for closure in pending[:MAX_LOOSE]:
        if id(closure.function) in machine.walked:
            continue
        machine.trail = Trail()
        count = len(closure.function.parameters)

        def run(closure: Closure = closure, count: int = count) -> None:
            call(machine, closure, [UNKNOWN] * count, {}, frame, ir.Const(None, (0, 0)))

        _guarded(machine, run)
        machine.trail.undo(0)
        if machine.left <= 0:
            break


def _few(flows: list[Flow]) -> list[Flow]:
    """Of very many places that one piece of data reaches the nearest stay sure: where it comes in is what to repair.

    A folder that a request names is made, listed, opened and emptied in a dozen files; the first few tell it all, and
    the others stand in the strict profile.
    """
    groups: dict[tuple[str, str], list[Flow]] = {}
    for flow in flows:
        if flow.origins and flow.confidence != "low":
            groups.setdefault((flow.kind, flow.origins[0]), []).append(flow)
    repeated: set[int] = set()
    for group in groups.values():
        group.sort(key=lambda flow: (len(flow.steps), flow.at))
        repeated.update(id(flow) for flow in group[MAX_SURE:])
    return [replace(flow, confidence="low") if id(flow) in repeated else flow for flow in flows]


def _facts(machine: Machine, entry: Entry, wanted: Wanted, path: str) -> CodeFacts:
    name = entry.name
    flows = tuple(_few([flow_of(found, name, wanted.exposure, wanted.functions) for found in machine.found.values()]))
    latent = tuple(flow_of(found, name, wanted.exposure, wanted.functions) for found in machine.latent.values())
    return CodeFacts(
        path, name, entry.style, wanted.functions, flows, latent,
        tuple(machine.uses.values()),
        tuple(gap_of(place) for place in machine.not_followed.values()),
        tuple(machine.modules),
    )  # fmt: skip
