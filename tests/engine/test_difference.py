"""`--diff REV`: two inventories are compared, so that what a change does elsewhere counts."""

from __future__ import annotations

import os
import subprocess
from datetime import date
from typing import TYPE_CHECKING

import pytest

from casemate.config import placed, suppressions_in
from casemate.engine.difference import only_new
from casemate.engine.scanning import Request, scan
from casemate.errors import RepositoryError
from casemate.sources.tree import FolderTree

if TYPE_CHECKING:
    from pathlib import Path

    from casemate.model.finding import Report

TODAY = date(2026, 11, 24)
FUNCTION = """
resource "aws_lambda_function" "hello" {
  function_name = "hello"
  handler       = "a.b"
  runtime       = "python3.13"
  role          = aws_iam_role.hello.arn
}
"""
ROLE = """
resource "aws_iam_role" "hello" {
  name               = "hello"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}
"""
SECOND = """
resource "aws_lambda_function" "other" {
  function_name = "other"
  handler       = "a.b"
  runtime       = "python3.13"
  role          = aws_iam_role.hello.arn
}
"""
URL = """
resource "aws_lambda_function_url" "hello" {
  function_name      = aws_lambda_function.hello.function_name
  authorization_type = "NONE"
}
"""
POLICY = """
resource "aws_iam_role_policy" "hello" {
  role   = aws_iam_role.hello.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }]
  })
}
"""


def git(folder: Path, *arguments: str) -> None:
    identity = {
        "GIT_AUTHOR_NAME": "a",
        "GIT_AUTHOR_EMAIL": "a@example",
        "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@example",
    }
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("GIT_")},
        **identity,
        "GIT_CONFIG_GLOBAL": "/dev/null",
    }
    subprocess.run(["git", "-C", str(folder), *arguments], env=environment, check=True, capture_output=True)


def commit(root: Path, **files: str) -> None:
    for name, text in files.items():
        (root / name.replace("_", ".")).write_text(text)
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--allow-empty", "-m", "x")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    git(tmp_path, "init", "--quiet")
    return tmp_path


def new(root: Path, revision: str, *rules: str, keep: bool = False) -> Report:
    tree = FolderTree(root)
    request = Request(today=TODAY, only=rules, profile="strict")
    return only_new(scan(tree, request), tree, revision, request, keep_suppressions=keep)


def test_only_what_is_new_is_reported(root: Path) -> None:
    commit(root, main_tf='resource "aws_s3_bucket" "old" {\n  acl = "public-read"\n}\n')
    (root / "main.tf").write_text(
        '# a line\n\nresource "aws_s3_bucket" "old" {\n  acl = "public-read"\n}\n\nresource "aws_s3_bucket" "new" {\n  acl = "public-read"\n}\n'
    )
    report = new(root, "HEAD", "public-store")
    assert [finding.resource.name for finding in report.findings] == ["aws_s3_bucket.new"]


def test_nothing_is_new_when_nothing_changed(root: Path) -> None:
    commit(root, function_tf=FUNCTION, role_tf=ROLE + POLICY, url_tf=URL)
    report = new(root, "HEAD")
    assert report.findings == ()
    assert report.withheld == {}


def test_a_value_edited_in_one_file_makes_a_finding_at_a_function_in_another(root: Path) -> None:
    """The service stays as it is; a value that it takes from another file opens the URL of its function."""
    template = (
        "service: shop\nprovider: {name: aws, runtime: python3.13}\n"
        "functions:\n  hello:\n    handler: a.b\n    url:\n      authorizer: ${file(shared.yml):authorizer}\n"
    )
    commit(root, serverless_yml=template, shared_yml="authorizer: aws_iam\n")
    (root / "shared.yml").write_text("authorizer: none\n")
    report = new(root, "HEAD", "function-url-without-auth")
    assert [finding.resource.name for finding in report.findings] == ["hello"]


def test_a_function_added_in_one_file_shares_a_role_of_another(root: Path) -> None:
    commit(root, function_tf=FUNCTION, role_tf=ROLE + POLICY)
    (root / "second.tf").write_text(SECOND)
    report = new(root, "HEAD", "shared-role")
    assert {finding.primary.span.path for finding in report.findings if finding.primary.span} == {"role.tf"}


def test_a_policy_added_in_one_file_counts_for_the_role_in_another(root: Path) -> None:
    commit(root, function_tf=FUNCTION, role_tf=ROLE)
    (root / "policy.tf").write_text(POLICY)
    report = new(root, "HEAD", "admin-policy", "wildcard-action")
    assert report.findings


SUPPRESSED = "Resources:\n  Files:\n    Type: AWS::S3::Bucket\n    Properties:\n      AccessControl: PublicRead  # casemate: ignore[public-store] -- a web site\n"


def test_a_suppression_of_the_same_change_does_not_count(root: Path) -> None:
    commit(root, template_yaml="Resources:\n  Files:\n    Type: AWS::S3::Bucket\n")
    (root / "template.yaml").write_text(SUPPRESSED)
    assert [finding.suppressed for finding in new(root, "HEAD", "public-store").findings] == [None]
    kept = new(root, "HEAD", "public-store", keep=True)
    assert [finding.suppressed.reason for finding in kept.findings if finding.suppressed] == ["a web site"]
    assert not kept.open


def test_a_suppression_that_was_there_counts(root: Path) -> None:
    commit(root, template_yaml=SUPPRESSED.replace("PublicRead", "Private"))
    (root / "template.yaml").write_text(SUPPRESSED)
    report = new(root, "HEAD", "public-store")
    assert len(report.findings) == 1
    assert not report.open


def test_an_unknown_revision_is_an_error(root: Path) -> None:
    commit(root, template_yaml=SUPPRESSED)
    with pytest.raises(RepositoryError):
        new(root, "no-such-branch")


def test_a_configuration_suppression_of_the_same_change_does_not_count(root: Path) -> None:
    bucket = 'resource "aws_s3_bucket" "b" {{\n  acl = "{}"\n}}\n'
    suppress = '[[suppress]]\nrule = "public-store"\nreason = "a web site"\n'

    def found(keep: bool = False) -> list[str | None]:  # noqa: FBT001, FBT002 - the flag under test
        tree = FolderTree(root)
        configured = placed(suppressions_in(suppress.encode(), str(root / "casemate.toml")), root)
        request = Request(today=TODAY, only=("public-store",), suppressions=configured)
        report = only_new(scan(tree, request), tree, "HEAD", request, keep_suppressions=keep)
        return [finding.suppressed.kind if finding.suppressed else None for finding in report.findings]

    commit(root, main_tf=bucket.format("private"))
    (root / "main.tf").write_text(bucket.format("public-read"))
    assert found() == ["file"]  # the file is no part of the repository
    (root / "casemate.toml").write_text(suppress)
    assert found() == [None]
    assert found(keep=True) == ["file"]
    git(root, "stash", "--quiet", "--", "main.tf")
    commit(root)
    git(root, "stash", "pop", "--quiet")
    assert found() == ["file"]
