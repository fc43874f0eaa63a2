"""Envelope encryption: data under data keys, and these under a key that never leaves its service."""

from __future__ import annotations

import os
from hmac import compare_digest
from threading import Lock
from time import time

from casemate_guard.envelope.format import (
    FLAG,
    NAMED,
    NONCE,
    STREAM,
    TAG,
    EnvelopeError,
    Header,
    bound,
    derive,
    end_of_prefix,
    prefix,
)
from casemate_guard.envelope.keks import Kek, kek_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
    from weakref import ReferenceType

    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    from casemate_guard.envelope.index import Index

_MOST_KEPT = 1000
_MOST_MESSAGES = 1 << 32
"""Random nonces of 96 bits under one key (NIST SP 800-38D section 8.3)."""
_REFUSED = "the message is not what was encrypted in this context"


class _DataKey:
    """A data key in use: `left` messages and `room` bytes until another takes its place."""

    __slots__ = ("cipher", "key", "left", "made", "prefix", "room")

    def __init__(self, cipher: AESGCM, key: bytes, head: bytes, made: float, left: int, room: int) -> None:
        self.cipher, self.key, self.prefix, self.made, self.left, self.room = cipher, key, head, made, left, room


class Envelope:
    """Encrypts under data keys that `kek` wraps; see `keks` for the names of keys.

    - `context`: what is bound to every data key and message; the key's service sees it (KMS logs it in the clear).
    - `also`: keys whose messages are still read, for instance those before a rotation. No other is ever asked.
    - `age` (seconds), `messages`, `size` (bytes): when a data key is replaced; decrypting keeps keys for `age` too.
    - `keys`: where data keys are that have names (`subject=`); deleting one there is the end of its data.
      A mutable mapping of name to bytes whose `setdefault` is atomic among processes.
    - `force`: a key in a file will do in a cloud.

    Raises `EnvelopeError` at once where the extra `crypto` is not installed.
    """

    def __init__(  # noqa: PLR0913 - one keyword a setting
        self,
        kek: str | Kek,
        *,
        context: Mapping[str, str] | None = None,
        also: Iterable[str | Kek] = (),
        age: float = 300.0,
        messages: int = 1 << 20,
        size: int = 1 << 36,
        keys: MutableMapping[str, bytes] | None = None,
        force: bool = False,
        clock: Callable[[], float] = time,
    ) -> None:
        try:
            from cryptography.exceptions import InvalidTag
            from cryptography.hazmat.primitives.ciphers.aead import AESGCM
        except ImportError:
            raise EnvelopeError("encryption needs the extra casemate-guard[crypto]; there is no weaker way") from None
        if not 0 < messages <= _MOST_MESSAGES or size <= 0 or age < 0:
            raise EnvelopeError("a data key is for 1 to 2**32 messages, a positive number of bytes and an age")
        self._make, self._invalid = AESGCM, InvalidTag
        self._kek = kek_of(kek, force=force) if isinstance(kek, str) else kek
        known = [self._kek, *(kek_of(one, force=force) if isinstance(one, str) else one for one in also)]
        self._known = {one.uri: one for one in reversed(known)}
        self.context = dict(context or {})
        self._fixed = bound(self.context)
        self._age, self._messages, self._size = age, messages, size
        self._keys, self._clock, self._lock = keys, clock, Lock()
        self._current: dict[str, _DataKey] = {}
        self._read: dict[bytes, _DataKey] = {}
        self._bound: dict[tuple[tuple[str, str], ...], bytes] = {(): self._fixed}
        self._watch()

    def __repr__(self) -> str:
        return f"Envelope({self._kek.uri!r})"

    def encrypt(self, data: bytes, context: Mapping[str, str] | None = None, *, subject: str = "") -> bytes:
        """A message that only the same context opens. `subject`: the name of the data key, to be deleted one day."""
        key = self._current.get(subject)
        if key is None or key.left <= 0 or key.room < len(data) or not 0 <= self._clock() - key.made <= self._age:
            key = self._next(subject, len(data))
        key.left -= 1
        key.room -= len(data)
        nonce = os.urandom(NONCE)
        aad = key.prefix + (self._fixed if context is None else self._with(context))
        return key.prefix + nonce + key.cipher.encrypt(nonce, data, aad)

    def decrypt(self, message: bytes, context: Mapping[str, str] | None = None) -> bytes:
        """The data of a message. Raises `EnvelopeError`, alike for a wrong context and a changed message."""
        end = end_of_prefix(message)
        if message[FLAG] & STREAM or len(message) < end + NONCE + TAG:
            raise EnvelopeError("not a message of this format")
        head = message[:end]
        key = self._read.get(head)
        if key is None or not 0 <= self._clock() - key.made <= self._age:
            key = self._opened(head)
        start = end + NONCE
        try:
            return key.cipher.decrypt(
                message[end:start],
                message[start:],
                head + (self._fixed if context is None else self._with(context)),
            )
        except self._invalid:
            raise EnvelopeError(_REFUSED) from None

    def encrypt_stream(
        self, chunks: Iterable[bytes], context: Mapping[str, str] | None = None, *, subject: str = "", size: int = 65536
    ) -> Iterator[bytes]:
        """Pieces of an encrypted stream of any length, from pieces of any length; `size`: bytes of a chunk."""
        from casemate_guard.envelope.stream import encrypted

        key = self._next(subject, 0)
        key.left -= 1
        head = key.prefix[:FLAG] + bytes([key.prefix[FLAG] | STREAM]) + key.prefix[FLAG + 1 :]
        return encrypted(chunks, key.key, head, self._with(context or {}), size)

    def decrypt_stream(self, chunks: Iterable[bytes], context: Mapping[str, str] | None = None) -> Iterator[bytes]:
        """The pieces of a stream, each verified. One that was cut off raises only at its end: act on it after that."""
        from casemate_guard.envelope.stream import decrypted

        def key_of(head: bytes) -> bytes:
            plain = head[:FLAG] + bytes([head[FLAG] & ~STREAM]) + head[FLAG + 1 :]
            found = self._read.get(plain)
            return (found if found and 0 <= self._clock() - found.made <= self._age else self._opened(plain)).key

        return decrypted(chunks, key_of, self._with(context or {}))

    def is_current(self, message: bytes) -> bool:
        """Whether a message (the data key, where it has a name) is under the present key, not one of `also`."""
        header = Header(message)
        if header.flags & NAMED:
            header = self._record(header.wrapped.decode("ascii", "replace"))
        return header.kek == self._kek.uri

    def reencrypt(
        self,
        message: bytes,
        context: Mapping[str, str] | None = None,
        to: Mapping[str, str] | None = None,
        *,
        subject: str = "",
    ) -> bytes:
        """The message under the present key and a new data key; `to`: another context."""
        return self.encrypt(self.decrypt(message, context), context if to is None else to, subject=subject)

    def renew(self) -> None:
        """Forget all data keys. Happens by itself in the child of a fork and after SnapStart's restore."""
        self._lock = Lock()
        self._current, self._read = {}, {}

    def shred(self, subject: str) -> None:
        """Delete the data key of a subject: what was encrypted under it is gone; elsewhere within `age`."""
        if self._keys is None:
            raise EnvelopeError("data keys with names need `keys`")
        self._keys.pop(_named(subject), None)
        self._current.pop(subject, None)
        name = _named(subject).encode()
        for head in [head for head in self._read if Header(head).flags & NAMED and Header(head).wrapped == name]:
            del self._read[head]

    def rewrap(self, subject: str) -> None:
        """Bring the data key of a subject under the present key; its messages stay as they are."""
        record = self._record(_named(subject))
        if record.kek != self._kek.uri and self._keys is not None:
            plain = self._kek_of(record).unwrap(record.wrapped, self.context)
            wrapped = self._kek.wrap(plain, self.context)
            self._keys[_named(subject)] = prefix(0, self._kek.uri, wrapped, record.commitment)

    def new_index_key(self) -> bytes:
        """A key of `index`, as a message: kept beside the data, or in the settings."""
        return self.encrypt(os.urandom(32), {"casemate": "index"})

    def index(self, key: bytes) -> Index:
        """The index of a key that `new_index_key` made."""
        from casemate_guard.envelope.index import Index

        return Index(self.decrypt(key, {"casemate": "index"}))

    def _with(self, context: Mapping[str, str]) -> bytes:
        asked = tuple(context.items())
        found = self._bound.get(asked)
        if found is None:
            if not context.keys().isdisjoint(self.context):
                raise EnvelopeError("a name of the context is the envelope's own")
            found = bound({**self.context, **context})
            if len(self._bound) < _MOST_KEPT:
                self._bound[asked] = found
        return found

    def _next(self, subject: str, size: int) -> _DataKey:
        """A data key for what comes next; one thread asks the service."""
        if size > self._size:
            raise EnvelopeError(f"more than {self._size} bytes in one message")
        with self._lock:
            key = self._current.get(subject)
            if key is not None and key.left > 0 and key.room >= size and 0 <= self._clock() - key.made <= self._age:
                return key
            if subject:
                plain = self._of_subject(subject)
                head = prefix(NAMED, "", _named(subject).encode(), derive(plain, b"commitment"))
            else:
                plain, wrapped = self._kek.new(self.context)
                head = prefix(0, self._kek.uri, wrapped, derive(plain, b"commitment"))
            key = self._held(head, plain)
            if subject and len(self._current) >= _MOST_KEPT:
                del self._current[next(iter(self._current))]
            self._current[subject] = key
            return key

    def _of_subject(self, subject: str) -> bytes:
        if self._keys is None:
            raise EnvelopeError("data keys with names need `keys`")
        name = _named(subject)
        stored = self._keys.get(name)
        if stored is None:
            plain, wrapped = self._kek.new(self.context)
            stored = self._keys.setdefault(name, prefix(0, self._kek.uri, wrapped, derive(plain, b"commitment")))
        return self._unwrapped(Header(stored))

    def _record(self, name: str) -> Header:
        """What is stored for the name of a data key: the prefix of a message under it."""
        stored = self._keys.get(name) if self._keys is not None else None
        if stored is None:
            raise EnvelopeError("the data key of the message was deleted")
        return Header(stored)

    def _kek_of(self, header: Header) -> Kek:
        kek = self._known.get(header.kek)
        if kek is None:
            raise EnvelopeError("the message is under a key that this envelope does not know")
        return kek

    def _unwrapped(self, header: Header) -> bytes:
        plain = self._kek_of(header).unwrap(header.wrapped, self.context)
        if not compare_digest(derive(plain, b"commitment"), header.commitment):
            raise EnvelopeError(_REFUSED)
        return plain

    def _held(self, head: bytes, plain: bytes) -> _DataKey:
        cipher = self._make(derive(plain, b"message"))
        key = _DataKey(cipher, plain, head, self._clock(), self._messages, self._size)
        while len(self._read) >= _MOST_KEPT:
            self._read.pop(next(iter(self._read)), None)
        self._read[head] = key
        return key

    def _opened(self, head: bytes) -> _DataKey:
        """The data key that a prefix names, its commitment verified."""
        header = Header(head)
        record = self._record(header.wrapped.decode("ascii", "replace")) if header.flags & NAMED else header
        if not compare_digest(record.commitment, header.commitment):
            raise EnvelopeError(_REFUSED)
        return self._held(head, self._unwrapped(record))

    def _watch(self) -> None:
        """Renew in every process that is a copy of this one, as long as this envelope is in use."""
        from weakref import ref

        own = ref(self)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=lambda: _renew(own))
        if os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start":
            from importlib import import_module

            try:  # every managed runtime with SnapStart has it
                import_module("snapshot_restore_py").register_after_restore(_renew, own)
            except ImportError:
                raise EnvelopeError(
                    "SnapStart copies data keys, and there is no snapshot_restore_py to hear it"
                ) from None


def _renew(own: ReferenceType[Envelope]) -> None:
    envelope = own()
    if envelope is not None:
        envelope.renew()


def _named(subject: str) -> str:
    """The name of a subject's data key: no store and no message shows whose it is."""
    from hashlib import sha256

    return sha256(b"casemate-envelope/1 subject\0" + subject.encode()).hexdigest()
