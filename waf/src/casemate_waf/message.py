"""What is inspected: one HTTP request, and the response to it where there is one. All bytes, as on the wire."""

from typing import NamedTuple

Fields = tuple[tuple[bytes, bytes], ...]
"""Header fields in their order, repeated names kept."""


UNKNOWN_ADDRESS = b"192.0.2.1"
"""Stands for a peer that is not known (RFC 5737): never the local host, which rule sets make exceptions for."""


class Request(NamedTuple):
    """A request. `uri` is what stood in the request line; `body` is as the framing delivers it, still encoded."""

    method: bytes = b"GET"
    uri: bytes = b"/"
    version: bytes = b"HTTP/1.1"
    headers: Fields = ()
    body: bytes = b""
    remote_address: bytes = UNKNOWN_ADDRESS


class Response(NamedTuple):
    """A response."""

    status: int = 200
    headers: Fields = ()
    body: bytes = b""
    version: bytes = b"HTTP/1.1"


def field(headers: Fields, name: bytes) -> bytes:
    """The value of the first header field of this name (lower case), else nothing."""
    return next((value for key, value in headers if key.lower() == name), b"")
