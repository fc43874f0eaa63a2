"""Payloads for `benchmarks/waf.py`, every one different: events as they come, and events that are made to be slow."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    Make = Callable[[random.Random], dict[str, object]]

_TEXT = (
    "please deliver the parcel after noon thank you very much for the quick answer our customer called about order "
    "number and asked whether invoices can be sent by mail instead of paper best regards from the north office"
)
WORDS = _TEXT.split()
NOISE = "\"'<>();=|&$`{}[]\\ %+abcdefghijk"
_ATTACKS = (
    "select union from where or and 1=1 ' -- <script alert( onerror= ; ls cat /etc/passwd $(id) `id` && || ../../ "
    "http:// javascript: eval( base64_decode system( %27 &#39; \\x41"
)
ATTACKS = _ATTACKS.split()
_TOKEN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"  # noqa: S105 - letters
LONG = {
    "noise": (NOISE, ""),
    "attacks": (ATTACKS, " "),
    "<": ("<", ""),
    "escapes": (["\\x41", "%27", "&#39;", "%u0041"], ""),
    "accents": ("éüñ", ""),
    "paths": (["../", "//", "/./"], ""),
    "words": (WORDS, " "),
}
"""What the long values consist of, and what stands between."""


def order(dice: random.Random) -> dict[str, object]:
    """An order of about 1 KB as a shop's queue has it."""
    return {
        "orderId": f"ORD-{dice.randrange(10**9)}",
        "customer": {"name": dice.choice(WORDS).title(), "email": f"user{dice.randrange(10**6)}@example.com"},
        "items": [
            {
                "sku": f"SKU-{dice.randrange(10**6)}",
                "qty": dice.randrange(9),
                "name": " ".join(dice.choices(WORDS, k=3)),
            }
            for _ in range(5)
        ],
        "created": f"2026-{dice.randrange(1, 12):02}-11T10:11:12Z",
        "note": " ".join(dice.choices(WORDS, k=60)),
        "link": f"https://shop.example.com/orders/{dice.randrange(10**9)}",
    }


def queued(dice: random.Random) -> dict[str, object]:
    """The order in a record of a queue."""
    return {"Records": [{"messageId": "m", "eventSource": "aws:sqs", "body": json.dumps(order(dice))}]}


def hostile(pieces: str | list[str], gap: str, count: int) -> Make:
    """A KB of pieces."""
    return lambda dice: {"a": gap.join(dice.choices(pieces, k=count))[:1000]}


def many(dice: random.Random) -> dict[str, object]:
    """Noise in many short values."""
    return {str(number): "".join(dice.choices(NOISE, k=5)) for number in range(90)}


def _http(
    dice: random.Random, method: str, path: str, *, query: str = "", body: str = "", kind: str = ""
) -> dict[str, object]:
    """A request of a browser as API Gateway sends it (payload format 2.0)."""
    agent = (
        f"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.{dice.randrange(9999)}.0"
    )
    headers = {
        "host": "api.example.com",
        "user-agent": agent,
        "accept": "application/json, text/plain, */*",
        "accept-encoding": "gzip, deflate, br",
        "accept-language": "en-US,en;q=0.9",
        "authorization": "Bearer " + "".join(dice.choices(_TOKEN, k=80)),
        "x-amzn-trace-id": f"Root=1-{dice.randrange(1 << 32):08x}-{dice.randrange(1 << 96):024x}",
        "x-forwarded-for": f"203.0.113.{dice.randrange(256)}",
        "x-forwarded-proto": "https",
    }
    if body:
        headers |= {"content-type": kind, "content-length": str(len(body))}
    event: dict[str, object] = {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers,
        "requestContext": {
            "http": {"method": method, "path": path, "sourceIp": headers["x-forwarded-for"], "userAgent": agent},
            "requestId": f"id{dice.randrange(10**9)}",
            "stage": "$default",
        },
        "isBase64Encoded": False,
    }
    return {**event, "body": body} if body else event


def json_post(dice: random.Random) -> dict[str, object]:
    """A shorter order, posted."""
    return _http(dice, "POST", "/orders", body=json.dumps({**order(dice), "items": []}), kind="application/json")


def form_post(dice: random.Random) -> dict[str, object]:
    """A form, posted."""
    fields = {
        "name": dice.choice(WORDS).title(),
        "email": f"user{dice.randrange(10**6)}@example.com",
        "note": " ".join(dice.choices(WORDS, k=60)),
        "date": f"2026-{dice.randrange(1, 12):02}-11",
    }
    return _http(dice, "POST", "/contact", body=urlencode(fields), kind="application/x-www-form-urlencoded")


def get(dice: random.Random) -> dict[str, object]:
    """A search."""
    query = urlencode({"q": " ".join(dice.choices(WORDS, k=4)), "page": dice.randrange(99), "sort": "price"})
    return _http(dice, "GET", f"/products/{dice.randrange(10**6)}", query=query)


KINDS: dict[str, Make] = {
    "order": order,
    "order in a queue": queued,
    "JSON post": json_post,
    "form post": form_post,
    "GET": get,
    "noise": hostile(NOISE, "", 1000),
    "attacks": hostile(ATTACKS, " ", 140),
    "many values of noise": many,
}
