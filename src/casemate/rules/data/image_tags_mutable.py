"""Image tags that can be overwritten.

What it does
------------
Reports container registries whose tags are mutable.

Why it matters
--------------
Whoever can push replaces the image behind a tag; the next cold start runs other code than the one that was reviewed.

How to fix
----------
Set `ImageTagMutability: IMMUTABLE`, and deploy by digest.

When to allow it
----------------
Registries for development.

References
----------
- https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Change, Fix, Outcome, bad, good, judge, rule
from casemate.model.store import Store


@rule("image-tags-mutable", weakness="unsigned-code", severity=LOW, tags=["cwe-494"], profile="strict")
def check(store: Store, system: System) -> Iterator[Outcome]:
    change = Change(store.id, "set", ("ImageTagMutability",), "IMMUTABLE")
    if store.cloud == "google":
        change = Change(store.id, "set", ("docker_config", "immutable_tags"), True)
    fix = Fix("Make tags immutable", safe=True, changes=(change,))
    yield from judge(
        store.immutable_tags, lambda fixed: not fixed, f"Tags in {store.name} can be overwritten", fixes=(fix,)
    )


CASES = [
    bad(
        "cloudformation",
        """
        Images:  # <- here
          Type: AWS::ECR::Repository
        """,
    ),
    good(
        "cloudformation",
        """
        Images:
          Type: AWS::ECR::Repository
          Properties: {ImageTagMutability: IMMUTABLE}
        """,
    ),
]
