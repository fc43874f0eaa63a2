"""Looking up what is encrypted: equal values have equal tags, and nobody without the key makes one."""

from __future__ import annotations

import hmac

from casemate_guard.envelope.format import EnvelopeError, derive


class Index:
    """Tags of values under one key (HMAC-SHA-256). Whoever sees tags sees which values are equal, and no more.

    Values that few can be (a gender, a year of birth) are told by how often their tag stands: index none of those.
    """

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        if len(key) < 32:
            raise EnvelopeError("the key of an index has 32 bytes or more")
        self._key = derive(key, b"index")

    def __repr__(self) -> str:
        return "Index(…)"

    def tag(self, field: str, value: str | bytes, size: int = 16) -> bytes:
        """The tag of a field's value; `size` bytes, 8 to 32. Normalise the value first: this compares bytes."""
        if not 8 <= size <= 32:
            raise EnvelopeError("a tag has 8 to 32 bytes")
        name = field.encode()
        data = value.encode() if isinstance(value, str) else value
        return hmac.digest(self._key, len(name).to_bytes(4, "big") + name + data, "sha256")[:size]

    def text(self, field: str, value: str | bytes, size: int = 16) -> str:
        """`tag` as hexadecimal."""
        return self.tag(field, value, size).hex()
