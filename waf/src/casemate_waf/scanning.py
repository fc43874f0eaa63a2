"""Finds in one pass which rules may match any of many values: the filter in front of the exact operators.

Values are joined by a separator; each distinct outcome of a transformation chain is one text; a text is scanned once
for all rules of its kind. What is found here are candidates, never verdicts.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from casemate_guard.waf.xss import MAX_TOKENS
from casemate_waf.chains import (
    BASE64_NAMES,
    OWN_SIGNS,
    QUIET,
    REST,
    Chain,
    base64_at,
    family,
    is_joint,
    node,
    plain,
    planned,
    walk,
)
from casemate_waf.expressions import SEPARATOR
from casemate_waf.finders import Finder, HyperscanFinder, Re2Finder, misses
from casemate_waf.hidden import Hidden
from casemate_waf.odd import Odd
from casemate_waf.texts import Texts

_LONG = MAX_TOKENS // 3  # a transformation makes three bytes of one at most


class Family(NamedTuple):
    """Expressions over the outcomes of some chains.

    What is behind base64 is at least `shortest` bytes long. Those against evasion have a `noise`: they are looked for
    in texts without these bytes. What is found so counts for values that hold such a byte; for the others `plain` has
    to find it in the text as it is. Where a text holds one of the bytes `signs`, all `numbers` are found.

    `texts` says of which values the outcomes are scanned: "plain" is for all as they are, "odd" for what becomes of the
    few that hold a sign, "" for both. Values of an attack have many outcomes, and each concerns few expressions.
    """

    chains: tuple[Chain, ...]
    finder: Finder
    shortest: int = 0
    plain: Finder | None = None
    noise: bytes = b""
    signs: bytes = b""
    numbers: tuple[int, ...] = ()
    texts: str = ""


class Scanner:
    """All families of one phase, and the numbers of what is a candidate without them.

    `always`: what cannot be filtered; `marked`: where a value holds the separator; `longest`: where one is so long that
    its length decides; `signs`: finds the signs of decoders in a text.

    A value without the sign of a decoder is the same after it. So a chain is followed for all values only from its
    first step that is no decoder on (`plain`), and as a whole for the few values that hold a sign.
    """

    __slots__ = ("_base64", "_families", "_hidden", "_lights", "_odd", "_ways", "always", "finder_of_signs", "longest",
                 "marked", "shortest")  # fmt: skip

    def __init__(
        self,
        families: Sequence[Family],
        always: Iterable[int],
        marked: Sequence[tuple[int, Sequence[Chain]]],
        longest: Iterable[int],
        signs: Finder | None = None,
    ) -> None:
        self._families = [one for one in families if not one.noise]
        self._lights = [(one, node(chain)) for one in families if one.noise for chain in one.chains]
        self.always = frozenset(always).union(
            number for number, chains in marked if not all(QUIET.issuperset(plain(tuple(chain))) for chain in chains)
        )
        self.marked = [(number, [tuple(chain) for chain in chains]) for number, chains in marked]
        self.longest = tuple(longest)
        self.finder_of_signs = signs
        every = [chain for one in self._families for chain in one.chains]
        self.shortest: dict[int, int] = {}
        for one in self._families:
            for chain in one.chains:
                for at, name in enumerate(chain, 1):
                    if name in BASE64_NAMES:
                        step = node(chain[:at])
                        self.shortest[step] = min(one.shortest, self.shortest.get(step, one.shortest))
        self._base64 = next((at for at, one in enumerate(self._families) if family(one.chains[0]) == REST), 0)
        ways = [
            [] if one.texts == "odd" else [way for way in map(plain, one.chains) if is_joint(way)]
            for one in self._families
        ]
        cuts = {way: cut for way in map(plain, every) if (cut := base64_at(way)) is not None}
        slow = any(not is_joint(way) and way not in cuts for way in map(plain, every))
        odd = [() if one.texts == "plain" else one.chains for one in self._families]
        self._odd = Odd(odd, self.marked, signs, signs_of(self._families), slow=slow)
        self._ways = planned([*ways, [way[:cut] for way, cut in cuts.items()]], joint=True)
        least = next((one.shortest for one in self._families if family(one.chains[0]) == REST), 0)
        rests = [chain[chain.index("base64decode") + 1 :] for chain in every if plain(chain) in cuts]
        self._hidden = Hidden(rests, least) if rests else None

    @property
    def families(self) -> list[Family]:
        """Every family, for who saves them."""
        return [*self._families, *dict.fromkeys(light for light, _ in self._lights)]

    def candidates(self, texts: Texts) -> set[int]:
        """The numbers of the probes that may match one of the values."""
        found = set(self.always)
        whole = texts.joined(0)
        if self.longest and len(whole) > _LONG and max(map(len, texts.values(0)), default=0) > _LONG:
            found.update(self.longest)
        if not texts.simple:
            found.update([number for number, _ in self.marked])
        walked = walk(self._ways.steps, whole, whole.count(SEPARATOR)) or []
        parts = [[walked[place] for place in places] for places in self._ways.places]
        self._odd.add(texts, parts, found)
        if self._hidden is not None:
            parts[self._base64] += self._hidden.texts(dict.fromkeys(parts[-1]))
        for one, there in zip(self._families, parts, strict=False):
            distinct = dict.fromkeys(there)
            if len(distinct) > 1:
                one.finder.scan(SEPARATOR.join((b"", *distinct, b"")), found)
            elif distinct:
                one.finder.scan(there[0], found)
        for light, chain in self._lights:
            _disguised(light, texts, chain, found)
        return found


def signs_of(families: Iterable[Family]) -> tuple[bytes, ...]:
    """The signs that matter to the chains of these families, in a fixed order."""
    names = {name for one in families if not one.noise for chain in one.chains for name in chain}
    return tuple(sorted({sign for name in names for sign in OWN_SIGNS.get(name, ())}))


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


__all__ = ["Chain", "Family", "Finder", "HyperscanFinder", "Re2Finder", "Scanner", "Texts", "family", "misses", "node"]
