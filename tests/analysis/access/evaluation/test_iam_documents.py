from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.analysis.access.evaluation.naive_iam import Json, characters, glob

from casemate.analysis.access.evaluation.cases import case_from_json
from casemate.analysis.access.evaluation.document import policy_from_json, policy_from_statements
from casemate.analysis.access.evaluation.evaluate import decide
from casemate.analysis.access.evaluation.explain import changes
from casemate.analysis.access.evaluation.patterns import wildcard
from casemate.analysis.access.evaluation.policies import policies_of
from casemate.analysis.access.evaluation.reading import read_text
from casemate.analysis.access.evaluation.request import Request, caller
from casemate.errors import UsageError
from casemate.model.location import Span
from casemate.model.policy import Condition, Statement, Term

GOOD: dict[str, Json] = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
AT = Span("t.yaml", 3, 1, 3, 9)


@pytest.mark.parametrize(
    ("document", "place", "hint"),
    [
        ({}, "identity[0]: the policy has no Statement", "add one"),
        ({"Version": "2012", "Statement": []}, "identity[0].Version", "2012-10-17"),
        ({"Statement": [GOOD, {**GOOD, "Effect": "allow"}]}, "identity[0].Statement[1].Effect", "Allow or Deny"),
        ({"Statement": {**GOOD, "action": "x"}}, "identity[0].Statement.action", "did you mean Action?"),
        ({"Statement": {**GOOD, "NotAction": "x:y"}}, "identity[0].Statement.NotAction", "keep one"),
        ({"Statement": {"Effect": "Allow", "Action": "s3:*"}}, "identity[0].Statement: the statement has no Resource", "every"),
        ({"Statement": {"Effect": "Allow", "Resource": "*"}}, "has no Action", "NotAction"),
        ({"Statement": {**GOOD, "Action": []}}, "identity[0].Statement.Action", "IAM refuses"),
        ({"Statement": {**GOOD, "Action": "GetObject"}}, "'GetObject' is no action", "SERVICE:ACTION"),
        ({"Statement": {**GOOD, "Principal": "*"}}, "a policy of kind identity has no Principal", "resource or trust"),
        ({"Statement": {**GOOD, "Condition": {"StringEqual": {}}}}, "Condition.StringEqual", "did you mean StringEquals?"),
        ({"Statement": {**GOOD, "Condition": {"NullIfExists": {}}}}, "Condition.NullIfExists", "leave IfExists away"),
        ({"Statement": {**GOOD, "Condition": {"Bool": {"x:y": None}}}}, "Condition.Bool.x:y", "quote"),
        ({"Statement": ["x"]}, "a statement is a JSON object", "Effect"),
        ([], "a policy is a JSON object", "document"),
    ],
)  # fmt: skip
def test_what_iam_would_not_store_is_an_error_with_place_and_remedy(document: Json, place: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        policy_from_json(document, "identity", "identity[0]")
    assert place in caught.value.message
    assert hint in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("principal", "text"),
    [(None, "says for whom"), ("arn:aws:iam::1:root", "is no principal"), ({"aws": "*"}, "no such kind of principal")],
)
def test_principals_of_resource_policies(principal: Json, text: str) -> None:
    statement = GOOD if principal is None else {**GOOD, "Principal": principal}
    with pytest.raises(UsageError, match=text):
        policy_from_json({"Statement": statement}, "resource")


@pytest.mark.parametrize("bad", ["", "ann", "arn:aws:iam", "lambda"])
def test_what_is_no_principal(bad: str) -> None:
    with pytest.raises(UsageError):
        caller(bad)


@pytest.mark.parametrize(
    ("case", "text"),
    [
        ([], "the case has to be"), ({}, "no request"), ({"request": {"principal": "anonymous"}}, "request.action"),
        ({"request": {"principal": "anonymous", "action": "x", "resource": "*"}}, "'x' is no action"),
        ({"request": {"principal": "anonymous", "action": "a:b", "resource": "*", "contxt": {}}}, "contxt"),
        ({"request": {"principal": "anonymous", "action": "a:b", "resource": "*"}, "policies": {"scps": [{}]}}, "list of levels"),
        ({"request": {"principal": "anonymous", "action": "a:b", "resource": "*"}, "policies": {"boundry": []}}, "boundry"),
        ({"request": {"principal": "anonymous", "action": "a:b", "resource": "*", "context": {"k": {}}}}, "cannot be compared"),
    ],
)  # fmt: skip
def test_cases_that_are_none(case: Json, text: str) -> None:
    with pytest.raises(UsageError, match=text):
        case_from_json(case)


@given(st.text("ab*?:", max_size=9), st.text("ab:", max_size=9))
def test_wildcards_match_as_positions_do(pattern: str, text: str) -> None:
    assert wildcard(pattern)(text) is glob(characters(pattern, wild=True), text)


def test_a_hostile_pattern_is_quick() -> None:
    assert not wildcard("*a" * 2000 + "b")("a" * 20_000)
    assert not wildcard("*a?" * 1000 + "b")("a" * 5_000)


def test_statements_of_an_inventory_keep_what_is_not_known() -> None:
    terms = (Term("arn:aws:s3:::${Bucket}/*", AT, ("Bucket",)), Term("${Param}", AT, known=False))
    condition = Condition("Bool", "aws:SecureTransport", (Term("true", AT),), AT)
    declared = Statement(
        effect="Allow", at=AT, owner="Role", origin="inline policy 'p'", actions=(Term("s3:GetObject", AT),), resources=terms,
        conditions=(condition,),
    )  # fmt: skip
    policy = policy_from_statements([declared], "identity", "Role")
    (statement,) = policy.statements
    assert statement.actions == ("s3:getobject",)
    assert statement.unknown == ("Resource '${Param}'",)
    assert statement.at == AT
    request = Request(
        "arn:aws:iam::111122223333:role/r",
        "s3:GetObject",
        "arn:aws:s3:::${Bucket}/k",
        None,
        {"aws:SecureTransport": ("true",)},
    )
    assert decide(request, policies_of(identity=[policy])).answer == "allowed"


def test_text_gives_each_statement_its_line() -> None:
    text = read_text(
        '{"Statement": [\n {"Effect": "Allow", "Action": "a:b", "Resource": "*"},\n {"Effect": "Nope"}]}', "p.json"
    )
    with pytest.raises(UsageError) as caught:
        policy_from_json(text.plain, "identity", "p", text.locate)
    assert caught.value.at is not None
    assert caught.value.at.start_line == 3
    with pytest.raises(UsageError, match="twice"):
        read_text('{"a": 1, "a": 2}', "p.json")


def test_what_would_change_an_answer() -> None:
    read = {**GOOD, "Sid": "Read", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}
    lock = {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"x:lock": "on"}}}
    policy = policy_from_json({"Statement": [read, lock]}, "identity", "identity[0]")

    def told(**context: str) -> str:
        given = {key.replace("_", ":"): (value,) for key, value in context.items()}
        request = Request("arn:aws:iam::111122223333:user/ann", "s3:GetObject", "arn:aws:s3:::b/k", None, given)
        policies = policies_of(identity=[policy])
        return "; ".join(changes(decide(request, policies), policies))

    assert "statement 'Read' of identity[0] would allow it, but Bool aws:SecureTransport 'true' does not hold" in told()
    assert "without statement 'Read' of identity[0] the request would be denied because nothing" in told(
        aws_SecureTransport="true"
    )
    assert "without statement 2 of identity[0] the request would be allowed" in told(
        aws_SecureTransport="true", x_lock="on"
    )
