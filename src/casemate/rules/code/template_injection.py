"""Data of a caller in the text of a template.

What it does
------------
Follows data that a caller controls into the *text* of a template that is compiled (`jinja2.Template`,
`render_template_string`, `ejs.render`, `dust.renderSource` …). Data given as a variable of a template is not
reported.

Why it matters
--------------
Template languages reach the objects of the program, and from there everything.

How to fix
----------
Keep templates in files and pass data as variables; use a sandboxed or logic-less engine for templates of users.

When to allow it
----------------
Templates that users may write by design, in a sandboxed engine.

References
----------
- https://cwe.mitre.org/data/definitions/1336.html
- https://portswigger.net/web-security/server-side-template-injection
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import HIGH, Outcome, bad, good, reported, rule
from casemate.model.flow import Flow


@rule("template-injection", weakness="template-injection", severity=HIGH, tags=["cwe-1336", "owasp-sls-01"])
def check(flow: Flow, system: System) -> Iterator[Outcome]:
    if flow.kind == "template":
        yield reported(flow, "a caller can run code in the template engine", HIGH)


CASES = [
    bad(
        "python",
        """
        import jinja2


        def handler(event, context):
            return jinja2.Template("Hello " + event["queryStringParameters"]["name"]).render()  # <- here
    """,
    ),
    good(
        "python",
        """
        import jinja2


        def handler(event, context):
            return jinja2.Template("Hello {{ name }}").render(name=event["queryStringParameters"]["name"])
    """,
    ),
]
