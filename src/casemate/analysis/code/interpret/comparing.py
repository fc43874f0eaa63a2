"""Comparisons and conditions: folded where values are known, and what a check says about data where they are not."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, cast

from casemate.analysis.code.joining import options_of, sort_of, taint_of, unknown
from casemate.analysis.code.labels import BIT, EVERY, HOST, PART, PLACE, WHOLE, Taint
from casemate.analysis.code.values import (
    FALSE,
    TRUE,
    Class,
    Client,
    Closure,
    Const,
    Environment,
    Guards,
    Instance,
    Mapping,
    Row,
    Sequence,
    Text,
    Thing,
    Union,
    Value,
    Verdict,
)

if TYPE_CHECKING:
    from collections.abc import Callable

HOST_KINDS = BIT["ssrf"] | BIT["redirect"]
PLACE_KINDS = BIT["path"] | BIT["dynamic-import"]
QUOTE_KINDS = BIT["sql"] | BIT["xpath"] | BIT["code"] | BIT["command"]
_BY_FORM = {WHOLE: EVERY, HOST: HOST_KINDS, PLACE: PLACE_KINDS, PART: 0}
SIGNED = BIT["deserialization"] | BIT["redirect"]
"""What data may do that a holder of the key sent."""
MAC = "hmac.mac"
"""The name of a keyed hash; its labels say what it is of."""
MAX_FOLDED = 100_000


def truth(value: Value) -> bool | None:
    """Whether a condition with this value holds; None when that is not known."""
    if isinstance(value, Const):
        return bool(value.value)
    if isinstance(value, Sequence):
        row = value.row
        if row.items:
            return True
        return False if row.rest is None else None
    if isinstance(value, Mapping):
        return False if not value.fields and value.shape is None and not value.taint else None
    if isinstance(value, (Closure, Instance, Class, Client)):
        return True
    if isinstance(value, Text):
        return True if any(isinstance(part, Const) and part.value for part in value.parts) else None
    if isinstance(value, Union):
        first = truth(value.options[0])
        return first if first is not None and all(truth(option) is first for option in value.options[1:]) else None
    return None


def verdict_of(value: Value) -> Verdict | None:
    """The check that a condition makes, if it makes one."""
    if isinstance(value, Verdict):
        return value
    if isinstance(value, Union) and value.check is not None:
        return value.check
    if isinstance(value, Union):
        # Where it holds, one of the options that may hold did; a check is made only if each of them makes it.
        yes = _together([option for option in value.options if truth(option) is not False], yes=True)
        no = _together([option for option in value.options if truth(option) is not True], yes=False)
        return Verdict(yes, no) if yes or no else None
    return None


def asked(value: Value) -> Verdict | None:
    """The check that it is to ask whether a value is there: an address without a host is the own host's."""
    if isinstance(value, Thing) and value.taint and all(label.form == HOST for label in value.taint):
        return Verdict((), guards_for(value.taint, BIT["redirect"]))
    return verdict_of(value)


def _together(options: list[Value], *, yes: bool) -> Guards:
    found: dict[str, int] | None = None
    for option in options:
        if not isinstance(option, Verdict):
            return ()
        guards = dict(option.yes if yes else option.no)
        if found is None:
            found = guards
        else:
            found = {key: bits & guards[key] for key, bits in found.items() if bits & guards.get(key, 0)}
    return tuple((found or {}).items())


def negated(value: Value) -> Value:
    """`not value`."""
    known = truth(value)
    if known is not None:
        return FALSE if known else TRUE
    verdict = asked(value)
    if verdict is not None:
        return Verdict(verdict.no, verdict.yes, value.taint)
    return unknown(sort="bool")


def both(left: Value, right: Value) -> Value:
    """`left and right` as a check, where neither is known."""
    one, other = verdict_of(left), verdict_of(right)
    if one is None and other is None:
        return unknown(sort="bool")
    one, other = one or Verdict(), other or Verdict()
    return Verdict(_plus(one.yes, other.yes), _common(one.no, other.no))


def either(left: Value, right: Value) -> Value:
    """`left or right` as a check, where neither is known."""
    one, other = verdict_of(left), verdict_of(right)
    if one is None and other is None:
        return unknown(sort="bool")
    one, other = one or Verdict(), other or Verdict()
    return Verdict(_common(one.yes, other.yes), _plus(one.no, other.no))


def _plus(left: Guards, right: Guards) -> Guards:
    found = dict(left)
    for key, bits in right:
        found[key] = found.get(key, 0) | bits
    return tuple(found.items())


def _common(left: Guards, right: Guards) -> Guards:
    table = dict(right)
    return tuple((key, bits & table[key]) for key, bits in left if bits & table.get(key, 0))


def guards_for(taint: Taint, bits: int | None = None) -> Guards:
    """What is known of the data behind the labels when a check of the value holds; by its form unless `bits` say."""
    found: dict[str, int] = {}
    for label in taint:
        kinds = _BY_FORM[label.form] if bits is None else bits
        if kinds:
            found[label.origin.key] = found.get(label.origin.key, 0) | kinds
    return tuple(found.items())


# -- comparison
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "is": lambda left, right: left is right or (left == right and left.__class__ is right.__class__),
    "is-not": lambda left, right: not (left is right or (left == right and left.__class__ is right.__class__)),
}


def compare(sign: str, left: Value, right: Value) -> Value:
    """`left sign right`."""
    if sign in {"in", "not-in"}:
        found = contains(right, left)
        return negated(found) if sign == "not-in" else found
    if isinstance(left, Const) and isinstance(right, Const):
        return _folded(sign, left, right)
    if isinstance(left, Verdict) and left.index:
        return _position(sign, left, right)
    for one, other in ((left, right), (right, left)):
        if isinstance(other, Const) and other.value is None:
            certain = _is_none(one)
            if certain is None:
                return unknown(sort="bool")
            return TRUE if certain is (sign in {"==", "is"}) else FALSE
    if isinstance(left, Union) or isinstance(right, Union):
        outcome = _over_options(sign, left, right)
        if outcome is not None:
            return outcome
    if isinstance(left, Verdict) and isinstance(right, Const) and right.value in (True, False):
        holds = bool(right.value) is (sign in {"==", "is"})
        return Verdict(left.yes, left.no) if holds else Verdict(left.no, left.yes)
    return _equality(sign, left, right)


def signed(value: Value) -> Guards | None:
    """What is known where a value is equal to one that has a keyed hash in it; None: it has none."""
    for option in options_of(value):
        if isinstance(option, Thing) and option.path == MAC:
            return guards_for(option.taint, SIGNED)
        if isinstance(option, Thing) and option.path == "encoded" and option.receiver is not None:
            found = signed(option.receiver)
            if found is not None:
                return found
        if isinstance(option, Text):
            for part in option.parts:
                found = signed(part)
                if found is not None:
                    return found
    return None


def _equality(sign: str, left: Value, right: Value) -> Value:
    """Equal to something that the attacker does not choose: then it is harmless."""
    if sign not in {"==", "!=", "is", "is-not"}:
        return unknown(sort="bool")
    guards: Guards = signed(left) or signed(right) or ()
    for one, other in ((left, right), (right, left)):
        if guards:
            break
        if one.taint and not isinstance(one, Text) and not taint_of(other):
            if isinstance(other, Const) and other.value in ("", None, False):
                if other.value == "" and all(label.form == HOST for label in one.taint):
                    guards = guards_for(one.taint, BIT["redirect"])
                continue
            guards = guards_for(one.taint)
    if not guards:
        return unknown(sort="bool")
    return Verdict(guards) if sign in {"==", "is"} else Verdict((), guards)


def _folded(sign: str, left: Const, right: Const) -> Value:
    try:
        return TRUE if _COMPARE[sign](left.value, right.value) else FALSE
    except (TypeError, KeyError):
        return unknown(sort="bool")


def _position(sign: str, left: Verdict, right: Value) -> Value:
    """`x.indexOf(y) >= 0` and its like."""
    if isinstance(right, Const) and right.value in (-1, 0) and right.value is not False:
        least = cast("int", right.value)
        if (sign, least) in {("!=", -1), (">", -1), (">=", 0), ("is-not", -1)}:
            return Verdict(left.yes, left.no)
        if (sign, least) in {("==", -1), ("<", 0), ("<=", -1), ("is", -1)}:
            return Verdict(left.no, left.yes)
        if (sign, least) in {("==", 0), ("is", 0)}:
            return Verdict(_plus(left.yes, left.start))
        if (sign, least) in {("!=", 0), ("is-not", 0)}:
            return Verdict((), _plus(left.yes, left.start))
    return unknown(sort="bool")


def _is_none(value: Value) -> bool | None:
    if isinstance(value, Const):
        return value.value is None
    if isinstance(value, Union):
        first = _is_none(value.options[0])
        return first if first is not None and all(_is_none(option) is first for option in value.options) else None
    if isinstance(value, (Thing, Verdict, Environment)):
        return None
    return False


def _over_options(sign: str, left: Value, right: Value) -> Value | None:
    """The same outcome for each option, or None."""
    outcome: Value | None = None
    for one in options_of(left):
        for other in options_of(right):
            found = compare(sign, one, other)
            if not isinstance(found, Const) or (outcome is not None and found is not outcome):
                return None
            outcome = found
    return outcome


def contains(collection: Value, item: Value) -> Value:
    """`item in collection`."""
    if isinstance(collection, Const) and isinstance(collection.value, (str, bytes)):
        if isinstance(item, Const):
            try:
                return TRUE if cast("Any", item.value) in collection.value else FALSE
            except TypeError:
                return FALSE
        return Verdict(guards_for(item.taint)) if item.taint else unknown(sort="bool")
    if isinstance(collection, Thing) and (collection.path or "").endswith(".parents") and not taint_of(item):
        return Verdict(guards_for(tuple(label for label in collection.taint if label.form == PLACE)))
    if isinstance(item, Const) and collection.taint and not isinstance(collection, (Sequence, Mapping)):
        return _character(collection, item)
    content = _content(collection)
    if content is not None and isinstance(item, Const):
        if all(isinstance(one, Const) for one in content):
            return TRUE if any(one.value == item.value for one in content) else FALSE  # type: ignore[attr-defined]
        return unknown(sort="bool")
    if item.taint and not taint_of(collection) and not isinstance(item, Text):
        return Verdict(guards_for(item.taint))
    return unknown(sort="bool")


def _content(collection: Value) -> list[Value] | None:
    """Every element of a collection, if they are all known."""
    if isinstance(collection, Sequence):
        row = collection.row
        return list(row.items) if row.rest is None else None
    if isinstance(collection, Mapping):
        if collection.shape is not None or collection.taint:
            return None
        keys = list(collection.fields)
        return [Const(key) for key in keys if isinstance(key, str)] if all(isinstance(k, str) for k in keys) else None
    if isinstance(collection, Row) and collection.rest is None:
        return list(collection.items)
    return None


def _character(text: Value, item: Const) -> Value:
    """`".." in path`: where it does not hold the data cannot do what needs these characters."""
    bits = denied(item.value) if isinstance(item.value, str) else 0
    if not bits:
        return unknown(sort="bool")
    return Verdict((), guards_for(text.taint, bits))


def denied(text: str) -> int:
    """The kinds of sinks for which data without this text is harmless."""
    bits = 0
    if text in {"..", "../", "/", "..\\", "."}:
        bits |= PLACE_KINDS
    if text in {"'", '"'}:
        bits |= BIT["xpath"] | BIT["sql"] | BIT["code"]
    if text == "<":
        bits |= BIT["xss"]
    if text in {"\n", "\r", "\r\n"}:
        bits |= BIT["log"] | BIT["header"]
    if text in {"(", "*"}:
        bits |= BIT["ldap"]
    return bits


# -- arithmetic
_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "|": operator.or_,
    "&": operator.and_,
    "^": operator.xor,
}


def calculate(sign: str, left: Const, right: Const) -> Value:
    """Arithmetic on known values, within bounds."""
    one, other = left.value, right.value
    numbers = isinstance(one, (int, float)) and isinstance(other, (int, float))
    function = _ARITHMETIC.get(sign)
    if sign == "**" and numbers and abs(cast("float", one)) < 1000 and 0 <= cast("float", other) < 32:
        function = operator.pow
    if sign in {"<<", ">>"} and numbers and 0 <= cast("float", other) < 64:
        function = operator.lshift if sign == "<<" else operator.rshift
    if function is None:
        return unknown()
    if sign == "*" and not numbers:
        size = max(
            len(one) if isinstance(one, (str, bytes)) else 0, len(other) if isinstance(other, (str, bytes)) else 0
        )
        times = one if isinstance(one, int) else other
        if not isinstance(times, int) or size * abs(times) > 1000:
            return unknown(sort=sort_of(left))
    if sign == "%" and not numbers:
        return unknown(sort="str")
    try:
        result = function(one, other)
    except (TypeError, ValueError, ArithmeticError):
        return unknown()
    if isinstance(result, int) and result.bit_length() > 128:
        return unknown(sort="int")
    return Const(result)
