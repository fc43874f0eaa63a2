"""One HTTP request to a receiver: TLS verified, no redirects, time bounded, the answer bounded."""

from __future__ import annotations

import http.client
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from casemate.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

_ANSWER = 4_000_000
"""Bytes of an answer that are read."""
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Answer:
    """Status (0: no answer came), headers in lower case, body."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] | None = None
    trouble: str = ""

    @property
    def retry_after(self) -> float:
        """Seconds that the receiver asks for; 0 where it says nothing."""
        try:
            return min(600.0, max(0.0, float((self.headers or {}).get("retry-after", "0"))))
        except ValueError:
            return 0.0


class Connection:
    """A kept connection to one receiver. Raises `ConfigurationError` for plain HTTP beyond the loopback address.

    `limit`: bytes of an answer that are read.
    """

    def __init__(
        self,
        url: str,
        *,
        timeout: float = 10.0,
        cafile: str | None = None,
        plain: bool = False,
        limit: int = _ANSWER,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ConfigurationError(f"{url}: not an http(s) address")
        if parts.scheme == "http" and parts.hostname not in _LOOPBACK and not plain:
            raise ConfigurationError(
                f"{url}: alerts are not sent in the clear", hint="use https, or allow_plain = true"
            )
        self._host = parts.hostname
        self._port = parts.port
        self._path = parts.path.rstrip("/")
        self._query = f"?{parts.query}" if parts.query else ""
        self._timeout = timeout
        self._limit = limit
        self._context = ssl.create_default_context(cafile=cafile) if parts.scheme == "https" else None
        if self._context is not None:
            self._context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._open: http.client.HTTPConnection | None = None

    def request(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """One request; a connection that the receiver closed meanwhile is opened once more."""
        for attempt in (0, 1):
            fresh = self._open is None
            try:
                return self._request(method, path, body, headers)
            except (OSError, http.client.HTTPException) as error:
                self.close()
                if fresh or attempt:
                    return Answer(0, trouble=f"{type(error).__name__}: {error}")
        return Answer(0, trouble="no answer")

    def _request(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        if self._open is None:
            if self._context is not None:
                self._open = http.client.HTTPSConnection(
                    self._host, self._port, timeout=self._timeout, context=self._context
                )
            else:
                self._open = http.client.HTTPConnection(self._host, self._port, timeout=self._timeout)
        self._open.request(method, self._path + path + self._query, body=body, headers=dict(headers))
        response = self._open.getresponse()
        data = response.read(self._limit)
        if response.read(1):
            self.close()
        return Answer(response.status, data, {name.lower(): value for name, value in response.getheaders()})

    def close(self) -> None:
        """Close it; the next request opens it again."""
        if self._open is not None:
            self._open.close()
            self._open = None
