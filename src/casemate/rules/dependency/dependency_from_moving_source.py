"""A package comes from a place whose content can change.

What it does
------------
Reports packages from a git branch or tag instead of a commit, and from an address without a hash, where no lock fixes
what was taken.

Why it matters
--------------
Its owner, or whoever takes the repository over, changes what you deploy without a new version. Advisories do not speak of
such a package.

How to fix
----------
Name the full commit, or publish the package in a registry and lock it.

When to allow it
----------------
Repositories of your own organisation with protected branches.

References
----------
- https://slsa.dev/spec/v1.1/threats
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.supply.confusion import host, is_fixed
from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, Violation, bad, good, rule
from casemate.model.dependency import Dependency


@rule(
    "dependency-from-moving-source",
    weakness="unpinned-dependency",
    severity=LOW,
    tags=["cwe-494", "cwe-1357"],
    profile="strict",
)
def check(dependency: Dependency, system: System) -> Iterator[Outcome]:
    if dependency.scope not in {"runtime", "optional"} or dependency.source not in {"git", "url"}:
        return
    if dependency.integrity is True or is_fixed(dependency):
        return
    what = "a git branch or tag" if dependency.source == "git" else "an address without a hash"
    yield Violation(
        f"{dependency.name} is whatever {what} holds on the day of the build",
        dependency.at,
        evidence={"from": host(dependency.url)},
        cause=f"{dependency.package.ecosystem}:{dependency.package.name}",
    )


CASES = [
    bad(
        "files",
        {
            "requirements.txt": """
            billing-core @ git+https://git.example.com/billing/core.git@main  # <- here
            """
        },
    ),
    bad(
        "files",
        {
            "package.json": """
            {
              "dependencies": {
                "billing-core": "github:example/billing-core#v1" // <- here
              }
            }
            """
        },
    ),
    good(
        "files",
        {
            "requirements.txt": """
            billing-core @ git+https://git.example.com/billing/core.git@0123456789abcdef0123456789abcdef01234567
            """
        },
    ),
]
