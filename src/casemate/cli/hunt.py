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
    parser.add_argument(
        "--rules", action="append", metavar="DIR", help="in place of SQL: these Sigma rules over the lake"
    )
    parser.add_argument(
        "--rule", action="append", metavar="NAME", help="in place of SQL: these detections over the lake"
    )
    parser.add_argument("--inventory", metavar="PATH", help="with --rule: the system that the events come from")
    parser.add_argument("--config", metavar="FILE", help="configuration with [monitor.known] and more")
    parser.add_argument("--columns", action="store_true", help="list the columns of `events`")


def run(args: argparse.Namespace) -> int:
    """Print the rows as JSON Lines; 0 whatever they are."""
    from casemate.monitor.hunt.columns import COLUMNS, MEANING

    if args.columns:
        for name, kind in COLUMNS.items():
            sys.stdout.write(f"{name:14} {kind:10} {MEANING[name]}\n")
        return 0
    if args.rules or args.rule:
        return _retro(args)
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


def _retro(args: argparse.Namespace) -> int:
    """Run detections over the history of the lake."""
    from casemate.cli.monitor.replay import loaded, system_at
    from casemate.monitor.hunt.lake import Lake
    from casemate.monitor.hunt.pruning import condition
    from casemate.monitor.hunt.querying import records_of
    from casemate.monitor.matching.slots import slots_of
    from casemate.monitor.replaying import replay_blocks
    from casemate.monitor.sinks.shapes import ascii_line, plain

    if args.sql or not args.lake:
        raise UsageError("detections run over a lake, and in place of SQL", hint="hunt --rule NAME --lake DIR")
    detections, knowledge = loaded(args, system_at(args.inventory))
    found = records_of(Lake(Path(args.lake)).files(), condition(slots_of(detections), knowledge))
    for alert in replay_blocks(found, detections, knowledge).alerts:
        sys.stdout.write(ascii_line(plain(alert)))
    return 0


def _plain(value: object) -> object:
    """Times as ISO 8601, whatever else JSON has no word for as text."""
    from datetime import date, datetime

    if isinstance(value, datetime):
        return value.isoformat() + ("" if value.tzinfo else "Z")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
