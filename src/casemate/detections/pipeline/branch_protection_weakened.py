"""The protection of a branch was weakened or got round.

What it does
------------
Reports branch protections and rule sets that are deleted or switched off, reviews and checks that are no longer asked for, and pushes that
got round a protection.

Why it matters
--------------
The protection is what makes a second person look at code before it is deployed.

How to respond
--------------
Put it back, look at what was merged in between, redeploy the last reviewed commit.

When to allow it
----------------
Administrators who change rules: through code.

References
----------
- https://attack.mitre.org/techniques/T1562/001/
- https://attack.mitre.org/techniques/T1195/002/
- https://docs.github.com/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/audit-log-events-for-your-organization
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "branch-protection-weakened",
    severity=HIGH,
    sources=["github.audit", "github.webhook"],
    tags=["attack.defense-evasion", "attack.persistence", "attack.t1562.001", "attack.t1195.002"],
)
def detect() -> Pattern:
    return each(
        event.raw("action").is_(
            "protected_branch.destroy", "protected_branch.policy_override", "protected_branch.update_admin_enforced",
            "protected_branch.update_required_status_checks_enforcement_level", "protected_branch.dismiss_stale_reviews",
            "protected_branch.update_pull_request_reviews_enforcement_level", "protected_branch.update_allow_force_pushes_enforcement_level",
            "protected_branch.update_require_code_owner_review", "protected_branch.rejected_ref_update_bypass",
            "repository_ruleset.destroy", "repository_branch_protection_evaluation.disable", "protected_branch.authorized_users_teams",
        )
        | (event.raw("action").is_("deleted") & (event.raw("rule").exists() | event.raw("repository_ruleset").exists())),
        by=(event.actor, event.resource),
        every=DAY,
    )  # fmt: skip


CASES = [
    fires(
        """{"@timestamp": 1772359200000, "_document_id": "g1", "action": "protected_branch.destroy", "actor": "mallory", "org": "shop", "repo": "shop/orders", "actor_ip": "198.51.100.7", "user_agent": "Mozilla/5.0", "name": "main"}""",
    ),
    fires(
        """{"action": "deleted", "repository": {"full_name": "shop/orders", "owner": {"login": "shop"}, "updated_at": "2026-03-01T10:00:00Z"}, "organization": {"login": "shop"}, "sender": {"login": "mallory", "type": "User"}, "rule": {"name": "main"}}""",
    ),
    quiet(
        """{"@timestamp": 1772359200000, "_document_id": "g1", "action": "protected_branch.create", "actor": "mallory", "org": "shop", "repo": "shop/orders", "actor_ip": "198.51.100.7", "user_agent": "Mozilla/5.0", "name": "main"}""",
    ),
    quiet(
        """{"action": "deleted", "repository": {"full_name": "shop/orders", "owner": {"login": "shop"}, "updated_at": "2026-03-01T10:00:00Z"}, "organization": {"login": "shop"}, "sender": {"login": "mallory", "type": "User"}, "release": {"id": 1}}""",
    ),
]
