"""The lock is not that of the manifest.

What it does
------------
Reports packages of a manifest that its lock does not hold, or holds in a version that the manifest does not allow.

Why it matters
--------------
What is reviewed is not what is installed: the next build takes either, or stops.

How to fix
----------
Lock again and commit both files together.

When to allow it
----------------
Never for long.

References
----------
- https://docs.npmjs.com/cli/commands/npm-ci
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.supply.ordering import satisfies
from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, Violation, bad, good, rule
from casemate.model.dependency import Dependency


@rule(
    "lock-disagrees-with-manifest",
    weakness="unpinned-dependency",
    severity=LOW,
    confidence="medium",
    tags=["cwe-1357"],
    profile="strict",
)
def check(dependency: Dependency, system: System) -> Iterator[Outcome]:
    if dependency.lock is None or not dependency.direct or dependency.source != "registry":
        return
    required = dependency.requirement
    if required is None or required.source != "registry" or dependency.scope not in {"runtime", "development"}:
        return
    if dependency.locked is None:
        if required.marker or dependency.package.ecosystem in {"Maven", "NuGet"}:
            return
        message = f"{dependency.name} stands in the manifest, but not in {dependency.lock}"
    elif dependency.version and satisfies(dependency.package.ecosystem, dependency.version, dependency.range) is False:
        message = (
            f"{dependency.lock} holds {dependency.name} {dependency.version}, which {dependency.range} does not allow"
        )
    else:
        return
    yield Violation(
        message,
        dependency.at,
        evidence={"range": dependency.range, "locked": dependency.version or "nothing"},
        cause=f"{dependency.package.ecosystem}:{dependency.package.name}",
    )


CASES = [
    bad(
        "files",
        {
            "package.json": """
            {
              "dependencies": {
                "left": "^2.0.0" // <- here
              }
            }
            """,
            "package-lock.json": """
            {
              "lockfileVersion": 3,
              "packages": {
                "": {"dependencies": {"left": "^1.0.0"}},
                "node_modules/left": {"version": "1.0.0"}
              }
            }
            """,
        },
    ),
    good(
        "files",
        {
            "package.json": '{"dependencies": {"left": "^1.0.0"}}',
            "package-lock.json": """
            {
              "lockfileVersion": 3,
              "packages": {
                "": {"dependencies": {"left": "^1.0.0"}},
                "node_modules/left": {"version": "1.0.0"}
              }
            }
            """,
        },
    ),
]
