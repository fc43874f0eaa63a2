"""Events by HTTP: a webhook for JSON and JSON Lines, OTLP/HTTP logs in JSON and (extra `otlp`) protobuf, and Firehose.

Answers 200 only when the batch is kept: whoever gets no 200 sends again. When the worker is behind, callers get 503
with `Retry-After` instead of memory being filled. Beyond the loopback address a token is required (closed by default).

Source: OpenTelemetry "OTLP/HTTP" (path `/v1/logs`, both encodings, 429/503 with Retry-After are retryable; the answer
is an empty `ExportLogsServiceResponse` in the encoding of the request); Amazon Data Firehose "Understand HTTP endpoint
delivery request and response specifications" (`X-Amz-Firehose-Access-Key` carries the token; the answer repeats
`requestId` with a `timestamp`).
"""

from __future__ import annotations

import base64
import gzip
import hmac
import io
import queue
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from orjson import dumps, loads

from casemate.errors import ConfigurationError, MissingExtraError, UsageError
from casemate.monitor.feeds.feed import Batch
from casemate.monitor.reading import lines_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MAX_BODY = 32_000_000
"""Bytes of one request, inflated."""
_WAITING = 64
"""Requests that wait for the worker at most."""
_KEPT_WITHIN = 30.0
"""Seconds that a caller is kept waiting for the commit."""
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(slots=True)
class _Post:
    block: bytes
    arrived: float
    kept: threading.Event = field(default_factory=threading.Event)


class HttpFeed:
    """A server on `host`:`port` (0: any free one; see `port`). `token`: sent as `Authorization: Bearer …`."""

    def __init__(
        self, host: str, port: int, *, token: str | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        if token is None and host not in _LOOPBACK:
            raise ConfigurationError(f"events from {host} need a token", hint="set the token, or listen on 127.0.0.1")
        self.name = "http"
        self.local = True
        self.ended = False
        self._clock = clock
        self._token = token
        self._posts: queue.Queue[_Post] = queue.Queue(_WAITING)
        feed = self

        class Handler(_Handler):
            owner = feed

        try:
            self._server = ThreadingHTTPServer((host, port), Handler)
        except OSError as error:
            raise ConfigurationError(f"cannot listen on {host}:{port}: {error.strerror or error}") from error
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)

    def start(self, offsets: Mapping[str, str]) -> None:
        """Begin to listen; there are no offsets, the caller keeps what was not answered with 200."""
        del offsets
        if not self._thread.is_alive():
            self._thread.start()

    def poll(self, wait: float) -> Batch | None:
        """All that waits, as one batch."""
        try:
            posts = [self._posts.get(timeout=wait)]
        except queue.Empty:
            return None
        size = len(posts[0].block)
        while size < 4_000_000:
            try:
                posts.append(self._posts.get_nowait())
            except queue.Empty:
                break
            size += len(posts[-1].block)
        block = b"\n".join(post.block for post in posts)
        return Batch(self.name, block, {}, posts[0].arrived, ticket=posts)

    def acknowledge(self, batch: Batch) -> None:
        """Let the callers go."""
        posts = batch.ticket
        if isinstance(posts, list):
            for post in posts:
                post.kept.set()

    def close(self) -> None:
        """Stop listening."""
        if self._thread.is_alive():
            self._server.shutdown()
        self._server.server_close()

    def allowed(self, header: str | None) -> bool:
        """Whether a caller may send."""
        if self._token is None:
            return True
        given = (header or "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), self._token.encode())

    def take(self, block: bytes) -> int:
        """Give a block to the worker and wait until it is kept; the HTTP status of what came of it."""
        post = _Post(block, self._clock())
        try:
            self._posts.put_nowait(post)
        except queue.Full:
            return 503
        return 200 if post.kept.wait(_KEPT_WITHIN) else 503


class _Handler(BaseHTTPRequestHandler):
    owner: HttpFeed
    protocol_version = "HTTP/1.1"
    server_version = "casemate"
    sys_version = ""
    timeout = 30
    disable_nagle_algorithm = True  # an answer in two packets would wait for the caller's delayed acknowledgement
    wbufsize = -1

    def do_POST(self) -> None:
        """Take events."""
        key = self.headers.get("X-Amz-Firehose-Access-Key")
        if not self.owner.allowed(f"Bearer {key}" if key is not None else self.headers.get("Authorization")):
            self._answer(401, b'{"error": "a token is required"}')
            return
        path = self.path.split("?")[0]
        if path not in {"/", "/events", "/v1/logs", "/firehose"}:
            self._answer(404, b'{"error": "POST to /events, /v1/logs or /firehose"}')
            return
        kind = self.headers.get("Content-Type", "").partition(";")[0].strip()
        protobuf = kind == "application/x-protobuf"
        try:
            block, told = self._records(path, protobuf=protobuf)
        except MissingExtraError as error:
            self._answer(415, b'{"error": "send application/json"}', f"{error.message}: {error.hint}")
            return
        except UsageError as error:
            wanted = b"no OTLP logs" if protobuf else b"neither JSON nor JSON Lines"
            self._answer(400, b'{"error": "%s"}' % wanted, error.message)
            return
        status = self.owner.take(block) if block.strip() else 200
        if protobuf and status == 200:
            self._answer(status, b"", kind=kind)
            return
        self._answer(status, dumps({**told, **({} if status == 200 else {"error": "try again"})}))

    def _records(self, path: str, *, protobuf: bool) -> tuple[bytes, dict[str, object]]:
        """The records of the request, and what the answer says beside."""
        body = self._body()
        if path == "/firehose":
            return _firehose(body)
        if protobuf:
            from casemate.monitor.feeds.otlp import logs_as_json

            return logs_as_json(body), {}
        return b"\n".join(line for line in lines_of(self._named(body), "request")), {}

    def _named(self, body: bytes) -> bytes:
        """A webhook of GitHub with what its headers say: which event it is and which delivery."""
        kind = self.headers.get("X-GitHub-Event")
        if kind is None:
            return body
        try:
            record = loads(body)
        except ValueError:
            return body
        if not isinstance(record, dict):
            return body
        delivery = self.headers.get("X-GitHub-Delivery", "")
        return dumps({**record, "x-github-event": kind, "x-github-delivery": delivery})

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length")
        if length is None or not length.isdigit() or int(length) > MAX_BODY:
            self.close_connection = True
            raise UsageError("a Content-Length within the limit is required")
        data = self.rfile.read(int(length))
        if self.headers.get("Content-Encoding", "").lower() == "gzip" or data.startswith(b"\x1f\x8b"):
            try:
                with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
                    data = file.read(MAX_BODY + 1)
            except (OSError, EOFError) as error:
                raise UsageError(f"the gzip body is broken: {error}") from error
            if len(data) > MAX_BODY:
                raise UsageError("the body is too large when inflated")
        return data

    def _answer(self, status: int, body: bytes, reason: str = "", kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if status == 503:
            self.send_header("Retry-After", "1")
        self.end_headers()
        self.wfile.write(body)
        if reason:
            self.log_message("%s", reason)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server calls it by
        """To the log, not to stderr."""
        import logging

        logging.getLogger(__name__).debug(format, *args)


def _firehose(body: bytes) -> tuple[bytes, dict[str, object]]:
    """The records of a delivery of Firehose: base64 of what was put, such as subscriptions of CloudWatch Logs."""
    from casemate.monitor.feeds.payload import lines

    try:
        request = loads(body)
        records = [base64.b64decode(one["data"], validate=True) for one in request["records"]]
        name = str(request["requestId"])
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"no delivery of Firehose: {error}") from error
    blocks = []
    for record in records:
        try:
            blocks.append(lines(record, "firehose"))
        except (
            UsageError
        ):  # Firehose would send all of it again, for hours: it becomes a dead letter where it is decoded
            blocks.append(record.replace(b"\n", b" "))
    return b"\n".join(one for one in blocks if one.strip()), {"requestId": name, "timestamp": int(time.time() * 1000)}
