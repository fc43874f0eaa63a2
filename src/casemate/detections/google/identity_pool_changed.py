"""Whom the cloud trusts to say who somebody is was changed.

What it does
------------
Reports pools and providers of workload and workforce identities, and single sign-on profiles, that are made or changed by a person.

Why it matters
--------------
Who controls a provider becomes any service account that trusts its pool, without a key.

How to respond
--------------
Compare the provider with the real one, delete it, look at what its identities did.

When to allow it
----------------
The set-up of a pipeline's federation: announced.

References
----------
- https://attack.mitre.org/techniques/T1484/002/
- https://attack.mitre.org/techniques/T1556/007/
- https://cloud.google.com/iam/docs/workload-identity-federation
"""

from __future__ import annotations

from casemate.authoring.conditions import DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "identity-pool-changed",
    severity=HIGH,
    sources=["google.audit"],
    tags=[
        "attack.persistence",
        "attack.defense-evasion",
        "attack.initial-access",
        "attack.t1484.002",
        "attack.t1556.007",
    ],
)
def detect() -> Pattern:
    changed = event.action.is_(
        "CreateWorkloadIdentityPool", "UpdateWorkloadIdentityPool", "CreateWorkloadIdentityPoolProvider", "UpdateWorkloadIdentityPoolProvider",
        "CreateWorkforcePool", "UpdateWorkforcePool", "CreateWorkforcePoolProvider", "UpdateWorkforcePoolProvider",
        "CreateInboundSsoAssignment", "CreateInboundSamlSsoProfile", "UpdateInboundSamlSsoProfile",
    )  # fmt: skip
    return each(changed & DONE & event.actor_type.is_("User"), by=(event.actor, event.account), every=DAY)


CASES = [
    fires(
        """{"protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "authenticationInfo": {"principalEmail": "alice@example.com"}, "requestMetadata": {"callerIp": "198.51.100.7", "callerSuppliedUserAgent": "google-cloud-sdk gcloud/450"}, "serviceName": "iam.googleapis.com", "methodName": "google.iam.v1.WorkloadIdentityPools.UpdateWorkloadIdentityPoolProvider", "resourceName": "projects/shop"}, "insertId": "i1", "resource": {"type": "project", "labels": {"project_id": "shop"}}, "timestamp": "2026-03-01T10:00:00.123456789Z", "logName": "projects/shop/logs/cloudaudit.googleapis.com%2Factivity"}""",
    ),
    quiet(
        """{"protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "authenticationInfo": {"principalEmail": "alice@example.com"}, "requestMetadata": {"callerIp": "198.51.100.7", "callerSuppliedUserAgent": "google-cloud-sdk gcloud/450"}, "serviceName": "iam.googleapis.com", "methodName": "google.iam.v1.WorkloadIdentityPools.GetWorkloadIdentityPool", "resourceName": "projects/shop"}, "insertId": "i1", "resource": {"type": "project", "labels": {"project_id": "shop"}}, "timestamp": "2026-03-01T10:00:00.123456789Z", "logName": "projects/shop/logs/cloudaudit.googleapis.com%2Factivity"}""",
    ),
]
