"""Access to a store is not recorded.

What it does
------------
Reports buckets without access logging, databases without log exports and search domains without audit logs, where the
service has them.

Why it matters
--------------
Nobody can say who read what before the breach was noticed.

How to fix
----------
Set `LoggingConfiguration` for a bucket (or data events in CloudTrail), and log exports for a database.

When to allow it
----------------
Buckets that CloudTrail data events cover, and the log bucket itself.

References
----------
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, bad, good, judge, rule
from casemate.model.store import Store


@rule("store-access-not-logged", weakness="missing-logging", severity=LOW, tags=["cwe-778"], profile="strict")
def check(store: Store, system: System) -> Iterator[Outcome]:
    yield from judge(store.logging, lambda on: not on, f"Access to the {store.kind} {store.name} is not logged")


CASES = [
    bad(
        "cloudformation",
        """
        Files:  # <- here
          Type: AWS::S3::Bucket
        """,
    ),
    good(
        "cloudformation",
        """
        Files:
          Type: AWS::S3::Bucket
          Properties:
            LoggingConfiguration: {DestinationBucketName: acme-logs}
        """,
    ),
]
