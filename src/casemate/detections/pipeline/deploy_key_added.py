"""A deploy key or a key of a person was added.

What it does
------------
Reports deploy keys that are added to a repository, or verified for writing.

Why it matters
--------------
The key reads (or writes) the repository for good, with no person and no second factor.

How to respond
--------------
Remove the key, look at what was fetched or pushed with it.

When to allow it
----------------
Deploy tools that need one: a GitHub App is better.

References
----------
- https://attack.mitre.org/techniques/T1098/004/
- https://docs.github.com/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/audit-log-events-for-your-organization
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "deploy-key-added",
    severity=HIGH,
    sources=["github.audit", "github.webhook"],
    tags=["attack.persistence", "attack.credential-access", "attack.t1098.004"],
)
def detect() -> Pattern:
    return each(
        event.raw("action").is_("public_key.create", "public_key.verify", "deploy_key.create")
        | (event.raw("action").is_("created") & event.raw("key.key").exists()),
        by=(event.actor, event.resource),
        every=DAY,
    )


CASES = [
    fires(
        """{"@timestamp": 1772359200000, "_document_id": "g1", "action": "public_key.create", "actor": "mallory", "org": "shop", "repo": "shop/orders", "actor_ip": "198.51.100.7", "user_agent": "Mozilla/5.0", "title": "backup"}""",
    ),
    fires(
        """{"action": "created", "repository": {"full_name": "shop/orders", "owner": {"login": "shop"}, "updated_at": "2026-03-01T10:00:00Z"}, "organization": {"login": "shop"}, "sender": {"login": "mallory", "type": "User"}, "key": {"id": 1, "key": "ssh-ed25519 AAAA", "read_only": false}}""",
    ),
    quiet(
        """{"@timestamp": 1772359200000, "_document_id": "g1", "action": "public_key.delete", "actor": "mallory", "org": "shop", "repo": "shop/orders", "actor_ip": "198.51.100.7", "user_agent": "Mozilla/5.0"}""",
    ),
    quiet(
        """{"action": "created", "repository": {"full_name": "shop/orders", "owner": {"login": "shop"}, "updated_at": "2026-03-01T10:00:00Z"}, "organization": {"login": "shop"}, "sender": {"login": "mallory", "type": "User"}, "comment": {"id": 1}}""",
    ),
]
