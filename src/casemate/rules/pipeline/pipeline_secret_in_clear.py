"""A secret in clear in a pipeline.

What it does
------------
Reports variables and inputs of pipelines whose value is a secret written in the file, and plain-text variables of
build projects that hold one.

Why it matters
--------------
Everybody who can read the repository has it; it is also in the log of every job that prints its environment.

How to fix
----------
Use the secret store of the pipeline (`${{ secrets.X }}`, masked variables, Secrets Manager references) and rotate the
value.

When to allow it
----------------
Values for test containers that live for one job.

References
----------
- https://docs.github.com/actions/security-for-github-actions/security-guides/using-secrets-in-github-actions
- https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.secrets.judging import literal_secret
from casemate.analysis.system import System
from casemate.authoring import HIGH, Outcome, Violation, bad, good, rule
from casemate.model.workflow import Pipeline

_TEST_VALUES = frozenset(
    {"postgres", "password", "test", "root", "example", "mysql", "admin", "secret", "dummy", "minioadmin", "localstack"}
)


@rule("pipeline-secret-in-clear", weakness="hardcoded-secret", severity=HIGH, tags=["cwe-798"])
def check(pipeline: Pipeline, system: System) -> Iterator[Outcome]:
    groups = [pipeline.environment]
    for job in pipeline.jobs:
        groups += [job.environment, *(step.environment for step in job.steps), *(step.inputs for step in job.steps)]
    seen = set()
    for pairs in groups:
        for name, value in pairs:
            kind = literal_secret(name, value)
            if (
                kind is not None
                and value.at not in seen
                and str(getattr(value, "value", "")).lower() not in _TEST_VALUES
            ):
                seen.add(value.at)
                yield Violation(
                    f"{pipeline.name} holds a secret in clear ({name})", value.at, evidence={"kind": kind}, cause=name
                )


CASES = [
    bad(
        "github-actions",
        """
        name: deploy
        on: push
        permissions: {contents: read}
        env:
          STRIPE_API_KEY: live-0f1e2d3c4b5a6978  # <- here
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
        env:
          STRIPE_API_KEY: ${{ secrets.STRIPE_API_KEY }}
        jobs:
          deploy:
            runs-on: ubuntu-latest
            steps:
              - run: sam deploy
        """,
    ),
]
