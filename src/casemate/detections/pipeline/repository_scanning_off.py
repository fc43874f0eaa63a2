"""Scanning for secrets or weaknesses was switched off.

What it does
------------
Reports secret scanning, push protection, Dependabot, code scanning and Advanced Security that are switched off for a repository or the
organisation, and alerts that are bypassed.

Why it matters
--------------
It is done before something is pushed that would have been found.

How to respond
--------------
Switch it on again, scan what was pushed in between.

When to allow it
----------------
Repositories that are archived.

References
----------
- https://attack.mitre.org/techniques/T1562/001/
- https://docs.github.com/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/audit-log-events-for-your-organization
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "repository-scanning-off",
    severity=HIGH,
    sources=["github.audit"],
    tags=["attack.defense-evasion", "attack.t1562.001"],
)
def detect() -> Pattern:
    return each(
        event.raw("action").is_(
            "repository_secret_scanning.disable", "repository_secret_scanning_push_protection.disable",
            "secret_scanning.disable", "secret_scanning_new_repos.disable", "dependabot_alerts_new_repos.disable",
            "dependabot_security_updates_new_repos.disable", "secret_scanning_push_protection.disable", "secret_scanning_push_protection.bypass",
            "repository_vulnerability_alerts.disable", "dependabot_alerts.disable", "dependabot_security_updates.disable",
            "repo.advanced_security_disabled", "org.advanced_security_disabled_on_all_repos", "org.advanced_security_policy_selected_member_disabled",
            "business_advanced_security.disabled", "business_secret_scanning.disable", "business_secret_scanning_push_protection.disable",
            "repository_code_security.disable", "repo.code_scanning_analysis_deleted", "code_scanning.alert_closed_by_user",
        ),
        by=(event.actor, event.resource),
        every=DAY,
    )  # fmt: skip


CASES = [
    fires(
        """{"@timestamp": 1772359200000, "_document_id": "g1", "action": "repository_secret_scanning.disable", "actor": "mallory", "org": "shop", "repo": "shop/orders", "actor_ip": "198.51.100.7", "user_agent": "Mozilla/5.0"}""",
    ),
    quiet(
        """{"@timestamp": 1772359200000, "_document_id": "g1", "action": "repository_secret_scanning.enable", "actor": "mallory", "org": "shop", "repo": "shop/orders", "actor_ip": "198.51.100.7", "user_agent": "Mozilla/5.0"}""",
    ),
]
