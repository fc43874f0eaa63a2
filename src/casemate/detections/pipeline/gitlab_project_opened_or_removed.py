"""A GitLab project was opened, exported or removed.

What it does
------------
Reports projects and groups that become public, are exported, transferred, or marked for deletion.

Why it matters
--------------
What was in it is copied within minutes, or gone after the waiting time.

How to respond
--------------
Make it private or restore it, rotate every secret of its history.

When to allow it
----------------
Code that is opened on purpose; cleaning up.

References
----------
- https://attack.mitre.org/techniques/T1567/001/
- https://attack.mitre.org/techniques/T1485/
- https://docs.gitlab.com/user/compliance/audit_event_types/
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "gitlab-project-opened-or-removed",
    severity=HIGH,
    sources=["gitlab.audit"],
    tags=["attack.exfiltration", "attack.impact", "attack.t1567.001", "attack.t1485"],
)
def detect() -> Pattern:
    opened = event.raw("event_type").is_(
        "project_visibility_level_updated", "group_visibility_level_updated"
    ) & event.raw("details.to").is_("Public", "public")
    gone = event.raw("event_type").is_(
        "project_destroyed",
        "group_destroyed",
        "project_export_file_download_started",
        "project_namespace_updated",
        "project_deletion_marked",
        "group_deletion_marked",
        "project_exported",
    )
    return each(opened | gone, by=(event.actor, event.resource), every=HOUR)


CASES = [
    fires(
        """{"id": 1, "author_id": 7, "entity_id": 3, "entity_type": "Project", "entity_path": "shop/orders", "event_type": "project_visibility_level_updated", "created_at": "2026-03-01T10:00:00.000Z", "ip_address": "198.51.100.7", "details": {"author_name": "Mallory", "target_details": "orders", "from": "Private", "to": "Public"}}""",
    ),
    fires(
        """{"id": 1, "author_id": 7, "entity_id": 3, "entity_type": "Project", "entity_path": "shop/orders", "event_type": "project_destroyed", "created_at": "2026-03-01T10:00:00.000Z", "ip_address": "198.51.100.7", "details": {"author_name": "Mallory", "target_details": "orders"}}""",
    ),
    quiet(
        """{"id": 1, "author_id": 7, "entity_id": 3, "entity_type": "Project", "entity_path": "shop/orders", "event_type": "project_visibility_level_updated", "created_at": "2026-03-01T10:00:00.000Z", "ip_address": "198.51.100.7", "details": {"author_name": "Mallory", "target_details": "orders", "from": "Public", "to": "Private"}}""",
    ),
]
