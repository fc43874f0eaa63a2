"""Secrets of pipelines were changed, or opened to more of them.

What it does
------------
Reports secrets of Actions that are made, changed or removed for the organisation, a repository or an environment by a person, and the
settings of which workflows may run and with which rights.

Why it matters
--------------
A workflow that may read more secrets, or that runs without approval, hands them out.

How to respond
--------------
See who may use the secret now, rotate it, put the settings back.

When to allow it
----------------
Rotation by hand; use OpenID Connect instead of secrets.

References
----------
- https://attack.mitre.org/techniques/T1552/001/
- https://attack.mitre.org/techniques/T1098/
- https://docs.github.com/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/audit-log-events-for-your-organization
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import MEDIUM


@detection(
    "pipeline-secrets-changed",
    severity=MEDIUM,
    sources=["github.audit"],
    tags=["attack.credential-access", "attack.persistence", "attack.t1552.001", "attack.t1098"],
)
def detect() -> Pattern:
    return each(
        event.raw("action").is_(
            "org.create_actions_secret", "org.update_actions_secret", "org.remove_actions_secret", "environment.create_actions_secret",
            "environment.update_actions_secret", "environment.remove_protection_rule", "environment.update_protection_rule",
            "org.set_default_workflow_permissions", "repo.set_default_workflow_permissions", "org.set_fork_pr_workflows_policy",
            "repo.set_fork_pr_workflows_policy", "org.set_actions_fork_pr_approvals_policy", "repo.set_actions_fork_pr_approvals_policy",
            "org.update_actions_settings", "repo.update_actions_access_settings", "repo.actions_enabled", "org.set_workflow_permission_can_approve_pr",
        )
        & ~event.actor_type.is_("Bot"),
        by=(event.actor, event.resource),
        every=DAY,
    )  # fmt: skip


CASES = [
    fires(
        """{"@timestamp": 1772359200000, "_document_id": "g1", "action": "org.set_default_workflow_permissions", "actor": "mallory", "org": "shop", "repo": "shop/orders", "actor_ip": "198.51.100.7", "user_agent": "Mozilla/5.0"}""",
    ),
    fires(
        """{"@timestamp": 1772359200000, "_document_id": "g1", "action": "environment.remove_protection_rule", "actor": "mallory", "org": "shop", "repo": "shop/orders", "actor_ip": "198.51.100.7", "user_agent": "Mozilla/5.0"}""",
    ),
    quiet(
        """{"@timestamp": 1772359200000, "_document_id": "g1", "action": "workflows.completed_workflow_run", "actor": "mallory", "org": "shop", "repo": "shop/orders", "actor_ip": "198.51.100.7", "user_agent": "Mozilla/5.0"}""",
    ),
]
