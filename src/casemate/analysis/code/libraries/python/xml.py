"""XML: entities from outside, and XPath put together of data.

Sources: Python documentation, "XML Processing Modules" (XML vulnerabilities), "xml.sax.handler" (feature_external_ges;
off since 3.7.1); lxml documentation, "Parsing XML and HTML" (resolve_entities; `'internal'` since 5.0) and "XPath and
XSLT" (XPath variables); elementpath and defusedxml API references.
"""

from __future__ import annotations

from casemate.analysis.code.models import Makes, Model, Passes, Sink, Test

_ENTITIES = Test(
    0,
    "is",
    (
        "xml.sax.handler.feature_external_ges", "xml.sax.handler.feature_external_pes", "xml.sax.feature_external_ges",
        "http://xml.org/sax/features/external-general-entities",
        "http://xml.org/sax/features/external-parameter-entities",
    ),
)  # fmt: skip
_EXPANDING = ("xml.sax.ExpandingReader", "lxml.etree.ExpandingParser")
_PARSERS = ("xml.sax.make_parser", "xml.sax.expatreader.create_parser", "xml.sax.expatreader.ExpatParser")
_LXML = (
    ("fromstring", "text"),
    ("XML", "text"),
    ("parse", "source"),
    ("iterparse", "source"),
    ("fromstringlist", "strings"),
)
_ETREES = (
    "xml.etree.ElementTree",
    "xml.etree.cElementTree",
    "lxml.etree",
    "defusedxml.ElementTree",
    "lxml.html",
    "lxml.objectify",
)
_ELEMENT = "lxml.etree.Element"

MODELS: tuple[Model, ...] = (
    # xml.sax: safe unless the feature is switched on.
    *(Makes(name, "xml.sax.XMLReader") for name in _PARSERS),
    Makes(
        "xml.sax.XMLReader.setFeature",
        "xml.sax.ExpandingReader",
        target="self",
        when=(_ENTITIES, Test(1, "is", (True, 1))),
    ),
    Makes(
        "xml.sax.ExpandingReader.setFeature",
        "xml.sax.XMLReader",
        target="self",
        when=(_ENTITIES, Test(1, "is", (False, 0))),
    ),
    Sink("xxe", "xml.sax.ExpandingReader.parse", (0, "source"), cwe="CWE-611"),
    Sink("xxe", "xml.sax.ExpandingReader.feed", (0, "data"), cwe="CWE-611"),
    *(
        Sink(
            "xxe",
            f"xml.dom.{module}.{name}",
            (0, "file", "string", "stream_or_string"),
            (Test(argument, "of-type", _EXPANDING),),
            cwe="CWE-611",
        )
        for module, name, position in (
            ("minidom", "parse", 1),
            ("minidom", "parseString", 1),
            ("pulldom", "parse", 1),
            ("pulldom", "parseString", 1),
        )
        for argument in (position, "parser")
    ),
    # lxml
    *(
        Makes(
            f"lxml.etree.{name}", "lxml.etree.XMLParser", when=(Test("resolve_entities", "is", (False, 0, "internal")),)
        )
        for name in ("XMLParser", "ETCompatXMLParser")
    ),
    *(
        Makes(f"lxml.etree.{name}", "lxml.etree.ExpandingParser", when=(Test("resolve_entities", "is", (True, 1)),))
        for name in ("XMLParser", "ETCompatXMLParser")
    ),
    *(
        Makes(
            f"lxml.etree.{name}",
            "lxml.etree.ExpandingParser",
            when=(Test("no_network", "is", (False, 0)),),
        )
        for name in ("XMLParser", "ETCompatXMLParser")
    ),
    *(
        Makes(
            f"lxml.etree.{name}",
            "lxml.etree.ExpandingParser",
            when=(Test("load_dtd", "is", (True, 1)),),
        )
        for name in ("XMLParser", "ETCompatXMLParser")
    ),
    *(Makes(f"lxml.etree.{name}", "lxml.etree.XMLParser") for name in ("XMLParser", "ETCompatXMLParser")),
    *(
        Sink("xxe", f"{module}.{name}", (0, word), (Test(argument, "of-type", _EXPANDING),), cwe="CWE-611")
        for module in ("lxml.etree", "lxml.objectify")
        for name, word in _LXML
        for argument in (1, "parser")
    ),
    # Before lxml 5.0 the parser that nobody configured reads local files.
    *(
        Sink(
            "xxe",
            f"lxml.etree.{name}",
            (0, word),
            (Test(1, "absent"), Test("parser", "absent")),
            confidence="low",
            cwe="CWE-611",
        )
        for name, word in _LXML
    ),
    Sink("xxe", "lxml.etree.ExpandingParser.feed", (0,), cwe="CWE-611"),
    Sink("xxe", "lxml.etree.iterparse", (0, "source"), (Test("resolve_entities", "is", (True,)),), cwe="CWE-611"),
    Sink("xxe", "lxml.etree.XSLT", (0, "xslt_input"), confidence="medium", cwe="CWE-91"),
    # Trees, whose methods take XPath.
    *(Makes(f"{module}.{name}", "lxml.etree.ElementTree") for module in _ETREES for name in ("parse", "ElementTree")),
    *(
        Makes(f"{module}.{name}", _ELEMENT)
        for module in _ETREES
        for name in ("fromstring", "XML", "Element", "SubElement")
    ),
    *(
        Makes(f"lxml.{name}", _ELEMENT)
        for name in ("etree.HTML", "html.document_fromstring", "html.fragment_fromstring", "html.fragments_fromstring")
    ),
    Makes("lxml.etree.ElementTree.getroot", _ELEMENT),
    *(Makes(f"{type_}.find", _ELEMENT) for type_ in ("lxml.etree.ElementTree", _ELEMENT)),
    Makes("lxml.etree.XPathEvaluator", "lxml.etree.XPathEvaluator"),
    *(
        Sink("xpath", f"{type_}.{name}", (0, "_path", "path", "match"), part="text", cwe="CWE-643")
        for type_ in ("lxml.etree.ElementTree", _ELEMENT)
        for name in ("xpath", "find", "findall", "findtext", "iterfind")
    ),
    Sink("xpath", "lxml.etree.XPath", (0, "path"), part="text", cwe="CWE-643"),
    Sink("xpath", "lxml.etree.ETXPath", (0, "path"), part="text", cwe="CWE-643"),
    Sink("xpath", "lxml.etree.XPathEvaluator.__call__", (0,), part="text", cwe="CWE-643"),
    Sink("xpath", "*.xpath", (0,), part="text", confidence="medium", cwe="CWE-643"),
    Sink("xpath", "elementpath.select", (1, "path"), part="text", cwe="CWE-643"),
    Sink("xpath", "elementpath.iter_select", (1, "path"), part="text", cwe="CWE-643"),
    Sink("xpath", "elementpath.Selector", (0, "path"), part="text", cwe="CWE-643"),
    *(
        Sink("xpath", f"elementpath.XPath{number}Parser.parse", (0, "source"), part="text", cwe="CWE-643")
        for number in ("1", "2")
    ),
    *(Makes(f"elementpath.XPath{number}Parser", f"elementpath.XPath{number}Parser") for number in ("1", "2")),
    Sink("xpath", "parsel.Selector.xpath", (0, "query"), part="text", cwe="CWE-643"),
    Sink("xpath", "libxml2.xmlXPathEval", (0,), part="text", cwe="CWE-643"),
    # What was found in a document is the document's, not the expression's.
    Passes("elementpath.select", (0,)),
    *(
        Passes(f"{type_}.{name}", ("self",))
        for type_ in ("lxml.etree.ElementTree", _ELEMENT)
        for name in ("xpath", "find", "findall", "findtext", "iterfind")
    ),
    *(Passes(f"{module}.{name}", (0,)) for module in _ETREES for name in ("fromstring", "XML")),
    *(
        Passes(f"{module}.parseString", (0,))
        for module in ("xml.dom.minidom", "xml.dom.pulldom", "defusedxml.minidom", "defusedxml.pulldom")
    ),
    *(Passes(f"{module}.parse", (0,)) for module in _ETREES),
)
