"""A package runs code when it is installed.

What it does
------------
Reports packages whose lock entry says that they have an install script (`hasInstallScript` of npm, `requiresBuild` of
pnpm).

Why it matters
--------------
Most attacks through npm packages so far ran at installation, on machines that may deploy.

How to fix
----------
Install with `--ignore-scripts` and allow the few that need it by name (`allow-scripts`, pnpm `onlyBuiltDependencies`).

When to allow it
----------------
Native modules that build themselves, once somebody has looked.

References
----------
- https://docs.npmjs.com/cli/using-npm/scripts#npm-install
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, Violation, bad, good, rule
from casemate.model.dependency import Dependency


@rule("dependency-install-script", weakness="malicious-dependency", severity=LOW, tags=["cwe-829"], profile="strict")
def check(dependency: Dependency, system: System) -> Iterator[Outcome]:
    if dependency.install_script:
        by = f" (comes with {dependency.through})" if dependency.through else ""
        yield Violation(
            f"{dependency.name} {dependency.version}{by} runs code of its own when it is installed",
            dependency.locked.at if dependency.locked else dependency.at,
            evidence={"version": dependency.version or ""},
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
                  "version": "1.0.0",
                  "hasInstallScript": true
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
                "node_modules/left": {"version": "1.0.0"}
              }
            }
            """,
        },
    ),
]
