"""A repository was made public, or moved away.

What it does
------------
Reports repositories that become public or are transferred, and private forks that are allowed.

Why it matters
--------------
What was in it (code, history, forgotten secrets) is copied within minutes.

How to respond
--------------
Make it private, rotate every secret of its history.

When to allow it
----------------
Code that is opened on purpose.

References
----------
- https://attack.mitre.org/techniques/T1567/001/
- https://attack.mitre.org/techniques/T1537/
- https://docs.github.com/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/audit-log-events-for-your-organization
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "repository-made-public",
    severity=HIGH,
    sources=["github.audit", "github.webhook"],
    tags=["attack.exfiltration", "attack.t1567.001", "attack.t1537"],
)
def detect() -> Pattern:
    public = event.raw("action").is_("repo.access") & event.raw("visibility").is_("public")
    moved = event.raw("action").is_(
        "repo.transfer",
        "repo.transfer_outgoing",
        "repo.transfer_start",
        "private_repository_forking.enable",
        "publicized",
    )
    return each(public | moved, by=(event.actor, event.resource), every=HOUR)


CASES = [
    fires(
        """{"@timestamp": 1772359200000, "_document_id": "g1", "action": "repo.access", "actor": "mallory", "org": "shop", "repo": "shop/orders", "actor_ip": "198.51.100.7", "user_agent": "Mozilla/5.0", "visibility": "public", "previous_visibility": "private"}""",
    ),
    fires(
        """{"action": "publicized", "repository": {"full_name": "shop/orders", "owner": {"login": "shop"}, "updated_at": "2026-03-01T10:00:00Z"}, "organization": {"login": "shop"}, "sender": {"login": "mallory", "type": "User"}}""",
    ),
    quiet(
        """{"@timestamp": 1772359200000, "_document_id": "g1", "action": "repo.access", "actor": "mallory", "org": "shop", "repo": "shop/orders", "actor_ip": "198.51.100.7", "user_agent": "Mozilla/5.0", "visibility": "private"}""",
    ),
    quiet(
        """{"action": "privatized", "repository": {"full_name": "shop/orders", "owner": {"login": "shop"}, "updated_at": "2026-03-01T10:00:00Z"}, "organization": {"login": "shop"}, "sender": {"login": "mallory", "type": "User"}}""",
    ),
]
