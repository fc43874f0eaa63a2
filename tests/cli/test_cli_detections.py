"""`casemate detections`, and `casemate explain` of one."""

from __future__ import annotations

import json

import pytest

from casemate.cli.main import main


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(list(arguments)) == 0
    return capsys.readouterr().out


def test_the_list_names_every_detection_once(capsys: pytest.CaptureFixture[str]) -> None:
    lines = said(capsys, "detections").splitlines()
    assert any(
        line.startswith("trail-switched-off ") and "critical" in line and "aws.cloudtrail" in line for line in lines
    )
    rows = json.loads(said(capsys, "detections", "--format", "json"))
    assert len({row["name"] for row in rows}) == len(rows)
    assert lines[-1].startswith(f"{len(rows)} detections over ")
    assert set(rows[0]) == {"name", "title", "severity", "sources", "tags", "needs"}


def test_a_source_and_a_tactic_narrow_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    rows = json.loads(
        said(capsys, "detections", "--format", "json", "--source", "github.audit", "--tactic", "collection")
    )
    assert [row["name"] for row in rows] == ["many-repositories-fetched"]
    assert said(capsys, "detections", "--source", "nobody").startswith("\n0 detections")


def test_explain_prints_the_page_of_a_detection(capsys: pytest.CaptureFixture[str]) -> None:
    page = said(capsys, "explain", "trail-switched-off")
    assert page.startswith("# trail-switched-off\n")
    for heading in (
        "What it does",
        "Why it matters",
        "How to respond",
        "When to allow it",
        "Event that alerts",
        "References",
    ):
        assert f"## {heading}\n" in page
    assert "`T1562.008`" in page


def test_explain_lists_what_a_glob_names(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "explain", "trail-[ns]*").splitlines() == ["trail-narrowed", "trail-switched-off"]
    assert main(["explain", "trail-switched-of"]) == 2
    assert "did you mean trail-switched-off?" in capsys.readouterr().err
