"""A whole HTTP request for the starter rules: its leaves, and what its framing does that honest clients do not do."""

from __future__ import annotations

from casemate_guard.events import web
from casemate_guard.events.budgets import BudgetExceededError, Budgets, Meter
from casemate_guard.events.decode import Decoded, Excess
from casemate_guard.events.leaves import Decoder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from casemate_waf.message import Request

_TOKEN = frozenset(b"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


def leaves_of(request: Request) -> Decoded:
    """The request as an event of the trigger `http`."""
    from base64 import b64encode
    from time import monotonic

    decoder = Decoder(Meter(Budgets(), monotonic))
    headers: dict[str, list[str]] = {}
    for name, value in request.headers:
        headers.setdefault(name.decode("latin-1"), []).append(value.decode("utf-8", "replace"))
    target, mark, query = request.uri.decode("utf-8", "replace").partition("?")
    event = {
        "httpMethod": request.method.decode("latin-1"),
        "rawPath": target,
        "rawQueryString": query if mark else None,
        "multiValueHeaders": headers,
        "body": b64encode(request.body).decode() if request.body else None,
        "isBase64Encoded": True,
    }
    excesses = []
    try:
        web.request(decoder, "http", event)
    except BudgetExceededError as error:
        excesses.append(Excess(error.budget, error.path, -1))
    return Decoded("http", decoder.leaves, decoder.notes, excesses, [])


def framing(request: Request) -> dict[str, int]:
    """Rules of request smuggling (RFC 9112 sections 2 to 7) with their scores."""
    values: dict[bytes, list[bytes]] = {}
    found: dict[str, int] = {}
    for name, value in request.headers:
        values.setdefault(name.strip().lower(), []).append(value)
        if not name or not _TOKEN.issuperset(name):
            found["wire-header-name"] = 5
    lengths = {one.strip() for one in values.get(b"content-length", ())}
    codings = [one.strip().lower() for one in values.get(b"transfer-encoding", ())]
    if (lengths and codings) or len(lengths) > 1 or any(not one.isdigit() for one in lengths):
        found["wire-smuggling"] = 5
    if len(codings) > 1 or any(
        one not in {b"chunked", b"gzip, chunked", b"deflate, chunked", b"gzip"} for one in codings
    ):
        found["wire-smuggling"] = 5
    if len(values.get(b"host", ())) > 1:
        found["wire-hosts"] = 5
    if not _TOKEN.issuperset(request.method) or request.method.upper() in {b"TRACE", b"TRACK", b"DEBUG"}:
        found["wire-method"] = 5
    return found
