"""A package is known to be malicious.

What it does
------------
Reports packages, whatever they are for, whose installed version is an attack itself according to an advisory: an OSV
`MAL-` record, or one of CWE-506, embedded malicious code.

Why it matters
--------------
Its code has run already: at install time on the machine that built, or with the function's role in the cloud.

How to fix
----------
Remove it, and treat every secret that the build machine and the function could read as known to the attacker.

When to allow it
----------------
Never.

References
----------
- https://cwe.mitre.org/data/definitions/506.html
- https://github.com/ossf/malicious-packages
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.supply.reporting import malicious
from casemate.analysis.system import System
from casemate.authoring import CRITICAL, Outcome, Violation, bad, good, rule
from casemate.model.dependency import Dependency


@rule("known-malicious-dependency", weakness="malicious-dependency", severity=CRITICAL, tags=["cwe-506"])
def check(dependency: Dependency, system: System) -> Iterator[Outcome]:
    found = malicious(dependency)
    if found:
        names = ", ".join(advisory.name for advisory in found[:3])
        yield Violation(
            f"{dependency.name} {dependency.version or dependency.range} is itself an attack: {names}",
            dependency.at,
            evidence={"package": f"{dependency.package.ecosystem} {dependency.name}", "advisories": names},
            related=((dependency.locked.at, "locked here"),)
            if dependency.locked and dependency.locked.at != dependency.at
            else (),
            cause=f"{dependency.package.ecosystem}:{dependency.package.name}@{dependency.version or dependency.range}",
        )


CASES = [
    bad(
        "files",
        {
            "package.json": """
            {
              "dependencies": {
                "ua-parser-js": "0.7.29" // <- here
              }
            }
            """
        },
    ),
    good("files", {"package.json": '{"dependencies": {"ua-parser-js": "0.7.33"}}'}),
]
