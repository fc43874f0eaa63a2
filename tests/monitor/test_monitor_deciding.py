"""What the configuration says of alerts: suppressed, tuned, told once."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from tests.monitor.test_monitor_running import record

from casemate.cli.main import main
from casemate.config import load
from casemate.errors import ConfigurationError
from casemate.model.alert import Alert
from casemate.model.finding import CRITICAL, HIGH, LOW
from casemate.monitor.asking import asked, body_of
from casemate.monitor.deciding import Deciding
from casemate.monitor.durable.database import Database
from casemate.monitor.suppressing import expired, suppressions
from casemate.monitor.tuning import tuned, tunings

TODAY = date(2026, 11, 24)


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def alert(time: int = at("2026-03-04T10:00:00"), rule: str = "trail-switched-off", **about: str) -> Alert:
    told = {"actor": "arn:aws:iam::1:user/Alice", "address": "198.51.100.7", **about}
    return Alert(
        "a" * 32, rule, "T", HIGH, time, ("e",), source="aws.cloudtrail", account="1", about=told, tags=("x", "y")
    )


@pytest.mark.parametrize(
    ("where", "holds"),
    [
        ({"actor": "arn:aws:iam::1:user/alice"}, True),
        ({"actor": "*:user/alice"}, True),
        ({"actor|endswith": "ALICE"}, True),
        ({"actor": "*:user/bob"}, False),
        ({"address|cidr": ["10.0.0.0/8", "198.51.100.0/24"]}, True),
        ({"address|cidr": "10.0.0.0/8"}, False),
        ({"severity": ["high", "critical"], "account": 1}, True),
        ({"severity": "high", "account": "2"}, False),
        ([{"account": "2"}, {"account": "1"}], True),
        ({"tags": "y"}, True),
        ({"actor|re": ".*/A.*e$"}, True),
        ({"owner": None}, True),
        ({"nothing": "x"}, False),
        ({"rule|startswith": "trail"}, True),
    ],
)
def test_a_condition_is_that_of_rules(where: object, holds: object) -> None:
    assert asked(where, "x")(body_of(alert())) is holds


@pytest.mark.parametrize("where", [{}, [], "x", {"a|b": 1}, {"a": {"b": 1}}, {"a|re": "("}, {"a|cidr": "x"}, [1]])
def test_a_condition_that_is_none_is_refused(where: object) -> None:
    with pytest.raises(ConfigurationError, match="here"):
        asked(where, "here")


ROW: dict[str, object] = {"detection": "trail-*", "reason": "planned", "until": date(2026, 3, 4)}


def decided(row: dict[str, object], one: Alert) -> str:
    return Deciding(lambda: TODAY, suppressions=suppressions([row])).decided(one)[1].silenced


def test_a_suppression_ends_with_its_day() -> None:
    assert decided(ROW, alert()) == "suppressed: planned, until 2026-03-04"
    assert decided(ROW, alert(at("2026-03-04T23:59:59"))) != ""
    assert decided(ROW, alert(at("2026-03-05T00:00:00"))) == ""
    assert decided(ROW, alert(-1)) == ""  # of an alert without a time today counts
    assert decided(ROW, alert(rule="other")) == ""
    assert decided({**ROW, "where": {"actor": "bob"}}, alert()) == ""
    assert [one.number for one in expired(suppressions([ROW]), TODAY)] == [1]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"reason": " "}, "a reason is required"),
        ({"detection": ""}, "detection is required"),
        ({"detection": "*"}, "every alert"),
        ({"until": "soon"}, "no date"),
        ({"till": 1}, "unknown key"),
    ],
)
def test_a_suppression_without_a_reason_suppresses_nothing(change: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        suppressions([{**ROW, **change}])


OFFICE = {"days": ["mon", "tue", "wed", "thu", "fri"], "from": "08:00", "to": "18:00", "zone": "Europe/Zurich"}


@pytest.mark.parametrize(
    ("during", "time", "inside"),
    [
        (OFFICE, "2026-03-04T07:00:00", True),  # 08:00 in Zurich
        (OFFICE, "2026-03-04T06:59:59", False),
        (OFFICE, "2026-03-04T17:00:00", False),  # 18:00 is no more in it
        (OFFICE, "2026-07-01T06:00:00", True),  # summer time
        (OFFICE, "2026-03-07T10:00:00", False),  # Saturday
        ({**OFFICE, "outside": True}, "2026-03-07T10:00:00", True),
        ({"days": ["fri"], "from": "22:00", "to": "04:00"}, "2026-03-07T03:00:00", True),  # the night from Friday
        ({"days": ["fri"], "from": "22:00", "to": "04:00"}, "2026-03-06T03:00:00", False),
        ({"days": ["sat", "sun"]}, "2026-03-07T00:00:00", True),
    ],
)
def test_hours_are_those_of_their_zone(during: dict[str, object], time: str, inside: object) -> None:
    rows = tunings([{"detection": "*", "during": during, "quiet": True}])
    assert bool(tuned(rows, alert(at(time))).quiet) is inside


def test_rows_apply_one_after_the_other() -> None:
    rows = tunings(
        [
            {"detection": "trail-*", "severity": "critical"},
            {"detection": "*", "where": {"severity": "critical", "actor": "*Alice"}, "severity": "low"},
            {"detection": "other", "quiet": True},
        ]
    )
    assert tuned(rows, alert()).alert.severity == LOW
    assert tuned(rows, alert(actor="bob")).alert.severity == CRITICAL


@pytest.mark.parametrize(
    "row",
    [
        {"detection": "x"},
        {"severity": "low"},
        {"detection": "x", "severity": "loud"},
        {"detection": "x", "quiet": True, "during": {"days": ["someday"]}},
        {"detection": "x", "quiet": True, "during": {"from": "25:00"}},
        {"detection": "x", "quiet": True, "during": {"zone": "Moon/Sea"}},
        {"detection": "x", "quiet": True, "during": {"zone": "../../etc/passwd"}},
        {"detection": "x", "once": {"every": "often"}},
        {"detection": "x", "loud": True},
    ],
)
def test_a_tuning_that_cannot_be_is_refused(row: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError):
        tunings([row])


CONFIG = """
[[monitor.suppress]]
detection = "22222222-*"
where = { actor = "*/alice" }
until = 2026-12-31
reason = "landing zone"

[[monitor.suppress]]
detection = "nothing"
until = 2020-01-01
reason = "long over"

[[monitor.tune]]
detection = "22222222-*"
severity = "low"
once = { every = "30m", by = ["account"] }
"""


RULE = """
title: A trail was deleted
id: 22222222-2222-4222-8222-222222222222
status: test
logsource: {product: aws, service: cloudtrail}
detection: {selection: {eventName: DeleteTrail}, condition: selection}
level: high
"""


def events(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    who = (("alice", 0), ("bob", 1), ("carol", 2), ("dave", 40))
    lines = [record(number, "DeleteTrail", minute, user) for number, (user, minute) in enumerate(who)]
    (folder / "a.ndjson").write_bytes(b"\n".join(lines) + b"\n")
    (tmp_path / "rule.yml").write_text(RULE)
    (tmp_path / "c.toml").write_text(CONFIG)
    return folder


def test_replay_shows_what_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = events(tmp_path)
    assert (
        main(
            [
                "monitor",
                "replay",
                str(folder),
                "--rules",
                str(tmp_path / "rule.yml"),
                "--config",
                str(tmp_path / "c.toml"),
            ]
        )
        == 0
    )
    printed = capsys.readouterr()
    shown = [json.loads(line) for line in printed.out.splitlines()]
    assert [(one["events"], one["severity"]) for one in shown] == [(["e1"], "low"), (["e3"], "low")]
    assert "1 alerts not shown: suppressed: landing zone" in printed.err
    assert "1 alerts not shown: told already" in printed.err
    assert "has expired on 2020-01-01" in printed.err


def test_run_keeps_what_it_does_not_tell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = events(tmp_path)
    state = str(tmp_path / "s.db")
    command = [
        "monitor",
        "run",
        "--from",
        str(folder),
        "--once",
        "--rules",
        str(tmp_path / "rule.yml"),
        "--state",
        state,
    ]
    assert main([*command, "--config", str(tmp_path / "c.toml")]) == 0
    assert [json.loads(line)["events"] for line in capsys.readouterr().out.splitlines()] == [["e1"], ["e3"]]
    database = Database(state)
    assert len(database.alerts()) == 4
    assert sorted(reason.partition(":")[0].partition(" as ")[0] for reason in database.silenced().values()) == [
        "suppressed", "told",
    ]  # fmt: skip
    database.close()


def test_a_database_of_the_first_version_goes_on(tmp_path: Path) -> None:
    import sqlite3

    made = Database(tmp_path / "s.db")
    made.close()
    with sqlite3.connect(tmp_path / "s.db") as connection:
        connection.executescript("DROP TABLE silenced; DROP TABLE onces; PRAGMA user_version=1")
    connection.close()
    again = Database(tmp_path / "s.db")
    assert again.silenced() == {}
    again.close()


def test_lists_below_monitor_are_lists(tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_text("[monitor]\nsuppress = { detection = 'x' }\n")
    with pytest.raises(ConfigurationError, match="must be a list of tables"):
        load(start=tmp_path, given=file)
    file.write_text("[[monitor.supress]]\ndetection = 'x'\n")
    with pytest.raises(ConfigurationError) as caught:
        load(start=tmp_path, given=file)
    assert "monitor.suppress" in str(caught.value.hint)
