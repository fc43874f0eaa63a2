"""One flow, called until its sink is reached by data that breaks out, or until nothing more can be tried.

An attempt has a *shape* (which fields the event has, what they hold, how they are written) and a *payload*. The first
calls are watched: what the code misses, compares or reads as a document changes the shape. A verdict counts only when
the same event, made of plain values, gives it again.
"""

from __future__ import annotations

import json
import re
import time
from collections import deque
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

from casemate.prove import requests
from casemate.prove.case import Case
from casemate.prove.events import JSON, KEY, event_for, flat, place, recode
from casemate.prove.judging import verdict
from casemate.prove.misuses import MISUSES
from casemate.prove.observing import RESULT
from casemate.prove.observing import texts as texts_in
from casemate.prove.payloads import payloads, token_of
from casemate.prove.positions import STORED, fixed, places
from casemate.prove.sandbox import StoppedError
from casemate.prove.session import not_there
from casemate.prove.shapes import BENIGN, FILLER, Shape, bare, deeper, holds_documents, mirror, parsed, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from casemate.model.flow import Flow
    from casemate.prove.events import Node, Path
    from casemate.prove.hints import Hints
    from casemate.prove.observing import Rendered, Seen
    from casemate.prove.payloads import Payload
    from casemate.prove.session import Session

MAX_CALLS = 160
MAX_SHAPES = 60
MAX_ROUNDS = 12
_METHODS: tuple[Path, ...] = (
    ("event", "httpMethod"), ("event", "requestContext", "http", "method"), ("request", "method"),
)  # fmt: skip
_BY_LIBRARY = frozenset({"xxe", "deserialization"})
"""Kinds in which it is the library that does the harm: one that is stood in for does none."""
_BODIES = frozenset({("request", "form"), ("request", "json"), ("request", "raw")})


@dataclass(frozen=True, slots=True)
class Proof:
    """`status`: `confirmed`, `not-reproduced` or `not-runnable`; `event`: what to send again, as JSON.

    `tried`: the first event that was sent, where none confirmed anything.
    """

    status: str
    reason: str
    event: str | None = None
    tried: str | None = None


class Prober:
    """Tries one flow. `kinds`: what starts the function; `site`: the sink's number in the copy."""

    def __init__(
        self, session: Session, flow: Flow, site: int, kinds: tuple[str, ...], hints: Hints, seconds: float,
        beside: Sequence[str] = (),
    ) -> None:  # fmt: skip
        self._session = session
        self._beside = beside
        self._flow = flow
        self._site = site
        self._kinds = kinds
        self._hints = hints
        self._until = time.monotonic() + seconds
        self._calls = 0
        self._reached = 0
        self._arrived = False
        self._said = ""
        self._package: str | None = None
        self._stub: str | None = None
        self._foreign: str | None = None
        self._tried_first: str | None = None
        self._stops = 0
        self._known: set[str] = set()
        self._learned: dict[Path, None] = {}
        self._asked: dict[Path, None] = {}
        self._queue: deque[Shape] = deque()
        self._judged = session
        self.token = token_of(flow.kind, flow.cause, flow.at.path)

    def proof(self) -> Proof:
        """Try everything."""
        flow = self._flow
        session = self._judged
        texts = payloads(flow.kind, self.token, flow.callee, flow.language, session.tools)
        if not texts:
            return Proof("not-runnable", f"a flow of kind {flow.kind} cannot be judged by structure")
        if self._site not in session.slots:
            return Proof("not-runnable", "the sink is no expression whose values can be seen")
        if flow.kind in MISUSES:
            said = verdict(flow.kind, self._case(""), session.at_load.hits.get(self._site, []), session.at_load)
            if said:
                return Proof("confirmed", f"{said}, when the code is loaded")
        for shape in self._first():
            self._add(shape)
        if not self._queue:
            return Proof("not-runnable", f"where {flow.source or 'the data'} stands in an event is not known")
        try:
            return self._searched(texts) or self._refuted()
        except StoppedError as stopped:
            self._said = stopped.reason
            return self._refuted()

    def _searched(self, texts: Sequence[Payload]) -> Proof | None:
        """Every shape, then what the code's constants suggest; the second form only where the first did not reach."""
        while self._queue and self._goes_on():
            shape = self._queue.popleft()
            found = None if shape.second and self._arrived else self._tried(shape, texts)
            if found is not None:
                return found
            if not self._queue and not self._arrived:
                for guess in self._guesses():
                    self._add(guess)
        return None

    def _goes_on(self) -> bool:
        return self._calls < MAX_CALLS and time.monotonic() < self._until and self._stops < 3

    def _refuted(self) -> Proof:
        if self._foreign is not None:
            return Proof("not-runnable", f"{not_there(self._foreign)}, and it is given the data, or calls the code",
                         tried=self._tried_first)  # fmt: skip
        unknown = [*self._session.foreign, *self._judged.foreign]
        if unknown:
            return Proof("not-runnable", f"{not_there(unknown[0])}, and nothing was confirmed without it",
                         tried=self._tried_first)  # fmt: skip
        if self._stub is not None:
            return Proof("not-runnable", f"the package {self._stub} is not installed")
        if self._reached:
            times = "once" if self._reached == 1 else f"{self._reached} times"
            said = f"the sink was reached {times}, and the data stayed in its place"
            return Proof("not-reproduced", said, tried=self._tried_first)
        if self._package is not None:
            return Proof("not-runnable", f"the package {self._package} is not installed")
        why = f": {self._said}" if self._said else ": the handler ended before it"
        said = " ".join(f"the sink was not reached in {self._calls} calls{why}".split())[:400]
        return Proof("not-reproduced", said, tried=self._tried_first)

    # -- shapes
    def _first(self) -> Iterator[Shape]:
        style, routes = self._session.style, self._session.routes
        if self._flow.kind == "sensitive-log" and not self._flow.origins:
            shape = Shape((STORED,), self._others((STORED,)))
            yield from (shape, shape.copy(second=True))
        elif not self._flow.origins:
            first = ("request",) if self._session.web else ("event",)
            shape = Shape((), self._others((first,)))
            yield from (shape, shape.copy(second=True))
        for origin in self._flow.origins:
            for one in places(origin, style, routes, self._hints.names, self._kinds):
                shape = Shape(one.paths, self._others(one.paths))
                yield shape
                if style == "lambda" and one.paths[0][:2] != ("event", "Records"):
                    yield shape.copy(second=True)

    def _others(self, taken: tuple[Path, ...]) -> dict[Path, object]:
        """Other fields that the entry reads from outside: each holds something, so that the code does not miss it."""
        found = {path: value for path, value in fixed(self._session.routes).items() if path not in taken}
        for origin in self._beside:
            one = next(iter(places(origin, self._session.style, self._session.routes, ())), None)
            for path in one.paths if one is not None and one.paths[0] != STORED else ():
                if KEY in path or any(path[: len(mine)] == mine or mine[: len(path)] == path for mine in taken):
                    continue
                if (
                    path[:2] != taken[0][:2]
                    and path[:2] in _BODIES
                    and taken[0][:2] in {*_BODIES, ("request", "files")}
                ):
                    continue
                if not any(path[: len(other)] == other or other[: len(path)] == path for other in found):
                    found[path] = BENIGN
        return found

    def _add(self, shape: Shape) -> None:
        if shape.key not in self._known and len(self._known) < MAX_SHAPES:
            self._known.add(shape.key)
            self._queue.append(shape)

    def _guesses(self) -> Iterator[Shape]:
        """Once nothing is left: what the code's own constants suggest, for each of the first shapes."""
        if self._calls == 0 or "guessed" in self._known:
            return
        self._known.add("guessed")
        for shape in list(self._first())[:4]:
            hints = self._hints
            yield from (shape.copy(separator=mark) for mark in hints.separators)
            yield from (shape.copy(prefix=text) for text in hints.prefixes)
            yield from (shape.copy(suffix=text) for text in hints.suffixes)
            yield from self._guessed_values(shape) if shape.slots else ()

    def _guessed_values(self, shape: Shape) -> Iterator[Shape]:
        """Other fields hold constants that the code compares with; other methods."""
        first = shape.slots[0]
        for name, texts in list(self._hints.values.items())[:8]:
            for text in texts[:3] if name != first[-1] and len(first) > 2 else ():
                yield shape.holding({(*first[:-1], name): text})
                if first[0] == "request" and first[1] != "query":
                    yield shape.holding({("request", "query", name): text})
        if self._asked:
            for value in (BENIGN, *self._hints.members[:6]):
                yield shape.holding(dict.fromkeys(list(self._asked)[:20], value))
        for path, value in product(list(self._learned)[:3], self._hints.members[:6]):
            yield shape.holding({**dict.fromkeys(self._learned, BENIGN), path: value})
        for path, value in product(_METHODS, ("GET", "PUT", "DELETE")):
            if path[0] == first[0]:
                yield shape.holding({path: value})

    # -- trying
    def _tried(self, shape: Shape, texts: Sequence[Payload]) -> Proof | None:
        for payload in texts:
            if isinstance(payload, dict) and not all(
                holds_documents(path, self._session.style) for path in shape.slots
            ):
                continue
            for _ in range(MAX_ROUNDS):
                if not self._goes_on():
                    return None
                seen = self._call(shape, payload, watch=True)
                if seen is None:
                    break
                found = self._verdict(seen, payload)
                if found:
                    proof = self._confirmed(shape, payload, found)
                    if proof is not None:
                        return proof
                if self._site in seen.hits:
                    self._reached += 1
                    hit = seen.hits[self._site][-1]
                    self._arrived |= any(self.token in text for _, value in hit.arguments() for text in texts_in(value))
                    if self._flow.kind in _BY_LIBRARY:
                        self._stub = _stand_in(hit.values.get(RESULT))
                else:
                    self._said = seen.said or self._said
                    self._package = seen.package or self._package
                if not self._evolve(shape, seen):
                    break
        return None

    def _call(self, shape: Shape, payload: Payload, *, watch: bool) -> Seen | None:
        job = self._job(shape, payload)
        job["watch"] = watch
        self._calls += 1
        self._tried_first = self._tried_first or _sent(job)
        try:
            return self._session.call(job)
        except StoppedError as stopped:
            self._said = stopped.reason
            self._stops += 1
            return None

    def _verdict(self, seen: Seen, payload: Payload) -> str:
        found = verdict(self._flow.kind, self._case(payload), seen.hits.get(self._site, []), seen)
        given = [*seen.foreign, *self._judged.at_load.foreign, *self._session.at_load.foreign]
        if found and given and self._flow.kind not in MISUSES:
            self._foreign = given[0]
            return ""
        return found

    def _case(self, payload: Payload) -> Case:
        return Case(self._flow.callee, self._flow.language, self.token, payload, self._judged.place, self._site)

    def _confirmed(self, shape: Shape, payload: Payload, found: str) -> Proof | None:
        seen = self._call(shape, payload, watch=False)
        if seen is None or not self._verdict(seen, payload):
            return None
        return Proof("confirmed", found, _sent(self._job(shape, payload)))

    def _job(self, shape: Shape, payload: Payload) -> dict[str, Any]:
        value: object = payload
        if isinstance(payload, str):
            middle = f"{payload}{shape.separator}{payload}" if shape.separator else payload
            value = f"{shape.prefix}{middle}{shape.suffix}"
        documents: list[tuple[str, Path]] = []
        failing = self._flow.kind == "verbose-error" and str(payload).strip() == self.token
        value = BENIGN if failing else value
        job: dict[str, Any] = {"tokens": [self.token], "stored": None, "seconds": self._session.seconds}
        slots = [path for path in shape.slots if path != STORED]
        if len(slots) < len(shape.slots) and isinstance(value, str):
            job["stored"] = value
        paths = [*slots, *shape.values]
        if self._session.web and not any(path[0] == "event" for path in paths):
            tree = {"request": requests.empty()}
            self._fill(tree, shape, slots, value)
            job["request"] = requests.request_of(tree["request"], self._session.routes, documents)
        else:
            tree = {"event": event_for(self._kinds, paths, second=shape.second)}
            self._fill(tree, shape, slots, value)
            mirror(tree["event"])
            job["event"] = flat(tree["event"], ("event",), documents)
        if failing:  # the words of the error are nowhere in the event
            job["failing"] = self.token
            job["succeeding"] = len(str(payload)) - len(self.token)
        job["documents"] = [[text, list(path)] for text, path in documents if text]
        return job

    def _fill(self, tree: Node, shape: Shape, slots: list[Path], value: object) -> None:
        for path, one in shape.values.items():
            place(tree, path, one)
        for path in slots:
            place(tree, (*path, FILLER) if path[-1] == JSON else path, value)
        for path, way in shape.ways:
            recode(tree, path, way)

    # -- what a call teaches
    def _evolve(self, shape: Shape, seen: Seen) -> bool:
        """Change the shape by what the code asked for; whether anything changed."""
        changed = False
        for one in seen.asked:
            if isinstance(one.get("missed"), list):
                changed |= self._missed(shape, tuple(str(step) for step in one["missed"]), str(one.get("how")), seen)
            elif "parse" in one and isinstance(one.get("path"), list):
                path = tuple(str(step) for step in one["path"])
                if shape.values.get(path) != {}:
                    shape.values[path] = {}
                    changed = True
            elif "parse" in one:
                changed |= parsed(shape, str(one["parse"]))
            elif one.get("wanted") == "text" and isinstance(one.get("path"), list):
                changed |= wrapped(shape, tuple(str(step) for step in one["path"]))
            elif one.get("wanted") == "map" and isinstance(one.get("path"), list):
                changed |= deeper(shape, tuple(one["path"]), str(one.get("key") or ""))
            elif any(name in one for name in ("compared", "starts", "ends", "split")):
                self._compared(shape, one)
        return self._from_error(shape, seen) or changed if seen.how == "raised" else changed

    def _from_error(self, shape: Shape, seen: Seen) -> bool:
        """What the words of an error say was missing, where nobody told it before."""
        header = re.match(r"KeyError: 'HTTP_(\w{1,40})'", seen.said)
        if header is not None:
            path = ("request", "headers", header[1].replace("_", "-").title())
            known = path in shape.values or path in shape.slots
            shape.values.setdefault(path, BENIGN)
            return not known
        match = re.match(r"\w*KeyError: ['\"]([\w-]{1,40})", seen.said)
        if match is None:
            return False
        named = [(*path[:-1], match[1]) for path in shape.slots if path[-1] == KEY]
        fresh = [path for path in named if path not in shape.slots]
        shape.slots = (*shape.slots, *fresh)
        return bool(fresh)

    def _missed(self, shape: Shape, path: Path, how: str, seen: Seen) -> bool:
        wanted = bare(path)
        if any(bare(one) == wanted for one in (*shape.slots, *shape.values)):
            return False
        if path[:1] == ("request",) and len(path) == 2:
            added = [("request", area, path[1]) for area in ("query", "form")]
            fresh = [one for one in added if one not in shape.values and one not in shape.slots]
            shape.values.update(dict.fromkeys(fresh, BENIGN))
            self._learned.update(dict.fromkeys(fresh))
            return bool(fresh)
        inside = next((one for one in shape.open if path[: len(one)] == one), None)
        if inside is not None and self._site not in seen.hits:
            shape.slots = (*(one for one in shape.slots if one != inside), path)
            return True
        if how == "item":
            shape.values[path] = BENIGN
            self._learned[path] = None
            return True
        if len(path) > 2 and path[1] != "requestContext":
            self._asked[path] = None
        for value in self._hints.values.get(path[-1], ())[:4]:
            self._add(shape.holding({path: value}))
        return False

    def _compared(self, shape: Shape, one: dict[str, Any]) -> None:
        value = str(one.get("value") or "")
        path = tuple(
            str(step) for step in next(one[name] for name in ("compared", "starts", "ends", "split") if name in one)
        )
        if bare(path) in {bare(one) for one in shape.slots}:
            if "starts" in one and value and not shape.prefix:
                self._add(shape.copy(prefix=value))
            elif "ends" in one and value and not shape.suffix:
                self._add(shape.copy(suffix=value))
            elif "split" in one and value and not shape.separator:
                self._add(shape.copy(separator=value))
        elif value and "split" not in one and shape.values.get(path) != value:
            self._add(shape.holding({path: value}))


def _stand_in(result: Rendered) -> str | None:
    """The package that a result came from a stand-in of, where what the library does decides."""
    name = result.get("stub") if isinstance(result, dict) else None
    return re.split(r"[.()]", str(name), maxsplit=1)[0] if name else None


def _sent(job: dict[str, Any]) -> str:
    """What a call sends, as JSON: the event alone where it is all."""
    sent = {name: job[name] for name in ("event", "request", "stored") if job.get(name) is not None}
    event = sent["event"] if set(sent) == {"event"} else sent
    return json.dumps(event, ensure_ascii=False, sort_keys=True)
