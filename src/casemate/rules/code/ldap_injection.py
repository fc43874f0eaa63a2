"""Data of a caller in an LDAP filter.

What it does
------------
Follows data that a caller controls into the text of an LDAP filter or distinguished name. `escape_filter_chars` and
its like end the path.

Why it matters
--------------
`*` in a filter matches everybody: sign-in as another user, reading of a directory.

How to fix
----------
Escape with the library's own function (`ldap3.utils.conv.escape_filter_chars`, `ldap.filter.filter_format`).

When to allow it
----------------
Numbers and names from a fixed list are recognised.

References
----------
- https://cwe.mitre.org/data/definitions/90.html
- https://cheatsheetseries.owasp.org/cheatsheets/LDAP_Injection_Prevention_Cheat_Sheet.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import MEDIUM, Outcome, bad, good, reported, rule
from casemate.model.flow import Flow


@rule("ldap-injection", weakness="ldap-injection", severity=MEDIUM, tags=["cwe-90", "owasp-sls-01"])
def check(flow: Flow, system: System) -> Iterator[Outcome]:
    if flow.kind == "ldap":
        yield reported(flow, "a caller can change whom the filter matches", MEDIUM)


CASES = [
    bad(
        "python",
        """
        import ldap3


        def handler(event, context):
            connection = ldap3.Connection(ldap3.Server("directory"))
            name = event["queryStringParameters"]["name"]
            connection.search("dc=example", "(uid=" + name + ")")  # <- here
            return len(connection.entries)
    """,
    ),
    good(
        "python",
        """
        import ldap3
        from ldap3.utils.conv import escape_filter_chars


        def handler(event, context):
            connection = ldap3.Connection(ldap3.Server("directory"))
            name = escape_filter_chars(event["queryStringParameters"]["name"])
            connection.search("dc=example", "(uid=" + name + ")")
            return len(connection.entries)
    """,
    ),
]
