"""A pipeline with long-lived cloud keys.

What it does
------------
Reports pipelines that deploy or log in with access keys, service account keys or client secrets instead of a short-
lived token of the pipeline itself (OIDC).

Why it matters
--------------
The keys work from anywhere until somebody rotates them; every action in the job can read them.

How to fix
----------
Let the pipeline assume a role by OIDC (`role-to-assume`, workload identity federation) and delete the keys.

When to allow it
----------------
Systems that cannot issue tokens; rotate there, and limit the keys to deployment.

References
----------
- https://docs.github.com/actions/security-for-github-actions/security-hardening-your-deployments/about-security-hardening-with-openid-connect
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import MEDIUM, Outcome, Violation, bad, good, rule
from casemate.model.workflow import Pipeline


@rule("pipeline-static-cloud-keys", weakness="missing-key-rotation", severity=MEDIUM, tags=["cwe-324", "cwe-522"])
def check(pipeline: Pipeline, system: System) -> Iterator[Outcome]:
    if pipeline.static_keys:
        first, *others = pipeline.static_keys
        yield Violation(
            f"{pipeline.name} uses long-lived cloud keys ({first.text})",
            first.at,
            related=tuple((term.at, term.text) for term in others[:5]),
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
              - uses: aws-actions/configure-aws-credentials@v4
                with:
                  aws-access-key-id: ${{ secrets.AWS_ACCESS_KEY_ID }}  # <- here
                  aws-secret-access-key: ${{ secrets.AWS_SECRET_ACCESS_KEY }}
                  aws-region: eu-west-1
              - run: sam deploy
        """,
    ),
    good(
        "github-actions",
        """
        name: deploy
        on: push
        permissions: {contents: read, id-token: write}
        jobs:
          deploy:
            runs-on: ubuntu-latest
            steps:
              - uses: aws-actions/configure-aws-credentials@v4
                with:
                  role-to-assume: arn:aws:iam::123456789012:role/deploy
                  aws-region: eu-west-1
              - run: sam deploy
        """,
    ),
]
