"""Somebody or something got access in GitLab.

What it does
------------
Reports tokens, deploy keys and deploy tokens that are made, runners that are registered, and members that become owners or maintainers.

Why it matters
--------------
A token or runner reads the project's code and secrets for good.

How to respond
--------------
Revoke it, look at what it did.

When to allow it
----------------
New members and tokens: announced.

References
----------
- https://attack.mitre.org/techniques/T1098/
- https://attack.mitre.org/techniques/T1098/001/
- https://docs.gitlab.com/user/compliance/audit_event_types/
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import MEDIUM


@detection(
    "gitlab-access-given",
    severity=MEDIUM,
    sources=["gitlab.audit"],
    tags=[
        "attack.persistence",
        "attack.privilege-escalation",
        "attack.credential-access",
        "attack.t1098",
        "attack.t1098.001",
    ],
)
def detect() -> Pattern:
    made = event.raw("event_type").is_(
        "project_access_token_created", "group_access_token_created", "personal_access_token_created", "deploy_key_added",
        "deploy_token_created", "ci_runner_registered", "ci_runner_created", "set_runner_associated_projects", "ci_runner_token_reset",
        "ci_variable_created", "ci_variable_updated", "project_access_token_creation", "cluster_agent_token_created",
    )  # fmt: skip
    raised = event.raw("event_type").is_("member_updated", "member_created", "user_admin_status_updated") & (
        event.raw("details.to").is_("Owner", "Maintainer") | event.raw("details.as").is_("Owner", "Maintainer")
    )
    return each(made | raised, by=(event.actor, event.resource), every=DAY)


CASES = [
    fires(
        """{"id": 1, "author_id": 7, "entity_id": 3, "entity_type": "Project", "entity_path": "shop/orders", "event_type": "project_access_token_created", "created_at": "2026-03-01T10:00:00.000Z", "ip_address": "198.51.100.7", "details": {"author_name": "Mallory", "target_details": "orders"}}""",
    ),
    fires(
        """{"id": 1, "author_id": 7, "entity_id": 3, "entity_type": "Project", "entity_path": "shop/orders", "event_type": "member_updated", "created_at": "2026-03-01T10:00:00.000Z", "ip_address": "198.51.100.7", "details": {"author_name": "Mallory", "target_details": "orders", "to": "Owner", "change": "access_level"}}""",
    ),
    quiet(
        """{"id": 1, "author_id": 7, "entity_id": 3, "entity_type": "Project", "entity_path": "shop/orders", "event_type": "member_updated", "created_at": "2026-03-01T10:00:00.000Z", "ip_address": "198.51.100.7", "details": {"author_name": "Mallory", "target_details": "orders", "to": "Reporter"}}""",
    ),
    quiet(
        """{"id": 1, "author_id": 7, "entity_id": 3, "entity_type": "Project", "entity_path": "shop/orders", "event_type": "project_access_token_revoked", "created_at": "2026-03-01T10:00:00.000Z", "ip_address": "198.51.100.7", "details": {"author_name": "Mallory", "target_details": "orders"}}""",
    ),
]
