"""A compiled rule set as bytes: the folded programs and their databases, bound to the platform they were made on.

Layout: 8 bytes `CASEWAF3`, SHA-256 of the rest, then deflated JSON and databases, each behind its length (4 bytes, big
endian). Nothing in it is code: no pickle. Databases of hyperscan load only in the version and on the kind of processor
that made them; elsewhere the patterns are compiled anew for RE2, and `Loaded.health` says so.
"""

import json
import platform
import zlib
from collections.abc import Callable, Iterator
from hashlib import sha256
from struct import pack, unpack_from
from typing import NamedTuple, cast

from casemate_guard import __version__
from casemate_waf.errors import RuleSetError
from casemate_waf.fast import Fast
from casemate_waf.folding import Program
from casemate_waf.operators import build
from casemate_waf.patterns import compiled, held
from casemate_waf.plans import Plan, phase
from casemate_waf.probes import available
from casemate_waf.rules import (
    Control,
    Hit,
    Limits,
    Link,
    Marker,
    Operator,
    Place,
    Rule,
    RuleSet,
    Selector,
    Setting,
    Target,
    Test,
    Text,
)  # fmt: skip
from casemate_waf.scanning import Family, HyperscanFinder, Re2Finder, Scanner, misses

MAGIC = b"CASEWAF3"
_LARGEST = 512 << 20
"""Bytes of everything in an artefact, unpacked."""
Json = object


class ArtefactError(Exception):
    """The bytes are no artefact of this version, or were changed."""


class Loaded(NamedTuple):
    """A rule set that is ready. `health`: why it does not run on its databases, else ""."""

    engine: Fast
    health: str


def digest(rules: RuleSet) -> bytes:
    """What a rule set says, and what compiles it, in 32 bytes: the same digest means the same artefact."""
    items = [item.name if isinstance(item, Marker) else _rule(item) for item in rules.items]
    limits = {
        name: _text(value) if isinstance(value, bytes) else value for name, value in rules.limits._asdict().items()
    }
    return sha256(json.dumps([MAGIC.decode(), _platform(), limits, items]).encode()).digest()


def save(rules: RuleSet, *, event: bool = True, request: bool = True) -> bytes:
    """Compile `rules` for events, for requests, or for both; takes up to a minute.

    Where there is no hyperscan that can be trusted the artefact has no databases, and runs on RE2 wherever it is.
    """
    engine = Fast(rules, build=available())
    plans = {kind: engine.plan(event=kind) for kind, wanted in ((True, event), (False, request)) if wanted}
    known: dict[int, Rule] = {}
    blobs: list[bytes] = []
    written = [{"event": kind, **_plan(one, known, blobs)} for kind, one in plans.items()]
    document = {
        "made": _platform(),
        "limits": {name: value for name, value in rules.limits._asdict().items() if name != "separator"},
        "separator": _text(rules.limits.separator),
        "signature": rules.signature,
        "rules": [_rule(rule) for rule in known.values()],
        "plans": written,
    }
    parts = [zlib.compress(json.dumps(document, separators=(",", ":")).encode(), 6)]
    parts += [zlib.compress(blob, 6) for blob in blobs]
    body = b"".join(pack(">I", len(part)) + part for part in parts)
    return MAGIC + sha256(body).digest() + body


def load(data: bytes, **options: object) -> Loaded:
    """The engine of an artefact; `options` go to `Fast`. Raises `ArtefactError`."""
    body = memoryview(data)[40:]
    if data[:8] != MAGIC or sha256(body).digest() != data[8:40]:
        raise ArtefactError("this is no compiled rule set, or it was changed")
    try:
        parts = _parts(body)
        document = json.loads(next(parts))
        rules = {one[0]: _read_rule(one) for one in document["rules"]}
        limits = Limits(**document["limits"], separator=_bytes(document["separator"]))
        limits = limits._replace(response_types=tuple(limits.response_types))
        whole = RuleSet(tuple(rules.values()), limits, document["signature"], ())
        health, blobs = "", list(parts)
        if document["made"] != _platform():
            health = f"compiled for {' '.join(document['made'])}, this is {' '.join(_platform())}"
        elif misses():
            health = f"there is no hyperscan: {misses()}"
        plans: dict[bool, Plan] = {}
        for one in document["plans"]:
            plans[one["event"]], problem = _read_plan(one, rules, blobs if not health else None)
            health = health or problem
    except (ValueError, KeyError, TypeError, IndexError, LookupError, zlib.error, RuleSetError) as error:
        raise ArtefactError(f"the compiled rule set cannot be read: {error}") from None
    engine = Fast(whole, build=Re2Finder if health else None, plans=plans, **options)  # type: ignore[arg-type]
    return Loaded(engine, health)


def _platform() -> list[str]:
    engine = "re2"
    if not misses():
        import hyperscan

        engine = f"hyperscan {getattr(hyperscan, '__version__', '')}"
    return [__version__, platform.machine(), engine]


def _parts(body: memoryview) -> Iterator[bytes]:
    position, left = 0, _LARGEST
    while position < len(body):
        (length,) = unpack_from(">I", body, position)
        unpacker = zlib.decompressobj()
        part = unpacker.decompress(body[position + 4 : position + 4 + length], left)
        if not unpacker.eof:
            raise ValueError("a part of it is not complete")
        left -= len(part)
        yield part
        position += 4 + length


# --- plans
def _plan(plan: Plan, known: dict[int, Rule], blobs: list[bytes]) -> dict[str, Json]:
    phases = []
    for number, items in plan.program.items.items():
        for item in items:
            if isinstance(item, Rule):
                known[item.id] = item
        part = plan.phases.get(number)
        families = [_family(one, blobs) for one in part.scanner.families] if part else []
        scanner = part.scanner if part else None
        more: list[Json] = [sorted(scanner.always), scanner.marked, scanner.longest] if scanner else []
        signs = scanner.finder_of_signs if scanner else None
        if isinstance(signs, HyperscanFinder):
            more.append(len(blobs))
            blobs.append(signs.dumped())
        phases.append([number, [i.name if isinstance(i, Marker) else i.id for i in items], families, more])
    stores = {
        name: [[_text(key), _text(value)] for key, value in stored.items()]
        for name, stored in plan.program.stores.items()
    }
    written = [[store, _text(name), begins] for store, name, begins in plan.program.written]
    return {"phases": phases, "stores": stores, "written": written}


def _family(one: Family, blobs: list[bytes]) -> Json:
    places = []
    for finder in (one.finder, one.plain):
        if isinstance(finder, HyperscanFinder):
            places.append(len(blobs))
            blobs.append(finder.dumped())
        else:
            places.append(-1)
    return [one.chains, places, one.shortest, _text(one.noise), _text(one.signs), one.numbers, one.texts]


def _read_plan(one: dict[str, Json], rules: dict[int, Rule], blobs: list[bytes] | None) -> tuple[Plan, str]:
    phases, items_of, problem = {}, {}, ""
    for number, names, families, more in one["phases"]:  # type: ignore[attr-defined]
        items = tuple(rules[name] if isinstance(name, int) else Marker(name, Place("", 0)) for name in names)
        items_of[number] = items
        if not items:
            continue
        scanner = None
        if blobs is not None and not problem:
            try:
                always, marked, longest, *signs = more
                finder = _read_finder(signs[0], blobs) if signs else None
                scanner = Scanner([_read_family(one, blobs) for one in families], always, marked, longest, finder)
            except ValueError as error:
                problem = str(error)
        phases[number] = phase(items, Re2Finder, scanner)
    stores = {
        name: {_bytes(key): _bytes(value) for key, value in pairs}
        for name, pairs in one["stores"].items()  # type: ignore[attr-defined]
    }
    written = frozenset((store, _bytes(name), begins) for store, name, begins in one["written"])  # type: ignore[attr-defined]
    return Plan(Program(items_of, stores, written), phases), problem


def _read_family(found: list[Json], blobs: list[bytes]) -> Family:
    chains, places, shortest, noise, signs, numbers, texts = found
    finder, plain = (_read_finder(place, blobs) for place in places)  # type: ignore[attr-defined]
    if finder is None:
        raise ValueError("a database is missing")
    return Family(
        tuple(tuple(chain) for chain in chains),  # type: ignore[attr-defined]
        finder, shortest, plain, _bytes(noise), _bytes(signs), tuple(numbers),  # type: ignore[arg-type]
        str(texts),
    )  # fmt: skip


def _read_finder(place: int, blobs: list[bytes]) -> HyperscanFinder | None:
    import hyperscan

    try:
        return HyperscanFinder(hyperscan.loadb(blobs[place], hyperscan.HS_MODE_BLOCK)) if place >= 0 else None
    except hyperscan.HyperscanError as error:
        raise ValueError(f"hyperscan refuses a database: {error}") from None


# --- rules
def _text(value: bytes) -> str:
    return value.decode("latin-1")


def _bytes(value: Json) -> bytes:
    return str(value).encode("latin-1")


def _written(text: Text | None) -> Json:
    if text is None:
        return None
    return [_text(part) if isinstance(part, bytes) else [part[0], _text(part[1])] for part in text.parts]


def _read(parts: Json) -> Text:
    return Text(tuple(_bytes(p) if isinstance(p, str) else (p[0], _bytes(p[1])) for p in parts))  # type: ignore[attr-defined]


def _read_optional(parts: Json) -> Text | None:
    return None if parts is None else _read(parts)


def _rule(rule: Rule) -> Json:
    return [
        rule.id, rule.phase, [_link(link) for link in rule.links], rule.disruptive, rule.status, rule.logs,
        rule.severity, _written(rule.message), _written(rule.data), rule.tags, rule.skip, rule.skip_after, rule.place,
    ]  # fmt: skip


def _read_rule(found: list[Json]) -> Rule:
    number, at, links, disruptive, status, logs, severity, message, data, tags, skip, after, place = found
    return Rule(
        number, at, tuple(_read_link(link) for link in links), disruptive, status, logs, severity,  # type: ignore[arg-type, attr-defined]
        _read_optional(message), _read_optional(data), tuple(tags), skip, after, Place(*place),  # type: ignore[arg-type, misc]
    )  # fmt: skip


def _link(link: Link) -> Json:
    operator = link.operator
    written = None
    if operator:
        words = [_text(word) for word in operator.words]
        written = [operator.name, _written(operator.argument), operator.negated, operator.test is not None, words]
    settings = [[one.collection, _written(one.key), one.change, _written(one.value)] for one in link.settings]
    controls = [[one.name, one.value, one.target and _target(one.target), bool(one.matcher)] for one in link.controls]
    return [
        [_target(target) for target in link.targets], written, link.transformations, link.capture, link.multi_match,
        settings, controls, link.place,
    ]  # fmt: skip


def _read_link(found: list[Json]) -> Link:
    targets, operator, chain, capture, multi, settings, controls, place = found
    at = Place(*place)  # type: ignore[misc]
    return Link(
        tuple(_read_target(one, at) for one in targets),  # type: ignore[attr-defined]
        _read_operator(operator, at) if operator else None,  # type: ignore[arg-type]
        tuple(chain), capture, multi,  # type: ignore[arg-type]
        tuple(Setting(name, _read(key), change, _read(value)) for name, key, change, value in settings),  # type: ignore[attr-defined]
        tuple(
            Control(name, value, _read_target(target, at) if target else None, compiled(value, at) if has else None)
            for name, value, target, has in controls  # type: ignore[attr-defined]
        ),
        at,
    )  # fmt: skip


def _target(target: Target) -> Json:
    selector = target.selector
    key = [_text(selector.name), selector.pattern is not None] if selector else None
    return [target.collection, key, target.counts, target.excludes]


def _read_target(found: Json, place: Place) -> Target:
    name, key, counts, excludes = cast("tuple[str, list[str] | None, bool, bool]", found)
    selector = None
    if key:
        written = _bytes(key[0])
        source = written.decode("utf-8", "surrogateescape")[1:-1]
        selector = Selector(written)
        if key[1]:
            selector = Selector(written, compiled(source, place, ignore_case=True), held(source))
    return Target(name, selector, counts, excludes)


def _read_operator(found: list[Json], place: Place) -> Operator:
    name, argument, negated, tested, words = found
    text, listed = _read(argument), tuple(_bytes(word) for word in words)  # type: ignore[attr-defined]
    test = None
    if tested:
        known = list(listed) if listed else text.plain or b""
        test = _later(lambda: build(str(name), known, place, exact=bool(negated)))
    return Operator(str(name), text, bool(negated), test, listed)


def _later(make: Callable[[], Test]) -> Test:
    """A test that is compiled when the first value comes to it: most never see one."""
    made: list[Test] = []

    def test(value: bytes) -> Hit | None:
        if not made:
            made.append(make())
        return made[0](value)

    return test
