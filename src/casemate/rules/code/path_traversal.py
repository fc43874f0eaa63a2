"""Data of a caller in the path of a file.

What it does
------------
Follows data that a caller controls into the path of a file that is opened, read, written, sent or deleted, and into
archives that are unpacked without a look at their names. `os.path.basename`, `secure_filename`, and a normalised path
compared with its folder end the path. Keys of object stores are no paths.

Why it matters
--------------
`../../var/task/app.py` reads the function's code, `/proc/self/environ` its credentials.

How to fix
----------
Take only the last part of the name, or resolve the path and require that it lies inside of the folder. Better: use
the data as the key of a table or a store.

When to allow it
----------------
Names from a fixed list and numbers are recognised.

References
----------
- https://cwe.mitre.org/data/definitions/22.html
- https://owasp.org/www-community/attacks/Path_Traversal
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import HIGH, Outcome, bad, good, reported, rule
from casemate.model.flow import Flow


@rule("path-traversal", weakness="path-traversal", severity=HIGH, tags=["cwe-22", "owasp-sls-01"])
def check(flow: Flow, system: System) -> Iterator[Outcome]:
    if flow.kind == "path":
        yield reported(flow, "a caller can choose the file", HIGH)


CASES = [
    bad(
        "python",
        """
        def handler(event, context):
            name = event["queryStringParameters"]["name"]
            with open("/opt/pages/" + name) as page:  # <- here
                return {"statusCode": 200, "body": page.read()}
    """,
    ),
    good(
        "python",
        """
        import os


        def handler(event, context):
            name = os.path.basename(event["queryStringParameters"]["name"])
            with open(os.path.join("/opt/pages", name)) as page:
                return {"statusCode": 200, "body": page.read()}
    """,
    ),
    bad(
        "javascript",
        """
        const fs = require("fs");

        exports.handler = async (event) => {
          return fs.readFileSync("/opt/pages/" + event.queryStringParameters.name, "utf8"); // <- here
        };
    """,
    ),
    good(
        "javascript",
        """
        const fs = require("fs");
        const path = require("path");

        exports.handler = async (event) => {
          const name = path.basename(event.queryStringParameters.name);
          return fs.readFileSync(path.join("/opt/pages", name), "utf8");
        };
    """,
    ),
]
