"""Bodies become arguments: forms, JSON and XML. A body that is not what its type says is an error, never ignored.

JSON names follow libmodsecurity 3 (src/request_body_processor/json.cc): `json`, then each key, and `array_N` within a
list, joined by points.
"""

from typing import NamedTuple

from casemate_waf.decoding import url_decode

Pairs = list[tuple[bytes, bytes]]

MAX_XML_DEPTH = 256


class Parsed(NamedTuple):
    """What a body holds: named values, names without a value of their own, and what was wrong ("" when nothing).

    The names are those of lists and of empty objects: a sender chooses them too.
    """

    arguments: Pairs
    containers: list[bytes]
    error: str = ""


class XmlParts(NamedTuple):
    """The text of an XML document, the values of its attributes, and what was wrong with it."""

    text: bytes
    attributes: list[bytes]
    error: str = ""


def form(body: bytes, separator: bytes = b"&") -> Pairs:
    """The pairs of a query string or a URL-encoded body, percent encoding undone once."""
    pairs = []
    for entry in body.split(separator):
        if entry:
            name, _, value = entry.partition(b"=")
            pairs.append((url_decode(name), url_decode(value)))
    return pairs


class _Object(list[tuple[str, object]]):
    """The members of a JSON object in order, with what is repeated: applications differ in which one counts."""


def from_json(body: bytes, depth: int) -> Parsed:
    """The leaves of a JSON document. One that cannot be read is one argument `json` as a whole, and an error."""
    import json

    try:
        text = body.decode("utf-8-sig", "surrogateescape")
        document = json.loads(text, object_pairs_hook=_Object, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError) as error:
        problem = "nested too deep" if isinstance(error, RecursionError) else "malformed"
        return Parsed([(b"json", body)], [], f"JSON is {problem}")
    pairs: Pairs = []
    containers: list[bytes] = []
    pending: list[tuple[str, object, int]] = [("json", document, 1)]
    while pending:
        name, value, level = pending.pop()
        if level > depth:
            return Parsed([*pairs, (b"json", body)], containers, "JSON is nested too deep")
        if isinstance(value, list) and not (value and isinstance(value, _Object)):
            containers.append(encoded(name))
        if isinstance(value, _Object):
            pending.extend((f"{name}.{key}", member, level + 1) for key, member in reversed(value))
        elif isinstance(value, list):
            pending.extend(
                (f"{name}.array_{index}", value[index], level + 1) for index in range(len(value) - 1, -1, -1)
            )
        else:
            text = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
            pairs.append((encoded(name), encoded(text)))
    return Parsed(pairs, containers)


def encoded(text: str) -> bytes:
    """`text` in UTF-8; a lone surrogate of a JSON escape stays visible as its three bytes."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


class _Refused(Exception):  # noqa: N818 - it stops the parser and never leaves this module
    """A document type with entities, or too deep."""


def from_xml(body: bytes) -> XmlParts:
    """The text and the attributes of an XML document, as far as it can be read.

    Entities are never expanded: a document that declares any is an error, and its raw text is what gets inspected.
    """
    from xml.parsers import expat

    text: list[str] = []
    attributes: list[str] = []
    level = 0

    def start(_: str, found: list[str]) -> None:
        nonlocal level
        level += 1
        if level > MAX_XML_DEPTH:
            raise _Refused("nested too deep")
        attributes.extend(found[1::2])

    def end(_: str) -> None:
        nonlocal level
        level -= 1

    def refuse(*_: object) -> None:
        raise _Refused("declares entities")

    parser = expat.ParserCreate()
    parser.ordered_attributes = True
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text.append
    parser.EntityDeclHandler = refuse
    error = ""
    try:
        parser.Parse(body, True)
    except expat.ExpatError as problem:
        error = f"XML is malformed: {expat.errors.messages[problem.code]}"
    except _Refused as problem:
        error = f"XML {problem}"
    except (LookupError, ValueError):
        error = "XML has an unknown encoding"
    content = body if error else "".join(text).encode("utf-8", "surrogatepass")
    return XmlParts(content, [value.encode("utf-8", "surrogatepass") for value in attributes], error)
