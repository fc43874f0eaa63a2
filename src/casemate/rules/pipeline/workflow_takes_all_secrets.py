"""A step that is given every secret of the repository.

What it does
------------
Reports workflows that turn the whole `secrets` context into text (`toJSON(secrets)`) or pick one by a name that is
computed (`secrets[…]`).

Why it matters
--------------
Every secret that the repository and its organisation have is then in the environment or the log of that step, not only
the one it needs. The log masks each secret's own text, not the parts of a JSON document or what a program makes of it.

How to fix
----------
Name each secret where it is needed: `env: {TOKEN: ${{ secrets.DEPLOY_TOKEN }}}`.

When to allow it
----------------
A computed name whose possible values are all written in the workflow, such as a matrix of stages.

References
----------
- https://docs.github.com/actions/security-for-github-actions/security-guides/using-secrets-in-github-actions
- https://docs.zizmor.sh/audits/#overprovisioned-secrets
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, MEDIUM, Outcome, Violation, bad, good, rule
from casemate.model.pattern import late
from casemate.model.value import Value, display
from casemate.model.workflow import Job, Pipeline

_ALL = late(r"\$\{\{[^}]{0,200}\btoJSON\(\s{0,4}secrets\s{0,4}\)")
_COMPUTED = late(r"\$\{\{[^}]{0,200}\bsecrets\[(?!\s{0,4}'[^']{1,100}'\s{0,4}\])")


@rule("workflow-takes-all-secrets", weakness="broken-access-control", severity=MEDIUM, tags=["cwe-250", "cwe-532"])
def check(pipeline: Pipeline, system: System) -> Iterator[Outcome]:
    if pipeline.kind != "github-actions":
        return
    for _, value in pipeline.environment:
        yield from _judged(pipeline, "", value)
    for job in pipeline.jobs:
        for value in _values(job):
            yield from _judged(pipeline, job.name, value)


def _values(job: Job) -> Iterator[Value]:
    yield from (value for _, value in job.environment)
    for step in job.steps:
        yield from (value for _, value in (*step.inputs, *step.environment))
        if step.run is not None:
            yield step.run


def _judged(pipeline: Pipeline, job: str, value: Value) -> Iterator[Violation]:
    text = display(value)
    if _ALL.search(text):
        yield Violation(f"{pipeline.name} hands all secrets to one step", value.at, cause=job)
    elif _COMPUTED.search(text):
        yield Violation(
            f"{pipeline.name} picks a secret by a computed name, so that it is given all of them",
            value.at,
            severity=LOW,
            cause=job,
        )


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
              - run: ./deploy
                env:
                  ALL: ${{ toJSON(secrets) }}  # <- here
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
              - run: ./deploy
                env:
                  TOKEN: ${{ secrets.DEPLOY_TOKEN }}
                  OTHER: ${{ secrets['OTHER_TOKEN'] }}
                  EVENT: ${{ toJSON(github.event) }}
        """,
    ),
]
