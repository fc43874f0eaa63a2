"""Every expression of every detection, numbered: what the engine evaluates and correlation consumes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from casemate.authoring.patterns import Pattern, stages_of
from casemate.monitor.events.registry import by_name, fields_of, sources
from casemate.monitor.matching.compiling import Test, compiled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from casemate.authoring.detection import Detection
    from casemate.authoring.patterns import Stage
    from casemate.authoring.query import Expression
    from casemate.monitor.events.source import Source
    from casemate.monitor.knowledge import Knowledge


@dataclass(frozen=True, slots=True)
class Slot:
    """One stage of one detection. `path`: indexes of stages from the detection's pattern inwards."""

    number: int
    detection: int
    path: tuple[int, ...]
    stage: Stage
    where: Expression
    names: frozenset[str]

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources it is asked of; none named: all, and records that nobody knows."""
        known = by_name()
        return tuple(known[name] for name in sorted(self.names) if name in known) if self.names else sources()


def slots_of(detections: Sequence[Detection]) -> tuple[Slot, ...]:
    """All slots, in the order of the detections."""
    found: list[Slot] = []
    for number, detection in enumerate(detections):
        for path, stage in _stages(detection.pattern, ()):
            names = frozenset(stage.sources or detection.sources)
            assert not isinstance(stage.where, Pattern)  # noqa: S101 - `_stages` goes inside
            found.append(Slot(len(found), number, path, stage, stage.where, names))
    return tuple(found)


def _stages(pattern: Pattern, path: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], Stage]]:
    for index, stage in enumerate(stages_of(pattern)):
        if isinstance(stage.where, Pattern):
            yield from _stages(stage.where, (*path, index))
        else:
            yield (*path, index), stage


class Tests:
    """The compiled test of a slot for a source, made when it is first asked for."""

    def __init__(self, slots: Sequence[Slot], knowledge: Knowledge) -> None:
        self._slots = slots
        self._knowledge = knowledge
        self._made: dict[tuple[int, str], Test | None] = {}

    def test(self, number: int, source: str) -> Test | None:
        """The test; None where the slot does not read this source."""
        key = (number, source)
        if key not in self._made:
            slot = self._slots[number]
            wanted = not slot.names or source in slot.names
            self._made[key] = compiled(slot.where, fields_of(source), self._knowledge) if wanted else None
        return self._made[key]

    def of(self, numbers: Iterable[int], source: str) -> list[tuple[int, Test]]:
        """The tests of some slots that read a source."""
        return [(number, test) for number in numbers if (test := self.test(number, source)) is not None]
