from __future__ import annotations

import builtins
import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.guard import envelope_reference as reference
from tests.guard.key_services import Lookalike

from casemate_guard.cloud import aws as cloud_aws
from casemate_guard.cloud.vault import call as vault_call
from casemate_guard.envelope import Envelope, EnvelopeError, Index, decrypt_fields, encrypt_fields
from casemate_guard.envelope.keks import Kek

VECTORS = json.loads((Path(__file__).parent / "envelope-vectors.json").read_text(encoding="utf-8"))
PAGE = Path(__file__).parents[2] / "docs" / "envelope-format.md"


class Counting(Kek):
    """A key of the test that counts what it is asked."""

    def __init__(self, uri: str = "test://one") -> None:
        super().__init__(uri)
        self.wraps = self.unwraps = 0

    def _wrap(self, key: bytes, context: object) -> bytes:  # noqa: ARG002 - binds no context
        self.wraps += 1
        return bytes(one ^ 0x5A for one in key)

    def _unwrap(self, wrapped: bytes, context: object) -> bytes:  # noqa: ARG002
        self.unwraps += 1
        return bytes(one ^ 0x5A for one in wrapped)


@pytest.fixture
def key_file(tmp_path: Path, no_cloud: pytest.MonkeyPatch) -> str:
    (tmp_path / "vectors.key").write_bytes(reference.FILE_KEY)
    no_cloud.chdir(tmp_path)
    return reference.KEK


def test_the_vectors_are_those_of_the_reference() -> None:
    assert {"kek": reference.KEK, "key": reference.FILE_KEY.hex(), "vectors": reference.vectors()} == VECTORS


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda one: one["name"])
def test_the_vectors_are_read(key_file: str, vector: dict[str, object]) -> None:
    message, data = bytes.fromhex(str(vector["message"])), bytes.fromhex(str(vector["data"]))
    own, context = vector["own"], vector["context"]
    assert isinstance(own, dict)
    assert isinstance(context, dict)
    assert reference.read(message, own, context) == data
    envelope = Envelope(key_file, context=own)
    if vector["chunk"]:
        assert b"".join(envelope.decrypt_stream([message], context)) == data
    else:
        assert envelope.decrypt(message, context) == data


CONTEXTS = st.dictionaries(st.text("abéZ世", max_size=3), st.text(max_size=8), max_size=4)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.binary(max_size=100), CONTEXTS, CONTEXTS, st.integers(1, 40))
def test_the_reference_reads_what_is_written(
    key_file: str, data: bytes, own: dict[str, str], context: dict[str, str], size: int
) -> None:
    context = {name: value for name, value in context.items() if name not in own}
    envelope = Envelope(key_file, context=own)
    assert reference.read(envelope.encrypt(data, context), own, context) == data
    stream = b"".join(envelope.encrypt_stream([data[:7], data[7:]], context, size=size))
    assert reference.read(stream, own, context) == data
    pieces = [stream[start : start + 5] for start in range(0, len(stream), 5)]
    assert b"".join(envelope.decrypt_stream(pieces, context)) == data


def test_every_changed_byte_is_noticed() -> None:
    envelope = Envelope(Counting())
    for message in (envelope.encrypt(b"data", {"a": "b"}), b"".join(envelope.encrypt_stream([b"data"], {"a": "b"}))):
        for place in range(len(message)):
            changed = message[:place] + bytes([message[place] ^ 1]) + message[place + 1 :]
            with pytest.raises(EnvelopeError):
                envelope.decrypt(changed, {"a": "b"})
            with pytest.raises(EnvelopeError):
                list(envelope.decrypt_stream([changed], {"a": "b"}))


@pytest.mark.parametrize("context", [{}, {"tenant": "2"}, {"tenant": "1", "more": ""}, {"Tenant": "1"}])
def test_another_context_opens_nothing(context: dict[str, str]) -> None:
    envelope = Envelope(Counting())
    message = envelope.encrypt(b"data", {"tenant": "1"})
    with pytest.raises(EnvelopeError, match="in this context"):
        envelope.decrypt(message, context)


def test_a_context_of_the_envelope_is_not_overridden() -> None:
    envelope = Envelope(Counting(), context={"function": "a"})
    with pytest.raises(EnvelopeError, match="own"):
        envelope.encrypt(b"", {"function": "b"})
    with pytest.raises(EnvelopeError):
        Envelope(Counting(), context={"function": "b"}).decrypt(envelope.encrypt(b""))


@given(st.binary(max_size=300))
def test_other_bytes_are_refused(data: bytes) -> None:
    envelope = Envelope(Counting())
    for one in (data, b"CME\x01\x01" + data):
        with pytest.raises(EnvelopeError):
            envelope.decrypt(one)
        with pytest.raises(EnvelopeError):
            list(envelope.decrypt_stream([one]))


def test_a_stream_is_whole_or_raises() -> None:
    envelope = Envelope(Counting())
    data = os.urandom(100)
    pieces = list(envelope.encrypt_stream([data], size=20))
    head, chunks = pieces[0], pieces[1:]
    assert len(chunks) == 5
    for wrong in (
        chunks[:-1],
        chunks[1:],
        [chunks[1], chunks[0], *chunks[2:]],
        [*chunks, chunks[-1]],
        [*chunks[:-1], chunks[-1][:-1]],
        [],
        [chunks[-1]],
    ):
        with pytest.raises(EnvelopeError):
            list(envelope.decrypt_stream([head, *wrong]))
    other = next(iter(envelope.encrypt_stream([data], size=20)))
    with pytest.raises(EnvelopeError):
        list(envelope.decrypt_stream([other, *chunks]))


def test_a_data_key_is_committed_to() -> None:
    """A key service that gives another key than the one that was wrapped is noticed, before anything is decrypted."""

    class Lying(Counting):
        def _unwrap(self, wrapped: bytes, context: object) -> bytes:  # noqa: ARG002
            return bytes(32)

    message = Envelope(Counting()).encrypt(b"data")
    with pytest.raises(EnvelopeError, match="not what was encrypted"):
        Envelope(Lying()).decrypt(message)


def test_one_call_serves_many_messages() -> None:
    kek = Counting()
    envelope = Envelope(kek)
    for _ in range(100):
        envelope.decrypt(envelope.encrypt(b"data"))
    assert (kek.wraps, kek.unwraps) == (1, 0)
    reader = Envelope(kek)
    for _ in range(10):
        reader.decrypt(envelope.encrypt(b"data"))
    assert (kek.wraps, kek.unwraps) == (1, 1)


def test_a_data_key_ends_by_messages_bytes_and_age() -> None:
    kek, now = Counting(), [0.0]
    envelope = Envelope(kek, messages=3, size=100, age=10, clock=lambda: now[0])
    for _ in range(6):
        envelope.encrypt(b"")
    assert kek.wraps == 2
    envelope.encrypt(bytes(60))
    assert kek.wraps == 3
    envelope.encrypt(bytes(60))
    assert kek.wraps == 4
    now[0] += 11
    message = envelope.encrypt(b"")
    assert kek.wraps == 5
    now[0] += 11
    envelope.decrypt(message)
    assert kek.unwraps == 1
    now[0] -= 100
    envelope.encrypt(b"")
    assert kek.wraps == 6
    with pytest.raises(EnvelopeError, match="more than 100"):
        envelope.encrypt(bytes(101))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_the_child_of_a_fork_has_a_data_key_of_its_own() -> None:
    envelope = Envelope(Counting())
    mine = envelope.encrypt(b"")
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(write, envelope.encrypt(b""))
        os._exit(0)
    os.waitpid(child, 0)
    theirs = os.read(read, 1000)
    os.close(read)
    os.close(write)
    assert theirs[:50] != mine[:50]
    assert envelope.encrypt(b"")[:50] == mine[:50]
    assert envelope.decrypt(theirs) == b""


def test_after_a_restore_of_snapstart_there_is_a_new_data_key(no_cloud: pytest.MonkeyPatch) -> None:
    class Hooks:
        calls: ClassVar[list[tuple[Callable[..., object], tuple[object, ...]]]] = []

        @classmethod
        def register_after_restore(cls, hook: Callable[..., object], *given: object) -> None:
            cls.calls.append((hook, given))

    no_cloud.setenv("AWS_LAMBDA_INITIALIZATION_TYPE", "snap-start")
    no_cloud.setitem(sys.modules, "snapshot_restore_py", None)  # as if it were not there
    with pytest.raises(EnvelopeError, match="snapshot_restore_py"):
        Envelope(Counting())
    no_cloud.setitem(sys.modules, "snapshot_restore_py", Hooks)
    kek = Counting()
    envelope = Envelope(kek)
    envelope.encrypt(b"")
    ((hook, given),) = Hooks.calls
    hook(*given)
    envelope.encrypt(b"")
    assert kek.wraps == 2


def test_a_rotation_reads_the_old_and_writes_the_new() -> None:
    old, new = Counting("test://old"), Counting("test://new")
    message = Envelope(old).encrypt(b"data", {"a": "1"})
    envelope = Envelope(new, also=[old])
    assert not envelope.is_current(message)
    again = envelope.reencrypt(message, {"a": "1"}, {"a": "2"})
    assert envelope.is_current(again)
    assert Envelope(new).decrypt(again, {"a": "2"}) == b"data"
    with pytest.raises(EnvelopeError, match="does not know"):
        Envelope(new).decrypt(message, {"a": "1"})


def test_a_message_cannot_name_the_key_that_is_asked() -> None:
    mine, evil = Counting("test://mine"), Counting("test://evil")
    message = Envelope(evil).encrypt(b"data")
    with pytest.raises(EnvelopeError, match="does not know"):
        Envelope(mine).decrypt(message)
    assert mine.unwraps == 0


def test_shredding_ends_the_data_of_a_subject() -> None:
    keys: dict[str, bytes] = {}
    old, new = Counting("test://old"), Counting("test://new")
    envelope = Envelope(old, keys=keys)
    one, two = (envelope.encrypt(b"data", subject=subject) for subject in ("ann", "bob"))
    assert "ann" not in str(keys)
    assert Envelope(old, keys=keys).encrypt(b"", subject="ann")[:60] == one[:60]  # another process, the same key

    rotated = Envelope(new, also=[old], keys=keys)
    assert not rotated.is_current(one)
    rotated.rewrap("ann")
    rotated.rewrap("bob")
    assert rotated.is_current(one)
    assert Envelope(new, keys=keys).decrypt(one) == b"data"

    envelope.shred("ann")
    assert len(keys) == 1
    for reader in (envelope, Envelope(new, keys=keys)):
        with pytest.raises(EnvelopeError, match="deleted"):
            reader.decrypt(one)
    assert Envelope(new, keys=keys).decrypt(two) == b"data"
    with pytest.raises(EnvelopeError, match="`keys`"):
        Envelope(new).encrypt(b"", subject="ann")


ITEM: dict[str, object] = {
    "id": "42",
    "card": {"number": "4111", "limits": [1, 2.5, None, True], "deep": {"blob": b"\0\1"}},
    "price": Decimal("10.50"),
    "tags": {"a", "b"},
    "ok": True,
}
PATHS = ["card.number", "card.limits", "card.deep.blob", "price", "tags", "ok", "missing", "card.none.x", "id.x"]


@pytest.mark.parametrize("form", ["text", "bytes"])
def test_fields_come_back_as_what_they_were(form: str) -> None:
    envelope = Envelope(Counting())
    item = encrypt_fields(envelope, ITEM, PATHS, {"tenant": "1"}, form=form)  # type: ignore[arg-type]
    assert item["id"] == "42"
    assert not re.search("4111|10.50", repr(item))
    assert "missing" not in item
    if form == "text":
        item = json.loads(json.dumps(item))
    assert decrypt_fields(envelope, item, PATHS, {"tenant": "1"}) == ITEM
    assert ITEM["card"]["number"] == "4111"  # type: ignore[index]  # the item that was given is as it was


def test_typed_items_of_dynamodb() -> None:
    envelope = Envelope(Counting())
    item: dict[str, object] = {
        "id": {"S": "42"},
        "card": {"M": {"number": {"S": "4111"}, "n": {"N": "7"}}},
        "b": {"B": b"x"},
    }
    sealed = encrypt_fields(envelope, item, ["card.number", "b"], form="typed")
    assert list(sealed["card"]["M"]["number"]) == ["B"]  # type: ignore[index]
    assert sealed["card"]["M"]["n"] == {"N": "7"}  # type: ignore[index]
    assert decrypt_fields(envelope, sealed, ["card.number", "b"]) == item


def test_a_field_is_bound_to_its_place() -> None:
    envelope = Envelope(Counting())
    item = encrypt_fields(envelope, {"a": "1", "b": "2"}, ["a", "b"], {"tenant": "1"})
    with pytest.raises(EnvelopeError):
        decrypt_fields(envelope, {"a": item["b"], "b": item["a"]}, ["a"], {"tenant": "1"})
    with pytest.raises(EnvelopeError):
        decrypt_fields(envelope, item, ["a"], {"tenant": "2"})
    with pytest.raises(EnvelopeError, match="not encrypted"):
        decrypt_fields(envelope, {"a": "plain"}, ["a"])


@pytest.mark.parametrize("value", [object(), {"\0bytes": ""}, {1: 2}, float("nan")])
def test_what_would_not_come_back_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"encrypted|names|JSON"):
        encrypt_fields(Envelope(Counting()), {"a": value}, ["a"])


def test_an_index_is_the_same_everywhere_and_differs_by_field() -> None:
    kek = Counting()
    stored = Envelope(kek).new_index_key()
    one, two = Envelope(kek).index(stored), Envelope(kek).index(stored)
    assert one.tag("mail", "a@example.com") == two.tag("mail", b"a@example.com")
    assert one.tag("mail", "a@example.com") != one.tag("name", "a@example.com")
    assert one.tag("ab", "c") != one.tag("a", "bc")
    assert len(one.text("mail", "x", 32)) == 64
    assert Index(bytes(32)).text("mail", "x") != one.text("mail", "x")
    with pytest.raises(EnvelopeError):
        Index(b"short")
    with pytest.raises(EnvelopeError):
        one.tag("mail", "x", 4)


def test_without_cryptography_there_is_no_weaker_way(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def missing(name: str, *rest: object) -> object:
        if name.startswith("cryptography"):
            raise ImportError(name)
        return real(name, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(EnvelopeError, match="crypto"):
        Envelope("file:///key")


@pytest.mark.parametrize("variable", ["AWS_LAMBDA_FUNCTION_NAME", "FUNCTIONS_WORKER_RUNTIME", "K_SERVICE"])
def test_a_key_in_a_file_is_refused_in_a_cloud(key_file: str, no_cloud: pytest.MonkeyPatch, variable: str) -> None:
    no_cloud.setenv(variable, "x")
    with pytest.raises(EnvelopeError, match=variable):
        Envelope(key_file)
    assert Envelope(key_file, force=True).encrypt(b"")


@pytest.mark.parametrize(
    ("text", "good"), [("00" * 32, True), ("A" * 43 + "=", True), ("short", False), ("zz" * 32, False)]
)
def test_a_file_holds_32_bytes(tmp_path: Path, no_cloud: pytest.MonkeyPatch, text: str, *, good: bool) -> None:
    (tmp_path / "key").write_text(text + "\n")
    if good:
        Envelope(f"file://{tmp_path}/key")
    else:
        with pytest.raises(EnvelopeError, match="32 bytes"):
            Envelope(f"file://{tmp_path}/key")
    with pytest.raises(EnvelopeError, match="No such file"):
        Envelope(f"file://{tmp_path}/none")


@pytest.mark.parametrize(
    "uri",
    ["", "aes://x", "aws-kms://", "vault://k", "vault://a/../b", "gcp-kms://p/k", "azure-kv://v", "azure-kv://v/k?x=1"],
)
def test_a_key_that_is_none_is_refused_at_once(uri: str) -> None:
    with pytest.raises(EnvelopeError, match="no key"):
        Envelope(uri)


def round_trip(uri: str, *, binds: bool = True) -> Iterator[bytes]:
    """Written by one process, read by another; then what a wrong context of the envelope means."""
    context = {"function": "orders"}
    message = Envelope(uri, context=context).encrypt(b"data", {"tenant": "1"})
    yield message
    assert Envelope(uri, context=context).decrypt(message, {"tenant": "1"}) == b"data"
    with pytest.raises(EnvelopeError) as refused:
        Envelope(uri, context={"function": "other"}).decrypt(message, {"tenant": "1"})
    assert ("in this context" not in str(refused.value)) is binds  # the service itself refuses
    keys: dict[str, bytes] = {}
    named = Envelope(uri, keys=keys).encrypt(b"data", subject="ann")
    assert Envelope(uri, keys=keys).decrypt(named) == b"data"


@pytest.mark.slow
def test_kms(aws: str) -> None:
    key = cloud_aws.call("kms", "CreateKey", {})["KeyMetadata"]
    assert isinstance(key, dict)
    list(round_trip(f"aws-kms://{key['Arn']}"))
    cloud_aws.call("kms", "CreateAlias", {"AliasName": "alias/guard", "TargetKeyId": key["KeyId"]})
    list(round_trip("aws-kms://alias/guard"))
    old = Envelope("aws-kms://alias/guard", keys={})
    with pytest.raises(EnvelopeError, match="kms GenerateDataKey: NotFoundException"):
        Envelope("aws-kms://alias/none").encrypt(b"")
    assert old.encrypt(b"", subject="x")


@pytest.mark.slow
def test_transit_of_openbao(bao: str) -> None:
    vault_call("sys/mounts/transit", {"type": "transit"})
    vault_call("transit/keys/guard", {"type": "aes256-gcm96"})
    trip = round_trip("vault://transit/guard")
    message = next(trip)
    vault_call("transit/keys/guard/rotate", {})
    list(trip)
    assert b"vault:v1:" in message
    assert b"vault:v2:" in Envelope("vault://transit/guard").encrypt(b"")
    with pytest.raises(EnvelopeError, match="vault nowhere/encrypt/guard: refused"):
        Envelope("vault://nowhere/guard").encrypt(b"")


def test_key_vault(lookalike: Lookalike) -> None:
    trip = round_trip(f"azure-kv://{lookalike.host}/guard", binds=False)
    next(trip)
    lookalike.rotate_rsa()
    list(trip)


def test_kms_of_google(lookalike: Lookalike) -> None:
    list(round_trip("gcp-kms://projects/p/locations/eu/keyRings/r/cryptoKeys/k"))


def test_the_page_names_what_the_code_does() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for purpose in ("commitment", "message", "stream", "file", "index", "subject"):
        assert f"casemate-envelope/1 {purpose}" in page
