"""Trying a detection on one of its own cases, with the oracle: what the meta-test and a detection's author run."""

from __future__ import annotations

from datetime import date
from inspect import cleandoc
from typing import TYPE_CHECKING

from casemate.errors import ContentError
from casemate.monitor.correlation.plain import alerts, history
from casemate.monitor.events.decoding import BadRecordError, decode
from casemate.monitor.events.envelopes import unwrapped
from casemate.monitor.events.registry import fields_of
from casemate.monitor.knowledge import NOTHING, Knowledge, relation

if TYPE_CHECKING:
    from casemate.authoring.detection import Detection, EventCase
    from casemate.model.event import Event

TODAY = date(2026, 11, 24)
"""The day that the templates of cases are read by."""


def events_of(case: EventCase) -> list[Event]:
    """The events of a case. Raises `ContentError` for a line that is no record."""
    found = []
    for number, record in enumerate(unwrapped(cleandoc(case.records).encode()), 1):
        try:
            found.append(decode(record))
        except BadRecordError as error:
            raise ContentError(f"record {number} of the case: {error.message}") from error
    return found


def knowledge_of(case: EventCase) -> Knowledge:
    """What is known in a case: its template's inventory, joined with what it gives outright."""
    given = Knowledge({name: relation(rows) for name, rows in case.knowledge})
    if case.system is None:
        return given
    from casemate.analysis.system import System
    from casemate.inventory.build import build
    from casemate.monitor.loading import knowledge_for
    from casemate.sources.discover import discover
    from casemate.sources.source import Options
    from casemate.sources.tree import MemoryTree

    tree = MemoryTree({"template.yaml": cleandoc(case.system).encode()})
    return knowledge_for(System(build(discover(tree, Options()).readings), TODAY, tree=tree), given)


def complaint(detection: Detection, case: EventCase) -> str | None:
    """What is wrong with the detection or the case, in words; None when they agree."""
    found = events_of(case)
    strange = sorted({event.source for event in found} - set(detection.sources))
    if strange and case.fires:
        return f"the detection reads {', '.join(detection.sources)}, the case has events of {', '.join(strange)}"
    known = knowledge_of(case) if case.system or case.knowledge else NOTHING
    made = alerts(detection, history(found, fields_of, known))
    if case.fires and not made:
        return "expected an alert, got none"
    if not case.fires and made:
        return f"expected no alert, got {len(made)}, the first of event {made[0].events[0]}"
    return None
