"""A second factor or a sign-in rule of Okta was taken away.

What it does
------------
Reports factors that are reset or deactivated by somebody else, policies and rules that are deactivated or deleted, network zones that are
changed, and identity providers that are made.

Why it matters
--------------
A help desk that is talked into a reset is how the large break-ins of these years began.

How to respond
--------------
Ask the user by another way, end his sessions, put the rule back.

When to allow it
----------------
Lost telephones.

References
----------
- https://attack.mitre.org/techniques/T1556/006/
- https://attack.mitre.org/techniques/T1562/
- https://developer.okta.com/docs/reference/api/event-types/
"""

from __future__ import annotations

from casemate.authoring.conditions import DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "okta-factor-or-rule-weakened",
    severity=HIGH,
    sources=["okta.system"],
    tags=["attack.defense-evasion", "attack.credential-access", "attack.t1556.006", "attack.t1562"],
)
def detect() -> Pattern:
    return each(
        event.action.is_(
            "user.mfa.factor.reset_all", "user.mfa.factor.deactivate", "system.mfa.factor.deactivate", "policy.rule.deactivate", "policy.rule.delete",
            "policy.lifecycle.deactivate", "policy.lifecycle.delete", "zone.deactivate", "zone.delete", "system.idp.lifecycle.create", "zone.update",
            "security.threat.configuration.update", "system.log_stream.lifecycle.deactivate", "system.log_stream.lifecycle.delete",
        )
        & DONE,
        by=(event.actor, event.action),
        every=DAY,
    )  # fmt: skip


CASES = [
    fires(
        """{"uuid": "u1", "published": "2026-03-01T10:00:00.000Z", "eventType": "user.mfa.factor.reset_all", "displayMessage": "user.mfa.factor.reset_all", "severity": "INFO", "actor": {"id": "00u", "type": "User", "alternateId": "alice@example.com", "displayName": "alice@example.com"}, "client": {"ipAddress": "198.51.100.7", "userAgent": {"rawUserAgent": "Mozilla/5.0"}}, "outcome": {"result": "SUCCESS"}, "target": [{"type": "User", "alternateId": "bob@example.com"}]}""",
    ),
    quiet(
        """{"uuid": "u1", "published": "2026-03-01T10:00:00.000Z", "eventType": "user.mfa.factor.activate", "displayMessage": "user.mfa.factor.activate", "severity": "INFO", "actor": {"id": "00u", "type": "User", "alternateId": "alice@example.com", "displayName": "alice@example.com"}, "client": {"ipAddress": "198.51.100.7", "userAgent": {"rawUserAgent": "Mozilla/5.0"}}, "outcome": {"result": "SUCCESS"}, "target": [{"type": "User", "alternateId": "bob@example.com"}]}""",
    ),
]
