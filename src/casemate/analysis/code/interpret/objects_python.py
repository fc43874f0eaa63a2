"""Objects of Python's standard library that hold data and give it back: containers, templates, pools, getters.

Source: Python standard library documentation, "collections", "dataclasses", "operator", "itertools", "functools",
"string" ("Template strings"), "concurrent.futures", "asyncio" (`gather`), "multiprocessing.pool".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.analysis.code.interpret import containers, mappings
from casemate.analysis.code.interpret.applying import Given
from casemate.analysis.code.interpret.comparing import truth
from casemate.analysis.code.interpret.formats import decoded
from casemate.analysis.code.joining import concat, join, known_text, taint_of, union, unknown
from casemate.analysis.code.labels import BIT, EVERY, Label, as_part
from casemate.analysis.code.values import (
    NONE,
    UNKNOWN,
    Cells,
    Closure,
    Const,
    Instance,
    Mapping,
    Partial,
    Row,
    Sequence,
    Thing,
    Value,
    Verdict,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from casemate.analysis.code.interpret.machine import Frame, Machine

    Native = Callable[[Machine, Given, Frame], Value | None]

MAX_FOLD = 12
DEFAULTS = "defaultdict"
NAMESPACE = "namespace"


def _elements(row: Row) -> list[Value]:
    return [*row.items, *([row.rest] if row.rest is not None else [])]


# -- containers
def _default_mapping(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    """`defaultdict(factory)`: what is not there is made when it is asked for."""
    made = Mapping(path=DEFAULTS)
    made.fields.update((key, value) for key, value in given.keywords.items() if key != "**")
    made.factory = given.arguments[0] if given.arguments else None
    for one in given.arguments[1:]:
        if isinstance(one, Mapping):
            made.fields.update(one.fields.items())
    return made


def missing(machine: Machine, target: Mapping, key: Const, frame: Frame, node: Given | None = None) -> Value | None:
    """What a `defaultdict` makes for a key, kept there; None: it is another mapping."""
    factory = target.factory
    del node
    if target.path != DEFAULTS or factory is None:
        return None
    value: Value | None = None
    if isinstance(factory, Thing):
        kind = _KINDS.get(factory.path or "")
        value = kind() if kind is not None else None
    elif isinstance(factory, Closure):
        from casemate.analysis.code import ir
        from casemate.analysis.code.interpret.calling import call

        value = call(machine, factory, [], {}, frame, ir.Const(None, (0, 0)))
    if value is not None:
        machine.trail.set(target.fields, key.value, value)
    return value


_KINDS: dict[str, Callable[[], Value]] = {
    "list": Sequence, "dict": Mapping, "set": lambda: Sequence(kind="set"), "str": lambda: Const(""),
    "int": lambda: Const(0), "collections.deque": Sequence,
}  # fmt: skip


def _namespace(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    made = Mapping(path=NAMESPACE)
    for one in given.arguments:
        if isinstance(one, Mapping):
            made.fields.update(one.fields.items())
    made.fields.update((key, value) for key, value in given.keywords.items() if key != "**")
    return made


def _chain_map(machine: Machine, given: Given, frame: Frame) -> Value | None:
    made = Mapping()
    given.arguments.reverse()
    mappings.PYTHON_MAPPING["update"](machine, made, given, frame)
    return made


def _chain(machine: Machine, given: Given, frame: Frame) -> Value | None:
    made = Sequence()
    containers.PYTHON_LIST["extend"](machine, made, given, frame)
    return made


def _chain_nested(machine: Machine, given: Given, frame: Frame) -> Value | None:
    from casemate.analysis.code.interpret.members import iterate

    row = iterate(machine, given.arguments[0], frame, given.node.at) if given.arguments else Row(())
    if row.rest is not None:
        return Sequence((), unknown(as_part(taint_of(row.rest))))
    return _chain(machine, Given(None, list(row.items), {}, given.node), frame)


def _islice(machine: Machine, given: Given, frame: Frame) -> Value | None:
    from casemate.analysis.code.interpret.building import sliced
    from casemate.analysis.code.interpret.members import iterate

    if len(given.arguments) < 2:
        return None
    row = iterate(machine, given.arguments[0], frame, given.node.at)
    bounds: list[Value | None] = [*given.arguments[1:4]]
    bounds = [None, bounds[0], None] if len(bounds) == 1 else [*bounds, None, None][:3]
    return sliced(Sequence(row.items, row.rest), bounds)


def _iter(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    value = given.arguments[0] if given.arguments else UNKNOWN
    return Sequence(value.row.items, value.row.rest, value.kind) if isinstance(value, Sequence) else value


def _next(machine: Machine, given: Given, frame: Frame) -> Value | None:
    """The first element, which is gone then."""
    from casemate.analysis.code.interpret.members import iterate

    value = given.arguments[0] if given.arguments else UNKNOWN
    default = given.arguments[1:2]
    if isinstance(value, Sequence) and value.row.items:
        return containers.PYTHON_LIST["popleft"](machine, value, Given(value, [], {}, given.node), frame)
    row = iterate(machine, value, frame, given.node.at)
    return row.items[0] if row.items else union([*_elements(row), *default] or [UNKNOWN])


def _whether(quantifier: Callable[[list[bool]], bool], name: str) -> Native:
    """`any`, `all` of what is known."""

    def function(machine: Machine, given: Given, frame: Frame) -> Value | None:
        from casemate.analysis.code.interpret.members import iterate

        value = given.arguments[0] if given.arguments else None
        if not isinstance(value, Sequence):
            return unknown(sort="bool")
        row = iterate(machine, value, frame, given.node.at)
        known = [truth(item) for item in row.items]
        if (name == "any" and True in known) or (name == "all" and False in known):
            return Const(name == "any")
        if row.rest is not None or None in known:
            checks = [item for item in _elements(row) if truth(item) is None]
            return _of_checks(checks, name)
        return Const(quantifier([bool(one) for one in known]))

    return function


def _of_checks(checks: list[Value], name: str) -> Value:
    """`any` of checks holds if one of them does, `all` if each does."""
    verdicts = [one for one in checks if isinstance(one, Verdict)]
    if len(verdicts) < len(checks):
        return unknown(sort="bool")
    tables = [dict(one.yes) for one in verdicts]
    keys = set(tables[0]) if name == "any" else {key for table in tables for key in table}
    guards: list[tuple[str, int]] = []
    for key in sorted(keys):
        bits = EVERY if name == "any" else 0
        for table in tables:
            bits = bits & table.get(key, 0) if name == "any" else bits | table.get(key, 0)
        if bits:
            guards.append((key, bits))
    return Verdict(tuple(guards)) if guards else unknown(sort="bool")


def _absolute(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    value = given.arguments[0] if given.arguments else UNKNOWN
    if isinstance(value, Const) and isinstance(value.value, (int, float)):
        return Const(abs(value.value))
    return unknown(sort="int")


def _push(machine: Machine, given: Given, frame: Frame) -> Value | None:
    """`heapq.heappush(heap, value)`, `bisect.insort(list, value)`."""
    heap = given.arguments[0] if given.arguments else None
    if isinstance(heap, Sequence):
        containers.PYTHON_LIST["append"](machine, heap, Given(heap, given.arguments[1:], {}, given.node), frame)
    return NONE


def _smallest(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    heap = given.arguments[0] if given.arguments else None
    return (containers.every(heap) or UNKNOWN) if isinstance(heap, Sequence) else None


def _counted(machine: Machine, given: Given, frame: Frame) -> Value | None:
    """`Counter(values)`: numbers under the values."""
    from casemate.analysis.code.interpret.members import iterate
    from casemate.analysis.code.interpret.writing import put

    made = Mapping()
    if given.arguments and not isinstance(given.arguments[0], Mapping):
        row = iterate(machine, given.arguments[0], frame, given.node.at)
        for item in _elements(row):
            put(machine, made, item, unknown(sort="int"))
    return made


def _reduce(machine: Machine, given: Given, frame: Frame) -> Value | None:
    """`functools.reduce`: folded where all elements are known."""
    from casemate.analysis.code.interpret.calling import call
    from casemate.analysis.code.interpret.members import iterate

    if len(given.arguments) < 2:
        return None
    function = given.arguments[0]
    row = iterate(machine, given.arguments[1], frame, given.node.at)
    start = given.arguments[2:3]
    if row.rest is None and len(row.items) <= MAX_FOLD and (row.items or start):
        items = [*start, *row.items]
        result = items[0]
        for item in items[1:]:
            result = call(machine, function, [result, item], {}, frame, given.node)
        return result
    element = union(_elements(row) or [UNKNOWN])
    first = start[0] if start else element
    once = call(machine, function, [first, element], {}, frame, given.node)
    more = call(machine, function, [join(first, once), element], {}, frame, given.node)
    return union((first, once, more))


# -- objects with fields
def fields_in_order(value: Instance) -> list[Value] | None:
    """The elements of a named tuple; None: it is none."""
    if not any(isinstance(base, Thing) for base in value.cls.bases):
        return None
    base_name = value.cls.library_base() or ""
    if not base_name.endswith(("NamedTuple", "namedtuple")):
        return None
    from casemate.analysis.code.interpret.inlining import declared_fields

    return [value.fields.get(name, UNKNOWN) for name in declared_fields(value.cls)]


def _replaced(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    """`dataclasses.replace(value, name=…)`."""
    value = given.arguments[0] if given.arguments else None
    if not isinstance(value, Instance):
        return None
    made = Instance(value.cls)
    made.fields = Cells(value.fields.items())
    made.fields.update((key, one) for key, one in given.keywords.items() if key != "**")
    return made


def _as_dict(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    value = given.arguments[0] if given.arguments else None
    return Mapping(Cells(value.fields.items()), taint=value.taint) if isinstance(value, Instance) else None


def _as_tuple(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    value = given.arguments[0] if given.arguments else None
    return Sequence(tuple(value.fields.values()), kind="tuple") if isinstance(value, Instance) else None


def _getter(name: str) -> Native:
    """`itemgetter("a")`, `attrgetter("a")`, `methodcaller("a")`: a function that is called with the object later."""

    def function(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
        return Partial(Thing(f"operator.{name}.made"), tuple(given.arguments), {})

    return function


def _got(name: str) -> Native:
    def function(machine: Machine, given: Given, frame: Frame) -> Value | None:
        from casemate.analysis.code.interpret.calling import call_member
        from casemate.analysis.code.interpret.members import attribute, index

        *keys, target = given.arguments or [UNKNOWN]
        at = given.node.at
        if name == "methodcaller":
            text = known_text(keys[0]) if keys else None
            return call_member(machine, target, text, keys[1:], {}, frame, given.node) if text else None
        found: list[Value] = []
        for key in keys:
            text = known_text(key)
            if name == "itemgetter":
                found.append(index(machine, target, key, frame, at))
            elif text is not None:
                value = target
                for part in text.split("."):
                    value = attribute(machine, value, part, frame, at)
                found.append(value)
        if not found:
            return None
        return found[0] if len(found) == 1 else Sequence(found, kind="tuple")

    return function


# -- text
_HOLE = re.compile(r"\$(?:(\$)|([A-Za-z_]\w{0,80})|\{([A-Za-z_]\w{0,80})\})")


def _template(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    text = given.arguments[0] if given.arguments else UNKNOWN
    return Thing("string.Template", taint_of(text), made=True, receiver=text)


def _substituted(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    """`Template(text).substitute(mapping, name=…)`."""
    template = given.receiver.receiver if isinstance(given.receiver, Thing) else None
    text = known_text(template) if template is not None else None
    if text is None:
        return unknown(as_part((*given.taint(), *(taint_of(template) if template is not None else ()))), "str")
    known: dict[object, Value] = {}
    known.update(given.keywords)
    for one in given.arguments:
        if not isinstance(one, Mapping):
            return unknown(as_part(given.taint()), "str")
        known = {**one.fields, **known}
    parts: list[Value] = []
    last = 0
    for match in _HOLE.finditer(text):
        parts.append(Const(text[last : match.start()]))
        last = match.end()
        name = match[2] or match[3]
        parts.append(Const("$") if match[1] else known.get(name, UNKNOWN))
    parts.append(Const(text[last:]))
    return concat(parts)


_TEXT_KINDS = BIT["xss"] | BIT["sql"] | BIT["xpath"] | BIT["ldap"] | BIT["command"] | BIT["log"] | BIT["header"]
_QUOTED = _TEXT_KINDS | BIT["path"] | BIT["ssrf"] | BIT["redirect"] | BIT["nosql"] | BIT["template"]


def _in_alphabet(bits: int) -> Native:
    """Base64 or hex: the data in other clothes, without the characters that do harm; decoded it is what it was."""

    def function(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
        value = given.arguments[0] if given.arguments else given.receiver or UNKNOWN
        taint = taint_of(value)
        if not taint:
            return unknown(sort="str")
        cured = tuple(label.derived(cured=bits) for label in as_part(taint))
        return Thing("encoded", cured, made=True, receiver=value, sort="str")

    return function


def _unquoted(machine: Machine, given: Given, frame: Frame) -> Value | None:
    """`unquote`, `unescape`: what quoting had made harmless does harm again."""
    found = decoded(machine, given, frame)
    if found is None or not any(label.cured & _QUOTED for label in found.taint):
        return found
    labels = []
    for label in found.taint:
        bits = label.cured if label.cured == EVERY else label.cured & ~_QUOTED
        labels.append(Label(label.origin, label.trace, cured=bits, form=label.form, sure=label.sure))
    return unknown(tuple(labels), "str")


# -- calls by others
def _pool_map(machine: Machine, given: Given, frame: Frame) -> Value | None:
    from casemate.analysis.code.interpret.builtins_python import FUNCTIONS as PYTHON

    return PYTHON["map"](machine, given, frame)


def _pool_apply(machine: Machine, given: Given, frame: Frame) -> Value | None:
    from casemate.analysis.code.interpret.calling import call
    from casemate.analysis.code.interpret.members import iterate

    if not given.arguments:
        return None
    taken = given.arguments[1] if len(given.arguments) > 1 else given.keywords.get("args", Sequence())
    row = iterate(machine, taken, frame, given.node.at)
    return call(machine, given.arguments[0], list(row.items), {}, frame, given.node)


def _gathered(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    return Sequence(given.arguments)


def _nothing(_machine: Machine, _given: Given, _frame: Frame) -> Value | None:
    return NONE


_POOLS = ("concurrent.futures.ThreadPoolExecutor", "concurrent.futures.ProcessPoolExecutor", "multiprocessing.Pool",
          "multiprocessing.pool.Pool", "multiprocessing.pool.ThreadPool")  # fmt: skip

FUNCTIONS: dict[str, Native] = {
    "collections.defaultdict": _default_mapping, "types.SimpleNamespace": _namespace,
    "argparse.Namespace": _namespace, "collections.ChainMap": _chain_map, "itertools.chain": _chain,
    "itertools.chain.from_iterable": _chain_nested, "itertools.islice": _islice, "iter": _iter, "next": _next,
    "any": _whether(any, "any"), "all": _whether(all, "all"), "functools.reduce": _reduce,
    "dataclasses.replace": _replaced, "copy.replace": _replaced, "dataclasses.asdict": _as_dict,
    "dataclasses.astuple": _as_tuple,
    **{f"operator.{name}": _getter(name) for name in ("itemgetter", "attrgetter", "methodcaller")},
    **{f"operator.{name}.made": _got(name) for name in ("itemgetter", "attrgetter", "methodcaller")},
    "string.Template": _template, "string.Template.substitute": _substituted,
    "string.Template.safe_substitute": _substituted,
    **dict.fromkeys(("base64.b64encode", "base64.urlsafe_b64encode", "base64.standard_b64encode"),
                    _in_alphabet(_TEXT_KINDS)),
    **dict.fromkeys(("binascii.hexlify",), _in_alphabet(EVERY)), "bytes.fromhex": decoded,
    **dict.fromkeys(("urllib.parse.unquote", "urllib.parse.unquote_plus", "urllib.unquote", "html.unescape"),
                    _unquoted),
    **{f"{pool}.{name}": _pool_map for pool in _POOLS for name in ("map", "imap", "imap_unordered", "map_async")},
    **{f"{pool}.{name}": _pool_apply for pool in _POOLS for name in ("apply", "apply_async")},
    "abs": _absolute, "collections.Counter": _counted, "heapq.heappop": _smallest,
    **dict.fromkeys(("heapq.heappush", "bisect.insort", "bisect.insort_left", "bisect.insort_right"), _push),
    "asyncio.gather": _gathered, "asyncio.sleep": _nothing,
}  # fmt: skip
"""What these give back."""


def hexed(machine: Machine, receiver: Value, given: Given, frame: Frame) -> Value | None:
    """`data.hex()`."""
    return _in_alphabet(EVERY)(machine, Given(receiver, [receiver], {}, given.node), frame)
