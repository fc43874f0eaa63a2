"""Data of a caller in a shell command.

What it does
------------
Follows data that a caller controls (HTTP parameters, message bodies, object keys …) through the code to a call that
starts a process through a shell, or that takes the program's name or its arguments as text. Quoting with
`shlex.quote` outside of quotes, conversion to numbers and membership in a fixed list end the path.

Why it matters
--------------
Whoever sends the data runs commands with the function's role: its credentials stand in environment variables, and
everything the role may do is open.

How to fix
----------
Start programs with a list of arguments and no shell (`subprocess.run([...])`, `execFile`), and put `--` before data
that could look like an option. Better: use a library instead of a program.

When to allow it
----------------
Never with data from outside. Arguments from a fixed list are recognised.

References
----------
- https://cwe.mitre.org/data/definitions/78.html
- https://cheatsheetseries.owasp.org/cheatsheets/OS_Command_Injection_Defense_Cheat_Sheet.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import HIGH, Outcome, bad, good, reported, rule
from casemate.model.flow import Flow


@rule("command-injection", weakness="command-injection", severity=HIGH, tags=["cwe-78", "owasp-sls-01"])
def check(flow: Flow, system: System) -> Iterator[Outcome]:
    if flow.kind == "command":
        yield reported(flow, "a caller can run commands in the function", HIGH)


CASES = [
    bad(
        "python",
        """
        import os


        def handler(event, context):
            name = event["queryStringParameters"]["name"]
            os.system("convert " + name)  # <- here
    """,
    ),
    good(
        "python",
        """
        import subprocess


        def handler(event, context):
            name = event["queryStringParameters"]["name"]
            subprocess.run(["convert", "--", name], check=True)
    """,
    ),
    bad(
        "javascript",
        """
        const { execSync } = require("child_process");

        exports.handler = async (event) => {
          const url = event.queryStringParameters.url;
          return execSync(`curl ${url}`).toString(); // <- here
        };
    """,
    ),
    good(
        "javascript",
        """
        const { execFileSync } = require("child_process");

        exports.handler = async (event) => {
          const size = parseInt(event.queryStringParameters.size, 10);
          return execFileSync("convert", ["-resize", String(size)]).toString();
        };
    """,
    ),
    good(
        "python",
        """
        import os

        NAMES = {"a": "one.png", "b": "two.png"}


        def handler(event, context):
            name = event["queryStringParameters"]["name"]
            if name not in NAMES:
                return {"statusCode": 400}
            os.system("convert " + NAMES[name])
    """,
    ),
]
