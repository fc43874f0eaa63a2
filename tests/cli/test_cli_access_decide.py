from __future__ import annotations

import io
import json
import re
import sys
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from casemate.cli.main import main

Json: TypeAlias = Any
DOCS = Path(__file__).parents[2] / "docs" / "access.md"
REQUEST = {
    "principal": "arn:aws:iam::111122223333:role/app",
    "action": "s3:GetObject",
    "resource": "arn:aws:s3:::shop/a",
}
POLICY = """{"Version": "2012-10-17", "Statement": [
  {"Sid": "Read", "Effect": "Allow", "Action": "s3:*", "Resource": "*"},
  {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::shop/secret/*"}]}
"""


def files(tmp_path: Path, policies: str = POLICY, **request: Json) -> list[str]:
    (tmp_path / "p.json").write_text(policies, "utf-8")
    (tmp_path / "r.json").write_text(json.dumps({**REQUEST, **request}), "utf-8")
    return ["access", "decide", "--policies", str(tmp_path / "p.json"), "--request", str(tmp_path / "r.json")]


@pytest.mark.parametrize(
    "policies",
    [
        POLICY,
        f'{{"identity":\n[{POLICY}]}}',
        f'{{"policies": {{"identity":\n[{POLICY}]}}}}',
        json.dumps({"identity": [POLICY]}),
    ],
)
def test_one_request_names_the_statement_and_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], policies: str
) -> None:
    assert main(files(tmp_path, policies, resource="arn:aws:s3:::shop/secret/x")) == 0
    out = capsys.readouterr().out
    assert out.startswith("explicit-deny\n")
    assert re.search(r"because: denied by the identity policy: statement 2 of identity(\[0\])? \(.*p.json:\d\)", out)
    assert "change: without statement 2" in out
    assert "the request would be allowed" in out


def test_one_request_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*files(tmp_path), "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["decision"] == "allowed"
    because = found["because"][0]
    assert (because["policy"], because["statement"], because["sid"], because["line"]) == ("identity", 0, "Read", 2)
    assert found["changes"]


@pytest.mark.parametrize(
    ("policies", "request_", "text"),
    [
        ('{\n"Statement": [{"Effect": "Maybe", "Action": "a:b", "Resource": "*"}]}', {}, "p.json:2: identity.Statement[0].Effect"),
        ("{", {}, "p.json:1: not valid JSON"), ("[]", {}, "p.json:1: "), ('{"identiti": []}', {}, "did you mean identity?"),
        (POLICY, {"action": "GetObject"}, "r.json:1: 'GetObject' is no action"), (POLICY, {"principal": 1}, "r.json:1: request.principal"),
    ],
)  # fmt: skip
def test_bad_input_is_2_with_place_and_remedy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], policies: str, request_: dict[str, Json], text: str
) -> None:
    assert main(files(tmp_path, policies, **request_)) == 2
    err = capsys.readouterr().err
    assert text in err
    assert "hint: " in err
    assert "crashed" not in err


@pytest.mark.parametrize(
    "flags",
    [
        [],
        ["--cases", "-", "--policies", "x"],
        ["--policies", "none.json", "--request", "none.json"],
        ["--cases", "none"],
    ],
)
def test_flags_that_do_not_fit_are_2(capsys: pytest.CaptureFixture[str], flags: list[str]) -> None:
    assert main(["access", "decide", *flags]) == 2
    assert "hint: " in capsys.readouterr().err


def test_cases_from_stdin_answer_line_by_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    good = {"name": "n", "request": REQUEST, "policies": {"identity": [json.loads(POLICY)]}}
    lines = [json.dumps(good), "{bad", "[" * 100_000, json.dumps({"name": "m"}), "", json.dumps({**good, "name": "l"})]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("\n".join(lines).encode())))
    assert main(["access", "decide", "--cases", "-"]) == 2
    captured = capsys.readouterr()
    rows = [json.loads(line) for line in captured.out.splitlines()]
    assert [(row["name"], row.get("decision")) for row in rows] == [
        ("n", "allowed"),
        (None, None),
        (None, None),
        ("m", None),
        ("l", "allowed"),
    ]
    assert rows[0]["because"][0] == {
        "path": "-", "line": 1, "policy": "identity", "document": "identity[0]", "statement": 0, "sid": "Read", "effect": "Allow",
        "reason": "allowed by the identity policy",
    }  # fmt: skip
    assert "-:4: the case has no request" in captured.err


def test_cases_of_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = {"name": "a", "request": REQUEST, "policies": {}}
    (tmp_path / "1.json").write_text(json.dumps(case, indent=1), "utf-8")
    (tmp_path / "2.json").write_text(json.dumps([case, case], indent=1), "utf-8")
    (tmp_path / "3.jsonl").write_text(json.dumps(case) + "\n\n" + json.dumps(case) + "\n", "utf-8")
    (tmp_path / "read.me").write_text("no", "utf-8")
    assert main(["access", "decide", "--cases", str(tmp_path)]) == 0
    out = capsys.readouterr().out.splitlines()
    assert [json.loads(line)["decision"] for line in out] == ["implicit-deny"] * 5


def test_the_worked_pair_of_the_docs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given, expected = re.findall(r"^```json\n(.*?)^```$", DOCS.read_text("utf-8"), re.MULTILINE | re.DOTALL)[:2]
    (tmp_path / "cases.jsonl").write_text(json.dumps(json.loads(given)), "utf-8")
    assert main(["access", "decide", "--cases", str(tmp_path / "cases.jsonl")]) == 0
    found = json.loads(capsys.readouterr().out)
    for because in found["because"]:
        because["path"] = Path(because["path"]).name
    assert found == json.loads(expected)
