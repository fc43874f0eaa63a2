"""Methods of text: folded where it is known, and what they leave of data in it where it is not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from casemate.analysis.code.interpret.comparing import PLACE_KINDS, contains, guards_for
from casemate.analysis.code.interpret.cutting import cut_at, pieces_of
from casemate.analysis.code.interpret.prefixes import begun, prefixes_of
from casemate.analysis.code.joining import concat, known_text, sort_of, taint_of, unknown
from casemate.analysis.code.labels import BIT, EVERY, WHOLE, Taint, as_part, merge
from casemate.analysis.code.values import UNKNOWN, Closure, Const, Mapping, Sequence, Text, Thing, Value, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from casemate.analysis.code.interpret.applying import Given
    from casemate.analysis.code.interpret.machine import Frame, Machine

    NativeMethod = Callable[[Machine, Value, Given, Frame], Value | None]

MAX_RESULT = 20_000


def _known(name: str) -> NativeMethod:
    """A method that is simply done where everything is known; else the data is still whole (another case, trimmed)."""

    def method(_machine: Machine, receiver: Value, given: Given, _frame: Frame) -> Value | None:
        folded = _fold(name, receiver, given)
        if folded is not None:
            return folded
        if isinstance(receiver, Text):
            return _text(receiver, name)
        return unknown(receiver.taint, "str")

    return method


def _text(receiver: Text, name: str) -> Value:
    """Another case of a text that is partly known."""
    parts = [
        Const(getattr(str(part.value), _FOLDED.get(name, name))())
        if isinstance(part, Const) and name in _CASES
        else part
        for part in receiver.parts
    ]
    return concat(parts)


_FOLDED = {"toLowerCase": "lower", "toUpperCase": "upper", "trim": "strip", "trimStart": "lstrip", "trimEnd": "rstrip"}
_CASES = frozenset({"lower", "upper", "casefold", "toLowerCase", "toUpperCase"})


def _fold(name: str, receiver: Value, given: Given) -> Value | None:
    """The method done, if receiver and arguments are known."""
    if not isinstance(receiver, Const) or not isinstance(receiver.value, (str, bytes)) or given.keywords:
        return None
    arguments = []
    for one in given.arguments:
        if isinstance(one, Const):
            arguments.append(one.value)
        else:
            return None
    function: Any = getattr(receiver.value, _FOLDED.get(name, name), None)
    if function is None:
        return None
    if name in {"ljust", "rjust", "center", "zfill", "expandtabs"} and any(
        isinstance(a, int) and a > 1000 for a in arguments
    ):
        return unknown(sort="str")
    try:
        result = function(*arguments)
    except (TypeError, ValueError, IndexError, LookupError, OverflowError):
        return unknown(sort="str")
    if isinstance(result, (list, tuple)):
        return Sequence([Const(item) for item in result[:100]], kind="list" if isinstance(result, list) else "tuple")
    if isinstance(result, (str, bytes, int, float, bool)) or result is None:
        return (
            Const(result) if not isinstance(result, (str, bytes)) or len(result) <= MAX_RESULT else unknown(sort="str")
        )
    return None


def _cut(name: str) -> NativeMethod:
    """A method that gives some text of the data."""

    def method(_machine: Machine, receiver: Value, given: Given, _frame: Frame) -> Value | None:
        folded = _fold(name, receiver, given)
        return folded if folded is not None else unknown(as_part(receiver.taint), "str")

    return method


def _pieces(name: str) -> NativeMethod:
    """A method that gives a list of texts of the data."""

    def method(_machine: Machine, receiver: Value, given: Given, _frame: Frame) -> Value | None:
        folded = _fold(name, receiver, given)
        return folded if folded is not None else Sequence((), unknown(as_part(receiver.taint), "str"))

    return method


def _number(name: str) -> NativeMethod:
    def method(_machine: Machine, receiver: Value, given: Given, _frame: Frame) -> Value | None:
        folded = _fold(name, receiver, given)
        return folded if folded is not None else unknown(sort="int")

    return method


def _position(_machine: Machine, receiver: Value, given: Given, _frame: Frame) -> Value | None:
    """`indexOf`, `find`: a check whether the text has the other."""
    folded = _fold("find", receiver, given)
    if folded is not None:
        return folded
    found = contains(receiver, given.arguments[0]) if given.arguments else UNKNOWN
    first = _starts(_machine, receiver, given, _frame)
    start = first.yes if isinstance(first, Verdict) else ()
    if isinstance(found, Verdict):
        return Verdict(found.yes, found.no, index=True, start=start)
    return Verdict(index=True, start=start) if start else unknown(sort="int")


def _includes(_machine: Machine, receiver: Value, given: Given, _frame: Frame) -> Value | None:
    return contains(receiver, given.arguments[0]) if given.arguments else None


def _shaped(name: str) -> NativeMethod:
    """`isdigit` and its like: where it holds the data is harmless."""

    def method(_machine: Machine, receiver: Value, given: Given, _frame: Frame) -> Value | None:
        folded = _fold(name, receiver, given)
        if folded is not None:
            return folded
        return Verdict(guards_for(tuple(label for label in receiver.taint if label.form == WHOLE), EVERY))

    return method


def _starts(_machine: Machine, receiver: Value, given: Given, _frame: Frame) -> Value | None:
    """`startswith`: a URL with a whole host is that host's, a normalised path stays below the folder."""
    folded = _fold("startswith", receiver, given)
    if folded is not None:
        return folded
    if not given.arguments:
        return None
    prefix = given.arguments[0]
    if isinstance(receiver, Text) and isinstance(prefix, Const) and isinstance(receiver.parts[0], Const):
        head, wanted = str(receiver.parts[0].value), str(prefix.value)
        if head.startswith(wanted):
            return Const(True)
        if not wanted.startswith(head):
            return Const(False)
    if taint_of(prefix):
        return unknown(sort="bool")
    return begun(receiver.taint, [known_text(option) for option in prefixes_of(prefix)])


def _ends(_machine: Machine, receiver: Value, given: Given, _frame: Frame) -> Value | None:
    folded = _fold("endswith", receiver, given)
    return folded if folded is not None else unknown(sort="bool")


# -- building
def _format(_machine: Machine, receiver: Value, given: Given, _frame: Frame) -> Value | None:
    """`"…{}…{name}".format(…)`."""
    template = known_text(receiver)
    if template is None or len(template) > MAX_RESULT:
        taint = merge(receiver.taint, given.taint())
        return unknown(as_part(taint), "str")
    parts: list[Value] = []
    last, place = 0, 0
    for match in _FIELD.finditer(template):
        parts.append(Const(template[last : match.start()].replace("{{", "{").replace("}}", "}")))
        last = match.end()
        if match.group(0) in {"{{", "}}"}:
            parts.append(Const(match.group(0)[0]))
            continue
        name, spec = match.group(1) or "", match.group(2) or ""
        root = re.split(r"[.\[!]", name, maxsplit=1)[0]
        value: Value | None
        if root == "":
            value = given.arguments[place] if place < len(given.arguments) else UNKNOWN
            place += 1
        elif root.isdigit():
            value = given.arguments[int(root)] if int(root) < len(given.arguments) else UNKNOWN
        else:
            value = given.keywords.get(root, given.keywords.get("**", UNKNOWN))
        if root != name and taint_of(value):
            value = unknown(as_part(taint_of(value)))
        elif root != name:
            value = unknown(sort="str")
        parts.append(unknown(sort="str") if spec[-1:] in set("dfeEgGxXobn%") and spec else value)
    parts.append(Const(template[last:]))
    return concat(parts)


_FIELD = re.compile(r"\{\{|\}\}|\{([^{}:]{0,200})(?::([^{}]{0,60}))?\}")


def _join(machine: Machine, receiver: Value, given: Given, frame: Frame) -> Value | None:
    """`separator.join(values)`."""
    from casemate.analysis.code.interpret.members import iterate

    if not given.arguments:
        return None
    row = iterate(machine, given.arguments[0], frame, given.node.at)
    return joined(receiver, row.items, row.rest)


def joined(separator: Value, items: tuple[Value, ...], rest: Value | None) -> Value:
    """The items in a row with the separator between them."""
    parts: list[Value] = []
    for place, item in enumerate(items[:40]):
        if place:
            parts.append(separator)
        parts.append(item)
    more: Taint = ()
    for item in items[40:]:
        more = merge(more, taint_of(item))
    if more:
        parts.append(unknown(as_part(more), "str"))
    if rest is not None:
        if parts:
            parts.append(separator)
        parts.append(unknown(taint_of(rest) if not parts else as_part(taint_of(rest)), "str"))
    return concat(parts)


def _replace(_machine: Machine, receiver: Value, given: Given, frame: Frame) -> Value | None:
    """`replace`: what takes away or escapes the characters that do harm cures."""
    everywhere = frame.module.language in {"python", "csharp"}
    pattern = given.arguments[0] if given.arguments else UNKNOWN
    text = known_text(pattern)
    if everywhere or text is not None:
        folded = _fold("replace", receiver, given) if everywhere else None
        if folded is not None:
            return folded
    if isinstance(pattern, Thing) and pattern.path == "RegExp" and isinstance(pattern.receiver, Const):
        text = str(pattern.receiver.value)
        everywhere = True
    new = given.arguments[1] if len(given.arguments) > 1 else UNKNOWN
    if isinstance(new, Closure):
        new = UNKNOWN
    bits = removed(text, known_text(new) or "") if text is not None and everywhere else 0
    taint = taint_of(receiver)
    kept = tuple(label.derived(cured=bits) for label in taint) if bits else taint
    kept = merge(as_part(kept), as_part(taint_of(new)))
    if isinstance(receiver, Text) and not bits and text is not None:
        replacement = known_text(new)
        if replacement is not None and not any(text in str(p.value) for p in receiver.parts if isinstance(p, Const)):
            return concat(
                [part if isinstance(part, Const) else unknown(as_part(part.taint), "str") for part in receiver.parts]
            )
        if taint_of(new):
            return _filled(receiver, text, new)
    if isinstance(receiver, Const) and isinstance(receiver.value, str) and text and taint_of(new):
        return _filled(receiver, text, new)
    return unknown(kept, "str")


def _filled(template: Value, hole: str, value: Value) -> Value:
    """A template whose hole is filled with a value."""
    parts: list[Value] = []
    for part in template.parts if isinstance(template, Text) else (template,):
        if not isinstance(part, Const):
            parts.append(part)
            continue
        pieces = str(part.value).split(hole)
        for place, piece in enumerate(pieces[:20]):
            if place:
                parts.append(value)
            parts.append(Const(piece))
    return concat(parts)


_ENTITIES = {"<": "xss", ">": "", "&": "", '"': "", "'": "xpath"}


def _without_all(characters: frozenset[str], new: str) -> int:
    """The kinds that it cures to replace each of some characters."""
    bits = 0
    for kind, needed in (("xss", "<>"), ("ldap", "()*"), ("log", "\r\n"), ("header", "\r\n"), ("xpath", "'\"")):
        if characters >= frozenset(needed) and not frozenset(needed) & frozenset(new):
            bits |= BIT[kind]
    return bits


def removed(text: str, new: str) -> int:
    """The kinds that replacing `text` everywhere by `new` cures."""
    bits = 0
    if text in {"<", "<>", "[<>]", "[<>&]", "[<>\"']", "[&<>\"']", "[<>&\"']", "[&<>'\"]"}:
        bits |= BIT["xss"]
    if text == "'" and new in {"", "''", "&apos;", "&#39;", "\\'"}:
        bits |= BIT["xpath"] | (BIT["sql"] if new in {"", "''"} else 0)
    if text in {
        "\n",
        "\r",
        "\r\n",
        "[\\r\\n]",
        "\\n|\\r",
        "[\\r\\n]+",
        "\\r?\\n",
        "[\\n\\r]",
        "[\\n\\r]+",
        "\\r?\\n|\\r",
    }:
        bits |= BIT["log"] | BIT["header"]
    if text in {"..", "/", "[./]", "\\.\\."} and new != text:
        bits |= PLACE_KINDS if text == "/" else 0
    if text.startswith("[^") and text.rstrip("+*").endswith("]") and not new.strip("_-"):
        from casemate.analysis.code.interpret.patterns import kinds_of_class

        bits |= kinds_of_class(text.rstrip("+*")[2:-1])
    elif text.startswith("[") and text.rstrip("+").endswith("]"):
        from casemate.analysis.code.interpret.patterns import characters_of

        bits |= _without_all(characters_of(text.rstrip("+")) or frozenset(), new)
    if text == "(" and "(" not in new:
        bits |= BIT["ldap"]
    if text in {"\\W", "\\W+", "\\D", "\\D+"}:
        bits |= EVERY
    return bits


def _encode(_machine: Machine, receiver: Value, given: Given, _frame: Frame) -> Value | None:
    """`encode`, `decode`, `toString`: the same data."""
    del given
    if isinstance(receiver, Const):
        return receiver if isinstance(receiver.value, str) else Const(_decoded(receiver))
    if isinstance(receiver, Text):
        return receiver
    return unknown(receiver.taint, "str") if not isinstance(receiver, Thing) or receiver.path is None else None


def _decoded(value: Const) -> str:
    return value.value.decode("utf-8", "replace") if isinstance(value.value, bytes) else str(value.value)


def _translate(_machine: Machine, receiver: Value, given: Given, _frame: Frame) -> Value | None:
    return unknown(as_part(merge(receiver.taint, given.taint())), "str")


def _concat(_machine: Machine, receiver: Value, given: Given, _frame: Frame) -> Value | None:
    return concat((receiver, *given.arguments)) if sort_of(receiver) == "str" else None


def _split(machine: Machine, receiver: Value, given: Given, frame: Frame) -> Value | None:
    """`split(separator)`: the known beginning of a text is split exactly."""
    separator = known_text(given.arguments[0]) if len(given.arguments) == 1 else None
    found = pieces_of(receiver, separator) if separator and isinstance(receiver, Text) else None
    return found if found is not None else _pieces("split")(machine, receiver, given, frame)


def _hex(machine: Machine, receiver: Value, given: Given, frame: Frame) -> Value | None:
    from casemate.analysis.code.interpret.objects_python import hexed

    folded = _fold("hex", receiver, given)
    return folded if folded is not None else hexed(machine, receiver, given, frame)


def _format_map(machine: Machine, receiver: Value, given: Given, frame: Frame) -> Value | None:
    """`format_map(mapping)`: its fields are the arguments."""
    fields = given.arguments[0] if given.arguments else None
    if not isinstance(fields, Mapping) or fields.taint or fields.shape is not None:
        return _translate(machine, receiver, given, frame)
    from casemate.analysis.code.interpret.applying import Given as Arguments

    keywords = {key: value for key, value in fields.fields.items() if isinstance(key, str)}
    return _format(machine, receiver, Arguments(receiver, [], keywords, given.node), frame)


def _partition(name: str) -> NativeMethod:
    def method(_machine: Machine, receiver: Value, given: Given, _frame: Frame) -> Value | None:
        folded = _fold(name, receiver, given)
        separator = known_text(given.arguments[0]) if given.arguments else None
        if name == "partition" and separator and isinstance(receiver, Text):
            cut = cut_at(receiver, separator)
            if cut is not None:
                return Sequence((cut[0], Const(separator), cut[1]), kind="tuple")
        piece = unknown(as_part(receiver.taint), "str")
        return (
            folded
            if folded is not None
            else Sequence((piece, given.arguments[0] if given.arguments else UNKNOWN, piece), kind="tuple")
        )

    return method


def _match(_machine: Machine, receiver: Value, given: Given, _frame: Frame) -> Value | None:
    """JavaScript's `text.match(pattern)`."""
    from casemate.analysis.code.interpret.patterns import guards_of, pattern_of

    pattern = pattern_of(given.arguments[0]) if given.arguments else None
    guards = guards_of(pattern, receiver.taint, whole=False)
    taint = as_part(taint_of(receiver))
    return Verdict(guards, (), taint) if guards else unknown(taint)


def _slice(_machine: Machine, receiver: Value, given: Given, _frame: Frame) -> Value | None:
    from casemate.analysis.code.interpret.building import sliced

    bounds = [*given.arguments[:2], None, None][:2]
    return sliced(receiver, [*bounds, None]) if isinstance(receiver, Const) else unknown(as_part(receiver.taint), "str")


def _char(_machine: Machine, receiver: Value, given: Given, _frame: Frame) -> Value | None:
    place = given.arguments[0] if given.arguments else Const(0)
    if (
        isinstance(receiver, Const)
        and isinstance(receiver.value, str)
        and isinstance(place, Const)
        and isinstance(place.value, int)
    ):
        return Const(receiver.value[place.value : place.value + 1])
    return unknown(as_part(receiver.taint), "str")


def _repeat(_machine: Machine, receiver: Value, given: Given, _frame: Frame) -> Value | None:
    del given
    return unknown(as_part(receiver.taint), "str")


_WHOLE = (
    "lower",
    "upper",
    "casefold",
    "strip",
    "lstrip",
    "rstrip",
    "title",
    "capitalize",
    "swapcase",
    "removeprefix",
    "removesuffix",
)
_SHAPES = ("isdigit", "isalnum", "isnumeric", "isdecimal", "isidentifier", "isalpha")

PYTHON: dict[str, NativeMethod] = {
    **{name: _known(name) for name in _WHOLE},
    **{name: _shaped(name) for name in _SHAPES},
    **{name: _cut(name) for name in ("ljust", "rjust", "center", "zfill", "expandtabs")},
    **{name: _pieces(name) for name in ("rsplit", "splitlines")},
    "split": _split,
    "hex": _hex,
    **{name: _number(name) for name in ("count", "rfind", "rindex")},
    **{name: _partition(name) for name in ("partition", "rpartition")},
    "find": _position,
    "index": _position,
    "startswith": _starts,
    "endswith": _ends,
    "format": _format,
    "format_map": _format_map,
    "join": _join,
    "replace": _replace,
    "encode": _encode,
    "decode": _encode,
    "translate": _translate,
    "__contains__": _includes,
}
JAVASCRIPT: dict[str, NativeMethod] = {
    **{
        name: _known(name)
        for name in ("toLowerCase", "toUpperCase", "trim", "trimStart", "trimEnd", "toString", "valueOf", "normalize")
    },
    **{name: _cut(name) for name in ("substring", "substr", "padStart", "padEnd")},
    **{name: _number(name) for name in ("charCodeAt", "codePointAt", "localeCompare", "lastIndexOf", "search")},
    "slice": _slice,
    "split": _pieces("split"),
    "indexOf": _position,
    "includes": _includes,
    "startsWith": _starts,
    "endsWith": _ends,
    "replace": _replace,
    "replaceAll": _replace,
    "concat": _concat,
    "match": _match,
    "charAt": _char,
    "at": _char,
    "repeat": _repeat,
}
