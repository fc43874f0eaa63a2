"""The name that a value is assigned to, and the verdict on an assignment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.analysis.secrets.context import in_test, is_prose, words_of
from casemate.analysis.secrets.detector import Verdict
from casemate.analysis.secrets.shapes import is_random
from casemate.analysis.secrets.values import has_digit

if TYPE_CHECKING:
    from casemate.analysis.secrets.detector import Hit
    from casemate.model.finding import Confidence
    from casemate.model.leak import Grade

_OTHERWISE = frozenset({
    "id", "url", "uri", "hash", "sha", "sha256", "commit", "version", "rev", "revision", "ref", "integrity", "checksum",
    "digest", "image", "arn", "file", "path", "ami", "uuid", "guid", "etag", "tag", "resolved", "com", "io", "org",
})  # fmt: skip
"""Words whose value has the shape of a key and is none."""


def name_of(hit: Hit) -> str:
    """The whole name: what stands before the telling word without a break, the word, the rest of the name."""
    before = re.search(r"[\w.$\-\[\]\"'@ ]*$", hit.before(64))
    start = before.group().rpartition(" ")[2] if before else ""
    body = hit.data[hit.begin : hit.start].decode("utf-8", "replace")
    name = re.match(r"[\w.\-]*", body)
    return (start + (name.group() if name else "")).strip("\"'[]. -")


def is_otherwise(name: str) -> bool:
    """Whether a name says that its value only looks like a key."""
    words = words_of(name)
    return bool(words) and words[-1] in _OTHERWISE


_HASHES = frozenset(
    {"checksum", "hash", "hashed", "sha", "digest", "integrity", "etag", "md", "commit", "fingerprint", "thumbprint"}
)


def is_of_hash(name: str) -> bool:
    """Whether a name speaks of a hash: `checksum_key`."""
    return not _HASHES.isdisjoint(words_of(name))


_DENIED = frozenset({"non", "invalid", "wrong", "bogus", "mismatched", "fake", "dummy"})


def is_denied(name: str) -> bool:
    """Whether a name begins by saying that its value is none that works: `invalid_token`."""
    return not _DENIED.isdisjoint(words_of(name)[:2])


def is_of_arn(hit: Hit) -> bool:
    """Whether the match is a part of the name of an AWS resource."""
    return re.search(r"arn:[\w:*-]*$", hit.before(120)) is not None


def verdict(
    hit: Hit,
    kind: tuple[str, str],
    confidence: Confidence,
    name: str,
    place: tuple[int, int],
    *,
    rank: int = 1,
) -> Verdict:
    """A secret of this kind (id and title) at this place. In a test it is a test value."""
    grade: Grade = "test" if in_test(hit.path) else "credential"
    if (kind[0] in GUESSED or rank == _BY_SERVICE) and (is_prose(hit.path) or _of_test(name)):
        value = hit.data[place[0] : place[1]].decode("utf-8", "replace")
        if not (len(value) >= _SHORTEST_GENERATED and has_digit(value) and is_random(value[:200], 5.2)):
            confidence = "low"
    return Verdict(kind[0], kind[1], grade, confidence, *place, rank, name)


_BY_SERVICE = 2
"""The rank of what is known by the name of a service beside it."""
GUESSED = frozenset({"password", "secret", "key"})
"""Kinds that are known by a name only."""
_SHORTEST_GENERATED = 12


def _of_test(name: str) -> bool:
    words = words_of(name)
    return (
        bool(words)
        and ({"test", "temp", "temporary", "dummy", "sample", "example", "mock", "fake"} & set(words[:2])) != set()
    )
