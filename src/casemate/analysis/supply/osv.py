"""Whether an advisory affects a version: the evaluation algorithm of the OSV schema, to the letter.

Source: OSV schema, "Evaluation". A version is affected when it is listed, or when it lies in a range. In a range,
events are sorted by the ecosystem's order; `introduced` opens, `fixed` closes before its version, `last_affected`
behind it; `limit` cuts everything from the greatest limit on; `introduced: "0"` is minus infinity. Here the events
are compiled to intervals once, which is the same and is asked quickly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.supply.ordering import Interval, version_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casemate.analysis.supply.ordering import Key
    from casemate.model.dependency import Ecosystem, VersionRange


def intervals(ecosystem: Ecosystem, range_: VersionRange) -> tuple[Interval, ...] | None:
    """What one range affects. None when an event names a version that the ecosystem does not know."""
    if range_.kind == "npm":
        from casemate.analysis.supply.ordering import ranges

        return ranges.intervals(range_.text)
    simple = _simple(ecosystem, range_.events)
    if simple is not None:
        return simple
    start = [event for event in range_.events if event == ("introduced", "0")]
    keyed: list[tuple[Key, str]] = []
    limits: list[Key] = []
    for kind, version in range_.events:
        if (kind, version) == ("introduced", "0") or (kind == "limit" and version == "*"):
            continue
        key = version_key(ecosystem, version)
        if key is None:
            return None
        if kind == "limit":
            limits.append(key)
        else:
            keyed.append((key, kind))
    unlimited = any(event == ("limit", "*") for event in range_.events) or not limits
    found = _compiled(keyed, open_at_start=bool(start))
    if unlimited:
        return tuple(found)
    greatest = limits[0]
    for limit in limits[1:]:
        greatest = max(greatest, limit)
    cut = (interval.meet(Interval(high=greatest)) for interval in found)
    return tuple(interval for interval in cut if not interval.is_empty)


def _simple(ecosystem: Ecosystem, events: tuple[tuple[str, str], ...]) -> tuple[Interval, ...] | None:
    """The most common range, one that opens and closes once; None for any other."""
    if len(events) != 2 or events[0][0] != "introduced" or events[1][0] not in {"fixed", "last_affected"}:
        return None
    low = None if events[0][1] == "0" else version_key(ecosystem, events[0][1])
    high = version_key(ecosystem, events[1][1])
    if high is None or (low is None and events[0][1] != "0") or (low is not None and not low < high):
        return None
    return (Interval(low, high, high_in=events[1][0] == "last_affected"),)


def _compiled(keyed: list[tuple[Key, str]], *, open_at_start: bool) -> list[Interval]:
    """The sorted events as intervals. Events at one version: what was open is closed, then opened anew, then closed."""
    groups: list[tuple[Key, set[str]]] = []
    for key, kind in _sorted(keyed):
        if groups and not groups[-1][0] < key:
            groups[-1][1].add(kind)
        else:
            groups.append((key, {kind}))
    found: list[Interval] = []
    is_open, low = open_at_start, None
    for key, kinds in groups:
        was_open = is_open
        if is_open and "fixed" in kinds:
            found.append(Interval(low, key))
            is_open = False
        if not is_open and "introduced" in kinds and not ("fixed" in kinds and not was_open):
            is_open, low = True, key
        if is_open and "last_affected" in kinds:
            found.append(Interval(low, key, high_in=True))
            is_open = False
    if is_open:
        found.append(Interval(low))
    return found


def _sorted(keyed: list[tuple[Key, str]]) -> list[tuple[Key, str]]:
    return sorted(keyed, key=lambda pair: pair[0])


class Affected:
    """What one advisory affects, compiled. `is_whole`: every range was understood."""

    __slots__ = ("_ecosystem", "_keys", "intervals", "is_whole", "versions")

    def __init__(self, ecosystem: Ecosystem, ranges: Iterable[VersionRange], versions: frozenset[str]) -> None:
        self._ecosystem: Ecosystem = ecosystem
        self.versions = versions
        self.is_whole = True
        found: list[Interval] = []
        for range_ in ranges:
            compiled = intervals(ecosystem, range_)
            if compiled is None:
                self.is_whole = False
            else:
                found.extend(compiled)
        self.intervals = tuple(found)
        self._keys: list[Key] | None = None

    def holds(self, version: str) -> bool:
        """Whether the advisory affects exactly this version."""
        if version in self.versions:
            return True
        key = version_key(self._ecosystem, version)
        if key is None:
            return False
        for interval in self.intervals:
            if interval.holds(key):
                return True
        if not self.versions:
            return False
        if self._keys is None:
            listed = (version_key(self._ecosystem, text) for text in self.versions)
            self._keys = [one for one in listed if one is not None]
        return key in self._keys
