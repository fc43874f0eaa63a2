"""A token or an application was let into the organisation.

What it does
------------
Reports personal access tokens that get access, requests that are approved by themselves, OAuth applications that are approved and GitHub
Apps that are installed or get more repositories.

Why it matters
--------------
Such a token reads and writes code without a person, and survives the person's departure.

How to respond
--------------
Take the access back, look at what the token did (programmatic_access_type and hashed_token in the log).

When to allow it
----------------
Applications that the administrators chose.

References
----------
- https://attack.mitre.org/techniques/T1528/
- https://attack.mitre.org/techniques/T1098/001/
- https://docs.github.com/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/audit-log-events-for-your-organization
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import MEDIUM


@detection(
    "token-or-app-let-in",
    severity=MEDIUM,
    sources=["github.audit"],
    tags=["attack.persistence", "attack.credential-access", "attack.t1528", "attack.t1098.001"],
)
def detect() -> Pattern:
    return each(
        event.raw("action").is_(
            "personal_access_token.access_granted", "personal_access_token.auto_approve_grant_requests_enabled",
            "personal_access_token.expiration_limit_unset", "org.oauth_app_access_approved", "integration_installation.create",
            "org.disable_oauth_app_restrictions", "org_credential_authorization.grant", "integration_installation.repositories_added",
        ),
        by=(event.actor, event.account),
        every=DAY,
    )  # fmt: skip


CASES = [
    fires(
        """{"@timestamp": 1772359200000, "_document_id": "g1", "action": "personal_access_token.access_granted", "actor": "mallory", "org": "shop", "repo": "shop/orders", "actor_ip": "198.51.100.7", "user_agent": "Mozilla/5.0"}""",
    ),
    quiet(
        """{"@timestamp": 1772359200000, "_document_id": "g1", "action": "personal_access_token.access_revoked", "actor": "mallory", "org": "shop", "repo": "shop/orders", "actor_ip": "198.51.100.7", "user_agent": "Mozilla/5.0"}""",
    ),
]
