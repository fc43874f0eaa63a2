"""A push changed a workflow.

What it does
------------
Reports pushes whose commits add or change files below `.github/workflows`.

Why it matters
--------------
Workflows run with the pipeline's rights as soon as they are pushed, on any branch.

How to respond
--------------
Read the change; if nobody knows of it, revoke the pusher's tokens and rotate the pipeline's secrets.

When to allow it
----------------
Daily work; ask for a review by code owners of this folder.

References
----------
- https://attack.mitre.org/techniques/T1195/002/
- https://attack.mitre.org/techniques/T1059/
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import LOW


@detection(
    "workflow-changed-by-push",
    severity=LOW,
    sources=["github.webhook"],
    tags=["attack.execution", "attack.persistence", "attack.t1195.002", "attack.t1059"],
)
def detect() -> Pattern:
    paths = event.raw("commits.modified").starts(".github/workflows/") | event.raw("commits.added").starts(
        ".github/workflows/"
    )
    return each(
        event.raw("ref").exists() & paths & ~event.actor_type.is_("Bot"), by=(event.actor, event.resource), every=DAY
    )


CASES = [
    fires(
        """{"repository": {"full_name": "shop/orders", "owner": {"login": "shop"}, "updated_at": "2026-03-01T10:00:00Z"}, "organization": {"login": "shop"}, "sender": {"login": "mallory", "type": "User"}, "ref": "refs/heads/x", "commits": [{"added": [], "modified": [".github/workflows/deploy.yml"]}], "head_commit": {"timestamp": "2026-03-01T10:00:00Z", "message": "m"}}""",
    ),
    quiet(
        """{"repository": {"full_name": "shop/orders", "owner": {"login": "shop"}, "updated_at": "2026-03-01T10:00:00Z"}, "organization": {"login": "shop"}, "sender": {"login": "mallory", "type": "User"}, "ref": "refs/heads/x", "commits": [{"added": [], "modified": ["src/app.py"]}]}""",
    ),
]
