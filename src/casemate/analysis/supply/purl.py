"""Package URLs (package-url/purl-spec, "purl-types")."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from casemate.model.dependency import Package

_TYPES = {
    "PyPI": "pypi", "npm": "npm", "Maven": "maven", "Go": "golang", "RubyGems": "gem", "NuGet": "nuget",
    "crates.io": "cargo", "Packagist": "composer",
}  # fmt: skip


def purl(package: Package, version: str | None, spelled: str = "") -> str:
    """The package URL; without a version where none is known. NuGet keeps the name as it is spelt."""
    name = spelled if package.ecosystem == "NuGet" and spelled else package.name
    parts = name.split(":") if package.ecosystem == "Maven" else name.split("/")
    path = "/".join(quote(part, safe=".-_~", errors="replace") for part in parts)
    prefix = "v" if package.ecosystem == "Go" and version and version[:1].isdigit() and name != "stdlib" else ""
    suffix = f"@{quote(prefix + version, safe='.-_~', errors='replace')}" if version else ""
    return f"pkg:{_TYPES[package.ecosystem]}/{path}{suffix}"
