"""Probing was followed by an answer.

What it does
------------
Reports an address that got ten server errors (500 and above) at a path and then an answer of 200 there, within ten minutes.

Why it matters
--------------
Server errors are what a payload causes while it is being made to fit; the 200 after them is the one that fitted.

How to respond
--------------
Look at the function's log for the request of the 200, and at what the function did then.

When to allow it
----------------
A service that was down and came back: many addresses at once.

References
----------
- https://attack.mitre.org/techniques/T1190/
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, MINUTE, Pattern, Sequence, Stage, at_least
from casemate.authoring.query import event
from casemate.model.finding import HIGH

_WEB = (
    event.raw("elb_status_code").exists()
    | event.raw("httpMethod").exists()
    | event.raw("httpRequest.status").exists()
    | event.raw("http_request.url").exists()
)
"""A request by HTTP, as the sources write it."""


@detection(
    "probing-then-success",
    severity=HIGH,
    sources=["aws.apigateway", "aws.alb", "casemate.gateway"],
    tags=["attack.initial-access", "attack.t1190"],
)
def detect() -> Pattern:
    by = (event.address, event.resource)
    errors = Stage(at_least(10, _WEB & event.error.is_(500, 502, 503), within=10 * MINUTE, by=by), by, name="errors")
    return Sequence((errors, Stage(_WEB & event.error.is_(200), by)), within=10 * MINUTE, every=HOUR)


_RECORD = """{"requestId": "r#", "ip": "198.51.100.7", "requestTime": "01/Mar/2026:10:00:00 +0000", "httpMethod": "GET", "path": "/search", "status": "500", "userAgent": "curl/8"}"""

CASES = [
    fires(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(10))
        + "\n"
        + """{"requestId": "z", "ip": "198.51.100.7", "requestTime": "01/Mar/2026:10:01:00 +0000", "httpMethod": "GET", "path": "/search", "status": "200", "userAgent": "curl/8"}""",
    ),
    quiet(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(10))
        + "\n"
        + """{"requestId": "z", "ip": "198.51.100.7", "requestTime": "01/Mar/2026:10:01:00 +0000", "httpMethod": "GET", "path": "/other", "status": "200", "userAgent": "curl/8"}""",
    ),
]
