"""Data of a caller in a header.

What it does
------------
Follows data that a caller controls into the name or value of a header that is sent on (mail headers, requests,
responses written by hand), where line breaks are not refused.

Why it matters
--------------
A line break starts a header of the attacker's: other recipients of a mail, cookies, another response.

How to fix
----------
Refuse line breaks, or use an interface that does (`email.message.EmailMessage`).

When to allow it
----------------
Platforms that refuse line breaks themselves, such as API Gateway for responses.

References
----------
- https://cwe.mitre.org/data/definitions/113.html
- https://owasp.org/www-community/attacks/HTTP_Response_Splitting
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import MEDIUM, Outcome, bad, good, reported, rule
from casemate.model.flow import Flow


@rule("header-injection", weakness="header-injection", severity=MEDIUM, tags=["cwe-113", "owasp-sls-01"])
def check(flow: Flow, system: System) -> Iterator[Outcome]:
    if flow.kind == "header":
        yield reported(flow, "a caller can add headers", MEDIUM)


CASES = [
    bad(
        "python",
        """
        import smtplib


        def handler(event, context):
            subject = event["queryStringParameters"]["subject"]
            server = smtplib.SMTP("mail.example.com")
            server.sendmail("a@example.com", ["b@example.com"], "Subject: " + subject + "\\n\\nHello")  # <- here
    """,
    ),
    good(
        "python",
        """
        import smtplib
        from email.message import EmailMessage


        def handler(event, context):
            message = EmailMessage()
            message["Subject"] = event["queryStringParameters"]["subject"]
            server = smtplib.SMTP("mail.example.com")
            server.send_message(message, "a@example.com", ["b@example.com"])
    """,
    ),
]
