"""The smallest version that cures a package, and the edit that asks for it.

Candidates are the versions that advisories name as fixed. The smallest one above the installed version that *no* known
advisory of the package affects is taken: curing one weakness by a version that has another is no cure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.supply.ordering import prerelease, satisfies, version_key
from casemate.model.finding import Fix

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casemate.analysis.supply.ordering import Key
    from casemate.analysis.supply.snapshot import Known
    from casemate.model.dependency import Advisory, Dependency, Ecosystem

_COMMANDS: dict[Ecosystem, str] = {
    "npm": "npm install {name}@{version}",
    "PyPI": "raise {name} to {version} and lock again",
    "Maven": "set the version of {name} to {version}",
    "Go": "go get {name}@v{version}",
    "RubyGems": "bundle update --conservative {name}",
    "NuGet": "dotnet add package {name} --version {version}",
    "crates.io": "cargo update -p {name} --precise {version}",
    "Packagist": "composer require {name}:^{version}",
}


def curing(ecosystem: Ecosystem, installed: str, matched: Iterable[Advisory], known: Iterable[Known]) -> str | None:
    """The smallest curing version above `installed`; None when no advisory names one."""
    here = version_key(ecosystem, installed)
    if here is None:
        return None
    everything = list(known)
    named = {version for entry in everything for version in entry.advisory().fixed}
    named.update(version for advisory in matched for version in advisory.fixed)
    stays_on_release = not prerelease(ecosystem, installed)
    candidates: list[tuple[Key, str]] = []
    for version in sorted(named):
        key = version_key(ecosystem, version)
        if key is not None and here < key and not (stays_on_release and prerelease(ecosystem, version)):
            candidates.append((key, version))
    best: tuple[Key, str] | None = None
    for key, version in candidates:
        if (best is None or key < best[0]) and not any(entry.affects(version) for entry in everything):
            best = (key, version)
    return best[1] if best else None


def fix_for(dependency: Dependency, version: str | None) -> tuple[Fix, ...]:
    """What to do about a package: an edit of the manifest is left to the person, since the lock must follow it."""
    if version is None:
        title = f"no release of {dependency.name} is known to cure it: replace it, or accept it with a reason"
        return (Fix(title, safe=False, text=title),)
    command = _COMMANDS[dependency.package.ecosystem].format(name=dependency.name, version=version)
    if not dependency.direct:
        by = f" (through {dependency.through})" if dependency.through else ""
        text = f"update {dependency.through or dependency.name} so that {dependency.name} is {version} or later{by}"
        return (Fix(f"bring {dependency.name} to {version}", safe=False, text=text),)
    within = satisfies(dependency.package.ecosystem, version, dependency.range) if dependency.range else None
    if within and dependency.lock:
        return (Fix(f"lock {dependency.name} {version}", safe=True, text=f"{command} (the declared range allows it)"),)
    return (Fix(f"raise {dependency.name} to {version}", safe=False, text=command),)
