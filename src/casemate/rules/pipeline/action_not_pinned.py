"""An action that its author can change under you.

What it does
------------
Reports actions and reusable workflows of third parties that are named by tag or branch instead of by commit, and
images without a digest.

Why it matters
--------------
Tags move. When the author's account is taken over, the next run of your pipeline runs the attacker's code with your
secrets.

How to fix
----------
Pin by full commit: `uses: owner/action@<40 hex digits> # v4.1.0`, and let a bot update the pins.

When to allow it
----------------
Actions of your own organisation.

References
----------
- https://docs.github.com/actions/security-for-github-actions/security-guides/security-hardening-for-github-actions#using-third-party-actions
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, Violation, bad, good, rule
from casemate.model.workflow import Pipeline

_COMMIT = re.compile(r"@[0-9a-f]{40}$")
_TRUSTED = ("actions/", "github/")


@rule("action-not-pinned", weakness="unpinned-dependency", severity=LOW, tags=["cwe-829", "cwe-1357"], profile="strict")
def check(pipeline: Pipeline, system: System) -> Iterator[Outcome]:
    if pipeline.kind != "github-actions":
        return
    for job in pipeline.jobs:
        for step in job.steps:
            name = step.uses.value if step.uses is not None else None
            if name is None or name.startswith(("./", "docker://", *_TRUSTED)) or _COMMIT.search(name):
                continue
            yield Violation(f"{name} can be changed by its author at any time", step.at, cause=name)


CASES = [
    bad(
        "github-actions",
        """
        name: deploy
        on: push
        permissions: {contents: read}
        jobs:
          deploy:
            runs-on: ubuntu-latest
            steps:
              - uses: acme/deploy@v2  # <- here
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
              - uses: actions/checkout@v4
              - uses: acme/deploy@0123456789abcdef0123456789abcdef01234567
        """,
    ),
]
