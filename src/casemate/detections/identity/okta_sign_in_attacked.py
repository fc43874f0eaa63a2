"""Okta sees an attack on a sign-in.

What it does
------------
Reports threats, leaked passwords and risks that Okta itself found, and sign-ins that users call suspicious.

Why it matters
--------------
The password is known already, or being found.

How to respond
--------------
End the user's sessions, set a new password, block the address.

When to allow it
----------------
False alarms of users.

References
----------
- https://attack.mitre.org/techniques/T1110/
- https://attack.mitre.org/techniques/T1621/
- https://developer.okta.com/docs/reference/api/event-types/
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "okta-sign-in-attacked",
    severity=HIGH,
    sources=["okta.system"],
    tags=["attack.credential-access", "attack.initial-access", "attack.t1110", "attack.t1621"],
)
def detect() -> Pattern:
    return each(
        event.action.is_(
            "security.threat.detected",
            "user.account.report_suspicious_activity_by_enduser",
            "security.breached_credential.detected",
            "user.risk.detect",
        ),
        by=(event.actor, event.address),
        every=DAY,
    )


CASES = [
    fires(
        """{"uuid": "u1", "published": "2026-03-01T10:00:00.000Z", "eventType": "security.threat.detected", "displayMessage": "security.threat.detected", "severity": "INFO", "actor": {"id": "00u", "type": "User", "alternateId": "alice@example.com", "displayName": "alice@example.com"}, "client": {"ipAddress": "198.51.100.7", "userAgent": {"rawUserAgent": "Mozilla/5.0"}}, "outcome": {"result": "DENY"}, "target": [{"type": "User", "alternateId": "bob@example.com"}]}""",
    ),
    quiet(
        """{"uuid": "u1", "published": "2026-03-01T10:00:00.000Z", "eventType": "user.session.start", "displayMessage": "user.session.start", "severity": "INFO", "actor": {"id": "00u", "type": "User", "alternateId": "alice@example.com", "displayName": "alice@example.com"}, "client": {"ipAddress": "198.51.100.7", "userAgent": {"rawUserAgent": "Mozilla/5.0"}}, "outcome": {"result": "SUCCESS"}, "target": [{"type": "User", "alternateId": "bob@example.com"}]}""",
    ),
]
