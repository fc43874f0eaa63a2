"""Rows as Arrow columns: what `Rows` says of every event, and the same bytes of Parquet for the same records."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.monitor.monitor_expressions import records

from casemate.monitor.events.decoding import decode
from casemate.monitor.events.masking import masked_bytes
from casemate.monitor.hunt.columns import COLUMNS, MOST_TEXTS, Rows
from casemate.monitor.hunt.filling import Columns
from casemate.monitor.hunt.lake import Lake
from casemate.monitor.hunt.querying import SELECT_ROWS, connected

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("arro3.core")

TRAIL = {
    "eventID": "1",
    "eventSource": "iam.amazonaws.com",
    "eventName": "CreateUser",
    "userIdentity": {"type": "Root"},
}
SECRET = json.dumps({**TRAIL, "requestParameters": {"password": "hunter22hunter22", "userName": "a"}}).encode()


def filled(lines: list[bytes]) -> list[dict[str, object]]:
    """The rows as DuckDB has them, the record as JSON."""
    columns = Columns()
    for line in lines:
        columns.add(decode(line), line)
    with connected() as connection:
        connection.register("rows", columns.table())
        found = connection.execute(f"SELECT * REPLACE (epoch_us(time) AS time) FROM ({SELECT_ROWS})").fetchall()  # noqa: S608 - ours
    assert len(columns) == 0
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in found]
    return [{**row, "raw": json.loads(str(row["raw"]))} for row in rows]


def expected(lines: list[bytes]) -> list[dict[str, object]]:
    rows = Rows()
    made = []
    for line in lines:
        row: dict[str, object] = dict.fromkeys(COLUMNS)
        row.update(rows.row(decode(line), line))
        made.append({**row, "raw": json.loads(masked_bytes(line))})
    return made


@settings(max_examples=100, deadline=None)
@given(bodies=st.lists(records, min_size=1, max_size=4), ascii_only=st.booleans(), tight=st.booleans())
def test_the_columns_say_what_the_rows_say(*, bodies: list[dict[str, object]], ascii_only: bool, tight: bool) -> None:
    marks = (",", ":") if tight else (", ", ": ")
    lines = [json.dumps(body, ensure_ascii=ascii_only, separators=marks).encode() for body in bodies]
    assert filled(lines) == expected(lines)
    assert filled(lines * 2) == expected(lines * 2)


@pytest.mark.parametrize(
    "line",
    [
        SECRET,
        SECRET.replace(b": ", b":").replace(b", ", b","),
        json.dumps({"name": "password", "value": "hunter22"}, separators=(",", ":")).encode(),
        b'{"password":"hunter22hunter22","password":null,"eventID":"1"}',
        b'{"eventID":"1","eventID":"2"}',
        b'{"a\\"b":1}',
        b'{"a.b":"x"}',
        b'{"token.x":"00"}',
        b"{}",
        b'{"x":"\\u00e4"}',
        '{"x":"ä"}'.encode(),
        b'{"time":"2026-03-01T10:00:00Z","secret":"2026-03-01T10:00:00Z"}',
        json.dumps({**TRAIL, "many": list(range(MOST_TEXTS + 1))}, separators=(",", ":")).encode(),
        json.dumps({**TRAIL, "a": list(range(MOST_TEXTS // 2)), "b": list(range(MOST_TEXTS // 2))}).encode(),
        b'{"deep":' + b'{"a":' * 70 + b"1" + b"}" * 71,
        b'{"n":[null,[],{},true,1.50,1e3,"",[["x"]]]}',
        json.dumps({**TRAIL, "eventTime": "2026-03-01T10:00:00Z", "resources": [{"ARN": "x"}, {"ARN": "y"}]}).encode(),
    ],
)
def test_records_that_are_taken_the_long_way(line: bytes) -> None:
    assert filled([line, line]) == expected([line, line])
    assert "hunter22" not in str(filled([line]))


def test_the_same_records_make_the_same_files(tmp_path: Path) -> None:
    lines = [
        json.dumps(
            {**TRAIL, "eventID": str(number % 7), "eventTime": f"2026-03-0{1 + number % 2}T10:00:0{number % 5}Z"}
        )
        for number in range(40)
    ]
    made = []
    for name in ("a", "b"):
        lake = Lake(tmp_path / name)
        lake.write("\n".join(lines).encode())
        made.append([(file.relative_to(tmp_path / name), file.read_bytes()) for file in lake.settle()])
    assert made[0] == made[1]
    assert len(made[0]) == 2
    with connected() as connection:
        names = [str(tmp_path / "a" / file) for file, _ in made[0]]
        found = connection.execute("SELECT id FROM read_parquet(?)", [names]).fetchall()
    assert sorted(found) == [(str(number),) for number in range(7)]
