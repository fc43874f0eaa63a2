"""A flow over several functions, proven as a whole: the first is called, and what it writes is what the next one gets.

What is sent stands in the event of the first function only. Each function is called in a sandbox of its own; the
recorded write of one is handed to the next as its trigger would (`relaying.py`). The sink is judged in the last one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING, Any

from casemate.analysis.flow.deliveries import Deliveries
from casemate.analysis.flow.linking import Links
from casemate.analysis.flow.points import Points
from casemate.prove.entering import NotCallableError, entered
from casemate.prove.events import JSON, flat
from casemate.prove.hints import merged
from casemate.prove.observing import Seen
from casemate.prove.positions import STORED
from casemate.prove.probing import MAX_ROUNDS, Prober, Proof
from casemate.prove.relaying import Arrival, Between, arrivals
from casemate.prove.sandbox import StoppedError
from casemate.prove.session import NotLoadedError
from casemate.prove.shapes import BENIGN, bare, parsed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casemate.analysis.code.facts import CodeFacts, SdkCall
    from casemate.analysis.system import System
    from casemate.model.flow import Flow
    from casemate.model.function import Function
    from casemate.prove.entering import Entered, Settings
    from casemate.prove.events import Path
    from casemate.prove.payloads import Payload
    from casemate.prove.shapes import Shape

_ABOUT = ("compared", "starts", "ends", "split")
MAX_PATH = 24
MAX_WRITES = 3
"""Recorded calls of one site that are handed on."""


def is_across(flow: Flow) -> bool:
    """Whether a flow comes through another function than the one that it ends in."""
    last = flow.functions[-1] if flow.functions else None
    return any(step.function not in {None, last} for step in flow.steps)


@dataclass(frozen=True, slots=True)
class Last:
    """The function that a flow ends in, entered already. `site`: of the sink."""

    entered: Entered
    entry: CodeFacts
    site: int


@dataclass(slots=True)
class Stop:
    """One function on the way. `call`: by which it hands the data on, None in the last one; `words`: what that does."""

    function: Function
    entry: CodeFacts
    site: int
    call: SdkCall | None = None
    words: str = ""
    entered: Entered | None = None
    keys: tuple[str, ...] = ()
    reader: Reader | None = None

    @property
    def opened(self) -> Entered:
        """What it is called with."""
        assert self.entered is not None  # noqa: S101 - every stop is entered before it is called
        return self.entered


def chained(flow: Flow, last: Last, system: System, settings: Settings) -> Proof:
    """The proof of a flow over several functions; `not-runnable` where one of the earlier ones cannot be called."""
    stops: list[Stop] = []
    try:
        stops = _stops(flow, last, system)
        for stop in stops[:-1]:
            _enter(stop, flow, system, settings)
        return Through(stops, flow, settings.each, system).proof()
    except NotCallableError as error:
        name = next((one.function.name for one in stops if one.entered is None), None)
        name = name or next((one.function.name for one in reversed(stops[:-1]) if one.entered is not None), "")
        where = f"{name}, which the data comes through, cannot be called: " if name else ""
        return Proof("not-runnable", f"{where}{error.reason}")
    except StoppedError as error:
        return Proof("not-runnable", f"the sandbox ended: {error.reason}"[:300])
    finally:
        for stop in stops[:-1]:
            if stop.entered is not None:
                stop.entered.close()


def _enter(stop: Stop, flow: Flow, system: System, settings: Settings) -> None:
    """A session of an earlier function, with its write watched. Raises `NotCallableError`."""
    assert stop.call is not None  # noqa: S101 - only the last has none
    language = _language(stop.call.at.path)
    steps = (replace(flow.steps[-1], at=stop.call.at),)
    write = replace(flow, kind="chosen-resource", language=language, steps=steps)
    stop.entered = entered(stop.entry, [(stop.site, write)], system, settings)
    try:
        stop.entered.session.open()
    except NotLoadedError as error:
        raise NotCallableError(error.reason) from error
    if stop.site not in stop.entered.session.slots:
        raise NotCallableError("the call by which it hands the data on cannot be seen")


def _language(path: str) -> str:
    suffix = path.rpartition(".")[2]
    return "python" if suffix == "py" else "typescript" if suffix.endswith("ts") or suffix == "tsx" else (
        "javascript" if suffix.endswith("js") or suffix == "jsx" else suffix)  # fmt: skip


def _stops(flow: Flow, last: Last, system: System) -> list[Stop]:
    """The functions of a flow in their order. Raises `NotCallableError` where a write is not one call of an SDK."""
    functions = {one.id: one for one in system.inventory.functions}
    stops: list[Stop] = []
    for id_ in flow.functions[:-1]:
        function = functions.get(id_)
        spans = {step.at: step.label for step in flow.steps if step.function == id_}
        found = [(facts, call) for facts in system.code_facts.facts if id_ in facts.functions for call in facts.calls
                 if call.at in spans]  # fmt: skip
        if function is None or not found:
            name = function.name if function is not None else id_
            raise NotCallableError(f"what {name} hands on is not in one call of an SDK")
        order = [step.at for step in flow.steps]
        entry, call = max(found, key=lambda one: order.index(one[1].at))
        harmful = [one for one in call.sources if flow.kind not in one.cured]
        harmful.sort(key=lambda one: sum(step.at not in spans for step in one.steps))
        keys = list(dict.fromkeys(one.key for one in harmful))
        stops.append(Stop(function, entry, 0, call, spans[call.at], keys=tuple(keys)))
    end = functions.get(flow.functions[-1])
    if end is None:
        raise NotCallableError("the function that the flow ends in is not known")
    stops.append(Stop(end, last.entry, last.site, entered=last.entered, keys=flow.origins))
    links = Links(system)
    facts = {stop.function.id: [stop.entry] for stop in stops}
    points = Points(system, links, Deliveries(system, links, facts), facts)
    for before, after in reversed(list(pairwise(stops))):
        before.keys = _named_by(before, after, points) or before.keys
    return stops


def _named_by(before: Stop, after: Stop, points: Points) -> tuple[str, ...]:
    """The data that comes into one function, down to the field of it that the next one reads."""
    found = (hop for key in after.keys for hop in points.hops((after.function.id, key)))
    return tuple(dict.fromkeys(
        hop.source[1] for hop in found
        if hop.source[0] == before.function.id and before.call is not None and hop.delivery.at == before.call.at
    ))  # fmt: skip


class Reader(Prober):
    """A function that reads what another one stored: its own event is made as for itself, and learnt call by call."""

    def __init__(self, stop: Stop, flow: Flow, seconds: float) -> None:
        inside = stop.opened
        mine = replace(flow, origins=stop.keys)
        super().__init__(inside.session, mine, stop.site, inside.kinds, inside.hints, seconds, inside.beside)
        self._shape = next((one for one in self._first() if STORED in one.slots), None)

    def read(self, text: str, token: str, *, watch: bool) -> Seen | None:
        """The call in which it reads this text."""
        shape = self._shape
        for _ in range(MAX_ROUNDS if shape is not None else 0):
            assert shape is not None  # noqa: S101 - the loop is empty else
            job = {**self._job(shape, text), "tokens": [token], "watch": watch}
            seen = self._session.call(job)
            if not watch or self._site in seen.hits or not self._evolve(shape, seen):
                return seen
        return None


class Through(Prober):
    """Tries a flow over several functions."""

    def __init__(self, stops: Sequence[Stop], flow: Flow, seconds: float, system: System) -> None:
        first, last = stops[0].opened, stops[-1].opened
        hints = merged([stop.opened.hints for stop in stops])
        mine = replace(flow, origins=stops[0].keys)
        super().__init__(first.session, mine, stops[-1].site, first.kinds, hints, seconds, first.beside)
        self._judged = last.session
        self._stops_on_way = stops
        self._system = system
        self._links = Links(system)
        self._way = ", ".join(f"{stop.function.name} ({stop.words})" for stop in stops[:-1])
        self._far = 0
        self._stuck = ""

    def proof(self) -> Proof:
        """Try everything, and tell the way."""
        found = super().proof()
        name = self._stops_on_way[-1].function.name
        if found.status == "confirmed":
            return replace(found, reason=f"{found.reason}; it came through {self._way} to {name}")
        if found.status == "not-reproduced" and not self._reached and self._stuck:
            return replace(found, reason=f"{self._stuck} in {self._calls} calls")
        return replace(found, reason=f"{found.reason}, called through {self._way}")

    def _call(self, shape: Shape, payload: Payload, *, watch: bool) -> Seen | None:
        self._number(shape)
        seen = super()._call(shape, payload, watch=watch)
        return None if seen is None else self._through(seen, payload, watch=watch)

    @staticmethod
    def _number(shape: Shape) -> None:
        """No two fields hold the same, so that a later function's questions can be told to be about one of them."""
        used = {value for value in shape.values.values() if isinstance(value, str)}
        free = (str(number) for number in range(2, 1_000) if str(number) not in used)
        for path in [path for path, value in shape.values.items() if value == BENIGN][1:]:
            shape.values[path] = next(free)

    def _through(self, seen: Seen, payload: Payload, *, watch: bool) -> Seen:
        """From what the first function wrote to what was seen in the last one."""
        result = Seen(asked=seen.asked, how=seen.how, said=seen.said, package=seen.package, foreign=list(seen.foreign))
        frontier = [seen]
        for number, stop in enumerate(self._stops_on_way[1:], 1):
            before = self._stops_on_way[number - 1]
            names = set(before.opened.session.slots.get(before.site, ()))
            hits = [hit for one in frontier for hit in one.hits.get(before.site, ())[:MAX_WRITES]
                    if names <= hit.values.keys()]  # fmt: skip
            if not hits:
                why = next((f": {one.said}" for one in frontier if one.said), "")
                self._note(number * 2, f"{before.function.name} did not come to the call that hands the data on{why}")
                return result
            assert before.call is not None  # noqa: S101 - only the last has none
            between = Between(before.function, before.entry, before.call, stop.function, stop.entry, stop.keys)
            found = [one for hit in hits for one in arrivals(hit, between, self._system, self._links)]
            if not found:
                self._note(
                    number * 2 + 1, f"nothing of what {before.function.name} wrote arrived at {stop.function.name}"
                )
                return result
            frontier = [one for arrival in found if (one := self._handed(stop, arrival, watch=watch)) is not None]
            for one in frontier:
                result.behind += one.asked
                result.foreign += one.foreign
        for one in frontier:
            whole = replace(one, asked=result.asked, behind=result.behind, foreign=result.foreign)
            if self._verdict(whole, payload):
                return whole
            if self._site in one.hits:
                result.hits.setdefault(self._site, []).extend(one.hits[self._site])
            result.said, result.package, result.how = one.said, one.package, one.how
        return result

    def _note(self, far: int, words: str) -> None:
        if far >= self._far:
            self._far, self._stuck = far, " ".join(words.split())[:300]

    def _handed(self, stop: Stop, arrival: Arrival, *, watch: bool) -> Seen | None:
        """The next function, called with what arrives."""
        session = stop.opened.session
        try:
            if arrival.stored is not None:
                if stop.reader is None:
                    stop.reader = Reader(stop, self._flow, 1.0)
                return stop.reader.read(arrival.stored, self.token, watch=watch)
            documents: list[tuple[str, Path]] = []
            event = flat(arrival.event, ("event",), documents)
            job: dict[str, Any] = {
                "tokens": [self.token], "stored": None, "seconds": session.seconds, "watch": watch, "event": event,
                "documents": [[text, list(path)] for text, path in documents if text],
            }  # fmt: skip
            seen = session.call(job)
            data = standing(event, self.token, ("event",))
            for one in seen.asked:
                path = next((one[name] for name in _ABOUT if isinstance(one.get(name), list)), None)
                one["held"] = held(event, path[1:]) if path else None
                one["data"] = data
            return seen
        except StoppedError as stopped:
            self._said = stopped.reason
            return None

    # -- what later functions teach
    def _evolve(self, shape: Shape, seen: Seen) -> bool:
        changed = super()._evolve(shape, seen)
        for one in seen.behind:
            changed |= self._taught(shape, one)
        return changed

    def _taught(self, shape: Shape, one: dict[str, Any]) -> bool:
        """A later function misses, reads or compares a field: the first one's event has it by the same name."""
        slot = next((path for path in shape.slots if path != STORED), None)
        if slot is None:
            return False
        if "parse" in one and "path" not in one:
            return parsed(shape, str(one["parse"]))
        if isinstance(one.get("missed"), list) and one["missed"]:
            return self._wanted(shape, slot, one, str(one.get("how")))
        asked = next((one[name] for name in _ABOUT if isinstance(one.get(name), list)), None)
        if asked and one.get("value"):
            self._set_beside(shape, slot, one, str(asked[-1]))
        return False

    def _wanted(self, shape: Shape, slot: Path, one: dict[str, Any], how: str) -> bool:
        missed = [str(step) for step in one["missed"]]
        inside = next((path for path in shape.open if path in shape.slots), None)
        if inside is not None:
            last = max((at for at, step in enumerate(missed) if step == JSON), default=-1)
            below = tuple(missed[last + 1 :]) if last >= 0 else (missed[-1],)
            shape.slots = (*(path for path in shape.slots if path != inside), (*inside, *below))
            return True
        path = beside(slot, one.get("data"), tuple(missed))
        if any(bare(known) == bare(path) for known in (*shape.slots, *shape.values)):
            return False
        if how == "item":
            shape.values[path] = BENIGN
            return True
        for value in self._hints.values.get(missed[-1], ())[:4]:
            self._add(shape.holding({path: value}))
        return False

    def _set_beside(self, shape: Shape, slot: Path, one: dict[str, Any], name: str) -> None:
        """Another field holds what it is compared with; the data itself begins, ends or is split so."""
        value, was = str(one["value"]), one.get("held")
        mine = [path for path in shape.slots if path != STORED and path[-1] == name]
        others = [path for path, text in shape.values.items() if text == was]
        is_data = isinstance(was, str) and self.token in was
        if others or (not is_data and not mine) or (is_data and "compared" in one and len(shape.slots) > 1):
            if "split" not in one:
                path = others[0] if others else mine[0] if mine else (*slot[:-1], name)
                made = shape.holding({path: value})
                made.slots = tuple(other for other in shape.slots if other != path)
                self._add(made)
        elif "starts" in one and not shape.prefix:
            self._add(shape.copy(prefix=value))
        elif "ends" in one and not shape.suffix:
            self._add(shape.copy(suffix=value))
        elif "split" in one and not shape.separator:
            self._add(shape.copy(separator=value))


def held(event: object, path: Sequence[object]) -> object:
    """What stands at a path of an event, documents read on the way; None where nothing does."""
    for step in path:
        if step == JSON:
            try:
                event = json.loads(event) if isinstance(event, str) else event
            except (ValueError, RecursionError):
                return None
        elif isinstance(event, dict):
            event = event.get(step)
        elif isinstance(event, list) and str(step).isdigit() and int(str(step)) < len(event):
            event = event[int(str(step))]
        else:
            return None
    return event


def standing(event: object, token: str, path: Path) -> Path | None:
    """Where the token stands in an event, documents read on the way."""
    if isinstance(event, str):
        if token not in event:
            return None
        try:
            document = json.loads(event)
        except (ValueError, RecursionError):
            document = None
        inner = standing(document, token, (*path, JSON)) if isinstance(document, (dict, list)) else None
        return inner or path
    if len(path) > MAX_PATH:
        return None
    pairs = event.items() if isinstance(event, dict) else enumerate(event) if isinstance(event, list) else ()
    return next((found for step, one in pairs if (found := standing(one, token, (*path, str(step)))) is not None), None)


def beside(slot: Path, data: Path | None, missed: Path) -> Path:
    """Where a field stands in the first event that a later function misses.

    `slot`, `data`: where the payload stands in the first event, and in what the later function got. Where both end in
    the same names, the field is as far from the payload in one as in the other; else it is beside it.
    """
    mine, other, wanted = bare(slot), bare(data or ()), bare(missed)
    common = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(other, wanted, strict=False)))
    up = len(other) - common
    if data is None or up < 1 or up >= len(mine) or mine[-up:-1] != other[-up:-1] or len(wanted) <= common:
        return (*slot[:-1], missed[-1])
    kept = list(slot)
    for _ in range(up):
        while kept[-1] == JSON:
            kept.pop()
        kept.pop()
    return (*kept, *wanted[common:])
