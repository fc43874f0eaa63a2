"""A workflow that does not limit its token.

What it does
------------
Reports GitHub workflows that declare no permissions, neither for themselves nor for each job.

Why it matters
--------------
The token then has the repository's default, which in older repositories is write access to everything.

How to fix
----------
Declare `permissions: {contents: read}` at the top.

When to allow it
----------------
Organisations whose default is read-only.

References
----------
- https://docs.github.com/actions/security-for-github-actions/security-guides/automatic-token-authentication
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, Violation, bad, good, rule
from casemate.model.workflow import Pipeline


@rule(
    "workflow-default-permissions", weakness="broken-access-control", severity=LOW, tags=["cwe-276"], profile="strict"
)
def check(pipeline: Pipeline, system: System) -> Iterator[Outcome]:
    if (
        pipeline.kind == "github-actions"
        and pipeline.permissions is None
        and any(job.permissions is None for job in pipeline.jobs)
    ):
        yield Violation(f"{pipeline.name} does not limit what its token may do", pipeline.at)


CASES = [
    bad(
        "github-actions",
        """
        name: deploy  # <- here
        on: push
        jobs:
          deploy:
            runs-on: ubuntu-latest
            steps:
              - run: sam deploy
        """,
    ),
    good(
        "github-actions",
        """
        name: deploy
        on: push
        permissions: {contents: read}
        jobs:
          deploy:
            runs-on: ubuntu-latest
            steps:
              - run: sam deploy
        """,
    ),
]
