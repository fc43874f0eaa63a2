"""A detection item (`field|modifier|modifier: values`) -> an expression.

Source: Sigma Rules Specification 2.1, "Detection", and its appendix "Sigma Modifiers" 2.1; what they leave open (what
`re|startswith` means, which dashes `windash` varies) is as pySigma 2 has it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from math import isfinite
from typing import TYPE_CHECKING, get_args

from casemate.authoring.query import All, DatePart, Expression, Keyword, Leaf, Not, Operator, Some
from casemate.errors import ContentError
from casemate.model.value import Fields, Items, Literal, Value
from casemate.monitor.matching.plain import regex
from casemate.monitor.sigma.logsources import Spelled
from casemate.monitor.sigma.refusals import Refused
from casemate.monitor.sigma.texts import (
    MAX_EXPANSION,
    Text,
    TextError,
    as_like,
    as_test,
    base64,
    base64_offsets,
    dashed,
    encoded,
    expanded,
    parse,
    placeholders_as_regex,
)

if TYPE_CHECKING:
    from casemate.model.location import Span

Placeholders = Mapping[str, tuple[str, ...]]
"""Placeholder -> what it stands for, each as a rule would write it (wildcards count)."""
Spell = Callable[[str], Spelled]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression."""

    text: str


@dataclass(frozen=True, slots=True)
class Reference:
    """Another field of the same event."""

    name: str
    operator: Operator = "same"


Thing = Text | Pattern | Reference | int | float | bool | None
"""A value on its way through the modifiers."""


@dataclass(slots=True)
class Item:
    """An item while its modifiers are applied. `values`: for each value as written, what it stands for by now."""

    name: str
    values: list[list[Thing]]
    at: Span
    every: bool = False
    cased: bool = False
    negated: bool = False
    operator: Operator | None = None
    part: DatePart | None = None
    flags: set[str] = field(default_factory=set)


def item(key: str, value: Value, at: Span, spell: Spell, placeholders: Placeholders) -> Expression:
    """The expression of one key of a map (`""` as its field: a keyword search). Raises `Refused`."""
    name, *modifiers = key.split("|")
    plain = "re" in modifiers
    listed = value.items if isinstance(value, Items) else [value]
    made = Item(name, [[_thing(one, plain=plain)] for one in listed], at)
    for modifier in modifiers:
        _apply(made, modifier, placeholders)
    expression = _keywords(made) if not name else _tests(made, spell)
    return Not(expression) if made.negated else expression


def _thing(value: Value, *, plain: bool) -> Thing:
    if not isinstance(value, Literal):
        raise Refused("a value must be a text, a number, a boolean or null", value.at)
    found = value.value
    if isinstance(found, str):
        return Text((found,)) if plain else parse(found)
    return found


_MODES: dict[str, Callable[[Text], Text]] = {
    "contains": Text.amid_any,
    "startswith": Text.before_any,
    "endswith": Text.after_any,
}
_REGEX_MODES = {"contains": "{}", "startswith": "^(?:{})", "endswith": "(?:{})$"}
_REFERENCE_MODES: dict[str, Operator] = {
    "contains": "same_part", "startswith": "same_start", "endswith": "same_end",
}  # fmt: skip
_ENCODINGS = {
    "wide": ("utf-16-le", b""),
    "utf16le": ("utf-16-le", b""),
    "utf16be": ("utf-16-be", b""),
    "utf16": ("utf-16-le", b"\xff\xfe"),
}
_FLAGS = {"i": "i", "ignorecase": "i", "m": "m", "multiline": "m", "s": "s", "dotall": "s"}
_EXPANSIONS: dict[str, Callable[[Text], list[Text]]] = {
    "base64": base64,
    "base64offset": base64_offsets,
    "windash": dashed,
}
_OPERATORS: dict[str, Operator] = {
    "lt": "lt", "lte": "lte", "gt": "gt", "gte": "gte", "cidr": "cidr", "exists": "present",
}  # fmt: skip
_PARTS: dict[str, DatePart] = {part: part for part in get_args(DatePart)}
MODIFIERS = (
    "all", "any", "cased", "neq", "re", "fieldref", "expand",
    *_MODES, *_OPERATORS, *_ENCODINGS, *_FLAGS, *_EXPANSIONS, *_PARTS,
)  # fmt: skip
"""Every modifier that is understood."""


def _apply(made: Item, modifier: str, placeholders: Placeholders) -> None:
    if _marked(made, modifier):
        return
    if modifier == "re":
        _each(made, modifier, _pattern)
    elif modifier == "fieldref":
        _each(made, modifier, _reference)
    elif modifier == "expand":
        _expand(made, placeholders)
    elif modifier in _MODES:
        made.values = [[_placed(made, thing, modifier) for thing in one] for one in made.values]
    elif modifier in _ENCODINGS:
        _each(made, modifier, lambda text: [encoded(text, *_ENCODINGS[modifier])])
    elif modifier in _EXPANSIONS:
        _each(made, modifier, _EXPANSIONS[modifier])
    else:
        raise Refused(f"no modifier is called {modifier!r}", made.at, hint=f"known are {', '.join(MODIFIERS)}")


def _marked(made: Item, modifier: str) -> bool:
    """Whether the modifier says how values are compared, rather than changes them."""
    if modifier in {"all", "any"}:
        made.every = modifier == "all"
    elif modifier == "cased":
        made.cased = True
    elif modifier == "neq":
        made.negated = True
    elif modifier in _OPERATORS:
        made.operator = _OPERATORS[modifier]
    elif modifier in _FLAGS:
        made.flags.add(_FLAGS[modifier])
    elif modifier in _PARTS:
        made.part = _PARTS[modifier]
    else:
        return False
    return True


def _each(made: Item, modifier: str, change: Callable[[Text], list[Text] | list[Pattern] | list[Reference]]) -> None:
    for number, things in enumerate(made.values):
        found: list[Thing] = []
        for thing in things:
            text = parse(_plain(thing)) if isinstance(thing, int | float) else thing
            if not isinstance(text, Text):
                raise Refused(f"`{modifier}` needs a text", made.at)
            try:
                found += change(text)
            except TextError as error:
                raise Refused(f"{made.name}|{modifier}: {error}", made.at) from error
        made.values[number] = found


def _pattern(text: Text) -> list[Pattern]:
    if text.plain is None:
        raise TextError("only a text as it is written is a regular expression: put `re` first")
    return [Pattern(text.plain)]


def _reference(text: Text) -> list[Reference]:
    """The modifiers that say where may come first (`startswith|fieldref`): then they have put a wildcard at an end."""
    operator, name = as_test(text)
    modes: dict[Operator, Operator] = {
        "equals": "same", "contains": "same_part", "startswith": "same_start", "endswith": "same_end",
    }  # fmt: skip
    if operator not in modes:
        raise TextError("the name of a field has no wildcards")
    return [Reference(name, modes[operator])]


def _placed(made: Item, thing: Thing, modifier: str) -> Thing:
    match thing:
        case Text():
            return _MODES[modifier](thing)
        case Pattern():
            return Pattern(_REGEX_MODES[modifier].format(thing.text))
        case Reference():
            return Reference(thing.name, _REFERENCE_MODES[modifier])
        case None:
            raise Refused(f"`{modifier}` needs a text, not null", made.at)
        case _:
            return _MODES[modifier](parse(_plain(thing)))


def _expand(made: Item, placeholders: Placeholders) -> None:
    for number, things in enumerate(made.values):
        found: list[Thing] = []
        for thing in things:
            try:
                if isinstance(thing, Text):
                    found += expanded(thing, placeholders)
                elif isinstance(thing, Pattern):
                    found.append(Pattern(placeholders_as_regex(thing.text, placeholders)))
                else:
                    raise Refused("`expand` needs a text", made.at)
            except KeyError as error:
                name = str(error.args[0])
                raise Refused(
                    f"the placeholder %{name}% has no values here",
                    made.at,
                    code="sigma-placeholder",
                    hint=f'say what it stands for in casemate.toml: [monitor.placeholders] "{name}" = ["…"]',
                ) from error
            except TextError as error:
                raise Refused(f"{made.name}|expand: {error}", made.at) from error
        if len(found) > MAX_EXPANSION:
            raise Refused(f"{made.name}: a value stands for more than {MAX_EXPANSION:,} texts", made.at)
        made.values[number] = found


def _plain(thing: float | bool | None) -> str:  # noqa: FBT001 - a value, not a flag
    return str(thing).lower() if isinstance(thing, bool) else str(thing)


@dataclass(frozen=True, slots=True)
class _Test:
    operator: Operator
    value: str | float | bool | None = None
    flags: str = ""
    cased: bool = False
    other: str | None = None


def _tests(made: Item, spell: Spell) -> Expression:
    rows = [[_test(made, thing) for thing in things] for things in made.values] or [[_Test("missing")]]
    spelling = spell(made.name)
    if made.every:
        flat = [test for row in rows for test in row]
        if all(len(row) == 1 for row in rows) and len({_kind(test) for test in flat}) == 1 and spelling.folded is None:
            return _leaf(made, spelling, flat, spell, every=len(flat) > 1)
        return _all([_any_of(made, spelling, row, spell) for row in rows])
    return _any_of(made, spelling, [test for row in rows for test in row], spell)


def _kind(test: _Test) -> tuple[object, ...]:
    return (test.operator, test.flags, test.cased, test.other)


def _any_of(made: Item, spelling: Spelled, tests: list[_Test], spell: Spell) -> Expression:
    kinds: dict[tuple[object, ...], list[_Test]] = {}
    for test in tests:
        kinds.setdefault(_kind(test), []).append(test)
    return _some([_leaf(made, spelling, found, spell) for found in kinds.values()])


def _leaf(made: Item, spelling: Spelled, tests: list[_Test], spell: Spell, *, every: bool = False) -> Expression:
    """A leaf of tests of one kind, and beside it the same of the field's plain name where that says more."""
    first = tests[0]
    other = None if first.other is None else spell(first.other).raw

    def leaf(where: Spelled, values: list[str | float | bool], *, folded: bool = False) -> Leaf:
        place = where.folded if folded and where.folded is not None else where.raw
        return Leaf(
            place, first.operator, tuple(dict.fromkeys(values)), every, first.cased, first.flags, other, made.part
        )

    values = [test.value for test in tests if test.value is not None]
    if spelling.folded is None or first.operator not in {"equals", "endswith", "like", "regex"} or made.part:
        return leaf(spelling, values)
    if first.operator != "equals":
        return Some((leaf(spelling, values), leaf(spelling, values, folded=True)))
    plain = [value for value in values if spelling.is_plain(str(value))]
    exact = [value for value in values if not spelling.is_plain(str(value))]
    leaves = [leaf(spelling, plain, folded=True)] if plain else []
    return _some([*leaves, *([leaf(spelling, exact)] if exact else [])])


def _test(made: Item, thing: Thing) -> _Test:
    if made.operator == "present":
        if not isinstance(thing, bool):
            raise Refused("`exists` needs true or false", made.at)
        if not thing:
            made.negated = not made.negated
        return _Test("present")
    if made.operator == "cidr":
        return _Test("cidr", _network(made, thing))
    if made.operator is not None:
        return _Test(made.operator, _number(made, thing))
    match thing:
        case None:
            return _Test("missing")
        case Text():
            operator, value = as_test(thing)
            return _Test(operator, value, cased=made.cased)
        case Pattern():
            flags = "".join(sorted(made.flags))
            return _Test("regex", _checked(made, thing, flags), flags, cased=True)
        case Reference():
            return _Test(thing.operator, other=thing.name, cased=made.cased)
        case _:
            return _Test("equals", thing, cased=made.cased)


def _network(made: Item, thing: Thing) -> str:
    text = thing.plain if isinstance(thing, Text) else None
    try:
        ip_network(str(text), strict=False)
    except ValueError as error:
        raise Refused(f"{made.name}|cidr: {text!r} is no network", made.at, hint="write it as 10.0.0.0/8") from error
    return str(text)


def _number(made: Item, thing: Thing) -> float:
    text = str(thing.plain if isinstance(thing, Text) else thing)
    try:
        number = float(text)
    except ValueError as error:
        raise Refused(f"{made.name}|{made.operator} needs a number", made.at) from error
    if not isfinite(number):
        raise Refused(f"{made.name}|{made.operator} needs a finite number", made.at)
    return int(number) if number.is_integer() else number


def _checked(made: Item, pattern: Pattern, flags: str = "") -> str:
    try:
        regex(pattern.text, flags)
    except ContentError as error:
        raise Refused(
            f"{made.name or 'keywords'}|re: {error.hint or error.message}: {pattern.text[:120]!r}",
            made.at,
            code="sigma-regex",
            hint="look-around and back-references are not run on hostile text; write the pattern without them",
        ) from error
    return pattern.text


def _keywords(made: Item) -> Expression:
    if made.operator is not None or made.part is not None:
        raise Refused("this modifier needs a field", made.at)
    rows = [[_keyword(made, thing) for thing in things] for things in made.values]
    if made.every and any(len(row) > 1 for row in rows):
        return _all([_search(made, row) for row in rows])
    return _search(made, [text for row in rows for text in row])


def _keyword(made: Item, thing: Thing) -> str:
    match thing:
        case Text():
            return as_like(thing)
        case Pattern():
            flags = f"(?{''.join(sorted(made.flags))})" if made.flags else ""
            return flags + _checked(made, thing, "".join(sorted(made.flags)))
        case None | Reference():
            raise Refused("a keyword is a text", made.at)
        case _:
            return _plain(thing)


def _search(made: Item, texts: list[str]) -> Keyword:
    is_regex = any(isinstance(thing, Pattern) for things in made.values for thing in things)
    return Keyword(tuple(dict.fromkeys(texts)), made.every and len(texts) > 1, made.cased, is_regex)


def _all(parts: list[Expression]) -> Expression:
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def _some(parts: list[Expression]) -> Expression:
    return parts[0] if len(parts) == 1 else Some(tuple(parts))


def detection(value: Value, spell: Spell, placeholders: Placeholders) -> Expression:
    """A search identifier: a map (all of its items), a list of maps (any), keywords. Raises `Refused`."""
    match value:
        case Fields():
            if not value.entries:
                raise Refused("this selection is empty", value.at)
            return _all(
                [item(key, entry.value, entry.key_at, spell, placeholders) for key, entry in value.entries.items()]
            )
        case Items():
            if not value.items:
                raise Refused("this selection is empty", value.at)
            words = [one for one in value.items if isinstance(one, Literal)]
            parts = [detection(one, spell, placeholders) for one in value.items if not isinstance(one, Literal)]
            if words:
                parts.append(item("", Items(words, value.at), value.at, spell, placeholders))
            return _some(parts)
        case Literal():
            return item("", value, value.at, spell, placeholders)
        case _:
            raise Refused("a selection is a map, a list of maps or a list of keywords", value.at)
