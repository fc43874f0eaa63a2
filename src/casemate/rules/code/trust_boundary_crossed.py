"""Data of a caller stored where it is trusted.

What it does
------------
Follows data that a caller controls, without a check, into what other code trusts: the session, the environment, a
process-wide cache.

Why it matters
--------------
The session or cache is read as if the system had written it, and in a warm function also for the next caller.

How to fix
----------
Check the data before it is stored, and keep what callers say apart from what the system knows.

When to allow it
----------------
Values that were checked against a fixed list are recognised.

References
----------
- https://cwe.mitre.org/data/definitions/501.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import MEDIUM, Outcome, bad, good, reported, rule
from casemate.model.flow import Flow


@rule("trust-boundary-crossed", weakness="trust-boundary", severity=MEDIUM, tags=["cwe-501", "owasp-sls-01"])
def check(flow: Flow, system: System) -> Iterator[Outcome]:
    if flow.kind == "trust-boundary":
        yield reported(flow, "later code takes the data for its own", MEDIUM)


CASES = [
    bad(
        "python",
        """
        from flask import Flask, request, session

        app = Flask(__name__)


        @app.route("/choose")
        def choose():
            session["role"] = request.args.get("role")  # <- here
            return "ok"
    """,
    ),
    good(
        "python",
        """
        from flask import Flask, request, session

        app = Flask(__name__)


        @app.route("/choose")
        def choose():
            role = request.args.get("role")
            if role in ("reader", "guest"):
                session["role"] = role
            return "ok"
    """,
    ),
]
