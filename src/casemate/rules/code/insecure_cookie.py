"""A cookie without the Secure flag.

What it does
------------
Reports cookies that are set with `secure=False` or, for session-like names, without `Secure`.

Why it matters
--------------
One plain request gives the cookie to whoever listens.

How to fix
----------
Set `Secure`, `HttpOnly` and `SameSite`.

When to allow it
----------------
Cookies that hold nothing, on development hosts.

References
----------
- https://cwe.mitre.org/data/definitions/614.html
- https://cheatsheetseries.owasp.org/cheatsheets/Session_Management_Cheat_Sheet.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, bad, good, reported, rule
from casemate.model.flow import Flow


@rule("insecure-cookie", weakness="insecure-cookie", severity=LOW, tags=["cwe-614", "owasp-sls-01"])
def check(flow: Flow, system: System) -> Iterator[Outcome]:
    if flow.kind == "cookie":
        yield reported(flow, "the cookie is sent over plain HTTP", LOW)


CASES = [
    bad(
        "python",
        """
        from flask import Flask, make_response

        app = Flask(__name__)


        @app.route("/")
        def index():
            response = make_response("ok")
            response.set_cookie("session", "1", secure=False)  # <- here
            return response
    """,
    ),
    good(
        "python",
        """
        from flask import Flask, make_response

        app = Flask(__name__)


        @app.route("/")
        def index():
            response = make_response("ok")
            response.set_cookie("session", "1", secure=True, httponly=True)
            return response
    """,
    ),
]
