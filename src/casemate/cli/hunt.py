"""`casemate hunt`: a SQL question to recorded events or to the event lake."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from casemate.errors import UsageError

if TYPE_CHECKING:
    import argparse


def arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of `hunt`."""
    parser.add_argument("sql", nargs="?", metavar="SQL", help="the question, to the table `events`")
    parser.add_argument("--events", nargs="+", metavar="FILE", help="recorded events: files, folders, - for stdin")
    parser.add_argument("--lake", metavar="DIR", help="the event lake of `casemate monitor run`")
    parser.add_argument("--columns", action="store_true", help="list the columns of `events`")


def run(args: argparse.Namespace) -> int:
    """Print the rows as JSON Lines; 0 whatever they are."""
    from casemate.monitor.hunt.columns import COLUMNS, MEANING

    if args.columns:
        for name, kind in COLUMNS.items():
            sys.stdout.write(f"{name:14} {kind:10} {MEANING[name]}\n")
        return 0
    if not args.sql or bool(args.events) == bool(args.lake):
        raise UsageError("hunt wants a question and either --events or --lake", hint='hunt "SELECT …" --events FILE…')
    from casemate.monitor.hunt.querying import over_files, over_lake

    if args.lake:
        from casemate.monitor.hunt.lake import Lake

        answer = over_lake(args.sql, Lake(Path(args.lake)).files())
    else:
        from casemate.monitor.reading import files_of

        answer, bad = over_files(args.sql, files_of(args.events))
        if bad:
            sys.stderr.write(f"casemate: {bad} records are no events and were left out\n")
    for row in answer:
        sys.stdout.write(json.dumps(dict(zip(answer.columns, row, strict=True)), default=_plain) + "\n")
    return 0


def _plain(value: object) -> object:
    """Times as ISO 8601, whatever else JSON has no word for as text."""
    from datetime import date, datetime

    if isinstance(value, datetime):
        return value.isoformat() + ("" if value.tzinfo else "Z")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
