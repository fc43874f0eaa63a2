"""A package is fetched without TLS.

What it does
------------
Reports packages and package indexes with an `http:`, `git:` or `svn:` address, except where a hash fixes the content, and
except on the machine itself.

Why it matters
--------------
Whoever sits on the way to the build machine replaces the package, and with it the function.

How to fix
----------
Use `https:`. If the server cannot, put a mirror with TLS in front of it.

When to allow it
----------------
Never for what is deployed.

References
----------
- https://cwe.mitre.org/data/definitions/494.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.supply.confusion import host, plain
from casemate.analysis.system import System
from casemate.authoring import HIGH, Outcome, Violation, bad, good, rule
from casemate.model.dependency import Dependency


@rule("dependency-over-plain-http", weakness="malicious-dependency", severity=HIGH, tags=["cwe-494", "cwe-319"])
def check(dependency: Dependency, system: System) -> Iterator[Outcome]:
    if plain(dependency.url) and dependency.integrity is not True:
        yield Violation(
            f"{dependency.name} is fetched from {host(dependency.url)} without TLS, and nothing fixes its content",
            dependency.at,
            evidence={"from": host(dependency.url)},
            cause=f"{dependency.package.ecosystem}:{dependency.package.name}",
        )
    for index in dependency.indexes if dependency.leads else ():
        if plain(index.url):
            yield Violation(
                f"packages come from {host(index.url)} without TLS",
                index.at,
                evidence={"index": host(index.url)},
                resource=dependency.project,
                cause=host(index.url),
            )


CASES = [
    bad(
        "files",
        {
            "requirements.txt": """
            --index-url http://packages.example.com/simple  # <- here
            billing-core==1.4.0
            """
        },
    ),
    bad(
        "files",
        {
            "package.json": """
            {
              "dependencies": {
                "billing-core": "http://packages.example.com/billing-core-1.4.0.tgz" // <- here
              }
            }
            """
        },
    ),
    good(
        "files",
        {
            "requirements.txt": """
            --index-url https://packages.example.com/simple
            billing-core==1.4.0
            """
        },
    ),
]
