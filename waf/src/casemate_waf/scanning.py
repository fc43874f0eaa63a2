"""Finds in one pass which rules may match any of many values: the filter in front of the exact operators.

Values are joined by a separator; each distinct outcome of a transformation chain is one text; a text is scanned once
for all rules of its kind. What is found here are candidates, never verdicts.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple, Protocol

from casemate_guard.waf.xss import MAX_TOKENS
from casemate_waf.chains import (
    BASE64_NAMES,
    QUIET,
    SIGNS,
    Chain,
    Ways,
    after_decoders,
    base64_at,
    decoded,
    family,
    holding,
    in_order,
    is_joint,
    node,
    plain,
    planned,
    walk,
)
from casemate_waf.expressions import SEPARATOR
from casemate_waf.texts import Texts

TYPE_CHECKING = False
if TYPE_CHECKING:
    import hyperscan

_LONG = MAX_TOKENS // 3  # a transformation makes three bytes of one at most


class Finder(Protocol):
    """Scans a text for expressions and adds the numbers of those it finds to a set."""

    def scan(self, text: bytes, found: set[int]) -> None: ...


class Family(NamedTuple):
    """Expressions over the outcomes of some chains. None of them finds less than `shortest` bytes.

    Those against evasion have a `noise`: they are looked for in texts without these bytes. What is found so counts for
    values that hold such a byte; for the others `plain` has to find it in the text as it is. Where a text holds one of
    the bytes `signs`, all `numbers` are found.
    """

    chains: tuple[Chain, ...]
    finder: Finder
    shortest: int = 0
    plain: Finder | None = None
    noise: bytes = b""
    signs: bytes = b""
    numbers: tuple[int, ...] = ()


class Scanner:
    """All families of one phase, and the numbers of what is a candidate without them.

    `always`: what cannot be filtered; `marked`: where a value holds the separator; `longest`: where one is so long that
    its length decides; `signs`: finds the signs of decoders in a text.

    A value without the sign of a decoder is the same after it. So a chain is followed for all values only from its
    first step that is no decoder on (`plain`), and as a whole for the few values that hold a sign.
    """

    __slots__ = ("_families", "_hidden", "_lights", "_odd_ways", "_signs", "_slow", "_ways", "always",
                 "finder_of_signs", "longest", "marked", "shortest")  # fmt: skip

    def __init__(
        self,
        families: Sequence[Family],
        always: Iterable[int],
        marked: Sequence[tuple[int, Sequence[Chain]]],
        longest: Iterable[int],
        signs: "Finder | None" = None,
    ) -> None:
        self._families = [one for one in families if not one.noise]
        self._lights = [one for one in families if one.noise]
        self.always = frozenset(always).union(
            number for number, chains in marked if not all(QUIET.issuperset(plain(tuple(chain))) for chain in chains)
        )
        self.marked = [(number, [tuple(chain) for chain in chains]) for number, chains in marked]
        self.longest = tuple(longest)
        self.finder_of_signs = signs
        self._signs = signs_of(self._families)
        self.shortest: dict[int, int] = {}
        for one in self._families:
            for chain in one.chains:
                for at, name in enumerate(chain, 1):
                    if name in BASE64_NAMES:
                        step = node(chain[:at])
                        self.shortest[step] = min(one.shortest, self.shortest.get(step, one.shortest))
        self._odd_ways: dict[frozenset[int], Ways] = {}  # at most two to the number of signs, of which few are met
        ways: list[list[Chain]] = []
        hidden: dict[Chain, dict[int, dict[Chain, None]]] = {}
        for number, one in enumerate(self._families):
            every = dict.fromkeys(plain(chain) for chain in one.chains)
            ways.append([way for way in every if is_joint(way)])
            for way in every:
                cut = base64_at(way)
                if cut is not None:
                    hidden.setdefault(way[:cut], {}).setdefault(number, {})[way[cut + 1 :]] = None
        self._slow = any(
            not is_joint(way) and base64_at(way) is None for one in self._families for way in map(plain, one.chains)
        )
        ways.append(list(hidden))
        self._ways = planned(ways, joint=True)
        self._hidden = [
            Hidden(place, [(number, tuple(rests)) for number, rests in hidden[before].items()], self._families)
            for before, place in zip(in_order(list(hidden)), self._ways.places[-1], strict=True)
        ]

    @property
    def families(self) -> list[Family]:
        """Every family, for who saves them."""
        return [*self._families, *self._lights]

    def candidates(self, texts: Texts) -> set[int]:
        """The numbers of the probes that may match one of the values."""
        found = set(self.always)
        whole, values = texts.joined(0), texts.values(0)
        if self.longest and len(whole) > _LONG and max(map(len, values), default=0) > _LONG:
            found.update(self.longest)
        simple = whole.count(SEPARATOR) == len(values) + 1
        if not simple:
            found.update([number for number, _ in self.marked])
        walked = walk(self._ways.steps, whole)
        parts = [[walked[place] for place in places] for places in self._ways.places]
        for hidden in self._hidden:
            hidden.add(walked[hidden.place], parts)
        self._add_odd(texts, parts, found, simple=simple)
        for (chains, finder, *_), places, there in zip(self._families, self._ways.places, parts, strict=False):
            if len(there) == 1 and places:
                finder.scan(there[0], found)
            elif there:
                finder.scan(SEPARATOR.join((b"", *(dict.fromkeys(there) if len(chains) > 1 else there), b"")), found)
        for light in self._lights:
            for written in light.chains:
                _disguised(light, texts, node(written), found)
        return found

    def _add_odd(self, texts: Texts, parts: list[list[bytes]], found: set[int], *, simple: bool) -> None:
        """Add to the texts of each family what the values that hold a sign become.

        A value that holds the separator, and each where a chain needs it, goes through every chain by itself.
        """
        whole, values = texts.joined(0), texts.values(0)
        present: set[int] = set()
        if self.finder_of_signs is not None:
            self.finder_of_signs.scan(whole, present)
        else:
            present.update(number for number, sign in enumerate(self._signs) if sign in whole)
        there = [self._signs[number] for number in present]
        if simple:
            chosen = holding(whole, there)
        else:
            chosen = {value: None for value in values if any(sign in SEPARATOR + value for sign in there)}
        if not whole.isascii():
            present.add(len(self._signs))
            chosen.update(dict.fromkeys([value for value in values if not value.isascii()]))
        if self._slow or not simple:
            present.add(-1)
            chosen.update(dict.fromkeys(values if self._slow else [value for value in values if SEPARATOR in value]))
        if not chosen:
            return
        key = frozenset(present)
        steps, families, marks = self._odd_ways.get(key) or self._planned_odd(key)
        for number, chain in marks:
            if texts.joined(chain).count(SEPARATOR) > len(values) + 1:
                found.add(number)
        for value in chosen:
            made = walk(steps, value)
            for there, places in zip(parts, families, strict=False):
                if places:
                    there += {made[place] for place in places}

    def _planned_odd(self, present: frozenset[int]) -> Ways:
        """The ways of values that hold some of these signs: only the chains that may change them."""
        chains = [
            [chain for chain in one.chains if -1 in present or self._may_change(chain, present)]
            for one in self._families
        ]
        marks = tuple(
            (number, node(chain)) for number, ways in self.marked for chain in ways if self._may_change(chain, present)
        )
        ways = self._odd_ways[present] = planned(chains)._replace(marks=marks)
        return ways

    def _may_change(self, chain: Chain, present: frozenset[int]) -> bool:
        """Whether a decoder before the first other step has something to do in a text with these signs."""
        for name in chain[: len(chain) - len(after_decoders(chain))]:
            if name == "utf8tounicode":
                if len(self._signs) in present:
                    return True
            elif any(self._signs.index(sign) in present for sign in SIGNS.get(name, ())):
                return True
        return False


class Hidden:
    """What stands in base64 in the values, after the steps at `place`; and what becomes of it in each family."""

    __slots__ = ("_all", "_families", "_least", "_odd", "_signs", "place")

    def __init__(self, place: int, rests: Sequence[tuple[int, tuple[Chain, ...]]], families: Sequence[Family]) -> None:
        self.place = place
        self._families = [number for number, _ in rests]
        self._least = min(families[number].shortest for number, _ in rests)
        self._all = planned([[way for way in map(plain, chains) if is_joint(way)] for _, chains in rests], joint=True)
        self._odd = planned([list(chains) for _, chains in rests])
        names = {name for _, chains in rests for chain in chains for name in chain}
        joint = all(QUIET.issuperset(plain(chain)) for _, chains in rests for chain in chains)
        joint = joint and "utf8tounicode" not in names
        self._signs = tuple({sign for name in names for sign in SIGNS.get(name, ())}) if joint else None

    def add(self, text: bytes, parts: list[list[bytes]]) -> None:
        """Add the texts for each family."""
        pieces = decoded(text, self._least)
        if not pieces:
            return
        joined = SEPARATOR.join((b"", *pieces, b""))
        walked = walk(self._all.steps, joined)
        for number, places in zip(self._families, self._all.places, strict=True):
            parts[number] += [walked[place] for place in places]
        signs = self._signs
        odd = pieces
        if signs is not None:
            there = [sign for sign in signs if sign in joined]
            odd = list({piece: None for sign in there for piece in pieces if sign in piece})
        for piece in odd:
            walked = walk(self._odd.steps, piece)
            for number, places in zip(self._families, self._odd.places, strict=True):
                parts[number] += [walked[place] for place in places]


def signs_of(families: Iterable[Family]) -> tuple[bytes, ...]:
    """The signs that matter to the chains of these families, in a fixed order."""
    names = {name for one in families if not one.noise for chain in one.chains for name in chain}
    return tuple(sorted({sign for name in names for sign in SIGNS.get(name, ())}))


def _disguised(light: Family, texts: Texts, chain: int, found: set[int]) -> None:
    text = texts.joined(chain)
    if len(text.translate(None, light.signs)) != len(text):
        found.update(light.numbers)
        return
    first: set[int] = set()
    bare = text.translate(None, light.noise)
    light.finder.scan(bare, first)
    if first and light.plain is not None:
        light.plain.scan(text, found)
        if len(bare) != len(text):
            pairs = ((value, value.translate(None, light.noise)) for value in texts.values(chain))
            noisy = [short for value, short in pairs if len(short) != len(value)]
            light.finder.scan(SEPARATOR.join((b"", *noisy, b"")), found)


@lru_cache(1)
def misses() -> str:
    """What is wrong with hyperscan here, else nothing: a filter that misses is worse than none.

    The wheels after 0.7.13 hold Vectorscan 5.4.12, which in block mode overlooks matches whose first two bytes are
    two classes, far enough into a text (VectorCamp/vectorscan#358; #368 mends it). No list of versions decides, but a
    trial.
    """
    try:
        import hyperscan
    except ImportError:
        return "it is not installed"
    flags = hyperscan.HS_FLAG_DOTALL | hyperscan.HS_FLAG_SINGLEMATCH
    for expression, before in ((rb"=[\t ]*\(", b""), (rb"@.*=[\t ]*\(", b"@")):
        database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        database.compile(expressions=[expression], ids=[1], elements=1, flags=[flags])
        finder = HyperscanFinder(database)
        for length in range(0, 200, 7):
            found: set[int] = set()
            finder.scan(before + b"x" * length + b"=(", found)
            if not found:
                return f"{database.info()} overlooks matches"
    return ""


class HyperscanFinder:
    """A hyperscan database in block mode."""

    __slots__ = ("_scan", "_scratch", "database")

    def __init__(self, database: "hyperscan.Database") -> None:
        import hyperscan

        self.database = database
        self._scratch = hyperscan.Scratch(database)
        self._scan: Callable[..., object] = database.scan

    def dumped(self) -> bytes:
        """The database as bytes, for this version and kind of processor."""
        import hyperscan

        return bytes(hyperscan.dumpb(self.database))

    def scan(self, text: bytes, found: set[int]) -> None:
        """Add what is found."""
        self._scan(text, match_event_handler=_note, context=found, scratch=self._scratch)


def _note(number: int, _start: int, _end: int, _flags: int, found: set[int]) -> None:
    found.add(number)


class Re2Finder:
    """RE2 sets in small groups: a set of many patterns has too many states on text that is made for it.

    A set never gives up on a text: where its states do not fit, it forgets them and goes on (dfa.cc, `kManyMatch`).
    """

    GROUP = 10
    __slots__ = ("_groups",)

    def __init__(self, expressions: Sequence[tuple[int, str]]) -> None:
        import re2

        options = re2.Options()
        options.encoding = re2.Options.Encoding.LATIN1
        options.dot_nl = True
        options.log_errors = False
        options.max_mem = 32 << 20
        self._groups: list[tuple[object, tuple[int, ...]]] = []
        for start in range(0, len(expressions), self.GROUP):
            part = expressions[start : start + self.GROUP]
            group = re2.Set.SearchSet(options)
            for _, expression in part:
                group.Add(expression.encode("latin-1"))
            group.Compile()
            self._groups.append((group.Match, tuple(number for number, _ in part)))

    def scan(self, text: bytes, found: set[int]) -> None:
        """Add what is found."""
        for match, numbers in self._groups:
            if not found.issuperset(numbers):
                found.update(numbers[at] for at in match(text) or ())  # type: ignore[operator]


__all__ = ["Chain", "Family", "Finder", "HyperscanFinder", "Re2Finder", "Scanner", "Texts", "family", "misses", "node"]
