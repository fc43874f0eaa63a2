"""XML of a caller parsed with external entities.

What it does
------------
Follows XML that a caller controls into parsers that resolve external entities or load external DTDs: `lxml` with
`resolve_entities` or `no_network=False`, `xml.sax` with external entities on, `libxmljs` with `noent`, Java's
factories without `disallow-doctype-decl`.

Why it matters
--------------
An entity reads local files or connects to internal hosts; nested entities exhaust memory.

How to fix
----------
Use `defusedxml`, leave `resolve_entities` off, set `disallow-doctype-decl`.

When to allow it
----------------
Documents that the system itself made.

References
----------
- https://cwe.mitre.org/data/definitions/611.html
- https://cheatsheetseries.owasp.org/cheatsheets/XML_External_Entity_Prevention_Cheat_Sheet.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import HIGH, Outcome, bad, good, reported, rule
from casemate.model.flow import Flow


@rule("xml-external-entities", weakness="xxe", severity=HIGH, tags=["cwe-611", "owasp-sls-01"])
def check(flow: Flow, system: System) -> Iterator[Outcome]:
    if flow.kind == "xxe":
        yield reported(flow, "a caller can read files through entities", HIGH)


CASES = [
    bad(
        "python",
        """
        import xml.sax
        import xml.sax.handler


        def handler(event, context):
            parser = xml.sax.make_parser()
            parser.setFeature(xml.sax.handler.feature_external_ges, True)
            xml.sax.parseString(event["body"], xml.sax.handler.ContentHandler())
            import lxml.etree
            options = lxml.etree.XMLParser(resolve_entities=True)
            return lxml.etree.fromstring(event["body"], options).tag  # <- here
    """,
    ),
    good(
        "python",
        """
        import defusedxml.ElementTree


        def handler(event, context):
            return defusedxml.ElementTree.fromstring(event["body"]).tag
    """,
    ),
]
