"""Package URLs of bills -> packages (package-url/purl-spec, "purl-types")."""

from __future__ import annotations

from urllib.parse import unquote

from casemate.model.dependency import Ecosystem, Package
from casemate.sources.lockfiles.names import normalised

TYPES: dict[str, Ecosystem] = {
    "pypi": "PyPI", "npm": "npm", "maven": "Maven", "golang": "Go", "gem": "RubyGems", "nuget": "NuGet",
    "cargo": "crates.io", "composer": "Packagist",
}  # fmt: skip
_MAX = 2_000


def taken_apart(text: str) -> tuple[str, str, str] | None:
    """Type, name (parts joined by `/`) and version (may be empty) of a package URL; None for what is none."""
    if len(text) > _MAX or not text.startswith("pkg:"):
        return None
    kind, _, rest = text[4:].lstrip("/").partition("#")[0].partition("?")[0].partition("/")
    path, _, version = rest.rpartition("@")
    if not path.strip("/") or "/" in version:  # no version: the `@` is that of a scope of npm
        path, version = rest, ""
    parts = [unquote(part) for part in path.strip("/").split("/") if part]
    return (kind.lower(), "/".join(parts), unquote(version)) if parts else None


def package_of(text: str) -> tuple[Package, str] | None:
    """The package of a known registry, and its version as the registry writes it."""
    found = taken_apart(text)
    if found is None or found[0] not in TYPES:
        return None
    kind, name, version = found
    ecosystem = TYPES[kind]
    if ecosystem == "Maven":
        name = name.replace("/", ":", 1)
    if ecosystem == "Go":
        version = version.removeprefix("v")
    return Package(ecosystem, normalised(ecosystem, name[:300])), version[:200]
