"""A lock records no hash of a package.

What it does
------------
Reports entries of locks that could carry a hash and carry none (`integrity`, `hashes`, `checksum`, a line of `go.sum`).

Why it matters
--------------
Whatever the registry, a mirror or somebody on the way delivers under that version is installed.

How to fix
----------
Write the lock anew with a current package manager.

When to allow it
----------------
Registries that give no hashes.

References
----------
- https://docs.npmjs.com/cli/configuring-npm/package-lock-json
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, Violation, bad, good, rule
from casemate.model.dependency import Dependency


@rule("dependency-without-integrity", weakness="unpinned-dependency", severity=LOW, tags=["cwe-353"], profile="strict")
def check(dependency: Dependency, system: System) -> Iterator[Outcome]:
    if dependency.integrity is not False or dependency.locked is None or dependency.scope != "runtime":
        return
    yield Violation(
        f"{dependency.name} {dependency.version} is locked without a hash of its content",
        dependency.locked.at,
        evidence={"lock": dependency.lock or ""},
        cause=f"{dependency.package.ecosystem}:{dependency.package.name}@{dependency.version}",
    )


CASES = [
    bad(
        "files",
        {
            "package.json": '{"dependencies": {"left": "^1.0.0"}}',
            "package-lock.json": """
            {
              "lockfileVersion": 3,
              "packages": {
                "": {"dependencies": {"left": "^1.0.0"}},
                "node_modules/left": { // <- here
                  "version": "1.0.0"
                }
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
                "node_modules/left": {"version": "1.0.0", "integrity": "sha512-0123456789abcdef"}
              }
            }
            """,
        },
    ),
]
