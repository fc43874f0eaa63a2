"""What becomes of the values that hold the sign of a decoder: the texts that have to be scanned besides all values."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from casemate_waf.chains import (
    OWN_SIGNS,
    Chain,
    Ways,
    after_decoders,
    base64_at,
    holding,
    is_cased,
    node,
    plain,
    planned,
    uncased,
    walk,
)
from casemate_waf.expressions import SEPARATOR
from casemate_waf.finders import Finder
from casemate_waf.texts import Texts

_FEW = 3
"""Signs that have a plan of their own when they come together; more have the plan of all. Who sends events chooses."""
_PLANS = 512
Parts = list[list[bytes]]
"""The texts for each family, and last those in which base64 may stand."""


class Plan(NamedTuple):
    """The ways of values that hold some signs. `marks`: candidates where a chain brings forth a separator."""

    ways: Ways
    marks: tuple[tuple[int, int], ...]


class Odd:
    """The ways of each family's chains, for values with signs.

    `marked`: what is a candidate where a value comes to hold the separator after one of its chains; `finder` finds the
    numbers of `signs`; `slow`: whether every value has to go through every chain by itself.
    """

    __slots__ = ("_chains", "_finder", "_marked", "_plans", "_signs", "_single", "_slow")

    def __init__(
        self,
        chains: Sequence[Sequence[Chain]],
        marked: Sequence[tuple[int, Sequence[Chain]]],
        finder: Finder | None,
        signs: tuple[bytes, ...],
        *,
        slow: bool,
    ) -> None:
        self._chains = chains
        self._marked = marked
        self._finder = finder
        self._signs = signs
        self._slow = slow
        self._plans: dict[frozenset[int], Plan] = {}
        self._single: Ways | None = None

    def add(self, texts: Texts, parts: Parts, found: set[int]) -> None:
        """Add what the values with signs become to `parts`, and to `found` what is a candidate without a scan.

        A value that holds the separator, and each where a chain needs it, goes through every chain by itself.
        """
        present, chosen = self._chosen(texts)
        if not chosen:
            return
        if texts.simple:
            count = len(chosen) + 1
            plan = self._plan(present)
            made = walk(plan.ways.steps, SEPARATOR.join((b"", *chosen, b"")), count)
            if made is not None:
                *places_of, marked = plan.ways.places
                for part, places in zip(parts, places_of, strict=True):
                    part += [made[place] for place in places]
                for (number, _), place in zip(plan.marks, marked, strict=True):
                    if made[place].count(SEPARATOR) > count:
                        found.add(number)
                return
        self._add_each(texts, chosen, parts, found)

    def _add_each(self, texts: Texts, chosen: Iterable[bytes], parts: Parts, found: set[int]) -> None:
        everything = frozenset((-1,))
        for number, chain in self._plan(everything).marks:
            if texts.joined(chain).count(SEPARATOR) > texts.count + 1:
                found.add(number)
        if self._single is None:
            self._single = planned(self._groups(everything)[0])
        *places_of, before, _ = self._single.places
        for value in chosen:
            made = walk(self._single.steps, value) or []
            for part, places in zip(parts[:-1], places_of, strict=True):
                part += {made[place] for place in places}
            parts[-1] += {SEPARATOR + made[place] + SEPARATOR for place in before}

    def _chosen(self, texts: Texts) -> tuple[set[int], Mapping[bytes, None]]:
        """The signs that are there (and the number behind the last for what is not ASCII), and the values with one."""
        whole, signs = texts.joined(0), self._signs
        present: set[int] = set()
        if self._finder is None:
            present.update([number for number, sign in enumerate(signs) if whole.find(sign) >= 0])
        else:
            self._finder.scan(whole, present)
        there = [signs[number] for number in present]
        if self._slow:
            chosen = dict.fromkeys(texts.values(0))
            present.add(-1)
        elif texts.simple:
            chosen = holding(whole, there) if there else {}
        else:
            chosen = {
                value: None
                for value in texts.values(0)
                if SEPARATOR in value or any((SEPARATOR + value).find(sign) >= 0 for sign in there)
            }
        if not whole.isascii():
            present.add(len(signs))
            chosen.update(dict.fromkeys([value for value in texts.values(0) if not value.isascii()]))
        return present, chosen

    def _plan(self, present: Iterable[int]) -> Plan:
        """The ways of values that hold some of these signs: only the chains that may change them."""
        key = frozenset(present)
        if -1 in key:
            key = frozenset((-1,))
        elif len(key) > _FEW:
            key = frozenset(range(len(self._signs) + 1))
        known = self._plans.get(key)
        if known is None:
            if len(self._plans) >= _PLANS:
                self._plans.clear()
            groups, marks = self._groups(key)
            known = self._plans[key] = Plan(planned(groups, joint=True), marks)
        return known

    def _groups(self, present: frozenset[int]) -> tuple[list[list[Chain]], tuple[tuple[int, int], ...]]:
        """The chains of each family, those before base64, and those of the marks, from where they change something."""
        groups: list[list[Chain]] = []
        before: list[Chain] = []
        for listed in self._chains:
            chains = [chain for chain in listed if -1 in present or self._may_change(chain, present)]
            cut = [chain for chain in chains if base64_at(plain(chain)) is not None]
            before += [self._begun(chain[: chain.index("base64decode")], present) for chain in cut]
            groups.append([self._begun(uncased(chain), present) for chain in chains if chain not in cut])
        marked = [
            (number, chain)
            for number, ways in self._marked
            for chain in ways
            if -1 in present or self._may_change(chain, present)
        ]
        groups += [before, [self._begun(chain, present) for _, chain in marked]]
        return groups, tuple((number, node(chain)) for number, chain in marked)

    def _begun(self, chain: Chain, present: frozenset[int]) -> Chain:
        """A chain from its first step on that may change a text with these signs, but for its case."""
        if -1 in present:
            return chain
        decoders = len(chain) - len(after_decoders(chain))
        at = next((at for at in range(decoders) if self._may_change(chain[: at + 1], present)), decoders)
        cases = ["lowercase" if name == "cmdline" else name for name in chain[:at] if is_cased((name,))]
        return uncased((*cases, *chain[at:]))

    def _may_change(self, chain: Chain, present: frozenset[int]) -> bool:
        """Whether a decoder before the first other step has something to do in a text with these signs."""
        for name in chain[: len(chain) - len(after_decoders(chain))]:
            if name == "utf8tounicode":
                if len(self._signs) in present:
                    return True
            elif any(self._signs.index(sign) in present for sign in OWN_SIGNS.get(name, ())):
                return True
        return False
