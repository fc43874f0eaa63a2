"""Data of a caller in the text of an XPath query.

What it does
------------
Follows data that a caller controls into the text of an XPath or XQuery expression. Variables of a query
(`xpath(query, name=value)`) are safe and not reported.

Why it matters
--------------
The caller selects nodes that were not meant, such as another user's record.

How to fix
----------
Use variables of the query, or choose the expression from a fixed list.

When to allow it
----------------
Numbers and names from a fixed list are recognised.

References
----------
- https://cwe.mitre.org/data/definitions/643.html
- https://owasp.org/www-community/attacks/XPATH_Injection
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import MEDIUM, Outcome, bad, good, reported, rule
from casemate.model.flow import Flow


@rule("xpath-injection", weakness="xpath-injection", severity=MEDIUM, tags=["cwe-643", "owasp-sls-01"])
def check(flow: Flow, system: System) -> Iterator[Outcome]:
    if flow.kind == "xpath":
        yield reported(flow, "a caller can change what the query selects", MEDIUM)


CASES = [
    bad(
        "python",
        """
        import lxml.etree


        def handler(event, context):
            root = lxml.etree.parse("users.xml").getroot()
            name = event["queryStringParameters"]["name"]
            return root.xpath("/users/user[@name='" + name + "']")  # <- here
    """,
    ),
    good(
        "python",
        """
        import lxml.etree


        def handler(event, context):
            root = lxml.etree.parse("users.xml").getroot()
            name = event["queryStringParameters"]["name"]
            return root.xpath("/users/user[@name=$name]", name=name)
    """,
    ),
]
