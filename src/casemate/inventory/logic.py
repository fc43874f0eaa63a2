"""Logic over three-valued settings: the leaf that decides is kept, so that findings stand at it."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from casemate.model.setting import Cases, Declared, Defaulted, Setting, Unresolved, convert

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casemate.model.location import Span

Leaf = Declared[bool] | Defaulted[bool] | Unresolved[bool]

MAX_COMBINATIONS = 64
"""Conditional settings that are combined; more are left undecided."""


def fixed(name: str, at: Span, value: bool, source: str) -> Setting[bool]:  # noqa: FBT001 - a setting's value
    """A setting that the platform decides: nobody can declare another."""
    return Defaulted(name, at, value, source)


def every(*settings: Setting[bool]) -> Setting[bool]:
    """Whether all hold: the first False decides, then the first unresolved one."""
    return _combined(settings, deciding=False)


def some(*settings: Setting[bool]) -> Setting[bool]:
    """Whether any holds: the first True decides, then the first unresolved one."""
    return _combined(settings, deciding=True)


def negated(setting: Setting[bool]) -> Setting[bool]:
    """The opposite of each known value."""
    return convert(setting, lambda value: not value)


def under(condition: str | None, setting: Setting[str]) -> Setting[str]:
    """A setting that holds only under a condition (None: always)."""
    return setting if condition is None else Cases(setting.name, setting.at, ((condition, setting),))


def declared(name: str, at: Span, *, value: bool) -> Setting[bool]:
    """A boolean that something at `at` says."""
    return Declared(name, at, value)


def _combined(settings: Sequence[Setting[bool]], *, deciding: bool) -> Setting[bool]:
    choices = [list(setting.leaves()) for setting in settings]
    total = 1
    for choice in choices:
        total *= len(choice)
    if total > MAX_COMBINATIONS:
        return Unresolved(settings[0].name, settings[0].at, "depends on too many conditions")
    found: list[tuple[str | None, Leaf]] = []
    for combination in product(*choices):
        words = list(
            dict.fromkeys(part for condition, _ in combination if condition for part in condition.split(" and "))
        )
        if not _contradictory(words):
            found.append((" and ".join(words) or None, _decisive([leaf for _, leaf in combination], deciding=deciding)))
    leaves = [leaf for _, leaf in found]
    if all(leaf == leaves[0] for leaf in leaves):
        return leaves[0]
    return Cases(leaves[0].name, leaves[0].at, tuple((condition or "otherwise", leaf) for condition, leaf in found))


def _decisive(leaves: Sequence[Leaf], *, deciding: bool) -> Leaf:
    for leaf in leaves:
        if not isinstance(leaf, Unresolved) and leaf.value is deciding:
            return leaf
    for leaf in leaves:
        if isinstance(leaf, Unresolved):
            return leaf
    return next((leaf for leaf in leaves if isinstance(leaf, Declared)), leaves[0])


def _contradictory(words: Sequence[str]) -> bool:
    """Whether both branches of one `Fn::If` are among the conditions."""
    positive = {part.removeprefix("if ") for part in words if part.startswith("if ")}
    return any(part.startswith("else of ") and part.removeprefix("else of ") in positive for part in words)
