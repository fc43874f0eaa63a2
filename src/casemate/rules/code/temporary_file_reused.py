"""Data left in the temporary folder.

What it does
------------
Reports data of a request, of a store or a secret that is written to a file in the temporary folder (`/tmp`,
`os.tmpdir()`, `tempfile.mktemp()`) which the function does not remove. The default profile shows it for secrets and for
names that another process can take first.

Why it matters
--------------
The platform keeps the environment of a function for the next call: what one caller left is there for the next one, and
a folder that fills up ends the function for everybody.

How to fix
----------
Keep the data in memory, or use `tempfile.NamedTemporaryFile` and `fs.mkdtemp`, and remove the file in `finally`.

When to allow it
----------------
A cache that is meant for every caller and has a bound.

References
----------
- https://cwe.mitre.org/data/definitions/377.html
- https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, bad, good, reported, rule
from casemate.model.flow import Flow


@rule("temporary-file-reused", weakness="tmp-reuse", severity=LOW, tags=["cwe-377", "owasp-sls-01"])
def check(flow: Flow, system: System) -> Iterator[Outcome]:
    if flow.kind == "tmp-reuse":
        yield reported(flow, "the next call finds what this one left", LOW)


CASES = [
    bad(
        "python",
        """
        import boto3


        def handler(event, context):
            secret = boto3.client("secretsmanager").get_secret_value(SecretId="db")["SecretString"]
            with open("/tmp/password", "w") as file:
                file.write(secret)  # <- here
    """,
    ),
    bad(
        "javascript",
        """
        const fs = require("fs");
        const os = require("os");
        const path = require("path");

        exports.handler = async (event) => {
          fs.writeFileSync(path.join(os.tmpdir(), "last.json"), event.body); // <- here
        };
    """,
    ),
    good(
        "python",
        """
        import os


        def handler(event, context):
            with open("/tmp/input", "w") as file:
                file.write(event["body"])
            try:
                return {"statusCode": 200}
            finally:
                os.remove("/tmp/input")
    """,
    ),
]
