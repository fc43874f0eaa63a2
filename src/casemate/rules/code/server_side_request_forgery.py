"""A caller chooses where the function connects to.

What it does
------------
Follows data that a caller controls into the host part of a URL or address that the function connects to. Data in the
path or the query of a URL whose host is fixed is not reported.

Why it matters
--------------
The function reaches what the caller cannot: private networks, internal APIs, and with the answer sent back, their
content. In containers the metadata service gives out credentials.

How to fix
----------
Take the host from a fixed list, refuse other schemes than https, and resolve and check the address before connecting.
Send egress through a proxy with an allow-list.

When to allow it
----------------
A host that is compared with a fixed list first is recognised.

References
----------
- https://cwe.mitre.org/data/definitions/918.html
- https://cheatsheetseries.owasp.org/cheatsheets/Server_Side_Request_Forgery_Prevention_Cheat_Sheet.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import HIGH, Outcome, bad, good, reported, rule
from casemate.model.flow import Flow


@rule("server-side-request-forgery", weakness="ssrf", severity=HIGH, tags=["cwe-918", "owasp-sls-01"])
def check(flow: Flow, system: System) -> Iterator[Outcome]:
    if flow.kind == "ssrf":
        yield reported(flow, "a caller can choose the host", HIGH)


CASES = [
    bad(
        "python",
        """
        import requests


        def handler(event, context):
            return requests.get(event["queryStringParameters"]["url"]).text  # <- here
    """,
    ),
    good(
        "python",
        """
        import requests


        def handler(event, context):
            number = event["queryStringParameters"]["number"]
            return requests.get("https://api.example.com/orders", params={"number": number}).text
    """,
    ),
    bad(
        "javascript",
        """
        const axios = require("axios");

        exports.handler = async (event) => {
          const answer = await axios.get(event.queryStringParameters.url); // <- here
          return { statusCode: 200, body: answer.data.length };
        };
    """,
    ),
    good(
        "javascript",
        """
        const axios = require("axios");

        exports.handler = async (event) => {
          const answer = await axios.get(`https://api.example.com/orders/${event.pathParameters.id}`);
          return { statusCode: 200, body: answer.data.length };
        };
    """,
    ),
]
