"""Package URLs and version ranges of documents, read; and whether a dependency is what they mean.

Sources: package-url/purl-spec, "purl-types"; VERS, "A URI for version ranges" (`vers:npm/>=1.0|<2.0`), as CycloneDX
takes it in `affects[].versions[].range`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from casemate.analysis.supply.ordering import version_key
from casemate.sources.lockfiles.bills.purls import package_of, taken_apart

if TYPE_CHECKING:
    from casemate.analysis.supply.ordering import Key
    from casemate.model.dependency import Dependency, Ecosystem, Package

_MAX = 2_000
_MAX_PARTS = 200
_COMPARATORS = (">=", "<=", "!=", ">", "<", "=")


class Purl(NamedTuple):
    """`ecosystem`: None for a type that is no package registry (`generic`, `docker`); `name` is normalised."""

    ecosystem: Ecosystem | None
    name: str
    version: str | None


def parse_purl(text: str) -> Purl | None:
    """A package URL, or None for what is none."""
    parts = taken_apart(text)
    if parts is None:
        return None
    known = package_of(text)
    if known is not None:
        return Purl(known[0].ecosystem, known[0].name, known[1] or None)
    return Purl(None, parts[1], parts[2] or None)


def is_same(purl: Purl, package: Package) -> bool:
    """Whether a package URL names a package, whatever the version."""
    return purl.ecosystem == package.ecosystem and purl.name.lower() == package.name.lower()


def means(purl: Purl, dependency: Dependency) -> bool:
    """Whether a package URL means a dependency: without a version it means every one."""
    if not is_same(purl, dependency.package):
        return False
    return purl.version is None or is_version(dependency.package.ecosystem, purl.version, dependency.version)


def is_version(ecosystem: Ecosystem, one: str, other: str | None) -> bool:
    """Whether two versions are equal in the order of their ecosystem."""
    if other is None:
        return False
    if one == other:
        return True
    first, second = version_key(ecosystem, one), version_key(ecosystem, other)
    return first is not None and first == second


def in_range(ecosystem: Ecosystem, vers: str, version: str | None) -> bool:
    """Whether a version lies in a `vers:` range; False for what cannot be read."""
    if version is None or not vers.startswith("vers:") or len(vers) > _MAX:
        return False
    constraints = vers.partition("/")[2]
    if constraints.strip() == "*":
        return True
    key = version_key(ecosystem, version)
    parts = constraints.split("|")
    if key is None or len(parts) > _MAX_PARTS:
        return False
    bounds: list[tuple[str, Key]] = []
    for part in parts:
        text = unquote(part.strip())
        comparator = next((sign for sign in _COMPARATORS if text.startswith(sign)), "=")
        found = version_key(ecosystem, text.removeprefix(comparator).strip())
        if found is None:
            return False
        bounds.append((comparator, found))
    return _holds(key, bounds)


def _holds(key: Key, bounds: list[tuple[str, Key]]) -> bool:
    """The containment of the VERS specification: equal first, then the pair of bounds around the version."""
    for comparator, bound in bounds:
        if key == bound:
            return comparator in {"=", ">=", "<="}
    ranged = sorted((pair for pair in bounds if pair[0] in {">", ">=", "<", "<="}), key=lambda pair: pair[1])
    for place, (comparator, bound) in enumerate(ranged):
        above = ranged[place + 1] if place + 1 < len(ranged) else None
        if comparator in {"<", "<="} and place == 0 and key < bound:
            return True
        if comparator in {">", ">="} and bound < key and (above is None or (above[0][0] == "<" and key < above[1])):
            return True
    return False
