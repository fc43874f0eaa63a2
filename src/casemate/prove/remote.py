"""Against an endpoint that the user names and owns: requests within bounds, verdicts from responses that show them.

Hosts: loopback, unless a host is allowed by name. No redirect is followed, no proxy asked, nothing but the one
address is connected to. Only what a response shows by its structure is decided here: HTML that a browser would run, a
redirect's host, a header that was born from data, arithmetic that a template engine did. A command, statement or path
leaves no such mark (an SQL error is none, and no file is known whose content would prove a read): for these, handlers
are called locally.
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import re
import socket
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

from casemate.errors import UsageError
from casemate.prove import requests
from casemate.prove.declared import declared
from casemate.prove.events import place
from casemate.prove.payloads import payloads, token_of
from casemate.prove.positions import places
from casemate.prove.probing import Proof
from casemate.prove.proving import Outcome, candidates_of, data_of
from casemate.prove.verdicts import markup
from casemate.prove.verdicts.responses import redirected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path as File

    from casemate.analysis.system import System
    from casemate.model.finding import Report
    from casemate.prove.events import Path
    from casemate.prove.proving import Candidate

KINDS = frozenset({"xss", "redirect", "template", "header"})
MAX_BODY = 500_000
MAX_DESCRIPTION = 5_000_000
MAX_EACH = 24
_AREAS = {"queryStringParameters": "query", "multiValueQueryStringParameters": "query", "pathParameters": "params",
          "body": "json", "headers": "headers", "multiValueHeaders": "headers", "cookies": "cookies",
          "rawQueryString": "raw_query", "rawPath": "path", "path": "path"}  # fmt: skip
Answer = tuple[int, "Mapping[str, str]", str]


@dataclass(frozen=True, slots=True)
class Target:
    """Where requests go. `allowed`: hosts beside loopback; `rate`: a second; `most`: in all; `description`: OpenAPI."""

    url: str
    allowed: frozenset[str] = frozenset()
    rate: float = 5.0
    most: int = 200
    seconds: float = 5.0
    description: File | None = None


@dataclass(slots=True)
class Client:
    """Sends requests to one address, no faster and no more than agreed. `sleep`, `clock`: passed in by tests."""

    target: Target
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    sent: int = 0
    _next: float = 0.0
    _base: str = ""
    _host: str = ""
    _port: int = 80
    _secure: bool = False
    _addresses: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Refuse an address that is not to be asked."""
        parts = urlsplit(self.target.url)
        if (
            parts.scheme not in {"http", "https"}
            or not parts.hostname
            or parts.username
            or parts.query
            or parts.fragment
        ):
            raise UsageError(f"--http {self.target.url}: want http://host or https://host, without name and query")
        self._host, self._secure = parts.hostname, parts.scheme == "https"
        try:
            self._port = parts.port or (443 if self._secure else 80)
        except ValueError as error:
            raise UsageError(f"--http {self.target.url}: no such port") from error
        self._base = parts.path.rstrip("/")
        self._addresses = _resolved(self._host, self._port)
        allowed = {one.lower() for one in self.target.allowed}
        if self._host.lower() not in allowed and not all(
            ipaddress.ip_address(one).is_loopback for one in self._addresses
        ):
            raise UsageError(
                f"--http {self.target.url}: {self._host} is not this machine",
                hint=f"if it is yours: --allow-host {self._host}",
            )

    def left(self) -> bool:
        """Whether another request may be sent."""
        return self.sent < self.target.most

    def send(self, request: Mapping[str, Any]) -> Answer | None:
        """One request; None when there is no answer. The address is the one that was checked."""
        wait = self._next - self.clock()
        if wait > 0:
            self.sleep(wait)
        self._next = self.clock() + 1 / self.target.rate
        self.sent += 1
        connection = _connection(self._host, self._addresses, self._port, self.target.seconds, secure=self._secure)
        query = request.get("raw_query") or urlencode([tuple(pair) for pair in request["query"]])
        path = self._base + quote(request["path"], safe="/%:@!$&'()*+,;=-._~") + (f"?{query}" if query else "")
        headers = {name: value.encode("utf-8", "replace").decode("latin-1") for name, value in request["headers"]}
        headers["Host"] = self._host if self._port in {80, 443} else f"{self._host}:{self._port}"
        try:
            body = str(request.get("body") or "").encode("utf-8", "surrogateescape") or None
            connection.request(request["method"], path, body, headers)
            response = connection.getresponse()
            text = response.read(MAX_BODY).decode("utf-8", "replace")
            found = {name.lower(): value for name, value in response.getheaders()}
        except (OSError, http.client.HTTPException, ValueError):
            return None
        else:
            return response.status, found, text
        finally:
            connection.close()


def _resolved(host: str, port: int) -> list[str]:
    try:
        return list(dict.fromkeys(str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
    except OSError as error:
        raise UsageError(f"--http: {host} has no address: {error.strerror or error}") from error


def _connection(
    host: str, addresses: Sequence[str], port: int, seconds: float, *, secure: bool
) -> http.client.HTTPConnection:
    """A connection to the addresses that were checked, so that a name that changes its mind leads nowhere else."""
    if secure:
        made: http.client.HTTPConnection = http.client.HTTPSConnection(
            host, port, timeout=seconds, context=ssl.create_default_context()
        )
    else:
        made = http.client.HTTPConnection(host, port, timeout=seconds)
    made._create_connection = partial(_connected, addresses, port)  # type: ignore[attr-defined]  # noqa: SLF001
    return made


def _connected(
    addresses: Sequence[str],
    port: int,
    _: object,
    *more: Any,  # noqa: ANN401 - handed on
    **named: Any,  # noqa: ANN401 - handed on
) -> socket.socket:
    """A socket to the first address that answers. Raises `OSError` when none does."""
    for address in addresses[:-1]:
        with suppress(OSError):
            return socket.create_connection((address, port), *more, **named)
    return socket.create_connection((addresses[-1], port), *more, **named)


def prove_remotely(
    report: Report, system: System, target: Target, progress: Callable[[str], None] = lambda _: None,
    client: Client | None = None,
) -> Outcome:  # fmt: skip
    """The report with proofs from responses. Raises `UsageError` for an address or description that is refused."""
    client = client or Client(target)
    described = _described(target.description) if target.description is not None else []
    candidates = list(candidates_of(report, system))
    for one in candidates:
        progress(f"asking for {one.flow.kind} in {one.flow.name}")
        one.proof = _proof(one, _routes(one, system) or described, client)
    proofs = {id(one.finding): one.proof for one in candidates if one.proof is not None}
    findings = tuple(
        replace(one, proof=data_of(proofs[id(one)])) if id(one) in proofs else one for one in report.findings
    )
    return Outcome(replace(report, findings=findings), candidates)


def _proof(one: Candidate, routes: Sequence[Mapping[str, Any]], client: Client) -> Proof:
    kind = one.flow.kind
    if kind not in KINDS:
        return Proof(
            "not-runnable", f"no response shows by its structure that a flow of kind {kind} did harm; call the handler"
        )
    if one.entry is None or not routes:
        return Proof("not-runnable", "no route is known that leads to it")
    token = token_of(kind, one.flow.cause, one.flow.at.path)
    answered = sent = 0
    first: str | None = None
    for request, expected in _requests(one, routes, token):
        if not client.left():
            return Proof(
                "not-reproduced", f"the {client.target.most} requests that were agreed are used up", tried=first
            )
        if sent >= MAX_EACH:
            break
        sent += 1
        first = first or json.dumps({"request": request}, ensure_ascii=False, sort_keys=True)
        answer = client.send(request)
        if answer is None:
            continue
        answered += 1
        said = _verdict(kind, answer, token, expected)
        if said:
            return Proof("confirmed", said, json.dumps({"request": request}, ensure_ascii=False, sort_keys=True))
    if not sent:
        return Proof("not-runnable", f"where {one.flow.source or 'the data'} stands in a request is not known")
    if not answered:
        return Proof("not-runnable", "the endpoint did not answer")
    return Proof("not-reproduced", f"{answered} responses show nothing that was born from the data", tried=first)


def _verdict(kind: str, answer: Answer, token: str, expected: str) -> str:
    status, headers, body = answer
    if kind == "redirect":
        return redirected((status, headers, body), token)
    if kind == "header":
        return "the response has a header of the attacker's" if token in headers else ""
    if kind == "template":
        return "the template engine did the attacker's arithmetic" if expected and expected in body else ""
    return markup.born(body, token) if "html" in headers.get("content-type", "") else ""


def _requests(one: Candidate, routes: Sequence[Mapping[str, Any]], token: str) -> Iterator[tuple[dict[str, Any], str]]:
    """(request, what a template engine would answer) for every place, route and payload."""
    assert one.entry is not None  # noqa: S101 - the caller looked
    for origin in one.flow.origins:
        for where in places(origin, one.entry.style, routes):
            paths = [path for path in (_as_request(path) for path in where.paths) if path is not None]
            for route in routes if paths else ():
                for payload, expected in _payloads(one, token):
                    tree = {"request": requests.empty()}
                    for path in paths:
                        place(tree, path, payload)
                    yield requests.request_of(tree["request"], [route], []), expected


def _payloads(one: Candidate, token: str) -> Iterator[tuple[str, str]]:
    if one.flow.kind != "template":
        for payload in payloads(one.flow.kind, token, one.flow.callee, one.flow.language, ""):
            if isinstance(payload, str):
                yield payload, ""
        return
    left, right = 1_000 + int.from_bytes(token.encode()) % 8_999, 7_919
    for opening, closing in (("{{", "}}"), ("${", "}"), ("<%= ", " %>"), ("#{", "}")):
        yield f"{token}{opening}{left}*{right}{closing}", f"{token}{left * right}"


def _as_request(path: Path) -> Path | None:
    """The place in a request of a place in an event of an HTTP trigger."""
    if path[:1] == ("request",):
        return path
    area = _AREAS.get(path[1]) if len(path) > 1 and path[0] == "event" else None
    if area is None:
        return None
    if area in {"raw_query", "path"}:
        return ("request", area)
    if area == "json" and len(path) == 2:
        return ("request", "raw")
    return ("request", area, *path[2:]) if len(path) > 2 else None


def _routes(one: Candidate, system: System) -> list[dict[str, Any]]:
    """The routes that the inventory knows of the entry's functions, that its name says (`get /a/:b`), or decorators."""
    found: list[dict[str, Any]] = []
    for function in system.inventory.functions:
        if one.entry is not None and function.id in one.entry.functions:
            found += [
                {"path": re.sub(r"\{(\w+)\+?\}", r"{\1}", route.path or "/"), "methods": [route.method]}
                for route in system.routes_of(function) if route.kind in {"rest", "http", "function-url",
                "load-balancer",
                                                                          "azure-http", "google-http"}
            ]  # fmt: skip
    match = re.fullmatch(r"(\w+) (/\S*)", one.entry.name) if one.entry is not None else None
    if match is not None and not found:
        found.append({"path": re.sub(r":(\w+)", r"{\1}", match[2]), "methods": [match[1].upper()]})
    entry, tree = one.entry, system.tree
    if entry is not None and tree is not None and not found and entry.path.endswith(".py"):
        found += declared(entry.path, tree.read(entry.path) or b"", entry.name)
    return found


def _described(file: File) -> list[dict[str, Any]]:
    """The operations of an OpenAPI description. Raises `UsageError` when it cannot be read as one."""
    import yaml

    try:
        if file.stat().st_size > MAX_DESCRIPTION:
            raise UsageError(f"--openapi {file}: larger than {MAX_DESCRIPTION} bytes")
        data = yaml.safe_load(file.read_text("utf-8"))
    except OSError as error:
        raise UsageError(f"--openapi {file}: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise UsageError(f"--openapi {file}: not JSON or YAML") from error
    paths = data.get("paths") if isinstance(data, dict) else None
    if not isinstance(paths, dict):
        raise UsageError(f"--openapi {file}: there are no paths in it")
    found = []
    for path, item in paths.items():
        methods = [str(one).upper() for one in item if str(one) in _METHODS] if isinstance(item, dict) else []
        if methods and isinstance(path, str) and path.startswith("/"):
            found.append({"path": path, "methods": methods})
    return found


_METHODS = frozenset({"get", "post", "put", "patch", "delete"})
