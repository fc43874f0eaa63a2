"""`casemate guard event`: what the guard makes of events, as JSON Lines."""
from __future__ import annotations
import argparse
def arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of `guard event`."""
    parser.add_argument("file", metavar="FILE", help="events, JSON Lines or one JSON document; - reads stdin")
