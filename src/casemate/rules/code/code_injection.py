"""Data of a caller that is run as code.

What it does
------------
Follows data that a caller controls to `eval`, `exec`, `compile`, `new Function`, `vm.runIn…`, timers that take text,
script engines, and to imports whose module name is the data.

Why it matters
--------------
The data runs with all that the function has: memory, credentials, role.

How to fix
----------
Parse instead of running: `json.loads`, `ast.literal_eval` for literals, a table from names to functions for choices.

When to allow it
----------------
Never with data from outside.

References
----------
- https://cwe.mitre.org/data/definitions/94.html
- https://docs.python.org/3/library/functions.html#eval
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import HIGH, Outcome, bad, good, reported, rule
from casemate.model.flow import Flow


@rule("code-injection", weakness="code-injection", severity=HIGH, tags=["cwe-94", "owasp-sls-01"])
def check(flow: Flow, system: System) -> Iterator[Outcome]:
    if flow.kind in {"code", "dynamic-import"}:
        yield reported(flow, "a caller can run code in the function", HIGH)


CASES = [
    bad(
        "python",
        """
        def handler(event, context):
            return eval(event["queryStringParameters"]["formula"])  # <- here
    """,
    ),
    good(
        "python",
        """
        import ast


        def handler(event, context):
            return ast.literal_eval(event["queryStringParameters"]["formula"])
    """,
    ),
    bad(
        "javascript",
        """
        exports.handler = async (event) => {
          const body = JSON.parse(event.body);
          return new Function("return " + body.formula)(); // <- here
        };
    """,
    ),
    good(
        "javascript",
        """
        const ACTIONS = { list: () => [], count: () => 0 };

        exports.handler = async (event) => {
          const action = ACTIONS[JSON.parse(event.body).action];
          return action ? action() : { statusCode: 400 };
        };
    """,
    ),
]
