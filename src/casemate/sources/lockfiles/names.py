"""Names of packages as their registries compare them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from casemate.model.dependency import Ecosystem

_PYPI = re.compile(r"[-_.]+")


def normalised(ecosystem: Ecosystem, name: str) -> str:
    """The one spelling that equal names share: PEP 503 for PyPI, no case for NuGet and Packagist; others as they are.

    npm names are lower case by its rules; a few old ones are not and differ by case, so they are left alone.
    """
    if ecosystem == "PyPI":
        return _PYPI.sub("-", name).lower()
    if ecosystem in {"NuGet", "Packagist"}:
        return name.lower()
    return name
