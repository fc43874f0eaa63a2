"""The lake as a Delta table, for engines that read one: a log beside the files that says which of them are the table.

The files stay what they are; the log names them. A file that is on disk and not in the log is added with the next
commit, and one that retention took away is removed, so a crash between file and log heals itself. Needs the extra
`delta` (delta-rs: no JVM).
"""

from __future__ import annotations

import json
from time import time
from typing import TYPE_CHECKING
from urllib.parse import unquote

from casemate.errors import MissingExtraError
from casemate.monitor.hunt.columns import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from deltalake import DeltaTable

LOG = "_delta_log"
"""The folder of the log; where a lake has one, it is kept."""
_TYPES: dict[str, object] = {
    "VARCHAR": "string",
    "JSON": "string",
    "TIMESTAMP": "timestamp_ntz",
    "BOOLEAN": "boolean",
    "VARCHAR[]": {"type": "array", "elementType": "string", "containsNull": True},
    "MAP(VARCHAR, VARCHAR[])": {
        "type": "map",
        "keyType": "string",
        "valueType": {"type": "array", "elementType": "string", "containsNull": True},
        "valueContainsNull": True,
    },
}


def commit(lake: Path, files: Iterable[Path]) -> tuple[int, int]:
    """Make the table say that it is these files; gives how many were added to it and removed from it.

    Raises `MissingExtraError` without the library.
    """
    try:
        from deltalake import DeltaTable as Table
        from deltalake import Schema
        from deltalake.transaction import AddAction, RemoveAction, create_table_with_add_actions
    except ModuleNotFoundError as error:
        raise MissingExtraError("the lake as a Delta table", extra="delta") from error
    schema = Schema.from_json(_schema())
    there = {file.relative_to(lake).as_posix(): file for file in files}
    is_new = not (lake / LOG).is_dir()
    table = None if is_new else Table(lake)
    known = {} if table is None else _known(table)
    added = [
        AddAction(path, (size := file.stat()).st_size, {"day": _day(path)}, int(size.st_mtime * 1000), True, "{}")
        for path, file in sorted(there.items())
        if path not in known
    ]
    gone = [path for path in known if path not in there]
    if table is None:
        create_table_with_add_actions(str(lake), schema, added, mode="error", partition_by=["day"], name="events")
    elif added or gone:
        now = int(time() * 1000)
        removed = [RemoveAction(path, True, now, partition_values={"day": _day(path)}) for path in sorted(gone)]
        table.create_write_transaction([*added, *removed], "append", schema, partition_by=["day"])
    return len(added), len(gone)


def _known(table: DeltaTable) -> set[str]:
    """Paths of the table's files below the lake."""
    return {unquote(str(path)) for path in table.get_add_actions().column("path").to_pylist()}


def _day(path: str) -> str:
    return path.split("/", 1)[0].removeprefix("day=")


def _schema() -> str:
    fields = [{"name": name, "type": _TYPES[kind], "nullable": True, "metadata": {}} for name, kind in COLUMNS.items()]
    fields.append({"name": "day", "type": "string", "nullable": True, "metadata": {}})
    return json.dumps({"type": "struct", "fields": fields})
