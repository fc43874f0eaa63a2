"""Interval notation of Maven and NuGet (`[1.0,2.0)`, `(,1.0],[1.2,)`; NuGet: `1.0` is a minimum, `1.*` floats).

Sources: Maven POM reference, "Dependency Version Requirement Specification"; NuGet docs, "Package versioning",
"Version ranges". Maven's bare version is a wish, but it is what is installed unless something else asks for another.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.analysis.supply.ordering.interval import Interval

if TYPE_CHECKING:
    from casemate.model.dependency import Ecosystem

_PIECE = re.compile(r"([\[(])([^\[\]()]*)([\])])")


def intervals(ecosystem: Ecosystem, text: str) -> tuple[Interval, ...] | None:
    """What the range allows."""
    from casemate.analysis.supply.ordering import version_key

    stripped = text.strip()
    if not stripped.startswith(("[", "(")):
        version = version_key(ecosystem, stripped.replace("*", "0")) if stripped else None
        if version is None:
            return None
        return (Interval(version) if ecosystem == "NuGet" else Interval(version, version, high_in=True),)
    found = []
    for opening, inner, closing in _PIECE.findall(stripped):
        low, comma, high = (part.strip() for part in inner.partition(","))
        if not comma:
            high = low
        bounds = [version_key(ecosystem, part) if part else None for part in (low, high)]
        if any(part and bound is None for part, bound in zip((low, high), bounds, strict=True)):
            return None
        found.append(Interval(bounds[0], bounds[1], opening == "[", closing == "]"))
    return tuple(found) or None
