"""What single keywords of JSON Schema ask of a value; patterns in an engine that cannot run away."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from casemate_guard.schema import Check, Fault

_STEPS = 4_000_000


class SchemaError(ValueError):
    """A schema cannot be used: a reference to nothing, a keyword of a wrong type, a pattern that may run away."""


class Seen:
    """The members and elements of a value that some subschema has looked at, for the unevaluated keywords."""

    __slots__ = ("items", "names")

    def __init__(self) -> None:
        self.names: set[object] = set()
        self.items: set[int] = set()


def key_of(value: object) -> object:
    """Something hashable that is equal for values that are equal as JSON: 1 and 1.0 are, 1 and true are not."""
    if isinstance(value, bool):
        return (bool, value)
    if isinstance(value, list):
        return (list, *map(key_of, value))
    if isinstance(value, dict):
        return (dict, frozenset((name, key_of(one)) for name, one in value.items()))
    return value


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_TYPES: dict[str, Callable[[object], bool]] = {
    "null": lambda value: value is None,
    "boolean": lambda value: isinstance(value, bool),
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "number": _is_number,
    "integer": lambda value: _is_number(value) and (isinstance(value, int) or value.is_integer()),  # type: ignore[attr-defined]
}


def _multiple(value: float, of: float) -> bool:
    if isinstance(value, int) and isinstance(of, int):
        return value % of == 0
    from fractions import Fraction

    try:
        return Fraction(repr(value)) % Fraction(repr(of)) == 0
    except ValueError:  # infinity
        return False


# Keywords that compare one aspect of a value with a constant: the type it is for, what must hold.
SIMPLE: dict[str, tuple[type | tuple[type, ...], Callable[..., bool]]] = {
    "maximum": ((int, float), lambda value, limit: value <= limit),
    "minimum": ((int, float), lambda value, limit: value >= limit),
    "exclusiveMaximum": ((int, float), lambda value, limit: value < limit),
    "exclusiveMinimum": ((int, float), lambda value, limit: value > limit),
    "multipleOf": ((int, float), _multiple),
    "maxLength": (str, lambda value, limit: len(value) <= limit),
    "minLength": (str, lambda value, limit: len(value) >= limit),
    "maxItems": (list, lambda value, limit: len(value) <= limit),
    "minItems": (list, lambda value, limit: len(value) >= limit),
    "maxProperties": (dict, lambda value, limit: len(value) <= limit),
    "minProperties": (dict, lambda value, limit: len(value) >= limit),
    "uniqueItems": (list, lambda value, wanted: not wanted or len({key_of(one) for one in value}) == len(value)),
    "required": (dict, lambda value, names: all(name in value for name in names)),
    "dependentRequired": (
        dict,
        lambda value, table: all(
            name not in value or all(one in value for one in names) for name, names in table.items()
        ),
    ),
}


# --- single checks
def typed(wanted: object) -> Check:
    """`type`: one of these."""
    if not isinstance(wanted, list) or not all(one in _TYPES for one in wanted):
        raise SchemaError(f"there is no type {str(wanted)[:60]}")
    tests = [_TYPES[one] for one in wanted]
    if len(tests) == 1:
        (test,) = tests
        return lambda value, path, _seen: None if test(value) else (path, "type")
    return lambda value, path, _seen: None if any(test(value) for test in tests) else (path, "type")


def simple(keyword: str, argument: object) -> Check:
    """One of `SIMPLE`."""
    kind, holds = SIMPLE[keyword]
    numeric = kind == (int, float)

    def run(value: object, path: str, _seen: Seen | None) -> Fault | None:
        if not isinstance(value, kind) or (numeric and isinstance(value, bool)) or holds(value, argument):
            return None
        return (path, keyword)

    return run


def listed(values: list[object], keyword: str) -> Check:
    """`const` and `enum`."""
    keys = {key_of(one) for one in values}
    return lambda value, path, _seen: None if key_of(value) in keys else (path, keyword)


def matching(matches: Callable[[str], bool | None]) -> Check:
    """`pattern`."""

    def run(value: object, path: str, _seen: Seen | None) -> Fault | None:
        found = matches(value) if isinstance(value, str) else True
        return None if found else (path, "pattern" if found is False else "pattern-too-long")

    return run


def formatted(holds: Callable[[str], bool]) -> Check:
    """`format`."""
    return lambda value, path, _seen: None if not isinstance(value, str) or holds(value) else (path, "format")


def some(checks: list[Check], keyword: str) -> Check:
    """`anyOf` and `oneOf`."""

    def run(value: object, path: str, seen: Seen | None) -> Fault | None:
        held = 0
        for check in checks:
            if check(value, path, seen) is None:
                held += 1
                if held > 1 and keyword == "oneOf":
                    return (path, keyword)
                if seen is None and keyword == "anyOf":
                    return None
        return None if held else (path, keyword)

    return run


def negated(check: Check) -> Check:
    """`not`."""
    return lambda value, path, seen: (path, "not") if check(value, path, Seen() if seen else None) is None else None


def conditional(condition: Check, then: Check, otherwise: Check) -> Check:
    """`if`, `then` and `else`."""
    return lambda value, path, seen: (
        then(value, path, seen) if condition(value, path, seen) is None else otherwise(value, path, seen)
    )


def depending(name: str, check: Check) -> Check:
    """`dependentSchemas`."""
    return lambda value, path, seen: check(value, path, seen) if isinstance(value, dict) and name in value else None


def names(check: Check) -> Check:
    """`propertyNames`."""

    def run(value: object, path: str, _seen: Seen | None) -> Fault | None:
        if isinstance(value, dict) and any(check(name, path, None) is not None for name in value):
            return (path, "propertyNames")
        return None

    return run


def rest(keyword: str, check: Check) -> Check:
    """`unevaluatedItems` and `unevaluatedProperties`."""

    def run(value: object, path: str, seen: Seen | None) -> Fault | None:
        if seen is None:
            return None
        if keyword == "unevaluatedItems" and isinstance(value, list):
            left: list[tuple[object, str]] = [
                (one, f"{path}[{place}]") for place, one in enumerate(value) if place not in seen.items
            ]
            seen.items.update(range(len(value)))
        elif keyword == "unevaluatedProperties" and isinstance(value, dict):
            left = [(one, f"{path}.{name}") for name, one in value.items() if name not in seen.names]
            seen.names.update(value)
        else:
            return None
        return (path, keyword) if any(check(one, where, Seen()) is not None for one, where in left) else None

    return run


# --- patterns
def pattern(source: str) -> Callable[[str], bool | None]:
    """Whether a text has a match somewhere; None where the text is too long to find out. Raises `SchemaError`."""
    try:
        import re2
    except ImportError:
        return _portable(source)
    options = re2.Options()
    options.log_errors = False
    try:
        search = re2.compile(source, options).search
    except re2.error as error:
        raise SchemaError(f"RE2 refuses the pattern {source[:100]!r}: {error}") from None

    def matches(text: str) -> bool:
        try:
            return search(text) is not None
        except UnicodeEncodeError:  # half a surrogate pair is no text
            return False

    return matches


def _portable(source: str) -> Callable[[str], bool | None]:
    ends = source[:-1] + r"\Z" if source.endswith("$") and not source.endswith(r"\$") else source
    try:
        search = re.compile(ends, re.ASCII).search
        repeats = _repeats(re._parser.parse(ends, re.ASCII), inside=False)  # type: ignore[attr-defined, unused-ignore]  # noqa: SLF001 - the tree that it compiles
    except (re.error, RecursionError, OverflowError) as error:
        raise SchemaError(f"the pattern {source[:100]!r} needs the extra `fast`: {error}") from None
    longest = int(_STEPS ** (1 / (repeats + 1)))  # a search tries every start, each repetition every length
    return lambda text: search(text) is not None if len(text) <= longest else None


def _repeats(parsed: object, *, inside: bool) -> int:
    """How many repetitions without a small bound a parsed pattern has; refuses those within one another."""
    found = 0
    for operator, argument in parsed:  # type: ignore[attr-defined]  # the standard library's own tree
        name = str(operator)
        if name in {"GROUPREF", "ASSERT", "ASSERT_NOT", "GROUPREF_EXISTS"}:
            raise SchemaError("a pattern with back references or look-around needs an engine that can run away")
        if name in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
            _, most, body = argument
            wide = int(most) > 1
            if wide and inside and int(most) > 8:
                raise SchemaError("a pattern that repeats a repetition needs the extra `fast`")
            found += (int(most) > 8) + _repeats(body, inside=inside or int(most) > 8)
        elif name == "SUBPATTERN":
            found += _repeats(argument[-1], inside=inside)
        elif name == "BRANCH":
            found += sum(_repeats(one, inside=inside) for one in argument[1])
        elif name == "ATOMIC_GROUP":
            found += _repeats(argument, inside=inside)
    return found
