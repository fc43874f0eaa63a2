"""A package that only tests or builds use has a known weakness.

What it does
------------
The same comparison as `vulnerable-dependency`, for packages that do not ship with a function: development groups, build
requirements, test scopes.

Why it matters
--------------
It runs on the machines of developers and in the pipeline, which may deploy. An attacker rarely reaches it there.

How to fix
----------
Go to the version that the finding names, when the tools are next brought up to date.

When to allow it
----------------
The weakness needs input that your build never sees.

References
----------
- https://ossf.github.io/osv-schema/#evaluation
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.supply.reporting import affected
from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, Violation, bad, good, rule
from casemate.model.dependency import Dependency


@rule(
    "vulnerable-development-dependency",
    weakness="vulnerable-dependency",
    severity=LOW,
    tags=["cwe-1395"],
    profile="strict",
)
def check(dependency: Dependency, system: System) -> Iterator[Outcome]:
    if dependency.scope in {"development", "build"}:
        found = affected(dependency, system)
        if found is not None:
            yield Violation(
                found.message,
                dependency.at,
                evidence=found.evidence,
                related=found.related,
                fixes=found.fixes,
                cause=found.cause,
            )


CASES = [
    bad(
        "files",
        {
            "package.json": """
            {
              "devDependencies": {
                "node-uuid": "1.4.3" // <- here
              }
            }
            """
        },
    ),
    good("files", {"package.json": '{"devDependencies": {"node-uuid": "1.4.8"}}'}),
]
