"""Random policies with two other ways to the answer: trying every request of a small world, and z3.

Neither shares code with the platform: the rules are written down here a second time, as plainly as they can be. `python -m
tests.fuzz.run` is the entry for large numbers; the tests take a few.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, product
from typing import TYPE_CHECKING, Any

from casemate.analysis.access.evaluation.document import policy_from_json
from casemate.analysis.access.evaluation.policies import policies_of
from casemate.analysis.access.proving.prove import prove
from casemate.analysis.access.proving.question import Question

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

    from casemate.analysis.access.proving.question import Proof

Json = dict[str, Any]
Values = tuple[str, ...]

ACCOUNT = "111111111111"
USER = f"arn:aws:iam::{ACCOUNT}:user/u"
ACTIONS = ("t:a", "t:b")
RESOURCES = ["".join(letters) for length in range(4) for letters in product("ab", repeat=length)]
MISSING: Values = ()
WORLD: dict[str, list[Values]] = {
    "k:text": [MISSING, *((text,) for text in ("", "a", "b", "x", "aa", "ab", "bb", "ua", "xx", "axb"))],
    "k:number": [MISSING, *((text,) for text in ("-1", "0", "0.5", "1", "1.5", "2", "3"))],
    "k:flag": [MISSING, ("true",), ("false",)],
    "k:from": [MISSING, *((f"10.0.0.{last}",) for last in (0, 2, 4, 8, 16)), ("11.0.0.0",), ("::1",)],
    "k:set": [MISSING, *((one,) for one in "abc"), *combinations("abc", 2), ("a", "b", "c")],
}
"""The values that are tried for each key. Policies name no value that these cannot tell apart."""


@dataclass(frozen=True)
class Pair:
    """What the caller is given, what bounds it, what the resource says; absent parts are not in force."""

    identity: Json
    boundary: Json | None
    resource: Json | None
    action: str
    pattern: str


# -- random policies -----------------------------------------------------------------------------------------------------
def pair(random: Random, *, sets: bool = True) -> Pair:
    """A question and the policies that it is about, which speak of two condition keys at most."""
    kinds = random.sample(["text", "number", "flag", *(["from", "set"] if sets else [])], 2)
    return Pair(
        _document(random, kinds, principal=False),
        _document(random, kinds, principal=False) if random.random() < 0.5 else None,
        _document(random, kinds, principal=True) if random.random() < 0.3 else None,
        random.choice(ACTIONS),
        random.choice(["*", "*", _pattern(random)]),
    )


def _document(random: Random, kinds: list[str], *, principal: bool) -> Json:
    rows = [_row(random, kinds, principal=principal) for _ in range(random.randint(1, 4))]
    return {"Version": random.choice(["2012-10-17", "2008-10-17"]), "Statement": rows}


def _row(random: Random, kinds: list[str], *, principal: bool) -> Json:
    row: Json = {"Effect": random.choice(["Allow", "Allow", "Deny"])}
    actions = random.choice(["*", "t:*", "t:a", "t:b", "t:?", ["t:a", "u:x"]])
    row["NotAction" if random.random() < 0.15 else "Action"] = actions
    several = [_pattern(random) for _ in range(random.randint(1, 2))]
    row["NotResource" if random.random() < 0.2 else "Resource"] = several
    if principal:
        row["Principal"] = random.choice(["*", {"AWS": USER}, {"AWS": ACCOUNT}, {"Service": "sns.amazonaws.com"}])
    if random.random() < 0.6:
        block: Json = {}
        for _ in range(random.randint(1, 2)):
            operator, key, values = _condition(random, random.choice(kinds))
            block.setdefault(operator, {})[key] = values
        row["Condition"] = block
    return row


def _pattern(random: Random) -> str:
    return "".join(random.choice("aabb*?") for _ in range(random.randint(1, 3)))


def _condition(random: Random, kind: str) -> tuple[str, str, list[str]]:
    suffix = random.choice(["", "", "IfExists"])
    if kind not in {"set", "from"} and random.random() < 0.15:
        return "Null", f"k:{kind}", [random.choice(["true", "false"])]
    if kind == "text" and random.random() < 0.15:
        return random.choice(["StringEquals", "StringLike"]), "k:text", ["${aws:username}a", "b"]
    match kind:
        case "text":
            operator = random.choice(["StringEquals", "StringNotEquals", "StringLike", "StringNotLike"])
            texts = ["a", "b", "ab"] if operator.endswith("Equals") else ["a*", "?", "*b", "ab", "a?"]
            return operator + suffix, "k:text", random.sample(texts, random.randint(1, 2))
        case "number":
            kinds = ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
            operator = f"Numeric{random.choice(kinds)}{suffix}"
            return operator, "k:number", random.sample(["0", "1", "2"], random.randint(1, 2))
        case "flag":
            return "Bool" + suffix, "k:flag", [random.choice(["true", "false"])]
        case "from":
            texts = ["10.0.0.0/30", "10.0.0.0/29", "10.0.0.2", "10.0.0.0/8", "10.0.0.16/28", "0.0.0.0/0"]
            operator = random.choice(["IpAddress", "NotIpAddress"]) + suffix
            return operator, "k:from", random.sample(texts, random.randint(1, 2))
        case _:
            prefix = random.choice(["ForAllValues:", "ForAnyValue:"])
            operator = random.choice(["StringEquals", "StringNotEquals", "StringLike"])
            return prefix + operator, "k:set", random.sample(["a", "b", "c"], random.randint(1, 2))


# -- the platform's answer -----------------------------------------------------------------------------------------------
def proof(given: Pair) -> Proof:
    """The answer of the engine under test."""
    resource = None if given.resource is None else policy_from_json(given.resource, "resource")
    boundary = [] if given.boundary is None else [policy_from_json(given.boundary, "boundary")]
    identity = [policy_from_json(given.identity, "identity")]
    policies = policies_of(identity=identity, boundary=boundary, resource=resource)
    return prove(Question(USER, given.action, (given.pattern,), ACCOUNT), policies)


# -- every request of a small world ----------------------------------------------------------------------------------------
def disagreement(given: Pair) -> str | None:
    """What is wrong with the engine's answer; None when nothing is."""
    found = proof(given)
    if found.verdict == "unknown":
        return f"unknown: {found.because}"
    if found.witness is not None:
        asked = dict(found.witness.context)
        fits = _like(given.pattern, found.witness.resource) and found.witness.action == given.action
        return None if fits and allowed(given, found.witness.resource, asked) else f"no witness: {found.witness}"
    reached = next(_reached(given), None)
    return None if reached is None else f"not safe: {reached}"


def _reached(given: Pair) -> Iterator[tuple[str, dict[str, Values]]]:
    """Every request of the small world that is allowed. What a row says of resources and of contexts is looked up once."""
    contexts = list(_contexts(given))
    for resource in RESOURCES:
        if not _like(given.pattern, resource):
            continue
        rows = [
            (which, row, document["Version"] == "2012-10-17")
            for which, document in enumerate((given.identity, given.boundary, given.resource))
            if document
            for row in document["Statement"]
            if _speaks(row, given.action, resource)
        ]
        if not any(row["Effect"] == "Allow" for _, row, _ in rows):
            continue
        for context in contexts:
            found = {
                (which, row["Effect"]) for which, row, variables in rows if _meets(row, context, variables=variables)
            }
            if _together(given, found):
                yield resource, context


def _together(given: Pair, found: set[tuple[int, str]]) -> bool:
    """IAM User Guide, "Policy evaluation logic", for a user and a resource of one account."""
    if any(effect == "Deny" for _, effect in found):
        return False
    bounded = given.boundary is None or (1, "Allow") in found
    return (2, "Allow") in found or ((0, "Allow") in found and bounded)


def _contexts(given: Pair) -> Iterator[dict[str, Values]]:
    rows = [
        row
        for document in (given.identity, given.boundary, given.resource)
        if document
        for row in document["Statement"]
    ]
    keys = sorted({key for row in rows for block in row.get("Condition", {}).values() for key in block})
    for values in product(*(WORLD[key] for key in keys)):
        yield dict(zip(keys, values, strict=True))


def allowed(given: Pair, resource: str, context: dict[str, Values]) -> bool:
    """One request."""
    found = {
        (which, row["Effect"])
        for which, document in enumerate((given.identity, given.boundary, given.resource))
        if document
        for row in document["Statement"]
        if _speaks(row, given.action, resource) and _meets(row, context, variables=document["Version"] == "2012-10-17")
    }
    return _together(given, found)


def _speaks(row: Json, action: str, resource: str | None) -> bool:
    """Whether a statement is about the user, the action and the resource."""
    if "Action" in row and not any(_like(one, action) for one in _list(row["Action"])):
        return False
    if "NotAction" in row and any(_like(one, action) for one in _list(row["NotAction"])):
        return False
    if resource is not None and "Resource" in row and not any(_like(one, resource) for one in row["Resource"]):
        return False
    if resource is not None and "NotResource" in row and any(_like(one, resource) for one in row["NotResource"]):
        return False
    who = row.get("Principal", "*")
    return who == "*" or who.get("AWS") in ({USER, ACCOUNT} if row["Effect"] == "Deny" else {USER})


def _meets(row: Json, context: dict[str, Values], *, variables: bool) -> bool:
    return all(
        _holds(operator, _put_in(values, variables=variables), context.get(key, ()))
        for operator, block in row.get("Condition", {}).items()
        for key, values in block.items()
    )


def _put_in(values: list[str], *, variables: bool) -> list[str]:
    return [value.replace("${aws:username}", "u") for value in values] if variables else values


def _list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _like(pattern: str, text: str) -> bool:
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(_like(pattern[1:], text[start:]) for start in range(len(text) + 1))
    return bool(text) and pattern[0] in {"?", text[0]} and _like(pattern[1:], text[1:])


def _holds(operator: str, wanted: list[str], values: Values) -> bool:
    if operator == "Null":
        return (wanted == ["true"]) is (not values)
    prefix, _, name = operator.rpartition(":")
    if_exists = name.endswith("IfExists")
    name = name.removesuffix("IfExists")
    negated = "Not" in name
    compare = _COMPARISONS[name.replace("Not", "")]

    def one(value: str) -> bool:
        return any(compare(value, other) for other in wanted) is not negated

    if prefix == "ForAllValues":
        return all(map(one, values))
    if prefix == "ForAnyValue":
        return any(map(one, values))
    return (if_exists or negated) if not values else one(values[0])


def _number(text: str) -> list[int]:
    """Tenths."""
    return [round(float(text) * 1_000_000)]


def _in_network(value: str, text: str) -> bool:
    if ":" in value:
        return False
    base, _, length = text.partition("/")
    shift = 32 - int(length or 32)
    return _quads(value) >> shift == _quads(base) >> shift


def _quads(text: str) -> int:
    first, second, third, fourth = map(int, text.split("."))
    return first << 24 | second << 16 | third << 8 | fourth


_COMPARISONS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda value, wanted: value == wanted,
    "StringLike": lambda value, wanted: _like(wanted, value),
    "NumericEquals": lambda value, wanted: _number(value) == _number(wanted),
    "NumericLessThan": lambda value, wanted: _number(value) < _number(wanted),
    "NumericLessThanEquals": lambda value, wanted: _number(value) <= _number(wanted),
    "NumericGreaterThan": lambda value, wanted: _number(value) > _number(wanted),
    "NumericGreaterThanEquals": lambda value, wanted: _number(value) >= _number(wanted),
    "Bool": lambda value, wanted: value == wanted,
    "IpAddress": _in_network,
}


# -- z3 --------------------------------------------------------------------------------------------------------------------
def by_solver(given: Pair, milliseconds: int = 1000) -> str:  # noqa: C901 - one case an operator
    """What z3 says: "reachable", "safe" or "unknown". For pairs without sets and addresses."""
    import z3  # type: ignore[import-untyped]

    resource = z3.String("resource")
    text, number, flag = z3.String("text"), z3.Real("number"), z3.Bool("flag")
    has = {key: z3.Bool(f"has {key}") for key in WORLD}

    def expression(pattern: str) -> Any:  # noqa: ANN401 - z3 has no types
        parts = [
            z3.Full(z3.ReSort(z3.StringSort()))
            if char == "*"
            else z3.AllChar(z3.ReSort(z3.StringSort()))
            if char == "?"
            else z3.Re(char)
            for char in pattern
        ]
        return parts[0] if len(parts) == 1 else z3.Concat(*parts) if parts else z3.Re("")

    def like(value: Any, pattern: str) -> Any:  # noqa: ANN401
        return z3.InRe(value, expression(pattern))

    def condition(operator: str, key: str, wanted: list[str]) -> Any:  # noqa: ANN401
        if operator == "Null":
            return z3.Not(has[key]) if wanted == ["true"] else has[key]
        if_exists = operator.endswith("IfExists")
        name = operator.removesuffix("IfExists")
        negated = "Not" in name
        match name.replace("Not", ""):
            case "StringEquals":
                some = [text == z3.StringVal(value) for value in wanted]
            case "StringLike":
                some = [like(text, value) for value in wanted]
            case "Bool":
                some = [flag == (value == "true") for value in wanted]
            case "NumericEquals":
                some = [number == z3.RealVal(value) for value in wanted]
            case "NumericLessThan":
                some = [number < z3.RealVal(value) for value in wanted]
            case "NumericLessThanEquals":
                some = [number <= z3.RealVal(value) for value in wanted]
            case "NumericGreaterThan":
                some = [number > z3.RealVal(value) for value in wanted]
            case _:
                some = [number >= z3.RealVal(value) for value in wanted]
        test = z3.Not(z3.Or(some)) if negated else z3.Or(some)
        return z3.Or(z3.Not(has[key]), test) if if_exists or negated else z3.And(has[key], test)

    def applies(row: Json, *, variables: bool) -> Any:  # noqa: ANN401
        if not _speaks(row, given.action, None):
            return z3.BoolVal(False)
        terms = []
        if "Resource" in row:
            terms.append(z3.Or([like(resource, pattern) for pattern in row["Resource"]]))
        else:
            terms.append(z3.Not(z3.Or([like(resource, pattern) for pattern in row["NotResource"]])))
        for operator, block in row.get("Condition", {}).items():
            for key, values in block.items():
                terms.append(condition(operator, key, _put_in(values, variables=variables)))
        return z3.And(terms)

    def some(document: Json | None, effect: str) -> Any:  # noqa: ANN401
        rows = [] if document is None else document["Statement"]
        variables = document is not None and document["Version"] == "2012-10-17"
        return z3.Or([applies(row, variables=variables) for row in rows if row["Effect"] == effect])

    solver = z3.Solver()
    solver.set("timeout", milliseconds)
    solver.add(like(resource, given.pattern))
    solver.add(z3.Not(z3.Or([some(document, "Deny") for document in (given.identity, given.boundary, given.resource)])))
    bounded = z3.BoolVal(True) if given.boundary is None else some(given.boundary, "Allow")
    solver.add(z3.Or(some(given.resource, "Allow"), z3.And(some(given.identity, "Allow"), bounded)))
    answer = solver.check()
    return "reachable" if answer == z3.sat else "safe" if answer == z3.unsat else "unknown"
