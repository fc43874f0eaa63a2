"""The name of a package is one letter away from a much-used one.

What it does
------------
Compares the names that a manifest asks for with the 2,000 most used names of PyPI and npm. A name that is well known
itself (among the most used 15,000 of PyPI, 8,000 of npm) is never reported; digits and separators do not count as a
difference, and transitive packages are not looked at.

Why it matters
--------------
Attackers register misspelt names and wait. The package then runs in your build and in your function.

How to fix
----------
Correct the name. If it is the package that you mean, look at who publishes it, then suppress the finding.

When to allow it
----------------
The package is yours, or you have read it.

References
----------
- https://cwe.mitre.org/data/definitions/1357.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.supply.names import imitated
from casemate.analysis.system import System
from casemate.authoring import HIGH, Outcome, Violation, bad, good, rule
from casemate.model.dependency import Dependency


@rule(
    "dependency-name-lookalike",
    weakness="malicious-dependency",
    severity=HIGH,
    confidence="medium",
    tags=["cwe-1357", "cwe-506"],
)
def check(dependency: Dependency, system: System) -> Iterator[Outcome]:
    if not dependency.direct or dependency.source != "registry":
        return
    target = imitated(dependency.package)
    if target is not None:
        yield Violation(
            f"{dependency.name} is one letter away from {target}, which very many projects use: is it the one you meant?",
            dependency.at,
            evidence={"resembles": target},
            cause=f"{dependency.package.ecosystem}:{dependency.package.name}",
        )


CASES = [
    bad(
        "files",
        {
            "requirements.txt": """
            boto3==1.35.0
            reqeusts==2.32.3  # <- here
            """
        },
    ),
    good(
        "files",
        {
            "requirements.txt": """
            requests==2.32.3
            boto3==1.35.0
            """
        },
    ),
]
