"""A caller chooses which resource a cloud call uses.

What it does
------------
Follows data that a caller controls into the name or ARN of a role, function, bucket, table, queue, secret or
parameter of a cloud call.

Why it matters
--------------
The function acts with its own rights: it becomes the caller's deputy for everything its role may touch.

How to fix
----------
Take the resource from configuration; where callers choose, map their choice to a fixed list.

When to allow it
----------------
Tools whose purpose is to act on a resource that the caller names, with their own check.

References
----------
- https://cwe.mitre.org/data/definitions/99.html
- https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import MEDIUM, Outcome, bad, good, reported, rule
from casemate.model.flow import Flow


@rule("resource-chosen-by-caller", weakness="broken-access-control", severity=MEDIUM, tags=["cwe-99", "owasp-sls-01"])
def check(flow: Flow, system: System) -> Iterator[Outcome]:
    if flow.kind == "chosen-resource":
        yield reported(flow, "a caller can point the function at another resource", MEDIUM)


CASES = [
    bad(
        "python",
        """
        import boto3


        def handler(event, context):
            role = event["queryStringParameters"]["role"]
            return boto3.client("sts").assume_role(RoleArn=role, RoleSessionName="x")  # <- here
    """,
    ),
    good(
        "python",
        """
        import os

        import boto3


        def handler(event, context):
            return boto3.client("sts").assume_role(RoleArn=os.environ["ROLE"], RoleSessionName="x")
    """,
    ),
]
