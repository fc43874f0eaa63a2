from __future__ import annotations

from datetime import date

import pytest

from casemate.engine.catalogue import listings
from casemate.engine.importing import CHECKS, Imports
from casemate.engine.scanning import Request, scan
from casemate.model.finding import Report
from casemate.sources.tree import MemoryTree

BUCKET = 'resource "aws_s3_bucket" "b" {{\n  {}\n  acl = "public-read"\n}}\n'


def report(text: str, *tools: str) -> Report:
    request = Request(today=date(2026, 11, 24), only=("public-store",), imports=tools)
    return scan(MemoryTree({"main.tf": text.encode()}), request).report


def suppressed(text: str, *tools: str) -> list[str | None]:
    return [finding.suppressed.reason if finding.suppressed else None for finding in report(text, *tools).findings]


def test_every_check_maps_to_rules_that_there_are() -> None:
    known = {listing.name for listing in listings()}
    assert {rule for rules in CHECKS.values() for rule in rules} <= known


def test_a_skipped_check_suppresses_its_rule_in_its_resource() -> None:
    text = BUCKET.format("#checkov:skip=CKV_AWS_20:a web site")
    assert suppressed(text, "checkov") == ["imported from checkov (CKV_AWS_20): a web site"]
    assert suppressed(text) == [None]
    assert suppressed(text, "semgrep") == [None]
    other = 'resource "aws_s3_bucket" "c" {\n  acl = "public-read"\n}\n'
    assert [reason is None for reason in suppressed(text + other, "checkov")] == [False, True]


def test_a_skipped_check_of_another_weakness_suppresses_nothing() -> None:
    text = BUCKET.format("# checkov:skip=CKV_AWS_18: no logs")
    assert suppressed(text, "checkov") == [None]
    assert report(text, "checkov").unused_suppressions == ()


@pytest.mark.parametrize("line", ["# checkov:skip=CKV_AWS_999:what", "# checkov:skip=CKV2_X"])
def test_what_maps_to_nothing_is_told(line: str) -> None:
    found = report(BUCKET.format(line), "checkov")
    (note,) = [item for item in found.diagnostics if item.code == "imported-suppression-unmatched"]
    assert (note.level, note.at.start_line) == ("note", 2)
    assert found.findings[0].suppressed is None


def test_line_comments_cover_what_is_found_on_their_line() -> None:
    text = 'resource "aws_s3_bucket" "b" {\n  acl = "public-read" # nosemgrep: terraform.s3.public\n}\n'
    assert suppressed(text, "semgrep") == ["imported from semgrep: terraform.s3.public"]
    assert suppressed(text.replace("nosemgrep: terraform.s3.public", "nosec B1"), "bandit") == [
        "imported from bandit: B1"
    ]
    assert suppressed(text, "bandit") == [None]


def test_nobody_else_can_write_a_suppression_of_everything() -> None:
    text = 'resource "aws_s3_bucket" "b" {\n  acl = "public-read" # casemate: ignore[*] -- all of it\n}\n'
    assert suppressed(text, "checkov") == [None]


def test_without_tools_nothing_is_read() -> None:
    from casemate.model.inventory import Inventory

    assert list(Imports(()).read(Inventory(), lambda _: "# nosec")) == []


CODE = "import os\ndef handler(event, context):\n    os.system(event['queryStringParameters']['d'])%s\n"
FUNCTION = """
Transform: AWS::Serverless-2016-10-31
Resources:
  F:
    Type: AWS::Serverless::Function
    Metadata: {checkov: {skip: [{id: CKV_AWS_115, comment: rare}]}}
    Properties:
      Runtime: python3.13
      Handler: app.handler
      CodeUri: .
      Events: {A: {Type: HttpApi, Properties: {Path: /a, Method: get}}}
"""


def of_function(rule: str, code: str, *tools: str) -> list[str | None]:
    request = Request(today=date(2026, 11, 24), only=(rule,), imports=tools)
    found = scan(MemoryTree({"template.yaml": FUNCTION.encode(), "app.py": code.encode()}), request).report
    return [finding.suppressed.reason if finding.suppressed else None for finding in found.findings]


def test_line_comments_in_code_count_too() -> None:
    assert of_function("command-injection", CODE % "  # nosec", "bandit") == ["imported from bandit: no reason given"]
    assert of_function("command-injection", CODE % "  # nosemgrep: a.b", "semgrep") == ["imported from semgrep: a.b"]
    above = CODE.replace("    os", "    # nosemgrep\n    os") % ""
    assert of_function("command-injection", above, "semgrep") == ["imported from semgrep: no reason given"]
    assert of_function("command-injection", CODE % "\n    # nosec", "bandit") == [None]
    assert of_function("command-injection", CODE % "  # nosec") == [None]


def test_checkov_in_the_metadata_of_a_resource() -> None:
    rule = "function-without-concurrency-limit"
    assert of_function(rule, "", "checkov") == ["imported from checkov (CKV_AWS_115): rare"]
    assert of_function(rule, "", "semgrep") == [None]
    assert of_function("function-without-code-signing", "", "checkov") == [None]
