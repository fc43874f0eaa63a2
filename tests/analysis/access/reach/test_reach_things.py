"""Things found by pattern: the index against looking at every one."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analysis.access_roles import Json, role, system_of

from casemate.analysis.access.proving.languages import Token, Wild, contains, continued, empty, meet, of_tokens, witness
from casemate.analysis.access.reach.rights import Rights
from casemate.analysis.access.reach.things import touches
from casemate.model.store import Store

TOKENS = st.lists(st.sampled_from(["a", "b", ":", "A", *Token]), max_size=7)
PATTERNS = st.builds(lambda tokens, fold: of_tokens(tuple(tokens), fold), TOKENS, st.booleans())


@settings(max_examples=300, deadline=None)
@given(PATTERNS, PATTERNS)
def test_two_patterns_meet_where_a_search_finds_a_text(one: Wild, other: Wild) -> None:
    found = witness([[one], [other]])
    assert meet(one, other) == (found is not None)
    if found is not None:
        assert one.matches(found)
        assert other.matches(found)


@settings(max_examples=300, deadline=None)
@given(PATTERNS, PATTERNS)
def test_what_is_contained_leaves_nothing_over(whole: Wild, part: Wild) -> None:
    if contains(whole, part):
        assert witness([[part]], [whole]) is None


@settings(max_examples=300, deadline=None)
@given(TOKENS, st.text("ab:A", max_size=4))
def test_what_continues_a_text_is_all_that_begins_with_it(tokens: list[str | Token], base: str) -> None:
    pattern = of_tokens(tuple(tokens))
    whole = of_tokens((*base, Token.MANY))
    found = continued(pattern, base)
    assert all(empty([[one]], [pattern]) for one in found)
    assert empty([[pattern], [whole]], found)


def test_the_index_finds_what_looking_at_every_thing_finds() -> None:
    resources: dict[str, Json] = {"R": role()}
    for number, name in enumerate(("orders", "orders-old", "o", "app/orders", "")):
        properties = {"TableName": name} if name else {}
        resources[f"T{number}"] = {"Type": "AWS::DynamoDB::Table", "Properties": properties}
        resources[f"B{number}"] = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name} if name else {}}
    rights = Rights(system_of(resources))
    patterns = [
        "*", "arn:*", "arn:aws:s3:::orders", "arn:aws:s3:::orders/*", "arn:aws:s3:::orders/in/x*", "arn:aws:s3:::o*", "arn:aws:s3:::?",
        "arn:aws:dynamodb:*:*:table/orders", "arn:aws:dynamodb:*:*:table/orders/index/*", "arn:aws:dynamodb:us-east-1:111122223333:table/ord*",
        "arn:aws:dynamodb:*", "arn:aws:dynamodb:us-east-1:111122223333:table/<T4>", "arn:aws:sqs:*:*:*", "*orders*",
    ]  # fmt: skip
    for key in ((Store, None), (Store, "bucket"), (Store, "table")):
        shelf = rights._shelves[key]  # noqa: SLF001 - the index itself
        for pattern in patterns:
            every = tuple(number for number, thing in enumerate(shelf.things) if touches(pattern, thing))
            assert shelf.touched(pattern) == every, pattern
