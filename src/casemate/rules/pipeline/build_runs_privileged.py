"""A build with the rights of the machine.

What it does
------------
Reports build projects in privileged mode.

Why it matters
--------------
Code of the build, and of every dependency it installs, can leave its container and reach the host and its
credentials.

How to fix
----------
Switch `PrivilegedMode` off; build images without a Docker daemon where you can.

When to allow it
----------------
Projects that must build images with Docker, in an account of their own.

References
----------
- https://docs.aws.amazon.com/codebuild/latest/userguide/change-project-console.html#change-project-console-environment
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Change, Fix, Outcome, bad, good, judge, rule
from casemate.model.workflow import Pipeline


@rule("build-runs-privileged", weakness="over-permissive-iam", severity=LOW, tags=["cwe-250"], profile="strict")
def check(pipeline: Pipeline, system: System) -> Iterator[Outcome]:
    change = Change(pipeline.id, "set", ("Environment", "PrivilegedMode"), False)
    fix = Fix("Run builds without privileges (they can then build no images)", safe=False, changes=(change,))
    yield from judge(
        pipeline.privileged,
        bool,
        f"Builds of {pipeline.name} run with the rights of the machine",
        fixes=(fix,) if pipeline.kind == "codebuild" else (),
    )


CASES = [
    bad(
        "cloudformation",
        """
        Build:
          Type: AWS::CodeBuild::Project
          Properties:
            ServiceRole: arn:aws:iam::123456789012:role/build
            Artifacts: {Type: NO_ARTIFACTS}
            Source: {Type: GITHUB, Location: https://github.com/acme/shop}
            Environment:
              Type: LINUX_CONTAINER
              ComputeType: BUILD_GENERAL1_SMALL
              Image: aws/codebuild/standard:7.0
              PrivilegedMode: true  # <- here
        """,
    ),
    good(
        "cloudformation",
        """
        Build:
          Type: AWS::CodeBuild::Project
          Properties:
            ServiceRole: arn:aws:iam::123456789012:role/build
            Artifacts: {Type: NO_ARTIFACTS}
            Source: {Type: GITHUB, Location: https://github.com/acme/shop}
            Environment: {Type: LINUX_CONTAINER, ComputeType: BUILD_GENERAL1_SMALL, Image: aws/codebuild/standard:7.0}
        """,
    ),
]
