"""AWS without an SDK: signed requests over a kept connection, for feeds and receivers.

The signature, the credentials (environment, container) and the addresses (`AWS_ENDPOINT_URL`, `AWS_ENDPOINT_URL_SQS` …)
are those of `casemate_guard.cloud`; S3 signs its paths in another way ("Authenticating Requests: Using the
Authorization Header"), which is here. Errors are `CloudError`, with AWS's name of the reason.
"""

from __future__ import annotations

import hmac
import http.client
import json
import os
import re
import ssl
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import IO, TYPE_CHECKING
from urllib.parse import quote, unquote_plus, urlsplit

from casemate.errors import ConfigurationError, UsageError
from casemate.monitor.sinks.http import Connection
from casemate_guard.cloud import CloudError
from casemate_guard.cloud.aws import address, credentials, sign

if TYPE_CHECKING:
    from collections.abc import Callable

Json = dict[str, object]
_TARGETS = {"sqs": ("AmazonSQS", "1.0"), "kinesis": ("Kinesis_20131202", "1.1")}
"""Service -> prefix of `X-Amz-Target`, version of the JSON protocol."""
_ANSWER = 64_000_000
"""Bytes of an answer: GetRecords gives 10 MB, in base64 ("GetRecords")."""
_TIMEOUT = 25.0
"""Seconds of connecting and of each read; SQS waits up to 20 by itself."""
MAX_OBJECT = 2_000_000_000
"""Bytes of an object that is read. CloudTrail's have some 50 MB inflated, Firehose's 128."""
_EMPTY = sha256(b"").hexdigest()
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


def region_of(given: str | None) -> str:
    """The region: the one given, else that of the environment. Raises `UsageError` where nobody says."""
    found = given or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    if not found:
        raise UsageError("no AWS region", hint="add ?region=… or set AWS_REGION")
    return found


class Client:
    """One service in one region. `actions` of the JSON protocol (`call`), and paths of REST (`rest`)."""

    def __init__(self, service: str, region: str, *, now: Callable[[], float] = time.time) -> None:
        self._service = service
        self._region = region
        self._now = now
        self._url = address(service, region, service.upper().replace("-", "_"))
        self._connection = Connection(self._url, timeout=_TIMEOUT, limit=_ANSWER)

    def call(self, action: str, payload: Mapping[str, object]) -> Json:
        """One action. Raises `CloudError`."""
        prefix, version = _TARGETS[self._service]
        headers = {"Content-Type": f"application/x-amz-json-{version}", "X-Amz-Target": f"{prefix}.{action}"}
        return self._sent("POST", "", json.dumps(payload).encode(), headers, action)

    def rest(self, method: str, path: str, payload: Mapping[str, object]) -> Json:
        """One request of a REST service. Raises `CloudError`."""
        return self._sent(method, path, json.dumps(payload).encode(), {"Content-Type": "application/json"}, path)

    def _sent(self, method: str, path: str, body: bytes, headers: Mapping[str, str], what: str) -> Json:
        what = f"{self._service} {what}"
        url = self._url.rstrip("/") + (path or "/")
        who = credentials()
        signed = sign(
            method, url, headers, body, service=self._service, region=self._region, given=who, now=self._now()
        )
        answer = self._connection.request(method, path or "/", body, signed)
        try:
            found = json.loads(answer.body or b"{}")
        except ValueError:
            found = None
        if 200 <= answer.status < 300 and isinstance(found, dict):
            return found
        code = (found.get("__type") or found.get("Code") or "") if isinstance(found, dict) else ""
        named = code or (answer.headers or {}).get("x-amzn-errortype", "").partition(":")[0] or answer.trouble
        raise CloudError(what, str(named).rpartition("#")[2], answer.status)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


@dataclass(frozen=True, slots=True)
class Listed:
    """An object of a listing. `modified`: as S3 writes it, `2026-03-01T10:00:00.000Z`."""

    key: str
    etag: str
    modified: str
    size: int


class S3:
    """Objects of S3, by path (`https://s3.REGION.amazonaws.com/BUCKET/KEY`), which every bucket's name allows."""

    def __init__(self, region: str, *, now: Callable[[], float] = time.time) -> None:
        parts = urlsplit(address("s3", region, "S3"))
        self._secure = parts.scheme == "https"
        if not self._secure and parts.hostname not in {"localhost", "127.0.0.1", "::1"}:
            raise ConfigurationError("objects are not fetched in the clear", hint="AWS_ENDPOINT_URL_S3=https://…")
        self._host, self._port, self._base = parts.hostname or "", parts.port, parts.path.rstrip("/")
        self._region = region
        self._now = now

    def listed(self, bucket: str, prefix: str, *, page: int = 1000) -> Iterator[Listed]:
        """All objects below a prefix, by key ("ListObjectsV2"), so many a request. Raises `CloudError`."""
        more = ""
        while True:
            query = {"list-type": "2", "prefix": prefix, "encoding-type": "url", "max-keys": str(page)}
            if more:
                query["continuation-token"] = more
            response = self._open("GET", bucket, "", query, b"", {}, "list")
            with response:
                text = response.read(16_000_000).decode("utf-8", "replace")
            for entry in re.findall(r"<Contents>(.*?)</Contents>", text, re.DOTALL):
                key, etag, modified, size = (_tag(entry, name) for name in ("Key", "ETag", "LastModified", "Size"))
                yield Listed(unquote_plus(key), etag.replace("&quot;", "").strip('"'), modified, int(size or 0))
            more = _tag(text, "NextContinuationToken") if _tag(text, "IsTruncated") == "true" else ""
            if not more:
                return

    def fetch(self, bucket: str, key: str, into: IO[bytes]) -> int:
        """Write an object into a file; gives its bytes. Raises `CloudError`, `too-large` beyond `MAX_OBJECT`."""
        size = 0
        try:
            with self._open("GET", bucket, key, {}, b"", {}, "get") as response:
                while chunk := response.read(1 << 20):
                    size += len(chunk)
                    if size > MAX_OBJECT:
                        raise CloudError(f"s3 {bucket}/{key}", "too-large", 200)
                    into.write(chunk)
        except (OSError, http.client.HTTPException) as error:
            if isinstance(error, CloudError):
                raise
            raise CloudError(f"s3 {bucket}/{key}", type(error).__name__, 0) from error
        return size

    def put(self, bucket: str, key: str, data: bytes, kind: str = "application/octet-stream") -> None:
        """Write an object. Raises `CloudError`."""
        with self._open("PUT", bucket, key, {}, data, {"Content-Type": kind}, "put") as response:
            response.read(1 << 16)

    def _open(
        self,
        method: str,
        bucket: str,
        key: str,
        query: Mapping[str, str],
        body: bytes,
        headers: Mapping[str, str],
        what: str,
    ) -> http.client.HTTPResponse:
        if not _BUCKET.fullmatch(bucket):
            raise CloudError(f"s3 {what}", "no such bucket name", 0)
        path = f"{self._base}/{bucket}/{quote(key, safe='/-_.~')}" if key else f"{self._base}/{bucket}"
        text = "&".join(f"{quote(name, safe='-_.~')}={quote(query[name], safe='-_.~')}" for name in sorted(query))
        connection = (
            http.client.HTTPSConnection(self._host, self._port, timeout=_TIMEOUT, context=_context())
            if self._secure
            else http.client.HTTPConnection(self._host, self._port, timeout=_TIMEOUT)
        )
        try:
            connection.request(
                method,
                f"{path}?{text}" if text else path,
                body or None,
                self._signed(method, path, text, headers, body),
            )
            response = connection.getresponse()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise CloudError(f"s3 {what} {bucket}/{key}", type(error).__name__, 0) from error
        if response.status >= 300:
            code = _tag(response.read(65_536).decode("utf-8", "replace"), "Code")
            connection.close()
            raise CloudError(f"s3 {what} {bucket}/{key}", code, response.status)
        return response

    def _signed(self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
        who = credentials()
        stamp = datetime.fromtimestamp(self._now(), UTC).strftime("%Y%m%dT%H%M%SZ")
        digest = sha256(body).hexdigest() if body else _EMPTY
        host = f"[{self._host}]" if ":" in self._host else self._host
        sent = {**headers, "X-Amz-Date": stamp, "X-Amz-Content-Sha256": digest}
        if who.token:
            sent["X-Amz-Security-Token"] = who.token
        standard = 443 if self._secure else 80
        signed = {"host": host if self._port in {None, standard} else f"{host}:{self._port}"}
        signed |= {name.lower(): value.strip() for name, value in sent.items()}
        names = ";".join(sorted(signed))
        listed = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
        canonical = f"{method}\n{path}\n{query}\n{listed}\n{names}\n{digest}"
        scope = f"{stamp[:8]}/{self._region}/s3/aws4_request"
        key = f"AWS4{who.secret}".encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        told = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{sha256(canonical.encode()).hexdigest()}"
        mark = hmac.digest(key, told.encode(), "sha256").hex()
        sent["Authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={who.key}/{scope}, SignedHeaders={names}, Signature={mark}"
        )
        return sent


def _context() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _tag(text: str, name: str) -> str:
    """The text of the first element of a name; S3's answers nest no element in itself."""
    _, found, rest = text.partition(f"<{name}>")
    return rest.partition(f"</{name}>")[0] if found else ""
