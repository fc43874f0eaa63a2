from __future__ import annotations

import pytest

from casemate.inventory.context import Context, World
from casemate.model.entity import Link
from casemate.model.location import Span
from casemate.model.resource import Resource, Stack
from casemate.model.value import Cases, Entry, Fields, Items, Literal, Reference, Text, Unknown, Value

AT = Span("t.yaml", 1, 1, 1, 5)


def fields(**entries: Value) -> Fields:
    return Fields({key: Entry(AT, value) for key, value in entries.items()}, AT)


def ref(target: str, attribute: str | None = None) -> Reference:
    return Reference(target, attribute, AT)


def resource(key: str, type_: str, **properties: Value) -> Resource:
    return Resource(
        type=type_, name=key, key=key, at=AT, body=AT, properties=fields(**properties), dialect="cloudformation"
    )


def stack(path: str, *resources: Resource, **exports: Value) -> Stack:
    named = {one.key: one for one in resources}
    return Stack(name=path, path=path, root="", dialect="cloudformation", resources=named, exports=exports)


QUEUE = resource("Queue", "AWS::SQS::Queue", QueueName=Literal("orders", AT))
TOPIC = resource("Topic", "AWS::SNS::Topic", Subscription=Items([ref("Queue", "Arn"), ref("Queue")], AT))
POLICY = resource("Policy", "AWS::SQS::QueuePolicy", Queues=ref("Queue"))


@pytest.fixture
def context() -> Context:
    mine, other = (
        stack("t.yaml", QUEUE, TOPIC, POLICY),
        stack("o.yaml", resource("Bus", "AWS::Events::EventBus"), bus=ref("Bus", "Arn")),
    )
    world = World((mine, other))
    return Context(mine, world)


@pytest.mark.parametrize(
    ("value", "target"),
    [
        (ref("Queue", "Arn"), "t.yaml#Queue"),
        (ref("Elsewhere"), None),
        (Text([Literal("arn:x:", AT), ref("Elsewhere"), ref("Topic")], AT), "t.yaml#Topic"),
        (Unknown("of another stack", AT, "import", "bus"), "o.yaml#Bus"),
        (Unknown("of another stack", AT, "import", "nothing"), None),
        (Unknown("no default", AT, "parameter", "bus"), None),
        (Literal("orders", AT), "t.yaml#Queue"),
        (Literal("arn:aws:sqs:eu-west-1:123456789012:orders", AT), "t.yaml#Queue"),
        (Literal("https://sqs.eu-west-1.amazonaws.com/123456789012/orders", AT), "t.yaml#Queue"),
        (Literal("other", AT), None),
    ],
)
def test_a_link_finds_what_the_value_names(context: Context, value: Value, target: str | None) -> None:
    link = context.link(value)
    assert link is not None
    assert link.target == target


def test_nothing_is_no_link(context: Context) -> None:
    assert context.link(None) is None
    assert context.link(Literal(None, AT)) is None
    assert context.link(Cases([("if A", Literal(None, AT))], AT)) is None


def test_of_several_cases_the_first_link_counts(context: Context) -> None:
    assert context.link(Cases([("if A", Literal(None, AT)), ("else of A", ref("Topic"))], AT)) == Link(
        "${Topic}", AT, "t.yaml#Topic"
    )


def test_referrers_are_told_once_and_by_type(context: Context) -> None:
    assert [one.key for one in context.referrers("Queue")] == ["Topic", "Policy"]
    assert [one.key for one in context.referrers("Queue", "AWS::SQS::QueuePolicy")] == ["Policy"]
    assert not list(context.referrers("Topic"))


def test_resources_by_type_and_by_value(context: Context) -> None:
    assert list(context.of_type("AWS::SNS::Topic", "AWS::SQS::Queue")) == [TOPIC, QUEUE]
    assert context.resource(ref("Queue")) is QUEUE
    assert context.resource(ref("Elsewhere")) is None
    assert context.resource(None) is None


def test_terms_are_known_when_every_part_is(context: Context) -> None:
    term = context.term(Text([ref("Queue", "Arn"), Literal("/*", AT)], AT))
    assert (term.text, term.targets, term.known) == ("${Queue.Arn}/*", ("t.yaml#Queue",), True)
    assert not context.term(Unknown("no default", AT)).known
    assert not context.term(fields()).known
    assert context.term(Literal("*", AT)).is_star


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("arn:aws:s3:::shop-files/*", "mine.yaml#Files"),
        ("arn:aws:s3:::shop-files", "mine.yaml#Files"),
        ("arn:${AWS::Partition}:s3:::shop-files/in/*", "mine.yaml#Files"),
        ("arn:aws:dynamodb:${AWS::Region}:*:table/orders/index/*", "mine.yaml#Orders"),
        ("arn:aws:s3:::shop-files-*/*", None),
        ("arn:aws:s3:::other/*", None),
        ("arn:aws:sqs:eu-west-1:123456789012:orders", None),  # a table of that name, no queue
        ("arn:aws:s3:::*", None),
        ("arn:aws:s3", None),
        ("shop-files", None),
    ],
)
def test_a_written_out_arn_means_the_resource_of_that_name(text: str, target: str | None) -> None:
    mine = stack(
        "mine.yaml",
        resource("Files", "AWS::S3::Bucket", BucketName=Literal("shop-files", AT)),
        resource("Orders", "AWS::DynamoDB::Table", TableName=Literal("orders", AT)),
    )
    term = Context(mine, World((mine,))).term(Literal(text, AT))
    assert (term.text, term.targets) == (text, (target,) if target else ())
