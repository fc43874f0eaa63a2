"""Detections as statements for other databases, over a table `events` that has the lake's columns.

One statement a stage: SQL says which events meet it, and the window over them stays with `casemate`, since streams
have no window functions and databases disagree about ties. What a database has not been run against says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.authoring.patterns import Each
from casemate.monitor.hunt.exact import exact
from casemate.monitor.knowledge import NOTHING, Knowledge
from casemate.monitor.matching.slots import slots_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from casemate.authoring.detection import Detection
    from casemate.monitor.hunt.dialects import Dialect
    from casemate.monitor.matching.slots import Slot

SHOWN = ("time", "source", "account", "id", "actor", "action", "address", "function", "resource")
"""Columns that a statement gives."""


def statements(
    detections: Sequence[Detection], dialect: Dialect, knowledge: Knowledge = NOTHING
) -> Iterator[tuple[str, str | None]]:
    """Name of each stage and its statement; None where this SQL cannot say it."""
    for slot in slots_of(detections):
        detection = detections[slot.detection]
        plain = isinstance(detection.pattern, Each) and len(slot.path) == 1
        name = detection.name if plain else f"{detection.name}, stage {'.'.join(map(str, slot.path))}"
        yield name, statement(slot, dialect, knowledge)


def statement(slot: Slot, dialect: Dialect, knowledge: Knowledge = NOTHING) -> str | None:
    """The events that meet one stage; None where this SQL cannot say it."""
    asked = where(slot, dialect, knowledge)
    if asked is None:
        return None
    columns = ", ".join(map(dialect.column, SHOWN))
    return f"SELECT {columns} FROM events WHERE {asked}"  # noqa: S608 - made by `exact`, values quoted


def where(slot: Slot, dialect: Dialect, knowledge: Knowledge = NOTHING) -> str | None:
    """The condition of a stage, with that on its sources."""
    asked = exact(slot.where, dialect, knowledge)
    if asked is None or not slot.names:
        return asked
    names = ", ".join(dialect.quoted(name) for name in sorted(slot.names))
    return f"{dialect.column('source')} IN ({names}) AND ({asked})"
