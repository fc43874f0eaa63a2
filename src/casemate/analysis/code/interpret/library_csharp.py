"""Text, and what the library of C# gives back: paths, URLs, tasks, patterns, options; LINQ on data of unknown type.

Source: .NET API browser, System.String, System.IO.Path, System.Uri, System.Threading.Tasks.Task,
System.Text.RegularExpressions.Regex; C# reference, "Extension methods".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.interpret.applying import Given
from casemate.analysis.code.interpret.containers import with_callback
from casemate.analysis.code.interpret.containers_csharp import LIST
from casemate.analysis.code.interpret.formats import clean, decoded, encoded, normalised, part, same
from casemate.analysis.code.interpret.mappings import PYTHON_MAPPING
from casemate.analysis.code.interpret.texts import JAVASCRIPT, PYTHON, joined
from casemate.analysis.code.joining import concat, known_text, options_of, taint_of, unknown
from casemate.analysis.code.labels import BIT, HOST, WHOLE, as_part
from casemate.analysis.code.values import (
    NONE,
    REST,
    UNKNOWN,
    Class,
    Closure,
    Const,
    Environment,
    Instance,
    Mapping,
    Method,
    Partial,
    Sequence,
    Text,
    Thing,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from casemate.analysis.code.interpret.machine import Frame, Machine
    from casemate.analysis.code.interpret.texts import NativeMethod


# -- text
def _insert(_machine: Machine, receiver: Value, given: Given, _frame: Frame) -> Value | None:
    return concat((receiver, *given.arguments[1:])) if len(given.arguments) > 1 else None


def _text_contains(machine: Machine, receiver: Value, given: Given, frame: Frame) -> Value | None:
    given.arguments[1:] = []
    return JAVASCRIPT["includes"](machine, receiver, given, frame)


def _one(name: str) -> NativeMethod:
    """A method that is told how to compare, too."""

    def run(machine: Machine, receiver: Value, given: Given, frame: Frame) -> Value | None:
        given.arguments[1:] = []
        return JAVASCRIPT[name](machine, receiver, given, frame)

    return run


def _bare(name: str) -> NativeMethod:
    def run(machine: Machine, receiver: Value, given: Given, frame: Frame) -> Value | None:
        if given.arguments and not all(isinstance(one, Const) for one in given.arguments):
            given.arguments[:] = []
        return PYTHON[name](machine, receiver, given, frame)

    return run


def _equals(_machine: Machine, receiver: Value, given: Given, _frame: Frame) -> Value | None:
    from casemate.analysis.code.interpret.comparing import compare

    return compare("==", receiver, given.arguments[0]) if given.arguments else None


def _substring(_machine: Machine, receiver: Value, given: Given, _frame: Frame) -> Value | None:
    """`Substring(start, length)`."""
    bounds = [one.value for one in given.arguments if isinstance(one, Const) and isinstance(one.value, int)]
    if (
        isinstance(receiver, Const)
        and isinstance(receiver.value, str)
        and len(bounds) == len(given.arguments)
        and bounds
    ):
        start = max(0, bounds[0])
        return Const(receiver.value[start : start + bounds[1]] if len(bounds) > 1 else receiver.value[start:])
    return unknown(as_part(receiver.taint), "str")


def _split(machine: Machine, receiver: Value, given: Given, frame: Frame) -> Value | None:
    given.arguments[:] = [one for one in given.arguments[:1] if known_text(one) is not None]
    return PYTHON["split"](machine, receiver, given, frame)


TEXT: dict[str, NativeMethod] = {
    "ToLower": _bare("lower"), "ToUpper": _bare("upper"), "ToLowerInvariant": _bare("lower"),
    "ToUpperInvariant": _bare("upper"), "Trim": _bare("strip"), "TrimStart": _bare("lstrip"),
    "TrimEnd": _bare("rstrip"), "ToString": JAVASCRIPT["toString"], "Normalize": JAVASCRIPT["toString"],
    "Replace": PYTHON["replace"], "Substring": _substring, "Remove": _substring, "Split": _split,
    "Contains": _text_contains, "StartsWith": _one("startsWith"), "EndsWith": _one("endsWith"),
    "IndexOf": _one("indexOf"), "LastIndexOf": JAVASCRIPT["lastIndexOf"], "PadLeft": JAVASCRIPT["padStart"],
    "PadRight": JAVASCRIPT["padEnd"], "Insert": _insert, "Equals": _equals, "ToCharArray": PYTHON["splitlines"],
    "Clone": JAVASCRIPT["toString"], "CompareTo": JAVASCRIPT["localeCompare"],
}  # fmt: skip
"""Methods of text."""


# -- functions
def _format(machine: Machine, given: Given, frame: Frame) -> Value | None:
    """`string.Format("{0}", …)`; a provider may stand before."""
    arguments = list(given.arguments)
    if arguments and isinstance(arguments[0], Thing) and len(arguments) > 1 and known_text(arguments[1]) is not None:
        arguments.pop(0)
    if not arguments:
        return None
    if len(arguments) == 2 and isinstance(arguments[1], Sequence) and arguments[1].row.rest is None:
        arguments[1:] = list(arguments[1].row.items)
    return PYTHON["format"](machine, arguments[0], Given(arguments[0], arguments[1:], {}, given.node), frame)


def _concat(machine: Machine, given: Given, frame: Frame) -> Value | None:
    if len(given.arguments) == 1:
        return _joined(machine, Given(None, [Const(""), *given.arguments], {}, given.node), frame)
    return concat(tuple(given.arguments)) if given.arguments else None


def _joined(machine: Machine, given: Given, frame: Frame) -> Value | None:
    """`string.Join(separator, values)`."""
    from casemate.analysis.code.interpret.members import iterate

    if len(given.arguments) == 2 and not isinstance(given.arguments[1], (Const, Text, Environment)):
        row = iterate(machine, given.arguments[1], frame, given.node.at)
        return joined(given.arguments[0], row.items, row.rest)
    return joined(given.arguments[0], tuple(given.arguments[1:]), None) if given.arguments else None


def _is_empty(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    value = given.arguments[0] if given.arguments else NONE
    return Const(not value.value) if isinstance(value, Const) else unknown(sort="bool")


def _variable(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    name = known_text(given.arguments[0]) if given.arguments else None
    return unknown(sort="str") if name is None else Environment(name)


def _combined(machine: Machine, given: Given, frame: Frame) -> Value | None:
    """`Path.Combine(a, b)`: a rooted part throws away what is before it, so it may be the whole path."""
    del machine, frame
    parts: list[Value] = []
    for place, one in enumerate(given.arguments):
        if place:
            parts.append(Const("/"))
        parts.append(one)
    taint = given.taint()
    return unknown(taint, "str") if taint else concat(parts)


def _file_name(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    value = given.arguments[0] if given.arguments else NONE
    if isinstance(value, Const):
        return Const(str(value.value).replace("\\", "/").rpartition("/")[2])
    return unknown(tuple(label.derived(cured=BIT["path"]) for label in as_part(taint_of(value))), "str")


def _full_path(machine: Machine, given: Given, frame: Frame) -> Value | None:
    if len(given.arguments) > 1 and given.taint():
        given.arguments[:] = [unknown(given.taint(), "str")]
    return normalised(machine, given, frame)


def _uri(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    """`new Uri(text)`, `new Uri(base, text)`: its host can be checked."""
    value = given.arguments[0] if given.arguments else NONE
    if len(given.arguments) > 1 and taint_of(given.arguments[1]):
        value = given.arguments[1]
    value = next((one for one in options_of(value) if isinstance(one, Thing) and one.taint), value)
    if isinstance(value, (Const, Environment)):
        return value
    taint = taint_of(value)
    instance = Instance(Class("Uri", (Thing("System.Uri"),)))
    host = unknown(tuple(label.derived(form=HOST) if label.form == WHOLE else label for label in taint), "str")
    for name in ("Host", "DnsSafeHost", "Authority", "IdnHost"):
        instance.fields[name] = host
    for name in ("AbsolutePath", "Query", "Fragment", "PathAndQuery", "LocalPath", "Segments"):
        instance.fields[name] = unknown(as_part(taint), "str")
    for name, sort in (("Scheme", "str"), ("Port", "int"), ("IsLoopback", "bool"), ("IsAbsoluteUri", "bool")):
        instance.fields[name] = unknown(sort=sort)
    instance.fields["AbsoluteUri"] = instance.fields["OriginalString"] = value
    instance.fields[REST] = unknown(taint, "str")
    instance.taint = taint if isinstance(value, Thing) else as_part(taint)
    return instance if isinstance(value, Thing) else value


def _empty_list(_machine: Machine, _given: Given, _frame: Frame) -> Value | None:
    return Sequence()


def _copied(machine: Machine, given: Given, frame: Frame) -> Value | None:
    """`new List<T>(values)`, `new Dictionary<K, V>(values)`, `new[] …` of unknown length."""
    value = given.arguments[0] if given.arguments else None
    if isinstance(value, Mapping):
        made = Mapping()
        PYTHON_MAPPING["update"](machine, made, given, frame)
        return made
    if isinstance(value, Sequence):
        return Sequence(value.row.items, value.row.rest)
    if value is None or isinstance(value, Const):
        return Sequence()
    return Sequence((), unknown(as_part(taint_of(value)))) if taint_of(value) else None


def _array(_machine: Machine, _given: Given, _frame: Frame) -> Value | None:
    return Sequence((), UNKNOWN)


def _task(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    return given.arguments[0] if given.arguments else NONE


def _run(machine: Machine, given: Given, frame: Frame) -> Value | None:
    """`Task.Run(() => …)`."""
    from casemate.analysis.code.interpret.calling import call

    return call(machine, given.arguments[0], [], {}, frame, given.node) if given.arguments else NONE


def _all_tasks(machine: Machine, given: Given, frame: Frame) -> Value | None:
    from casemate.analysis.code.interpret.members import iterate

    if len(given.arguments) == 1 and isinstance(given.arguments[0], Sequence):
        row = iterate(machine, given.arguments[0], frame, given.node.at)
        return Sequence(row.items, row.rest)
    return Sequence(given.arguments)


def _bytes(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    return given.arguments[0] if given.arguments else NONE


def _regex_test(machine: Machine, given: Given, _frame: Frame) -> Value | None:
    """`Regex.IsMatch(text, pattern)`."""
    from casemate.analysis.code.interpret.patterns import guards_of
    from casemate.analysis.code.values import Verdict

    del machine
    if len(given.arguments) < 2:
        return None
    pattern = known_text(given.arguments[1])
    if pattern is None:
        return unknown(sort="bool")
    guards = guards_of(pattern, taint_of(given.arguments[0]), whole=False)
    return Verdict(guards, ()) if guards else unknown(sort="bool")


def _regex_replace(machine: Machine, given: Given, frame: Frame) -> Value | None:
    """`Regex.Replace(text, pattern, new)`."""
    if len(given.arguments) < 3:
        return None
    pattern = Thing("RegExp", made=True, receiver=given.arguments[1])
    value, new = given.arguments[0], given.arguments[2]
    return JAVASCRIPT["replace"](machine, value, Given(value, [pattern, new], {}, given.node), frame)


def _new_regex(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    pattern = given.arguments[0] if given.arguments else UNKNOWN
    return Thing("System.Text.RegularExpressions.Regex.made", taint_of(pattern), made=True, receiver=pattern)


def _own_test(machine: Machine, given: Given, frame: Frame) -> Value | None:
    """`regex.IsMatch(text)`."""
    pattern = given.receiver.receiver if isinstance(given.receiver, Thing) else None
    if pattern is None or not given.arguments:
        return unknown(sort="bool")
    return _regex_test(machine, Given(None, [given.arguments[0], pattern], {}, given.node), frame)


def _own_replace(machine: Machine, given: Given, frame: Frame) -> Value | None:
    pattern = given.receiver.receiver if isinstance(given.receiver, Thing) else None
    if pattern is None or len(given.arguments) < 2:
        return None
    return _regex_replace(
        machine, Given(None, [given.arguments[0], pattern, given.arguments[1]], {}, given.node), frame
    )


def _static(name: str) -> Callable[[Machine, Given, Frame], Value | None]:
    """A method of sequences called as a function (`Enumerable.Where(xs, …)`, `Array.IndexOf(xs, x)`)."""

    def run(machine: Machine, given: Given, frame: Frame) -> Value | None:
        receiver = given.arguments[0] if given.arguments else None
        if not isinstance(receiver, Sequence):
            return None
        return LIST[name](machine, receiver, Given(receiver, given.arguments[1:], {}, given.node), frame)

    return run


def _service(machine: Machine, given: Given, frame: Frame) -> Value | None:
    """`provider.GetRequiredService<T>()`: an object of the type."""
    from casemate.analysis.code.interpret.injecting import constructed

    wanted = given.arguments[0] if given.arguments else UNKNOWN
    if isinstance(wanted, Class):
        return constructed(machine, wanted, frame, given.node)
    return Thing(wanted.path, made=True) if isinstance(wanted, Thing) and wanted.path else UNKNOWN


def _options(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    """An object of which only the fields matter."""
    made = Mapping()
    made.fields.update(given.keywords)
    return made


def _start_info(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    """`new ProcessStartInfo(file, arguments) { … }`."""
    made = Mapping()
    made.fields.update(zip(("FileName", "Arguments"), given.arguments, strict=False))
    made.fields["ArgumentList"] = Sequence()
    made.fields.update(given.keywords)
    return made


def _stream(name: str) -> Callable[[Machine, Given, Frame], Value | None]:
    """An object through which data is read: it stays what it was."""

    def made(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
        return Thing(name, taint_of(given.arguments[0]) if given.arguments else (), made=True)

    return made


_REGEX = "System.Text.RegularExpressions.Regex"
_COLLECTIONS = "System.Collections.Generic"

FUNCTIONS: dict[str, Callable[[Machine, Given, Frame], Value | None]] = {
    **dict.fromkeys(("System.String.Format", "System.String.FormatWith"), _format),
    "System.String.Concat": _concat, "System.String.Join": _joined, "System.String.Copy": same,
    **dict.fromkeys(("System.String.IsNullOrEmpty", "System.String.IsNullOrWhiteSpace"), _is_empty),
    **dict.fromkeys(("System.String.Compare", "System.String.CompareOrdinal"), clean("int")),
    "System.Environment.GetEnvironmentVariable": _variable,
    "System.IO.Path.Combine": _combined, "System.IO.Path.Join": _combined, "System.IO.Path.GetFileName": _file_name,
    "System.IO.Path.GetFullPath": _full_path, "System.IO.Path.GetExtension": part("str"),
    "System.IO.Path.GetDirectoryName": part("str"), "System.IO.Path.GetFileNameWithoutExtension": _file_name,
    "System.IO.Path.GetTempPath": lambda _machine, _given, _frame: Const("/tmp/"),  # noqa: S108 - what it is on Linux
    "System.Uri": _uri, "System.Uri.Create": _uri, "System.UriBuilder": _uri,
    **dict.fromkeys(("System.Uri.EscapeDataString", "System.Net.WebUtility.UrlEncode",
                     "System.Web.HttpUtility.UrlEncode"), encoded),
    **dict.fromkeys(("System.Uri.UnescapeDataString", "System.Net.WebUtility.UrlDecode",
                     "System.Web.HttpUtility.UrlDecode", "System.Net.WebUtility.HtmlDecode",
                     "System.Convert.FromBase64String", "System.Convert.FromHexString"), decoded),
    **dict.fromkeys((f"{_COLLECTIONS}.{name}" for name in ("List", "HashSet", "Queue", "Stack", "LinkedList",
                     "Dictionary", "SortedDictionary")), _copied),
    **{name: _stream(name) for name in ("System.IO.MemoryStream", "System.IO.StreamReader", "System.IO.StringReader",
                                        "System.IO.BinaryReader")},
    "System.Enum.Parse": clean("int"),
    "csharp service": _service, "new array": _array, "System.Array.Empty": _empty_list,
    "System.Linq.Enumerable.Empty": _empty_list,
    "System.Threading.Tasks.Task.FromResult": _task, "System.Threading.Tasks.Task.Run": _run,
    "System.Threading.Tasks.Task.WhenAll": _all_tasks, "System.Threading.Tasks.Task.Delay": lambda *_: NONE,
    f"{_REGEX}.IsMatch": _regex_test, f"{_REGEX}.Replace": _regex_replace, _REGEX: _new_regex,
    f"{_REGEX}.made.IsMatch": _own_test, f"{_REGEX}.made.Replace": _own_replace,
    "System.Array.IndexOf": _static("IndexOf"), "System.Array.Exists": _static("Exists"),
    "System.Array.Find": _static("Find"), "System.Linq.Enumerable.Contains": _static("Contains"),
    "Microsoft.Azure.Cosmos.QueryDefinition.WithParameter": lambda _machine, given, _frame: given.receiver,
    "Microsoft.AspNetCore.Http.CookieOptions": _options, "System.Diagnostics.ProcessStartInfo": _start_info,
    **{f"System.Text.Encoding.{name}.{method}": _bytes for name in ("UTF8", "ASCII", "Unicode", "Default", "Latin1")
       for method in ("GetBytes", "GetString")},
    "System.Object.Equals": lambda *_: unknown(sort="bool"),
}  # fmt: skip
"""What the language's own library gives back, where it is known exactly."""


def extended(receiver: Value, name: str, frame: Frame) -> Closure | None:
    """The extension method of the project that `receiver.name(…)` may mean (its own methods go first)."""
    if isinstance(receiver, (Class, Method)) or (
        isinstance(receiver, Instance) and receiver.cls.find(name) is not None
    ):
        return None
    found = variable(frame, f"extension {name}")
    return found if isinstance(found, Closure) else None


def variable(frame: Frame, name: str) -> Value | None:
    """A variable, if it is there."""
    scope = frame.scope
    while True:
        found = scope.fields.get(name)
        if found is not None:
            return found
        if scope.parent is None:
            return None
        scope = scope.parent


def looped(machine: Machine, receiver: Thing, name: str, given: Given, frame: Frame) -> Value | None:
    """A LINQ method of data of which the type is not known."""
    from casemate.analysis.code.interpret.members import index, specialised

    if name == "GetValueOrDefault" and given.arguments:
        return index(machine, receiver, given.arguments[0], frame, given.node.at)
    script = _LINQ.get(name)
    if script is None:
        return None
    element = unknown(specialised(receiver.taint, "[]", frame, given.node.at))
    if not given.arguments or not isinstance(given.arguments[0], (Closure, Partial)):
        return element if script == "find" else Sequence((), element)
    return with_callback(machine, script, element, given, frame)


_LINQ = {
    "Select": "map", "SelectMany": "flatMap", "Where": "filter", "FirstOrDefault": "find", "First": "find",
    "Single": "find", "SingleOrDefault": "find", "Any": "some", "All": "every", "ForEach": "forEach",
    "ToList": "filter", "ToArray": "filter", "Last": "find", "LastOrDefault": "find",
}  # fmt: skip
