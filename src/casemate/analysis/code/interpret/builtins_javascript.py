"""Built-in functions of JavaScript and Node.js that decide where data goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.interpret import containers, mappings
from casemate.analysis.code.interpret.applying import Given, assigned_member
from casemate.analysis.code.interpret.comparing import guards_for
from casemate.analysis.code.interpret.formats import (
    clean,
    decoded,
    dumps,
    encoded,
    first,
    loads,
    normalised,
    number,
    part,
    same,
)
from casemate.analysis.code.interpret.patterns import guards_of, local, pattern_of
from casemate.analysis.code.joining import concat, options_of, taint_of, union, unknown
from casemate.analysis.code.labels import BIT, EVERY, HOST, PLACE, WHOLE, as_part
from casemate.analysis.code.values import (
    NEVER,
    NONE,
    REST,
    UNKNOWN,
    Class,
    Closure,
    Const,
    Environment,
    Instance,
    Mapping,
    Partial,
    Sequence,
    Text,
    Thing,
    Value,
    Verdict,
)

if TYPE_CHECKING:
    from casemate.analysis.code.interpret.builtins_python import Native
    from casemate.analysis.code.interpret.machine import Frame, Machine


def _string(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    value = first(given)
    if isinstance(value, Const):
        return Const(str(value.value))
    return value if isinstance(value, (Text, Environment)) else unknown(taint_of(value), "str")


def _keys(over: str) -> Native:
    def function(machine: Machine, given: Given, frame: Frame) -> Value | None:
        value = first(given)
        if isinstance(value, Mapping):
            return mappings.JAVASCRIPT_MAPPING[over](machine, value, given, frame)
        if isinstance(value, Sequence) and over == "values":
            return value
        from casemate.analysis.code.interpret.members import iterate

        row = iterate(machine, value, frame, given.node.at, over="items" if over == "entries" else "values")
        return Sequence(row.items, row.rest)

    return function


def _assign(machine: Machine, given: Given, frame: Frame) -> Value | None:
    """`Object.assign(target, …sources)`: each field of the sources is written."""
    from casemate.analysis.code.interpret.writing import spread_into

    target = first(given)
    if isinstance(target, Mapping):
        for one in given.arguments[1:]:
            spread_into(machine, target, one)
    elif isinstance(target, Thing) and target.path:
        for one in given.arguments[1:]:
            for option in options_of(one):
                fields = option.fields.items() if isinstance(option, Mapping) else ()
                for key, value in [*fields, *(((REST, unknown(option.taint)),) if option.taint else ())]:
                    name: Value = Const(key) if isinstance(key, str) else UNKNOWN
                    assigned_member(machine, target, name, value, frame, given.node.at, attribute=True)
    return target


def _from_entries(machine: Machine, given: Given, frame: Frame) -> Value | None:
    from casemate.analysis.code.interpret.members import iterate
    from casemate.analysis.code.interpret.writing import put

    result = Mapping()
    row = iterate(machine, first(given), frame, given.node.at)
    for item in (*row.items, *([row.rest] if row.rest is not None else [])):
        if isinstance(item, Sequence) and len(item.row.items) == 2:
            put(machine, result, item.row.items[0], item.row.items[1])
        elif item.taint:
            put(machine, result, UNKNOWN, unknown(item.taint))
    return result


def _array_from(machine: Machine, given: Given, frame: Frame) -> Value | None:
    from casemate.analysis.code.interpret.members import iterate

    row = iterate(machine, first(given), frame, given.node.at)
    made = Sequence(row.items, row.rest)
    if len(given.arguments) < 2 or not isinstance(given.arguments[1], (Closure, Partial)):
        return made
    if isinstance(first(given), Mapping):  # `{length: 8}`: as many as that
        made = Sequence((), UNKNOWN)
    mapped = Given(made, given.arguments[1:], {}, given.node)
    return containers.JAVASCRIPT_LIST["map"](machine, made, mapped, frame)


def _new_array(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    return Sequence(given.arguments) if len(given.arguments) != 1 else Sequence((), UNKNOWN)


def _new_set(machine: Machine, given: Given, frame: Frame) -> Value | None:
    result = _array_from(machine, given, frame) if given.arguments else Sequence()
    return Sequence(result.row.items, result.row.rest, "set") if isinstance(result, Sequence) else result


def _new_map(machine: Machine, given: Given, frame: Frame) -> Value | None:
    return _from_entries(machine, given, frame) if given.arguments else Mapping()


def _is_array(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    value = first(given)
    return (
        Const(True)
        if isinstance(value, Sequence)
        else Const(False)
        if isinstance(value, (Const, Text))
        else unknown(sort="bool")
    )


def _is_number(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    return Verdict(guards_for(taint_of(first(given)), EVERY))


def _all(machine: Machine, given: Given, frame: Frame) -> Value | None:
    """`Promise.all(values)`: the values."""
    return _array_from(machine, given, frame)


def _promise(machine: Machine, given: Given, frame: Frame) -> Value | None:
    """`new Promise((resolve, reject) => …)`: what resolve is called with."""
    from casemate.analysis.code.interpret.calling import call

    if not given.arguments:
        return UNKNOWN
    found: list[Value] = []
    machine.resolving.append(found)
    call(machine, given.arguments[0], [Thing("Promise.resolved"), Thing("Promise.rejected")], {}, frame, given.node)
    machine.resolving.pop()
    return union(found) if found else UNKNOWN


def _resolved(machine: Machine, given: Given, _frame: Frame) -> Value | None:
    if machine.resolving and given.arguments:
        machine.resolving[-1].append(given.arguments[0])
    return NONE


def _timer(machine: Machine, given: Given, frame: Frame) -> Value | None:
    from casemate.analysis.code.interpret.calling import call

    call(machine, first(given), given.arguments[2:], {}, frame, given.node)
    return UNKNOWN


def _regexp(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    value = first(given)
    return Thing("RegExp", taint_of(value), made=True, receiver=value)


def _test(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    """`pattern.test(text)`, `pattern.exec(text)`."""
    pattern = pattern_of(given.receiver) if given.receiver is not None else None
    taint = taint_of(first(given))
    guards = guards_of(pattern, taint, whole=False) or local(pattern, taint, bound=False)
    return Verdict(guards, (), as_part(taint)) if guards else unknown(as_part(taint), "" if taint else "bool")


def _join(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    parts: list[Value] = []
    for place, one in enumerate(given.arguments):
        parts.extend([Const("/"), one] if place else [one])
    return concat(parts) if parts else UNKNOWN


def _resolve(machine: Machine, given: Given, frame: Frame) -> Value | None:
    joined = _join(machine, given, frame)
    if joined is None or isinstance(joined, Const):
        return joined
    given.arguments[:] = [unknown(given.taint(), "str")]
    return normalised(machine, given, frame)


def _relative(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    """`path.relative(root, full)`: below the root it does not begin with `..`."""
    taint = tuple(label.derived(form=PLACE) for label in given.taint())
    return unknown(taint, "str")


def _basename(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    value = first(given)
    if isinstance(value, Const):
        return Const(str(value.value).rpartition("/")[2])
    return unknown(tuple(label.derived(cured=BIT["path"]) for label in as_part(taint_of(value))), "str")


def _url(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    """`new URL(url)`: its host can be checked."""
    value = first(given)
    if len(given.arguments) > 1 and taint_of(given.arguments[1]):
        value = given.arguments[1]
    taint = taint_of(value)
    instance = Instance(Class("URL", (Thing("URL"),)))
    host = unknown(tuple(label.derived(form=HOST) if label.form == WHOLE else label for label in taint), "str")
    for name in ("host", "hostname", "origin"):
        instance.fields[name] = host
    for name in ("pathname", "search", "hash", "protocol", "searchParams", "username", "password", "port"):
        instance.fields[name] = unknown(as_part(taint))
    whole: Value = unknown(taint, "str")
    instance.fields["href"] = whole
    instance.fields[REST] = whole
    instance.taint = taint if isinstance(value, Thing) else as_part(taint)
    return instance


def _exit(_machine: Machine, _given: Given, _frame: Frame) -> Value | None:
    return NEVER


def _buffer(machine: Machine, given: Given, frame: Frame) -> Value | None:
    """`Buffer.from(text, encoding)`."""
    encoding = given.arguments[1].value if len(given.arguments) > 1 and isinstance(given.arguments[1], Const) else None
    return decoded(machine, given, frame) if encoding in {"base64", "hex", "base64url"} else same(machine, given, frame)


def _import(machine: Machine, given: Given, frame: Frame) -> Value | None:
    value = first(given)
    if not isinstance(value, Const):
        machine.unfollowed(frame, given.node.at, "a module whose name is not known is loaded")
        return UNKNOWN
    loaded = machine.project.load(machine, str(value.value), frame.module)
    from casemate.analysis.code.interpret.loading import module_of

    return module_of(loaded) if loaded is not None else Thing(str(value.value).removeprefix("node:"))


def _promisify(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    return first(given)


FUNCTIONS: dict[str, Native] = {
    **dict.fromkeys(("Number", "parseInt", "parseFloat", "Number.parseInt", "Number.parseFloat", "BigInt"), number),
    **dict.fromkeys(("Date.now", "Math.floor", "Math.random", "Math.round", "Math.max", "Math.min", "Math.abs",
    "Math.ceil", "Math.trunc",
                     "Buffer.byteLength"), clean("int")),
    **dict.fromkeys(("Boolean", "Number.isNaN", "isNaN", "Object.is"), clean("bool")),
    **dict.fromkeys(("Promise.resolve", "Object.freeze", "Object.seal", "structuredClone", "Object.create",
    "Promise.reject", "util.promisify",
                     "querystring.unescape", "Symbol", "Object"), same),
    **dict.fromkeys(("decodeURIComponent", "decodeURI", "unescape", "atob"), decoded),
    **dict.fromkeys(("btoa",), encoded),
    **dict.fromkeys(("Promise.all", "Promise.allSettled", "Promise.any", "Promise.race", "Array.from"), _all),
    **dict.fromkeys(("Number.isInteger", "Number.isSafeInteger", "Number.isFinite", "isFinite"), _is_number),
    **dict.fromkeys(("setTimeout", "setImmediate", "setInterval", "process.nextTick", "queueMicrotask"), _timer),
    **dict.fromkeys(("RegExp.test", "RegExp.exec"), _test),
    **dict.fromkeys(("path.normalize", "fs.realpathSync"), normalised), "path.relative": _relative,
    **dict.fromkeys(("path.isAbsolute", "fs.existsSync"), clean("bool")),
    **dict.fromkeys(("path.extname", "path.dirname", "util.inspect", "util.format", "querystring.stringify"),
    part("str")),
    "String": _string, "JSON.parse": loads, "JSON.stringify": dumps, "Object.keys": _keys("keys"),
    "Object.values": _keys("values"),
    "Object.entries": _keys("entries"), "Object.assign": _assign, "Object.fromEntries": _from_entries,
    "Array": _new_array,
    "Array.of": lambda _machine, given, _frame: Sequence(given.arguments), "Set": _new_set, "Map": _new_map,
    "WeakSet": _new_set, "WeakMap": _new_map,
    "Array.isArray": _is_array,
    "Promise": _promise, "Promise.resolved": _resolved, "Promise.rejected": lambda _machine, _given, _frame: NONE,
    "RegExp": _regexp,
    "os.tmpdir": lambda _machine, _given, _frame: Const("/tmp"),  # noqa: S108 - what Lambda and Azure on Linux have
    "path.join": _join, "path.resolve": _resolve, "path.basename": _basename, "URL": _url, "url.URL": _url,
    "url.parse": _url,
    "process.exit": _exit, "Buffer.from": _buffer, "import": _import, "require": _import, "promisify": _promisify,
}  # fmt: skip
