"""Messages go both ways between this library and the AWS Encryption SDK and Tink, with moto's KMS between them."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path

import pytest

from casemate_guard.cloud.aws import call
from casemate_guard.envelope import EnvelopeError
from casemate_guard.envelope.interop import esdk_decrypt, esdk_encrypt, esdk_key, tink_aead

CONTEXT = {"tenant": "42", "é": "世"}
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # of the libraries that are the oracle here
    pytest.mark.filterwarnings("ignore::UserWarning"),
]


@pytest.fixture
def arn(aws: str) -> str:
    key = call("kms", "CreateKey", {})["KeyMetadata"]
    assert isinstance(key, dict)
    return str(key["Arn"])


@pytest.fixture
def file(tmp_path: Path, no_cloud: pytest.MonkeyPatch) -> str:
    (tmp_path / "key").write_bytes(os.urandom(32))
    return f"file://{tmp_path}/key"


def test_the_encryption_sdk_with_its_own_client_of_kms(arn: str) -> None:
    pytest.importorskip("aws_encryption_sdk")
    sdk = import_module("aws_encryption_sdk")
    theirs = sdk.StrictAwsKmsMasterKeyProvider(key_ids=[arn])
    client = sdk.EncryptionSDKClient()
    message, _ = client.encrypt(source=b"data", key_provider=theirs, encryption_context=CONTEXT)
    assert esdk_decrypt(message, f"aws-kms://{arn}", CONTEXT) == b"data"
    mine = esdk_encrypt(b"data", f"aws-kms://{arn}", CONTEXT)
    data, header = client.decrypt(source=mine, key_provider=theirs)
    assert data == b"data"
    assert header.encryption_context.items() >= CONTEXT.items()


def test_the_encryption_sdk_under_any_key(file: str) -> None:
    pytest.importorskip("aws_encryption_sdk")
    message = esdk_encrypt(b"data", file, CONTEXT)
    assert esdk_decrypt(message, file) == b"data"
    with pytest.raises(EnvelopeError, match="another context"):
        esdk_decrypt(message, file, {"tenant": "43"})
    with pytest.raises(EnvelopeError, match="not what was encrypted"):
        esdk_decrypt(message[:-1] + bytes([message[-1] ^ 1]), file)
    assert esdk_key(file)


def test_tink_with_its_own_client_of_kms(arn: str) -> None:
    pytest.importorskip("tink")
    boto3 = pytest.importorskip("boto3")
    aead, awskms = import_module("tink.aead"), import_module("tink.integration.awskms")
    aead.register()
    uri = f"aws-kms://{arn}"
    remote = awskms.new_client(boto3_client=boto3.client("kms", region_name="eu-west-1"), key_uri=uri).get_aead(uri)
    theirs = aead.KmsEnvelopeAead(aead.aead_key_templates.AES256_GCM, remote)
    mine = tink_aead(uri)
    assert mine.decrypt(theirs.encrypt(b"data", b"context"), b"context") == b"data"  # type: ignore[attr-defined]
    assert theirs.decrypt(mine.encrypt(b"data", b"context"), b"context") == b"data"  # type: ignore[attr-defined]


def test_tink_under_any_key(file: str) -> None:
    tink = pytest.importorskip("tink")
    mine = tink_aead(file)
    message = mine.encrypt(b"data", b"context")  # type: ignore[attr-defined]
    assert mine.decrypt(message, b"context") == b"data"  # type: ignore[attr-defined]
    with pytest.raises(tink.TinkError):
        mine.decrypt(message, b"other")  # type: ignore[attr-defined]
    with pytest.raises(tink.TinkError):
        mine.decrypt(b"\0\0\0\3abc" + message, b"context")  # type: ignore[attr-defined]


def test_without_the_library_the_error_says_so(file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "aws_encryption_sdk.key_providers.base", None)
    monkeypatch.setitem(sys.modules, "tink", None)
    with pytest.raises(EnvelopeError, match="aws-encryption-sdk is not installed"):
        esdk_key(file)
    with pytest.raises(EnvelopeError, match="tink is not installed"):
        tink_aead(file)
