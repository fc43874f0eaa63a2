"""A function ships a package with a known weakness.

What it does
------------
Compares every package of a manifest or lock that reaches a function (not only its tests or its build) with the advisory
data. The version is the locked one, or the one that the manifest pins; where there is only a range, the package is
reported when *every* version that the range allows is affected. All advisories of one version are one finding, those
that are aliases of one another count once.

Why it matters
--------------
The weakness is public, often with a ready exploit, and the function runs it with its own role. Severity is not the CVSS
score alone: it goes down where only the system itself calls the function, where no code imports the package, and where
the code calls none of its weak functions; it goes up where attackers are known to use the weakness, or likely to (files
of CISA and FIRST, when they are given). The finding says how the code reaches it.

How to fix
----------
Go to the version that the finding names (the smallest that no known advisory affects), lock it, and deploy.

When to allow it
----------------
The weak part of the package is not used: say so in the reason of a suppression that expires.

References
----------
- https://ossf.github.io/osv-schema/#evaluation
- https://owasp.org/www-project-top-ten/2017/A9_2017-Using_Components_with_Known_Vulnerabilities
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.supply.reporting import affected, undecided
from casemate.analysis.system import System
from casemate.authoring import HIGH, Outcome, Undecidable, Violation, bad, good, rule, unresolved
from casemate.model.dependency import Dependency


@rule("vulnerable-dependency", weakness="vulnerable-dependency", severity=HIGH, tags=["cwe-1395", "owasp-sls-06"])
def check(dependency: Dependency, system: System) -> Iterator[Outcome]:
    if dependency.scope not in {"runtime", "optional"}:
        return
    found = affected(dependency, system)
    if found is not None:
        yield Violation(
            found.message,
            dependency.at,
            severity=found.severity,
            evidence=found.evidence,
            related=found.related,
            fixes=found.fixes,
            cause=found.cause,
        )
    open_ = undecided(dependency)
    if open_ is not None:
        yield Undecidable(open_)


CASES = [
    bad(
        "files",
        {
            "requirements.txt": """
            requests==2.19.0  # <- here
            """
        },
    ),
    bad(
        "files",
        {
            "package.json": """
            {
              "dependencies": {
                "node-uuid": "1.4.3" // <- here
              }
            }
            """,
        },
    ),
    bad(
        "files",
        {
            "package.json": """
            {
              "dependencies": {
                "node-uuid": "~1.3.0" // <- here
              }
            }
            """,
        },
    ),
    bad(
        "files",
        {
            "package.json": '{"dependencies": {"left": "^1.0.0"}}',
            "package-lock.json": """
            {
              "lockfileVersion": 3,
              "packages": {
                "": {"dependencies": {"left": "^1.0.0"}},
                "node_modules/left": {"version": "1.0.0", "dependencies": {"node-uuid": "^1.4.0"}},
                "node_modules/node-uuid": { // <- here
                  "version": "1.4.3"
                }
              }
            }
            """,
        },
    ),
    good(
        "files",
        {
            "requirements.txt": """
            requests==2.32.3
            """
        },
    ),
    good(
        "files",
        {"package.json": '{"devDependencies": {"node-uuid": "1.4.3"}}'},
    ),
    unresolved(
        "files",
        {
            "requirements.txt": """
            requests>=2.0
            """
        },
    ),
]
