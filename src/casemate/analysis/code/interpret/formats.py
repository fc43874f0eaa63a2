"""What both languages have: conversions, text formats, paths, URLs, regular expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.interpret.comparing import guards_for
from casemate.analysis.code.interpret.patterns import guards_of, local, matched, pattern_of
from casemate.analysis.code.joining import concat, known_text, taint_of, unknown
from casemate.analysis.code.labels import EVERY, HOST, PLACE, WHOLE, Taint, as_part, merge
from casemate.analysis.code.values import (
    REST,
    UNKNOWN,
    Cells,
    Class,
    Const,
    Instance,
    Mapping,
    Sequence,
    Thing,
    Value,
    Verdict,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from casemate.analysis.code.interpret.applying import Given
    from casemate.analysis.code.interpret.machine import Frame, Machine

    Native = Callable[[Machine, Given, Frame], Value | None]


def first(given: Given) -> Value:
    """The first argument."""
    return given.arguments[0] if given.arguments else next(iter(given.keywords.values()), UNKNOWN)


def number(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    """`int`, `float`: no text is left of the data."""
    value = first(given)
    if isinstance(value, Const) and isinstance(value.value, (int, float, str)) and len(given.arguments) == 1:
        try:
            return Const(int(value.value))
        except (ValueError, OverflowError):
            return unknown(sort="int")
    return unknown(sort="int")


def raising(native: Native) -> Native:
    """A conversion that raises for other text: where it came back, the text itself is harmless."""

    def function(machine: Machine, given: Given, frame: Frame) -> Value | None:
        taint = taint_of(first(given))
        if taint:
            machine.guard(guards_for(taint))
        return native(machine, given, frame)

    return function


def clean(sort: str) -> Native:
    """Gives back nothing of what it was given."""
    return lambda _machine, _given, _frame: unknown(sort=sort)


def same(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    """Gives back what it was given."""
    return first(given)


def part(sort: str) -> Native:
    """Gives back something of what it was given."""

    def function(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
        taint = given.taint()
        return unknown(as_part(taint), sort)

    return function


# -- text formats
def loads(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    """A document of the attacker's: every part of it is."""
    value = first(given)
    if isinstance(value, (Mapping, Sequence)):
        return value
    if isinstance(value, Const):
        return UNKNOWN
    if isinstance(value, Thing) and value.receiver is not None and value.path == "json.text":
        return value.receiver
    return unknown(taint_of(value))


def dumps(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    """The text of a document; read again it is the document."""
    value = first(given)
    if isinstance(value, Const) and isinstance(value.value, (str, int, float, bool)):
        import json

        return Const(json.dumps(value.value))
    return Thing("json.text", as_part(taint_of(value)), made=True, receiver=value, sort="str")


def encoded(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    """Base64, hex and their like: the data in other clothes; decoded it is what it was."""
    value = first(given)
    return (
        Thing("encoded", as_part(taint_of(value)), made=True, receiver=value, sort="str")
        if taint_of(value)
        else unknown(sort="str")
    )


def decoded(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    """What was encoded."""
    value = first(given)
    if isinstance(value, Thing) and value.path == "encoded" and value.receiver is not None:
        return value.receiver
    return unknown(taint_of(value), "str")


# -- paths and URLs
def _path_join(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    parts: list[Value] = []
    for place, one in enumerate(given.arguments):
        if place:
            parts.append(Const("/"))
        parts.append(one)
    return concat(parts) if parts else UNKNOWN


def _path_object(_machine: Machine, given: Given, frame: Frame) -> Value | None:
    inner = _path_join(_machine, given, frame)
    return Thing(
        "pathlib.Path", as_part(given.taint()) if len(given.arguments) > 1 else given.taint(), made=True, receiver=inner
    )


def normalised(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    """A path without `..`: a check of its prefix then says where it is."""
    value = given.arguments[0] if given.arguments else given.receiver
    taint = tuple(label.derived(form=PLACE) for label in taint_of(value)) if value is not None else ()
    if isinstance(value, Const):
        return value
    if given.receiver is not None and not given.arguments:
        return Thing("pathlib.Path", taint, made=True, receiver=unknown(taint, "str"))
    return unknown(taint, "str")


def _basename(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    from casemate.analysis.code.labels import BIT

    value = first(given)
    if isinstance(value, Const) and isinstance(value.value, str):
        return Const(value.value.rpartition("/")[2])
    taint = tuple(label.derived(cured=BIT["path"]) for label in as_part(taint_of(value)))
    return unknown(taint, "str")


def _parsed_url(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    """`urlparse(url)`: its host can be checked."""
    value = first(given)
    taint = taint_of(value)
    host = unknown(tuple(label.derived(form=HOST) if label.form == WHOLE else label for label in taint), "str")
    rest = unknown(as_part(taint), "str")
    cells = Cells()
    result = Class("urlparse", ())
    for name in ("netloc", "hostname"):
        cells[name] = host
    for name in ("scheme", "path", "query", "params", "fragment", "username", "password"):
        cells[name] = rest
    cells["port"] = unknown(sort="int")
    instance = Instance(result)
    instance.fields.update(cells)
    instance.taint = as_part(taint)
    geturl = Thing(None, taint, sort="str")
    instance.fields[REST] = geturl
    return instance


# -- patterns
def _matches(*, whole: bool, bound: bool) -> Native:
    def function(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
        pattern, text = _pattern_and_text(given)
        if text is None:
            return None
        taint: Taint = taint_of(text)
        guards = guards_of(pattern, taint, whole=whole, bound=bound) or local(pattern, taint, bound=bound)
        found = matched(pattern, as_part(taint))
        return Verdict(guards, (), found) if guards else Thing("re.Match", found, made=True)

    return function


def _all_matches(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    """`re.findall`, `re.finditer`."""
    pattern, text = _pattern_and_text(given)
    if text is None:
        return None
    found = matched(pattern, as_part(taint_of(text)))
    return Sequence((), unknown(found)) if found else None


def _pattern_and_text(given: Given) -> tuple[str | None, Value | None]:
    if given.receiver is not None and isinstance(given.receiver, Thing) and given.receiver.path == "re.Pattern":
        return pattern_of(given.receiver), given.arguments[0] if given.arguments else None
    if len(given.arguments) < 2:
        return None, None
    return pattern_of(given.arguments[0]), given.arguments[1]


def _compile(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    return Thing("re.Pattern", given.taint(), made=True, receiver=first(given))


def _sub(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    """`re.sub(pattern, new, text)`."""
    from casemate.analysis.code.interpret.texts import removed

    if given.receiver is not None and isinstance(given.receiver, Thing) and given.receiver.path == "re.Pattern":
        pattern, arguments = pattern_of(given.receiver), given.arguments
    else:
        pattern, arguments = pattern_of(first(given)), given.arguments[1:]
    if len(arguments) < 2:
        return None
    new, text = arguments[:2]
    bits = removed(pattern, known_text(new) or "") if pattern is not None else 0
    taint = as_part(taint_of(text))
    kept = tuple(label.derived(cured=bits) for label in taint) if bits else taint
    return unknown(merge(kept, as_part(taint_of(new))) if bits != EVERY else as_part(taint_of(new)), "str")


def _below(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    """`path.is_relative_to(folder)`: where it holds a normalised path lies below the folder."""
    value = given.receiver
    if value is None or any(taint_of(one) for one in given.arguments):
        return unknown(sort="bool")
    return Verdict(guards_for(tuple(label for label in value.taint if label.form == PLACE)))


def _relative(machine: Machine, given: Given, _frame: Frame) -> Value | None:
    """`path.relative_to(folder)` raises for a path that does not lie below the folder."""
    value = given.receiver
    if value is None or any(taint_of(one) for one in given.arguments):
        return None
    machine.guard(guards_for(tuple(label for label in value.taint if label.form == PLACE)))
    return Thing("pathlib.Path", value.taint, made=True, receiver=unknown(value.taint, "str"))


def _common(_machine: Machine, given: Given, frame: Frame) -> Value | None:
    """`os.path.commonpath([base, path]) == base`: equal to the base, a normalised path lies below it."""
    del frame
    return unknown(given.taint(), "str")


def _common_place(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    """`os.path.relpath(path, start)`: below the start it does not begin with `..`."""
    return unknown(tuple(label.derived(form=PLACE) for label in given.taint()), "str")


_PATHS = {
    "pathlib.Path.is_relative_to": _below, "pathlib.Path.relative_to": _relative, "os.path.commonpath": _common,
    "os.path.commonprefix": _common,
    "os.path.relpath": _common_place,
    **dict.fromkeys(("os.path.normpath", "os.path.realpath", "os.path.abspath", "pathlib.Path.resolve",
    "pathlib.Path.absolute"), normalised),
    "tempfile.gettempdir": lambda _machine, _given, _frame: Const("/tmp"),  # noqa: S108 - as on Lambda
    "os.path.join": _path_join, "posixpath.join": _path_join, "pathlib.Path": _path_object,
    "pathlib.PurePath": _path_object,
    "pathlib.PosixPath": _path_object, "os.path.basename": _basename, "ntpath.basename": _basename,
    **dict.fromkeys(("os.path.exists", "os.path.isabs", "os.path.isfile", "os.path.isdir"), clean("bool")),
    "os.path.getsize": clean("int"),
    "pathlib.Path.exists": clean("bool"), "pathlib.Path.is_file": clean("bool"), "pathlib.Path.is_dir": clean("bool"),
}  # fmt: skip
_URLS: dict[str, Native] = dict.fromkeys(
    ("urllib.parse.urlparse", "urllib.parse.urlsplit", "urlparse.urlparse", "yarl.URL", "furl.furl"), _parsed_url
)
