"""`FirstSeen` and `Absence` at work: what can be told only once all earlier events are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.authoring.patterns import HOUR, Absence, FirstSeen
from casemate.monitor.correlation.nodes import BASELINE, SEEN, TOLD, Budget, Completed, Kept, Node, shard
from casemate.monitor.correlation.timeline import Entry, Row, identity, more_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casemate.monitor.correlation.plain import Group


class FirstSeenNode(Node):
    """Points wait in their line until they are settled, then they are part of the group's baseline."""

    pattern: FirstSeen

    def __init__(self, pattern: FirstSeen, path: str, budget: Budget, delay: int, *, root: bool) -> None:
        super().__init__(pattern, path, budget, delay, root=root)
        self.width = HOUR

    def take(self, stage: int, group: Group, entry: Entry) -> Iterable[Completed]:
        """Keep it until all earlier ones are known."""
        self.insert(group, stage, entry)
        return ()

    def settle(self, group: Group, kept: Kept, since: int, until: int) -> Iterable[Completed]:
        """Each point in its turn: whether one of its rows is new to the group."""
        del since
        pattern = self.pattern
        for entry in kept.lines[0].between(0, until - 1):
            time = entry[0]
            rows = more_of(entry).rows
            if not kept.count:
                kept.first = time
            if kept.count >= pattern.learn_events and time - kept.first >= pattern.learn_for:
                forget = pattern.forget_after
                fresh = any(
                    row not in kept.seen or (forget is not None and time - kept.seen[row] > forget) for row in rows
                )
                if fresh and (not self.root or self.period is None or self.tell(group, kept, time)):
                    yield group, entry, [entry]
            kept.count += 1
            self._remember(kept, rows, time)
        self._pass(kept, until)
        self._outgrow(kept, until)

    def _remember(self, kept: Kept, rows: tuple[Row, ...], time: int) -> None:
        for row in rows:
            if row not in kept.seen:
                self.budget.size += 1
            kept.seen[row] = time
            kept.dirty.add((SEEN, shard(row)))
        kept.dirty.add((BASELINE, 0))

    def _pass(self, kept: Kept, until: int) -> None:
        """The settled points have said what they had to say."""
        line = kept.lines[0]
        for number in [number for number in line.chunks if number * self.width < until]:
            left = [entry for entry in line.chunks[number] if entry[0] >= until]
            self.budget.size -= len(line.chunks[number]) - len(left)
            kept.dirty.add((0, number))
            if left:
                line.chunks[number] = left
            else:
                del line.chunks[number]
        if self.period is not None:
            old = {mark for mark in kept.told if (mark + 1) * self.period <= until}
            if old:
                kept.told -= old
                kept.dirty.add((TOLD, 0))

    def _outgrow(self, kept: Kept, until: int) -> None:
        """Drop rows that would be new again by now anyway."""
        forget = self.pattern.forget_after
        if forget is None:
            return
        for row in [row for row, time in kept.seen.items() if until - time > forget]:
            del kept.seen[row]
            self.budget.size -= 1
            kept.dirty.add((SEEN, shard(row)))

    def forget(self, before: int) -> None:
        """A baseline stays; only what says which points wait is dropped."""
        horizon = before - self.delay
        for number in [number for number in self._calendar if (number + 1) * self.width <= horizon]:
            del self._calendar[number]

    def shed(self, amount: int) -> None:
        """Drop the rows that were seen longest ago."""
        times = sorted(time for kept in self.groups.values() for time in kept.seen.values())
        if not times:
            super().shed(amount)
            return
        limit = times[min(amount, len(times)) - 1]
        for group, kept in self.groups.items():
            old = [row for row, time in kept.seen.items() if time <= limit]
            for row in old:
                del kept.seen[row]
                kept.dirty.add((SEEN, shard(row)))
                self._changed.add(group)
            self.budget.size -= len(old)
            self.budget.evicted += len(old)


class AbsenceNode(Node):
    """Points that wait for another, and those others."""

    pattern: Absence
    stages = 2

    def __init__(self, pattern: Absence, path: str, budget: Budget, delay: int, *, root: bool) -> None:
        super().__init__(pattern, path, budget, delay, root=root)
        self.reach = self.within

    def take(self, stage: int, group: Group, entry: Entry) -> Iterable[Completed]:
        """Keep it."""
        self.insert(group, stage, entry)
        return ()

    def settle(self, group: Group, kept: Kept, since: int, until: int) -> Iterable[Completed]:
        """The points whose time to wait is over."""
        after, missing = kept.lines
        for entry in after.between(max(0, since - self.within), until - 1 - self.within):
            came = missing.between(entry[0], entry[0] + self.within)
            if any(identity(one) != identity(entry) for one in came) or self.is_told(kept, entry[0]):
                continue
            if self.root:
                self.tell(group, kept, entry[0])
            yield group, entry, [entry]
