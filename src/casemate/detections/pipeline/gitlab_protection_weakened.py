"""Protection of a GitLab project was weakened.

What it does
------------
Reports protected branches and tags that are removed or changed, approval rules that are deleted or changed, and security settings and audit
streams that are switched off.

Why it matters
--------------
The protection is what makes a second person look at code before it is deployed.

How to respond
--------------
Put it back, look at what was merged in between.

When to allow it
----------------
Maintainers who change rules.

References
----------
- https://attack.mitre.org/techniques/T1562/001/
- https://attack.mitre.org/techniques/T1195/002/
- https://docs.gitlab.com/user/compliance/audit_event_types/
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "gitlab-protection-weakened",
    severity=HIGH,
    sources=["gitlab.audit"],
    tags=["attack.defense-evasion", "attack.persistence", "attack.t1562.001", "attack.t1195.002"],
)
def detect() -> Pattern:
    return each(
        event.raw("event_type").is_(
            "protected_branch_removed", "protected_branch_updated", "protected_branch_code_owner_approval_required_updated",
            "approval_rule_deleted", "approval_rule_updated", "delete_event_streaming_destination", "project_push_rules_updated",
            "deleted_event_streaming_destination", "group_push_rules_updated", "project_disable_require_author_approval_updated",
            "secret_push_protection_disabled", "project_merge_requests_author_approval_updated", "disable_compliance_framework",
            "audit_events_streaming_instance_headers_destroy", "destroy_event_streaming_destination",
        ),
        by=(event.actor, event.resource),
        every=DAY,
    )  # fmt: skip


CASES = [
    fires(
        """{"id": 1, "author_id": 7, "entity_id": 3, "entity_type": "Project", "entity_path": "shop/orders", "event_type": "protected_branch_removed", "created_at": "2026-03-01T10:00:00.000Z", "ip_address": "198.51.100.7", "details": {"author_name": "Mallory", "target_details": "orders"}}""",
    ),
    quiet(
        """{"id": 1, "author_id": 7, "entity_id": 3, "entity_type": "Project", "entity_path": "shop/orders", "event_type": "protected_branch_created", "created_at": "2026-03-01T10:00:00.000Z", "ip_address": "198.51.100.7", "details": {"author_name": "Mallory", "target_details": "orders"}}""",
    ),
]
