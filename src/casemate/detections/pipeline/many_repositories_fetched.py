"""One actor fetches many repositories.

What it does
------------
Reports fifteen different repositories that one actor clones or downloads within ten minutes.

Why it matters
--------------
A stolen token is first used to copy everything that it reads.

How to respond
--------------
Revoke the token, rotate secrets in the code's history.

When to allow it
----------------
Backup and search tools: suppress them.

References
----------
- https://attack.mitre.org/techniques/T1213/003/
- https://docs.github.com/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/audit-log-events-for-your-organization
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, MINUTE, Pattern, different
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "many-repositories-fetched",
    severity=HIGH,
    sources=["github.audit"],
    tags=["attack.collection", "attack.exfiltration", "attack.t1213.003"],
)
def detect() -> Pattern:
    return different(
        15,
        (event.resource,),
        event.raw("action").is_("git.clone", "git.fetch", "repo.download_zip"),
        within=10 * MINUTE,
        by=(event.actor, event.account),
        every=HOUR,
    )


_RECORD = """{"@timestamp": 1772359200000, "_document_id": "#", "action": "git.clone", "actor": "mallory", "org": "shop", "repo": "shop/r#", "actor_ip": "198.51.100.7", "user_agent": "Mozilla/5.0"}"""
_RECORD_2 = """{"@timestamp": 1772359200000, "_document_id": "#", "action": "git.clone", "actor": "mallory", "org": "shop", "repo": "shop/orders", "actor_ip": "198.51.100.7", "user_agent": "Mozilla/5.0"}"""

CASES = [
    fires(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(15)),
    ),
    quiet(
        "\n".join(_RECORD_2.replace("#", str(number)) for number in range(30)),
    ),
]
