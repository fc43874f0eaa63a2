"""Saved hunts and hunts in other SQL, by the command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from casemate.cli.main import main
from casemate.errors import UsageError
from casemate.monitor.hunt.saved import chosen, parse, saved_hunts
from casemate.monitor.hunt.translating import TARGETS, translated

EVENT = {
    "eventID": "1", "eventTime": "2026-03-01T10:00:00Z", "eventSource": "secretsmanager.amazonaws.com",
    "eventName": "GetSecretValue", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::1:user/alice"},
    "sourceIPAddress": "198.51.100.7", "requestParameters": {"secretId": "shop/db"}, "recipientAccountId": "1",
}  # fmt: skip


@pytest.fixture
def trail(tmp_path: Path) -> str:
    file = tmp_path / "trail.ndjson"
    file.write_text(json.dumps(EVENT) + "\n", "utf-8")
    return str(file)


@pytest.mark.parametrize("name", sorted(saved_hunts()))
def test_every_saved_hunt_can_be_asked(name: str, trail: str, capsys: pytest.CaptureFixture[str]) -> None:
    given = [f"--param={param.name}=alice" for param in saved_hunts()[name].params if param.default is None]
    assert main(["hunt", "--saved", name, "--events", trail, *given]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    if name in {"secrets-read", "one-principal"}:
        assert rows


def test_a_parameter_is_bound_and_never_pasted(trail: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["hunt", "SELECT $who AS who FROM events", "--events", trail, "--param", "who=x'; DROP"]) == 0
    assert json.loads(capsys.readouterr().out) == {"who": "x'; DROP"}


def test_own_hunts_are_files_and_broken_ones_say_why(tmp_path: Path) -> None:
    (tmp_path / "mine.sql").write_text("-- title: Mine\n-- param: n: how many\nSELECT $n\n", "utf-8")
    mine = chosen("mine", saved_hunts([tmp_path]))
    assert mine.sql == "SELECT $n"
    with pytest.raises(UsageError, match="wants n: how many"):
        mine.values({})
    with pytest.raises(UsageError, match="no parameter 'm'"):
        mine.values({"m": "1"})
    with pytest.raises(UsageError, match="no saved hunt 'mined'"):
        chosen("mined", saved_hunts([tmp_path]))
    for text in ("SELECT 1", "-- title: x\n", "-- title: x\n-- param: a b c\nSELECT 1"):
        with pytest.raises(UsageError):
            parse("broken", text)


@pytest.mark.parametrize("target", TARGETS)
def test_a_question_is_told_in_other_sql(target: str) -> None:
    made = translated("SELECT actor, count(*) AS n FROM events WHERE outcome = 'failure' GROUP BY actor", target)
    assert "failure" in made


@pytest.mark.parametrize(
    "question",
    [
        "SELECT time_bucket(INTERVAL '1 hour', time) FROM events", "SELECT substr(actor, 0, 3) FROM events",
        "SELECT quantile_cont(cost, 0.5) FROM events", "DROP TABLE events", "SELECT 1; SELECT 2", "SELECT FROM WHERE (",
        "SELECT * FROM read_csv('/etc/passwd')",
    ],
)  # fmt: skip
def test_what_means_something_else_elsewhere_is_refused(question: str) -> None:
    with pytest.raises(UsageError):
        translated(question, "spark")


def test_detections_are_told_in_other_sql(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["hunt", "--rule", "secrets-read-in-bulk", "--dialect", "snowflake"]) == 0
    said = capsys.readouterr().out
    assert "not verified" in said
    assert "secrets-read-in-bulk, stage 0" in said
    assert "'getsecretvalue'" in said
