"""What the library of Go says of data: prefixes, patterns, lists of what is allowed, hosts of addresses, clean paths.

Sources: Go package documentation of strings, slices, regexp ("MatchString" finds a match anywhere), net/url ("URL"),
path/filepath ("Clean", "Join" cleans, "Abs" cleans).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.interpret.applying import Given
from casemate.analysis.code.interpret.comparing import compare, contains
from casemate.analysis.code.interpret.containers import JAVASCRIPT_LIST, PYTHON_LIST
from casemate.analysis.code.interpret.formats import normalised
from casemate.analysis.code.interpret.patterns import guards_of, local
from casemate.analysis.code.interpret.texts import JAVASCRIPT, joined
from casemate.analysis.code.joining import concat, known_text, taint_of, unknown
from casemate.analysis.code.labels import HOST, WHOLE, as_part
from casemate.analysis.code.values import (
    NONE,
    REST,
    Class,
    Const,
    Environment,
    Instance,
    Sequence,
    Thing,
    Value,
    Verdict,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from casemate.analysis.code.interpret.containers import ListMethod
    from casemate.analysis.code.interpret.machine import Frame, Machine

    Native = Callable[[Machine, Given, Frame], Value | None]


_BUILDERS = frozenset({"strings.Builder", "bytes.Buffer"})


def _told_text(_machine: Machine, target: Sequence, _given: Given, _frame: Frame) -> Value | None:
    return joined(Const(""), target.row.items, target.row.rest)


LIST: dict[str, ListMethod] = {
    **JAVASCRIPT_LIST, **dict.fromkeys(("WriteString", "WriteByte", "WriteRune", "Write"), PYTHON_LIST["append"]),
    "String": _told_text, "Bytes": _told_text, "Reset": PYTHON_LIST["clear"],
}  # fmt: skip
"""Methods of a text that is put together piece by piece (`strings.Builder`)."""


def declared(machine: Machine, written: str, value: Value, frame: Frame) -> Value:
    """`var db *gorm.DB`: an object of a library's type, set somewhere else."""
    from casemate.analysis.code.interpret.expressions import name_value

    package, dot, name = written.lstrip("*").partition(".")
    if not dot or not name.isidentifier() or not package.isidentifier():
        return value
    found = name_value(machine, package, frame)
    if isinstance(found, Thing) and f"{found.path}.{name}" in _BUILDERS:
        return Sequence()
    outside = isinstance(found, Thing) and not found.made and found.path and found.path != package
    return Thing(f"{found.path}.{name}", made=True) if outside and isinstance(found, Thing) else value


def _text(name: str) -> Native:
    """`strings.F(text, …)`, as the text's own method of JavaScript."""

    def function(machine: Machine, given: Given, frame: Frame) -> Value | None:
        if len(given.arguments) < 2:
            return None
        inside = Given(given.arguments[0], given.arguments[1:], {}, given.node)
        return JAVASCRIPT[name](machine, given.arguments[0], inside, frame)

    return function


def _same(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    return compare("==", given.arguments[0], given.arguments[1]) if len(given.arguments) > 1 else None


def _contained(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    return contains(given.arguments[0], given.arguments[1]) if len(given.arguments) > 1 else None


# -- patterns
def _compiled(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    """`regexp.MustCompile(pattern)`."""
    return Thing("regexp.Regexp", made=True, receiver=given.arguments[0]) if given.arguments else None


def _compiled_or(machine: Machine, given: Given, frame: Frame) -> Value | None:
    made = _compiled(machine, given, frame)
    return None if made is None else Sequence((made, unknown()), kind="tuple")


def _asked(pattern: Value, text: Value) -> Value:
    written, taint = known_text(pattern), taint_of(text)
    guards = guards_of(written, taint, whole=False) or local(written, taint, bound=False)
    return Verdict(guards) if guards else unknown(sort="bool")


def _matches(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    """`expression.MatchString(text)`."""
    expression = given.receiver
    if not isinstance(expression, Thing) or expression.receiver is None or not given.arguments:
        return None
    return _asked(expression.receiver, given.arguments[0])


def _matched(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    """`regexp.MatchString(pattern, text)`."""
    if len(given.arguments) < 2:
        return None
    return Sequence((_asked(given.arguments[0], given.arguments[1]), unknown()), kind="tuple")


# -- addresses
def _parsed(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    """`url.Parse(text)`: its host can be checked."""
    value = given.arguments[0] if given.arguments else NONE
    if isinstance(value, (Const, Environment)) or not taint_of(value):
        return Sequence((Thing("net/url.URL", made=True, receiver=value), unknown()), kind="tuple")
    taint = taint_of(value)
    made = Instance(Class("URL", (Thing("net/url.URL"),)))
    host = unknown(tuple(label.derived(form=HOST) if label.form == WHOLE else label for label in taint), "str")
    made.fields["Host"] = host
    made.fields["Hostname"] = Thing("net/url.told", host.taint, made=True, receiver=host)
    for name in ("Path", "RawPath", "RawQuery", "Fragment", "User", "Opaque"):
        made.fields[name] = unknown(as_part(taint), "str")
    made.fields["Scheme"] = unknown(sort="str")
    for name in ("String", "Redacted"):
        made.fields[name] = Thing("net/url.told", taint, made=True, receiver=value)
    made.fields[REST] = unknown(as_part(taint), "str")
    made.taint = taint
    return Sequence((made, unknown()), kind="tuple")


def _told(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    """`address.Hostname()`, `address.String()`: what was put aside for them."""
    return given.receiver


# -- paths
def _cleaned(machine: Machine, given: Given, frame: Frame) -> Value | None:
    value = (
        concat(tuple(given.arguments)) if len(given.arguments) > 1 else given.arguments[0] if given.arguments else None
    )
    return None if value is None else normalised(machine, Given(None, [value], {}, given.node), frame)


def _joined(machine: Machine, given: Given, frame: Frame) -> Value | None:
    """`filepath.Join(a, b)`."""
    parts: list[Value] = []
    for place, one in enumerate(given.arguments):
        parts += [Const("/"), one] if place else [one]
    whole = concat(tuple(parts))
    return whole if not taint_of(whole) else _cleaned(machine, Given(None, [whole], {}, given.node), frame)


def _absolute(machine: Machine, given: Given, frame: Frame) -> Value | None:
    found = _cleaned(machine, given, frame)
    return None if found is None else Sequence((found, unknown()), kind="tuple")


FUNCTIONS: dict[str, Native] = {
    "strings.HasPrefix": _text("startsWith"), "strings.HasSuffix": _text("endsWith"),
    "strings.Contains": _text("includes"), "strings.Index": _text("indexOf"), "strings.EqualFold": _same,
    "slices.Contains": _contained, "golang.org/x/exp/slices.Contains": _contained,
    "regexp.MustCompile": _compiled, "regexp.Compile": _compiled_or, "regexp.MatchString": _matched,
    **dict.fromkeys((f"regexp.Regexp.{name}" for name in ("MatchString", "Match")), _matches),
    **dict.fromkeys((f"net/url.{name}" for name in ("Parse", "ParseRequestURI")), _parsed), "net/url.told": _told,
    **{f"{module}.{name}": function for module in ("path", "path/filepath")
       for name, function in (("Clean", _cleaned), ("Join", _joined))},
    "path/filepath.Abs": _absolute, "path/filepath.EvalSymlinks": _absolute,
}  # fmt: skip
"""Functions whose result says something of what goes in."""
