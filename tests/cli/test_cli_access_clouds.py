"""`access needs`, `role` and `diff` beyond a function's own calls: settings of the platform, Azure and Google."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.analysis.access.needs import test_needs_clouds_compared as samples
from tests.analysis.access.needs.test_needs_platform import CODE, TEMPLATE

from casemate.cli.main import main

SHOP = "google_cloudfunctions2_function.shop"


def written(folder: Path, files: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))


@pytest.fixture
def google(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, {"main.tf": samples.GOOGLE, "main.py": samples.HANDLER}, monkeypatch)


def test_what_a_declared_setting_demands_is_required(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    written(tmp_path, {"template.yaml": TEMPLATE, "src/app.py": CODE}, monkeypatch)
    assert main(["access", "needs", "."]) == 0
    line = json.loads(capsys.readouterr().out)
    assert {
        "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces", "kms:Decrypt",
        "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:SendMessage",
        "xray:PutTraceSegments", "s3:GetObject",
    } <= set(line["required"])  # fmt: skip
    assert {"logs:CreateLogStream", "logs:PutLogEvents", "s3:ListBucket"} <= set(line["conditional"])
    assert not set(line["required"]) & set(line["conditional"])


@pytest.mark.usefixtures("google")
def test_the_needs_of_a_google_function(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["access", "needs", "."]) == 0
    line = json.loads(capsys.readouterr().out)
    assert line["required"] == ["pubsub.topics.publish", "storage.objects.get"]
    assert [one["Resource"] for one in line["statements"]] == [
        ["${google_storage_bucket.files}"],
        ["${google_pubsub_topic.news}"],
    ]


@pytest.mark.usefixtures("google")
def test_the_roles_of_a_google_function_in_its_own_dialect(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["access", "role", SHOP, "."]) == 0
    text = capsys.readouterr().out
    assert 'resource "google_storage_bucket_iam_member" "shop_1"' in text
    assert '  role   = "roles/storage.objectViewer"' in text
    assert "  topic = google_pubsub_topic.news.id" in text


@pytest.mark.usefixtures("google")
@pytest.mark.parametrize("flag", [["--write"], ["--usage", "x.json"]])
def test_roles_of_other_clouds_are_printed_only(flag: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["access", "role", SHOP, ".", *flag]) == 2
    assert "printed only" in capsys.readouterr().err


@pytest.mark.usefixtures("google")
def test_the_difference_of_a_google_function(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["access", "diff", "--format", "json"]) == 0
    (identity,) = json.loads(capsys.readouterr().out)["roles"]
    assert identity["functions"] == [SHOP]
    assert [one["Action"] for one in identity["missing"]] == ["pubsub.topics.publish"]
    (unused,) = identity["unused"]
    assert (unused["granted"], unused["used"], unused["needless"]) == (
        "roles/storage.admin",
        ["storage.objects.get"],
        False,
    )
    assert main(["access", "diff"]) == 0
    text = capsys.readouterr().out
    assert "granted as roles/storage.admin" in text
    assert "pubsub.topics.publish on ${google_pubsub_topic.news}" in text
