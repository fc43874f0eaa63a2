"""A workflow with secrets runs for a stranger's fork.

What it does
------------
Reports runs of `pull_request_target` and `workflow_run` workflows whose code comes from another repository.

Why it matters
--------------
Such a workflow has the repository's secrets and a token that writes; if it builds what the stranger sent, both are his.

How to respond
--------------
Stop the run, rotate the secrets, let such workflows only label and comment.

When to allow it
----------------
Workflows that never check the stranger's code out: suppress by workflow.

References
----------
- https://attack.mitre.org/techniques/T1195/002/
- https://attack.mitre.org/techniques/T1552/
- https://docs.github.com/actions/security-for-github-actions/security-guides/security-hardening-for-github-actions
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "outsider-runs-privileged-workflow",
    severity=HIGH,
    sources=["github.webhook"],
    tags=["attack.initial-access", "attack.execution", "attack.credential-access", "attack.t1195.002", "attack.t1552"],
)
def detect() -> Pattern:
    run = event.raw("workflow_run.event").is_("pull_request_target", "issue_comment")
    foreign = event.raw("workflow_run.head_repository.full_name").exists() & ~event.raw(
        "workflow_run.head_repository.full_name"
    ).same_as(event.raw("repository.full_name"))
    return each(run & foreign, by=(event.actor, event.resource), every=DAY)


CASES = [
    fires(
        """{"action": "requested", "repository": {"full_name": "shop/orders", "owner": {"login": "shop"}, "updated_at": "2026-03-01T10:00:00Z"}, "organization": {"login": "shop"}, "sender": {"login": "mallory", "type": "User"}, "workflow_run": {"event": "pull_request_target", "head_repository": {"full_name": "mallory/orders"}, "updated_at": "2026-03-01T10:00:00Z"}}""",
    ),
    quiet(
        """{"action": "requested", "repository": {"full_name": "shop/orders", "owner": {"login": "shop"}, "updated_at": "2026-03-01T10:00:00Z"}, "organization": {"login": "shop"}, "sender": {"login": "mallory", "type": "User"}, "workflow_run": {"event": "pull_request", "head_repository": {"full_name": "mallory/orders"}}}""",
    ),
    quiet(
        """{"action": "requested", "repository": {"full_name": "shop/orders", "owner": {"login": "shop"}, "updated_at": "2026-03-01T10:00:00Z"}, "organization": {"login": "shop"}, "sender": {"login": "mallory", "type": "User"}, "workflow_run": {"event": "pull_request_target", "head_repository": {"full_name": "shop/orders"}}}""",
    ),
]
