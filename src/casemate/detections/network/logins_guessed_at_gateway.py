"""Somebody tries credentials at a route.

What it does
------------
Reports fifty answers 401 or 403 to one address at one path within five minutes.

Why it matters
--------------
Passwords from other sites' leaks are tried by the thousand; some fit.

How to respond
--------------
Limit the rate of the route by address, ask for a second factor, look at which of the tries succeeded.

When to allow it
----------------
Clients with an expired token that try again: they have one user each.

References
----------
- https://attack.mitre.org/techniques/T1110/004/
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, MINUTE, Pattern, at_least
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
    "logins-guessed-at-gateway",
    severity=HIGH,
    sources=["aws.apigateway", "aws.alb", "casemate.gateway"],
    tags=["attack.credential-access", "attack.t1110.004"],
)
def detect() -> Pattern:
    return at_least(
        50,
        _WEB & event.error.is_(401, 403) & event.address.exists(),
        within=5 * MINUTE,
        by=(event.address, event.resource),
        every=HOUR,
    )


_RECORD = """{"requestId": "r#", "ip": "198.51.100.7", "requestTime": "01/Mar/2026:10:00:00 +0000", "httpMethod": "GET", "path": "/login", "status": "401", "userAgent": "curl/8"}"""

CASES = [
    fires(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(50)),
    ),
    quiet(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(20)),
    ),
]
