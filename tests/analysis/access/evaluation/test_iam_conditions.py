"""Condition operators (IAM User Guide, "Condition operators", "Set operators for multivalued context keys")."""

from __future__ import annotations

import pytest
from tests.analysis.access.evaluation.naive_iam import Json

from casemate.analysis.access.evaluation.cases import case_from_json
from casemate.analysis.access.evaluation.conditions import instant
from casemate.analysis.access.evaluation.evaluate import decide

SNS = "arn:aws:sns:eu-west-1:111122223333"


def holds(operator: str, wanted: Json, *given: Json, key: str = "x:k") -> bool:
    """Whether the condition holds; without `given` the key is missing."""
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {operator: {key: wanted}}}
    request = {
        "principal": "arn:aws:iam::111122223333:user/ann", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k",
        "context": {"X:K": given[0]} if given else {},
    }  # fmt: skip
    case = {"request": request, "policies": {"identity": [{"Version": "2012-10-17", "Statement": statement}]}}
    return decide(*case_from_json(case)).answer == "allowed"


@pytest.mark.parametrize(
    ("operator", "wanted", "given", "expected"),
    [
        ("StringEquals", "a", "a", True), ("StringEquals", ["b", "a"], "a", True), ("StringEquals", "A", "a", False),
        ("StringEquals", "a*", "abc", False), ("StringEquals", "${aws:username}", "ann", True), ("StringEquals", "${*}", "*", True),
        ("StringNotEquals", ["b", "a"], "a", False), ("StringNotEquals", ["b", "c"], "a", True), ("stringequals", "a", "a", True),
        ("StringEqualsIgnoreCase", "EU", "eu", True), ("StringNotEqualsIgnoreCase", "EU", "eu", False),
        ("StringLike", "a*c?", "abbcd", True), ("StringLike", "a*", "ba", False), ("StringLike", "a${*}", "ab", False),
        ("StringNotLike", ["x*", "a*"], "abc", False), ("StringNotLike", "x*", "abc", True),
        ("StringEquals", "${x:none}", "a", False), ("StringNotEquals", "${x:none}", "a", False), ("StringNotEquals", "${x:none, 'b'}", "a", True),
        ("NumericEquals", 10, "10.0", True), ("NumericEquals", "1e1", 10, True), ("NumericNotEquals", 10, 11, True), ("NumericLessThan", 10, 10, False),
        ("NumericLessThanEquals", 10, 10, True), ("NumericGreaterThan", [20, 5], 10, True), ("NumericGreaterThanEquals", 10, "ten", False),
        ("DateEquals", "2026-01-01T00:00:00Z", 1767225600, True), ("DateEquals", "1767225600", "2026-01-01T01:00:00+01:00", True),
        ("DateNotEquals", "2026-01-01", "2026-01-02", True), ("DateLessThan", "2026-01-01T00:00:00Z", "2025-12-31T23:59:59.5Z", True),
        ("DateLessThanEquals", "2026-01-01", "2026-01-01T00:00:00Z", True), ("DateGreaterThan", "2026-01-01", "20260101T000001Z", True),
        ("DateGreaterThanEquals", "2026", "soon", False), ("Bool", "true", True, True), ("Bool", "TRUE", "true", True), ("Bool", "false", "true", False),
        ("Bool", "yes", "yes", False), ("BinaryEquals", "YQ==", "YQ==", True), ("BinaryEquals", "YQ==", "Yg==", False),
        ("IpAddress", "203.0.113.0/24", "203.0.113.9", True), ("IpAddress", "203.0.113.9", "203.0.113.9", True),
        ("IpAddress", ["10.0.0.0/8", "2001:DB8::/32"], "2001:db8::7", True), ("IpAddress", "10.0.0.0/8", "::ffff:10.1.2.3", True),
        ("IpAddress", "10.0.0.0/8", "nonsense", False), ("NotIpAddress", ["10.0.0.0/8", "11.0.0.0/8"], "12.0.0.1", True),
        ("NotIpAddress", "10.0.0.0/8", "10.0.0.1", False),
        ("ArnLike", "arn:aws:sns:*:111122223333:t*", f"{SNS}:topic", True), ("ArnEquals", "arn:aws:sns:*:*:*", f"{SNS}:a:b", True),
        ("ArnLike", "arn:aws:sns:*:topic", f"{SNS}:topic", False), ("StringLike", "arn:aws:sns:*:topic", f"{SNS}:topic", True),
        ("ArnLike", "arn:aws:s:*:1:f/*", "arn:aws:s:eu:2:store/abc:1:f/d", False), ("ArnNotLike", f"{SNS}:*", f"{SNS}:topic", False),
        ("ArnNotEquals", f"{SNS}:other", f"{SNS}:topic", True), ("ArnLike", "*", f"{SNS}:topic", True),
        ("Null", "true", "a", False), ("Null", "false", "a", True), ("Null", True, [], True),
    ],
)  # fmt: skip
def test_operators(operator: str, wanted: Json, given: Json, expected: bool) -> None:  # noqa: FBT001
    assert holds(operator, wanted, given) is expected


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        ("StringEquals", False), ("StringNotEquals", True), ("StringLike", False), ("StringNotLike", True), ("NumericLessThan", False),
        ("NumericNotEquals", True), ("DateGreaterThan", False), ("Bool", False), ("IpAddress", False), ("NotIpAddress", True),
        ("ArnLike", False), ("ArnNotLike", True), ("StringEqualsIfExists", True), ("BoolIfExists", True), ("NotIpAddressIfExists", True),
        ("ForAllValues:StringEquals", True), ("ForAnyValue:StringEquals", False), ("ForAnyValue:StringNotEquals", False),
        ("ForAnyValue:StringEqualsIfExists", False), ("Null", False),
    ],
)  # fmt: skip
def test_a_missing_key(operator: str, expected: bool) -> None:  # noqa: FBT001
    assert holds(operator, "false") is expected


@pytest.mark.parametrize(
    ("operator", "wanted", "given", "expected"),
    [
        ("ForAllValues:StringEquals", ["a", "b"], ["a", "b"], True), ("ForAllValues:StringEquals", ["a", "b"], ["a", "c"], False),
        ("ForAllValues:StringEquals", "a", [], True), ("ForAllValues:StringEquals", "a", "", True), ("ForAllValues:StringNotLike", "a*", ["b", "ab"], False),
        ("ForAllValues:StringNotLike", "a*", ["b", "c"], True), ("ForAnyValue:StringEquals", ["a", "b"], ["c", "b"], True),
        ("ForAnyValue:StringEquals", "a", ["b"], False), ("ForAnyValue:StringEquals", "a", [], False), ("ForAnyValue:StringNotEquals", "a", ["a", "b"], True),
        ("ForAnyValue:StringNotEquals", ["a", "b"], ["a", "b"], False), ("ForAllValues:ArnLike", f"{SNS}:*", [f"{SNS}:a", f"{SNS}:b"], True),
        ("StringEquals", "a", ["a"], True), ("StringEquals", "a", ["a", "b"], False), ("StringNotEquals", "a", ["a", "b"], True),
    ],
)  # fmt: skip
def test_several_values(operator: str, wanted: Json, given: Json, expected: bool) -> None:  # noqa: FBT001
    assert holds(operator, wanted, given) is expected


def test_all_operators_and_keys_have_to_hold() -> None:
    request = {
        "principal": "anonymous", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k", "context": {"x:a": "1", "x:b": "2"},
    }  # fmt: skip
    for wanted, expected in (("2", "allowed"), ("3", "implicit-deny")):
        statement = {
            "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*",
            "Condition": {"StringEquals": {"x:a": "1", "x:b": wanted}, "NumericLessThan": {"x:a": 5}},
        }  # fmt: skip
        assert (
            decide(*case_from_json({"request": request, "policies": {"resource": {"Statement": statement}}})).answer
            == expected
        )


@pytest.mark.parametrize("text", ["2026-13-01", "2026-01-01T25:00Z", "1" * 80, "", "x", "2026-1-1"])
def test_what_is_no_date(text: str) -> None:
    assert instant(text) is None
