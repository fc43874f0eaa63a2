"""`casemate hunt`: a question to recorded events or to the event lake, in SQL, by name, or by a detection."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from casemate.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Mapping


def arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of `hunt`."""
    parser.add_argument("sql", nargs="?", metavar="SQL", help="the question, to the table `events`")
    parser.add_argument("--events", nargs="+", metavar="FILE", help="recorded events: files, folders, - for stdin")
    parser.add_argument("--lake", metavar="DIR", help="the event lake of `casemate monitor run`")
    parser.add_argument("--saved", metavar="NAME", help="in place of SQL: a saved hunt")
    parser.add_argument(
        "--param", action="append", default=[], metavar="K=V", help="a parameter of the hunt; may repeat"
    )
    parser.add_argument(
        "--hunts",
        action="append",
        default=[],
        metavar="DIR",
        help="your own saved hunts, one .sql file each; may repeat",
    )
    parser.add_argument("--list", action="store_true", help="list the saved hunts")
    parser.add_argument(
        "--rules", action="append", metavar="DIR", help="in place of SQL: these Sigma rules over the lake"
    )
    parser.add_argument(
        "--rule", action="append", metavar="NAME", help="in place of SQL: these detections over the lake"
    )
    parser.add_argument("--inventory", metavar="PATH", help="with --rule: the system that the events come from")
    parser.add_argument("--config", metavar="FILE", help="configuration with [monitor.known] and more")
    parser.add_argument(
        "--dialect",
        metavar="NAME",
        help="do not ask, print the SQL for another database: spark, clickhouse, athena, trino, snowflake, bigquery",
    )
    parser.add_argument("--spark", action="store_true", help="ask the lake through Spark in place of DuckDB")
    parser.add_argument("--columns", action="store_true", help="list the columns of `events`")


def run(args: argparse.Namespace) -> int:
    """Print the rows as JSON Lines; 0 whatever they are."""
    if args.columns:
        return _columns()
    if args.list:
        return _list(args)
    if args.rules or args.rule:
        return _generated(args) if args.dialect else _retro(args)
    question, values = _question(args)
    if args.dialect:
        return _translated(question, args.dialect)
    if bool(args.events) == bool(args.lake):
        raise UsageError("hunt wants a question and either --events or --lake", hint='hunt "SELECT …" --events FILE…')
    columns, rows = _asked(args, question, values)
    for row in rows:
        sys.stdout.write(json.dumps(dict(zip(columns, row, strict=True)), default=_plain) + "\n")
    return 0


def _asked(
    args: argparse.Namespace, question: str, values: Mapping[str, str]
) -> tuple[list[str], Iterable[tuple[object, ...]]]:
    from casemate.monitor.hunt.querying import over_files, over_lake

    if args.spark:
        from casemate.monitor.hunt.spark import over_lake as through_spark

        if not args.lake or values:
            raise UsageError("Spark asks the lake, and knows no parameters", hint='hunt "SELECT …" --lake DIR --spark')
        return through_spark(question, Path(args.lake))
    if args.lake:
        from casemate.monitor.hunt.lake import Lake

        answer = over_lake(question, Lake(Path(args.lake)).files(), values)
    else:
        from casemate.monitor.reading import files_of

        answer, bad = over_files(question, files_of(args.events), values)
        if bad:
            sys.stderr.write(f"casemate: {bad} records are no events and were left out\n")
    return answer.columns, answer


def _columns() -> int:
    from casemate.monitor.hunt.columns import COLUMNS, MEANING

    for name, kind in COLUMNS.items():
        sys.stdout.write(f"{name:14} {kind:10} {MEANING[name]}\n")
    return 0


def _list(args: argparse.Namespace) -> int:
    from casemate.monitor.hunt.saved import saved_hunts

    for hunt in saved_hunts(map(Path, args.hunts)).values():
        sys.stdout.write(f"{hunt.name}\n    {hunt.title}\n")
        for param in hunt.params:
            told = f" (else {param.default})" if param.default is not None else ""
            sys.stdout.write(f"    --param {param.name}=…  {param.meaning}{told}\n")
    return 0


def _question(args: argparse.Namespace) -> tuple[str, dict[str, str]]:
    given = {}
    for one in args.param:
        name, equals, value = one.partition("=")
        if not equals:
            raise UsageError(f"--param {one}: not a parameter", hint="--param name=value")
        given[name] = value
    if args.saved:
        from casemate.monitor.hunt.saved import chosen, saved_hunts

        if args.sql:
            raise UsageError("either SQL or a saved hunt")
        hunt = chosen(args.saved, saved_hunts(map(Path, args.hunts)))
        return hunt.sql, hunt.values(given)
    if not args.sql:
        raise UsageError(
            "hunt wants a question", hint='hunt "SELECT …" --events FILE…, or --saved NAME; --list names them'
        )
    return args.sql, given


def _translated(question: str, dialect: str) -> int:
    from casemate.monitor.hunt.translating import VERIFIED, translated

    made = translated(question, dialect)
    if dialect not in VERIFIED:
        sys.stdout.write(f"-- generated for {dialect}, not verified against it\n")
    sys.stdout.write(f"{made}\n")
    return 0


def _generated(args: argparse.Namespace) -> int:
    """Print detections as statements."""
    from casemate.cli.monitor.replay import loaded, system_at
    from casemate.monitor.hunt.dialects import DIALECTS
    from casemate.monitor.hunt.statements import statements

    dialect = DIALECTS.get(args.dialect)
    if dialect is None:
        raise UsageError(f"no SQL is called {args.dialect!r}", hint=f"one of {', '.join(DIALECTS)}")
    detections, knowledge = loaded(args, system_at(args.inventory))
    if not dialect.verified:
        sys.stdout.write(f"-- generated for {dialect.name}, not verified against it\n")
    for name, statement in statements(detections, dialect, knowledge):
        sys.stdout.write(f"-- {name}\n{statement or '-- SQL cannot say it: run it with `casemate hunt --rule`'};\n")
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

    if args.sql or args.saved or not args.lake:
        raise UsageError("detections run over a lake, and in place of SQL", hint="hunt --rule NAME --lake DIR")
    detections, knowledge = loaded(args, system_at(args.inventory))
    if args.spark:
        from casemate.monitor.hunt.spark import records_of as through_spark

        found = through_spark(Path(args.lake), slots_of(detections), knowledge)
    else:
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
