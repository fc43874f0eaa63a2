"""Every shape with data is found, and no other."""

from __future__ import annotations

import pytest
from tests.analysis.code.suite.python.shaped import SINKS, Shape, reaches
from tests.analysis.code.suite.python.shapes_of_containers import SHAPES as CONTAINERS
from tests.analysis.code.suite.python.shapes_of_programs import SHAPES as PROGRAMS
from tests.analysis.code.suite.python.shapes_of_values import SHAPES as VALUES

SHAPES = (*VALUES, *CONTAINERS, *PROGRAMS)
KINDS = tuple(SINKS)
NOT_FOUND = frozenset({"chr ord", "bytearray", "print to buffer", "string multiply"})
"""Data that is lost: text made of numbers, bytes that are filled, `print` into a buffer, text times a number."""
ALARMS = frozenset({"recursion", "except missing key", "set ops"})
"""What is not known to be impossible: what a deeper call of itself gives back, whether a key is there."""


def _cases() -> list[object]:
    return [pytest.param(shape, KINDS[number % len(KINDS)], id=shape.name) for number, shape in enumerate(SHAPES)]


@pytest.mark.parametrize(("shape", "kind"), _cases())
def test_data_is_found(shape: Shape, kind: str) -> None:
    assert reaches(shape, shape.unsafe, kind) is (shape.name not in NOT_FOUND)


@pytest.mark.parametrize(("shape", "kind"), _cases())
def test_there_is_no_alarm_without_data(shape: Shape, kind: str) -> None:
    assert reaches(shape, shape.safe, kind) is (shape.name in ALARMS)


def test_names_are_unique() -> None:
    names = [shape.name for shape in SHAPES]
    assert sorted(set(names)) == sorted(names)
    assert set(names) >= NOT_FOUND | ALARMS
