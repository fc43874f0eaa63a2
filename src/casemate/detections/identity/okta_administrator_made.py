"""Somebody became an administrator of Okta.

What it does
------------
Reports administrator rights that are given to users, groups and applications, and API tokens that are made.

Why it matters
--------------
Okta signs in everybody everywhere; its administrators can too.

How to respond
--------------
Take the right back, revoke the tokens and sessions of both.

When to allow it
----------------
New administrators: announced.

References
----------
- https://attack.mitre.org/techniques/T1098/003/
- https://developer.okta.com/docs/reference/api/event-types/
"""

from __future__ import annotations

from casemate.authoring.conditions import DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "okta-administrator-made",
    severity=HIGH,
    sources=["okta.system"],
    tags=["attack.privilege-escalation", "attack.persistence", "attack.t1098.003"],
)
def detect() -> Pattern:
    return each(
        event.action.is_(
            "user.account.privilege.grant",
            "group.privilege.grant",
            "iam.resourceset.bindings.add",
            "system.api_token.create",
            "app.oauth2.as.key.rollover",
        )
        & DONE,
        by=(event.actor, event.account),
        every=HOUR,
    )


CASES = [
    fires(
        """{"uuid": "u1", "published": "2026-03-01T10:00:00.000Z", "eventType": "user.account.privilege.grant", "displayMessage": "user.account.privilege.grant", "severity": "INFO", "actor": {"id": "00u", "type": "User", "alternateId": "alice@example.com", "displayName": "alice@example.com"}, "client": {"ipAddress": "198.51.100.7", "userAgent": {"rawUserAgent": "Mozilla/5.0"}}, "outcome": {"result": "SUCCESS"}, "target": [{"type": "User", "alternateId": "bob@example.com"}]}""",
    ),
    quiet(
        """{"uuid": "u1", "published": "2026-03-01T10:00:00.000Z", "eventType": "user.account.privilege.revoke", "displayMessage": "user.account.privilege.revoke", "severity": "INFO", "actor": {"id": "00u", "type": "User", "alternateId": "alice@example.com", "displayName": "alice@example.com"}, "client": {"ipAddress": "198.51.100.7", "userAgent": {"rawUserAgent": "Mozilla/5.0"}}, "outcome": {"result": "SUCCESS"}, "target": [{"type": "User", "alternateId": "bob@example.com"}]}""",
    ),
]
