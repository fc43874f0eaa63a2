"""Much data leaves from one interface to one address.

What it does
------------
Reports five gigabytes within an hour from a private address to one public address.

Why it matters
--------------
Functions answer with kilobytes. What leaves by the gigabyte was collected first.

How to respond
--------------
Find the function or machine by its interface, stop it, see whose the address is.

When to allow it
----------------
Backups and uploads: suppress by the receiving address.

References
----------
- https://attack.mitre.org/techniques/T1048/
- https://attack.mitre.org/techniques/T1567/
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, Stage, Statistic
from casemate.authoring.query import event
from casemate.model.finding import MEDIUM


@detection(
    "much-data-leaves",
    severity=MEDIUM,
    sources=["aws.vpcflow"],
    tags=["attack.exfiltration", "attack.t1048", "attack.t1567"],
)
def detect() -> Pattern:
    private = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "fc00::/7")
    leaving = event.action.is_("ACCEPT") & event.address.within(*private) & ~event.raw("dstaddr").within(*private)
    return Statistic(
        (Stage(leaving, (event.address, event.raw("dstaddr"))),),
        event.raw("bytes"),
        "sum",
        (("gte", 5_000_000_000),),
        HOUR,
        every=HOUR,
    )


_RECORD = """{"version": "2", "account-id": "111122223333", "interface-id": "eni-0a1", "srcaddr": "10.0.1.5", "dstaddr": "203.0.113.9", "srcport": "#", "dstport": "443", "protocol": "6", "packets": "1", "bytes": "600000000", "start": "1772359200", "end": "1772359260", "action": "ACCEPT", "log-status": "OK"}"""
_RECORD_2 = """{"version": "2", "account-id": "111122223333", "interface-id": "eni-0a1", "srcaddr": "10.0.1.5", "dstaddr": "10.9.9.9", "srcport": "#", "dstport": "443", "protocol": "6", "packets": "1", "bytes": "600000000", "start": "1772359200", "end": "1772359260", "action": "ACCEPT", "log-status": "OK"}"""
_RECORD_3 = """{"version": "2", "account-id": "111122223333", "interface-id": "eni-0a1", "srcaddr": "10.0.1.5", "dstaddr": "203.0.113.9", "srcport": "#", "dstport": "443", "protocol": "6", "packets": "1", "bytes": "6000", "start": "1772359200", "end": "1772359260", "action": "ACCEPT", "log-status": "OK"}"""

CASES = [
    fires(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(9)),
    ),
    quiet(
        "\n".join(_RECORD_2.replace("#", str(number)) for number in range(9)),
    ),
    quiet(
        "\n".join(_RECORD_3.replace("#", str(number)) for number in range(9)),
    ),
]
