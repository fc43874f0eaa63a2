"""What is compared without preparing it first comes to the same as what is prepared."""

from __future__ import annotations

import io
import json
import random
from pathlib import Path
from typing import Any

import pytest
from tests.analysis.access.evaluation.random_cases import NAMED, PRINCIPALS, case

from casemate.analysis.access.evaluation.cases import case_from_json
from casemate.analysis.access.evaluation.document import PrincipalPattern
from casemate.analysis.access.evaluation.evaluate import decide
from casemate.analysis.access.evaluation.explain import reason
from casemate.analysis.access.evaluation.lines import Lines
from casemate.analysis.access.evaluation.patterns import matches, wildcard
from casemate.analysis.access.evaluation.principals import Principals, quickly
from casemate.analysis.access.evaluation.request import Request
from casemate.analysis.access.evaluation.variables import template
from casemate.cli.main import main


def test_a_pattern_met_once_and_one_prepared() -> None:
    rng = random.Random(5)  # noqa: S311 - repeatable, not secret
    for _ in range(20_000):
        pattern = "".join(rng.choices("ab*?", k=rng.randint(0, 6)))
        text = "".join(rng.choices("ab", k=rng.randint(0, 7)))
        assert matches(pattern, text) == wildcard(pattern)(text), (pattern, text)


def test_a_variable_met_once_and_one_prepared() -> None:
    found = template("arn:aws:s3:::${k:a}/x*/${*}?")
    assert found is not None
    for value, text, expected in [
        ("b", "arn:aws:s3:::b/xyz/*1", True), ("b", "arn:aws:s3:::b/xyz/11", False),
        ("*", "arn:aws:s3:::*/x/*1", True), ("*", "arn:aws:s3:::b/x/*1", False),
    ]:  # fmt: skip
        assert found.matches(text, {"k:a": (value,)}) is expected
    assert found.matches("x", {}) is None


@pytest.mark.parametrize("principal", PRINCIPALS)
def test_one_principal_at_a_glance_and_looked_up(principal: str) -> None:
    request = Request(principal, "s3:GetObject", "arn:aws:s3:::b/k", "111122223333", {})
    patterns = [
        PrincipalPattern(kind, value)  # type: ignore[arg-type] # of random cases
        for given in NAMED
        for kind, values in (given.items() if isinstance(given, dict) else [("*", given)])
        for value in (values if isinstance(values, list) else [values])
    ]
    patterns += [PrincipalPattern("AWS", each) for each in PRINCIPALS]
    for pattern in patterns:
        glance = quickly(pattern, request)
        assert glance is None or glance is Principals([pattern]).grade(request), pattern


def test_lines_say_of_reasons_what_the_full_reading_says() -> None:
    rng = random.Random(11)  # noqa: S311 - repeatable, not secret
    read = Lines().read
    for _ in range(1500):
        made = case(rng)
        for text in (json.dumps(made), json.dumps(made).encode()):  # met again, it is prepared
            _, request, policies = read(text)
            quick, full = decide(request, policies), decide(*case_from_json(made))
            assert quick.answer == full.answer
            assert [reason(each) for each in quick.because] == [reason(each) for each in full.because]
            for because in quick.because:
                if because.hit is not None:
                    assert because.hit.statement.policy.statements[because.hit.statement.position].sid is None


@pytest.mark.parametrize(
    ("value", "other"),
    [(True, 1), (1, "1"), (True, "true"), (False, 0), (10**30, "1"), (2.5, "2.5"), (2.0, "2")],
)
def test_values_that_python_holds_for_equal_are_told_apart(value: object, other: object) -> None:
    read = Lines().read
    for first, second in ((value, other), (other, value)):
        for wanted in (first, second, [first, second]):
            condition = {"StringEquals": {"k:x": wanted}}
            row = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}
            made: Any = {
                "request": {"principal": "111122223333", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k",
                            "context": {"k:x": first}},
                "policies": {"identity": [{"Version": "2012-10-17", "Statement": row}]},
            }  # fmt: skip
            assert decide(*read(json.dumps(made))[1:]).answer == decide(*case_from_json(made)).answer


def test_half_a_surrogate_pair_is_written_as_json_spells_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = (
        '{"name": "\\ud800", "request": {"principal": "anonymous", "action": "s3:GetObject", "resource": "*"}, '
        '"policies": {}}'
    )
    file = tmp_path / "cases.jsonl"
    file.write_text(line)
    assert main(["access", "decide", "--cases", str(file)]) == 0
    assert json.load(io.StringIO(capsys.readouterr().out))["name"] == "\ud800"
