"""Batches: hostile records go to quarantine, the rest to the handler, and the platform hears about the right ones.

Sources: Lambda Developer Guide, "Implementing partial batch responses" of SQS, Kinesis and DynamoDB (an empty or
unknown identifier fails the whole batch; a stream goes on from the lowest failed one; FIFO stops at the first), and
"Data Firehose data transformation" (each record is answered, by its id).
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from casemate_guard.decision import Decision, Reason

    Sink = Callable[["Quarantined"], object]
    """Keeps a hostile record; where it raises, the record counts as failed and comes again."""

_PARTIAL = frozenset({"sqs", "sns-in-sqs", "kinesis", "dynamodb-stream"})
_STREAMS = frozenset({"kinesis", "dynamodb-stream"})
_BY_QUEUE = {"msk": "records", "kafka": "records", "mq-rabbit": "rmqMessagesByQueue"}
_MEMBERS = {"firehose": "records", "mq-active": "messages", "s3-batch": "tasks"}


class RejectedError(Exception):
    """The guard refused an event for which its trigger knows no answer; without detail, since callers may see it."""


class Quarantined:
    """A record that the handler does not get."""

    __slots__ = ("identifier", "reasons", "record", "trigger")

    def __init__(self, trigger: str, record: object, identifier: str | None, reasons: Sequence[Reason]) -> None:
        self.trigger = trigger
        self.record = record
        self.identifier = identifier
        self.reasons = reasons


class Division:
    """What becomes of each record, by its number: `delivered`, `quarantined`, or `failed` (it comes again)."""

    __slots__ = ("delivered", "event", "failed", "quarantined", "records", "trigger")

    def __init__(self, trigger: str, event: object, records: Sequence[object]) -> None:
        self.trigger = trigger
        self.event = event
        self.records = records
        self.delivered: list[int] = []
        self.quarantined: list[int] = []
        self.failed: list[int] = []


def identifier(trigger: str, record: object) -> str | None:
    """What the platform calls the record in a partial response; None where it has no usable name."""
    if not isinstance(record, dict):
        return None
    match trigger:
        case "sqs" | "sns-in-sqs":
            found = record.get("messageId")
        case "kinesis":
            found = _member(record, "kinesis", "sequenceNumber")
        case "dynamodb-stream":
            found = _member(record, "dynamodb", "SequenceNumber")
        case "firehose":
            found = record.get("recordId")
        case _:
            return None
    return found if isinstance(found, str) and found.strip() else None


def _member(record: dict[str, object], outer: str, inner: str) -> object:
    value = record.get(outer)
    return value.get(inner) if isinstance(value, dict) else None


def _group(trigger: str, record: object, number: int) -> object:
    """Records of one group keep their order; each record of an unordered source is a group of its own."""
    if trigger in _STREAMS:
        return "stream"
    if isinstance(record, dict):
        if trigger in {"sqs", "sns-in-sqs"} and str(record.get("eventSourceARN", "")).endswith(".fifo"):
            return ("fifo", repr(_member(record, "attributes", "MessageGroupId")))
        if trigger in {"msk", "kafka"}:
            return ("partition", repr(record.get("topic")), repr(record.get("partition")))
    return number


def divide(
    trigger: str, event: object, records: Sequence[object], decision: Decision, sink: Sink | None = None
) -> Division:
    """Send the refused records to the sink and make the handler's event of the rest.

    Without a sink a refused record counts as failed: the platform redelivers it and in the end moves it to the dead
    letter queue or failure destination of the source, so that nothing is lost. In an ordered source, what follows a
    failed record in its group fails too and is not delivered before it.
    """
    division = Division(trigger, event, records)
    held: set[object] = set()
    for number, record in enumerate(records):
        group = _group(trigger, record, number)
        if group in held:
            division.failed.append(number)
        elif number not in decision.refused:
            division.delivered.append(number)
        elif sink is not None and _kept(trigger, record, number, decision, sink):
            division.quarantined.append(number)
        else:
            division.failed.append(number)
            held.add(group)
    if len(division.delivered) < len(records):
        division.event = _without(trigger, event, frozenset(division.delivered))
    return division


def _kept(trigger: str, record: object, number: int, decision: Decision, sink: Sink) -> bool:
    reasons = [reason for reason in decision.reasons if reason.record in {number, -1}]
    try:
        sink(Quarantined(trigger, record, identifier(trigger, record), reasons))
    except Exception:  # noqa: BLE001 - a sink can never fail the handler; the record comes again
        return False
    return True


def _without(trigger: str, event: object, delivered: frozenset[int]) -> object:
    """A copy of the event with the delivered records only, in their order."""
    if isinstance(event, list):
        return [record for number, record in enumerate(event) if number in delivered]
    if not isinstance(event, dict):
        return event
    member = _BY_QUEUE.get(trigger)
    if member is None:
        member = _MEMBERS.get(trigger, "Records")
        return {**event, member: [one for number, one in enumerate(event[member]) if number in delivered]}
    queues: dict[str, object] = {}
    number = 0
    for queue, records in event[member].items():
        kept = []
        for record in records if isinstance(records, list) else [records]:
            if number in delivered:
                kept.append(record)
            number += 1
        if kept:
            queues[queue] = kept
    return {**event, member: queues}


def response(division: Division, result: object) -> object:
    """The handler's result with what the guard has to add. Raises `RejectedError` where a failure cannot be named."""
    if division.trigger == "firehose":
        return _transformed(division, result)
    if division.trigger not in _PARTIAL:
        if division.failed:
            raise RejectedError("event rejected")
        return result
    names = [identifier(division.trigger, record) for record in division.records]
    failed = set(division.failed) | _failures(division, names, result)
    if not failed:
        return result
    if any(names[number] is None for number in failed):
        raise RejectedError("a failed record has no identifier")  # so that the whole batch comes again
    listed = [{"itemIdentifier": names[number]} for number in sorted(failed)]
    rest = result if isinstance(result, dict) else {}
    return {**rest, "batchItemFailures": listed}


def _failures(division: Division, names: Sequence[str | None], result: object) -> set[int]:
    """The numbers of the records that the handler reports; one it cannot name means all that it was given."""
    reported = result.get("batchItemFailures") if isinstance(result, dict) else None
    if not reported:
        return set()
    numbers: dict[str, list[int]] = {}
    for number in division.delivered:
        name = names[number]
        if name is not None:
            numbers.setdefault(name, []).append(number)
    failed: set[int] = set()
    for one in reported if isinstance(reported, list) else [None]:
        name = one.get("itemIdentifier") if isinstance(one, dict) else None
        if not isinstance(name, str) or name not in numbers:
            return set(division.delivered)
        failed.update(numbers[name])
    return failed


def _transformed(division: Division, result: object) -> object:
    """Every record of Firehose is answered, in order; what the handler left out failed, with its data."""
    if len(division.delivered) == len(division.records):
        return result
    answers: dict[object, object] = {}
    given = result.get("records") if isinstance(result, dict) else None
    for one in given if isinstance(given, list) else []:
        if isinstance(one, dict):
            answers[one.get("recordId")] = one
    delivered, quarantined = set(division.delivered), set(division.quarantined)
    records: list[object] = []
    for number, record in enumerate(division.records):
        name = identifier("firehose", record)
        if name is None:
            raise RejectedError("a record has no identifier")
        if number in delivered and name in answers:
            records.append(answers[name])
        else:
            data = record.get("data") if isinstance(record, dict) else None
            how = "Dropped" if number in quarantined else "ProcessingFailed"
            records.append({"recordId": name, "result": how, "data": data})
    rest = result if isinstance(result, dict) else {}
    return {**rest, "records": records}
