"""A caller chooses where a redirect leads.

What it does
------------
Follows data that a caller controls into the target of a redirect: the host part of a `Location` header or of a
framework's redirect. Paths behind a fixed host are not reported.

Why it matters
--------------
Links of your domain lead to pages of an attacker: phishing, and theft of tokens in sign-in flows.

How to fix
----------
Redirect to paths of your own, or compare the host with a fixed list.

When to allow it
----------------
Sign-out services that must lead anywhere.

References
----------
- https://cwe.mitre.org/data/definitions/601.html
- https://cheatsheetseries.owasp.org/cheatsheets/Unvalidated_Redirects_and_Forwards_Cheat_Sheet.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import MEDIUM, Outcome, bad, good, reported, rule
from casemate.model.flow import Flow


@rule("open-redirect", weakness="open-redirect", severity=MEDIUM, tags=["cwe-601", "owasp-sls-01"])
def check(flow: Flow, system: System) -> Iterator[Outcome]:
    if flow.kind == "redirect":
        yield reported(flow, "a caller can send others to any site", MEDIUM)


CASES = [
    bad(
        "python",
        """
        from flask import Flask, redirect, request

        app = Flask(__name__)


        @app.route("/go")
        def go():
            return redirect(request.args.get("target"))  # <- here
    """,
    ),
    good(
        "python",
        """
        from flask import Flask, redirect, request

        app = Flask(__name__)


        @app.route("/go")
        def go():
            return redirect("/pages/" + request.args.get("target"))
    """,
    ),
]
