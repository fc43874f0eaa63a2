"""Several repositories were deleted.

What it does
------------
Reports three different repositories that one actor deletes or archives within half an hour.

Why it matters
--------------
Deleted repositories can be restored for 90 days, if somebody notices.

How to respond
--------------
Restore them in the organisation's settings, revoke the actor's tokens.

When to allow it
----------------
Cleaning up: announced.

References
----------
- https://attack.mitre.org/techniques/T1485/
- https://docs.github.com/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/audit-log-events-for-your-organization
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, MINUTE, Pattern, different
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "repositories-deleted",
    severity=HIGH,
    sources=["github.audit"],
    tags=["attack.impact", "attack.t1485"],
)
def detect() -> Pattern:
    return different(
        3,
        (event.resource,),
        event.raw("action").is_("repo.destroy", "repo.archived"),
        within=30 * MINUTE,
        by=(event.actor, event.account),
        every=HOUR,
    )


_RECORD = """{"@timestamp": 1772359200000, "_document_id": "#", "action": "repo.destroy", "actor": "mallory", "org": "shop", "repo": "shop/r#", "actor_ip": "198.51.100.7", "user_agent": "Mozilla/5.0"}"""
_RECORD_2 = """{"@timestamp": 1772359200000, "_document_id": "#", "action": "repo.destroy", "actor": "mallory", "org": "shop", "repo": "shop/orders", "actor_ip": "198.51.100.7", "user_agent": "Mozilla/5.0"}"""

CASES = [
    fires(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(3)),
    ),
    quiet(
        "\n".join(_RECORD_2.replace("#", str(number)) for number in range(1)),
    ),
]
