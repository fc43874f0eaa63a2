"""Packages may come from several registries at once.

What it does
------------
Reports a further package index beside the main one (`--extra-index-url`, an index of uv, Poetry or PDM that is not
bound to named packages).

Why it matters
--------------
pip asks all indexes and takes the highest version. Whoever registers the name of your internal package on the public
index, with a high version, gets into your build (dependency confusion).

How to fix
----------
Let one index answer for everything (a mirror that proxies the public one), or bind packages to theirs: `explicit = true`
in uv, `priority = "explicit"` in Poetry. In `requirements.txt`, hashes prevent the exchange.

When to allow it
----------------
Your names are reserved on the public index as well.

References
----------
- https://pip.pypa.io/en/stable/cli/pip_install/#cmdoption-extra-index-url
- https://docs.astral.sh/uv/concepts/indexes/
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.supply.confusion import host, public
from casemate.analysis.system import System
from casemate.authoring import LOW, MEDIUM, Outcome, Violation, bad, good, rule
from casemate.model.dependency import Dependency


@rule(
    "dependency-index-confusion",
    weakness="malicious-dependency",
    severity=MEDIUM,
    confidence="medium",
    tags=["cwe-427", "cwe-1357"],
)
def check(dependency: Dependency, system: System) -> Iterator[Outcome]:
    if not dependency.leads or dependency.package.ecosystem != "PyPI":
        return
    for index in dependency.indexes:
        if index.extra and not index.explicit and index.name != "find-links":
            known = public(index.url)
            yield Violation(
                f"every package may come from {host(index.url)} or from PyPI, whichever has the higher version",
                index.at,
                severity=LOW if known else None,
                evidence={"index": host(index.url), "kind": "public" if known else "private or not known"},
                resource=dependency.project,
                cause=host(index.url),
            )


CASES = [
    bad(
        "files",
        {
            "requirements.txt": """
            --extra-index-url https://packages.example.com/simple  # <- here
            billing-core==1.4.0
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
    good(
        "files",
        {
            "pyproject.toml": """
            [project]
            name = "shop"
            dependencies = ["billing-core==1.4.0"]

            [[tool.uv.index]]
            name = "own"
            url = "https://packages.example.com/simple"
            explicit = true
            """
        },
    ),
]
