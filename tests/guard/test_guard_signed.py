from __future__ import annotations

import builtins
import json
from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from casemate_guard.secrets import Secret
from casemate_guard.signed import NAME, Key, SignatureError, Signer, Verifier, Window, canonical

SHARED = b"k" * 16 + bytes(range(16))
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
NOW = 1_795_000_000.0


def clock() -> float:
    return NOW


def pair(algorithm: str) -> tuple[Signer, Verifier]:
    private, public = (
        (SHARED, SHARED) if algorithm == "hmac-sha256" else (bytes(range(32)), PRIVATE.public_key().public_bytes_raw())
    )
    signer = Signer(Key("k1", private, algorithm), "orders", issuer="shop", clock=clock)
    return signer, Verifier(Key("k1", public, algorithm), "orders", clock=clock)


def sqs_record(sent: dict[str, object], identity: str = "m-1") -> dict[str, object]:
    """What a function gets of what `SendMessage` was given ("Using Lambda with Amazon SQS")."""
    attributes = sent.get("MessageAttributes") or {}
    assert isinstance(attributes, dict)
    lower = {name: {"stringValue": one["StringValue"], "dataType": one["DataType"]} for name, one in attributes.items()}
    return {"messageId": identity, "body": sent["MessageBody"], "messageAttributes": lower, "eventSource": "aws:sqs"}


def sns_message(sent: dict[str, object], identity: str = "n-1") -> dict[str, object]:
    """What SNS makes of what `Publish` was given."""
    attributes = sent["MessageAttributes"]
    assert isinstance(attributes, dict)
    typed = {name: {"Type": one["DataType"], "Value": one["StringValue"]} for name, one in attributes.items()}
    return {"Type": "Notification", "MessageId": identity, "Message": sent["Message"], "MessageAttributes": typed}


def reason(work: Callable[[], object]) -> str:
    with pytest.raises(SignatureError) as refused:
        work()
    return refused.value.reason


@pytest.mark.parametrize("algorithm", ["hmac-sha256", "ed25519"])
def test_what_was_signed_is_accepted(algorithm: str) -> None:
    signer, verifier = pair(algorithm)
    body = '{"order": 1, "name": "é"}'
    assert verifier.accept(sqs_record(signer.sqs(body))) == body
    assert verifier.accept({"EventSource": "aws:sns", "Sns": sns_message(signer.sns(body))}) == body
    assert verifier.accept(sqs_record({"MessageBody": json.dumps(sns_message(signer.sns(body)))}, "m-2")) == body
    assert verifier.accept(sqs_record({"MessageBody": signer.wrap(body)}, "m-3")) == body
    assert verifier.unwrap(signer.wrap(body), "request-1") == body
    detail = {"order": 1, "price": 1.0, "name": "é"}
    event = {"id": "e-1", "detail-type": "x", "detail": signer.detail(detail)}
    assert verifier.accept(json.loads(json.dumps(event))) == detail
    event["detail"] = signer.detail(detail)
    assert verifier.accept(sqs_record({"MessageBody": json.dumps(event)}, "m-4")) == detail


@pytest.mark.parametrize("algorithm", ["hmac-sha256", "ed25519"])
def test_what_was_changed_is_refused(algorithm: str) -> None:
    signer, verifier = pair(algorithm)
    record = sqs_record(signer.sqs("pay 1"))
    assert reason(lambda: verifier.accept({**record, "body": "pay 9"})) == "signature"
    text = signer.signature(b"x")
    head, _, mac = text.partition(".")
    claims = json.loads(urlsafe_b64decode(head + "=="))
    for name, value in (("aud", "other"), ("exp", 9e9), ("jti", "0"), ("iss", "me"), ("iat", 0)):
        forged = urlsafe_b64encode(json.dumps({**claims, name: value}).encode()).decode().rstrip("=")
        assert reason(lambda forged=forged: verifier.check(b"x", f"{forged}.{mac}", "m")) == "signature"  # type: ignore[misc]
    for wrong in ("", ".", head, f"{head}.", f"{head}.!", f"x.{mac}", text + "A" * 4000, f"{head}.{mac[:-4]}", 5, None):
        assert reason(lambda wrong=wrong: verifier.check(b"x", wrong, "m")) in {"unsigned", "malformed", "signature"}  # type: ignore[misc]


@given(st.text(max_size=60))
def test_no_signature_crashes(text: str) -> None:
    _, verifier = pair("hmac-sha256")
    assert reason(lambda: verifier.check(b"", text, "m")) in {"unsigned", "malformed", "key"}


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"messageId": "m", "body": "plain"},
        {"messageId": "m", "body": "{}", "messageAttributes": {NAME: "text"}},
        {"messageId": "m", "body": '{"detail": 1}'},
        {"id": "e", "detail": {"a": 1}},
        {"id": "e", "detail": {"a": float("nan"), NAME: "x.y"}},
        {"Sns": {"Message": "x", "MessageId": "n"}},
        {"messageId": "m", "body": "[" * 100_000},
    ],
)
def test_what_is_not_signed_is_refused(record: dict[str, object]) -> None:
    _, verifier = pair("hmac-sha256")
    assert reason(lambda: verifier.accept(record)) in {"unsigned", "malformed"}


def test_a_signature_is_for_its_audience_issuer_and_time() -> None:
    now = [NOW]
    key = Key("k1", SHARED)
    signer = Signer(key, "orders", issuer="shop", lifetime=100, clock=lambda: now[0])
    sent = signer.signature(b"x")

    def verdict(audience: str, issuers: tuple[str, ...] = ()) -> object:
        return Verifier(key, audience, issuers=issuers, clock=lambda: now[0]).check(b"x", sent, "m")["iss"]

    assert verdict("orders", ("shop",)) == "shop"
    assert reason(lambda: verdict("invoices")) == "audience"
    assert reason(lambda: verdict("orders", ("crm",))) == "audience"
    now[0] += 150
    assert verdict("orders") == "shop"  # the skew of two clocks
    now[0] += 20
    assert reason(lambda: verdict("orders")) == "expired"
    now[0] = NOW - 100
    assert reason(lambda: verdict("orders")) == "expired"


def test_the_algorithm_is_the_keys() -> None:
    """No verifier takes a public key for a shared one (RFC 8725 section 2.1)."""
    public = PRIVATE.public_key().public_bytes_raw()
    forger = Signer(Key("k1", public, "hmac-sha256"), "orders", clock=clock)
    verifier = Verifier(Key("k1", public, "ed25519"), "orders", clock=clock)
    assert reason(lambda: verifier.check(b"x", forger.signature(b"x"), "m")) == "key"
    other = Signer(Key("k2", SHARED), "orders", clock=clock)
    assert reason(lambda: verifier.check(b"x", other.signature(b"x"), "m")) == "key"


def test_a_second_message_with_the_same_signature_is_a_replay() -> None:
    signer, verifier = pair("hmac-sha256")
    record = sqs_record(signer.sqs("pay"))
    assert verifier.accept(record) == "pay"
    assert verifier.accept(record) == "pay"  # the platform delivers a message again when it was not deleted
    assert reason(lambda: verifier.accept({**record, "messageId": "m-2"})) == "replayed"
    assert reason(lambda: verifier.accept({**record, "messageId": ""})) == "replayed"


def test_the_id_of_a_delivery_is_the_platforms() -> None:
    """A notification that is sent to the queue once more says what its sender wants, also about its id."""
    signer, verifier = pair("hmac-sha256")
    body = json.dumps(sns_message(signer.sns("pay")))
    assert verifier.accept(sqs_record({"MessageBody": body}, "m-1")) == "pay"
    assert reason(lambda: verifier.accept(sqs_record({"MessageBody": body}, "m-2"))) == "replayed"


def test_a_batch_names_what_is_refused() -> None:
    signer, verifier = pair("hmac-sha256")
    good, plain = sqs_record(signer.sqs("a"), "1"), sqs_record({"MessageBody": "b"}, "2")
    batch = {"Records": [good, plain, {**good, "messageId": "3"}, "text"]}
    assert list(verifier.refused(batch)) == [(1, "unsigned"), (2, "replayed"), (3, "unsigned")]
    assert list(verifier.refused({"detail": {}, "id": "e"})) == [(-1, "unsigned")]


def test_the_window_is_bounded_and_closes() -> None:
    window = Window(most=2)
    assert window.first("a", NOW + 10, "1", NOW)
    assert window.first("b", NOW + 10, "2", NOW)
    assert not window.first("c", NOW + 10, "3", NOW)
    assert window.first("a", NOW + 10, "1", NOW)
    assert window.first("c", NOW + 30, "3", NOW + 11)


def test_a_shared_window_knows_what_others_saw() -> None:
    table: dict[str, str] = {}
    windows = [Window(shared=lambda one, _expires, delivery: table.setdefault(one, delivery)) for _ in range(2)]
    assert windows[0].first("a", NOW, "1", NOW)
    assert windows[1].first("a", NOW, "1", NOW)
    assert not windows[1].first("a", NOW, "2", NOW)


def test_a_key_out_of_the_secrets_is_asked_for_again_when_it_was_rotated() -> None:
    value, asked, now = ["old" * 20], [], [NOW]

    def newest(name: str, fresh: bool) -> Secret:  # noqa: FBT001 - the hook's shape
        asked.append((name, fresh))
        return Secret(value[0] if fresh else "old" * 20)

    key = Key("k1", "aws-sm://signing", newest=newest, clock=lambda: now[0])
    verifier = Verifier(key, "orders", clock=clock)
    assert asked == []
    value[0] = "new" * 20
    sent = Signer(Key("k1", "new" * 20), "orders", clock=clock).signature(b"x")
    assert verifier.check(b"x", sent, "m")
    assert asked == [("aws-sm://signing", False), ("aws-sm://signing", True)]
    for _ in range(5):  # forged ones make no storm
        assert reason(lambda: verifier.check(b"y", sent, "m")) == "signature"
    assert [fresh for _, fresh in asked].count(True) == 1
    now[0] += 31
    assert reason(lambda: verifier.check(b"y", sent, "m")) == "signature"
    assert [fresh for _, fresh in asked].count(True) == 2


def test_keys_that_are_none_are_refused_at_once() -> None:
    for value, algorithm in ((b"short", "hmac-sha256"), (bytes(31), "ed25519"), ("x", "ed25519"), (SHARED, "none")):
        with pytest.raises(ValueError, match=r"bytes|algorithm"):
            Key("k", value, algorithm)
    assert Key("k", b64encode(bytes(32)).decode(), "ed25519").name == "k"
    assert SHARED.hex() not in repr(Key("k", SHARED.hex()))


def test_without_cryptography_only_ed25519_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def missing(name: str, *rest: object) -> object:
        if name.startswith("cryptography"):
            raise ImportError(name)
        return real(name, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(ValueError, match="crypto"):
        Key("k", bytes(32), "ed25519")
    assert len(Key("k", SHARED).sign(b"")) == 32


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_canonical_bytes_survive_another_writer(value: object) -> None:
    for again in (json.dumps(value), json.dumps(value, ensure_ascii=False, indent=2)):
        assert canonical(json.loads(again)) == canonical(value)
    assert canonical(json.loads(canonical(value))) == canonical(value)
