"""Which rules of a program can be filtered by a scan, and the databases for it."""

from collections.abc import Callable, Iterable
from functools import cache
from typing import NamedTuple

from casemate_guard.waf import sqli, xss
from casemate_waf.chains import BASE64_NAMES, REST, is_cased
from casemate_waf.expressions import (
    SEPARATOR,
    Light,
    Unscannable,
    halves,
    lightened,
    literal,
    loosened,
    openings,
    scannable,
    shortest,
)
from casemate_waf.patterns import compiled, rewritten
from casemate_waf.rules import Hit, Link, Marker, Operator, Place, Rule, Target, Test
from casemate_waf.scanning import (
    Chain,
    Family,
    Finder,
    HyperscanFinder,
    Re2Finder,
    Scanner,
    family,
    misses,
    node,
    signs_of,
)
from casemate_waf.variables import STORES

Expressions = list[tuple[int, str]]
"""What is compiled: the number of a probe, and what to look for. A number may stand there more than once."""

_SPLITS = 6
_SMALL, _LARGE = 300, 3000
"""Characters of an expression that needs no trial, and of one that is split without a trial."""
_ALONE = 8
"""Rules behind one chain of transformations that have a database of their own."""


class Probe(NamedTuple):
    """The first link of a rule: where it does not match, the rule does nothing."""

    rule: Rule
    link: Link
    chains: tuple[Chain, ...]
    """What its values go through; with `multiMatch` every beginning of its transformations."""
    nodes: tuple[int, ...]
    test: Test


def probes_of(items: Iterable[Rule | Marker]) -> list[Probe]:
    """The rules that can be filtered: their first link finds something in values that stay as they are."""
    return [_probe(rule) for rule in items if isinstance(rule, Rule) and _is_filtered(rule.links[0])]


def _probe(rule: Rule) -> Probe:
    link = rule.links[0]
    whole = link.transformations
    lengths = range(len(whole) + 1) if link.multi_match else (len(whole),)
    chains = tuple(whole[:length] for length in lengths)
    return Probe(rule, link, chains, tuple(map(node, chains)), _test(link.operator))


def _test(operator: Operator | None) -> Test:
    """The operator's own test; a tokeniser is spared what an expression rules out."""
    if operator is None or operator.test is None:
        raise Unscannable
    if operator.name == "detectsqli":
        return _sql
    return _script if operator.name == "detectxss" else operator.test


def _sql(value: bytes) -> Hit | None:
    fingerprint = sqli.is_sqli(value, turns=_search(sqli.turning)(value) is not None)
    return Hit((fingerprint,)) if fingerprint else None


def _script(value: bytes) -> Hit | None:
    if len(value) <= xss.MAX_TOKENS and _search(xss.necessary)(value) is None:
        return None
    return Hit((value,)) if xss.is_xss(value) else None


@cache
def _search(expression: Callable[[], bytes]) -> Test:
    return compiled(expression().decode("latin-1"), Place("", 0)).search


def _is_filtered(link: Link) -> bool:
    operator = link.operator
    if operator is None or operator.negated or operator.test is None or operator.name not in _PATTERNS:
        return False
    return not any(
        target.counts or target.collection in STORES or target.collection.startswith(("MATCHED_", "REQBODY_PROCESSOR"))
        for target in link.targets
        if not target.excludes
    )


def domain(probes: Iterable[Probe]) -> tuple[Target, ...]:
    """What the probes look at, each only once; exclusions are left to the rules."""
    found = {
        (target.collection, target.selector.name if target.selector and not target.selector.pattern else None): target
        for probe in probes
        for target in probe.link.targets
        if not target.excludes
    }
    whole = {name for name, key in found if key is None}
    return tuple(
        target._replace(selector=None) if key is None else target
        for (name, key), target in found.items()
        if key is None or name not in whole
    )


# --- patterns of operators
def _words(operator: Operator) -> list[str]:
    plain = operator.argument.plain or b""
    words = operator.words or tuple(plain.split())
    return [f"(?i){literal(word)}" for word in words]


def _ranges(operator: Operator) -> list[str]:
    allowed: set[int] = set(SEPARATOR)  # a value that holds it is told by its length, see `Scanner`
    for entry in (operator.argument.plain or b"").split(b","):
        low, _, high = entry.strip().partition(b"-")
        allowed.update(range(int(low), int(high or low) + 1))
    left = [byte for byte in range(256) if byte not in allowed]
    return ["[" + "".join(f"\\x{byte:02x}" for byte in left) + "]"] if left else []


def _text(before: str, after: str) -> Callable[[Operator], list[str]]:
    return lambda operator: [before + literal(operator.argument.plain or b"") + after]


_EDGE = r"\x01"
_PATTERNS: dict[str, Callable[[Operator], list[str]]] = {
    "rx": lambda operator: [scannable(_pattern(operator))],
    "rxglobal": lambda operator: [scannable(_pattern(operator))],
    "pm": _words,
    "pmf": _words,
    "pmfromfile": _words,
    "validatebyterange": _ranges,
    "contains": _text("", ""),
    "containsword": _text("", ""),
    "strmatch": _text("", ""),
    "beginswith": _text(_EDGE, ""),
    "endswith": _text("", _EDGE),
    "streq": _text(_EDGE, _EDGE),
    "detectsqli": lambda _: [scannable(sqli.necessary())],
    "detectxss": lambda _: [scannable(xss.necessary())],
}


# --- databases
Build = Callable[[Expressions], Finder]


def scanner_for(probes: list[Probe], build: Build | None = None) -> Scanner:
    """Compile the databases for one phase. `build` is `hyperscan_finder` or `Re2Finder`; without it what is there."""
    build = build or available()
    plain: dict[Chain, tuple[dict[Chain, None], dict[tuple[int, str], None]]] = {}
    lights: dict[tuple[Chain, bytes, bytes], list[tuple[int, Light]]] = {}
    always: list[int] = []
    behind: list[str] = []
    for number, probe in enumerate(probes):
        try:
            expressions, light = _expressions(probe)
        except Unscannable:
            always.append(number)
            continue
        for chain in probe.chains:
            if light:
                lights.setdefault((chain, light.noise, light.signs), []).append((number, light))
                continue
            chains, into = plain.setdefault(family(chain), ({}, {}))
            into.update(dict.fromkeys((number, one) for one in expressions))
            chains[chain] = None
            if not BASE64_NAMES.isdisjoint(chain):
                behind += expressions
    least = min(map(shortest, behind), default=0)
    families = []
    for key, (chains, into) in plain.items():
        if not into:
            continue
        every = Family(tuple(chains), build([*into]), least if key == REST else 0)
        groups = [] if key else _by_chain(probes, into, chains)
        families.append(every._replace(texts="plain") if groups else every)
        families += [Family(tuple(some), build(those), texts="odd") for some, those in groups]
    for (chain, noise, signs), forms in lights.items():
        bare = [(n, one) for n, light in forms for one in openings(light.bare)]
        whole = [(n, light.plain) for n, light in forms]
        families.append(Family((chain,), build(bare), 0, build(whole), noise, signs, tuple(n for n, _ in forms)))
    ranges = [
        (n, probe.chains)
        for n, probe in enumerate(probes)
        if probe.link.operator and probe.link.operator.name[:9] == "validateb"
    ]
    longest = [n for n, probe in enumerate(probes) if probe.link.operator and probe.link.operator.name == "detectxss"]
    sought = [(n, _exact(sign)) for n, sign in enumerate(signs_of(families))]
    finder = build(sought) if sought and build is not Re2Finder else None
    return Scanner(families, always, ranges, longest, finder)


def _by_chain(
    probes: list[Probe], expressions: Iterable[tuple[int, str]], chains: Iterable[Chain]
) -> list[tuple[list[Chain], Expressions]]:
    """The expressions of one family by the chains that they are behind: each long list by itself, the rest together.

    Nothing where there are too few to be worth while. The chain that leaves all as it is has no outcome of its own.
    """
    listed = list(expressions)
    numbers = {
        chain: {number for number, probe in enumerate(probes) if chain in probe.chains} for chain in chains if chain
    }
    alone = [[chain] for chain, those in numbers.items() if len(those) >= _ALONE]
    rest = [chain for chain, those in numbers.items() if len(those) < _ALONE]
    groups = []
    for some in (*alone, rest) if alone else ():
        wanted = set().union(*[numbers[chain] for chain in some])
        found = [one for one in listed if one[0] in wanted]
        if found:
            groups.append((some, found))
    return groups


def _exact(word: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word)


def _pattern(operator: Operator) -> bytes:
    """The pattern as RE2 takes it: the scan knows no possessive and atomic forms, and the plain ones find no less."""
    return rewritten((operator.argument.plain or b"").decode("latin-1")).encode("latin-1")


def _expressions(probe: Probe) -> tuple[list[str], Light | None]:
    """What to look for; in any case where a chain changes the case, since the scan leaves that step out."""
    operator = probe.link.operator
    if operator is None:
        raise Unscannable
    cased = any(map(is_cased, probe.chains))
    if operator.name in ("rx", "rxglobal"):
        light = lightened(_pattern(operator))
        if light:
            if cased:
                light = light._replace(plain=_in_any_case(light.plain), bare=_in_any_case(light.bare))
            return [], light
    expressions = _PATTERNS[operator.name](operator)
    return [_in_any_case(one) for one in expressions] if cased else expressions, None


def _in_any_case(expression: str) -> str:
    return expression if expression.startswith("(?i)") else f"(?i){expression}"


def available() -> Build:
    """Hyperscan where it is installed and does not miss anything, else RE2."""
    return Re2Finder if misses() else hyperscan_finder


def hyperscan_finder(expressions: Expressions) -> Finder:
    """A database of all expressions; what is too large for it is split or loosened first."""
    import hyperscan

    fitting = []
    for number, expression in expressions:
        if len(expression) < _SMALL and "{" not in expression:
            fitting.append((number, expression))
        else:
            fitting += [(number, part) for part in _fitting(expression, _SPLITS)]
    flags = hyperscan.HS_FLAG_DOTALL | hyperscan.HS_FLAG_SINGLEMATCH | hyperscan.HS_FLAG_ALLOWEMPTY
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=[part.encode("latin-1") for _, part in fitting],
        ids=[number for number, _ in fitting],
        elements=len(fitting),
        flags=[flags] * len(fitting),
    )
    return HyperscanFinder(database)


def _fitting(expression: str, left: int) -> list[str]:
    """The expression, or expressions that together find what it finds, each of which hyperscan can compile."""
    import hyperscan

    parts = halves(expression) if left and len(expression) > _LARGE else None
    if parts is not None:
        return [one for part in parts for one in _fitting(part, left - 1)]
    for attempt in dict.fromkeys((expression, loosened(expression))):
        try:
            hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK).compile(
                expressions=[attempt.encode("latin-1")], flags=hyperscan.HS_FLAG_DOTALL | hyperscan.HS_FLAG_ALLOWEMPTY
            )
        except hyperscan.HyperscanError:
            continue
        return [attempt]
    parts = halves(expression) if left else None
    if parts is None:
        return [""]  # finds itself everywhere
    return [one for part in parts for one in _fitting(part, left - 1)]
