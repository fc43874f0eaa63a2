"""Code that makes an object readable by everybody.

What it does
------------
Reports calls that give an object or a bucket a public ACL (`public-read`, `public-read-write`), whatever the template
says of the bucket.

Why it matters
--------------
The bucket's own settings look private in review, and each object is public all the same.

How to fix
----------
Leave the ACL out, block public ACLs on the bucket, and give access with presigned URLs or through CloudFront.

When to allow it
----------------
Files of a public web site, in a bucket of their own.

References
----------
- https://cwe.mitre.org/data/definitions/732.html
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import HIGH, Outcome, bad, good, reported, rule
from casemate.model.flow import Flow


@rule("object-made-public", weakness="public-access", severity=HIGH, tags=["cwe-732", "owasp-sls-01"])
def check(flow: Flow, system: System) -> Iterator[Outcome]:
    if flow.kind == "public-object":
        yield reported(flow, "everybody can read it", HIGH)


CASES = [
    bad(
        "python",
        """
        import boto3

        s3 = boto3.client("s3")


        def handler(event, context):
            s3.put_object(Bucket="pages", Key="report.html", Body=b"", ACL="public-read")  # <- here
    """,
    ),
    good(
        "python",
        """
        import boto3

        s3 = boto3.client("s3")


        def handler(event, context):
            s3.put_object(Bucket="pages", Key="report.html", Body=b"", ACL="private")
    """,
    ),
    bad(
        "javascript",
        """
        const AWS = require("aws-sdk");
        const s3 = new AWS.S3();

        exports.handler = async () => {
          await s3.putObject({ Bucket: "pages", Key: "report.html", Body: "", ACL: "public-read" }).promise(); // <- here
        };
    """,
    ),
    bad(
        "javascript",
        """
        const { S3Client, PutObjectCommand } = require("@aws-sdk/client-s3");
        const client = new S3Client({});

        exports.handler = async () => {
          const command = new PutObjectCommand({ Bucket: "pages", Key: "report.html", Body: "", ACL: "public-read" });
          await client.send(command); // <- here
        };
    """,
    ),
    good(
        "javascript",
        """
        const { S3Client, PutObjectCommand } = require("@aws-sdk/client-s3");
        const client = new S3Client({});

        exports.handler = async () => {
          await client.send(new PutObjectCommand({ Bucket: "pages", Key: "report.html", Body: "" }));
        };
    """,
    ),
]
