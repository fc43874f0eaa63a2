"""Requests over HTTP: API Gateway v1 and v2, ALB, function URLs, WebSocket, VPC Lattice, Azure and Google functions.

What is already decoded where: API Gateway decodes query strings and paths (v1, v2's `queryStringParameters`), ALB hands
them as they came; `rawQueryString` and `rawPath` are as they came. Repeated parameters are in the `multiValue…` members
(v1, ALB) or joined by commas (v2).
"""

from __future__ import annotations

from casemate_guard.events.leaves import Decoder, child
from casemate_guard.events.text import unbase64

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

TRIGGERS = frozenset(
    {
        *("http-v1", "http-v2", "function-url", "alb", "websocket", "vpc-lattice", "authorizer-token"),
        *("authorizer-request", "azure-http", "http", "s3-object-lambda"),
    }
)
_HEADERS = frozenset({"headers", "multiValueHeaders", "Headers"})
_COOKIES = frozenset({"cookies"})
_SINGLE = "queryStringParameters"
_QUERIES = frozenset({_SINGLE, "multiValueQueryStringParameters", "rawQueryString", "query", "Query", "args"})
_PARAMETERS = {
    "pathParameters": "path-parameter",
    "params": "path-parameter",
    "Params": "path-parameter",
    "form": "form",
}
_PATHS = frozenset({"path", "rawPath", "url", "Url", "uri", "raw_path"})
_BODIES = frozenset({"body", "Body", "rawBody", "data", "json"})
_OTHERS = {
    **dict.fromkeys(("httpMethod", "method", "Method"), "method"),
    **dict.fromkeys(("authorizationToken", "identitySource"), "header"),
}


def request(decoder: Decoder, trigger: str, event: Mapping[str, object], prefix: str = "") -> None:
    """The leaves of one request."""
    content_type, packed = _header(event, "content-type"), _header(event, "content-encoding")
    for name, value in event.items():
        path = child(prefix, name)
        if value is None:
            continue
        if name in _BODIES:
            _body(decoder, event, value, path, content_type, packed)
        elif name == "userRequest" and isinstance(value, dict):
            request(decoder, trigger, value, path)
        elif name == "requestContext" and isinstance(value, dict):
            _context(decoder, value, path)
        elif name in _HEADERS or name in _COOKIES:
            if name != "headers" or not _covered(event, "headers", "multiValueHeaders"):
                _fields(decoder, value, path)
        elif name in _QUERIES:
            if name != _SINGLE or not _covered(event, _SINGLE, "multiValueQueryStringParameters"):
                _query(decoder, value, path)
        elif isinstance(value, str) and name in _PATHS:
            _path(decoder, value, path)
        elif isinstance(value, dict) and name in _PARAMETERS:
            decoder.parameters(value, path, _PARAMETERS[name], plus=name == "form")
        else:
            decoder.walk(value, path, _OTHERS.get(name, "platform"))


def _fields(decoder: Decoder, value: object, path: str) -> None:
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        decoder.cookies(value, path)
    else:
        decoder.headers(value, path)


def _query(decoder: Decoder, value: object, path: str) -> None:
    if isinstance(value, str):
        decoder.pairs(value.removeprefix("?"), path, "query")
    else:
        decoder.parameters(value, path, "query")


def _path(decoder: Decoder, value: str, path: str) -> None:
    target, mark, query = value.partition("?")
    decoder.text(target, path, "path")
    if mark:
        decoder.pairs(query.partition("#")[0], f"{path}#query", "query")


def _body(
    decoder: Decoder,
    event: Mapping[str, object],
    value: object,
    path: str,
    content_type: str | None,
    packed: str | None,
) -> None:
    if not isinstance(value, str):
        decoder.walk(value, path, "body")
        return
    decoder.meter.size(len(value), path)
    if event.get("isBase64Encoded") is True or event.get("isRawBodyBase64") is True:
        data = unbase64(value)
        if data is not None:
            decoder.data(data, f"{path}#base64", "body", 1, 1, content_type, packed or "")
            return
        decoder.note("not-base64", path)
    decoder.body(value, path, "body", 1, 0, content_type)


def _context(decoder: Decoder, context: Mapping[str, object], path: str) -> None:
    """What the gateway says about the request: claims are the issuer's, `userAgent` and paths the caller's."""
    for name, value in context.items():
        where = child(path, name)
        if name == "authorizer":
            decoder.walk(value, where, "claim")
        elif name == "http" and isinstance(value, dict):
            for inner, one in value.items():
                at = child(where, inner)
                kind = {"path": "path", "userAgent": "header", "method": "method"}.get(inner, "platform")
                decoder.walk(one, at, kind)
        elif name == "identity" and isinstance(value, dict):
            for inner, one in value.items():
                decoder.walk(one, child(where, inner), "header" if inner == "userAgent" else "platform")
        else:
            decoder.walk(value, where, "path" if name == "path" else "platform")


def _header(event: Mapping[str, object], wanted: str) -> str | None:
    """The value of a header, whatever its case and in whichever member it stands."""
    for member in ("headers", "Headers", "multiValueHeaders"):
        headers = event.get(member)
        if isinstance(headers, dict):
            for name, value in headers.items():
                if str(name).lower() == wanted:
                    one = value[-1] if isinstance(value, list) and value else value
                    if isinstance(one, str):
                        return one
    return None


def _covered(event: Mapping[str, object], single: str, multiple: str) -> bool:
    """Whether the member with lists holds every single value too, so that reading both would say all twice."""
    one, all_values = event.get(single), event.get(multiple)
    if not isinstance(one, dict) or not isinstance(all_values, dict):
        return False
    return all(isinstance(all_values.get(key), list) and value in all_values[key] for key, value in one.items())
