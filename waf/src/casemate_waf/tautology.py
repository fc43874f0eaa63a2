r"""`@sqlTautology`: a word that is compared with itself, or with another one where the operator is a negative one.

It is what the pattern of rule 942130 of CRS 3 finds by back-references and look-ahead, which RE2 does not have. There a
word (`[\d\w]+` with a boundary on both sides) and what it is held against stand with white space, quotes and brackets
between them. `=`, `like`, `rlike`, `regexp`, `sounds like` and `<=>` ask for the same word, all others for another one.
Time grows with the length of the text: every search begins behind the word before.
"""

from functools import cache

from casemate_waf.patterns import compiled
from casemate_waf.rules import Hit, Matcher, Place, Test

_GAP = r"[\s'\"`()]*"
_ALIKE = rf"(?i){_GAP}?\b(\w+)\b{_GAP}?(?:<=>|(?:sounds\s+)?like|r(?:egexp|like)|=){_GAP}\b(\w+)"
_OTHER = rf"(?i){_GAP}?\b(\w+)\b{_GAP}?(?:<=|<>?|not\s+(?:regexp|like)|is\s+not|>=?|!=|\^)({_GAP})(\w+)"
_LETTERS = frozenset(b"0123456789_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


@cache
def _patterns() -> tuple[Matcher, Matcher]:
    place = Place("@sqlTautology", 1)
    return compiled(_ALIKE, place), compiled(_OTHER, place)


def tautology() -> Test:
    """The test of the operator: TX.0 is the comparison, TX.1 the word. Raises `RuleSetError` without google-re2."""
    alike, other = _patterns()

    def test(value: bytes) -> Hit | None:
        return _first(alike, value, same=True) or _first(other, value, same=False)

    return test


def _first(pattern: Matcher, value: bytes, *, same: bool) -> Hit | None:
    rest = value
    while True:
        found = pattern.search(rest)
        if found is None:
            return None
        whole, word, *more = found.groups
        held = more[-1]
        # `is notabc`: what follows the operator at once begins within a word, so it cannot be that word
        inside = not same and not more[0] and whole[: -len(held)][-1:] and whole[: -len(held)][-1] in _LETTERS
        equal = held.lower() == word.lower() and not inside
        if equal is same or (not same and not equal):
            return Hit((whole, word))
        start = rest.find(whole)
        rest = rest[start + whole.find(word) + len(word) :]
