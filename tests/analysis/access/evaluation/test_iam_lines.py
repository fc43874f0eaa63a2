"""Lines whose policies are looked up by text are read exactly as the whole line would be."""

from __future__ import annotations

import json
import random
from typing import Any, TypeAlias

import pytest
from tests.analysis.access.evaluation.random_cases import case

from casemate.analysis.access.evaluation.cases import case_from_json
from casemate.analysis.access.evaluation.evaluate import decide
from casemate.analysis.access.evaluation.lines import Lines, name_in
from casemate.errors import UsageError

Json: TypeAlias = Any
REQUEST = {"principal": "arn:aws:iam::111122223333:user/ann", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k"}
ALLOW = {"identity": [{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}]}


def whole(text: str) -> str:
    try:
        return decide(*case_from_json(json.loads(text))).answer
    except UsageError as error:
        return error.message
    except ValueError:
        return "no JSON"


def cut(lines: Lines, text: str) -> str:
    try:
        _, request, policies = lines.read(text)
    except UsageError as error:
        return error.message
    except ValueError:
        return "no JSON"
    return decide(request, policies).answer


def test_every_order_of_members_is_understood() -> None:
    lines = Lines()
    r, p = json.dumps(REQUEST), json.dumps(ALLOW)
    texts = [
        f'{{"name": "a", "request": {r}, "policies": {p}}}',
        f'{{"name": "a", "policies": {p}, "request": {r}}}',
        f'{{"policies":{p},"request":{r},"name":"a"}}',
        f' {{"policies" : {p}, "request": {r}, "name": "a"}} \r\n',
        f'{{"request": {r}, "policies": {p} , "name": "a"}}',
        f'{{"note": "\\"policies\\": {{}}", "request": {r}, "name": "a", "policies": {p}}}',
    ]
    for text in (*texts, *texts):
        name, request, policies = lines.read(text)
        assert name == "a"
        assert decide(request, policies).answer == whole(text) == "allowed"


@pytest.mark.parametrize(
    "text",
    [
        '{"request": R "policies": P}',
        '{"request": R,, "policies": P}',
        '{,"policies": P, "request": R}',
        '{"request": R, "policies": P}}',
        '{"request": R, "policies": P, }',
        '{"policies": {}, "request": R, "policies": P}',
        '{"policies": P, "request": R, "policies": {}}',
        '{"request": R, "policies": P, "policies": {}}',
        '{"case": {"policies": P, "request": R}}',
        '{"request": R, "inner": {"policies": P}}',
        '{"request": {"policies": P, "request": R}}',
        '[{"request": R, "policies": P}]',
        '{"request": R, "policies": P, "management_account": true, "block_public_access": 7}',
        '{"request": R, "block_public_access": 7, "policies": P}',
        '{"request": R, "policies": null}',
        '{"policies": P, "request": null}',
        '{"request": R, "policies": P',
        '"policies":',
    ],
)
def test_what_is_no_case_stays_none(text: str) -> None:
    text = text.replace("R", json.dumps(REQUEST)).replace("P", json.dumps(ALLOW))
    lines = Lines()
    cut(lines, f'{{"request": {json.dumps(REQUEST)}, "policies": {json.dumps(ALLOW)}}}')
    assert cut(lines, text) == whole(text)
    assert cut(lines, text) == whole(text)


def test_mangled_lines_are_refused_as_ever() -> None:
    rng = random.Random(7)  # noqa: S311 - cases that can be had again
    lines = Lines()
    seen = set()
    for _ in range(300):
        made: Json = {"name": "n", **case(rng)}
        if rng.random() < 0.5:
            made = {"policies": made.pop("policies"), **made}
        text = json.dumps(made)
        for _ in range(3):
            assert cut(lines, text) == whole(text)
            seen.add(whole(text))
            at = rng.randrange(len(text))
            text = (
                text[:at] + rng.choice(["", "}", "{", '"', ",", '"policies":', text[at : at + 9] * 2]) + text[at + 1 :]
            )
    assert {"no JSON", "allowed", "implicit-deny", "explicit-deny"} < seen


def test_the_settings_beside_the_policies_count() -> None:
    lines = Lines()
    scps = json.dumps({**ALLOW, "scps": [[]]})
    member = f'{{"request": {json.dumps(REQUEST)}, "policies": {scps}}}'
    manager = f'{{"management_account": true, "request": {json.dumps(REQUEST)}, "policies": {scps}}}'
    inner = f'{{"request": {json.dumps({**REQUEST, "management_account": True})}, "policies": {scps}}}'
    assert [cut(lines, text) for text in (member, manager, inner, member)] == [
        "implicit-deny",
        "allowed",
        "allowed",
        "implicit-deny",
    ]


def test_many_policies_do_not_pile_up() -> None:
    lines = Lines()
    for number in range(5000):
        named = {"identity": [{**ALLOW["identity"][0], "Id": str(number)}]}
        assert cut(lines, f'{{"request": {json.dumps(REQUEST)}, "policies": {json.dumps(named)}}}') == "allowed"
    assert 0 < len(lines) < 4097


def test_the_name_of_a_bad_case() -> None:
    assert name_in('{"name": "x", "request": 1}') == "x"
    assert name_in("[1]") is None
    assert name_in("{") is None
    assert name_in("[" * 100_000) is None


@pytest.mark.parametrize(
    "policies",
    [
        {"identity": [{"Statement": []}]},
        {"identity": None, "resource": None},
        {"identity": [{"Statement": {"Effect": "allow", "Action": "s3:*", "Resource": "*"}}]},
        {"identity": [{"Statement": {"Effect": "Allow", "Action": [], "Resource": "*"}}]},
        {"identity": [{"Statement": {"Effect": "Allow", "Action": "s3", "Resource": "*"}}]},
        {"identity": [{"Statement": {"Effect": "Allow", "Action": "s3:*"}}]},
        {"identity": [{"Statement": {"Effect": "Allow", "Action": "s3:*", "NotAction": "s3:*", "Resource": "*"}}]},
        {"identity": [{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Principal": "*"}}]},
        {"resource": {"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}},
        {"resource": [{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Principal": "*"}}] * 2},
        {"resource": {"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Principal": {"aws": "1"}}}},
        {"identity": [{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"NumericEquals": {"k": 18446744073709551617}}}}]},
        {"identity": [{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"StringEqual": {"k": "v"}}}}]},
        {"identity": [{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": [True, "x"]}}}}]},
        {"identity": ['{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}']},
        {"identity": [{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}], "scps": [[], []]},
        {"identity": [], "scps": {}},
        {"identity": [], "others": []},
        {"identity": [{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}], "block_public_access": True},
    ],
)  # fmt: skip
def test_the_quick_reading_says_what_the_full_one_says(policies: dict[str, object]) -> None:
    request = {
        "principal": "arn:aws:iam::111122223333:role/r",
        "action": "s3:GetObject",
        "resource": "arn:aws:s3:::b/k",
    }
    case = {"name": "n", "request": request, "policies": policies}
    told: list[object] = []
    for quick in (True, False):
        try:
            asked, given = Lines().read(json.dumps(case))[1:] if quick else case_from_json(case)
            decision = decide(asked, given)
            told.append((decision.answer, [because.text for because in decision.because]))
        except UsageError as error:
            told.append((error.message, error.hint))
    assert told[0] == told[1]
