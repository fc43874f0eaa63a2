"""Messages of the AWS Encryption SDK and of Tink, under keys of `keks`: for data and programs that have those formats.

Under `aws-kms://` and the key's ARN they are the messages that the libraries write with KMS by themselves, in whatever
language. Under other keys this module reads what it wrote. Each message is a call of the key's service.
"""

from __future__ import annotations

from importlib import import_module

from casemate_guard.envelope.format import EnvelopeError
from casemate_guard.envelope.keks import Kek, kek_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType


def _library(name: str) -> ModuleType:
    try:
        return import_module(name)
    except ImportError:
        package = name.partition(".")[0].replace("_", "-")
        raise EnvelopeError(f"the package {package} is not installed") from None


def esdk_key(kek: str | Kek) -> object:
    """A master key of the AWS Encryption SDK: the `key_provider` of its client. Raises `EnvelopeError` without it."""
    base, structures = _library("aws_encryption_sdk.key_providers.base"), _library("aws_encryption_sdk.structures")
    key = kek_of(kek) if isinstance(kek, str) else kek
    ours = key.kind != "aws-kms"
    provider, name = ("casemate", key.uri) if ours else (key.kind, key.path)
    info = structures.MasterKeyInfo(provider_id=provider, key_info=name.encode())

    class Config(base.MasterKeyConfig):  # type: ignore[misc, name-defined]  # the library has no types, here and below
        provider_id = provider

    class Master(base.MasterKey):  # type: ignore[misc, name-defined]
        provider_id = provider
        _config_class = Config

        # The library gives all of these by name.
        def _generate_data_key(self, algorithm: object, encryption_context: Mapping[str, str]) -> object:  # noqa: ARG002
            plain, wrapped = key.new(encryption_context)
            return structures.DataKey(info, plain, wrapped)

        def _encrypt_data_key(
            self,
            data_key: object,
            algorithm: object,  # noqa: ARG002
            encryption_context: Mapping[str, str],
        ) -> object:
            wrapped = key.wrap(data_key.data_key, encryption_context)  # type: ignore[attr-defined]
            return structures.EncryptedDataKey(info, wrapped)

        def _decrypt_data_key(
            self,
            encrypted_data_key: object,
            algorithm: object,  # noqa: ARG002
            encryption_context: Mapping[str, str],
        ) -> object:
            wrapped: bytes = encrypted_data_key.encrypted_data_key  # type: ignore[attr-defined]
            return structures.DataKey(info, key.unwrap(wrapped, encryption_context), wrapped)

    return Master(key_id=name)


def esdk_encrypt(data: bytes, kek: str | Kek, context: Mapping[str, str] | None = None) -> bytes:
    """A message of the SDK in its default suite: committed to its key, and signed."""
    client = _library("aws_encryption_sdk").EncryptionSDKClient()
    message: bytes = client.encrypt(source=data, key_provider=esdk_key(kek), encryption_context=dict(context or {}))[0]
    return message


def esdk_decrypt(message: bytes, kek: str | Kek, context: Mapping[str, str] | None = None) -> bytes:
    """The data of a message of the SDK, whose context has all of `context`. Raises `EnvelopeError`."""
    client = _library("aws_encryption_sdk").EncryptionSDKClient()
    broken = _library("cryptography.exceptions")
    wrong = (_library("aws_encryption_sdk.exceptions").AWSEncryptionSDKClientError, broken.InvalidSignature)
    try:
        data, header = client.decrypt(source=message, key_provider=esdk_key(kek))
    except (*wrong, broken.InvalidTag) as error:
        raise EnvelopeError(f"the message is not what was encrypted: {type(error).__name__}") from None
    if any(header.encryption_context.get(name) != value for name, value in (context or {}).items()):
        raise EnvelopeError("the message belongs to another context")
    plain: bytes = data
    return plain


def tink_aead(kek: str | Kek) -> object:
    """An `Aead` of Tink: envelope encryption with AES-256-GCM, its data keys wrapped by `kek`."""
    tink = _library("tink")
    aead = _library("tink.aead")
    aead.register()
    key = kek_of(kek) if isinstance(kek, str) else kek

    class Remote(aead.Aead):  # type: ignore[misc, name-defined]
        def encrypt(self, plaintext: bytes, associated_data: bytes) -> bytes:
            return key.wrap(plaintext, _context(associated_data))

        def decrypt(self, ciphertext: bytes, associated_data: bytes) -> bytes:
            try:
                return key.open(ciphertext, _context(associated_data))
            except EnvelopeError as error:
                raise tink.TinkError(str(error)) from None

    return aead.KmsEnvelopeAead(aead.aead_key_templates.AES256_GCM, Remote())


def _context(associated: bytes) -> dict[str, str]:
    """As Tink's client of KMS has it; an envelope's data keys have none."""
    return {"associatedData": associated.hex()} if associated else {}
