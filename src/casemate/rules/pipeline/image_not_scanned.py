"""Images that nobody scans.

What it does
------------
Reports container registries that do not scan images when they are pushed.

Why it matters
--------------
Known holes in base images and libraries reach production unseen.

How to fix
----------
Set `ImageScanningConfiguration: {ScanOnPush: true}`, or enhanced scanning for the registry.

When to allow it
----------------
Registries that another scanner covers.

References
----------
- https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, bad, good, judge, rule
from casemate.model.store import Store


@rule("image-not-scanned", weakness="vulnerable-dependency", severity=LOW, tags=["cwe-1395"], profile="strict")
def check(store: Store, system: System) -> Iterator[Outcome]:
    yield from judge(
        store.scan_on_push, lambda on: not on, f"Images in {store.name} are not scanned when they are pushed"
    )


CASES = [
    bad(
        "cloudformation",
        """
        Images:  # <- here
          Type: AWS::ECR::Repository
          Properties: {ImageTagMutability: IMMUTABLE}
        """,
    ),
    good(
        "cloudformation",
        """
        Images:
          Type: AWS::ECR::Repository
          Properties: {ImageTagMutability: IMMUTABLE, ImageScanningConfiguration: {ScanOnPush: true}}
        """,
    ),
]
