"""The lake's upkeep: what is old goes, what is held stays, and a Delta log says the same as the folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from casemate.cli.main import main
from casemate.monitor.hunt.lake import Lake
from casemate.monitor.hunt.table import commit


def filled(folder: Path) -> Lake:
    lake = Lake(folder)
    rows = [
        {
            "eventID": f"{day}", "eventTime": f"2026-03-0{day}T10:00:00Z", "eventSource": "iam.amazonaws.com",
            "eventName": "CreateUser", "userIdentity": {"type": "Root"}, "recipientAccountId": "1",
        }
        for day in (1, 2, 3)
    ]  # fmt: skip
    lake.write(b"\n".join(json.dumps(row).encode() for row in rows) + b"\n")
    lake.settle()
    return lake


def test_what_is_old_goes_and_what_is_held_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    filled(tmp_path)
    (tmp_path / "holds").write_text("# a case\nday=2026-03-01/*\n", "utf-8")
    assert main(["monitor", "lake", str(tmp_path), "--retain", "1", "--now", "2026-03-04"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["deleted"] == ["day=2026-03-02/source=aws.cloudtrail/account=1"]
    assert (told["files"], told["days"]) == (2, 2)
    assert main(["monitor", "lake", str(tmp_path / "none")]) == 2
    assert main(["monitor", "lake", str(tmp_path), "--retain", "1", "--now", "soon"]) == 2


def test_a_delta_log_says_what_the_folder_says(tmp_path: Path) -> None:
    deltalake = pytest.importorskip("deltalake")
    lake = filled(tmp_path)
    files = lake.files()
    assert commit(tmp_path, files[:1]) == (1, 0)
    assert commit(tmp_path, files) == (2, 0)
    assert commit(tmp_path, files) == (0, 0)
    files[0].unlink()
    again = Lake(tmp_path)
    again.write(b'{"eventID": "9", "eventSource": "s3.amazonaws.com", "eventName": "PutObject", "userIdentity": {}}\n')
    again.settle()
    table = deltalake.DeltaTable(tmp_path)
    named = {Path(uri).name for uri in table.file_uris()}
    assert named == {file.name for file in again.files()}
    found = deltalake.QueryBuilder().register("events", table).execute("SELECT count(*) AS n FROM events").read_all()
    assert found.column("n").to_pylist() == [3]
