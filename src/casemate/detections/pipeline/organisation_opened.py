"""The organisation's rules of who is in were weakened.

What it does
------------
Reports owners that are added, the second factor, SAML or the list of addresses that are switched off, and the audit log's stream that is
stopped.

Why it matters
--------------
An owner may do everything; without the stream nobody sees it.

How to respond
--------------
Take the owner out, switch the rule on again, read the audit log in GitHub itself.

When to allow it
----------------
New owners: announced.

References
----------
- https://attack.mitre.org/techniques/T1098/003/
- https://attack.mitre.org/techniques/T1556/
- https://docs.github.com/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/audit-log-events-for-your-organization
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "organisation-opened",
    severity=HIGH,
    sources=["github.audit"],
    tags=[
        "attack.privilege-escalation",
        "attack.persistence",
        "attack.defense-evasion",
        "attack.initial-access",
        "attack.t1098.003",
        "attack.t1556",
    ],
)
def detect() -> Pattern:
    rules = event.raw("action").is_(
        "org.disable_two_factor_requirement", "org.disable_saml", "org.saml_disabled", "org.update_saml_provider_settings", "business.disable_two_factor_requirement", "business.disable_saml",
        "org.disable_oauth_app_restrictions", "ip_allow_list.disable", "ip_allow_list.disable_for_installed_apps", "audit_log_streaming.destroy", "audit_log_streaming.update",
        "org.disable_source_ip_disclosure", "business.add_admin", "role.create",
    )  # fmt: skip
    owner = event.raw("action").is_("org.add_member", "org.update_member", "org.invite_member") & event.raw(
        "permission"
    ).is_("admin")
    return each(rules | owner, by=(event.actor, event.account), every=HOUR)


CASES = [
    fires(
        """{"@timestamp": 1772359200000, "_document_id": "g1", "action": "org.update_member", "actor": "mallory", "org": "shop", "repo": "shop/orders", "actor_ip": "198.51.100.7", "user_agent": "Mozilla/5.0", "permission": "admin", "user": "mallory"}""",
    ),
    fires(
        """{"@timestamp": 1772359200000, "_document_id": "g1", "action": "org.disable_two_factor_requirement", "actor": "mallory", "org": "shop", "repo": "shop/orders", "actor_ip": "198.51.100.7", "user_agent": "Mozilla/5.0"}""",
    ),
    quiet(
        """{"@timestamp": 1772359200000, "_document_id": "g1", "action": "org.add_member", "actor": "mallory", "org": "shop", "repo": "shop/orders", "actor_ip": "198.51.100.7", "user_agent": "Mozilla/5.0", "permission": "read"}""",
    ),
]
