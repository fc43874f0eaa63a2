"""The network was opened to the Internet.

What it does
------------
Reports firewall rules for 0.0.0.0/0 that are made or changed by a person, security policies of the load balancer that are deleted, and
rules that are deleted.

Why it matters
--------------
Ports that are open to everybody are found within minutes.

How to respond
--------------
Take the rule back, look at flow logs.

When to allow it
----------------
Web servers: through the template.

References
----------
- https://attack.mitre.org/techniques/T1133/
- https://attack.mitre.org/techniques/T1562/007/
"""

from __future__ import annotations

from casemate.authoring.conditions import DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "network-opened",
    severity=HIGH,
    sources=["google.audit"],
    tags=["attack.initial-access", "attack.defense-evasion", "attack.t1133", "attack.t1562.007"],
)
def detect() -> Pattern:
    opened = event.action.is_(
        "compute.firewalls.insert", "compute.firewalls.patch", "compute.firewalls.update"
    ) & event.raw("protoPayload.request.sourceRanges").is_("0.0.0.0/0", "::/0")
    gone = event.action.is_("compute.securityPolicies.delete", "compute.securityPolicies.removeRule")
    return each((opened | gone) & DONE & event.actor_type.is_("User"), by=(event.actor, event.account), every=DAY)


CASES = [
    fires(
        """{"protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "authenticationInfo": {"principalEmail": "alice@example.com"}, "requestMetadata": {"callerIp": "198.51.100.7", "callerSuppliedUserAgent": "google-cloud-sdk gcloud/450"}, "serviceName": "compute.googleapis.com", "methodName": "v1.compute.firewalls.insert", "resourceName": "projects/shop", "request": {"sourceRanges": ["0.0.0.0/0"], "alloweds": [{"IPProtocol": "tcp", "ports": ["22"]}]}}, "insertId": "i1", "resource": {"type": "project", "labels": {"project_id": "shop"}}, "timestamp": "2026-03-01T10:00:00.123456789Z", "logName": "projects/shop/logs/cloudaudit.googleapis.com%2Factivity"}""",
    ),
    quiet(
        """{"protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "authenticationInfo": {"principalEmail": "alice@example.com"}, "requestMetadata": {"callerIp": "198.51.100.7", "callerSuppliedUserAgent": "google-cloud-sdk gcloud/450"}, "serviceName": "compute.googleapis.com", "methodName": "v1.compute.firewalls.insert", "resourceName": "projects/shop", "request": {"sourceRanges": ["10.0.0.0/8"]}}, "insertId": "i1", "resource": {"type": "project", "labels": {"project_id": "shop"}}, "timestamp": "2026-03-01T10:00:00.123456789Z", "logName": "projects/shop/logs/cloudaudit.googleapis.com%2Factivity"}""",
    ),
]
