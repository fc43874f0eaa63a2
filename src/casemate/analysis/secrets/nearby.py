"""A key some words behind the name of its service: `getFooToken() { return "…" }`, a note, a comment above a call.

Most services hand out keys without any mark. Their name in front, within some words, and a value of exactly the shape
of their keys that a generator made and that stands alone, is what scanners know them by (the "keyword near" technique).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.secrets.context import refers, sense_of, stands_in, words_of
from casemate.analysis.secrets.cut import is_cut_off
from casemate.analysis.secrets.naming import verdict
from casemate.analysis.secrets.services import service_of
from casemate.analysis.secrets.shapes import is_hexadecimal, is_random, is_uuid
from casemate.analysis.secrets.values import has_digit
from casemate.model.pattern import late

if TYPE_CHECKING:
    from casemate.analysis.secrets.detector import Hit, Verdict

_SHORTEST = 20
_LONGEST = 400
_ASKED = late(r"(?i)key|token|secret|auth|cred|pass|pwd|bearer")
_OTHERWISE = frozenset({
    "id", "ids", "sha", "sha1", "sha256", "sha512", "commit", "hash", "md", "version", "rev", "revision", "digest",
    "image", "integrity", "checksum", "etag", "uuid", "guid", "fingerprint", "arn", "bucket", "layer", "ref", "tag",
    "cursor", "cid", "address", "contract", "tx", "block", "public", "publishable", "slug", "file", "path",
})  # fmt: skip
"""Words between the two that say that the value is something else."""
_PLACE = late(r"://|\.(?:com|io|org|net|js|css|png|html?)\b")
_CONSTRUCTS = late(
    r"(?i)(?:^|\W)([a-z0-9]{4,30}(?:client|api|sdk|service)?(?:\.(?:init|configure|setup|client|new|create))?)\([\"'`]$"
)
"""A client that is made with its key, or set up with it."""
_NAME = late(r"([\w.\-]+)[\"'\])]{0,3}[ \t]*(?:=>|:=|[:=])[ \t]*[bfru]?[\"'`]?$")
_CLOSING = frozenset({b"", b"\n", b"\r", b" ", b"\t", b";", b",", b'"', b"'", b"`", b"<", b"&", b"\\", b")", b"}"})
_QUOTES = frozenset(b"\"'`")


def near(hit: Hit) -> Verdict | None:
    """The verdict on a value that stands near the name of a service."""
    value = hit.value.rstrip(".,;:=") if not hit.value.endswith("==") else hit.value
    end = hit.start + len(value)
    if not (_SHORTEST <= len(value) <= _LONGEST and value.isascii() and has_digit(value) and _stands_alone(hit, end)):
        return None
    between = hit.data[hit.begin : hit.start].decode("utf-8", "replace")
    if _PLACE.search(between) is not None or not _OTHERWISE.isdisjoint(words_of(between)):
        return None
    name = _NAME.search(between)
    if name is not None and sense_of(name[1]) is None:
        return None
    if is_cut_off(value) or refers(value) or stands_in(value):
        return None
    made = _CONSTRUCTS.search(between)
    asked = made is not None or _ASKED.search(hit.before(12) + between) is not None
    if (is_uuid(value) or is_hexadecimal(value)) and not asked:
        return None
    if not is_uuid(value) and not is_random(value, 5.2):
        return None
    service = service_of(between, value, alone=True, known=True)
    if service is None or (made is not None and not any(name in made[1].lower() for name in service.names)):
        return None
    return verdict(hit, (service.id, service.title), "medium" if asked else "low", "", (hit.start, end), rank=2)


def _stands_alone(hit: Hit, end: int) -> bool:
    """Whether nothing on either side makes the value a piece of something else."""
    before = hit.data[hit.start - 1]
    after = hit.data[end : end + 1]
    if before in _QUOTES:
        return after == bytes((before,)) or after == b"\\"
    return after in _CLOSING
