"""NuGet's versions: four numbers, SemVer 2 pre-releases compared without case (NuGet docs, "Package versioning")."""

from __future__ import annotations

from casemate.analysis.supply.ordering.semver import SemverKey
from casemate.analysis.supply.ordering.semver import parse as semver


def parse(text: str) -> SemverKey | None:
    """The key of a version."""
    return semver(text.lower())
