"""Keys that encrypt data keys, where their services keep them.

aws-kms://KEY-ARN             (or alias or key id, then in AWS_REGION)
azure-kv://VAULT/KEY[/VERSION]    RSA keys: RSA-OAEP-256
gcp-kms://projects/P/locations/L/keyRings/R/cryptoKeys/K
vault://MOUNT/KEY             the transit engine of Vault and OpenBao, key type aes256-gcm96
file://PATH                   32 bytes, raw, hexadecimal or base64: development only
"""

from __future__ import annotations

import os
from base64 import b64decode, b64encode, urlsafe_b64decode, urlsafe_b64encode

from casemate_guard.cloud import text
from casemate_guard.envelope.format import NONCE, EnvelopeError, bound, derive

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_CLOUDS = (
    *("AWS_LAMBDA_FUNCTION_NAME", "AWS_EXECUTION_ENV", "ECS_CONTAINER_METADATA_URI_V4", "FUNCTIONS_WORKER_RUNTIME"),
    *("WEBSITE_INSTANCE_ID", "CONTAINER_APP_NAME", "K_SERVICE", "FUNCTION_TARGET", "CLOUD_RUN_JOB"),
)
"""What only the runtimes of clouds set."""


class _Refusals:
    """What a service refuses is an `EnvelopeError`, without what was sent."""

    __slots__ = ("_kind",)

    def __init__(self, kind: str) -> None:
        self._kind = kind

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, EnvelopeError):
            return
        if isinstance(error, OSError):
            raise EnvelopeError(f"{self._kind}: {error}") from None
        if isinstance(error, ValueError):
            raise EnvelopeError(f"{self._kind}: what came back cannot be read") from None


class Kek:
    """One such key. The context is bound to the wrapped form where the service can do that."""

    def __init__(self, uri: str) -> None:
        self.uri = uri
        self.kind, _, self.path = uri.partition("://")

    def new(self, context: Mapping[str, str]) -> tuple[bytes, bytes]:
        """A new data key of 32 bytes and its wrapped form. Raises `EnvelopeError`, as all of these do."""
        key = os.urandom(32)
        return key, self.wrap(key, context)

    def wrap(self, key: bytes, context: Mapping[str, str]) -> bytes:
        """The wrapped form of a data key."""
        with _Refusals(self.kind):
            return self._wrap(key, context)

    def unwrap(self, wrapped: bytes, context: Mapping[str, str]) -> bytes:
        """The data key of a wrapped form."""
        key = self.open(wrapped, context)
        if len(key) != 32:
            raise EnvelopeError(f"{self.kind}: the data key has not 32 bytes")
        return key

    def open(self, wrapped: bytes, context: Mapping[str, str]) -> bytes:
        """What was wrapped, of any length: formats of others wrap more than 32 bytes."""
        with _Refusals(self.kind):
            return self._unwrap(wrapped, context)

    def _wrap(self, key: bytes, context: Mapping[str, str]) -> bytes:
        raise NotImplementedError

    def _unwrap(self, wrapped: bytes, context: Mapping[str, str]) -> bytes:
        raise NotImplementedError


class _Aws(Kek):
    """KMS; the context is its encryption context, which CloudTrail records in the clear."""

    def _call(self, action: str, asked: dict[str, object], context: Mapping[str, str], *names: str) -> list[bytes]:
        from casemate_guard.cloud.aws import call

        parts = self.path.split(":")
        asked |= {"KeyId": self.path, "EncryptionContext": dict(context)}
        found = call("kms", action, asked, parts[3] if len(parts) > 5 else "")
        return [b64decode(text(found, name, what="kms")) for name in names]

    def new(self, context: Mapping[str, str]) -> tuple[bytes, bytes]:
        with _Refusals(self.kind):
            asked: dict[str, object] = {"KeySpec": "AES_256"}
            key, wrapped = self._call("GenerateDataKey", asked, context, "Plaintext", "CiphertextBlob")
        return key, wrapped

    def _wrap(self, key: bytes, context: Mapping[str, str]) -> bytes:
        return self._call("Encrypt", {"Plaintext": b64encode(key).decode()}, context, "CiphertextBlob")[0]

    def _unwrap(self, wrapped: bytes, context: Mapping[str, str]) -> bytes:
        return self._call("Decrypt", {"CiphertextBlob": b64encode(wrapped).decode()}, context, "Plaintext")[0]


class _Azure(Kek):
    """Key Vault; the wrapped form begins with the key's version, behind a byte of its length."""

    def _call(self, verb: str, version: str, value: bytes) -> tuple[bytes, str]:
        from casemate_guard.cloud.azure import vault_call

        vault, _, path = self.path.partition("/")
        name, _, given = path.partition("/")
        asked: dict[str, object] = {"alg": "RSA-OAEP-256", "value": urlsafe_b64encode(value).decode().rstrip("=")}
        used = version or given
        found = vault_call(vault, f"keys/{name}/{used}/{verb}" if used else f"keys/{name}/{verb}", asked)
        answer = text(found, "value", what="Key Vault")
        return urlsafe_b64decode(answer + "=" * (-len(answer) % 4)), text(found, "kid", what="Key Vault")

    def _wrap(self, key: bytes, context: Mapping[str, str]) -> bytes:  # noqa: ARG002 - RSA binds no context
        value, kid = self._call("wrapkey", "", key)
        version = kid.rpartition("/")[2].encode()
        return bytes([len(version)]) + version + value

    def _unwrap(self, wrapped: bytes, context: Mapping[str, str]) -> bytes:  # noqa: ARG002 - as above
        size = wrapped[0] if wrapped else 0
        version = wrapped[1 : 1 + size].decode("ascii", "replace")
        if not version.isalnum():
            raise EnvelopeError("azure-kv: the wrapped key names no version")
        return self._call("unwrapkey", version, wrapped[1 + size :])[0]


class _Google(Kek):
    def _call(self, verb: str, name: str, context: Mapping[str, str], answer: str, value: bytes) -> bytes:
        from casemate_guard.cloud.google import call

        asked: dict[str, object] = {name: b64encode(value).decode()}
        asked["additionalAuthenticatedData"] = b64encode(bound(context)).decode()
        return b64decode(text(call("cloudkms", f"{self.path}:{verb}", asked), answer, what="cloudkms"))

    def _wrap(self, key: bytes, context: Mapping[str, str]) -> bytes:
        return self._call("encrypt", "plaintext", context, "ciphertext", key)

    def _unwrap(self, wrapped: bytes, context: Mapping[str, str]) -> bytes:
        return self._call("decrypt", "ciphertext", context, "plaintext", wrapped)


class _Vault(Kek):
    def _call(self, verb: str, name: str, value: str, context: Mapping[str, str]) -> dict[str, object]:
        from casemate_guard.cloud.vault import call

        mount, _, key = self.path.rpartition("/")
        bytes_of = b64encode(bound(context)).decode()
        return call(f"{mount}/{verb}/{key}", {name: value, "associated_data": bytes_of})

    def _wrap(self, key: bytes, context: Mapping[str, str]) -> bytes:
        found = self._call("encrypt", "plaintext", b64encode(key).decode(), context)
        return text(found, "data", "ciphertext", what="vault").encode()

    def _unwrap(self, wrapped: bytes, context: Mapping[str, str]) -> bytes:
        found = self._call("decrypt", "ciphertext", wrapped.decode("ascii"), context)
        return b64decode(text(found, "data", "plaintext", what="vault"))


class _File(Kek):
    def __init__(self, uri: str, *, force: bool = False) -> None:
        super().__init__(uri)
        where = next((name for name in _CLOUDS if os.environ.get(name)), None)
        if where is not None and not force:
            raise EnvelopeError(f"a key in a file is for development, and {where} says that this is a cloud")
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            with open(self.path, "rb") as file:  # noqa: PTH123 - pathlib costs a cold start 5 ms
                data = file.read(200)
        except OSError as error:
            raise EnvelopeError(f"{uri}: {error.strerror}") from None
        self._cipher = AESGCM(derive(_key_in(uri, data), b"file"))

    def _wrap(self, key: bytes, context: Mapping[str, str]) -> bytes:
        nonce = os.urandom(NONCE)
        return nonce + self._cipher.encrypt(nonce, key, bound(context))

    def _unwrap(self, wrapped: bytes, context: Mapping[str, str]) -> bytes:
        from cryptography.exceptions import InvalidTag

        try:
            return self._cipher.decrypt(wrapped[:NONCE], wrapped[NONCE:], bound(context))
        except (InvalidTag, ValueError):
            raise EnvelopeError("file: the data key was not wrapped by this key in this context") from None


def _key_in(uri: str, data: bytes) -> bytes:
    if len(data) == 32:
        return data
    line = data.strip()
    try:
        key = bytes.fromhex(line.decode()) if len(line) == 64 else b64decode(line, validate=True)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise EnvelopeError(f"{uri} is no key: 32 bytes, raw, hexadecimal or base64")
    return key


_KINDS: dict[str, type[Kek]] = {"aws-kms": _Aws, "azure-kv": _Azure, "gcp-kms": _Google, "vault": _Vault}


def kek_of(uri: str, *, force: bool = False) -> Kek:
    """The key of a URI. `force`: a key in a file will do in a cloud too. Raises `EnvelopeError`."""
    kind, _, path = uri.partition("://")
    if kind == "file" and path:
        return _File(uri, force=force)
    steps = path.split("/")
    wanted = {"azure-kv": (2, 3), "gcp-kms": (8,), "vault": range(2, 9), "aws-kms": range(1, 3)}.get(kind)
    if (
        wanted is None
        or len(steps) not in wanted
        or ".." in steps
        or not all(steps)
        or any(c in path for c in "?#% \r\n")
    ):
        raise EnvelopeError(f"there is no key {uri[:120]!r}; one of {', '.join(_KINDS)} and file, with ://")
    return _KINDS[kind](uri)
