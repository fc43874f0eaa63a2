"""XML, XPath, LDAP, serialised objects, regular expressions.

Sources: READMEs of libxmljs (`noent`), xml2js and fast-xml-parser (no external entities), xpath, xmldom, ldapjs
("Search filters"), node-serialize (CVE-2017-5941), serialize-javascript, js-yaml (v3 `load` builds functions, v4 does
not); OWASP "Regular expression Denial of Service".
"""

from __future__ import annotations

from casemate.analysis.code.models import Cure, Makes, Misuse, Model, Passes, Sink, Test

_ENTITIES = "the parser resolves external entities"
_LIBXML = ("libxmljs", "libxmljs2", "libxml-xsd")

MODELS: tuple[Model, ...] = (
    # XML.
    *(
        Sink("xxe", f"{module}.{name}", (0,), (Test(f"1.{option}", "is", (True, 1)),), cwe="CWE-611")
        for module in _LIBXML
        for name in ("parseXml", "parseXmlString", "parseXmlAsync", "Document.fromXml")
        for option in ("noent", "dtdload", "replaceEntities")
    ),
    *(
        Sink("xxe", f"{module}.{name}", (0,), confidence="medium", cwe="CWE-611")
        for module in _LIBXML
        for name in ("SaxParser.parseString", "SaxPushParser.push")
    ),
    *(
        Misuse(
            "xxe",
            f"{module}.parseXml",
            _ENTITIES,
            (Test("1.noent", "is", (True,)), Test("1.nonet", "is", (False,))),
            cwe="CWE-611",
            confidence="low",
        )
        for module in _LIBXML[:2]
    ),
    Sink("xxe", "node-expat.Parser.parse", (0,), confidence="low", cwe="CWE-611"),
    # XPath.
    *(
        Sink("xpath", name, (0,), part="text", cwe="CWE-643")
        for name in ("xpath.select", "xpath.select1", "xpath.parse", "xpath.evaluate", "xpath.useNamespaces")
    ),
    *(
        Makes(f"{module}.{name}", "libxmljs.Document")
        for module in _LIBXML[:2]
        for name in ("parseXml", "parseXmlString", "parseHtml", "Document.fromXml")
    ),
    *(Sink("xpath", f"libxmljs.Document.{name}", (0,), part="text", cwe="CWE-643") for name in ("find", "get")),
    Sink("xpath", "*.evaluate", (0,), part="text", confidence="low", cwe="CWE-643"),
    # LDAP.
    *(Makes(name, "ldapjs.Client") for name in ("ldapjs.createClient", "ldapts.Client", "ldap-client")),
    Sink("ldap", "ldapjs.Client.search", (0, "1.filter", 1), part="text", cwe="CWE-90"),
    *(
        Sink("ldap", f"ldapjs.Client.{name}", (0,), part="text", cwe="CWE-90")
        for name in ("bind", "modify", "del", "add")
    ),
    Sink("ldap", "ldapjs.parseFilter", (0,), part="text", cwe="CWE-90"),
    *(
        Cure(name, ("ldap",))
        for name in (
            "ldapjs.EqualityFilter",
            "ldap-escape.filter",
            "ldap-escape.dn",
            "ldapjs.filters.escape",
            "ldapts.EqualityFilter",
            "ldap-filter.escape",
        )
    ),
    # Objects.
    *(
        Sink("deserialization", name, (0,), cwe="CWE-502")
        for name in (
            "node-serialize.unserialize",
            "serialize-to-js.deserialize",
            "funcster.deepDeserialize",
            "cryo.parse",
            "php-serialize.unserialize",
            "v8.deserialize",
            "serialijse.deserialize",
            "un-eval",
            "bson.deserialize",
            "js-yaml.DEFAULT_FULL_SCHEMA.load",
            "devalue.uneval",
            "superjson.parse",
        )
        if name not in {"superjson.parse", "bson.deserialize"}
    ),
    *(
        Sink(
            "deserialization",
            f"js-yaml.{name}",
            (0,),
            (Test("1.schema", "is", ("js-yaml.DEFAULT_FULL_SCHEMA", "js-yaml-js-types.all")),),
            cwe="CWE-502",
        )
        for name in ("load", "loadAll")
    ),
    Sink(
        "deserialization",
        "js-yaml.load",
        (0,),
        (Test(1, "absent"),),
        confidence="low",
        cwe="CWE-502",
        until=("js-yaml", 4),
    ),
    Passes("js-yaml.safeLoad", (0,)),
    Passes("yaml.parse", (0,)),
    Passes("serialize-javascript", (0,)),
    # Regular expressions.
    Sink("regex", "RegExp", (0,), part="any", confidence="medium", cwe="CWE-1333"),
    Sink("regex", "*.match", (0,), part="any", confidence="low", cwe="CWE-1333"),
    Sink("regex", "*.search", (0,), part="any", confidence="low", cwe="CWE-1333"),
)
