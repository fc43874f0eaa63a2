"""The pure functions of ARM templates, over values that are known.

Source: Azure documentation, "ARM template functions" (string, array, comparison, logical, numeric, object). Case of
names is ignored. A function gets evaluated arguments and answers a `Value`, or None when it cannot say; then the
caller keeps the expression as unknown.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urljoin

from casemate.model.value import Absent, Entry, Fields, Items, Literal, Text, Value, display, text_of

if TYPE_CHECKING:
    from casemate.model.location import Span

Arguments = Sequence[Value]
Function = Callable[[Arguments, "Span"], Value | None]
Scalar = str | int | float | bool

MAX_TEXT = 131_072
"""A longer text is not put together (variables that double one another)."""
MAX_ITEMS = 10_000
_PLACE = re.compile(r"\{(\d+)(?:,-?\d+)?(?::[^{}]*)?\}|\{\{|\}\}")


def joined(parts: Sequence[Value], at: Span) -> Value | None:
    """A text from parts: one `Literal` when all are known, else a `Text` with neighbouring literals merged."""
    flat: list[Value] = []
    size = 0
    for part in parts:
        for piece in part.parts if isinstance(part, Text) else (part,):
            if isinstance(piece, Fields | Items):
                return None
            if isinstance(piece, Literal):
                text = display(piece)
                size += len(text)
                if not text:
                    continue
                last = flat[-1] if flat else None
                flat[-1:] = (
                    [Literal(display(last) + text, at)]
                    if isinstance(last, Literal)
                    else [*flat[-1:], Literal(text, at)]
                )
            elif not isinstance(piece, Absent):
                flat.append(piece)
    if size > MAX_TEXT or len(flat) > MAX_ITEMS:
        return None
    if not flat:
        return Literal("", at)
    return flat[0] if len(flat) == 1 else Text(flat, at)


def scalar(value: Value) -> Scalar | None:
    """The scalar of a literal, else None."""
    return value.value if isinstance(value, Literal) else None


def from_json(text: str, at: Span) -> Value | None:
    """JSON text as a value whose every node stands at `at`."""
    try:
        return _plain(json.loads(text), at)
    except (ValueError, RecursionError):
        return None


def _plain(found: object, at: Span) -> Value:
    if isinstance(found, dict):
        return Fields({str(key): Entry(at, _plain(item, at)) for key, item in found.items()}, at)
    if isinstance(found, list):
        return Items([_plain(item, at) for item in found], at)
    if found is None:
        return Absent(at)
    return Literal(found if isinstance(found, str | int | float | bool) else str(found), at)


def same(left: Value, right: Value) -> bool | None:
    """Whether two known values are equal as `equals()` has it; None when that cannot be told."""
    if isinstance(left, Literal) and isinstance(right, Literal):
        a, b = left.value, right.value
        if isinstance(a, bool) != isinstance(b, bool):
            return str(a).lower() == str(b).lower()
        return a == b
    if isinstance(left, Absent) or isinstance(right, Absent):
        known = isinstance(left, Absent | Literal | Items | Fields) and isinstance(
            right, Absent | Literal | Items | Fields
        )
        return isinstance(left, Absent) and isinstance(right, Absent) if known else None
    return None


def _concat(arguments: Arguments, at: Span) -> Value | None:
    if arguments and all(isinstance(argument, Items) for argument in arguments):
        items = [item for argument in arguments if isinstance(argument, Items) for item in argument.items]
        return Items(items, at) if len(items) <= MAX_ITEMS else None
    return joined(arguments, at)


def _format(arguments: Arguments, at: Span) -> Value | None:
    template = text_of(arguments[0])
    if template is None:
        return None
    parts: list[Value] = []
    last = 0
    for match in _PLACE.finditer(template):
        parts.append(Literal(template[last : match.start()], at))
        last = match.end()
        if match[1] is None:
            parts.append(Literal(match[0][0], at))
        elif int(match[1]) + 1 < len(arguments):
            parts.append(arguments[int(match[1]) + 1])
        else:
            return None
    parts.append(Literal(template[last:], at))
    return joined(parts, at)


def _join(arguments: Arguments, at: Span) -> Value | None:
    listed, delimiter = arguments
    if not isinstance(listed, Items):
        return None
    parts: list[Value] = []
    for item in listed.items:
        parts += [delimiter, item] if parts else [item]
    return joined(parts, at)


def _split(arguments: Arguments, at: Span) -> Value | None:
    text, delimiter = text_of(arguments[0]), text_of(arguments[1])
    if text is None or not delimiter:
        return None
    return Items([Literal(piece, at) for piece in text.split(delimiter)[:MAX_ITEMS]], at)


def _sized(value: Value) -> str | list[Value] | None:
    if isinstance(value, Items):
        return list(value.items)
    found = scalar(value)
    return found if isinstance(found, str) else None


def _part(pick: Callable[[str | list[Value], int], str | list[Value]]) -> Function:
    def apply(arguments: Arguments, at: Span) -> Value | None:
        whole = _sized(arguments[0])
        count = scalar(arguments[1])
        if whole is None or not isinstance(count, int):
            return None
        found = pick(whole, max(count, 0))
        return Literal(found, at) if isinstance(found, str) else Items(found, at)

    return apply


def _end(index: int) -> Function:
    def apply(arguments: Arguments, at: Span) -> Value | None:
        whole = _sized(arguments[0])
        if whole is None or (isinstance(whole, list) and not whole):
            return None
        if isinstance(whole, list):
            return whole[index]
        return Literal(whole[index] if whole else "", at)

    return apply


def _substring(arguments: Arguments, at: Span) -> Value | None:
    text = text_of(arguments[0])
    start = scalar(arguments[1])
    count = scalar(arguments[2]) if len(arguments) > 2 else None
    if text is None or not isinstance(start, int):
        return None
    return Literal(text[start : start + count] if isinstance(count, int) else text[start:], at)


def _length(arguments: Arguments, at: Span) -> Value | None:
    if isinstance(arguments[0], Fields):
        return Literal(len(arguments[0].entries), at)
    whole = _sized(arguments[0])
    return None if whole is None else Literal(len(whole), at)


def _empty(arguments: Arguments, at: Span) -> Value | None:
    value = arguments[0]
    if isinstance(value, Absent):
        return Literal(True, at)
    if isinstance(value, Text):  # a text with some literal part has some length, whatever the rest
        return Literal(False, at) if any(isinstance(part, Literal) for part in value.parts) else None
    length = _length(arguments, at)
    return Literal(scalar(length) == 0, at) if length is not None else None


def _contains(arguments: Arguments, at: Span) -> Value | None:
    whole, part = arguments
    wanted = text_of(part)
    if wanted is None:
        return None
    match whole:
        case Fields(entries=entries):
            return Literal(wanted.lower() in {key.lower() for key in entries}, at)
        case Items(items=items):
            judged = [same(item, part) for item in items]
            return Literal(True, at) if True in judged else None if None in judged else Literal(False, at)
        case Literal():
            return Literal(wanted.lower() in display(whole).lower(), at)
        case _:
            return None


def _equals(arguments: Arguments, at: Span) -> Value | None:
    judged = same(*arguments)
    return None if judged is None else Literal(judged, at)


def _not(arguments: Arguments, at: Span) -> Value | None:
    found = scalar(arguments[0])
    return Literal(not found, at) if isinstance(found, bool) else None


def _all(decides: bool) -> Function:  # noqa: FBT001 - the value that settles the whole
    def apply(arguments: Arguments, at: Span) -> Value | None:
        judged = [scalar(argument) for argument in arguments]
        if decides in judged:
            return Literal(decides, at)
        return Literal(not decides, at) if all(isinstance(one, bool) for one in judged) else None

    return apply


def _coalesce(arguments: Arguments, _: Span) -> Value | None:
    for argument in arguments:
        if isinstance(argument, Absent):
            continue
        return argument if isinstance(argument, Literal | Items | Fields) else None
    return None


def _numbers(compute: Callable[[float, float], float]) -> Function:
    def apply(arguments: Arguments, at: Span) -> Value | None:
        numbers = [number for argument in arguments if isinstance(number := scalar(argument), int | float)]
        if len(numbers) != 2 or max(map(abs, numbers)) > 1e18:
            return None
        try:
            return Literal(compute(numbers[0], numbers[1]), at)
        except (ArithmeticError, ValueError):
            return None

    return apply


def _texts(compute: Callable[..., Scalar]) -> Function:
    def apply(arguments: Arguments, at: Span) -> Value | None:
        texts = [text_of(argument) for argument in arguments]
        if None in texts:
            return None
        try:
            return Literal(compute(*texts), at)
        except (ValueError, TypeError, binascii.Error):
            return None

    return apply


def _json(arguments: Arguments, at: Span) -> Value | None:
    text = text_of(arguments[0])
    return None if text is None else from_json(text, at)


def _array(arguments: Arguments, at: Span) -> Value | None:
    return arguments[0] if isinstance(arguments[0], Items) else Items([arguments[0]], at)


def _object(arguments: Arguments, at: Span) -> Value | None:
    entries: dict[str, Entry] = {}
    for key, value in zip(arguments[::2], arguments[1::2], strict=False):
        name = text_of(key)
        if name is None:
            return None
        entries[name] = Entry(at, value)
    return Fields(entries, at)


def _union(arguments: Arguments, at: Span) -> Value | None:
    if all(isinstance(argument, Fields) for argument in arguments):
        merged: dict[str, Entry] = {}
        for argument in arguments:
            if isinstance(argument, Fields):
                for key, entry in argument.entries.items():
                    old = merged.get(key)
                    both = old is not None and isinstance(old.value, Fields) and isinstance(entry.value, Fields)
                    deeper = _union([old.value, entry.value], at) if both and old is not None else None
                    merged[key] = entry if deeper is None else Entry(entry.key_at, deeper)
        return Fields(merged, arguments[0].at)
    if all(isinstance(argument, Items) for argument in arguments):
        items = {
            display(item): item for argument in arguments if isinstance(argument, Items) for item in argument.items
        }
        return Items(list(items.values()), at)
    return None


def _range(arguments: Arguments, at: Span) -> Value | None:
    start, count = scalar(arguments[0]), scalar(arguments[1])
    if not isinstance(start, int) or not isinstance(count, int) or count > MAX_ITEMS:
        return None
    return Items([Literal(number, at) for number in range(start, start + count)], at)


def _extreme(pick: Callable[[list[float]], float]) -> Function:
    def apply(arguments: Arguments, at: Span) -> Value | None:
        listed = arguments[0].items if len(arguments) == 1 and isinstance(arguments[0], Items) else arguments
        numbers = [number for argument in listed if isinstance(number := scalar(argument), int | float)]
        return Literal(pick(numbers), at) if numbers and len(numbers) == len(listed) else None

    return apply


def _ordered(compare: Callable[[Scalar, Scalar], bool]) -> Function:
    def apply(arguments: Arguments, at: Span) -> Value | None:
        left, right = scalar(arguments[0]), scalar(arguments[1])
        if isinstance(left, str) and isinstance(right, str):
            return Literal(compare(left, right), at)
        if isinstance(left, int | float) and isinstance(right, int | float):
            return Literal(compare(left, right), at)
        return None

    return apply


def _integer(text: str) -> int:
    return int(float(text))


def _boolean(text: str) -> bool:
    return text.lower() in {"true", "1"}


def _keys(arguments: Arguments, at: Span) -> Value | None:
    return Items([Literal(key, at) for key in arguments[0].entries], at) if isinstance(arguments[0], Fields) else None


def _items(arguments: Arguments, at: Span) -> Value | None:
    if not isinstance(arguments[0], Fields):
        return None
    pairs = sorted(arguments[0].entries.items())
    return Items(
        [Fields({"key": Entry(e.key_at, Literal(key, e.key_at)), "value": e}, e.value.at) for key, e in pairs], at
    )


PASSED_THROUGH = frozenset(
    {"tolower", "toupper", "trim", "string", "base64", "uricomponent", "uricomponenttostring", "replace", "padleft"}
)
"""Functions of a text that keep what it refers to: applied to a text that is not known they answer their first
argument, so that a reference to a declared resource stays one.
"""

FUNCTIONS: dict[str, tuple[int, int, Function]] = {
    # name: fewest arguments, most arguments, the function
    "concat": (1, 800, _concat),
    "format": (1, 100, _format),
    "join": (2, 2, _join),
    "split": (2, 2, _split),
    "substring": (2, 3, _substring),
    "first": (1, 1, _end(0)),
    "last": (1, 1, _end(-1)),
    "take": (2, 2, _part(lambda whole, count: whole[:count])),
    "skip": (2, 2, _part(lambda whole, count: whole[count:])),
    "length": (1, 1, _length),
    "empty": (1, 1, _empty),
    "contains": (2, 2, _contains),
    "equals": (2, 2, _equals),
    "not": (1, 1, _not),
    "and": (1, 100, _all(False)),
    "or": (1, 100, _all(True)),
    "coalesce": (1, 100, _coalesce),
    "json": (1, 1, _json),
    "array": (1, 1, _array),
    "createarray": (0, 800, lambda arguments, at: Items(list(arguments), at)),
    "createobject": (0, 800, _object),
    "union": (1, 100, _union),
    "range": (2, 2, _range),
    "objectkeys": (1, 1, _keys),
    "items": (1, 1, _items),
    "min": (1, 100, _extreme(min)),
    "max": (1, 100, _extreme(max)),
    "add": (2, 2, _numbers(lambda a, b: a + b)),
    "sub": (2, 2, _numbers(lambda a, b: a - b)),
    "mul": (2, 2, _numbers(lambda a, b: a * b)),
    "div": (2, 2, _numbers(lambda a, b: int(a / b))),
    "mod": (2, 2, _numbers(lambda a, b: a % b)),
    "less": (2, 2, _ordered(lambda a, b: a < b)),  # type: ignore[operator]
    "lessorequals": (2, 2, _ordered(lambda a, b: a <= b)),  # type: ignore[operator]
    "greater": (2, 2, _ordered(lambda a, b: a > b)),  # type: ignore[operator]
    "greaterorequals": (2, 2, _ordered(lambda a, b: a >= b)),  # type: ignore[operator]
    "int": (1, 1, _texts(_integer)),
    "float": (1, 1, _texts(float)),
    "bool": (1, 1, _texts(_boolean)),
    "string": (1, 1, _texts(str)),
    "tolower": (1, 1, _texts(str.lower)),
    "toupper": (1, 1, _texts(str.upper)),
    "trim": (1, 1, _texts(str.strip)),
    "replace": (
        3,
        3,
        _texts(
            lambda text, old, new: text.replace(old, new) if old and len(text) * (len(new) + 1) < MAX_TEXT else text
        ),
    ),
    "startswith": (2, 2, _texts(lambda text, part: text.lower().startswith(part.lower()))),
    "endswith": (2, 2, _texts(lambda text, part: text.lower().endswith(part.lower()))),
    "indexof": (2, 2, _texts(lambda text, part: text.lower().find(part.lower()))),
    "lastindexof": (2, 2, _texts(lambda text, part: text.lower().rfind(part.lower()))),
    "padleft": (2, 3, _texts(lambda text, width, fill="": text.rjust(min(int(width), 1000), (fill or " ")[0]))),
    "base64": (1, 1, _texts(lambda text: base64.b64encode(text.encode()).decode())),
    "base64tostring": (1, 1, _texts(lambda text: base64.b64decode(text, validate=True).decode("utf-8", "replace"))),
    "uri": (2, 2, _texts(urljoin)),
    "uricomponent": (1, 1, _texts(lambda text: quote(text, safe=""))),
    "uricomponenttostring": (1, 1, _texts(unquote)),
}
