"""Events by syslog: RFC 5424 and the older RFC 3164, over TCP (octet counting, or a line a message) and UDP.

What is in a message counts: JSON, or a line of a kind that is known. Syslog confirms nothing, so what was received and
not yet kept is lost when the process dies, and UDP loses more: prefer HTTP, or a file, where the sender can. When the
worker is behind, TCP senders wait, and datagrams are dropped.

Listens on this machine only: syslog has no credentials. For senders elsewhere put a relay with TLS before it.

Source: RFC 5424 section 6, RFC 6587 section 3.4, RFC 3164 section 4.1.
"""

from __future__ import annotations

import queue
import re
import socketserver
import threading
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from orjson import dumps, loads

from casemate.errors import ConfigurationError, UsageError
from casemate.monitor.feeds.feed import Batch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_WAITING = 10_000
"""Messages that wait for the worker at most."""
_LONGEST = 1_000_000
"""Bytes of a message."""
_BATCH = 4_000_000
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_HEAD = re.compile(rb"<(\d{1,3})>1 (\S+) (\S+) (\S+) (\S+) (\S+) ")
_OLD = re.compile(rb"<(\d{1,3})>(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d (\S+) )?([^:\[\s]{1,48})(?:\[\d+\])?: ?")


class SyslogFeed:
    """A server at `tcp://HOST:PORT` or `udp://HOST:PORT` (0: any free port; see `port`)."""

    def __init__(self, address: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        parts = urlsplit(address)
        if parts.scheme not in {"tcp", "udp"} or not parts.hostname or parts.port is None:
            raise UsageError(f"syslog={address}: want tcp://HOST:PORT or udp://HOST:PORT")
        if parts.hostname not in _LOOPBACK:
            raise ConfigurationError(
                f"syslog={address}: syslog knows no credentials", hint="listen on 127.0.0.1, behind a relay"
            )
        self.name = "syslog"
        self.local = True
        self.ended = False
        self._clock = clock
        self._lines: queue.Queue[tuple[float, bytes]] = queue.Queue(_WAITING)
        feed = self

        class Stream(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                for message in _Split(self.connection.recv, feed.waits):
                    feed.take(message, wait=True)

        class Datagram(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                feed.take(self.request[0], wait=False)

        self._stopped = threading.Event()
        try:
            if parts.scheme == "tcp":
                self._server: socketserver.BaseServer = _Stream((parts.hostname, parts.port), Stream)
            else:
                self._server = socketserver.UDPServer((parts.hostname, parts.port), Datagram)
        except OSError as error:
            raise ConfigurationError(f"cannot listen on {address}: {error.strerror or error}") from error
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)

    def start(self, offsets: Mapping[str, str]) -> None:
        """Begin to listen; there are no offsets."""
        del offsets
        if not self._thread.is_alive():
            self._thread.start()

    def poll(self, wait: float) -> Batch | None:
        """All that waits, as one batch."""
        try:
            arrived, line = self._lines.get(timeout=wait)
        except queue.Empty:
            return None
        found, size = [line], len(line)
        while size < _BATCH:
            try:
                found.append(self._lines.get_nowait()[1])
            except queue.Empty:
                break
            size += len(found[-1])
        return Batch(self.name, b"\n".join(found), {}, arrived)

    def acknowledge(self, batch: Batch) -> None:
        """Nobody waits for it."""

    def close(self) -> None:
        """Stop listening."""
        self._stopped.set()
        if self._thread.is_alive():
            self._server.shutdown()
        self._server.server_close()

    def waits(self) -> bool:
        """Whether the server goes on."""
        return not self._stopped.is_set()

    def take(self, message: bytes, *, wait: bool) -> None:
        """Give a message to the worker; `wait`: until there is room, else it is dropped."""
        line = payload(message)
        while line and self.waits():
            try:
                self._lines.put((self._clock(), line), timeout=0.2 if wait else 0)
                return
            except (queue.Full, ValueError):
                if not wait:
                    return


class _Stream(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


class _Split:
    """The messages of a stream: `LENGTH MESSAGE` where it begins with a digit, else one a line."""

    def __init__(self, read: Callable[[int], bytes], goes_on: Callable[[], bool]) -> None:
        self._read, self._goes_on = read, goes_on
        self._held = b""

    def __iter__(self) -> _Split:
        return self

    def __next__(self) -> bytes:
        while self._goes_on():
            message = self._cut()
            if message is not None:
                return message
            if len(self._held) > _LONGEST + 16:
                break
            data = self._read(65_536)
            if not data:
                rest, self._held = self._held, b""
                if rest.strip() and not rest[:1].isdigit():
                    return rest
                break
            self._held += data
        raise StopIteration

    def _cut(self) -> bytes | None:
        if self._held[:1].isdigit():
            length, space, rest = self._held.partition(b" ")
            if space and length.isdigit() and len(length) < 8 and len(rest) >= int(length):
                self._held = rest[int(length) :]
                return rest[: int(length)]
            return None
        line, newline, rest = self._held.partition(b"\n")
        if not newline:
            return None
        self._held = rest
        return line


def payload(message: bytes) -> bytes:
    """What a message carries, on one line: JSON as it is, else the text; without a head that is known, all of it."""
    message = message.strip(b"\0\r\n ")
    text = _text(message)
    if text[:1] in {b"{", b"["}:
        try:
            return dumps(loads(text))
        except ValueError:
            pass
    return b" ".join(text.split(b"\n"))[:_LONGEST]


def _text(message: bytes) -> bytes:
    head = _HEAD.match(message)
    if head is not None:
        rest = message[head.end() :]
        rest = rest[1:] if rest.startswith(b"-") else _after_structured(rest)
        return rest.strip().removeprefix(b"\xef\xbb\xbf")
    old = _OLD.match(message)
    return message[old.end() :].strip() if old is not None else message


def _after_structured(rest: bytes) -> bytes:
    """What follows the structured data: elements in brackets, in whose values a backslash escapes."""
    at = 0
    while rest[at : at + 1] == b"[":
        quoted = False
        while at < len(rest):
            sign = rest[at : at + 1]
            if sign == b"\\":
                at += 1
            elif sign == b'"':
                quoted = not quoted
            elif sign == b"]" and not quoted:
                break
            at += 1
        at += 1
    return rest[at:]
