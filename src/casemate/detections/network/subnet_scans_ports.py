"""A function's subnet tries many ports.

What it does
------------
Reports one address that is refused at forty different ports or at forty different addresses and ports within five minutes, from a private
address.

Why it matters
--------------
Code in a function that looks for other services is not its own code. Refusals mean that it does not know what it looks for.

How to respond
--------------
Find the function by its network interface and the time, isolate it, look at what it got through to.

When to allow it
----------------
Scanners of your own: suppress by their address.

References
----------
- https://attack.mitre.org/techniques/T1046/
- https://attack.mitre.org/techniques/T1021/
- https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, MINUTE, Pattern, different
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "subnet-scans-ports",
    severity=HIGH,
    sources=["aws.vpcflow"],
    tags=["attack.discovery", "attack.lateral-movement", "attack.t1046", "attack.t1021"],
)
def detect() -> Pattern:
    inside = event.address.within("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
    return different(
        40,
        (event.raw("dstaddr"), event.raw("dstport")),
        event.action.is_("REJECT") & inside,
        within=5 * MINUTE,
        by=(event.address, event.resource),
        every=HOUR,
    )


_RECORD = """{"version": "2", "account-id": "111122223333", "interface-id": "eni-0a1", "srcaddr": "10.0.1.5", "dstaddr": "10.0.2.7", "srcport": "43210", "dstport": "#", "protocol": "6", "packets": "1", "bytes": "40", "start": "1772359200", "end": "1772359260", "action": "REJECT", "log-status": "OK"}"""
_RECORD_2 = """{"version": "2", "account-id": "111122223333", "interface-id": "eni-0a1", "srcaddr": "10.0.1.5", "dstaddr": "10.0.2.7", "srcport": "#", "dstport": "443", "protocol": "6", "packets": "1", "bytes": "40", "start": "1772359200", "end": "1772359260", "action": "REJECT", "log-status": "OK"}"""

CASES = [
    fires(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(40)),
    ),
    quiet(
        "\n".join(_RECORD_2.replace("#", str(number)) for number in range(60)),
    ),
]
