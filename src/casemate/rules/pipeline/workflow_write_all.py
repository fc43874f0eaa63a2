"""A workflow whose token may change everything.

What it does
------------
Reports workflows and jobs with `permissions: write-all`.

Why it matters
--------------
Any action or dependency that the job runs can push code, publish packages and change releases with the token.

How to fix
----------
Declare `permissions: {contents: read}` for the workflow, and more only for the job that needs it.

When to allow it
----------------
Never.

References
----------
- https://docs.github.com/actions/security-for-github-actions/security-guides/automatic-token-authentication
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import MEDIUM, Outcome, bad, good, judge, rule
from casemate.model.workflow import Pipeline


@rule("workflow-write-all", weakness="broken-access-control", severity=MEDIUM, tags=["cwe-250", "cwe-732"])
def check(pipeline: Pipeline, system: System) -> Iterator[Outcome]:
    for permissions in (pipeline.permissions, *(job.permissions for job in pipeline.jobs)):
        for scope, access in permissions or ():
            if scope == "*":
                yield from judge(
                    access,
                    lambda word: word == "write-all",
                    f"The token of {pipeline.name} may change everything in the repository",
                )


CASES = [
    bad(
        "github-actions",
        """
        name: deploy
        on: push
        permissions: write-all  # <- here
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
        permissions:
          contents: read
          id-token: write
        jobs:
          deploy:
            runs-on: ubuntu-latest
            steps:
              - run: sam deploy
        """,
    ),
]
