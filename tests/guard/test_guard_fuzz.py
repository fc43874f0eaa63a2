"""Small seeds of the fuzzer, and a thousand mixed batches of every source that can answer in part."""

from __future__ import annotations

import json
import random
from pathlib import Path
from runpy import run_path

import pytest
from tests.guard.guard_events import MARK, b64

from casemate_guard.batch import Quarantined, RejectedError
from casemate_guard.decision import Hit
from casemate_guard.events.decode import decode
from casemate_guard.events.leaves import Leaf
from casemate_guard.handler import Guard
from casemate_guard.policy import SCHEMA, policy_from

FUZZER = Path(__file__).parents[1] / "fuzz" / "guard_events.py"


@pytest.mark.parametrize("seed", range(4))
def test_seeds_of_the_fuzzer(seed: int) -> None:
    assert run_path(str(FUZZER))["main"](400, seed) == 0


WAYS = ("mark", "control", "twice", "schema", "deep", "hops", "gzip")
"""Ways in which a record is hostile or malformed; each is refused by another check."""


def text_of(way: str | None) -> str:
    match way:
        case "mark":
            return json.dumps({"text": MARK})
        case "control":
            return json.dumps({"text": "a\x00b"})
        case "twice":
            return '{"text": "a", "text": "b"}'
        case "schema":
            return json.dumps({"other": 1})
        case "deep":
            return json.dumps({"text": "fine"})[:-1] + ', "x": ' + "[" * 90 + "]" * 90 + "}"
        case "gzip":
            import gzip

            return gzip.compress(b"x" * 3_000_000).decode("latin-1")
    return json.dumps({"text": "fine"})


def record(source: str, name: str, way: str | None, group: str) -> dict[str, object]:
    text = text_of(way)
    data = b64(text.encode("latin-1"))
    if source == "kinesis":
        return {"eventSource": "aws:kinesis", "kinesis": {"data": data, "sequenceNumber": name}}
    if source == "firehose":
        return {"recordId": name, "data": data}
    if source == "dynamodb-stream":
        image = {"text": {"S": json.loads(text)["text"] if way is None or way == "mark" else "a\x00b"}}
        return {"eventSource": "aws:dynamodb", "dynamodb": {"SequenceNumber": name, "NewImage": image}}
    if source == "sns-in-sqs":
        text = json.dumps({"Type": "Notification", "TopicArn": "t", "Message": text})
    found: dict[str, object] = {"messageId": name, "eventSource": "aws:sqs", "body": text}
    if source == "fifo":
        found["eventSourceARN"] = "arn:aws:sqs:r:1:q.fifo"
        found["attributes"] = {"MessageGroupId": group}
    if way == "hops":
        found["messageAttributes"] = {"casemate-hops": {"stringValue": "99", "dataType": "Number"}}
    return found


def ways(source: str) -> tuple[str, ...]:
    if source == "dynamodb-stream":
        return ("mark", "control")
    kept = [way for way in WAYS if way != "gzip" or source in {"kinesis", "firehose"}]
    return tuple(way for way in kept if way != "hops" or source not in {"kinesis", "firehose"})


POLICY = policy_from(
    {
        "schema": SCHEMA,
        "waf": None,
        "redaction": None,
        "budgets": {"hops": 16, "growth": 100},
        "sinks": {"events": []},
        "triggers": {
            **{name: {"body": {"required": ["text"]}} for name in ("sqs", "sns-in-sqs", "kinesis", "firehose")},
            "dynamodb-stream": {},
        },
    }
)


def hostile(leaves: list[Leaf]) -> list[Hit]:
    return [Hit(leaf, "mark") for leaf in leaves if MARK in (leaf.value, *leaf.views.values())]


def name_of(one: dict[str, dict[str, str]]) -> str:
    found = one.get("messageId") or one.get("recordId") or one.get("kinesis", {}).get("sequenceNumber")
    return str(found or one["dynamodb"]["SequenceNumber"])


@pytest.mark.parametrize("source", ["sqs", "fifo", "sns-in-sqs", "kinesis", "dynamodb-stream", "firehose"])
def test_a_thousand_mixed_batches_by_policy(source: str) -> None:
    """Six times 170. Nothing is lost, nothing hostile is delivered, order is kept, whatever the sink and the handler do."""
    for number in range(170):
        chance = random.Random(f"{source} {number}")  # noqa: S311 - a reproducible mixture, no secret
        names = [f"n{place}" for place in range(chance.randint(1, 10))]
        groups = {name: chance.choice("ab") for name in names}
        bad = {name: chance.choice(ways(source)) for name in names if chance.random() < 0.35}
        kept: list[str] = []
        delivered: list[str] = []
        sink = chance.choice(("none", "good", "flaky"))
        fails = {name for name in names if chance.random() < 0.15}

        def keep(one: Quarantined, chance: random.Random = chance, sink: str = sink, kept: list[str] = kept) -> None:
            if sink == "flaky" and chance.random() < 0.5:
                raise OSError("no sink")
            kept.append(str(one.identifier))

        def handler(event: dict[str, list[dict[str, dict[str, str]]]], _context: object) -> object:
            given = event["records" if source == "firehose" else "Records"]
            delivered.extend(name_of(one) for one in given)  # noqa: B023 - called before the next round
            if source == "firehose":
                return {"records": [{"recordId": name_of(one), "result": "Ok", "data": one["data"]} for one in given]}
            return {"batchItemFailures": [{"itemIdentifier": name_of(one)} for one in given if name_of(one) in fails]}  # noqa: B023

        records = [record(source, name, bad.get(name), groups[name]) for name in names]
        event = {"deliveryStreamArn": "a", "records": records} if source == "firehose" else {"Records": records}
        before = json.dumps(event)
        guard = Guard(policy=POLICY, inspect=hostile, sink=None if sink == "none" else keep)  # type: ignore[arg-type]
        result = guard.protect(handler)(event, None)
        assert json.dumps(event) == before
        assert isinstance(result, dict) or not delivered
        if source == "firehose":
            answers = {one["recordId"]: one["result"] for one in result["records"]}  # type: ignore[index]
            assert list(answers) == names
            failed = [name for name in names if answers[name] == "ProcessingFailed"]
        else:
            listed = result.get("batchItemFailures", []) if isinstance(result, dict) else []
            failed = [one["itemIdentifier"] for one in listed]
        assert not set(bad) & set(delivered)
        assert delivered == [name for name in names if name in set(delivered)]
        done = set(delivered) - set(failed)
        assert done | set(kept) | set(failed) == set(names)  # nothing is lost
        assert not done & set(kept)
        if source != "firehose":
            assert fails & set(delivered) <= set(failed)
        for name in set(failed) - set(delivered):  # what the guard held back: nothing of its group behind it was given
            same = [
                other
                for other in names[names.index(name) + 1 :]
                if source in {"kinesis", "dynamodb-stream"} or (source == "fifo" and groups[other] == groups[name])
            ]
            assert not set(same) & set(delivered)


def test_a_batch_whose_failures_have_no_name_comes_again_whole() -> None:
    event = {"Records": [record("sqs", "n0", None, "a"), {**record("sqs", "", "mark", "a")}]}
    guard = Guard(policy=POLICY, inspect=hostile)  # type: ignore[arg-type]
    with pytest.raises(RejectedError):
        guard.protect(lambda _event, _context: None)(event, None)


@pytest.mark.parametrize("text", ["{}" * 100_000, "{}\n" * 100_000 + "x", "[]," * 100_000])
def test_many_small_values_in_a_small_text_are_beyond_a_budget(text: str) -> None:
    """Each costs the parser something and gives no leaf: what is counted is the values."""
    found = decode({"httpMethod": "POST", "path": "/", "body": text})
    assert [one.budget for one in found.excesses] == ["keys"]
