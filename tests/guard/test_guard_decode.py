from __future__ import annotations

import base64
import gzip
import json
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.guard.guard_events import EVENTS, MARK, PERCENT, b64

from casemate_guard.events.budgets import Budgets
from casemate_guard.events.decode import Decoded, decode
from casemate_guard.events.recognise import recognise


def texts(found: Decoded) -> list[str]:
    return [text for leaf in found.leaves for text in (leaf.value, *leaf.views.values()) if isinstance(text, str)]


def request(body: str, content_type: str, *, encoded: bool = False, **headers: str) -> dict[str, object]:
    return {
        "httpMethod": "POST",
        "path": "/",
        "headers": {"Content-Type": content_type, **headers},
        "body": body,
        "isBase64Encoded": encoded,
    }


@pytest.mark.parametrize("trigger", EVENTS)
def test_every_trigger_is_recognised(trigger: str) -> None:
    assert recognise(EVENTS[trigger]) == trigger


@pytest.mark.parametrize("trigger", EVENTS)
def test_what_a_sender_wrote_is_a_leaf_in_the_clear(trigger: str) -> None:
    found = decode(EVENTS[trigger])
    assert any(MARK in text for text in texts(found))
    assert not found.excesses


@pytest.mark.parametrize(
    ("trigger", "path", "kind"),
    [
        ("http-v2", "rawQueryString.q", "query"),
        ("function-url", "body#base64#json.a.b", "body"),
        ("s3", "Records[0].s3.object.key", "key"),
        ("sqs", "Records[0].body#json.inner#json.deep", "message"),
        ("sns-in-sqs", "Records[0].body#json.Message#json.a", "message"),
        ("dynamodb-stream", "Records[0].dynamodb.NewImage.m.l[0]#base64", "attribute"),
        ("firehose", "records[0].data#base64#gzip#json.a", "message"),
        ("kafka", "records.t-0[0].headers[0].h#bytes", "header"),
        ("eventbridge", "detail.text", "payload"),
        ("authorizer-token", "authorizationToken", "header"),
    ],
)
def test_a_leaf_says_where_it_stood_and_what_it_is(trigger: str, path: str, kind: str) -> None:
    (leaf,) = [leaf for leaf in decode(EVENTS[trigger]).leaves if MARK in f"{leaf.value} {leaf.views}"]
    assert (leaf.path, leaf.kind) == (path, kind)


def test_platform_members_are_told_from_senders() -> None:
    kinds = {leaf.path: leaf.kind for leaf in decode(EVENTS["s3"]).leaves}
    assert kinds["Records[0].s3.bucket.name"] == "platform"
    assert kinds["Records[0].eventName"] == "platform"


@pytest.mark.parametrize(
    "event",
    [
        request(f"a=1&q={PERCENT}", "application/x-www-form-urlencoded"),
        request(
            b64(gzip.compress(json.dumps([MARK]).encode())),
            "application/json",
            encoded=True,
            **{"Content-Encoding": "gzip"},
        ),
        request(b64(zlib.compress(MARK.encode())), "text/plain", encoded=True, **{"Content-Encoding": "deflate"}),
        request(b64(json.dumps({"a": MARK}).encode("utf-16")), "application/json", encoded=True),
        request(b64(MARK.encode("utf-16-le")), "text/plain; charset=utf-16le", encoded=True),
        request(
            f'--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n{MARK}\r\n--B--\r\n',
            "multipart/form-data; boundary=B",
        ),
        request(
            f'--B\r\nContent-Disposition: form-data; name="f"; filename="{MARK}"\r\n\r\nx\r\n--B--',
            'multipart/form-data; boundary="B"',
        ),
        request(
            f"--B\r\nContent-Transfer-Encoding: base64\r\n\r\n{b64(MARK)}\r\n--B--\r\n", "multipart/mixed; boundary=B"
        ),
        request(json.dumps({"a": 1}) + "\n" + json.dumps({"b": MARK}) + "\n", "application/x-ndjson"),
        request(json.dumps(json.dumps(json.dumps({"a": MARK}))), "application/json"),
        request(json.dumps({"a": b64(json.dumps({"b": MARK}))}), "application/json"),
        request(json.dumps({MARK: 1}), "application/json"),
        request(json.dumps({"a": PERCENT.replace("%", "%25")}), "application/json"),
        request('{"a": "x", "a": "' + MARK + '", "a": "y"}', "application/json"),
        request("%u003cscript%u003ealert(1)%u003c/script%u003e", "text/plain"),
        {"httpMethod": "GET", "path": "/", "headers": {"Cookie": f"a=b; c={MARK}"}},
    ],
)
def test_encodings_of_a_body_are_undone(event: object) -> None:
    assert MARK in texts(decode(event))


def test_a_key_that_stands_twice_is_noted_and_both_values_are_leaves() -> None:
    found = decode(request('{"a": 1, "a": 2}', "application/json"))
    assert [leaf.value for leaf in found.leaves if leaf.path == "body#json.a" and leaf.kind == "body"] == [1, 2]
    assert [note.note for note in found.notes] == ["duplicate-key"]


@pytest.mark.parametrize(
    ("event", "budget"),
    [
        ({"a": "[" * 1_000_000}, "depth"),  # whether it is JSON cannot be told without following it
        ({"a": "[" * 60}, None),  # no JSON: one leaf
        ({"a": "[" * 60 + "]" * 60}, None),
        ({"a": "[" * 90 + "]" * 90}, "depth"),
        ({"a": "[" * 100_000 + "]" * 100_000}, "depth"),
        ({"a": list(range(30_000))}, "leaves"),
        ({str(number): 1 for number in range(20_001)}, "keys"),
        ({"a": "x" * (17 << 20)}, "size"),
        (request(b64(gzip.compress(b"a" * (40 << 20))), "text/plain", encoded=True), "growth"),
    ],
)
def test_beyond_a_budget_it_is_said(event: object, budget: str | None) -> None:
    found = decode(event)
    assert [excess.budget for excess in found.excesses] == ([] if budget is None else [budget])


def test_layers_are_bounded() -> None:
    text = "x"
    for _ in range(8):
        text = json.dumps([text])
    assert [excess.budget for excess in decode({"a": text}).excesses] == ["layers"]


def test_time_is_bounded() -> None:
    ticks = iter(range(1_000_000))
    found = decode({"a": ["x"] * 10_000}, Budgets(seconds=20), clock=lambda: float(next(ticks)))
    assert [excess.budget for excess in found.excesses] == ["time"]


def test_an_excess_of_one_record_leaves_the_others() -> None:
    records = [
        {"eventSource": "aws:sqs", "messageId": str(number), "body": "[" * 90 + "]" * 90 if number == 1 else MARK}
        for number in range(3)
    ]
    found = decode({"Records": records})
    assert [(excess.budget, excess.record) for excess in found.excesses] == [("depth", 1)]
    assert [leaf.record for leaf in found.leaves if leaf.value == MARK] == [0, 2]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(JSON)
def test_no_value_makes_the_decoder_fail(event: object) -> None:
    found = decode(event)
    assert isinstance(found.trigger, str)


@st.composite
def damaged(draw: st.DrawFn) -> object:
    """An event of a known trigger in which one member is replaced by anything."""
    event = json.loads(json.dumps(EVENTS[draw(st.sampled_from(sorted(EVENTS)))]))
    inner = event
    for _ in range(draw(st.integers(0, 5))):
        keys = list(inner) if isinstance(inner, dict) else list(range(len(inner))) if isinstance(inner, list) else []
        if not keys:
            break
        key = draw(st.sampled_from(keys))
        if not isinstance(inner[key], dict | list) or draw(st.booleans()):
            inner[key] = draw(JSON | st.binary(max_size=40).map(lambda data: base64.b64encode(data).decode()))
            break
        inner = inner[key]
    return event


@settings(max_examples=300, deadline=None)
@given(damaged())
def test_no_damaged_event_makes_the_decoder_fail(event: object) -> None:
    decode(event)


@settings(max_examples=200, deadline=None)
@given(
    st.text(max_size=200),
    st.sampled_from(["application/json", "multipart/form-data; boundary=B", "application/x-www-form-urlencoded", ""]),
)
def test_no_body_makes_the_decoder_fail(body: str, content_type: str) -> None:
    decode(request(body, content_type))
    decode(request(b64(body.encode("utf-8", "replace")), content_type, encoded=True))
