"""Data of a caller written into logs as it is.

What it does
------------
Follows data that a caller controls into plain-text log messages. Structured loggers, which write the data as a JSON
value, are not reported.

Why it matters
--------------
Line breaks in the data look like lines of their own: an investigation reads what the attacker wrote.

How to fix
----------
Log through a structured logger, or remove line breaks first.

When to allow it
----------------
Where logs are read only as JSON.

References
----------
- https://cwe.mitre.org/data/definitions/117.html
- https://cheatsheetseries.owasp.org/cheatsheets/Logging_Cheat_Sheet.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, bad, good, reported, rule
from casemate.model.flow import Flow


@rule("log-injection", weakness="log-injection", severity=LOW, tags=["cwe-117", "owasp-sls-01"], profile="strict")
def check(flow: Flow, system: System) -> Iterator[Outcome]:
    if flow.kind == "log":
        yield reported(flow, "a caller can forge lines of the log", LOW)


CASES = [
    bad(
        "python",
        """
        import logging

        logger = logging.getLogger()


        def handler(event, context):
            logger.warning("sign-in of " + event["queryStringParameters"]["name"])  # <- here
    """,
    ),
    good(
        "python",
        """
        import logging

        logger = logging.getLogger()


        def handler(event, context):
            logger.warning("sign-in of %d", int(event["queryStringParameters"]["number"]))
    """,
    ),
]
