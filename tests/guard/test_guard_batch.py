from __future__ import annotations

import asyncio
import json
import random

import pytest
from tests.guard.guard_events import MARK, b64

from casemate_guard import guard
from casemate_guard.batch import Quarantined, RejectedError
from casemate_guard.decision import Hit
from casemate_guard.events.leaves import Leaf
from casemate_guard.limits import SizeLimitError


def hostile(leaves: list[Leaf]) -> list[Hit]:
    return [Hit(leaf, "script") for leaf in leaves if MARK in (leaf.value, *leaf.views.values())]


def message(trigger: str, name: str, text: str, group: str | None) -> dict[str, object]:
    body = json.dumps({"text": text})
    match trigger:
        case "kinesis":
            return {"eventSource": "aws:kinesis", "kinesis": {"data": b64(body), "sequenceNumber": name}}
        case "dynamodb":
            image = {"text": {"S": text}}
            return {"eventSource": "aws:dynamodb", "dynamodb": {"SequenceNumber": name, "NewImage": image}}
        case "firehose":
            return {"recordId": name, "data": b64(body)}
    queue = "q.fifo" if group else "q"
    attributes = {"MessageGroupId": group} if group else {}
    return {
        "eventSource": "aws:sqs",
        "messageId": name,
        "body": body,
        "attributes": attributes,
        "eventSourceARN": f"arn:aws:sqs:r:1:{queue}",
    }


def name_of(record: dict[str, dict[str, str]]) -> str:
    found = record.get("messageId") or record.get("recordId")
    return str(found or record.get("kinesis", {}).get("sequenceNumber") or record["dynamodb"]["SequenceNumber"])


@pytest.mark.parametrize("trigger", ["sqs", "fifo", "kinesis", "dynamodb", "firehose"])
@pytest.mark.parametrize("sink", ["none", "good", "bad"])
def test_a_thousand_mixed_batches(trigger: str, sink: str) -> None:
    """Nothing is lost, nothing hostile is delivered, order is kept. Fifteen times 70 batches."""
    chance = random.Random(f"{trigger} {sink}")  # noqa: S311 - a reproducible mixture, no secret
    for _ in range(70):
        records, bad, groups = [], set(), {}
        for number in range(chance.randint(1, 12)):
            group = chance.choice("abc") if trigger == "fifo" else None
            is_bad = chance.random() < 0.3
            records.append(message(trigger, f"n{number}", MARK if is_bad else "fine", group))
            groups[f"n{number}"] = (
                group if trigger == "fifo" else "all" if trigger in {"kinesis", "dynamodb"} else f"n{number}"
            )
            if is_bad:
                bad.add(f"n{number}")
        event = {"deliveryStreamArn": "a", "records": records} if trigger == "firehose" else {"Records": records}
        before = json.dumps(event)
        delivered: list[str] = []
        kept: list[str | None] = []

        def keep(one: Quarantined, kept: list[str | None] = kept) -> None:
            if sink == "bad":
                raise OSError("no sink")
            kept.append(one.identifier)

        def handler(
            event: dict[str, list[dict[str, dict[str, str]]]], _context: object, delivered: list[str] = delivered
        ) -> object:
            given = event["records" if trigger == "firehose" else "Records"]
            delivered += [name_of(record) for record in given]
            if trigger == "firehose":
                return {
                    "records": [{"recordId": each["recordId"], "result": "Ok", "data": each["data"]} for each in given]
                }
            return None

        result = guard(inspect=hostile, sink=None if sink == "none" else keep)(handler)(event, None)
        assert json.dumps(event) == before
        names = [f"n{number}" for number in range(len(records))]
        if trigger == "firehose":
            answers = {one["recordId"]: one["result"] for one in result["records"]} if isinstance(result, dict) else {}
            assert list(answers) == names
            failed = [name for name in names if answers[name] == "ProcessingFailed"]
        else:
            failed = [one["itemIdentifier"] for one in result["batchItemFailures"]] if isinstance(result, dict) else []
        assert sorted([*delivered, *[str(one) for one in kept], *failed]) == sorted(names)
        assert not bad & set(delivered)
        assert delivered == [name for name in names if name in delivered]
        assert "" not in failed
        for name in failed:  # nothing of its group behind it was handed out
            later = names[names.index(name) + 1 :]
            assert not [each for each in later if groups[each] == groups[name] and each in delivered]


def batch(*texts: str, names: tuple[str, ...] = ()) -> dict[str, object]:
    return {
        "Records": [
            message("sqs", names[place] if names else f"n{place}", text, None) for place, text in enumerate(texts)
        ]
    }


@pytest.mark.parametrize(
    ("reported", "failed"),
    [
        ([{"itemIdentifier": "n1"}], ["n1"]),
        ([{"itemIdentifier": ""}], ["n0", "n1", "n2"]),
        ([{"itemIdentifier": "stranger"}], ["n0", "n1", "n2"]),
        ([{}], ["n0", "n1", "n2"]),
        ([{"itemIdentifier": "n2"}, {"itemIdentifier": "n0"}, {"itemIdentifier": "n0"}], ["n0", "n2"]),
    ],
)
def test_failures_of_the_handler_are_named_and_never_empty(reported: list[object], failed: list[str]) -> None:
    result = guard()(lambda _event, _context: {"batchItemFailures": reported})(batch("a", "b", "c"), None)
    assert result == {"batchItemFailures": [{"itemIdentifier": name} for name in failed]}


def test_a_failed_record_without_a_name_fails_the_batch() -> None:
    with pytest.raises(RejectedError):
        guard(inspect=hostile)(lambda _event, _context: None)(batch("a", MARK, names=("n0", "")), None)


def test_observe_delivers_everything_and_tells() -> None:
    told: list[str] = []
    seen: list[object] = []
    protect = guard(mode="observe", inspect=hostile, tell=lambda _found, decision: told.append(decision.verdict))
    assert protect(lambda event, _context: seen.append(event))(batch("a", MARK), None) is None
    assert told == ["quarantine"]
    assert seen == [batch("a", MARK)]


def test_off_is_the_handler_itself() -> None:
    def handler(event: object, _context: object) -> object:
        return event

    assert guard(mode="off")(handler) is handler


def http(text: str) -> dict[str, object]:
    return {"httpMethod": "GET", "path": "/", "headers": {}, "queryStringParameters": {"q": text}}


def test_a_caller_over_http_gets_a_plain_answer() -> None:
    protected = guard(inspect=hostile)(lambda _event, _context: {"statusCode": 200})
    assert protected(http("fine"), None) == {"statusCode": 200}
    refused = protected(http(MARK), None)
    assert isinstance(refused, dict)
    assert (refused["statusCode"], refused["body"]) == (403, "Forbidden")
    malformed = protected(http("[" * 90 + "]" * 90), None)
    assert isinstance(malformed, dict)
    assert (malformed["statusCode"], malformed["body"]) == (400, "Bad Request")


def test_an_engine_that_fails_refuses() -> None:
    def broken(_leaves: object) -> list[Hit]:
        raise MemoryError

    refused = guard(inspect=broken)(lambda _event, _context: {"statusCode": 200})(http("fine"), None)
    assert isinstance(refused, dict)
    assert refused["statusCode"] == 403


def test_other_triggers_raise_without_detail() -> None:
    with pytest.raises(RejectedError, match=r"^event rejected$"):
        guard(inspect=hostile)(lambda _event, _context: 1)({"a": MARK}, None)


def test_a_coroutine_stays_one() -> None:
    @guard(inspect=hostile)
    async def handler(event: dict[str, list[object]], _context: object) -> object:
        await asyncio.sleep(0)
        return {"batchItemFailures": [], "seen": len(event["Records"])}

    kept: list[object] = []
    assert asyncio.run(handler(batch("a"), None)) == {"batchItemFailures": [], "seen": 1}  # type: ignore[arg-type]
    assert not kept


def test_a_response_beyond_its_budget_is_an_error() -> None:
    with pytest.raises(SizeLimitError):
        guard(largest_response=10)(lambda _event, _context: {"body": "x" * 20})(http("a"), None)
