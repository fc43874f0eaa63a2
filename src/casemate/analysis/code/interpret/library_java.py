"""What the library of Java says of text, paths and addresses.

Source: Java SE API documentation, java.lang.String ("matches": the whole text), java.util.regex ("Matcher.matches",
"Matcher.find"), java.nio.file.Path ("normalize", "startsWith"), java.net.URI ("getHost").
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.interpret.applying import Given
from casemate.analysis.code.interpret.comparing import compare
from casemate.analysis.code.interpret.formats import normalised
from casemate.analysis.code.interpret.patterns import guards_of, local
from casemate.analysis.code.interpret.texts import JAVASCRIPT
from casemate.analysis.code.joining import concat, known_text, taint_of, unknown
from casemate.analysis.code.labels import HOST, WHOLE, as_part
from casemate.analysis.code.values import Const, Environment, Thing, Value, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from casemate.analysis.code.interpret.machine import Frame, Machine
    from casemate.analysis.code.interpret.texts import NativeMethod

    Native = Callable[[Machine, Given, Frame], Value | None]

_PATTERN, _MATCHER, _PATH = "java.util.regex.Pattern", "java.util.regex.Matcher", "java.nio.file.Path"


def _asked(pattern: Value, text: Value, *, whole: bool) -> Value:
    written, taint = known_text(pattern), taint_of(text)
    guards = guards_of(written, taint, whole=whole) or local(written, taint, bound=whole)
    return Verdict(guards) if guards else unknown(sort="bool")


def _matches(_machine: Machine, receiver: Value, given: Given, _frame: Frame) -> Value | None:
    return _asked(given.arguments[0], receiver, whole=True) if given.arguments else None


def _equals(_machine: Machine, receiver: Value, given: Given, _frame: Frame) -> Value | None:
    return compare("==", receiver, given.arguments[0]) if given.arguments else None


def _contains(machine: Machine, receiver: Value, given: Given, frame: Frame) -> Value | None:
    return JAVASCRIPT["includes"](machine, receiver, given, frame)


TEXT: dict[str, NativeMethod] = {
    **JAVASCRIPT, "matches": _matches, "equals": _equals, "equalsIgnoreCase": _equals, "contentEquals": _equals,
    "contains": _contains, "strip": JAVASCRIPT["trim"],
}  # fmt: skip
"""Methods of text."""


# -- patterns
def _compiled(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    return Thing(_PATTERN, made=True, receiver=given.arguments[0]) if given.arguments else None


def _matcher(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    """`pattern.matcher(text)`: an object that asks one text of one pattern."""
    if not given.arguments or not isinstance(given.receiver, Thing):
        return None
    text = given.arguments[0]
    return Thing(
        _MATCHER,
        as_part(taint_of(text)),
        made=True,
        receiver=Thing(None, taint_of(text), receiver=given.receiver.receiver),
    )


def _found(*, whole: bool) -> Native:
    def function(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
        pair = given.receiver.receiver if isinstance(given.receiver, Thing) else None
        if not isinstance(pair, Thing) or pair.receiver is None:
            return unknown(sort="bool")
        return _asked(pair.receiver, pair, whole=whole)

    return function


def _static_matches(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    """`Pattern.matches(pattern, text)`."""
    return _asked(given.arguments[0], given.arguments[1], whole=True) if len(given.arguments) > 1 else None


# -- paths
def _path(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    """`Path.of(a, b)`, `base.resolve(b)`."""
    parts: list[Value] = []
    base = [given.receiver] if given.receiver is not None and _is_path(given.receiver) else []
    for one in (*base, *given.arguments):
        parts += [Const("/"), one] if parts else [one]
    whole = concat(tuple(parts))
    return Thing(_PATH, taint_of(whole), made=True) if taint_of(whole) else Thing(_PATH, made=True)


def _is_path(value: Value) -> bool:
    return isinstance(value, Thing) and value.path == _PATH and value.made


def _normal(machine: Machine, given: Given, frame: Frame) -> Value | None:
    found = normalised(machine, Given(None, [given.receiver], {}, given.node), frame) if given.receiver else None
    return None if found is None else Thing(_PATH, found.taint, made=True)


def _kept(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    return given.receiver


def _begins(machine: Machine, given: Given, frame: Frame) -> Value | None:
    receiver = given.receiver
    if receiver is None or not given.arguments:
        return None
    return JAVASCRIPT["startsWith"](machine, unknown(receiver.taint, "str"), given, frame)


# -- addresses
def _address(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    """`URI.create(text)`, `new URL(text)`: its host can be checked."""
    value = given.arguments[0] if given.arguments else None
    if value is None or len(given.arguments) > 1 or isinstance(value, (Const, Environment)):
        return None
    return Thing("java.net.URI", taint_of(value), made=True, receiver=value)


def _host(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    taint = given.receiver.taint if given.receiver is not None else ()
    return unknown(tuple(label.derived(form=HOST) if label.form == WHOLE else label for label in taint), "str")


def _part(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    return unknown(as_part(given.receiver.taint) if given.receiver is not None else (), "str")


# -- files and documents
def _file(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    return Thing("java.io.File", given.taint(), made=True)


def _canonical(machine: Machine, given: Given, frame: Frame) -> Value | None:
    if given.receiver is None:
        return None
    return normalised(machine, Given(None, [unknown(given.receiver.taint, "str")], {}, given.node), frame)


def _read(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    """`mapper.readValue(text, T.class)`: an object whose fields are data of the text."""
    return unknown(taint_of(given.arguments[0])) if len(given.arguments) > 1 else None


_READERS = (
    *(f"com.fasterxml.jackson.databind.ObjectMapper.{name}" for name in ("readValue", "convertValue", "treeToValue")),
    "com.google.gson.Gson.fromJson",
)  # fmt: skip

FUNCTIONS: dict[str, Native] = {
    "java.io.File": _file,
    **dict.fromkeys((f"java.io.File.{name}" for name in ("getCanonicalPath", "getCanonicalFile")), _canonical),
    **dict.fromkeys(_READERS, _read),
    f"{_PATTERN}.compile": _compiled, f"{_PATTERN}.matcher": _matcher, f"{_PATTERN}.matches": _static_matches,
    f"{_MATCHER}.matches": _found(whole=True), f"{_MATCHER}.find": _found(whole=False),
    "java.nio.file.Paths.get": _path, f"{_PATH}.of": _path, f"{_PATH}.resolve": _path,
    **dict.fromkeys((f"{_PATH}.{name}" for name in ("normalize", "toRealPath")), _normal),
    **dict.fromkeys((f"{_PATH}.{name}" for name in ("toAbsolutePath", "toString", "toFile", "toUri")), _kept),
    f"{_PATH}.startsWith": _begins,
    **dict.fromkeys(("java.net.URI.create", "java.net.URI", "java.net.URL"), _address),
    **dict.fromkeys(("java.net.URI.getHost", "java.net.URI.getAuthority"), _host),
    **dict.fromkeys((f"java.net.URI.{name}" for name in ("getPath", "getQuery", "getFragment", "getRawPath")), _part),
    "java.net.URI.getScheme": lambda *_: unknown(sort="str"),
    **dict.fromkeys((f"java.net.URI.{name}" for name in ("toURL", "toString", "toURI", "normalize", "toASCIIString")),
                    _kept),
}  # fmt: skip
"""Functions whose result says something of what goes in."""
