"""`casemate guard learn`: JSON Schemas of what events carry, from recorded ones, with a stated confidence."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from casemate.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

_NOTHING = 3


def arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of `guard learn`."""
    parser.add_argument(
        "files",
        nargs="+",
        metavar="EVENTS",
        help="recorded events: JSON Lines, or one JSON document each; - reads stdin",
    )


def run(args: argparse.Namespace) -> int:
    """Print `triggers` as a policy has them, and how far to trust each; 3 when there was nothing to learn from."""
    from casemate.protect.learning import learned

    found = learned(_payloads(args.files))
    confidence = {
        one.trigger: {
            "events": one.events,
            "distinct": one.distinct,
            "unseen": round(one.unseen, 6),
            "missing": round(one.missing, 6),
        }
        for one in found
    }
    document = {
        "schema": "casemate-learned/1",
        "triggers": {one.trigger: {"body": one.schema} for one in found},
        "confidence": confidence,
    }
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    return 0 if found else _NOTHING


def _payloads(files: list[str]) -> Iterator[tuple[str, object]]:
    from casemate.cli.guard.event import texts
    from casemate_guard.checks import payload
    from casemate_guard.events.decode import decode

    for path in files:
        for number, text in texts(path):
            try:
                event = json.loads(text)
            except (ValueError, RecursionError) as error:
                raise UsageError(
                    f"{path}:{number}: not valid JSON: {error}", hint="learning from a part would promise too much"
                ) from None
            found = decode(event)
            if found.excesses:
                raise UsageError(f"{path}:{number}: beyond the budget {found.excesses[0].budget}", hint="leave it out")
            for value in found.records or [event]:
                yield found.trigger, payload(found.trigger, value)
