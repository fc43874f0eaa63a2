"""Nothing fixes the version of a package.

What it does
------------
Reports packages that ship, asked for by a range, in a project without a lock.

Why it matters
--------------
Two builds of the same commit differ, a bad release is deployed on the day it appears, and nobody can say whether an
advisory concerns you.

How to fix
----------
Commit the lock of your package manager, and install from it (`npm ci`, `pip install --require-hashes`, `uv sync --locked`).

When to allow it
----------------
Libraries, which leave the choice to those who use them.

References
----------
- https://docs.npmjs.com/cli/commands/npm-ci
- https://pip.pypa.io/en/stable/topics/repeatable-installs/
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, Violation, bad, good, rule
from casemate.model.dependency import Dependency


@rule("dependency-unpinned", weakness="unpinned-dependency", severity=LOW, tags=["cwe-1357"], profile="strict")
def check(dependency: Dependency, system: System) -> Iterator[Outcome]:
    if dependency.lock is not None or dependency.version is not None or dependency.source != "registry":
        return
    if dependency.scope != "runtime" or dependency.package.ecosystem == "Maven":
        return
    allowed = f"any version that {dependency.range} allows" if dependency.range else "any version"
    yield Violation(
        f"{dependency.name} is {allowed} on the day of the build: no lock fixes it",
        dependency.at,
        evidence={"range": dependency.range or "none"},
        cause=f"{dependency.package.ecosystem}:{dependency.package.name}",
    )


CASES = [
    bad(
        "files",
        {
            "requirements.txt": """
            requests>=2.32  # <- here
            boto3==1.35.0
            """
        },
    ),
    bad(
        "files",
        {
            "package.json": """
            {
              "dependencies": {
                "express": "^4.19.0" // <- here
              }
            }
            """
        },
    ),
    good("files", {"package.json": '{"dependencies": {"express": "4.19.2"}}'}),
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
