"""Object stores: what is made readable by everybody.

Source: Amazon S3 user guide, "Access control list (ACL) overview", canned ACLs.
"""

from __future__ import annotations

from casemate.analysis.code.models import Misuse, Model, Test

MODELS: tuple[Model, ...] = tuple(
    Misuse(
        "public-object",
        f"aws.s3.{operation}",
        "the object is made readable by everybody",
        (Test("ACL", "is", ("public-read", "public-read-write")),),
        cwe="CWE-732",
    )
    for operation in (
        "PutObject", "CopyObject", "PutObjectAcl", "CreateBucket", "PutBucketAcl", "CreateMultipartUpload", "Upload",
    )
)  # fmt: skip
