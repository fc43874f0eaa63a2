"""A deployment that nobody has to approve.

What it does
------------
Reports jobs that deploy on a push without a deployment environment, where reviewers and branch rules could be
required.

Why it matters
--------------
Who can push can deploy: one person, or one stolen token, changes production alone.

How to fix
----------
Give the job an `environment:` and require reviewers for it (a protected environment, an approval).

When to allow it
----------------
Development accounts, and branches whose protection demands a review already.

References
----------
- https://docs.github.com/actions/managing-workflow-runs-and-deployments/managing-deployments/managing-environments-for-deployment
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, Violation, bad, good, rule
from casemate.model.workflow import Pipeline


@rule("deployment-without-approval", weakness="separation-of-duties", severity=LOW, tags=["cwe-284"], profile="strict")
def check(pipeline: Pipeline, system: System) -> Iterator[Outcome]:
    if pipeline.kind not in {"github-actions", "gitlab-ci", "azure-pipelines"}:
        return
    places = {term.at: term.text for term in pipeline.deploys}
    for job in pipeline.jobs:
        deploying = next((step for step in job.steps if step.run is not None and step.run.at in places), None)
        if deploying is not None and deploying.run is not None and job.deployment is None:
            yield Violation(
                f"The job {job.name} deploys ({places[deploying.run.at]}) and nobody has to approve it",
                deploying.run.at,
                cause=job.name,
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
              - run: sam deploy  # <- here
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
            environment: production
            runs-on: ubuntu-latest
            steps:
              - run: sam deploy
        """,
    ),
]
