"""The smallest version that cures a package, and the edit that asks for it.

Candidates are the versions that advisories name as fixed. The smallest one above the installed version that *no* known
advisory of the package affects is taken: curing one weakness by a version that has another is no cure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.supply.ordering import prerelease, satisfies, version_key
from casemate.model.finding import Change, Fix

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
_TOOLS = {
    "package-lock.json": "npm install {name}@{version}",
    "npm-shrinkwrap.json": "npm install {name}@{version}",
    "yarn.lock": "yarn upgrade {name}@{version}",
    "pnpm-lock.yaml": "pnpm update {name}@{version}",
    "bun.lock": "bun add {name}@{version}",
    "poetry.lock": "poetry update {name}",
    "uv.lock": "uv lock --upgrade-package {name}=={version}",
    "pdm.lock": "pdm update {name}",
    "Pipfile.lock": "pipenv upgrade {name}=={version}",
}
"""Name of the lock -> what writes it anew."""
_HASHLESS = ("go.mod", "packages.config")
"""Files that are lock and manifest in one and hold no hashes: a version can be written there."""
_AFTER: dict[Ecosystem, str] = {"Go": "go mod tidy", "NuGet": "restore the packages"}


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
    """What to do about a package.

    Where no lock stands beside the manifest, and no hashes in it, the version is written there. A lock holds hashes
    that only the package manager can know, so there the fix is its command; and where the declared range does not allow
    the version, what to write first.
    """
    if version is None:
        title = f"no release of {dependency.name} is known to cure it: replace it, or accept it with a reason"
        return (Fix(title, safe=False, text=title),)
    command = _COMMANDS[dependency.package.ecosystem].format(name=dependency.name, version=version)
    if not dependency.direct:
        by = f" (through {dependency.through})" if dependency.through else ""
        text = f"update {dependency.through or dependency.name} so that {dependency.name} is {version} or later{by}"
        return (Fix(f"bring {dependency.name} to {version}", safe=False, text=text),)
    if dependency.lock and not dependency.lock.endswith(_HASHLESS):
        return (_of_lock(dependency, version, command),)
    asked = dependency.requirement
    title = f"raise {dependency.name} to {version}"
    if asked is not None and (asked.hashes or asked.digests):
        text = f"{command}; its hashes in {asked.at.path} must be taken anew (pip-compile --generate-hashes)"
        return (Fix(title, safe=False, text=text),)
    from casemate.edits.manifests import entity_of  # the writers of every dialect come with it

    entity = entity_of(dependency.at.path, dependency.package.ecosystem, dependency.package.name)
    after = _AFTER.get(dependency.package.ecosystem)
    text = f"{command}, then {after}" if after and dependency.lock else command
    return (Fix(title, safe=False, changes=(Change(entity, "set", ("version",), version),), text=text),)


def _of_lock(dependency: Dependency, version: str, command: str) -> Fix:
    ecosystem = dependency.package.ecosystem
    within = satisfies(ecosystem, version, dependency.range) if dependency.range else True
    tool = _TOOLS.get((dependency.lock or "").rpartition("/")[2])
    run = tool.format(name=dependency.name, version=version) if tool else command
    if within is False:
        text = f"{dependency.range} does not allow it: write {version} in {dependency.manifest}, then run: {run}"
        return Fix(f"raise {dependency.name} to {version}", safe=False, text=text)
    return Fix(f"lock {dependency.name} {version}", safe=True, text=f"{run} (the declared range allows it)")
