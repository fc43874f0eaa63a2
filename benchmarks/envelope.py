"""Speed of envelope encryption: fields, messages and streams under a cached data key, in microseconds and MB/s.

    python benchmarks/envelope.py [--peer PYTHON]

Beside each stands the bare AES-256-GCM of cryptography on the same machine, so that figures of two machines can be
compared by their ratio. `--peer` is the interpreter of an environment with aws-encryption-sdk; its default suite with a
raw key encrypts the same field there. CPU time, best of many short runs.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
import timeit
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "guard" / "src"))

FIELD = b"4111111111111111"
CONTEXT = {"tenant": "42", "field": "card.number"}
PEER = """
import time, timeit
import aws_encryption_sdk as sdk
from aws_encryption_sdk.identifiers import EncryptionKeyType, WrappingAlgorithm
from aws_encryption_sdk.internal.crypto.wrapping_keys import WrappingKey
from aws_encryption_sdk.key_providers.raw import RawMasterKeyProvider

class Raw(RawMasterKeyProvider):
    provider_id = "bench"
    def _get_raw_key(self, key_id):
        return WrappingKey(WrappingAlgorithm.AES_256_GCM_IV12_TAG16_NO_PADDING, bytes(32), EncryptionKeyType.SYMMETRIC)

provider = Raw()
provider.add_master_key("key")
cache = sdk.LocalCryptoMaterialsCache(10)
bounds = {"max_age": 600.0, "max_messages_encrypted": 1 << 20}
manager = sdk.CachingCryptoMaterialsManager(master_key_provider=provider, cache=cache, **bounds)
client = sdk.EncryptionSDKClient()
context = {"tenant": "42", "field": "card.number"}
message, _ = client.encrypt(source=b"4111111111111111", materials_manager=manager, encryption_context=context)
field = {"source": b"4111111111111111", "materials_manager": manager, "encryption_context": context}
for name, work in (
    ("encrypt", lambda: client.encrypt(**field)),
    ("decrypt", lambda: client.decrypt(source=message, materials_manager=manager)),
):
    best = min(timeit.repeat(work, number=50, repeat=10, timer=time.process_time)) / 50 * 1e6
    print(f"aws-encryption-sdk {name} a field, cached data key  {best:10.2f} us")
"""


def best(work: Callable[[], object], number: int = 2000, repeat: int = 25) -> float:
    """Microseconds of CPU time of one call."""
    return min(timeit.repeat(work, number=number, repeat=repeat, timer=time.process_time)) / number * 1e6


def report(name: str, microseconds: float, peer: float | None = None) -> None:
    """Print a row."""
    ratio = f"   {microseconds / peer:5.1f} x bare AES-GCM" if peer else ""
    print(f"{name:<52}{microseconds:10.2f} us{ratio}")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peer", metavar="PYTHON", help="an interpreter with aws-encryption-sdk")
    arguments = parser.parse_args()

    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    from casemate_guard.envelope import Envelope, Index, encrypt_fields

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "key"
        path.write_bytes(os.urandom(32))
        envelope = Envelope(f"file://{path}", context={"function": "orders"}, force=True)
        cipher, aad = AESGCM(os.urandom(32)), bytes(200)
        bare = best(lambda: cipher.encrypt(os.urandom(12), FIELD, aad))
        report("bare AES-GCM, random nonce, 200 bytes of context", bare)
        report("encrypt a field, cached data key", best(lambda: envelope.encrypt(FIELD, CONTEXT)), bare)
        message = envelope.encrypt(FIELD, CONTEXT)
        report("decrypt a field, cached data key", best(lambda: envelope.decrypt(message, CONTEXT)), bare)
        item: dict[str, object] = {"id": 1, "card": {"number": FIELD.decode()}}
        work = best(lambda: encrypt_fields(envelope, item, ["card.number"], {"tenant": "42"}, form="bytes"), 500)
        report("encrypt_fields of an item, one field", work, bare)
        index = Index(os.urandom(32))
        report("tag of an index", best(lambda: index.tag("mail", "jane@example.com")))
        report("a new data key under a key in a file", best(lambda: (envelope.renew(), envelope.encrypt(FIELD)), 100))
        data = os.urandom(16 << 20)
        for name, work in (
            ("stream", best(lambda: sum(map(len, envelope.encrypt_stream([data]))), 1, 5)),
            ("bare AES-GCM in chunks", best(lambda: chunks(cipher, data), 1, 5)),
        ):
            print(f"{name:<52}{len(data) / work:10.0f} MB/s")
    if arguments.peer:
        sys.stdout.flush()
        subprocess.run([arguments.peer, "-c", PEER], check=True)


def chunks(cipher: object, data: bytes) -> int:
    """The peer of a stream."""
    encrypt = cipher.encrypt  # type: ignore[attr-defined]
    return sum(len(encrypt(bytes(12), data[start : start + 65536], b"")) for start in range(0, len(data), 65536))


if __name__ == "__main__":
    main()
