from __future__ import annotations

import json
from datetime import date

import pytest
from tests.engine.engine_system import HEAD, HELLO, URL, codes, scanned

from casemate.model.finding import Suppression

SAM = "AWS::Serverless-2016-10-31"
OPEN = {
    "Type": "AWS::Serverless::Function",
    "Properties": {"Handler": "a.b", "Runtime": "python3.13", "FunctionUrlConfig": {"AuthType": "NONE"}},
}
FUNCTION = 'resource "aws_lambda_function" "f" {\n  function_name = "f"\n  role = "r"\n}\n'
REASON = f"# casemate: ignore[{URL}] -- public on purpose"


def test_behind_a_setting_for_its_own_line() -> None:
    (finding,) = scanned(HEAD + HELLO.replace("NONE", f"NONE  {REASON}")).findings
    assert finding.suppressed is not None
    assert (finding.suppressed.kind, finding.suppressed.reason) == ("inline", "public on purpose")


def test_behind_another_line_it_covers_nothing_and_is_reported() -> None:
    report = scanned(HEAD + HELLO.replace("app.handler", f"app.handler {REASON}"))
    assert len(report.open) == 1
    (unused,) = report.unused_suppressions
    assert unused.at is not None
    assert (unused.rule, unused.at.start_line) == (URL, 6)


def test_above_a_resource_it_covers_all_of_it_and_nothing_else() -> None:
    other = HELLO.replace("Hello", "Other")
    report = scanned(f"{HEAD}  {REASON}\n{HELLO}{other}")
    assert [finding.resource.name for finding in report.open] == ["Other"]
    assert report.unused_suppressions == ()


def test_above_a_setting_it_covers_that_line() -> None:
    assert scanned(HEAD + HELLO.replace("        AuthType", f"        {REASON}\n        AuthType")).open == ()


def test_several_stand_above_one_another_and_one_names_several_rules() -> None:
    limit = "public-function-without-limit"
    both = (URL, limit)
    above = f"{HEAD}  # casemate: ignore[{limit}] -- a\n\n  {REASON}\n{HELLO}"
    assert scanned(above, only=both).open == ()
    assert scanned(f"{HEAD}  # casemate: ignore[{limit}, {URL},] -- a\n{HELLO}", only=both).open == ()


@pytest.mark.parametrize("break_", ["\r\n", "\n"])
def test_line_ends_do_not_matter(break_: str) -> None:
    text = (HEAD + HELLO.replace("NONE", f"NONE {REASON}")).replace("\n", break_)
    assert scanned(text).open == ()


def test_a_form_feed_is_no_line() -> None:
    terraform = (
        "# old \x0c listing\n"
        'resource "aws_lambda_function_url" "u" {\n'
        "  function_name      = aws_lambda_function.f.function_name\n"
        f'  authorization_type = "NONE" {REASON}\n'
        "}\n"
    )
    report = scanned({"main.tf": terraform + FUNCTION})
    assert len(report.findings) == 1
    assert report.open == ()


@pytest.mark.parametrize("mark", ["# {}", "// {}", "/* {} */"])
def test_every_comment_syntax_of_terraform(mark: str) -> None:
    comment = mark.format(REASON.removeprefix("# "))
    text = (
        FUNCTION
        + f'{comment}\nresource "aws_lambda_function_url" "u" {{\n  function_name = aws_lambda_function.f.function_name\n  authorization_type = "NONE"\n}}\n'
    )
    report = scanned({"main.tf": text})
    (finding,) = report.findings
    assert finding.suppressed is not None
    assert finding.suppressed.reason == "public on purpose"


@pytest.mark.parametrize(
    "entry",
    [
        f"{URL} -- public on purpose",
        f"{URL} until=2027-03-31 -- public on purpose",
        {"rule": URL, "reason": "public on purpose"},
    ],
)
@pytest.mark.parametrize("listed", [True, False])
def test_metadata_in_json(entry: object, listed: bool) -> None:  # noqa: FBT001 - both forms
    function = {
        **OPEN,
        "Metadata": {"casemate": {"ignore": [entry] if listed else entry}},
    }
    report = scanned({"template.json": json.dumps({"Transform": SAM, "Resources": {"Hello": function}}, indent=1)})
    (finding,) = report.findings
    assert finding.suppressed is not None
    assert (finding.suppressed.kind, finding.suppressed.reason) == ("inline", "public on purpose")


@pytest.mark.parametrize(
    "comment",
    [
        f"# casemate: ignore[{URL}]",
        f"# casemate: ignore[{URL}] --",
        f"# casemate: ignore[{URL}] --   ",
        "# casemate: ignore -- reason",
        "# casemate: ignore[] -- reason",
        "# casemate: ignore[ , ] -- reason",
        f"# casemate: ignore[{URL}] until=soon -- reason",
        f"# casemate: ignore[{URL}] until=2026-13-01 -- reason",
        f"# casemate: ignore[{URL} -- reason",
    ],
)
def test_a_malformed_one_suppresses_nothing_and_is_told(comment: str) -> None:
    report = scanned(HEAD + HELLO.replace("NONE", f"NONE {comment}"))
    assert len(report.open) == 1
    assert codes(report) == ["suppression-malformed"]
    assert report.diagnostics[0].at.start_line == 9
    assert report.complete, "a warning does not make a run incomplete"


@pytest.mark.parametrize(
    "entry", [URL, f"{URL} --", f"{URL} until=x -- y", {"rule": URL}, {"rule": "", "reason": "y"}, ["x"], 3]
)
def test_malformed_metadata_suppresses_nothing(entry: object) -> None:
    function = {
        **OPEN,
        "Metadata": {"casemate": {"ignore": [entry]}},
    }
    report = scanned({"template.json": json.dumps({"Transform": SAM, "Resources": {"Hello": function}}, indent=1)})
    assert len(report.open) == 1
    assert codes(report) == ["suppression-malformed"]


@pytest.mark.parametrize(("until", "open_"), [("2026-11-23", 1), ("2026-11-24", 0), ("2027-03-31", 0)])
def test_it_holds_through_its_last_day(until: str, open_: int) -> None:
    comment = f"# casemate: ignore[{URL}] until={until} -- reason"
    report = scanned(HEAD + HELLO.replace("NONE", f"NONE {comment}"))
    assert len(report.open) == open_
    assert codes(report) == (["suppression-expired"] if open_ else [])


def test_a_name_that_is_no_rule_is_reported_as_unused() -> None:
    report = scanned(HEAD + HELLO.replace("NONE", "NONE # casemate: ignore[function-url-without-aut] -- typo"), only=())
    assert [entry.rule for entry in report.unused_suppressions] == ["function-url-without-aut"]
    assert URL in {finding.rule for finding in report.open}


def test_a_star_never_counts() -> None:
    report = scanned(HEAD + HELLO.replace("NONE", "NONE # casemate: ignore[*] -- all"))
    assert len(report.open) == 1
    assert [entry.rule for entry in report.unused_suppressions] == ["*"]


def test_one_for_a_rule_that_was_not_run_or_is_withheld_is_not_called_unused() -> None:
    text = f"{HEAD}  # casemate: ignore[tracing-off] -- costs\n{HELLO}"
    assert scanned(text).unused_suppressions == ()
    assert scanned(text, only=()).unused_suppressions == ()
    strict = scanned(text, only=(), profile="strict")
    assert strict.unused_suppressions == ()
    assert [finding.rule for finding in strict.findings if finding.suppressed] == ["tracing-off"]


def _file(**scope: str) -> Suppression:
    return Suppression("file", URL, "known", None, None, **scope)  # type: ignore[arg-type] # resource or path


@pytest.mark.parametrize(
    ("scope", "open_"),
    [
        ({}, []),
        ({"resource": "Hello"}, ["Other"]),
        ({"resource": "H*"}, ["Other"]),
        ({"resource": "Nobody"}, ["Hello", "Other"]),
        ({"path": "template.yaml"}, []),
        ({"path": "sub/*"}, ["Hello", "Other"]),
        ({"path": "*.yaml", "resource": "Other"}, ["Hello"]),
    ],
)
def test_those_of_the_configuration_have_a_scope(scope: dict[str, str], open_: list[str]) -> None:
    report = scanned(HEAD + HELLO + HELLO.replace("Hello", "Other"), suppress=(_file(**scope),))
    assert [finding.resource.name for finding in report.open] == open_
    assert {finding.suppressed.kind for finding in report.findings if finding.suppressed} <= {"file"}
    assert len(report.unused_suppressions) == (1 if len(open_) == 2 else 0)


def test_inline_ones_can_be_switched_off() -> None:
    assert len(scanned(HEAD + HELLO.replace("NONE", f"NONE {REASON}"), inline_suppressions=False).open) == 1


def test_an_expired_one_of_the_configuration_suppresses_nothing() -> None:
    old = Suppression("file", URL, "known", None, date(2026, 1, 1))
    assert len(scanned(HEAD + HELLO, suppress=(old,)).open) == 1
