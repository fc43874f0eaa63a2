"""A regular expression that a caller writes.

What it does
------------
Follows data that a caller controls into the *pattern* of a regular expression of a backtracking engine. `re.escape`
ends the path; data that is searched is not reported.

Why it matters
--------------
A pattern such as `(a+)+$` takes exponential time: every call costs the whole timeout, and the account's concurrency.

How to fix
----------
Escape the data, or use a linear engine (re2).

When to allow it
----------------
Tools whose users write patterns, with a linear engine.

References
----------
- https://cwe.mitre.org/data/definitions/1333.html
- https://owasp.org/www-community/attacks/Regular_expression_Denial_of_Service_-_ReDoS
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import MEDIUM, Outcome, bad, good, reported, rule
from casemate.model.flow import Flow


@rule("regex-from-input", weakness="redos", severity=MEDIUM, tags=["cwe-1333", "owasp-sls-01"])
def check(flow: Flow, system: System) -> Iterator[Outcome]:
    if flow.kind == "regex":
        yield reported(flow, "a caller can keep the function busy until its timeout", MEDIUM)


CASES = [
    bad(
        "python",
        """
        import re


        def handler(event, context):
            return re.findall(event["queryStringParameters"]["pattern"], "some text")  # <- here
    """,
    ),
    good(
        "python",
        """
        import re


        def handler(event, context):
            return re.findall(re.escape(event["queryStringParameters"]["word"]), "some text")
    """,
    ),
]
