"""Data of a caller in a page without escaping.

What it does
------------
Follows data that a caller controls into HTML that the function returns (a response with an HTML content type, a
framework's text response, a template with escaping off) or mails. Escaping for HTML ends the path; answers in JSON or
plain text are not reported.

Why it matters
--------------
A link runs script in the page of whoever follows it, with their session.

How to fix
----------
Render with a template engine that escapes, or call `html.escape`; answer data as JSON with its content type.

When to allow it
----------------
Text that was cleaned by a sanitiser made for HTML is recognised.

References
----------
- https://cwe.mitre.org/data/definitions/79.html
- https://cheatsheetseries.owasp.org/cheatsheets/Cross_Site_Scripting_Prevention_Cheat_Sheet.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import MEDIUM, Outcome, bad, good, reported, rule
from casemate.model.flow import Flow


@rule("cross-site-scripting", weakness="xss", severity=MEDIUM, tags=["cwe-79", "owasp-sls-01"])
def check(flow: Flow, system: System) -> Iterator[Outcome]:
    if flow.kind == "xss":
        yield reported(flow, "a caller can put script into the page", MEDIUM)


CASES = [
    bad(
        "python",
        """
        def handler(event, context):
            name = event["queryStringParameters"]["name"]
            page = "<h1>Hello " + name + "</h1>"
            return {"statusCode": 200, "headers": {"Content-Type": "text/html"}, "body": page}  # <- here
    """,
    ),
    good(
        "python",
        """
        import html


        def handler(event, context):
            name = html.escape(event["queryStringParameters"]["name"])
            return {
                "statusCode": 200,
                "headers": {"Content-Type": "text/html"},
                "body": "<h1>Hello " + name + "</h1>",
            }
    """,
    ),
]
