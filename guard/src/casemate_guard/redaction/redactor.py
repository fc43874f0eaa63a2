"""Redacts text: candidates from the prefilter, exact patterns on those only, one span where several overlap."""

from __future__ import annotations

import re

from casemate_guard.redaction import cards, contacts, credentials, identities
from casemate_guard.redaction.detector import Detector
from casemate_guard.redaction.policy import RedactionPolicy
from casemate_guard.redaction.prefilter import fast_prefilter, portable_prefilter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    Spans = list[tuple[int, int, str]]

DETECTORS: tuple[Detector, ...] = (
    *credentials.DETECTORS,
    *cards.DETECTORS,
    *identities.DETECTORS,
    *contacts.DETECTORS,
)
"""Every detector in order of precedence."""
KINDS = frozenset(detector.kind for detector in DETECTORS)

_MASKED = re.compile(r"\[(?:redacted:[a-z0-9-]{1,40}|[a-z0-9-]{1,40}:[0-9a-f]{12})\]")
_BEGINS_KEY = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_ENDS_KEY = re.compile(r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_NOTHING: Spans = []
_LONGEST = 64 * 1024
"""Longer texts are read in pieces of this many code points, which overlap by `_OVERLAP`."""
_OVERLAP = 4096


class Redactor:
    """Finds and masks under one policy. Thread-safe: it holds nothing that changes."""

    __slots__ = ("_candidates", "_finders", "_kinds", "policy")

    def __init__(self, policy: RedactionPolicy | None = None, *, portable: bool = False) -> None:
        self.policy = policy or RedactionPolicy()
        chosen: list[Detector] = [each for each in DETECTORS if self.policy.covers(each.kind)]
        chosen[:0] = [_named(name) for name in self.policy.names]
        self._kinds = [each.kind for each in chosen]
        self._finders = [each.find for each in chosen]
        fast = None if portable else fast_prefilter(chosen)
        self._candidates = fast or portable_prefilter(chosen)

    def spans(self, text: str) -> Spans:
        """What to redact in a text: (start, end, kind) in code points, in order, without overlaps."""
        if len(text) <= _LONGEST:
            return self._spans(text)
        found: Spans = []
        for start in range(0, len(text), _LONGEST - _OVERLAP):
            found += [(a + start, b + start, kind) for a, b, kind in self._spans(text[start : start + _LONGEST])]
        return _apart(found)

    def _spans(self, text: str) -> Spans:
        places = self._candidates(text)
        return self._found(text, places) if places else _NOTHING

    def _found(self, text: str, places: Sequence[int]) -> Spans:
        kinds, finders = self._kinds, self._finders
        if len(places) == 1:
            kind = kinds[places[0]]
            found = [(start, end, kind) for start, end in finders[places[0]](text)]
        else:
            found = [(start, end, kinds[place]) for place in sorted(places) for start, end in finders[place](text)]
        if not found:
            return _NOTHING
        if "[" in text and (masked := [each.span() for each in _MASKED.finditer(text)]):
            found = [one for one in found if not any(one[0] < end and start < one[1] for start, end in masked)]
        if self.policy.allow:
            found = [one for one in found if text[one[0] : one[1]] not in self.policy.allow]
        return found if len(found) < 2 else _apart(found)

    def redact(self, text: str) -> str:
        """The text with every found value masked."""
        if len(text) > _LONGEST:
            spans = self.spans(text)
        else:
            places = self._candidates(text)
            if not places:
                return text
            spans = self._found(text, places)
        return self.masked(text, spans) if spans else text

    def masked(self, text: str, spans: Spans) -> str:
        """The text with these spans masked."""
        if len(spans) == 1 and self.policy.style == "label":
            ((start, end, kind),) = spans
            return f"{text[:start]}[redacted:{kind}]{text[end:]}"
        parts: list[str] = []
        position = 0
        label = self.policy.style == "label"
        for start, end, kind in spans:
            parts.append(text[position:start])
            parts.append(f"[redacted:{kind}]" if label else self.mask(text[start:end], kind))
            position = end
        parts.append(text[position:])
        return "".join(parts)

    def mask(self, value: str, kind: str) -> str:
        """What stands for one value, by the style of the policy."""
        match self.policy.style:
            case "stars":
                return "*" * len(value)
            case "last4" if len(value) >= 12:  # of a shorter value, four characters tell too much
                return f"[redacted:{kind}]{value[-4:]}"
            case "pseudonym" if self.policy.key is not None:
                from hmac import digest

                tag = digest(self.policy.key, f"{kind}\0{value}".encode("utf-8", "surrogatepass"), "sha256")
                return f"[{kind}:{tag.hex()[:12]}]"
        return f"[redacted:{kind}]"

    def lines(self, lines: Sequence[str], *, inside_key: bool = False) -> tuple[list[Spans], bool]:
        """The spans of each line, and whether a private key goes on behind the last one (then pass it on).

        A key that spans lines is masked to its end line, or to the first line that cannot belong to it.
        """
        result: list[Spans] = []
        find, briefly = self.spans, self._spans
        covers_keys = self.policy.covers("private-key")
        for line in lines:
            if inside_key:
                ended = _ENDS_KEY.search(line)
                if ended is not None:
                    tail = [(a + ended.end(), b + ended.end(), kind) for a, b, kind in find(line[ended.end() :])]
                    result.append([(0, ended.end(), "private-key"), *tail])
                    inside_key = False
                    continue
                if _IN_KEY.fullmatch(line):
                    result.append([(0, len(line), "private-key")] if line.strip() else [])
                    continue
                inside_key = False
            spans = briefly(line) if len(line) <= _LONGEST else find(line)
            result.append(spans)
            if spans and covers_keys and spans[-1][2] == "private-key":
                begins = [each.end() for each in _BEGINS_KEY.finditer(line)]
                inside_key = bool(begins) and _ENDS_KEY.search(line, begins[-1]) is None
        return result, inside_key


_IN_KEY = re.compile(r"[A-Za-z0-9+/=\s]{0,200}|[A-Za-z-]{1,24}: .{0,200}")


def _named(name: str) -> Detector:
    """A detector of values that are assigned to a name of the user's own."""
    escaped = re.escape(name)
    return Detector(
        "secret",
        rf"(?i:(?<![A-Za-z0-9]){escaped})(?:\\{{0,7}}[\"'])?[ \t]{{0,8}}[:=][ \t]{{0,8}}(?:\\{{0,7}}[\"'])?"
        r"(?P<value>[^\s\"',;&\\]{1,1024})",
        f"(?i){escaped}",
        literals=(name.lower(),),
        group="value",
    )


def _apart(found: Spans) -> Spans:
    """Spans in order and apart: of two that overlap the longer one names the union, else the first in precedence."""
    if not found:
        return found
    found.sort(key=lambda one: one[0])  # stable: precedence stays among those that begin together
    result: Spans = []
    start, end, kind = found[0]
    longest = end - start
    for other_start, other_end, other_kind in found[1:]:
        if other_start >= end:
            result.append((start, end, kind))
            start, end, kind = other_start, other_end, other_kind
            longest = end - start
            continue
        if other_end - other_start > longest:
            kind, longest = other_kind, other_end - other_start
        end = max(end, other_end)
    result.append((start, end, kind))
    return result
