"""A self-hosted runner was registered.

What it does
------------
Reports runners that are registered for a repository, the organisation or the enterprise, and groups of runners that are opened.

Why it matters
--------------
Jobs run where the runner is, with their secrets; a strange runner reads them all.

How to respond
--------------
Remove the runner, rotate the secrets of the jobs that ran there.

When to allow it
----------------
Runners that scale by themselves: suppress the App that registers them.

References
----------
- https://attack.mitre.org/techniques/T1072/
- https://attack.mitre.org/techniques/T1648/
- https://docs.github.com/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/audit-log-events-for-your-organization
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import MEDIUM


@detection(
    "self-hosted-runner-added",
    severity=MEDIUM,
    sources=["github.audit"],
    tags=["attack.persistence", "attack.execution", "attack.t1072", "attack.t1648"],
)
def detect() -> Pattern:
    return each(
        event.raw("action").is_(
            "repo.register_self_hosted_runner", "org.register_self_hosted_runner", "enterprise.register_self_hosted_runner",
            "org.runner_group_created", "org.runner_group_updated", "org.runner_group_visiblity_updated",
        )
        & ~event.actor_type.is_("Bot"),
        by=(event.actor, event.resource),
        every=DAY,
    )  # fmt: skip


CASES = [
    fires(
        """{"@timestamp": 1772359200000, "_document_id": "g1", "action": "org.register_self_hosted_runner", "actor": "mallory", "org": "shop", "repo": "shop/orders", "actor_ip": "198.51.100.7", "user_agent": "Mozilla/5.0"}""",
    ),
    quiet(
        """{"@timestamp": 1772359200000, "_document_id": "g1", "action": "org.register_self_hosted_runner", "actor": "scaler[bot]", "org": "shop", "repo": "shop/orders", "actor_ip": "198.51.100.7", "user_agent": "Mozilla/5.0"}""",
    ),
    quiet(
        """{"@timestamp": 1772359200000, "_document_id": "g1", "action": "org.remove_self_hosted_runner", "actor": "mallory", "org": "shop", "repo": "shop/orders", "actor_ip": "198.51.100.7", "user_agent": "Mozilla/5.0"}""",
    ),
]
