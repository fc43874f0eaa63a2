"""State that can be undone: every write of a cell is logged, so a branch costs what it changes and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.joining import join, unknown
from casemate.analysis.code.labels import Label
from casemate.analysis.code.values import FRESH, Cells, Const, Text, Thing, Union, Value

if TYPE_CHECKING:
    from collections.abc import Sequence

Changes = dict[tuple[int, object], tuple[Cells, object, Value | None]]
"""By cell: the fields, the key, and the value that it has now (None: it is not there)."""


class Trail:
    """The log of writes: (fields, key, what was there before)."""

    __slots__ = ("log",)

    def __init__(self) -> None:
        self.log: list[tuple[Cells, object, Value | None]] = []

    def set(self, cells: Cells, key: object, value: Value) -> None:
        """Write a cell."""
        self.log.append((cells, key, cells.get(key)))
        cells[key] = value

    def delete(self, cells: Cells, key: object) -> None:
        """Empty a cell."""
        if key in cells:
            self.log.append((cells, key, cells.pop(key)))

    def mark(self) -> int:
        """A point to come back to."""
        return len(self.log)

    def snapshot(self, mark: int, without: Cells | None = None) -> Changes:
        """What the cells that were written since `mark` hold now."""
        return {
            (id(cells), key): (cells, key, cells.get(key)) for cells, key, _ in self.log[mark:] if cells is not without
        }

    def undo(self, mark: int) -> None:
        """Everything is as it was at `mark`."""
        log = self.log
        for position in range(len(log) - 1, mark - 1, -1):
            cells, key, before = log[position]
            if before is None:
                cells.pop(key, None)
            else:
                cells[key] = before
        del log[mark:]

    def take(self, mark: int) -> Changes:
        """`snapshot`, then `undo`."""
        if len(self.log) == mark:
            return {}
        changes = self.snapshot(mark)
        self.undo(mark)
        return changes

    def held(self, mark: int) -> Changes:
        """For every cell that was written since `mark`, a value for all that it held meanwhile."""
        found: Changes = {}
        for cells, key, before in self.log[mark:]:
            place = (id(cells), key)
            known = found.get(place)
            value = before if known is None else _meanwhile(cells, known[2], before)
            found[place] = (cells, key, value)
        return {
            place: (cells, key, None if key is FRESH else _meanwhile(cells, value, cells.get(key)))
            for place, (cells, key, value) in found.items()
        }

    def settle(self, outcomes: Sequence[Changes], *, widen: bool = False) -> bool:  # noqa: C901 - the innermost loop
        """Go on from a state that stands for all of `outcomes`; whether any cell differs from before.

        Guards hold only where they hold in every outcome; a variable that only one outcome has is that. A variable
        that the outcomes leave in different states keeps what held of each of them where it was left so
        (`if not is_allowed(url): url = "/"`).
        """
        if len(outcomes) == 1 and not widen:
            for cells, key, now in outcomes[0].values():
                if now is None:
                    self.delete(cells, key)
                elif cells.get(key) is not now:
                    self.set(cells, key, now)
            return bool(outcomes[0])
        changed = False
        places = {place: (entry[0], entry[1]) for changes in outcomes for place, entry in changes.items()}
        held = [_held(changes) for changes in outcomes]
        some = any(held)
        for place, (cells, key) in places.items():
            before = cells.get(key)
            value: Value | None = None
            first = True
            guards = cells.__class__ is GuardCells
            if some and not guards:
                values = [before if (entry := changes.get(place)) is None else entry[2] for changes in outcomes]
                if all(one is values[0] for one in values):
                    value = values[0]
                else:
                    for one, holds in zip(values, held, strict=True):
                        value = _either(value, one if one is None or not holds else hardened(one, holds))
            else:
                for changes in outcomes:
                    entry = changes.get(place)
                    one = before if entry is None else entry[2]
                    if first:
                        value, first = one, False
                    elif guards:
                        value = common(value, one)
                    elif one is not value:
                        value = _either(value, one)
            if (
                key is FRESH
                and value is not None
                and any((before if place not in changes else changes[place][2]) is None for changes in outcomes)
            ):
                value = None  # written after the rest in some outcomes only
            if widen and isinstance(value, Union) and cells.__class__ is not GuardCells:
                value = widened(value)
            if value is None:
                self.delete(cells, key)
                changed = changed or before is not None
            elif value is not before:
                self.set(cells, key, value)
                changed = True
        return changed


class GuardCells(Cells):
    """For an origin's key the kinds of sinks (bits, in a `Const`) that checks have made its data harmless for."""

    __slots__ = ()


def _held(changes: Changes) -> dict[object, int]:
    """The guards that an outcome has written: key of an origin -> kinds, as bits."""
    return {
        key: int(now.value or 0)
        for cells, key, now in changes.values()
        if cells.__class__ is GuardCells and isinstance(now, Const)
    }


def hardened(value: Value, holds: dict[object, int]) -> Value:
    """The value with these guards in its labels. Containers are cells of their own, and stay as they are."""
    if not value.taint:
        return value
    if isinstance(value, Thing):
        if not any(label.origin.key in holds for label in value.taint):
            return value
        taint = tuple(_harder(label, holds.get(label.origin.key, 0)) for label in value.taint)
        return Thing(value.path, taint, made=value.made, receiver=value.receiver, sort=value.sort)
    if isinstance(value, Text):
        return Text(tuple(hardened(part, holds) for part in value.parts))
    if isinstance(value, Union):
        return Union(tuple(hardened(option, holds) for option in value.options))
    return value


def _harder(label: Label, bits: int) -> Label:
    return label.derived(cured=bits) if bits & ~label.cured else label


def _meanwhile(cells: Cells, left: Value | None, right: Value | None) -> Value | None:
    """What stands for a cell at any time between: guards must have held all the time."""
    return common(left, right) if cells.__class__ is GuardCells else _either(left, right)


def common(left: Value | None, right: Value | None) -> Value | None:
    """The guards that hold in both."""
    if not isinstance(left, Const) or not isinstance(right, Const):
        return None
    bits = int(left.value or 0) & int(right.value or 0)
    return Const(bits) if bits else None


def _either(left: Value | None, right: Value | None) -> Value | None:
    if left is None or left is right:
        return right
    if right is None:
        return left
    return join(left, right)


def widened(value: Union) -> Value:
    """Numbers that a loop changes are not known; the other options stay."""
    numbers = [o for o in value.options if isinstance(o, Const) and o.value.__class__ in (int, float)]
    if len(numbers) < 2:
        return value
    rest = [option for option in value.options if option not in numbers]
    number = unknown(sort="int")
    return Union((*rest, number)) if rest else number
