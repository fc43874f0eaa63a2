"""A privileged workflow that runs a stranger's code.

What it does
------------
Reports GitHub workflows started by `pull_request_target` or `workflow_run` that check out the code of the pull
request and then run something.

Why it matters
--------------
These events run with the secrets and the write token of the repository. Whoever opens a pull request then runs code
with them: deploys, publishes, or takes the cloud role.

How to fix
----------
Use `pull_request` for building and testing strangers' code. Where the privileged event is needed (labels, comments),
never check out the head of the pull request.

When to allow it
----------------
Never together with a checkout of the head.

References
----------
- https://securitylab.github.com/resources/github-actions-preventing-pwn-requests/
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import CRITICAL, Outcome, Violation, bad, good, rule
from casemate.model.value import display
from casemate.model.workflow import Pipeline

_PRIVILEGED = frozenset({"pull_request_target", "workflow_run"})
_HEADS = ("github.event.pull_request.head", "github.head_ref", "github.event.workflow_run.head", "refs/pull/")


@rule("workflow-runs-untrusted-code", weakness="code-injection", severity=CRITICAL, tags=["cwe-94", "cwe-829"])
def check(pipeline: Pipeline, system: System) -> Iterator[Outcome]:
    event = next((entry for entry in pipeline.events if entry[0] in _PRIVILEGED), None)
    if event is None:
        return
    for job in pipeline.jobs:
        for step in job.steps:
            if step.uses is None or not step.uses.ever(lambda name: name.startswith("actions/checkout")):
                continue
            for key, value in step.inputs:
                if key in {"ref", "repository"} and any(head in display(value) for head in _HEADS):
                    yield Violation(
                        f"{pipeline.name} checks out the code of a pull request with the repository's own rights",
                        value.at,
                        related=((event[1], "started by a stranger, with secrets"),),
                        cause=job.name,
                    )


CASES = [
    bad(
        "github-actions",
        """
        name: preview
        on: pull_request_target
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/checkout@v4
                with:
                  ref: ${{ github.event.pull_request.head.sha }}  # <- here
              - run: npm ci && npm test
        """,
    ),
    good(
        "github-actions",
        """
        name: test
        on: pull_request
        permissions: {contents: read}
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/checkout@v4
              - run: npm ci && npm test
        """,
    ),
]
