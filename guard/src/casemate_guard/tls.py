"""HTTPS for clients that cannot be talked down: no plain HTTP, no TLS below 1.2, no unverified host; pins.

Redirects are not followed, answers are bounded, and `SSLKEYLOGFILE` is not honoured: what travels here is secret.
"""

from __future__ import annotations

import os
import ssl
import sys
from hashlib import sha256
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from urllib.parse import SplitResult

LARGEST = 8 << 20
"""Bytes of an answer that are read."""
_NEAR = {"localhost", "::1", "fd00:ec2::23", "fd00:ec2::254", "metadata.google.internal"}
"""Where the platform itself answers, beside 127/8 and 169.254/16: metadata and credentials never leave the machine."""

_contexts: dict[str, ssl.SSLContext] = {}


class TlsError(ConnectionError):
    """A connection that is not safe, or a context that would make one."""


class Answer:
    """Status, headers (names in lower case) and body of a response."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body


def context(ca_file: str = "") -> ssl.SSLContext:
    """A strict context, made once: the system's certificates (or those of `SSL_CERT_FILE`), or `ca_file` alone."""
    made = _contexts.get(ca_file)
    if made is None:
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # verifies certificate and host name; keeps no key log
        made.minimum_version = ssl.TLSVersion.TLSv1_2
        made.load_verify_locations(ca_file) if ca_file else made.load_default_certs()
        _contexts[ca_file] = made
    return made


def check(given: ssl.SSLContext) -> ssl.SSLContext:
    """Return the context, or raise `TlsError` where it accepts old versions or unverified hosts."""
    if given.verify_mode != ssl.CERT_REQUIRED or not given.check_hostname:
        raise TlsError("the context does not verify hosts")
    if given.minimum_version not in {ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3}:
        raise TlsError("the context accepts TLS below 1.2")
    return given


def spki(certificate: bytes) -> bytes:
    """The SubjectPublicKeyInfo of a certificate, both DER (RFC 5280 section 4.1). Raises `TlsError`."""
    try:
        place = _content(certificate, _content(certificate, 0)[0])[0]  # into Certificate, into TBSCertificate
        if certificate[place] == 0xA0:  # the version
            place = _content(certificate, place)[1]
        for _ in ("serial number", "algorithm", "issuer", "validity", "subject"):
            place = _content(certificate, place)[1]
        return certificate[place : _content(certificate, place)[1]]
    except IndexError:
        raise TlsError("the certificate cannot be read") from None


def _content(der: bytes, place: int) -> tuple[int, int]:
    """Where the content of the element at `place` begins and ends."""
    length = der[place + 1]
    start = place + 2
    if length & 0x80:
        size = length & 0x7F
        length = int.from_bytes(der[start : start + size], "big")
        start += size
    if start + length > len(der):
        raise IndexError
    return start, start + length


def pin_of(certificate: bytes) -> str:
    """The pin of a certificate in DER: `sha256/` and base64 of the digest of its public key, as in RFC 7469."""
    from base64 import b64encode

    return "sha256/" + b64encode(sha256(spki(certificate)).digest()).decode()


class Connection(HTTPSConnection):
    """A connection whose peer has one of `pins`, beside a valid certificate; nothing is sent to another.

    From Python 3.13 on any certificate of the verified chain may be the pinned one, before that the server's own.
    """

    def __init__(
        self,
        host: str,
        port: int | None = None,
        *,
        pins: Iterable[str] = (),
        timeout: float = 5.0,
        ca_file: str = "",
        given: ssl.SSLContext | None = None,
    ) -> None:
        super().__init__(host, port, timeout=timeout, context=check(given) if given else context(ca_file))
        self._pins = frozenset(pins)
        if any(not pin.startswith("sha256/") or len(pin) != 51 for pin in self._pins):
            raise TlsError("a pin is sha256/ and 44 characters of base64")

    def connect(self) -> None:
        """Connect, and compare the pins."""
        super().connect()
        if self._pins:
            chain = getattr(self.sock, "get_verified_chain", None)
            found = chain() if chain else [self.sock.getpeercert(binary_form=True)]
            if not self._pins.intersection(map(pin_of, found)):
                self.close()
                raise TlsError(f"no certificate of {self.host} has a pinned key")


def is_near(host: str) -> bool:
    """Whether a host is this machine or the platform's link-local services."""
    parts = host.split(".")
    numeric = len(parts) == 4 and all(part.isascii() and part.isdigit() for part in parts)
    return host in _NEAR or (numeric and (parts[0] == "127" or parts[:2] == ["169", "254"]))


def request(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    timeout: float = 5.0,
    pins: Iterable[str] = (),
    ca_file: str = "",
    near: bool = False,
) -> Answer:
    """Send one request. `timeout` in seconds, of connecting and of each read; `near`: HTTP will do for `is_near` hosts.

    Raises `TlsError` for plain HTTP and for pins that do not match, `OSError` where nobody answers properly.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    connection: HTTPConnection
    if parts.scheme == "https" and host:
        connection = _secure(parts, Connection, {"pins": pins, "timeout": timeout, "ca_file": ca_file})
    elif near and parts.scheme == "http" and is_near(host):
        connection = HTTPConnection(host, parts.port, timeout=timeout)
    else:
        raise TlsError(f"only https:// will do for {host or 'a URL without a host'}")
    confine = sys.modules.get("casemate_guard.confine")
    if confine is None:
        return _exchange(connection, method, parts, headers, body)
    with confine.Exempt():  # the limits are for the handler's code
        return _exchange(connection, method, parts, headers, body)


def _secure(parts: SplitResult, make: type[Connection], settings: dict[str, object]) -> Connection:
    """A connection to the host, through the proxy that the environment names."""
    host = parts.hostname or ""
    if any(os.environ.get(name) for name in ("https_proxy", "HTTPS_PROXY")):
        from base64 import b64encode
        from urllib.parse import unquote
        from urllib.request import (  # type: ignore[attr-defined]  # the stubs do not know the second
            getproxies_environment,
            proxy_bypass_environment,
        )

        if not proxy_bypass_environment(host) and not is_near(host):
            proxy = urlsplit(getproxies_environment()["https"])
            connection = make(proxy.hostname or "", proxy.port or 80, **settings)  # type: ignore[arg-type]
            login = f"{unquote(proxy.username or '')}:{unquote(proxy.password or '')}"
            secret = {"Proxy-Authorization": f"Basic {b64encode(login.encode()).decode()}"} if proxy.username else {}
            connection.set_tunnel(host, parts.port or 443, secret)
            return connection
    return make(host, parts.port, **settings)  # type: ignore[arg-type]  # a dict of keywords


def _exchange(
    connection: HTTPConnection,
    method: str,
    parts: SplitResult,
    headers: Mapping[str, str] | None,
    body: bytes | None,
) -> Answer:
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target, body, {"connection": "close", **(headers or {})})
        answer = connection.getresponse()
        content = answer.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise TlsError(f"{parts.hostname} answered more than {LARGEST} bytes")
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, content)
    except HTTPException as error:
        raise ConnectionError(f"{parts.hostname} answered no HTTP: {type(error).__name__}") from None
    finally:
        connection.close()
