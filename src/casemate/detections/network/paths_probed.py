"""Somebody tries many paths.

What it does
------------
Reports one address that gets refusals (400 and above) at thirty different paths within five minutes, at a gateway, a load balancer or a
function.

Why it matters
--------------
Scanners ask for what other systems have (`/.env`, `/wp-login.php`). It is weather, but what answers then is worth a look, and the address
worth blocking.

How to respond
--------------
Block the address at the firewall, and look at what it was answered with 200.

When to allow it
----------------
Your own scans; clients with a broken path.

References
----------
- https://attack.mitre.org/techniques/T1595/002/
- https://attack.mitre.org/techniques/T1595/003/
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, MINUTE, Pattern, different
from casemate.authoring.query import event
from casemate.model.finding import MEDIUM

_WEB = (
    event.raw("elb_status_code").exists()
    | event.raw("httpMethod").exists()
    | event.raw("httpRequest.status").exists()
    | event.raw("http_request.url").exists()
)
"""A request by HTTP, as the sources write it."""


@detection(
    "paths-probed",
    severity=MEDIUM,
    sources=["aws.apigateway", "aws.alb", "google.function", "casemate.gateway"],
    tags=["attack.reconnaissance", "attack.t1595.002", "attack.t1595.003"],
)
def detect() -> Pattern:
    return different(
        30,
        (event.resource,),
        _WEB & event.outcome.is_("failure") & event.resource.exists(),
        within=5 * MINUTE,
        by=(event.address,),
        every=HOUR,
    )


_RECORD = """{"type": "https", "time": "2026-03-01T10:00:00.000000Z", "elb": "app/shop/1", "client": "198.51.100.7:4711", "client_ip": "198.51.100.7", "elb_status_code": "404", "target_status_code": "404", "request": "GET https://shop.example/#.php HTTP/1.1", "method": "GET", "url": "https://shop.example/#.php", "user_agent": "curl/8", "target_group_arn": "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/shop/1"}"""
_RECORD_2 = """{"requestId": "r#", "ip": "198.51.100.7", "requestTime": "01/Mar/2026:10:00:00 +0000", "httpMethod": "GET", "path": "/#/.env", "status": "404", "userAgent": "curl/8"}"""
_RECORD_3 = """{"type": "https", "time": "2026-03-01T10:00:00.000000Z", "elb": "app/shop/1", "client": "198.51.100.7:4711", "client_ip": "198.51.100.7", "elb_status_code": "200", "target_status_code": "404", "request": "GET https://shop.example/#.php HTTP/1.1", "method": "GET", "url": "https://shop.example/#.php", "user_agent": "curl/8", "target_group_arn": "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/shop/1"}"""
_RECORD_4 = """{"requestId": "r#", "ip": "198.51.100.7", "requestTime": "01/Mar/2026:10:00:00 +0000", "httpMethod": "GET", "path": "/login", "status": "404", "userAgent": "curl/8"}"""

CASES = [
    fires(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(30)),
    ),
    fires(
        "\n".join(_RECORD_2.replace("#", str(number)) for number in range(30)),
    ),
    quiet(
        "\n".join(_RECORD_3.replace("#", str(number)) for number in range(40)),
    ),
    quiet(
        "\n".join(_RECORD_4.replace("#", str(number)) for number in range(40)),
    ),
]
