"""The starter rules on leaves: literals pick rules, rules score, scores decide.

Each rule has a score in text that is an identifier, a path, a value, and often a smaller one in free text, where a
mention is no attempt. The highest scores of each family of rules are added; at 5 the value is hostile. A higher
paranoia asks for less (2 for 4, 3 for 3, 4 for 2), and from 3 on free text counts like any other.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate
from time import monotonic

from casemate_guard.decision import Hit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from casemate_guard.events.leaves import Leaf
    from casemate_guard.waf.starter.table import Row

    Found = dict[str, int]
    Free = Callable[[], bool]
    Detector = Callable[[str, Free], Iterable[tuple[str, int]]]
    Sought = list[tuple[str, list["Rule"]]]

_RARE = "<>{}$|`\\;()='\"*#%&[]!?@~^+\r\n\0:/._- "
"""Characters from rare to common: a literal without a word is looked for only in texts that hold its rarest one."""
_BETWEEN = "\x1f"
_WORD = re.compile(r"[a-z]{3,}")
_PIECE, _OVERLAP = 8192, 512
_AROUND = 512
"""Characters around a literal in which a match of its rule lies: more than any pattern takes."""
_STEP = 64
_ESCAPED = re.compile(
    r"%[0-9a-fA-FuU]|&#|&[a-zA-Z]{2,7};|\\[uUxX/]|\0|[\xc0\xc1][\x80-\xbf\\/]|\xe0\x80|[\xad\u02b9\u02bc\u200b-\u200f\u2024\u2025\u2032"
    r"\u2044\u2060\u2100-\u2138\u2215\u2216\u2460-\u24ff\ufe30-\ufeff\uff01-\uffef\U0001d400-\U0001d7ff]",
)


class BeyondTimeError(Exception):
    """The rules took longer than their budget: the caller takes the event as hostile."""


class Rule:
    """One rule of the table; its pattern is compiled when one of its literals is met for the first time."""

    __slots__ = ("_detector", "_pattern", "_source", "free", "kinds", "literals", "name", "score")

    def __init__(self, row: Row) -> None:
        self.name, self.score, self.free, self.literals, self._source, self.kinds = row
        self._pattern: re.Pattern[str] | None = None
        self._detector: Detector | None = None

    def scores(self, text: str, free: Free) -> Iterable[tuple[str, int]]:
        """The rules that match the text, and their scores."""
        if self._detector is not None:
            return self._detector(text, free)
        if self._pattern is None:
            if self._source.startswith("= "):
                from casemate_guard.waf.starter import detectors

                self._detector = detectors.BY_NAME[self._source[2:]]
                return self._detector(text, free)
            self._pattern = re.compile(self._source)
        if not self._matches(self._pattern, text):
            return ()
        score = self.score if self.score == self.free or not free() else self.free
        return ((self.name, score),)

    def _matches(self, pattern: re.Pattern[str], text: str) -> bool:
        """Whether the pattern matches; in a long text only around the literals, which are in or beside every match."""
        if len(text) <= 2 * _AROUND:
            return pattern.search(text) is not None
        done = 0
        for at in self._places(text):
            if at + 1 < done - _AROUND:
                continue
            found = pattern.search(text, max(at - _AROUND, done - _AROUND, 0), at + _AROUND)
            if found is not None and (found.end() < at + _AROUND or pattern.match(text, found.start())):
                return True
            done = at + _AROUND
        return False

    def _places(self, text: str) -> list[int]:
        places: list[int] = []
        for literal in self.literals:
            at = text.find(literal)
            while at >= 0:
                places.append(at)
                at = text.find(literal, at + _STEP)
        places.sort()
        return places


class Starter:
    """The rules at a paranoia level; calling it with leaves gives the hits (it is a `decision.Inspect`).

    `modes`: by rule (`sqli-union`) or by its family (`sqli`): enforce (the default), observe or off.
    """

    def __init__(
        self,
        paranoia: int = 1,
        modes: Mapping[str, str] | None = None,
        *,
        threshold: int = 5,
        seconds: float = 2.0,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        if paranoia not in {1, 2, 3, 4}:
            raise ValueError(f"there is no paranoia level {paranoia!r}; 1 to 4")
        self.modes = dict(modes or {})
        self.threshold = max(threshold - paranoia + 1, 1)
        self._trusts = paranoia < 3
        self._seconds, self._clock = seconds, clock
        self._by_word, self._by_character = _index(self.modes)
        self._words = frozenset(self._by_word)

    def __call__(self, leaves: Sequence[Leaf]) -> list[Hit]:
        """One hit for each rule that made a leaf hostile, or would if it did not only observe.

        Raises `BeyondTimeError`.
        """
        hits: list[Hit] = []
        for leaf, found in self.examine(leaves):
            is_hostile = self.counted(found) >= self.threshold
            if is_hostile or (self.modes and self.counted(found, "observe") >= self.threshold):
                for name, score in found.items():
                    mode = self._mode(name)
                    if is_hostile or mode == "observe":
                        hits.append(Hit(leaf, name, f"score {score}", mode))
        return hits

    def counted(self, found: Found, also: str = "") -> int:
        """The score of a leaf: the highest of each family, of rules that are enforced and of those of mode `also`."""
        families: dict[str, int] = {}
        for name, score in found.items():
            if self._mode(name) in {"enforce", also}:
                family = name.partition("-")[0]
                families[family] = max(score, families.get(family, 0))
        return sum(families.values())

    def examine(self, leaves: Sequence[Leaf]) -> list[tuple[Leaf, Found]]:
        """Each leaf with the rules that matched it and their scores, those below the threshold too.

        A leaf is left as soon as one rule alone makes it hostile. Raises `BeyondTimeError`.
        """
        end = self._clock() + self._seconds
        texts = _texts(leaves)
        lowered = [text.lower() for _, text in texts]
        whole = _BETWEEN.join(lowered)
        result: dict[int, tuple[Leaf, Found]] = {}
        hostile: set[int] = set()
        for place, rules in sorted(_places(self._sought(whole), whole, lowered).items()):
            leaf = texts[place][0]
            found = result.setdefault(id(leaf), (leaf, {}))[1]
            for piece in _pieces(lowered[place]) if id(leaf) not in hostile else ():
                if self._is_hostile(piece, leaf, rules, found):
                    hostile.add(id(leaf))
                    break
                if self._clock() > end:
                    raise BeyondTimeError
        return [one for one in result.values() if one[1]]

    def _sought(self, text: str) -> Sought:
        """The literals that are in a text, with their rules."""
        sought: Sought = []
        for word in self._words.intersection(_WORD.findall(text)):
            sought += [one for one in self._by_word[word] if one[0] in text]
        for character, literals in self._by_character:
            if character in text:
                sought += [one for one in literals if one[0] in text]
        return sought

    def _is_hostile(self, text: str, leaf: Leaf, rules: Iterable[Rule], found: Found) -> bool:
        """Add what rules find; true as soon as one alone is enough: an attacker's text takes no longer than that."""
        known: list[bool] = []

        def free() -> bool:
            if not known:
                from casemate_guard.waf.starter.normal import is_free

                known.append(self._trusts and is_free(text))
            return known[0]

        for rule in rules:
            if not rule.kinds or leaf.kind in rule.kinds or ("agent" in rule.kinds and _is_agent(leaf)):
                for name, score in rule.scores(text, free):
                    mode = self._mode(name)
                    if score > found.get(name, 0) and mode != "off":
                        found[name] = score
                        if score >= self.threshold and mode == "enforce":
                            return True
        return False

    def _mode(self, name: str) -> str:
        return self.modes.get(name) or self.modes.get(name.partition("-")[0]) or "enforce" if self.modes else "enforce"


def _texts(leaves: Sequence[Leaf]) -> list[tuple[Leaf, str]]:
    """What is looked at: values, views, the parts of documents, and each of these with its escapes undone."""
    texts: list[tuple[Leaf, str]] = []
    for leaf in leaves:
        value = leaf.value
        if isinstance(value, str) and leaf.kind != "platform":
            texts.append((leaf, value))
            if leaf.views:
                texts += [(leaf, view) for view in leaf.views.values()]
            if value == "prototype" and leaf.kind == "name":
                texts.append((leaf, leaf.path))
            elif leaf.kind == "path" and len(value) > 12 and (hidden := _hidden(value)):
                texts.append((leaf, hidden))
    whole = _BETWEEN.join([text for _, text in texts])
    if "</" in whole:
        from casemate_guard.waf.starter.normal import parts_of

        texts += [(leaf, part) for leaf, text in texts if "</" in text for part in parts_of(text)]
    signs = not whole.isascii() or any(sign in whole for sign in ("%", "\\", "\0", "&#"))
    if (signs or ("&" in whole and ";" in whole)) and _ESCAPED.search(whole):
        from casemate_guard.waf.starter.normal import undone

        texts += [(leaf, plain) for leaf, text in texts if _ESCAPED.search(text) and (plain := undone(text)) != text]
    return texts


def _index(modes: Mapping[str, str]) -> tuple[dict[str, Sought], list[tuple[str, Sought]]]:
    """Literals with their rules, by the longest word in them, else by the rarest character."""
    from casemate_guard.waf.starter.table import rows

    by_literal: dict[str, list[Rule]] = {}
    for row in rows():
        rule = Rule(row)
        if (modes.get(rule.name) or modes.get(rule.name.partition("-")[0])) != "off":
            for literal in rule.literals:
                by_literal.setdefault(literal, []).append(rule)
    by_word: dict[str, Sought] = {}
    by_character: dict[str, Sought] = {}
    for literal, rules in by_literal.items():
        words = [] if rules[0].name.startswith("deser") else _WORD.findall(literal)
        if words:
            by_word.setdefault(max(words, key=len), []).append((literal, rules))
        else:
            rarest = next((one for one in _RARE if one in literal), literal[0])
            by_character.setdefault(rarest, []).append((literal, rules))
    return by_word, list(by_character.items())


def _places(sought: Sought, whole: str, texts: Sequence[str]) -> dict[int, dict[Rule, None]]:
    """The numbers of the texts that hold a literal, with the rules to try there."""
    if not sought:
        return {}
    ends = list(accumulate([len(text) + 1 for text in texts]))
    places: dict[int, dict[Rule, None]] = {}
    for literal, rules in sought:
        at = whole.find(literal)
        while at >= 0:
            place = bisect_right(ends, at)
            places.setdefault(place, {}).update(dict.fromkeys(rules))
            at = whole.find(literal, ends[place])
    return places


def _is_agent(leaf: Leaf) -> bool:
    return leaf.kind == "header" and "agent" in leaf.path.lower()


def _hidden(path: str) -> str | None:
    """What stands in base64 in a path, behind its first slash."""
    from casemate_guard.events.text import hidden_text, readable

    data = hidden_text(path[1:]) if path[0] == "/" else None
    return None if data is None else readable(data)


def _pieces(text: str) -> list[str]:
    if len(text) <= _PIECE:
        return [text]
    return [text[start : start + _PIECE + _OVERLAP] for start in range(0, len(text), _PIECE)]
