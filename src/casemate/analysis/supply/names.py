"""Names that look like those of much-used packages: typosquats.

A name is suspicious when it is not itself among the most used ones, but one letter away from one of the very most used:
a letter too many, too few, another, or two swapped. Digits do not count (`boto2`, `boto3`), nor do short names, since
there every name is near another.
"""

from __future__ import annotations

import json
import zlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.model.dependency import Package

FILE = "names.dat"
TARGETS = 2_000
"""How many of the most used names are worth imitating."""
_SHORTEST = 5


def read_names(path: Path) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """The header of a file of names, and the names of each ecosystem, most used first."""
    line, _, body = path.read_bytes().partition(b"\n")
    header: dict[str, Any] = json.loads(line)
    parts = zlib.decompress(body).decode().split("\n\n")
    return header, {ecosystem: part.split("\n") for ecosystem, part in zip(header["ecosystems"], parts, strict=True)}


@cache
def _names() -> dict[str, list[str]]:
    return read_names(Path(__file__).with_name("data") / FILE)[1]


@cache
def _known(ecosystem: str) -> frozenset[str]:
    return frozenset(_names().get(ecosystem, ()))


@cache
def _near(ecosystem: str) -> dict[str, tuple[str, ...]]:
    """Each target with one letter left out -> the targets."""
    table: dict[str, list[str]] = {}
    for name in _names().get(ecosystem, ())[:TARGETS]:
        if len(name) >= _SHORTEST:
            for shorter in (name, *_shortened(name)):
                table.setdefault(shorter, []).append(name)
    return {key: tuple(names) for key, names in table.items()}


def _shortened(name: str) -> Iterator[str]:
    for place in range(len(name)):
        yield name[:place] + name[place + 1 :]


def imitated(package: Package) -> str | None:
    """The much-used package whose name this one resembles; None when it is well known itself or resembles none."""
    ecosystem, name = package
    if len(name) < _SHORTEST or len(name) > 100 or name in _known(ecosystem) or name.startswith("@"):
        return None
    near = _near(ecosystem)
    for shorter in (name, *_shortened(name)):
        for target in near.get(shorter, ()):
            if is_one_edit(name, target):
                return target
    return None


def is_one_edit(name: str, target: str) -> bool:
    """Whether one letter (no digit, no separator) was added, left out or replaced, or two neighbours swapped."""
    if name == target or abs(len(name) - len(target)) > 1:
        return False
    start = 0
    while start < min(len(name), len(target)) and name[start] == target[start]:
        start += 1
    if len(name) != len(target):
        longer, shorter = (name, target) if len(name) > len(target) else (target, name)
        return longer[start].isalpha() and longer[start + 1 :] == shorter[start:]
    one, other = name[start:], target[start:]
    if one[1:] == other[1:]:
        return one[0].isalpha() and other[0].isalpha()
    return one[2:] == other[2:] and one[:2] == other[:2][::-1] and one[:2].isalpha()
