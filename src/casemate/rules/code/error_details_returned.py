"""Details of an error sent to the caller.

What it does
------------
Reports handlers that put a traceback (`traceback.format_exc()`, `error.stack`), the environment or the text of an
exception into their response. The text alone is not shown in the default profile: many handlers answer with texts that
they have written themselves.

Why it matters
--------------
Paths, versions, queries and secrets in a traceback are what the next attack is built on.

How to fix
----------
Log the details, answer with a number to ask for.

When to allow it
----------------
Functions that only the own team calls.

References
----------
- https://cwe.mitre.org/data/definitions/209.html
- https://cheatsheetseries.owasp.org/cheatsheets/Error_Handling_Cheat_Sheet.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, bad, good, reported, rule
from casemate.model.flow import Flow
from casemate.model.record import replace


@rule("error-details-returned", weakness="verbose-errors", severity=LOW, tags=["cwe-209", "owasp-sls-01"])
def check(flow: Flow, system: System) -> Iterator[Outcome]:
    if flow.kind != "verbose-error":
        return
    if flow.confidence != "high":
        flow = replace(flow, confidence="low")
    yield reported(flow, "callers learn about the inside of the function", LOW)


CASES = [
    bad(
        "python",
        """
        import traceback


        def handler(event, context):
            try:
                return {"statusCode": 200, "body": str(1 / int(event["queryStringParameters"]["n"]))}
            except Exception:
                return {"statusCode": 500, "body": traceback.format_exc()}  # <- here
    """,
    ),
    good(
        "python",
        """
        import traceback


        def handler(event, context):
            try:
                return {"statusCode": 200, "body": str(1 / int(event["queryStringParameters"]["n"]))}
            except Exception:
                print(traceback.format_exc())
                return {"statusCode": 500, "body": "internal error"}
    """,
    ),
]
