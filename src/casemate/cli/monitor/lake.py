"""`casemate monitor lake`: look after the event lake: settle what waits, let go of what is old, keep a Delta table."""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from casemate.errors import UsageError

if TYPE_CHECKING:
    import argparse


def arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of `monitor lake`."""
    parser.add_argument("lake", metavar="DIR", help="the lake that `monitor run --lake` fills")
    parser.add_argument(
        "--retain", type=int, metavar="DAYS", help="delete what is older, but for partitions that DIR/holds names"
    )
    parser.add_argument("--now", metavar="DATE", help="the day from which is counted back (default: today, UTC)")
    parser.add_argument("--delta", action="store_true", help="keep the lake as a Delta table from now on")


def run(args: argparse.Namespace) -> int:
    """Do what is asked, and say what there is, as JSON; 0."""
    from casemate.monitor.hunt.lake import Lake

    folder = Path(args.lake)
    if not folder.is_dir():
        raise UsageError(f"{folder} is no lake", hint="`casemate monitor run --lake DIR` makes one")
    lake = Lake(folder, delta=args.delta)
    made = lake.settle()
    gone: list[Path] = []
    if args.retain is not None:
        if args.retain < 1:
            raise UsageError("--retain wants at least one day")
        gone = lake.retain(args.retain, _day(args.now))
    files = lake.files()
    told = {
        "files": len(files),
        "bytes": sum(file.stat().st_size for file in files),
        "days": len({file.parts[-4] for file in files}),
        "made": [file.relative_to(folder).as_posix() for file in made],
        "deleted": [partition.relative_to(folder).as_posix() for partition in gone],
    }
    sys.stdout.write(json.dumps(told) + "\n")
    return 0


def _day(text: str | None) -> date:
    if text is None:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text[:10])
    except ValueError as error:
        raise UsageError(f"--now {text}: not a date", hint="2026-11-24") from error
