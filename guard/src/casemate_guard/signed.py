"""Signed messages between functions: a consumer accepts only its producers.

The signature stands beside the message, as the attribute or member `casemate-signature`, and the message stays what it
was. It is for one audience, for a time, and for one delivery: the same signature in a second message is a replay, while
the platform may deliver the first message again.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from json import dumps, loads
from time import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from casemate_guard.secrets.secret import Secret

    Json = dict[str, object]

NAME = "casemate-signature"
_LABEL = b"casemate-signed/1\0"
_LARGEST = 2048
"""Bytes of a signature's text."""
_SKEW = 60.0
"""Seconds by which the clocks of two functions may differ."""
ALGORITHMS = ("hmac-sha256", "ed25519")


class SignatureError(PermissionError):
    """A message is not from who may send it.

    `reason`: `unsigned`, `malformed`, `key`, `signature`, `audience`, `expired`, `replayed`.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"the message is refused: {reason}")
        self.reason = reason


class Key:
    """A key with a name.

    `value`: bytes, text, a `Secret`, or a name that the secrets interface knows (`aws-sm://…`), read with the first
    use; its newest version is asked for when a signature does not fit, at most once in `patience` seconds. Of
    `hmac-sha256`: 32 bytes or more, text as UTF-8. Of `ed25519`: 32 bytes, or base64 of them as text; the private key
    to sign, the public one to verify.
    """

    def __init__(
        self,
        name: str,
        value: bytes | str | Secret,
        algorithm: str = "hmac-sha256",
        *,
        patience: float = 30.0,
        newest: Callable[[str, bool], Secret] | None = None,
        clock: Callable[[], float] = time,
    ) -> None:
        if algorithm not in ALGORITHMS:
            raise ValueError(f"there is no algorithm {algorithm!r}; one of {', '.join(ALGORITHMS)}")
        if algorithm == "ed25519":
            try:
                import cryptography.hazmat.primitives.asymmetric.ed25519  # noqa: F401
            except ImportError:
                raise ValueError("ed25519 needs the extra casemate-guard[crypto]") from None
        self.name, self.algorithm, self._patience, self._clock = name, algorithm, patience, clock
        self._source = value if isinstance(value, str) and ("://" in value or value.startswith("arn:")) else ""
        self._newest = newest or _from_secrets
        self._asked = 0.0
        self._bytes = b"" if self._source else self._checked(value)

    def __repr__(self) -> str:
        return f"Key({self.name!r}, …, {self.algorithm!r})"

    def _checked(self, value: bytes | str | Secret) -> bytes:
        data = value.encode() if isinstance(value, str) else value if isinstance(value, bytes) else value.reveal_bytes()
        if self.algorithm == "ed25519" and len(data) != 32:
            data = _unpacked(data.strip().decode("ascii", "replace").replace("+", "-").replace("/", "_")) or b""
        if len(data) < 32 or (self.algorithm == "ed25519" and len(data) != 32):
            raise ValueError(f"the key {self.name!r} has not the bytes that {self.algorithm} needs")
        return data

    def _get(self) -> bytes:
        if self._source:
            return self._checked(self._newest(self._source, False))
        return self._bytes

    def sign(self, data: bytes) -> bytes:
        """The signature of bytes."""
        if self.algorithm == "hmac-sha256":
            return hmac.digest(self._get(), data, "sha256")
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return Ed25519PrivateKey.from_private_bytes(self._get()).sign(data)

    def verify(self, data: bytes, signature: bytes) -> bool:
        """Whether the signature is of these bytes, by the key or by its newest version."""
        if self._fits(self._get(), data, signature):
            return True
        now = self._clock()
        if not self._source or 0 <= now - self._asked < self._patience:
            return False
        self._asked = now
        return self._fits(self._checked(self._newest(self._source, True)), data, signature)

    def _fits(self, key: bytes, data: bytes, signature: bytes) -> bool:
        if self.algorithm == "hmac-sha256":
            return hmac.compare_digest(hmac.digest(key, data, "sha256"), signature)
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        try:
            Ed25519PublicKey.from_public_bytes(key).verify(signature, data)
        except (InvalidSignature, ValueError):
            return False
        return True


def _from_secrets(name: str, newest: bool) -> Secret:  # noqa: FBT001 - a hook of two arguments
    from casemate_guard import secrets

    found = secrets.newest(name) if newest else secrets.get(name)
    return found if found is not None else secrets.get(name)


class Window:
    """The signatures that were seen and are still valid, at most `most` of them.

    Where it is full, further messages are refused: only valid signatures fill it, so the limit is what producers send
    within a lifetime. It is this process's; `shared(signature's id, expiry, delivery)` may ask all: it returns the
    delivery that used the id first (`window.dynamodb`).
    """

    def __init__(self, most: int = 100_000, shared: Callable[[str, float, str], str] | None = None) -> None:
        self._most, self._shared = most, shared
        self._seen: dict[str, tuple[float, str]] = {}

    def first(self, identity: str, expires: float, delivery: str, now: float) -> bool:
        """Whether this delivery is the one that may use the signature."""
        known = self._seen.get(identity)
        if not delivery:
            return False
        if known is None:
            if len(self._seen) >= self._most:
                self._seen = {one: kept for one, kept in self._seen.items() if kept[0] >= now}
                if len(self._seen) >= self._most:
                    return False
            user = self._shared(identity, expires, delivery) if self._shared else delivery
            known = self._seen.setdefault(identity, (expires, user))
        return known[1] == delivery


class Signer:
    """Signs what `issuer` sends to `audience` (a name both agree on: a queue, a consumer); `lifetime` in seconds."""

    def __init__(
        self, key: Key, audience: str, *, issuer: str = "", lifetime: float = 900.0, clock: Callable[[], float] = time
    ) -> None:
        self._key, self._audience, self._issuer, self._lifetime, self._clock = key, audience, issuer, lifetime, clock

    def signature(self, data: bytes) -> str:
        """The text that goes beside the bytes."""
        from os import urandom

        now = int(self._clock())
        claims = {
            "alg": self._key.algorithm,
            "kid": self._key.name,
            "iss": self._issuer,
            "aud": self._audience,
            "iat": now,
            "exp": now + int(self._lifetime),
            "jti": urandom(16).hex(),
        }
        head = _packed(dumps(claims, separators=(",", ":")).encode())
        return f"{head}.{_packed(self._key.sign(_signed(head, data)))}"

    def sqs(self, body: str) -> Json:
        """The parameters of `SendMessage` (or of an entry of a batch) for a body."""
        return {"MessageBody": body, "MessageAttributes": self._attributes(body)}

    def sns(self, message: str) -> Json:
        """The parameters of `Publish` for a message."""
        return {"Message": message, "MessageAttributes": self._attributes(message)}

    def detail(self, detail: Mapping[str, object]) -> Json:
        """The detail of an EventBridge event, with its signature as one more member; rules match it as before."""
        plain = {name: value for name, value in detail.items() if name != NAME}
        return {**plain, NAME: self.signature(canonical(plain))}

    def wrap(self, body: str) -> str:
        """A body that carries its own signature, for channels without attributes."""
        return dumps({NAME: self.signature(body.encode()), "body": body}, separators=(",", ":"))

    def _attributes(self, body: str) -> Json:
        return {NAME: {"DataType": "String", "StringValue": self.signature(body.encode())}}


class Verifier:
    """Accepts messages that one of `keys` signed for `audience`; `issuers`: only those, where given."""

    def __init__(
        self,
        keys: Key | list[Key],
        audience: str,
        *,
        issuers: tuple[str, ...] = (),
        window: Window | None = None,
        clock: Callable[[], float] = time,
    ) -> None:
        self._keys = {key.name: key for key in (keys if isinstance(keys, list) else [keys])}
        self._audience, self._issuers, self._window, self._clock = audience, issuers, window or Window(), clock

    def check(self, data: bytes, signature: object, delivery: str) -> Json:
        """The claims of a signature, or `SignatureError`. `delivery`: what the platform calls this message."""
        if not isinstance(signature, str) or not signature:
            raise SignatureError("unsigned")
        head, _, text = signature.partition(".")
        claims = _claims(head) if len(signature) <= _LARGEST else None
        if claims is None:
            raise SignatureError("malformed")
        key = self._keys.get(str(claims.get("kid")))
        if key is None or key.algorithm != claims.get("alg"):
            raise SignatureError("key")
        if not key.verify(_signed(head, data), _unpacked(text) or b""):
            raise SignatureError("signature")
        if claims.get("aud") != self._audience or (self._issuers and claims.get("iss") not in self._issuers):
            raise SignatureError("audience")
        made, expires, now = claims.get("iat"), claims.get("exp"), self._clock()
        if not isinstance(made, int) or not isinstance(expires, int) or not made - _SKEW <= now <= expires + _SKEW:
            raise SignatureError("expired")
        if not self._window.first(str(claims.get("jti")), expires + _SKEW, delivery, now):
            raise SignatureError("replayed")
        return claims

    def accept(self, record: Mapping[str, object]) -> object:
        """What a record of SQS or SNS, or an event of EventBridge, says, or `SignatureError`; the others in SQS too.

        A body or message as text, unwrapped where `wrap` made it; a detail without its signature. What a queue carries
        is delivered by the queue: identities inside a body are whoever's who wrote it.
        """
        inner = record.get("Sns")
        if isinstance(inner, dict):
            return self._text(inner, "Message", "MessageAttributes", str(inner.get("MessageId", "")))
        if "detail" in record:
            return self._detail(record["detail"], str(record.get("id", "")))
        delivery = str(record.get("messageId", ""))
        body = record.get("body")
        if isinstance(body, str) and not _attribute(record.get("messageAttributes")):
            carried = _object(body)
            if carried.get("Type") == "Notification":
                return self._text(carried, "Message", "MessageAttributes", delivery)
            if "detail" in carried:
                return self._detail(carried["detail"], delivery)
        return self._text(record, "body", "messageAttributes", delivery)

    def refused(self, event: Mapping[str, object]) -> Iterator[tuple[int, str]]:
        """Number and reason of each record that is not accepted; -1 where the event is no batch."""
        records = event.get("Records")
        batch = list(enumerate(records)) if isinstance(records, list) else [(-1, event)]
        for number, record in batch:
            try:
                self.accept(record if isinstance(record, dict) else {})
            except SignatureError as error:
                yield number, error.reason

    def unwrap(self, text: str, delivery: str) -> str:
        """The body of what `wrap` made; `delivery`: the id of the request that brought it."""
        return self._text({"body": text}, "body", "", delivery)

    def _detail(self, detail: object, delivery: str) -> Json:
        if not isinstance(detail, dict):
            raise SignatureError("unsigned")
        plain = {name: value for name, value in detail.items() if name != NAME}
        try:
            data = canonical(plain)
        except (ValueError, TypeError, RecursionError):
            raise SignatureError("malformed") from None
        self.check(data, detail.get(NAME), delivery)
        return plain

    def _text(self, found: Mapping[str, object], body: str, attributes: str, delivery: str) -> str:
        text = str(found.get(body, ""))
        given = _attribute(found.get(attributes))
        if given is None:
            wrapped = _object(text)
            if isinstance(wrapped.get("body"), str):
                given, text = wrapped.get(NAME), str(wrapped["body"])
        self.check(text.encode("utf-8", "surrogatepass"), given, delivery)
        return text


def canonical(value: object) -> bytes:
    """JSON in one way of writing it: members sorted, no blanks, whole numbers without a fraction."""
    return dumps(_even(value), sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode()


def _even(value: object) -> object:
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, dict):
        return {name: _even(one) for name, one in value.items()}
    return [_even(one) for one in value] if isinstance(value, list | tuple) else value


def _signed(head: str, data: bytes) -> bytes:
    return _LABEL + head.encode() + b"." + data


def _packed(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def _unpacked(text: str) -> bytes | None:
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return None


def _claims(head: str) -> Json | None:
    data = _unpacked(head)
    found = _object(data.decode("utf-8", "replace")) if data else {}
    return found or None


def _object(text: str) -> Json:
    try:
        found = loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _attribute(attributes: object) -> object:
    """The signature among the attributes of a record (`stringValue`) or a notification (`Value`)."""
    one = attributes.get(NAME) if isinstance(attributes, dict) else None
    if not isinstance(one, dict):
        return None
    return one.get("stringValue") or one.get("Value") or one.get("StringValue")
