"""A person made tokens of a service account.

What it does
------------
Reports tokens, signed texts and identity tokens that a person has made for a service account. It needs data access logs of IAM credentials.

Why it matters
--------------
With a token a person acts as the account: its rights, and its name in the log.

How to respond
--------------
Ask the person; otherwise take the role of token creator away and look at what the account did.

When to allow it
----------------
Developers who work that way instead of with keys: suppress by account.

References
----------
- https://attack.mitre.org/techniques/T1550/001/
- https://attack.mitre.org/techniques/T1548/005/
"""

from __future__ import annotations

from casemate.authoring.conditions import DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import MEDIUM


@detection(
    "service-account-impersonated",
    severity=MEDIUM,
    sources=["google.audit"],
    tags=[
        "attack.privilege-escalation",
        "attack.lateral-movement",
        "attack.credential-access",
        "attack.t1550.001",
        "attack.t1548.005",
    ],
)
def detect() -> Pattern:
    made = event.action.is_("GenerateAccessToken", "GenerateIdToken", "SignBlob", "SignJwt", "ImplicitDelegation")
    return each(
        made & event.service.is_("iamcredentials") & DONE & event.actor_type.is_("User"),
        by=(event.actor, event.resource),
        every=DAY,
    )


CASES = [
    fires(
        """{"protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "authenticationInfo": {"principalEmail": "alice@example.com"}, "requestMetadata": {"callerIp": "198.51.100.7", "callerSuppliedUserAgent": "google-cloud-sdk gcloud/450"}, "serviceName": "iamcredentials.googleapis.com", "methodName": "GenerateAccessToken", "resourceName": "projects/-/serviceAccounts/1"}, "insertId": "i1", "resource": {"type": "project", "labels": {"project_id": "shop"}}, "timestamp": "2026-03-01T10:00:00.123456789Z", "logName": "projects/shop/logs/cloudaudit.googleapis.com%2Factivity"}""",
    ),
    quiet(
        """{"protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "authenticationInfo": {"principalEmail": "ci@shop.iam.gserviceaccount.com"}, "requestMetadata": {"callerIp": "198.51.100.7", "callerSuppliedUserAgent": "google-cloud-sdk gcloud/450"}, "serviceName": "iamcredentials.googleapis.com", "methodName": "GenerateAccessToken", "resourceName": "projects/-/serviceAccounts/1"}, "insertId": "i1", "resource": {"type": "project", "labels": {"project_id": "shop"}}, "timestamp": "2026-03-01T10:00:00.123456789Z", "logName": "projects/shop/logs/cloudaudit.googleapis.com%2Factivity"}""",
    ),
]
